"""Admits calls at the pace the server can take, which it finds by itself."""

from __future__ import annotations

import asyncio
import heapq
import math
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from Space_OdT.webex.pacing_history import Bin
from Space_OdT.webex.pacing_policy import NEVER, Phase, RateLearner, Tuning

MINUTE_SECONDS = 60.0
DEFAULT_RETRY_AFTER_SECONDS = 1.0
MAX_RETRY_AFTER_SECONDS = 300.0
CATCH_UP_SECONDS = 0.03
LOST_AFTER_SECONDS = 120.0

EventHook = Callable[..., None]


class Handle(Protocol):
    """A timer that can be cancelled."""

    def cancel(self) -> None:
        """Cancel it."""
        ...


@dataclass(slots=True, eq=False)
class Ticket:
    """Leave to send one call; it must be handed back by exactly one of the pacer's answers.

    Attributes:
        family: Endpoint family of the call.
        sent_at: Clock seconds when it was given.
        refusals: How often the call was refused so far.
        waited_seconds: What the call has been told to wait for refusals so far.
    """

    family: str
    sent_at: float = 0.0
    refusals: int = 0
    waited_seconds: float = 0.0
    due: float = 0.0
    open: bool = False
    place: Bin | None = None
    future: asyncio.Future[None] | None = field(default=None, repr=False)


class Pacer:
    """Finds the server's limit and keeps just under it; one for a whole run.

    Usage, where the ticket is also the concurrency slot::

        ticket = await pacer.admit(family)
        try:
            answer = await send()
            while answer.status in (429, 423):
                pacer.throttled(ticket, retry_after)
                ticket = await pacer.readmit(ticket)
                answer = await send()
            pacer.succeeded(ticket)
        finally:
            pacer.release(ticket)

    Args:
        concurrency: Most calls in flight; None leaves that to the caller.
        max_rate_per_minute: Never more calls than this in any 60 seconds.
        clock: Monotonic seconds; the running loop's when None.
        call_later: Timer; the running loop's when None.
        rand: Uniform numbers in [0, 1) for jitter.
        on_event: Called with `throttled`, `cut`, `shut`, `reopened` or `rate`, and facts.
        tuning: Constants of the learner.
    """

    def __init__(
        self,
        *,
        concurrency: int | None = None,
        max_rate_per_minute: int | None = None,
        clock: Callable[[], float] | None = None,
        call_later: Callable[[float, Callable[[], None]], Handle] | None = None,
        rand: Callable[[], float] = random.random,
        on_event: EventHook | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        self._concurrency = concurrency or math.inf
        self._max_rate = max_rate_per_minute
        self._minute: deque[float] = deque(maxlen=max_rate_per_minute or 1)
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._call_later = call_later or (
            lambda delay, callback: asyncio.get_running_loop().call_later(delay, callback)
        )
        self._rand = rand
        self.learner = RateLearner(tuning, on_event)
        self._fresh: deque[Ticket] = deque()
        self._refused: list[tuple[float, int, Ticket]] = []
        self._sequence = 0
        self._next_free = 0.0
        self._in_flight = 0
        self._settled_at = 0.0
        self._timer: Handle | None = None
        self._timer_at = NEVER

    @property
    def in_flight(self) -> int:
        """Tickets given and not handed back."""
        return self._in_flight

    @property
    def rate(self) -> float:
        """Calls a second now allowed; infinite while no limit has shown itself."""
        return self.learner.rate if self.learner.phase is not Phase.OPEN else NEVER

    async def admit(self, family: str) -> Ticket:
        """Wait until a call may be sent."""
        ticket = Ticket(family)
        now = self._clock()
        if not self._fresh and not self._refused and self._opens_at(now) <= now:
            self._give(ticket, now)
            return ticket
        self._fresh.append(ticket)
        await self._wait(ticket, now)
        return ticket

    async def readmit(self, ticket: Ticket) -> Ticket:
        """Wait out a refused call's Retry-After; it then goes before calls not yet sent."""
        self._sequence += 1
        heapq.heappush(self._refused, (ticket.due, self._sequence, ticket))
        await self._wait(ticket, self._clock())
        return ticket

    def succeeded(self, ticket: Ticket) -> None:
        """Hand back the ticket of a call that the server's limit let pass, whatever came of it."""
        if ticket.open:
            now = self._clock()
            crowded = bool(self._fresh or self._refused)
            self.learner.answered(ticket.sent_at, now, crowded=crowded)
            self._hand_back(ticket, now)

    def release(self, ticket: Ticket) -> None:
        """Hand back the ticket of a call that told nothing: cancelled, or lost on the way."""
        if ticket.open:
            self._hand_back(ticket, self._clock())

    def throttled(self, ticket: Ticket, retry_after: float | None) -> float:
        """Learn from a refusal; return the seconds this call has to wait."""
        now = self._clock()
        wait = self._sane_wait(ticket, retry_after)
        ticket.refusals += 1
        ticket.waited_seconds += wait
        ticket.due = now + wait
        if ticket.open:
            if ticket.place is not None:
                self.learner.refused(ticket.sent_at, now, ticket.due, ticket.place)
            self._hand_back(ticket, now)
        return wait

    def snapshot(self) -> dict[str, Any]:
        """Return what was learned, as JSON values."""
        return {"limit": self.learner.limit}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Start from what an earlier run learned; anything unusable is ignored."""
        limit = saved.get("limit")
        if isinstance(limit, int | float) and 0 < limit < NEVER:
            self.learner.recall(float(limit), self._clock())

    # -- the queue -------------------------------------------------------------------------

    async def _wait(self, ticket: Ticket, now: float) -> None:
        future = ticket.future = asyncio.get_running_loop().create_future()
        self._pump(now)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.release(ticket)
            self._pump(self._clock())
            raise
        finally:
            ticket.future = None

    def _opens_at(self, now: float) -> float:
        """Tell when the next call may pass; never, when only an answer can change that."""
        learner = self.learner
        if learner.phase is not Phase.OPEN:
            learner.tick(now, busy=True)
        if self._in_flight >= self._concurrency:
            return NEVER
        opens = now
        if self._max_rate and len(self._minute) == self._max_rate:
            opens = max(opens, self._minute[0] + MINUTE_SECONDS)
        if learner.phase is Phase.OPEN:
            if self._in_flight >= int(learner.window):
                return NEVER
            if self._max_rate:
                opens = max(opens, self._next_free)
            return opens
        return max(opens, learner.closed_until, self._next_free)

    def _give(self, ticket: Ticket, now: float) -> None:
        ticket.sent_at = now
        ticket.open = True
        ticket.place = self.learner.sent(now)
        self._in_flight += 1
        rate = self.learner.rate
        if self._max_rate:
            rate = min(rate, self._max_rate / MINUTE_SECONDS)
            self._minute.append(now)
        if rate < NEVER:
            self._next_free = max(self._next_free, now - CATCH_UP_SECONDS) + 1.0 / rate

    def _hand_back(self, ticket: Ticket, now: float) -> None:
        ticket.open = False
        self._in_flight -= 1
        self._settled_at = now
        if self._fresh or self._refused:
            self._pump(now)

    def _pump(self, now: float) -> None:
        """Let pass what may pass, and set the timer for the rest."""
        while self._fresh or self._refused:
            ticket, due = self._head(now)
            if ticket is None:
                break
            opens = max(self._opens_at(now), due)
            if opens > now:
                self._arm(opens, now)
                return
            self._pop(ticket)
            self._give(ticket, now)
            if ticket.future is not None:
                ticket.future.set_result(None)

    def _head(self, now: float) -> tuple[Ticket | None, float]:
        while self._refused and _is_gone(self._refused[0][2]):
            heapq.heappop(self._refused)
        while self._fresh and _is_gone(self._fresh[0]):
            self._fresh.popleft()
        if self._refused and (self._refused[0][0] <= now or not self._fresh):
            return self._refused[0][2], self._refused[0][0]
        return (self._fresh[0], now) if self._fresh else (None, now)

    def _pop(self, ticket: Ticket) -> None:
        if self._fresh and self._fresh[0] is ticket:
            self._fresh.popleft()
        else:
            heapq.heappop(self._refused)

    def _arm(self, at: float, now: float) -> None:
        at = min(at, now + LOST_AFTER_SECONDS)
        if self._timer is not None:
            if self._timer_at <= at and self._timer_at > now:
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._call_later(max(0.0, at - now), self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        now = self._clock()
        if self._in_flight and now - self._settled_at >= LOST_AFTER_SECONDS:
            self._in_flight = 0  # tickets that nobody handed back must not block for ever
        self._pump(now)

    def _sane_wait(self, ticket: Ticket, retry_after: float | None) -> float:
        if retry_after is None or not math.isfinite(retry_after) or retry_after < 0:
            base = DEFAULT_RETRY_AFTER_SECONDS * 2.0 ** min(ticket.refusals, 6)
            return base * (1.0 + 0.5 * self._rand())
        return min(retry_after, MAX_RETRY_AFTER_SECONDS)


def _is_gone(ticket: Ticket) -> bool:
    return ticket.future is None or ticket.future.cancelled()
