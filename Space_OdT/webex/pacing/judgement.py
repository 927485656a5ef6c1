"""What a refusal says about the limit: confirmed, corrected, a little lower, or another one."""

from __future__ import annotations

from enum import Enum, auto

from Space_OdT.webex.pacing.belief import Belief
from Space_OdT.webex.pacing.door import Exhaustion
from Space_OdT.webex.pacing.history import History
from Space_OdT.webex.pacing.tuning import NEVER, Phase, Tuning


class Finding(Enum):
    """What came of judging a refusal.

    KNOWN: there is a limit to keep to.
    PATIENCE: there is, but the server's store has to fill up a little first.
    UNKNOWN: there is none, yet or any more.
    """

    KNOWN = auto()
    PATIENCE = auto()
    UNKNOWN = auto()


class Judgement:
    """Weighs refusals against the record of calls and the limit believed in.

    Attributes:
        belief: The limit believed in.
        history: The record of calls.

    Args:
        tuning: Constants.
    """

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self.belief = Belief(tuning)
        self.history = History()

    def judge(self, last: Exhaustion, now: float, taken: int, *, was_shut: bool = False) -> Finding:
        """Judge an exhaustion and set the limit accordingly.

        Args:
            last: The exhaustion.
            now: Clock seconds.
            taken: Calls taken since the beginning.
            was_shut: Whether it shut the door.

        Returns:
            What is known now.
        """
        limit = self.belief.limit
        if limit is None or last.phase is not Phase.CRUISE:
            return self._first_limit(last, now, taken)
        if self.belief.is_quota:
            return self._correct_quota(last, limit, now, taken, was_shut=was_shut)
        if last.peak > limit:
            return self._end_test(last, limit, now, taken, was_shut=was_shut)
        return self._stray(last, limit, now, taken, was_shut=was_shut)

    def measure(
        self, last: Exhaustion, until: float, rate: float, now: float, taken: int
    ) -> float | None:
        """Take what passed since the first refusal for the limit, if it is enough.

        Args:
            last: The exhaustion in which calls are counted.
            until: Send time of the newest refused call.
            rate: Calls a second sent then.
            now: Clock seconds.
            taken: Calls taken since the beginning.

        Returns:
            None when the limit was set, else the calls a second that passed so far.
        """
        passed = self.history.taken(last.first, until)
        met = passed / max(until - last.first, 1e-3)
        if passed < self._enough(met):
            return met
        found = min(self.history.limit_between(last.first, until) or rate, rate)
        unsure = last.refused / max(until - last.first, 1e-3)
        self.history.mark(until)
        self._believe(found, last, now, taken, highest=min(found + unsure, rate))
        return None

    def settle_quota(self, average: float, last: Exhaustion, now: float, taken: int) -> None:
        """Believe in a quota for each period, by what whole cycles brought."""
        self.history.mark(last.first)
        self.belief.is_quota = True
        self._believe(average, last, now, taken, highest=average)

    def _first_limit(self, last: Exhaustion, now: float, taken: int) -> Finding:
        """Find a limit where none is known: from two exhaustions with enough calls between."""
        mark = self.history.marked_at
        if mark is None:
            self.history.mark(last.first)
            return Finding.UNKNOWN
        if not self._has_enough(last):
            return Finding.UNKNOWN
        found = self._limit_since(mark, last)
        self._believe_measured(found, mark, last, now, taken)
        return Finding.KNOWN

    def _end_test(
        self, last: Exhaustion, limit: float, now: float, taken: int, *, was_shut: bool
    ) -> Finding:
        """A refusal above the limit believed in: it was about right, or can be raised."""
        mark = self.history.marked_at
        if mark is not None and self._has_enough(last):
            # A test that fails tells of no lower limit: that would have refused before.
            found = max(limit, self._limit_since(mark, last))
            self._believe_measured(found, mark, last, now, taken)
            return Finding.KNOWN
        if not self._is_same_limit(last, was_shut=was_shut):
            return self._forget(last, now, was_shut=was_shut)
        self.history.mark(last.first)
        self._believe(limit, last, now, taken)
        return Finding.KNOWN

    def _stray(
        self, last: Exhaustion, limit: float, now: float, taken: int, *, was_shut: bool
    ) -> Finding:
        """A refusal below the limit believed in: by chance, or because it is lower now."""
        among = self._taken_since_mark(last.first)
        if not was_shut and self.belief.is_recovering(among):
            self.history.mark(last.first)
            return Finding.PATIENCE
        near = self._near_limit(last, limit) if was_shut and self._has_enough(last) else None
        if near is None and not self._is_same_limit(last, was_shut=was_shut):
            return self._forget(last, now, was_shut=was_shut)
        self.history.mark(last.first)
        if near is not None:
            self._believe(near, last, now, taken)
        else:
            self.belief.settle_lower(among, now, taken=taken, shut_seconds=last.shut_seconds)
        return Finding.KNOWN

    def _correct_quota(
        self, last: Exhaustion, limit: float, now: float, taken: int, *, was_shut: bool
    ) -> Finding:
        """Correct a quota: it is what one whole cycle brings."""
        average = self.belief.average(now, taken)
        if abs(average - limit) > 2.0 * self._tuning.alike * limit:
            return self._forget(last, now, was_shut=was_shut)
        self.history.mark(last.first)
        limit = max(limit, average) if last.peak > limit else min(limit, average)
        self._believe(limit, last, now, taken, highest=limit)
        return Finding.KNOWN

    def _forget(self, last: Exhaustion, now: float, *, was_shut: bool) -> Finding:
        """Start afresh: what was sent so far was sent under another limit."""
        self.belief.forget()
        if was_shut:  # a door that opens is a beginning
            self.history.restart(now)
        else:
            self.history.mark(last.first)
        return Finding.UNKNOWN

    def _near_limit(self, last: Exhaustion, limit: float) -> float | None:
        """Find a slightly lower limit that explains a shut door."""
        mark = self.history.marked_at
        found = self.history.limit_between(mark, last.first) if mark is not None else None
        if found is None or found < limit * (1.0 - 2.0 * self._tuning.alike):
            return None
        return min(found, limit * (1.0 - self._tuning.caution))

    def _is_same_limit(self, last: Exhaustion, *, was_shut: bool) -> bool:
        if not was_shut:
            return last.is_mild
        soon = self.belief.is_recent(last.first, self._tuning.soon * last.shut_seconds)
        return self._has_enough(last) and not soon

    def _limit_since(self, mark: float, last: Exhaustion) -> float:
        return min(self.history.limit_between(mark, last.first) or last.peak, last.peak)

    def _believe_measured(
        self, found: float, mark: float, last: Exhaustion, now: float, taken: int
    ) -> None:
        # If refused calls were counted, too, the limit is higher by as much.
        unsure = last.refused / max(last.first - mark, 1e-3)
        self.history.mark(last.first)
        self._believe(found, last, now, taken, highest=min(found + unsure, last.peak))

    def _believe(
        self, limit: float, last: Exhaustion, now: float, taken: int, highest: float = 0.0
    ) -> None:
        self.belief.settle(limit, now, highest=highest, taken=taken, shut_seconds=last.shut_seconds)

    def _has_enough(self, last: Exhaustion) -> bool:
        return self._taken_since_mark(last.first) >= self._enough(last.peak)

    def _enough(self, rate: float) -> float:
        tuning = self._tuning
        in_time = min(tuning.measured_calls, rate * tuning.measured_seconds)
        return max(tuning.fewest_calls, in_time)

    def _taken_since_mark(self, moment: float) -> float:
        since = self.history.marked_at
        return self.history.taken(since if since is not None else -NEVER, moment)
