"""The pace itself: calls in flight while no limit is known, then calls a second that grow."""

from __future__ import annotations

import math

from Space_OdT.webex.pacing.belief import Belief
from Space_OdT.webex.pacing.tuning import NEVER, SLOWEST_RATE, TICK_SECONDS, Phase, Tuning


class Pace:
    """What may be sent, and how that grows with time and answers.

    Attributes:
        phase: What the learner is doing.
        window: Most calls in flight while no limit has shown itself.
        rate: Calls a second allowed once one has.

    Args:
        tuning: Constants.
    """

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self.phase = Phase.OPEN
        self.window = tuning.first_window
        self.rate = NEVER
        self._growth = 0.0
        self._grown_at = 0.0

    def go(self, phase: Phase, rate: float, growth: float, now: float) -> None:
        """Enter a phase at a rate that grows by a share of itself each second."""
        self.phase = phase
        self.rate = max(rate, SLOWEST_RATE)
        self._growth = growth
        self._grown_at = now

    def open(self, round_trip: float) -> None:
        """Forget the rate: only calls in flight count, no fewer than the rate had."""
        in_use = self.rate * round_trip if self.rate < NEVER else 0.0
        self.window = max(self.window, self._tuning.doubling_window, in_use)
        self.phase = Phase.OPEN
        self.rate = NEVER

    def widen(self, round_trip: float) -> None:
        """Let more calls be in flight after an answer: doubling at first, then step by step."""
        window, tuning = self.window, self._tuning
        if window < tuning.doubling_window:
            self.window = window + 1.0
        else:
            steps = round_trip / tuning.window_step_seconds
            self.window = window + min(window, max(1.0, steps)) / window

    def grow(self, belief: Belief, now: float, *, busy: bool) -> bool:
        """Let the rate grow with the time that has passed.

        Args:
            belief: The limit believed in.
            now: Clock seconds.
            busy: Whether calls wait; a rate that is not used does not grow.

        Returns:
            False when it has outgrown the limit believed in.
        """
        elapsed = now - self._grown_at
        if elapsed < TICK_SECONDS:
            return True
        self._grown_at = now
        if not busy:
            return True
        growth = self._growth_now(belief, now)
        if growth:
            self.rate *= math.exp(growth * min(elapsed, 1.0))
        if self.phase is not Phase.CRUISE or belief.limit is None:
            return True
        return self.rate <= self._tuning.outgrown * belief.limit

    def _growth_now(self, belief: Belief, now: float) -> float:
        tuning, rate = self._tuning, self.rate
        if self.phase is Phase.CRUISE:
            return belief.growth(rate, now)
        if self.phase is Phase.CLIMB:
            fastest = max(tuning.slowest_climb_per_second, tuning.climb_per_call * rate)
            return min(self._growth, fastest)
        is_near = belief.limit is not None and rate > 0.5 * belief.limit
        growth = min(self._growth, tuning.measure_per_second) if is_near else self._growth
        return growth * min(1.0, max(tuning.least_growth, rate / tuning.full_growth_rate))
