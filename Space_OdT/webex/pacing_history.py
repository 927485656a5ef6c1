"""What one limit was sent and took over time, and the limit that explains its refusals."""

from __future__ import annotations

from collections import deque

BIN_SECONDS = 0.02
MAX_BINS = 1024
_KEPT_BINS = 128
_BISECTIONS = 24


class Bin:
    """Calls taken by the server in one short stretch of time.

    Attributes:
        start: Clock seconds of its first call.
        calls: Calls sent in it, less those that were refused.
    """

    __slots__ = ("calls", "start")

    def __init__(self, start: float) -> None:
        self.start = start
        self.calls = 0


class History:
    """A bounded record of the calls that a server took.

    A call counts from the moment it is sent and is taken out again when it comes back refused,
    so the record is right for everything older than one round trip.
    """

    def __init__(self) -> None:
        self._bins: deque[Bin] = deque()
        self._width = BIN_SECONDS

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

    def forget_before(self, moment: float) -> None:
        """Drop what is older than a moment."""
        bins = self._bins
        while len(bins) > 1 and bins[1].start <= moment:
            bins.popleft()
        if len(bins) < MAX_BINS // 4:
            self._width = BIN_SECONDS

    def taken(self, since: float, until: float) -> float:
        """Count the calls taken between two moments; a bin cut in two counts by its share."""
        return sum(calls for _, _, calls in self._stretches(since, until))

    def limit_between(self, first: float, second: float) -> float | None:
        """Find the steady rate that explains two refusals, whatever the burst allowance.

        A bucket of unknown size that refills at `rate` was empty at both moments. Filling the
        same calls into a leaky store, its level must be the same at both; the level at the
        second falls as the assumed rate rises, which a bisection solves. The average between
        the two is a lower bound, since a full bucket loses what drips on it.

        Args:
            first: Send time of the first call refused in an earlier exhaustion.
            second: The same of a later one.

        Returns:
            Calls a second, or None when nothing was taken between the two.
        """
        taken = self.taken(first, second)
        if second <= first or taken < 1.0:
            return None
        low = taken / (second - first)
        before = self._stretches(-float("inf"), first)
        between = self._stretches(first, second)
        high = max((calls / seconds for _, seconds, calls in between if seconds > 0), default=low)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2.0
            level = _level(before, 0.0, middle)
            if _level(between, level, middle) > level:
                low = middle
            else:
                high = middle
        return (low + high) / 2.0

    def _stretches(self, since: float, until: float) -> list[tuple[float, float, float]]:
        """Cut the record to a span: (start, seconds to the next, calls) in order."""
        bins = [entry for entry in self._bins if entry.start < until]
        ends = [entry.start for entry in bins[1:]] + [until]
        found = []
        for entry, end in zip(bins, ends, strict=True):
            start = max(entry.start, since)
            length = end - entry.start
            if end <= since or length <= 0:
                continue
            # The calls of a bin lie in its first stretch; the rest up to the next is silence.
            busy = min(length, self._width)
            inside = min(1.0, max(0.0, (entry.start + busy - start) / busy))
            found.append((start, end - start, entry.calls * inside))
        return found

    def _merge(self) -> None:
        """Halve the number of old bins, at half the resolution.

        The newest stay as they are: refusals still on the way are taken out of them.
        """
        entries = list(self._bins)
        old, new = entries[:-_KEPT_BINS], entries[-_KEPT_BINS:]
        for left, right in zip(old[::2], old[1::2], strict=True):
            left.calls += right.calls
        self._bins = deque([*old[::2], *new])
        self._width *= 2.0


def _level(stretches: list[tuple[float, float, float]], level: float, rate: float) -> float:
    for _, seconds, calls in stretches:
        level = max(0.0, level + calls - rate * seconds)
    return level
