"""Tells refusals that come at any rate from those that the rate brings about."""

from __future__ import annotations

import math

from Space_OdT.webex.pacing_tuning import NEVER, Tuning

_WINDOW = 32
_MASK = (1 << _WINDOW) - 1
_ROW = 0b111
_QUIET = 0xFFFF


class Noise:
    """The share of calls that is refused whatever the rate, and what stands out from it.

    A server may refuse some calls for reasons of its own. Slowing down does not help against
    that, so a single refusal among calls that pass is only taken for a limit where such
    refusals have been all but absent.

    Args:
        tuning: Constants.
    """

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self._recent = 0
        self._calls = 0.0
        self._refused = 0.0
        self.cluster_began = NEVER

    @property
    def share(self) -> float:
        """Share of calls refused singly, among others that passed; near 0 while little is known."""
        return self._refused / (self._calls + self._tuning.noise_prior_calls)

    def passed(self) -> None:
        """Count a call that passed."""
        self._shift(0)

    def refused(self, sent_at: float) -> None:
        """Count a call that was refused."""
        if not self._recent & _QUIET:
            self.cluster_began = sent_at
        self._shift(1)

    def learn(self, refused: int, calls: int) -> None:
        """Add refusals among so many calls that turned out to be none of the rate's doing."""
        self._refused += refused
        self._calls += calls

    def stands_out(self, *, at_least: float) -> bool:
        """Tell whether clearly more of the latest calls were refused than by such chance.

        Args:
            at_least: Share of refusals to expect even when none was seen.

        Returns:
            True after three refusals in a row, or two standard deviations more than chance
            brings; where none are expected, after the first.
        """
        expected = min(max(self.share, at_least), self._tuning.most_noise)
        if expected <= self._tuning.negligible_noise or self._recent & _ROW == _ROW:
            return True
        mean = expected * _WINDOW
        return self._recent.bit_count() >= math.ceil(mean + 2.0 * math.sqrt(mean) + 1.0)

    def forget_latest(self) -> None:
        """Leave the latest calls out: they met a limit."""
        self._recent = 0
        self.cluster_began = NEVER

    def _shift(self, outcome: int) -> None:
        oldest = self._recent >> (_WINDOW - 1)
        self._recent = (self._recent << 1 | outcome) & _MASK
        self._calls += 1.0
        self._refused += oldest
        if self._calls > self._tuning.noise_memory_calls:
            self._calls /= 2.0
            self._refused /= 2.0
