"""Admits calls at the pace the server can take, which it finds by itself."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from Space_OdT.webex.pacing_families import Mix, Tally
from Space_OdT.webex.pacing_gate import Gate, RateCap, Ticket
from Space_OdT.webex.pacing_policy import Facts, RateLearner
from Space_OdT.webex.pacing_tuning import NEVER, Phase, Tuning

__all__ = ["Pacer", "Ticket"]

SHARED = "*"
DEFAULT_RETRY_AFTER_SECONDS = 1.0
MAX_RETRY_AFTER_SECONDS = 300.0
LOST_AFTER_SECONDS = 120.0
RATE_MEMORY_SECONDS = 2.0

_MOST_DOUBLINGS = 6
_MIX_CHECK_CALLS = 64
_CLEARLY_MORE = 1.3
_SHARERS = 2

EventHook = Callable[..., None]


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
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._call_later = call_later or (
            lambda delay, callback: asyncio.get_running_loop().call_later(delay, callback)
        )
        self._rand = rand
        self._on_event = on_event
        self._tuning = tuning or Tuning()
        self._shared = Gate(self._new_learner(SHARED))
        self._apart: dict[str, Gate] = {}
        self._tally = Tally()
        self._mix = Mix()
        self._sharers: set[str] = set()
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
        gates = {SHARED: self._shared, **self._apart}
        return {name: gate.learner.limit for name, gate in gates.items() if gate.learner.limit}

    async def admit(self, family: str) -> Ticket:
        """Wait until a call may be sent.

        Args:
            family: Endpoint family, the unit that may have a limit of its own.

        Returns:
            The leave to send it; hand it back with `succeeded`, `throttled` or `release`.
        """
        ticket = Ticket(family)
        gate = self._gate_of(family)
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
        await self._wait(self._gate_of(ticket.family), ticket, self._clock())
        return ticket

    def succeeded(self, ticket: Ticket) -> None:
        """Hand back the ticket of a call that no limit refused, whatever came of it."""
        if not ticket.open:
            return
        now = self._clock()
        gate = self._gate_of(ticket.family)
        learner = gate.learner
        if gate is self._shared and learner.is_exhausted_for(ticket.sent_at):
            self._tally.count(ticket.family, refused=False)
        learner.answered(ticket.sent_at, now, crowded=gate.is_crowded)
        self._hand_back(ticket, now)

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
            gate = self._gate_of(ticket.family)
            gate.learner.refused(ticket.sent_at, now, ticket.due, ticket.place)
            self._weigh_families(gate, ticket, now)
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
        now = self._clock()
        for family, limit in limits.items():
            if isinstance(limit, int | float) and 0 < limit < NEVER and isinstance(family, str):
                gate = self._shared if family == SHARED else self._gate_apart(family)
                gate.learner.recall(float(limit), now)

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

    def _gate_of(self, family: str) -> Gate:
        return self._apart.get(family, self._shared) if self._apart else self._shared

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
        if self._shared.learner.phase is not Phase.OPEN:
            self._mix.sent(ticket.family)
            if self._given % _MIX_CHECK_CALLS == 0:
                self._test_for_newcomer(now)

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
        wake = self._pump_gate(self._shared, now) if self._shared.is_crowded else None
        if self._apart:
            wakes = [self._pump_gate(gate, now) for gate in self._apart.values()]
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
            for gate in (self._shared, *self._apart.values()):
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

    # -- families --------------------------------------------------------------------------

    def _new_learner(self, name: str) -> RateLearner:
        return RateLearner(self._tuning, self._learned, name)

    def _learned(self, event: str, name: str, facts: Facts) -> None:
        if event == "forgot":
            if name == SHARED and facts["limit"] is not None:
                self._blame_newcomer(facts["limit"])
        elif self._on_event is not None:
            self._on_event(event, family=name, **facts)

    def _gate_apart(self, family: str) -> Gate:
        gate = self._apart.get(family)
        if gate is None:
            gate = self._apart[family] = Gate(self._new_learner(family))
            for ticket in self._shared.hand_over(family):
                gate.queue(ticket)
        return gate

    def _weigh_families(self, gate: Gate, ticket: Ticket, now: float) -> None:
        """Decide after a refusal whether the family still belongs where it is."""
        if gate is not self._shared:
            return
        if gate.learner.began_at(now):
            self._tally.fade()
        self._tally.count(ticket.family, refused=True)
        if self._tally.is_apart(ticket.family):
            self._set_apart(ticket.family, now)

    def _set_apart(self, family: str, now: float) -> None:
        """Give a family its own limit, and take its refusals off the shared one."""
        shared = self._shared.learner
        share = self._tally.share(family)
        self._gate_apart(family).learner.begin_refused(shared, share, now)
        shared.acquit(now, keep_limit=bool(self._sharers - {family}))
        self._tally.forget(family)
        self._sharers.discard(family)
        self._tell("apart", family)

    def _test_for_newcomer(self, now: float) -> None:
        """Test the limit at once when another family than those that met it now calls alone."""
        learner = self._shared.learner
        newcomer = self._mix.dominant()
        if learner.phase is not Phase.CRUISE or learner.limit is None or newcomer is None:
            return
        met = self._tally.refused_families()
        if met:
            self._sharers |= met
        if newcomer in self._sharers or len(self._sharers) >= _SHARERS or not self._sharers:
            return
        if learner.rate > _CLEARLY_MORE * learner.limit:
            for family in self._sharers:
                self._gate_apart(family).learner.recall(learner.limit, now)
                self._tell("apart", family)
            self._sharers.clear()
            learner.acquit(now, keep_limit=False)
        else:
            learner.test_now(now)

    def _blame_newcomer(self, limit: float) -> None:
        """Leave the shared limit alone when a family that never met it meets a lower one."""
        newcomer = self._mix.dominant()
        if newcomer is None or not self._sharers or newcomer in self._sharers:
            return
        if newcomer in self._apart:
            return
        gate = self._gate_apart(newcomer)
        gate.learner, self._shared.learner = self._shared.learner, gate.learner
        gate.learner.name, self._shared.learner.name = newcomer, SHARED
        self._shared.learner.recall(limit, self._clock())
        self._tell("apart", newcomer)

    def _tell(self, name: str, family: str) -> None:
        if self._on_event is not None:
            self._on_event(name, family=family)
