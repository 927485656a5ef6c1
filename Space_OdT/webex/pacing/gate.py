"""The waiting room of one limit: refused calls first, then each family in turn."""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from Space_OdT.webex.pacing.history import Bin
from Space_OdT.webex.pacing.policy import RateLearner
from Space_OdT.webex.pacing.tuning import NEVER, Phase

CATCH_UP_SECONDS = 0.03
MINUTE_SECONDS = 60.0


@dataclass(slots=True, eq=False)
class Ticket:
    """Leave to send one call, which holds one of the slots until it is handed back.

    Attributes:
        family: Endpoint family of the call.
        sent_at: Clock seconds when leave was given.
        refusals: How often the call was refused so far.
        waited_seconds: What it was told to wait for refusals, in sum.
        due: Before this clock time the refused call is not sent again.
        open: True from the leave until it is handed back.
    """

    family: str
    sent_at: float = 0.0
    refusals: int = 0
    waited_seconds: float = 0.0
    due: float = 0.0
    open: bool = False
    gate: Gate | None = field(default=None, repr=False)
    place: Bin | None = field(default=None, repr=False)
    future: asyncio.Future[None] | None = field(default=None, repr=False)
    round: int = field(default=0, repr=False)

    @property
    def is_gone(self) -> bool:
        """True when nobody waits for it any more."""
        return self.future is None or self.future.done()


class Gate:
    """The calls that wait for one limit, and the learner that knows it.

    Args:
        learner: Finds the limit.
    """

    def __init__(self, learner: RateLearner) -> None:
        self.learner = learner
        self.in_flight = 0
        # By family, the one whose turn it is first: a small family never waits behind a large one.
        self._fresh: OrderedDict[str, deque[Ticket]] = OrderedDict()
        self._refused: list[tuple[float, int, Ticket]] = []
        self._order = 0
        self._next_free = 0.0

    @property
    def is_crowded(self) -> bool:
        """True when calls wait here."""
        return bool(self._fresh or self._refused)

    def queue(self, ticket: Ticket) -> None:
        """Let a call wait: a refused one until it is due and then first, others for their turn."""
        if ticket.refusals:
            self._order += 1
            heapq.heappush(self._refused, (ticket.due, self._order, ticket))
        else:
            line = self._fresh.get(ticket.family)
            if line is None:
                line = self._fresh[ticket.family] = deque()
            line.append(ticket)

    def next_up(self, now: float) -> Ticket | None:
        """Find the call that goes next, without taking it out; those given up are dropped."""
        while self._refused and self._refused[0][2].is_gone:
            heapq.heappop(self._refused)
        first = self._first_fresh()
        if self._refused and (self._refused[0][0] <= now or first is None):
            return self._refused[0][2]
        return first

    def _first_fresh(self) -> Ticket | None:
        while self._fresh:
            family, line = next(iter(self._fresh.items()))
            while line and line[0].is_gone:
                line.popleft()
            if line:
                return line[0]
            del self._fresh[family]
        return None

    def opens_at(self, now: float) -> float:
        """Tell when a call may pass; never, when only an answer can change that."""
        learner = self.learner
        if learner.phase is Phase.OPEN:
            return now if self.in_flight < learner.window else NEVER
        learner.tick(now, busy=self.is_crowded)
        return max(now, learner.closed_until, self._next_free)

    def take(self, ticket: Ticket, now: float) -> None:
        """Take out the call that `next_up` gave, and count it as sent."""
        if ticket.refusals:
            heapq.heappop(self._refused)
        else:
            line = self._fresh[ticket.family]
            line.popleft()
            if line:
                self._fresh.move_to_end(ticket.family)
            else:
                del self._fresh[ticket.family]
        self.enter(ticket, now)

    def enter(self, ticket: Ticket, now: float) -> None:
        """Count a call as sent."""
        ticket.gate = self
        ticket.sent_at = now
        ticket.place = self.learner.sent(now)
        self.in_flight += 1
        rate = self.learner.rate
        if rate < NEVER:
            # What was kept back on purpose is not made up for, what came late by accident is.
            earliest = max(now - self.learner.catch_up_seconds, self.learner.closed_until)
            self._next_free = max(self._next_free, earliest) + 1.0 / rate

    def leave(self) -> None:
        """Count a call as answered or given up."""
        self.in_flight = max(0, self.in_flight - 1)

    def hand_over(self, family: str) -> list[Ticket]:
        """Take out all waiting calls of a family, in order."""
        moved = list(self._fresh.pop(family, ()))
        moved += [entry[2] for entry in sorted(self._refused) if entry[2].family == family]
        self._refused = [entry for entry in self._refused if entry[2].family != family]
        heapq.heapify(self._refused)
        return moved


class RateCap:
    """A hard cap: never more than so many calls in any 60 seconds.

    Args:
        per_minute: Calls a minute, at least 1.
    """

    def __init__(self, per_minute: int) -> None:
        self._interval = MINUTE_SECONDS / per_minute
        self._latest: deque[float] = deque(maxlen=per_minute)
        self._next_free = 0.0

    def opens_at(self, now: float) -> float:
        """Tell when the next call may be sent."""
        opens = max(now, self._next_free)
        latest = self._latest
        if len(latest) == latest.maxlen:
            opens = max(opens, latest[0] + MINUTE_SECONDS)
        return opens

    def sent(self, now: float) -> None:
        """Count a call."""
        self._latest.append(now)
        self._next_free = max(self._next_free, now - CATCH_UP_SECONDS) + self._interval
