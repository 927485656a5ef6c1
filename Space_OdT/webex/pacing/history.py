"""What one limit was sent and took over time, and the limit that explains its refusals."""

from __future__ import annotations

import math
from collections import deque

NEVER = math.inf
BIN_SECONDS = 0.02
MAX_BINS = 1024
_KEPT_BINS = 128
_BISECTIONS = 6
_SEARCH_STEPS = 64
_SEARCH_FACTOR = 1.05
_TOLERANCE = 0.25

Stretch = tuple[float, float, float]
"""Start, seconds to the next one, and calls."""


class Bin:
    """Calls taken by the server in one short stretch of time.

    Attributes:
        start: Clock seconds of its first call.
        calls: Calls sent in it, less those that were refused.
        refused: Those that were refused.
    """

    __slots__ = ("calls", "refused", "start")

    def __init__(self, start: float) -> None:
        self.start = start
        self.calls = 0
        self.refused = 0


class History:
    """A bounded record of the calls that a server took.

    Attributes:
        marked_at: The last exhaustion that was marked; None before the first.
        burst: Calls at once that the limit found last allows, as far as they were needed.

    A call counts from the moment it is sent and is taken out again when it comes back refused,
    so the record is right for everything older than one round trip.
    """

    def __init__(self) -> None:
        self._bins: deque[Bin] = deque()
        self._width = BIN_SECONDS
        self._approach: list[Stretch] = []
        self.marked_at: float | None = None
        self.burst = 0.0

    def sent(self, now: float) -> Bin:
        """Count one call, and return the place to take it out again."""
        bins = self._bins
        if not bins or now - bins[-1].start >= self._width:
            if len(bins) >= MAX_BINS:
                self._merge()
            bins.append(Bin(now))
        last = bins[-1]
        last.calls += 1
        return last

    def mark(self, moment: float) -> None:
        """Start afresh at an exhaustion; what led to it is kept, bounded, in full resolution.

        Args:
            moment: Send time of the first refused call.
        """
        start = -NEVER if self.marked_at is None else self.marked_at
        led_here = self._approach + self._stretches(start, moment, refused=True)
        self._approach = led_here[-MAX_BINS:]
        self.marked_at = moment
        bins = self._bins
        while len(bins) > 1 and bins[1].start <= moment:
            bins.popleft()
        if len(bins) <= _KEPT_BINS:
            self._width = BIN_SECONDS

    def restart(self, moment: float) -> None:
        """Forget what led up to a moment, and the exhaustion before it."""
        self._approach = []
        self.marked_at = None
        while self._bins and self._bins[0].start < moment:
            self._bins.popleft()

    def taken(self, since: float, until: float) -> float:
        """Count the calls taken between two moments; a bin cut in two counts by its share."""
        return sum(calls for _, _, calls in self._stretches(since, until))

    def limit_between(self, first: float, second: float) -> float | None:
        """Find the steady rate that explains two refusals, whatever the burst allowance.

        A bucket of unknown size that refills at `rate` was empty at both moments. Filling the
        same calls into a leaky store, its level must be the same at both. The average between
        the two is a lower bound, since a full bucket loses what drips on it; the answer is the
        least rate from there on that does not need more room at the second than at the first.

        Args:
            first: Send time of the first call refused in an earlier exhaustion.
            second: The same of a later one.

        Returns:
            Calls a second, or None when nothing was taken between the two.
        """
        taken = self.taken(first, second)
        if second <= first or taken < 1.0:
            return None
        # Whether refused calls were paid for, too, is not known. The careful answer assumes that
        # they were before, which leaves more room, and that they were not since.
        start = -NEVER if self.marked_at is None else self.marked_at
        before = self._approach + self._stretches(start, first, refused=True)
        between = self._stretches(first, second)

        def explains(rate: float) -> bool:
            level = _level(before, 0.0, rate)
            return _level(between, level, rate) <= level + _TOLERANCE

        low = high = taken / (second - first)
        for _ in range(_SEARCH_STEPS):
            if explains(high):
                break
            low, high = high, high * _SEARCH_FACTOR
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2.0
            low, high = (low, middle) if explains(middle) else (middle, high)
        level = _level(before, 0.0, high)
        self.burst = min(level, _level(between, level, high))
        return high

    def _stretches(self, since: float, until: float, *, refused: bool = False) -> list[Stretch]:
        """Cut the record to a span: (start, seconds to the next, calls) in order."""
        bins = list(self._bins)
        if not bins:
            return []
        ends = [entry.start for entry in bins[1:]] + [NEVER]
        found = []
        for entry, end in zip(bins, ends, strict=True):
            start, stop = max(entry.start, since), min(end, until)
            if start >= stop:
                continue
            # The calls of a bin lie in its first stretch; the rest up to the next is silence.
            busy = min(end - entry.start, self._width)
            inside = max(0.0, min(stop, entry.start + busy) - start) / busy
            calls = entry.calls + entry.refused if refused else entry.calls
            found.append((start, stop - start, calls * inside))
        return found

    def _merge(self) -> None:
        """Halve the number of old bins, at half the resolution.

        The newest stay as they are: refusals still on the way are taken out of them.
        """
        entries = list(self._bins)
        old, new = entries[:-_KEPT_BINS], entries[-_KEPT_BINS:]
        for left, right in zip(old[::2], old[1::2], strict=True):
            left.calls += right.calls
            left.refused += right.refused
        self._bins.clear()
        self._bins.extend([*old[::2], *new])
        self._width *= 2.0


def _level(stretches: list[Stretch], level: float, rate: float) -> float:
    for _, seconds, calls in stretches:
        level = max(0.0, level + calls - rate * seconds)
    return level
