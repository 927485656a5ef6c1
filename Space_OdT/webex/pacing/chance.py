"""Refusals that come at any rate, and so tell nothing about it."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from Space_OdT.webex.pacing.tuning import Tuning

_WINDOWS = (64, 256)
_LATEST = 4


class Stray(NamedTuple):
    """A single refusal below the limit believed in.

    Attributes:
        at: Clock seconds.
        passed: Calls that had passed by then.
        refused: Calls that had been refused by then.
        settled: Whether a limit had been found and used up before: no burst was left then.
    """

    at: float
    passed: int
    refused: int
    settled: bool


class Chance:
    """Learns that a server refuses some calls whatever the rate.

    Below a limit nothing is refused. Where single calls still are although the rate has been
    lowered to clearly less than what passed from one such refusal to a later one, it is not the
    rate that brings them about. From then on so many refusals as such chance brings are excused.

    Attributes:
        share: Share of calls refused by chance; 0 until that is proved.

    Args:
        tuning: Constants.
    """

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self.share = 0.0
        self._recent = 0
        self._known = 0
        self._calls = 0
        self._refused = 0
        self._strays: deque[Stray] = deque(maxlen=max(strays for strays, _ in tuning.in_vain))
        self._passed = 0
        self._turned_away = 0

    # -- proof -----------------------------------------------------------------------------

    def strayed(self, rate: float, now: float, *, settled: bool) -> bool:
        """Note a single refusal among calls that pass, for which the rate is lowered.

        Args:
            rate: The rate allowed when it came, in calls a second.
            now: Clock seconds.
            settled: Whether a limit had been found before.

        Returns:
            True when this one proves that lowering the rate does not help.
        """
        strays = self._strays
        latest = Stray(now, self._passed, self._turned_away, settled)
        strays.append(latest)
        for count, factor in self._tuning.in_vain:
            if len(strays) < count:
                continue
            first = strays[-count]
            passed = latest.passed - first.passed
            burst = 0.0 if first.settled else self._tuning.likely_burst_seconds
            if rate * (now - first.at + burst) < factor * passed:
                # the latest of them came at the lowest rates: none of these was a limit's doing
                self._believe(_share_between(strays[-_LATEST], latest))
                return True
        return False

    def _believe(self, share: float) -> None:
        found = (share + self.share) / 2.0 if self.share else share
        self.share = min(found, self._tuning.most_chance)
        self.forget_proof()
        self.forget_latest()
        self._calls = self._refused = 0

    def forget_proof(self) -> None:
        """Begin the proof anew: many calls in a row were refused, so there is a limit."""
        self._strays.clear()

    # -- excuse ----------------------------------------------------------------------------

    def passed(self) -> None:
        """Count a call that passed."""
        self._passed += 1
        if self.share:
            self._count(0)

    def excuses(self) -> bool:
        """Count a refused call, and tell whether chance explains it.

        Returns:
            False always, as long as nothing is proved.
        """
        self._turned_away += 1
        if not self.share:
            return False
        self._count(1)
        if self._row() >= self._longest_row():
            return False
        return all(self._is_usual(calls) for calls in _WINDOWS)

    def forget_latest(self) -> None:
        """Leave the latest calls out: they met a limit."""
        self._recent = self._known = 0

    def _is_usual(self, calls: int) -> bool:
        known = min(calls, self._known)
        mean = self.share * known
        refused = (self._recent & ((1 << calls) - 1)).bit_count()
        return refused <= mean + 3.0 * math.sqrt(mean) + 1.0

    def _row(self) -> int:
        """Count the latest refusals in a row."""
        passed = ~self._recent & (self._recent + 1)
        return passed.bit_length() - 1

    def _longest_row(self) -> int:
        improbable = math.log(self._tuning.improbable) / math.log(self.share)
        return max(self._tuning.knocks, math.ceil(improbable))

    def _count(self, outcome: int) -> None:
        self._recent = (self._recent << 1 | outcome) & ((1 << _WINDOWS[-1]) - 1)
        self._known += 1
        self._calls += 1
        self._refused += outcome
        if self._calls >= self._tuning.chance_review_calls:
            self._review()

    def _review(self) -> None:
        """Correct the share downwards; upwards only a proof may."""
        observed = self._refused / self._calls
        self._calls = self._refused = 0
        self.share = min(self.share, max(1.25 * observed, 0.5 * self.share))
        if self.share < self._tuning.negligible_chance:
            self.share = 0.0


def _share_between(first: Stray, last: Stray) -> float:
    passed, refused = last.passed - first.passed, last.refused - first.refused
    return refused / max(passed + refused, 1)
