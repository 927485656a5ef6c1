"""What becomes of the people of one move: follow their job, give each his own result."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Call, PendingError
from Space_OdT.engine.move_bodies import MoveWish
from Space_OdT.engine.remote_jobs import JobEnd, JobWatch
from Space_OdT.engine.step_calls import send_step
from Space_OdT.webex.answers import Response
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import id_key, same_id
from Space_OdT.webex.records import Person


@dataclass(frozen=True, slots=True)
class Moved:
    """How a move ended well.

    Attributes:
        was_there: True when nothing was sent for the person, who was in the location already.
        person: The person as read afterwards; None when the job's own word was enough.
    """

    was_there: bool = False
    person: Person | None = None


@dataclass(slots=True, eq=False)
class Ticket:
    """One who waits for a move.

    Attributes:
        wish: What is wanted.
        call: The row's own, which takes the evidence.
        is_doubtful: Whether the person may have been moved meanwhile.
        was_sent: Whether a job of ours may have moved the person.
        end: The result, once there is one.
    """

    wish: MoveWish
    call: Call
    is_doubtful: bool = False
    was_sent: bool = False
    end: Moved | Exception | None = None


class MoveResults:
    """Finds out what became of people who were, or may have been, moved.

    Args:
        client: The client of the run.
        watch: Watches the jobs that move people.
    """

    def __init__(self, client: WebexClient, watch: JobWatch) -> None:
        self._client = client
        self._watch = watch

    async def wait_for_any_job(self) -> bool:
        """Wait until no move runs; say whether one did."""
        job_id = await self._watch.running()
        if job_id:
            if self._client.evidence is not None:
                self._client.evidence.event("move_waits_for_job", job=job_id)
            await self._watch.ended(job_id)
        return bool(job_id)

    async def follow(self, tickets: list[Ticket], answer: Response) -> None:
        """See a job through that has just been started."""
        for ticket in tickets:
            ticket.was_sent = True
            ticket.call.joined(steps.MOVE_START, answer)
        started = answer.body["response"]
        try:
            if isinstance(started, dict) and started.get("id"):
                await self._follow_job(tickets, str(started["id"]))
            elif isinstance(started, list):  # a user without calling is moved at once
                told = told_by_user(started).items()
                await self._judge(tickets, {key: _told_error(one) for key, one in told}, "ended")
            else:
                await self.wait_for_any_job()
                await self._judge(tickets, {}, "was accepted without a job")
        except PendingError as error:
            settle(tickets, error)
        except WebexError as error:
            settle(tickets, _lost_sight(error))

    async def _follow_job(self, tickets: list[Ticket], job_id: str) -> None:
        end = await self._watch.ended(job_id)
        if end.is_clean and end.counts.get("moved", len(tickets)) == len(tickets):
            for ticket in tickets:
                ticket.end = Moved()
            return
        causes = await self._causes(job_id)
        await self._judge(tickets, causes, f"ended as {end}", end)

    async def _causes(self, job_id: str) -> Mapping[str, str]:
        try:
            return await self._watch.errors(job_id)
        except WebexError as error:
            if error.reason_code is ReasonCode.AUTH_INVALID:
                raise
            return {"": f"its errors cannot be read: {error}"}

    async def _judge(
        self,
        tickets: list[Ticket],
        causes: Mapping[str, str],
        how: str,
        end: JobEnd | None = None,
    ) -> None:
        """Give each his own result: his error, or success; whoever is in doubt is looked at."""
        keys = {id_key(ticket.wish.person_id) for ticket in tickets}
        strays = "; ".join(text for key, text in causes.items() if text and key not in keys)
        is_sure = end is not None and end.is_complete and not strays
        is_sure = is_sure and end is not None and end.counts.get("failed") == len(causes)
        doubtful = []
        for ticket in tickets:
            cause = causes.get(id_key(ticket.wish.person_id))
            if cause:
                ticket.end = _failed(cause)
            elif is_sure:
                ticket.end = Moved()
            else:
                doubtful.append(ticket)
        otherwise = _failed(f"the job {how} without moving this user; {strays}".rstrip("; "))
        await asyncio.gather(*(self.look(one, otherwise=otherwise) for one in doubtful))

    # -- looking people up -----------------------------------------------------------------

    async def still_to_move(self, tickets: list[Ticket]) -> list[Ticket]:
        """Look at those who may have been moved meanwhile; give those who have not been."""
        await asyncio.gather(*(self.look(ticket) for ticket in tickets if ticket.is_doubtful))
        return [ticket for ticket in tickets if ticket.end is None]

    async def look(self, ticket: Ticket, *, otherwise: Exception | None = None) -> None:
        """Settle a ticket whose person is where he should be; the others end `otherwise`."""
        try:
            answer = await send_step(
                self._client, steps.USER_LOOKUP, person_id=ticket.wish.person_id
            )
        except WebexError as error:
            ticket.end = error
            return
        person = Person.parse(answer.body)
        if not same_id(person.location_id, ticket.wish.location_id):
            ticket.end = otherwise
            return
        if ticket.was_sent and steps.MOVE_START.name not in ticket.call.done:
            ticket.call.joined(steps.MOVE_START, Response(200, {}, None, b""))
        ticket.end = Moved(was_there=not ticket.was_sent, person=person)


def settle(tickets: Iterable[Ticket], error: Exception) -> None:
    """End all tickets alike that have no result yet.

    Args:
        tickets: The tickets of a group.
        error: How they end.
    """
    for ticket in tickets:
        if ticket.end is None:
            ticket.end = error


def _failed(cause: str) -> PendingError:
    return PendingError(
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        f"the move to the location failed: {cause}",
        fix="mend what the message names, then run these rows again",
        is_final=True,
    )


def _lost_sight(error: WebexError) -> Exception:
    """Say that a job was started whose end nobody saw; a rejected token stays what it is."""
    if error.reason_code is ReasonCode.AUTH_INVALID:
        return error
    return PendingError(
        ReasonCode.RETRY_EXHAUSTED,
        f"the move was started, but how it ended cannot be read: {error}",
        fix="run these rows again; a move that has ended meanwhile is recognised",
        is_final=True,
        status=error.status,
    )


def told_by_user(response: Any) -> dict[str, Mapping[str, Any]]:
    """Sort what Webex says about users by their ids.

    Args:
        response: The `response` of an answer that names users.

    Returns:
        Comparable id -> what is said; empty when it is of another form.
    """
    items = response if isinstance(response, list) else []
    return {id_key(str(item.get("userId") or "")): item for item in items}


def texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Read the messages about a user.

    Args:
        told: What is said about the user.
        name: `errors` or `impacts`.

    Returns:
        One sentence each.
    """
    return tuple(str(one.get("message") or one.get("code")) for one in told.get(name) or ())


def _told_error(told: Mapping[str, Any]) -> str:
    return "; ".join(texts(told, "errors"))
