"""The limit believed in: how sure it is, and when testing it again is worth what it costs."""

from __future__ import annotations

import math

from Space_OdT.webex.pacing.tuning import NEVER, SLOWEST_RATE, Tuning


class Belief:
    """A limit in calls a second, and the plan for testing it.

    Attributes:
        limit: The limit; None while unknown.
        is_quota: True when it is so many calls for each period of fixed length.
        last_wait: Seconds that the last refused call was told to wait.

    Args:
        tuning: Constants.
    """

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self.limit: float | None = None
        self.is_quota = False
        self.last_wait = 0.0
        self._started_at: float | None = None
        self._since = 0.0
        self._settled_at = 0.0
        self._taken_then = 0
        self._ceiling = 0.0
        self._test_at = NEVER
        self._strays = 0
        self._relapses = 0

    @property
    def pace(self) -> float:
        """Calls a second to send: the limit less a margin."""
        return (self.limit or SLOWEST_RATE) * (1.0 - self._tuning.margin)

    def begin(self, now: float) -> None:
        """Note when the run began."""
        if self._started_at is None:
            self._started_at = now

    def settle(
        self, limit: float, now: float, *, highest: float, taken: int, shut_seconds: float
    ) -> None:
        """Believe in a limit from now on.

        Args:
            limit: Calls a second.
            now: Clock seconds.
            highest: The highest limit that the evidence leaves possible.
            taken: Calls taken so far.
            shut_seconds: How long the door was shut when the limit was last met.
        """
        tuning = self._tuning
        if self.limit is None or abs(limit - self.limit) > tuning.alike * limit:
            self._since = now
        self.limit = limit
        self._settled_at = now
        self._taken_then = taken
        self._ceiling = highest * (1.0 - tuning.margin)
        cost = shut_seconds + tuning.probe_calls / max(limit, SLOWEST_RATE)
        trust = max(tuning.first_hold_seconds, tuning.hold_growth * (now - self._since))
        self._test_at = now + min(cost / tuning.probe_budget, trust, tuning.longest_hold_seconds)

    def settle_lower(self, among: float, now: float, *, taken: int, shut_seconds: float) -> None:
        """Give way a little after a call was refused although the rate was below the limit.

        One refusal among n calls says that one in n was too much; refusals that follow each
        other closely say that the limit is falling. The next test is not put off.

        Args:
            among: Calls taken since the refusal before.
            now: Clock seconds.
            taken: Calls taken so far.
            shut_seconds: How long the door was shut.
        """
        tuning = self._tuning
        self._strays = self._strays + 1 if among < tuning.measured_calls else 0
        share = 2.0**self._strays / (among + tuning.measured_calls)
        share = min(tuning.stray_cut, max(tuning.caution, share))
        limit = (self.limit or SLOWEST_RATE) * (1.0 - share)
        test_at = max(self._test_at, now)
        self.settle(limit, now, highest=0.0, taken=taken, shut_seconds=shut_seconds)
        self._test_at = min(self._test_at, test_at)

    def is_recovering(self, among: float) -> bool:
        """Tell whether a refusal came too soon after the last one to mean anything.

        Args:
            among: Calls taken since the refusal before.

        Returns:
            True a few times at most, until a refusal comes later.
        """
        tuning = self._tuning
        self._relapses = self._relapses + 1 if among < tuning.recovering_calls else 0
        return 0 < self._relapses <= tuning.most_relapses

    def forget(self) -> None:
        """Believe in nothing any more."""
        self.limit = None
        self.is_quota = False

    def is_recent(self, moment: float, seconds: float) -> bool:
        """Tell whether a moment is less than so many seconds after the limit was set."""
        return moment - self._settled_at < seconds

    def average(self, now: float, taken: int) -> float:
        """Return the calls a second taken since the limit was set."""
        return (taken - self._taken_then) / max(now - self._settled_at, 1e-3)

    def test_now(self, now: float) -> None:
        """Test the limit without waiting for the time planned."""
        self._test_at = min(self._test_at, now)
        self.last_wait = 0.0

    def growth(self, rate: float, now: float) -> float:
        """Return by what share of itself a rate at the limit should grow in a second.

        Args:
            rate: Calls a second now.
            now: Clock seconds.

        Returns:
            0 while the limit is not tested.
        """
        tuning = self._tuning
        if now >= self._test_at:
            if not self._is_wait_affordable(now):
                self._test_at = now
                return 0.0
            doublings = (now - self._test_at) / tuning.probe_doubling_seconds
            return tuning.probe_per_second * math.pow(2.0, min(doublings, 8.0))
        if rate < self._ceiling and self._is_wait_affordable(now):
            return tuning.doubt_per_second
        return 0.0

    def _is_wait_affordable(self, now: float) -> bool:
        """Tell whether the wait that a refusal brings is short against the run.

        A refusal in the last seconds of a run makes the run longer by its Retry-After. Taking
        what has passed for the length of the run, tests no closer than this cost it on average
        no more than the budget.
        """
        since_start = now - (self._started_at if self._started_at is not None else now)
        between = now - self._settled_at
        return between * since_start * 2.0 * self._tuning.probe_budget >= self.last_wait**2
