"""The limits of one run: one that all families share, and those of families set apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from Space_OdT.webex.pacing.families import Mix, Tally
from Space_OdT.webex.pacing.gate import Gate, Ticket
from Space_OdT.webex.pacing.policy import Facts, RateLearner
from Space_OdT.webex.pacing.tuning import NEVER, Phase, Tuning

SHARED = "*"
_MIX_CHECK_CALLS = 64
_CLEARLY_MORE = 1.3
_SHARERS = 2

EventHook = Callable[..., None]


class Limits:
    """Gates of all families: the same one, until refusals show that one has its own.

    Attributes:
        shared: The gate that all families share.
        apart: The gates of families with a limit of their own.

    Args:
        tuning: Constants of the learners.
        clock: Monotonic seconds.
        on_event: Called with an event's name and facts; None for nobody.
    """

    def __init__(
        self, tuning: Tuning, clock: Callable[[], float], on_event: EventHook | None
    ) -> None:
        self._tuning = tuning
        self._clock = clock
        self._on_event = on_event
        self.shared = Gate(self._new_learner(SHARED))
        self.apart: dict[str, Gate] = {}
        self._tally = Tally()
        self._mix = Mix()
        self._met_by: set[str] = set()
        self._counted = 0

    def gates(self) -> Iterable[Gate]:
        """Return all gates, the shared one first."""
        return (self.shared, *self.apart.values())

    def gate_of(self, family: str) -> Gate:
        """Return the gate of a family."""
        return self.apart.get(family, self.shared) if self.apart else self.shared

    def found(self) -> dict[str, float]:
        """Return the limits found so far, in calls a second, the shared one under "*"."""
        gates = {SHARED: self.shared, **self.apart}
        return {name: gate.learner.limit for name, gate in gates.items() if gate.learner.limit}

    def recall(self, limits: Mapping[Any, Any], now: float) -> None:
        """Start from limits that an earlier run found; what is unusable is left out."""
        for family, limit in limits.items():
            if isinstance(limit, int | float) and 0 < limit < NEVER and isinstance(family, str):
                gate = self.shared if family == SHARED else self._gate_apart(family)
                gate.learner.recall(float(limit), now)

    def sent(self, family: str, now: float) -> None:
        """Count a call; cheap while no limit has shown itself."""
        if self.shared.learner.phase is Phase.OPEN:
            return
        self._mix.sent(family)
        self._counted += 1
        if self._counted % _MIX_CHECK_CALLS == 0:
            self._test_for_newcomer(now)

    def passed(self, gate: Gate, ticket: Ticket) -> None:
        """Count a call that was not refused; call before its learner is told."""
        if gate is self.shared and gate.learner.is_exhausted_for(ticket.sent_at):
            self._tally.count(ticket.family, refused=False)

    def refused(self, gate: Gate, ticket: Ticket, now: float) -> None:
        """Count a refusal, after its learner was told; the family may turn out to be apart."""
        if gate is not self.shared:
            return
        if gate.learner.began_at(now):
            self._tally.fade()
        self._tally.count(ticket.family, refused=True)
        if self._tally.is_apart(ticket.family):
            self._set_apart(ticket.family, now)

    def _new_learner(self, name: str) -> RateLearner:
        return RateLearner(self._tuning, self._learned, name)

    def _learned(self, event: str, name: str, facts: Facts) -> None:
        if event == "forgot":
            if name == SHARED and facts["limit"] is not None:
                self._blame_newcomer(facts["limit"])
        elif self._on_event is not None:
            self._on_event(event, family=name, **facts)

    def _gate_apart(self, family: str) -> Gate:
        gate = self.apart.get(family)
        if gate is None:
            gate = self.apart[family] = Gate(self._new_learner(family))
            for ticket in self.shared.hand_over(family):
                gate.queue(ticket)
            self._tell_apart(family)
        return gate

    def _set_apart(self, family: str, now: float) -> None:
        """Give a family its own limit, and take its refusals off the shared one."""
        shared = self.shared.learner
        share = self._tally.share(family)
        self._gate_apart(family).learner.begin_refused(shared, share, now)
        shared.acquit(now, keep_limit=bool(self._met_by - {family}))
        self._tally.forget(family)
        self._met_by.discard(family)

    def _test_for_newcomer(self, now: float) -> None:
        """Test the limit at once when another family than those that met it now calls alone."""
        learner = self.shared.learner
        newcomer = self._mix.dominant()
        if learner.phase is not Phase.CRUISE or learner.limit is None or newcomer is None:
            return
        self._met_by |= self._tally.refused_families()
        if newcomer in self._met_by or not 0 < len(self._met_by) < _SHARERS:
            return
        if learner.rate <= _CLEARLY_MORE * learner.limit:
            learner.test_now(now)
            return
        for family in self._met_by:
            self._gate_apart(family).learner.recall(learner.limit, now)
        self._met_by.clear()
        learner.acquit(now, keep_limit=False)

    def _blame_newcomer(self, limit: float) -> None:
        """Leave the shared limit alone when a family that never met it meets a lower one."""
        newcomer = self._mix.dominant()
        if newcomer is None or not self._met_by or newcomer in self._met_by | self.apart.keys():
            return
        gate = self._gate_apart(newcomer)
        gate.learner, self.shared.learner = self.shared.learner, gate.learner
        gate.learner.name, self.shared.learner.name = newcomer, SHARED
        self.shared.learner.recall(limit, self._clock())

    def _tell_apart(self, family: str) -> None:
        if self._on_event is not None:
            self._on_event("apart", family=family)
