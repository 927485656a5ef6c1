"""Move calling users to other locations: many people share one job, and each keeps his own result.

Webex moves people by jobs of up to 100 users, and runs one such job at a time in an organisation.
Whoever wants somebody moved awaits `MoveJobs.move`. The first of those who wait sends the job for
all, sees it through, and each of the others takes its own result from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Call, PendingError, StepSpec
from Space_OdT.engine.move_bodies import MoveWish
from Space_OdT.engine.remote_jobs import PATIENCE_SECONDS, JobEnd, JobSteps, JobWatch
from Space_OdT.engine.step_calls import Sleep, send_step
from Space_OdT.webex.answers import Response
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import id_key, same_id
from Space_OdT.webex.records import Person

MOST_USERS = 100
# Requests are gathered until none arrives for so long, but not for more looks than this.
GATHER_SECONDS, GATHER_LOOKS = 0.1, 10
# Between attempts to start a job while another one is in the way, or whose answer was lost.
START_WAITS = (0.5, 1.0, 2.0, 5.0, 10.0)
_CONFLICT = 409
# Refusals that may be the fault of one user among many: the others are sent again without him.
_ONES_FAULT = frozenset({400, 404, _CONFLICT, 422})
_ONE_AT_A_TIME = "1026005"

JOBS = JobSteps(steps.MOVE_LIST, steps.MOVE_STATUS, steps.MOVE_ERRORS)


@dataclass(frozen=True, slots=True)
class Moved:
    """How a move ended well.

    Attributes:
        was_there: True when nothing was sent for the person, who was in the location already.
        person: The person as read afterwards; None when the job's own word was enough.
    """

    was_there: bool = False
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class MoveCheck:
    """What Webex says about a move that was not made.

    Attributes:
        errors: What prevents it, one sentence each; empty when nothing does.
        impacts: What it changes besides the location, one sentence each.
    """

    errors: tuple[str, ...] = ()
    impacts: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class _Ticket:
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


class MoveJobs:
    """Sends the moves that are asked for at about the same time as one job; one per run.

    Nothing of it runs by itself: the callers take turns, so cancelling them leaves nothing behind.

    Args:
        client: The client of the run.
        sleep: Awaitable sleep between looks.
        patience_seconds: How long one job is waited for, our own or one that is in the way.
        aside: Entered while a caller waits; lets an executor use its place for another row.
    """

    def __init__(
        self,
        client: WebexClient,
        *,
        sleep: Sleep = asyncio.sleep,
        patience_seconds: float = PATIENCE_SECONDS,
        aside: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._aside = aside
        self._watch = JobWatch(client, JOBS, sleep=sleep, patience_seconds=patience_seconds)
        self._queue: list[_Ticket] = []
        self._turn = asyncio.Lock()
        self._most = MOST_USERS

    async def move(self, wish: MoveWish, call: Call) -> Moved:
        """Move one calling user; the action must declare `actions_registry.MOVES`.

        When planning, the request that apply would send for this user alone is recorded. When
        applying, the start of the job counts as a step of the caller's row.

        Args:
            wish: Who is to be moved where, with which line.
            call: The row's own `call`.

        Returns:
            How it ended. A `person` that was read may have another line than the one wished for,
            when a job of somebody else, or of a run that was killed, has moved him.

        Raises:
            PendingError: When Webex did not move this user, or the job did not end in time.
            WebexError: When a call failed.
        """
        if call.is_plan:
            await call(steps.MOVE_START, wish)
            return Moved()
        call.prepare(steps.MOVE_START)
        ticket = _Ticket(wish, call)
        self._queue.append(ticket)
        try:
            with self._aside():
                async with self._turn:
                    if ticket.end is None:
                        await self._gather()
                        await self._work_off(self._group_of(ticket))
        finally:
            if ticket in self._queue:  # cancelled while it waited
                self._queue.remove(ticket)
        if isinstance(ticket.end, Moved):
            return ticket.end
        assert ticket.end is not None  # noqa: S101 - a turn ends with a result for its ticket
        raise ticket.end

    async def check(self, wish: MoveWish, call: Call) -> MoveCheck:
        """Ask what a move would do; nothing is changed, so a plan asks as well.

        Args:
            wish: The move.
            call: The row's own `call`.

        Returns:
            What Webex says.

        Raises:
            WebexError: When the call failed.
        """
        answer = await call(steps.MOVE_CHECK, wish)
        told = _told_by_user(answer.body["response"]).get(id_key(wish.person_id), {})
        return MoveCheck(_texts(told, "errors"), _texts(told, "impacts"))

    # -- gathering -------------------------------------------------------------------------

    async def _gather(self) -> None:
        """Wait a moment for others who want the same."""
        for _ in range(GATHER_LOOKS):
            before = len(self._queue)
            if before >= self._most:
                return
            await self._sleep(GATHER_SECONDS)
            if len(self._queue) == before:
                return

    def _group_of(self, first: _Ticket) -> list[_Ticket]:
        others = [ticket for ticket in self._queue if ticket is not first]
        group = [first, *others[: self._most - 1]]
        self._queue = others[self._most - 1 :]
        # those of one location side by side, so that halves of a group have few locations
        return sorted(group, key=lambda ticket: ticket.wish.location_id)

    async def _work_off(self, tickets: list[_Ticket]) -> None:
        """Give every ticket a result; a group that is refused is tried again in halves."""
        groups = [tickets]
        try:
            while groups:  # halves only get smaller
                group = await self._still_to_move(groups.pop(0))
                if group:
                    groups[:0] = await self._try(group)
        except BaseException:
            # Whoever has the next turn finds out what became of these, and goes on with them.
            left = [ticket for ticket in tickets if ticket.end is None]
            for ticket in left:
                ticket.is_doubtful = True
            self._queue[:0] = left
            raise

    # -- one group -------------------------------------------------------------------------

    async def _try(self, tickets: list[_Ticket]) -> list[list[_Ticket]]:
        """See a group through; give the groups to be tried instead, none when all are settled."""
        met_a_job = False
        for wait in START_WAITS:
            try:
                answer = await self._send(steps.MOVE_START, *(one.wish for one in tickets))
            except WebexError as error:
                if not error.unknown_outcome and error.status != _CONFLICT:
                    return await self._refused(tickets, error)
                last = error
            else:
                await self._follow(tickets, answer)
                return []
            try:
                met_a_job = await self._wait_for_any_job() or met_a_job
            except (PendingError, WebexError) as error:
                _settle(tickets, error)
                return []
            for ticket in tickets:
                ticket.is_doubtful = True
                ticket.was_sent = ticket.was_sent or last.unknown_outcome
            tickets = await self._still_to_move(tickets)
            if not tickets:
                return []
            await self._sleep(wait)
        if met_a_job or last.unknown_outcome:
            _settle(tickets, last)
            return []
        return await self._refused(tickets, last)

    async def _refused(self, tickets: list[_Ticket], error: WebexError) -> list[list[_Ticket]]:
        """Find out whose fault a refusal is."""
        if error.status not in _ONES_FAULT:
            _settle(tickets, error)
            return []
        if len(tickets) == 1:
            # refused, perhaps, because he is there: after a job that ended unseen
            await self._look(tickets[0], otherwise=error)
            return []
        if _ONE_AT_A_TIME in error.codes:
            self._most = 1
            return [[ticket] for ticket in tickets]
        middle = len(tickets) // 2
        return [tickets[:middle], tickets[middle:]]

    async def _wait_for_any_job(self) -> bool:
        """Wait until no move runs; say whether one did."""
        job_id = await self._watch.running()
        if job_id:
            await self._watch.ended(job_id)
        return bool(job_id)

    async def _follow(self, tickets: list[_Ticket], answer: Response) -> None:
        """See a job through that has just been started."""
        for ticket in tickets:
            ticket.was_sent = True
            ticket.call.joined(steps.MOVE_START, answer)
        started = answer.body["response"]
        try:
            if isinstance(started, dict) and started.get("id"):
                await self._follow_job(tickets, str(started["id"]))
            elif isinstance(started, list):  # a user without calling is moved at once
                told = _told_by_user(started).items()
                await self._judge(tickets, {key: _told_error(one) for key, one in told}, "ended")
            else:
                await self._wait_for_any_job()
                await self._judge(tickets, {}, "was accepted without a job")
        except PendingError as error:
            _settle(tickets, error)
        except WebexError as error:
            _settle(tickets, _lost_sight(error))

    async def _follow_job(self, tickets: list[_Ticket], job_id: str) -> None:
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
        tickets: list[_Ticket],
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
        await asyncio.gather(*(self._look(one, otherwise=otherwise) for one in doubtful))

    # -- looking people up -----------------------------------------------------------------

    async def _still_to_move(self, tickets: list[_Ticket]) -> list[_Ticket]:
        """Look at those who may have been moved meanwhile; give those who have not been."""
        await asyncio.gather(*(self._look(ticket) for ticket in tickets if ticket.is_doubtful))
        return [ticket for ticket in tickets if ticket.end is None]

    async def _look(self, ticket: _Ticket, *, otherwise: Exception | None = None) -> None:
        """Settle a ticket whose person is where he should be; the others end `otherwise`."""
        try:
            answer = await self._send(steps.USER_LOOKUP, person_id=ticket.wish.person_id)
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

    async def _send(self, step: StepSpec, /, *parts: Any, **where: str) -> Response:
        return await send_step(self._client, step, *parts, lookup=None, **where)


def _settle(tickets: Iterable[_Ticket], error: Exception) -> None:
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


def _told_by_user(response: Any) -> dict[str, Mapping[str, Any]]:
    items = response if isinstance(response, list) else []
    return {id_key(str(item.get("userId") or "")): item for item in items}


def _texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(one.get("message") or one.get("code")) for one in told.get(name) or ())


def _told_error(told: Mapping[str, Any]) -> str:
    return "; ".join(_texts(told, "errors"))
