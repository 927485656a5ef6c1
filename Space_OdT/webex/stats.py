"""Counters of one run: what was sent, refused, repeated, per endpoint family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field


@dataclass(slots=True)
class FamilyStats:
    """Counters of one endpoint family.

    Attributes:
        calls: Requests sent, repeats included.
        retries: Repeats after passing failures; refusals for rate are counted apart.
        throttled: Answers 429 and 423.
        failures: Requests without an answer, or answered 400 and above; throttled ones excluded.
        bytes: Body bytes received.
        seconds: Time between sending and the last byte, summed over requests.
    """

    calls: int = 0
    retries: int = 0
    throttled: int = 0
    failures: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class ClientStats:
    """Counters of a client; totals are summed when asked for, not on every call.

    Attributes:
        rate_now: Tells the pace, in calls a second.
        families: Endpoint family -> its counters.
        in_flight: Requests sent and not answered yet.
    """

    rate_now: Callable[[], float]
    families: dict[str, FamilyStats] = field(default_factory=dict)
    in_flight: int = 0

    def of(self, family: str) -> FamilyStats:
        """Give the counters of a family, made at the first call.

        Args:
            family: Endpoint family.

        Returns:
            Its live counters.
        """
        found = self.families.get(family)
        if found is None:
            found = self.families[family] = FamilyStats()
        return found

    @property
    def rate(self) -> float:
        """Pace at this moment, in calls a second."""
        return self.rate_now()

    @property
    def calls(self) -> int:
        """Requests sent so far, repeats included."""
        return sum(one.calls for one in self.families.values())

    @property
    def retries(self) -> int:
        """Repeats after passing failures."""
        return sum(one.retries for one in self.families.values())

    @property
    def responses_429(self) -> int:
        """Answers 429 and 423 so far."""
        return sum(one.throttled for one in self.families.values())

    @property
    def failures(self) -> int:
        """Requests without an answer, or answered 400 and above; throttled ones excluded."""
        return sum(one.failures for one in self.families.values())

    @property
    def bytes(self) -> int:
        """Body bytes received."""
        return sum(one.bytes for one in self.families.values())

    def as_dict(self) -> dict[str, object]:
        """Copy the counters for a report.

        Returns:
            Plain numbers: totals, and `families` by name.
        """
        return {
            "calls": self.calls,
            "retries": self.retries,
            "responses_429": self.responses_429,
            "failures": self.failures,
            "bytes": self.bytes,
            "families": {name: asdict(one) for name, one in sorted(self.families.items())},
        }
