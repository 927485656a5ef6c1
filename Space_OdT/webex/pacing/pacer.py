"""Admits calls at the pace the server can take, which it finds by itself."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from Space_OdT.webex.pacing.gate import Gate, RateCap, Ticket
from Space_OdT.webex.pacing.limits import EventHook, Limits
from Space_OdT.webex.pacing.tuning import NEVER, Tuning

__all__ = ["Pacer", "Ticket"]

DEFAULT_RETRY_AFTER_SECONDS = 1.0
MAX_RETRY_AFTER_SECONDS = 300.0
LOST_AFTER_SECONDS = 120.0
RATE_MEMORY_SECONDS = 2.0

_MOST_DOUBLINGS = 6


class Handle(Protocol):
    """A timer that can be cancelled."""

    def cancel(self) -> None:
        """Cancel it."""
        ...


class Pacer:
    """Finds the server's limit and stays just under it; one for a whole run.

    All families share one limit until refusals show that one of them has its own. The ticket is
    also the concurrency slot, and a call that waits holds none::

        ticket = await pacer.admit(family)
        try:
            answer = await send()
            while answer.status == 429:
                pacer.throttled(ticket, answer.retry_after)
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
        on_event: Called with `throttled`, `cut`, `shut`, `reopened`, `rate` or `apart`,
            and facts; `family` is "*" for the shared limit.
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
        self._cap = RateCap(max_rate_per_minute) if max_rate_per_minute else None
        self._clock = clock or _loop_time
        self._call_later = call_later or _loop_call_later
        self._rand = rand
        self._limits = Limits(tuning or Tuning(), self._clock, on_event)
        self._in_flight = 0
        self._waiting = 0
        self._round = 0
        self._given = 0
        self._settled_at = 0.0
        self._pace = 0.0
        self._paced_at = 0.0
        self._timer: Handle | None = None
        self._timer_at = NEVER

    @property
    def in_flight(self) -> int:
        """Tickets given and not handed back."""
        return self._in_flight

    @property
    def held_back(self) -> int:
        """Calls that wait although a slot is free: for the pace, or to be sent again."""
        return self._waiting if self._in_flight < self._concurrency else 0

    @property
    def rate(self) -> float:
        """Calls a second that were sent over the last seconds."""
        if not self._given:
            return 0.0
        age = max(0.0, self._clock() - self._paced_at)
        return self._pace * math.exp(-age / RATE_MEMORY_SECONDS)

    @property
    def limits(self) -> dict[str, float]:
        """Limits found so far, in calls a second: the shared one under "*", others by family."""
        return self._limits.found()

    async def admit(self, family: str) -> Ticket:
        """Wait until a call may be sent.

        Args:
            family: Endpoint family, the unit that may have a limit of its own.

        Returns:
            The leave to send it; hand it back with `succeeded`, `throttled` or `release`.
        """
        ticket = Ticket(family)
        gate = self._limits.gate_of(family)
        now = self._clock()
        if not gate.is_crowded and self._opens_at(gate, now) <= now:
            gate.enter(ticket, now)
            self._give(ticket, now)
        else:
            await self._wait(gate, ticket, now)
        return ticket

    async def readmit(self, ticket: Ticket) -> Ticket:
        """Wait out a refused call's own pause; it then goes before calls not sent yet.

        Args:
            ticket: A ticket that `throttled` was told of.

        Returns:
            The same ticket, with new leave.
        """
        await self._wait(self._limits.gate_of(ticket.family), ticket, self._clock())
        return ticket

    def succeeded(self, ticket: Ticket) -> bool:
        """Hand back the ticket of a call that no limit refused, whatever came of it.

        Returns:
            True when a call that waited may be sent now: whoever yields at once lets it go out
            before it works on the answer.
        """
        if not ticket.open:
            return False
        now, given = self._clock(), self._given
        gate = self._limits.gate_of(ticket.family)
        self._limits.passed(gate, ticket)
        gate.learner.answered(ticket.sent_at, now, crowded=gate.is_crowded)
        self._hand_back(ticket, now)
        return self._given > given

    def release(self, ticket: Ticket) -> None:
        """Hand back the ticket of a call that told nothing: cancelled, or lost on the way."""
        if ticket.open:
            self._hand_back(ticket, self._clock())

    def throttled(self, ticket: Ticket, retry_after: float | None) -> float:
        """Learn from a refusal for rate (429).

        Args:
            ticket: Ticket of the refused call.
            retry_after: Seconds that the server named; None when it named none, or junk.

        Returns:
            Seconds that this call waits in `readmit`.
        """
        now = self._clock()
        wait = self._postpone(ticket, retry_after, now)
        if ticket.open and ticket.place is not None:
            gate = self._limits.gate_of(ticket.family)
            gate.learner.refused(ticket.sent_at, now, ticket.due, ticket.place)
            self._limits.refused(gate, ticket, now)
            self._hand_back(ticket, now)
        return wait

    def locked(self, ticket: Ticket, retry_after: float | None) -> float:
        """Let a call wait whose resource is busy (423), which tells nothing about the rate.

        Args:
            ticket: Ticket of the refused call.
            retry_after: Seconds that the server named; None when it named none, or junk.

        Returns:
            Seconds that this call waits in `readmit`.
        """
        now = self._clock()
        wait = self._postpone(ticket, retry_after, now)
        self.succeeded(ticket)
        return wait

    def snapshot(self) -> dict[str, Any]:
        """Return what was learned, as JSON values for `restore`."""
        return {"limits": self.limits}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Start from what an earlier run learned; anything unusable is ignored.

        Args:
            saved: What `snapshot` returned, perhaps by way of a file.
        """
        limits = saved.get("limits")
        if not isinstance(limits, Mapping):
            return
        self._limits.recall(limits, self._clock())

    # -- the queues ------------------------------------------------------------------------

    async def _wait(self, gate: Gate, ticket: Ticket, now: float) -> None:
        future = ticket.future = asyncio.get_running_loop().create_future()
        gate.queue(ticket)
        self._waiting += 1
        self._pump(now)
        try:
            await future
        except asyncio.CancelledError:
            future.cancel()
            self.release(ticket)
            self._pump(self._clock())
            raise
        finally:
            self._waiting -= 1
            ticket.future = None

    def _opens_at(self, gate: Gate, now: float) -> float:
        if self._in_flight >= self._concurrency:
            return NEVER
        opens = gate.opens_at(now)
        return max(opens, self._cap.opens_at(now)) if self._cap else opens

    def _give(self, ticket: Ticket, now: float) -> None:
        ticket.open = True
        ticket.round = self._round
        self._in_flight += 1
        self._given += 1
        if self._cap:
            self._cap.sent(now)
        age = now - self._paced_at
        self._paced_at = now
        self._pace = self._pace * math.exp(-age / RATE_MEMORY_SECONDS) + 1.0 / RATE_MEMORY_SECONDS
        self._limits.sent(ticket.family, now)

    def _hand_back(self, ticket: Ticket, now: float) -> None:
        ticket.open = False
        self._settled_at = now
        if ticket.round == self._round:
            self._in_flight -= 1
            if ticket.gate is not None:
                ticket.gate.leave()
        self._pump(now)

    def _pump(self, now: float) -> None:
        """Let pass what may pass, and set the timer for the rest."""
        limits = self._limits
        wake = self._pump_gate(limits.shared, now) if limits.shared.is_crowded else None
        if limits.apart:
            wakes = [self._pump_gate(gate, now) for gate in limits.apart.values()]
            wake = min([at for at in [wake, *wakes] if at is not None], default=None)
        if wake is not None:
            self._arm(wake, now)

    def _pump_gate(self, gate: Gate, now: float) -> float | None:
        """Return when to look again; None when nobody waits any more."""
        while (ticket := gate.next_up(now)) is not None:
            opens = max(self._opens_at(gate, now), ticket.due)
            if opens > now:
                return opens
            gate.take(ticket, now)
            self._give(ticket, now)
            if ticket.future is not None:
                ticket.future.set_result(None)
        return None

    def _arm(self, at: float, now: float) -> None:
        at = min(at, now + LOST_AFTER_SECONDS)
        if self._timer is not None:
            if now < self._timer_at <= at:
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._call_later(max(0.0, at - now), self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        now = self._clock()
        if self._in_flight and now - self._settled_at >= LOST_AFTER_SECONDS:
            # Tickets that nobody handed back must not block the others for ever.
            self._round += 1
            self._in_flight = 0
            for gate in self._limits.gates():
                gate.in_flight = 0
        self._pump(now)

    def _postpone(self, ticket: Ticket, retry_after: float | None, now: float) -> float:
        if retry_after is None or not math.isfinite(retry_after) or retry_after < 0:
            doublings = min(ticket.refusals, _MOST_DOUBLINGS)
            wait = DEFAULT_RETRY_AFTER_SECONDS * 2.0**doublings * (1.0 + 0.5 * self._rand())
        else:
            wait = min(retry_after, MAX_RETRY_AFTER_SECONDS)
        ticket.refusals += 1
        ticket.waited_seconds += wait
        ticket.due = now + wait
        return wait


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _loop_call_later(delay: float, callback: Callable[[], None]) -> Handle:
    return asyncio.get_running_loop().call_later(delay, callback)
