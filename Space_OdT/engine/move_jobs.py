"""Move calling users to other locations: many people share one job, and each keeps his own result.

Webex moves people by jobs of up to 100 users, and runs one such job at a time in an organisation.
Whoever wants somebody moved awaits `MoveJobs.move`. The first of those who wait sends the job for
all, sees it through, and each of the others takes its own result from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Call, PendingError
from Space_OdT.engine.move_bodies import MoveWish
from Space_OdT.engine.move_results import Moved, MoveResults, Ticket, settle, texts, told_by_user
from Space_OdT.engine.remote_jobs import PATIENCE_SECONDS, JobSteps, JobWatch
from Space_OdT.engine.step_calls import Sleep, send_step
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.ids import id_key

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
class MoveCheck:
    """What Webex says about a move that was not made.

    Attributes:
        errors: What prevents it, one sentence each; empty when nothing does.
        impacts: What it changes besides the location, one sentence each.
    """

    errors: tuple[str, ...] = ()
    impacts: tuple[str, ...] = ()


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
        watch = JobWatch(client, JOBS, sleep=sleep, patience_seconds=patience_seconds)
        self._results = MoveResults(client, watch)
        self._queue: list[Ticket] = []
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
        ticket = Ticket(wish, call)
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
        told = told_by_user(answer.body["response"]).get(id_key(wish.person_id), {})
        return MoveCheck(texts(told, "errors"), texts(told, "impacts"))

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

    def _group_of(self, first: Ticket) -> list[Ticket]:
        others = [ticket for ticket in self._queue if ticket is not first]
        group = [first, *others[: self._most - 1]]
        self._queue = others[self._most - 1 :]
        # those of one location side by side, so that halves of a group have few locations
        return sorted(group, key=lambda ticket: ticket.wish.location_id)

    async def _work_off(self, tickets: list[Ticket]) -> None:
        """Give every ticket a result; a group that is refused is tried again in halves."""
        groups = [tickets]
        try:
            while groups:  # halves only get smaller
                group = await self._results.still_to_move(groups.pop(0))
                if group:
                    groups[:0] = await self._try(group)
        except BaseException:  # a cancelled row too: the others' wishes must not be lost with it
            # Whoever has the next turn finds out what became of these, and goes on with them.
            left = [ticket for ticket in tickets if ticket.end is None]
            for ticket in left:
                ticket.is_doubtful = True
            self._queue[:0] = left
            raise

    # -- one group -------------------------------------------------------------------------

    async def _try(self, tickets: list[Ticket]) -> list[list[Ticket]]:
        """See a group through; give the groups to be tried instead, none when all are settled."""
        met_a_job = False
        for wait in START_WAITS:
            try:
                answer = await send_step(
                    self._client, steps.MOVE_START, *(one.wish for one in tickets)
                )
            except WebexError as error:
                if not error.unknown_outcome and error.status != _CONFLICT:
                    return await self._refused(tickets, error)
                last = error
            else:
                await self._results.follow(tickets, answer)
                return []
            try:
                met_a_job = await self._results.wait_for_any_job() or met_a_job
            except (PendingError, WebexError) as error:
                settle(tickets, error)
                return []
            for ticket in tickets:
                ticket.is_doubtful = True
                ticket.was_sent = ticket.was_sent or last.unknown_outcome
            tickets = await self._results.still_to_move(tickets)
            if not tickets:
                return []
            await self._sleep(wait)
        if met_a_job or last.unknown_outcome:
            settle(tickets, last)
            return []
        return await self._refused(tickets, last)

    async def _refused(self, tickets: list[Ticket], error: WebexError) -> list[list[Ticket]]:
        """Find out whose fault a refusal is."""
        if error.status not in _ONES_FAULT:
            settle(tickets, error)
            return []
        if len(tickets) == 1:
            # refused, perhaps, because he is there: after a job that ended unseen
            await self._results.look(tickets[0], otherwise=error)
            return []
        if _ONE_AT_A_TIME in error.codes:
            self._most = 1
            return [[ticket] for ticket in tickets]
        middle = len(tickets) // 2
        return [tickets[:middle], tickets[middle:]]
