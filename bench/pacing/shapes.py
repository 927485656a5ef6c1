"""The limiters of the benchmark, and the least time in which each lets all calls through."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.simulator.limiters import Limiter, RetryAfter, make_limiter


@dataclass(frozen=True)
class Shape:
    """A limiter as `make_limiter` takes it.

    Attributes:
        kind: `bucket`, `window`, `penalty` or `lockout`.
        rate: Calls a second.
        burst: Calls at once; of a window, calls per period.
        retry_after: `exact`, or seconds.
        title: What it is, in words.
    """

    kind: str
    rate: float
    burst: float
    retry_after: RetryAfter = "exact"
    title: str = ""

    def build(self) -> Limiter:
        """Make a fresh, full limiter."""
        return make_limiter(self.kind, self.rate, self.burst, self.retry_after)

    def ideal_seconds(self, calls: int, in_flight: int, latency: float) -> float:
        """Compute the wall time of a client that knows the limiter and is never refused.

        Call k starts when the limiter has room for it and when call k - in_flight is answered.
        A bucket has room for call k (from 1) at (k - burst) / rate; a window that begins with
        the first call at the start of period (k - 1) // burst.

        Args:
            calls: Number of calls.
            in_flight: Most calls in flight.
            latency: Seconds from a call to its answer.

        Returns:
            Seconds from the first call to the last answer.
        """
        starts: list[float] = []
        for index in range(calls):
            if self.kind == "window":
                room = (index // int(self.burst)) * (self.burst / self.rate)
            else:
                room = max(0.0, (index + 1 - self.burst) / self.rate)
            slot = starts[index - in_flight] + latency if index >= in_flight else 0.0
            starts.append(max(room, slot))
        return starts[-1] + latency


def standard_shapes(rate: float = 100.0) -> dict[str, Shape]:
    """Return the six limiters by letter, for a limit in calls a second."""
    small = max(1.0, rate / 10)
    return {
        "A": Shape("bucket", rate, rate, title="bucket, burst 1 s, exact Retry-After"),
        "B": Shape("bucket", rate, small, title="bucket, burst 0.1 s"),
        "C": Shape("bucket", rate, rate, 10.0, title="bucket, Retry-After always 10 s"),
        "D": Shape("window", rate, rate * 10, title="fixed window of 10 s"),
        "E": Shape("penalty", rate, rate, title="refused calls count too"),
        "F": Shape("lockout", rate, rate, title="a refusal shuts everybody out for 4 s"),
    }
