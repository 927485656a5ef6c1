"""Finds out which endpoint families share a limit, from whose calls are refused together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Twice the gain in log-likelihood from which "these two are treated differently" is believed;
# chance alone gets there about once in 2,000 times.
_CONVINCING = 12.0
_LEAST_REFUSED = 3
_FADE_PER_EPISODE = 0.9
_MIX_CALLS = 50.0
_DOMINANT = 0.9
_LARGEST_WEIGHT = 1e100
_FORGOTTEN_SHARE = 1e-6


@dataclass(slots=True)
class Fate:
    """Calls of one family that were sent while the server had nothing left to give."""

    taken: float = 0.0
    refused: float = 0.0


class Tally:
    """Counts whose calls pass and whose are refused while a limit is hit.

    Under one shared limit everybody is refused alike. A family whose calls are refused while the
    others' pass has a limit of its own.
    """

    def __init__(self) -> None:
        self._fates: dict[str, Fate] = {}

    def count(self, family: str, *, refused: bool) -> None:
        """Count one call sent while the limit was hit."""
        fate = self._fates.get(family)
        if fate is None:
            fate = self._fates[family] = Fate()
        if refused:
            fate.refused += 1.0
        else:
            fate.taken += 1.0

    def fade(self) -> None:
        """Let the evidence of earlier exhaustions count less; call at the start of each."""
        for family, fate in list(self._fates.items()):
            fate.taken *= _FADE_PER_EPISODE
            fate.refused *= _FADE_PER_EPISODE
            if fate.taken + fate.refused < 1.0:
                del self._fates[family]

    def forget(self, family: str) -> None:
        """Drop a family."""
        self._fates.pop(family, None)

    def share(self, family: str) -> float:
        """Return the share of a family in the counted calls."""
        total = sum(fate.taken + fate.refused for fate in self._fates.values())
        own = self._fates.get(family)
        return (own.taken + own.refused) / total if own and total else 0.0

    def refused_families(self) -> set[str]:
        """Return the families that had calls refused."""
        return {family for family, fate in self._fates.items() if fate.refused >= 1.0}

    def is_apart(self, family: str) -> bool:
        """Tell whether a family is refused while the others pass, beyond chance.

        Args:
            family: One that had a call refused.

        Returns:
            True when a limit of its own explains the counts far better than a shared one.
        """
        own = self._fates.get(family)
        if own is None or own.refused < _LEAST_REFUSED or len(self._fates) == 1:
            return False
        taken = sum(fate.taken for fate in self._fates.values())
        refused = sum(fate.refused for fate in self._fates.values())
        rest = Fate(taken - own.taken, refused - own.refused)
        if own.refused * (rest.taken + rest.refused) <= rest.refused * (own.taken + own.refused):
            return False
        together = _likelihood(taken, refused)
        return 2.0 * (_likelihood_of((own, rest)) - together) >= _CONVINCING


def _likelihood_of(fates: Iterable[Fate]) -> float:
    return sum(_likelihood(fate.taken, fate.refused) for fate in fates)


def _likelihood(taken: float, refused: float) -> float:
    total = taken + refused
    return sum(part * math.log(part / total) for part in (taken, refused) if part > 0.0)


class Mix:
    """Knows the shares of the families in the latest calls, at constant cost per call."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}
        self._unit = 1.0

    def sent(self, family: str) -> None:
        """Count one call."""
        # Newer calls weigh more, instead of older ones less: one sum per call, whatever the
        # number of families.
        self._unit *= 1.0 + 1.0 / _MIX_CALLS
        self._weights[family] = self._weights.get(family, 0.0) + self._unit
        if self._unit > _LARGEST_WEIGHT:
            self._rescale()

    def dominant(self) -> str | None:
        """Return the family that makes up nearly all of the latest calls, if there is one."""
        if not self._weights:
            return None
        family = max(self._weights, key=self._weights.__getitem__)
        share = self._weights[family] / sum(self._weights.values())
        return family if share >= _DOMINANT else None

    def _rescale(self) -> None:
        kept = {name: weight / self._unit for name, weight in self._weights.items()}
        self._weights = {name: weight for name, weight in kept.items() if weight > _FORGOTTEN_SHARE}
        self._unit = 1.0
