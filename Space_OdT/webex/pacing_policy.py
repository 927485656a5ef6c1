"""What one server limit teaches: from the fate of calls to the rate of the next ones."""

from __future__ import annotations

import math
from collections.abc import Callable

from Space_OdT.webex.pacing_belief import Belief
from Space_OdT.webex.pacing_door import Door, Exhaustion
from Space_OdT.webex.pacing_history import Bin, History
from Space_OdT.webex.pacing_tuning import NEVER, SLOWEST_RATE, TICK_SECONDS, Phase, Tuning

Facts = dict[str, float | None]

_RESTING = frozenset({Phase.OPEN, Phase.CRUISE, Phase.CLIMB})
_GROWING = frozenset({Phase.MEASURE, Phase.CRUISE, Phase.CLIMB})
_STEP_DOWN = 8.0


class RateLearner:
    """Learns one limit from refusals; pure arithmetic that is told the time.

    Attributes:
        name: What the limit is of.
        phase: What it is doing.
        window: Most calls in flight while no limit has shown itself.
        rate: Calls a second allowed once one has.
        closed_until: Nothing may be sent before.

    Args:
        tuning: Constants.
        notify: Called with an event, `name` and facts when something was learned.
        name: What the limit is of.
    """

    def __init__(
        self,
        tuning: Tuning | None = None,
        notify: Callable[[str, str, Facts], None] | None = None,
        name: str = "*",
    ) -> None:
        self.tuning = tuning or Tuning()
        self.name = name
        self.phase = Phase.OPEN
        self.window = self.tuning.first_window
        self.rate = NEVER
        self.closed_until = -NEVER
        self._hook = notify
        self._history = History()
        self._belief = Belief(self.tuning)
        self._door = Door(self.tuning)
        self._last: Exhaustion | None = None
        self._round_trip = 0.0
        self._taken = 0
        self._begun = False
        self._growth = 0.0
        self._grown_at = 0.0

    @property
    def limit(self) -> float | None:
        """The limit found, in calls a second."""
        return self._belief.limit

    @property
    def catch_up_seconds(self) -> float:
        """What may be sent at once after a pause that nobody asked for, in seconds' worth.

        While this process was kept from sending, the server's store filled up; half of the
        burst that it has shown to allow is safe to take.
        """
        tuning = self.tuning
        if self.phase is not Phase.CRUISE:
            return tuning.least_catch_up_seconds
        allowed = 0.5 * self._history.burst / self.rate
        return min(max(allowed, tuning.least_catch_up_seconds), tuning.most_catch_up_seconds)

    # -- beginnings ------------------------------------------------------------------------

    def recall(self, limit: float, now: float) -> None:
        """Start at a limit that an earlier run found."""
        self._settle(limit, limit, now)

    def begin_refused(self, other: RateLearner, share: float, now: float) -> None:
        """Start from a refusal that another learner took for its own.

        Args:
            other: The learner that met it.
            share: Part of its calls that are this learner's.
            now: Clock seconds.
        """
        met = other._last
        peak = max((met.peak if met else other.rate) * share, SLOWEST_RATE)
        self._round_trip = other._round_trip
        self._begin(now)
        # What was taken before is in the other's record: a modest part of it will do.
        self._door.begin(now - 1.0, -int(peak / _STEP_DOWN))
        self._last = Exhaustion(
            first=met.first if met else now,
            noticed_at=now,
            peak=peak,
            phase=Phase.OPEN,
            cut_at=now,
            earliest_due=met.earliest_due if met else now,
        )
        self._start_knocking(self._last, now)

    def acquit(self, now: float, *, keep_limit: bool) -> None:
        """Go back to what was before the last refusal, which was not about this limit.

        Args:
            now: Clock seconds.
            keep_limit: Whether the limit known so far still counts.
        """
        self.closed_until = -NEVER
        if keep_limit and self.limit is not None:
            self._settle(self.limit, self.limit, now)
            return
        in_use = self.rate * self._round_trip if self.rate < NEVER else 0.0
        self.phase = Phase.OPEN
        self.window = max(self.window, self.tuning.doubling_window, in_use)
        self.rate = NEVER
        self._last = None
        self._belief.forget()
        self._history.restart(now)

    def test_now(self, now: float) -> None:
        """Test the known limit without further waiting."""
        self._belief.test_now(now)

    # -- what the families are judged by ---------------------------------------------------

    def began_at(self, now: float) -> bool:
        """Tell whether the last exhaustion was noticed at this very moment."""
        return self._last is not None and self._last.noticed_at == now

    def is_exhausted_for(self, sent_at: float) -> bool:
        """Tell whether a call was sent in an exhaustion that is still being looked into."""
        last = self._last
        return last is not None and self.phase not in _RESTING and sent_at > last.first

    # -- told by the gate ------------------------------------------------------------------

    def sent(self, now: float) -> Bin:
        """Count a call that leaves now, and return the place where it is counted."""
        if not self._begun:
            self._begin(now)
        self._taken += 1
        if self.phase is Phase.KNOCK:
            self.closed_until = now + self._door.gap + self._round_trip
        return self._history.sent(now)

    def answered(self, sent_at: float, now: float, *, crowded: bool) -> None:
        """Learn from a call that passed the limit.

        Args:
            sent_at: When it was sent.
            now: When its answer came.
            crowded: Whether other calls were waiting for it.
        """
        trip = now - sent_at
        self._round_trip += (trip - self._round_trip) * (0.1 if self._round_trip else 1.0)
        if self.phase is Phase.OPEN:
            if crowded:
                self._widen()
            return
        last = self._last
        if last is None or sent_at <= last.first:
            return
        last.taken += 1
        if sent_at >= last.cut_at:
            last.in_a_row = 0
            self._door.passed()
            if self.phase is Phase.KNOCK:
                self._found_open(last, now)

    def refused(self, sent_at: float, now: float, due: float, place: Bin) -> None:
        """Learn from a call that was refused.

        Args:
            sent_at: When it was sent.
            now: When its answer came.
            due: When it may be sent again.
            place: Where it was counted.
        """
        place.calls -= 1
        place.refused += 1
        self._taken -= 1
        self._belief.last_wait = due - now
        last = self._last
        if last is None:
            self._exhausted(sent_at, now, due)
            return
        last.earliest_due = min(last.earliest_due, due)
        if sent_at < last.cut_at:
            last.first = min(last.first, sent_at)
            last.refused += 1
            if self.phase is Phase.CRUISE:
                # Where refused calls are counted too, this leaves the time to pay for them.
                self.closed_until = max(self.closed_until, now) + 1.0 / self.rate
        elif self.phase in (Phase.KNOCK, Phase.MEASURE):
            self._refused_again(last, sent_at, now)
        elif self._door.is_untried:
            last.earliest_due = due
            last.cut_at = now
            self._shut(last, now)
        elif self.phase is not Phase.SHUT:
            self._exhausted(sent_at, now, due)

    def tick(self, now: float, *, busy: bool) -> None:
        """Move on with time.

        Args:
            now: Clock seconds.
            busy: Whether calls wait for this limit; a rate that is not used does not grow.
        """
        if self.phase in _GROWING:
            elapsed = now - self._grown_at
            if elapsed >= TICK_SECONDS:
                self._grown_at = now
                if busy:
                    self._grow(min(elapsed, 1.0), now)
        elif self._last is None or now < self.closed_until:
            return
        elif self.phase is Phase.LISTEN:
            self._judge(self._last, now)
        elif self.phase is Phase.SHUT:
            self._reopen(self._last, now)

    # -- a refusal -------------------------------------------------------------------------

    def _exhausted(self, sent_at: float, now: float, due: float) -> None:
        peak = self.rate if self.rate < NEVER else self._sent_lately(sent_at)
        self._last = Exhaustion(sent_at, now, peak, self.phase, now, due)
        self.phase = Phase.LISTEN
        self.closed_until = now + min(self._round_trip * 1.05, self.tuning.listen_seconds)
        self._notify("throttled", rate=peak, limit=self.limit)

    def _judge(self, last: Exhaustion, now: float) -> None:
        """Decide what a refusal meant, once the answers under way are in."""
        if last.is_dry:
            self._start_knocking(last, now)
        elif not self._correct(last, now):
            self._start_measuring(last, last.taken / last.span, now)

    def _correct(self, last: Exhaustion, now: float, *, was_shut: bool = False) -> bool:
        """Correct the limit that was known; False when this refusal tells of another one."""
        limit = self.limit
        if limit is None or last.phase is not Phase.CRUISE:
            return self._settle_by(last, now)
        if self._belief.is_quota:
            return self._correct_quota(last, limit, now, was_shut=was_shut)
        among = self._taken_since_mark(last.first)
        enough = among >= self._enough_calls(last.peak)
        if enough and last.peak > limit:
            return self._settle_by(last, now)
        if was_shut:
            soon = self._belief.is_recent(last.first, self.tuning.soon * last.shut_seconds)
            is_same = enough and not soon
        else:
            is_same = last.is_mild
        if not is_same:
            self._forget_limit(last, now, was_shut=was_shut)
            return False
        self._history.mark(last.first)
        if last.peak > limit:
            self._settle(limit, 0.0, now)
        else:
            self._belief.settle_lower(among, now, taken=self._taken, shut_seconds=last.shut_seconds)
            self._cruise(now)
        return True

    def _correct_quota(self, last: Exhaustion, limit: float, now: float, *, was_shut: bool) -> bool:
        """Correct a limit of so many calls for each period: it is what whole cycles bring."""
        average = self._belief.average(now, self._taken)
        if abs(average - limit) > 2.0 * self.tuning.alike * limit:
            self._forget_limit(last, now, was_shut=was_shut)
            return False
        self._history.mark(last.first)
        limit = max(limit, average) if last.peak > limit else min(limit, average)
        self._settle(limit, limit, now)
        return True

    def _forget_limit(self, last: Exhaustion, now: float, *, was_shut: bool) -> None:
        """Start afresh: what was sent so far was sent under another limit."""
        forgotten = self.limit
        self._belief.forget()
        if was_shut:  # a door that opens is a beginning
            self._history.restart(now)
        else:
            self._history.mark(last.first)
        self._notify("forgot", limit=forgotten)

    # -- a shut door -----------------------------------------------------------------------

    def _start_knocking(self, last: Exhaustion, now: float) -> None:
        self.phase = Phase.KNOCK
        self.rate = min(self.rate, last.peak)
        self._door.start_knocking(self._round_trip)
        last.cut_at = now
        last.in_a_row = 0

    def _refused_again(self, last: Exhaustion, sent_at: float, now: float) -> None:
        last.in_a_row += 1
        last.cut_at = now
        last.refused += 1
        if self.phase is Phase.KNOCK:
            if self._door.stays_closed(last, now):
                self._shut(last, now)
            else:
                self.closed_until = max(self.closed_until, now + self._door.gap)
        elif last.in_a_row < self.tuning.knocks:
            self._measure(last, sent_at, now)
        else:
            self._start_knocking(last, now)

    def _found_open(self, last: Exhaustion, now: float) -> None:
        self.closed_until = -NEVER
        if not self._correct(last, now):
            last.peak = min(max(1.0 / self._door.gap, last.peak / _STEP_DOWN), last.peak / 2.0)
            self._start_measuring(last, last.peak, now)

    def _shut(self, last: Exhaustion, now: float) -> None:
        self.phase = Phase.SHUT
        wait = self._door.shut(last, now)
        self.closed_until = now + wait
        self._notify("shut", seconds=wait)

    def _reopen(self, last: Exhaustion, now: float) -> None:
        """Send again: at the average over the whole cycle, unless more is known."""
        average = self._door.reopen(last, now, self._taken)
        last.cut_at = now
        last.in_a_row = 0
        last.earliest_due = NEVER
        if self._door.is_periodic and last.phase is not Phase.CRUISE:
            self._history.mark(last.first)
            self._belief.is_quota = True
            self._settle(average, average, now)
        elif not self._correct(last, now, was_shut=True):
            one_a_wait = 1.0 / max(self._belief.last_wait, 1.0)
            start = max(average / 2.0**last.vain_tries, one_a_wait)
            self._go(Phase.CLIMB, start, self.tuning.climb_per_second, now)
        self._notify("reopened", rate=self.rate)

    # -- measuring -------------------------------------------------------------------------

    def _start_measuring(self, last: Exhaustion, rate: float, now: float) -> None:
        self._go(Phase.MEASURE, rate, self.tuning.search_per_second, now)
        last.cut_at = now
        self._notify("cut", rate=self.rate)

    def _measure(self, last: Exhaustion, sent_at: float, now: float) -> None:
        """Take what passed since the first refusal for the rate, and for the limit if enough."""
        taken = self._history.taken(last.first, sent_at)
        met = taken / max(sent_at - last.first, 1e-3)
        if taken < self._enough_calls(met):
            self._go(Phase.MEASURE, met, self.tuning.measure_per_second, now)
            return
        limit, highest = self._explain(
            last.first, sent_at, peak=self.rate, refused=last.refused, known=None
        )
        self._history.mark(sent_at)
        self._settle(limit, highest, now)
        self.closed_until = now + min(self._round_trip, self.tuning.listen_seconds)

    def _settle_by(self, last: Exhaustion, now: float) -> bool:
        """Settle at what the last two exhaustions say, when enough calls lie between them."""
        mark = self._history.marked_at
        if mark is None:
            self._history.mark(last.first)
            return False
        if self._taken_since_mark(last.first) < self._enough_calls(last.peak):
            return False
        known = self.limit if last.phase is Phase.CRUISE else None
        limit, highest = self._explain(
            mark, last.first, peak=last.peak, refused=last.refused, known=known
        )
        self._history.mark(last.first)
        self._settle(limit, highest, now)
        return True

    def _explain(
        self, since: float, until: float, *, peak: float, refused: int, known: float | None
    ) -> tuple[float, float]:
        """Return the limit, and the highest it can be if refused calls were counted too."""
        found = min(self._history.limit_between(since, until) or peak, peak)
        if known is not None and peak > known:
            # A test that fails tells of no lower limit: that would have refused before.
            found = max(found, known)
        return found, min(found + refused / max(until - since, 1e-3), peak)

    def _enough_calls(self, rate: float) -> float:
        tuning = self.tuning
        in_time = min(tuning.measured_calls, rate * tuning.measured_seconds)
        return max(tuning.fewest_calls, in_time)

    def _taken_since_mark(self, moment: float) -> float:
        since = self._history.marked_at
        return self._history.taken(since if since is not None else -NEVER, moment)

    # -- the rate --------------------------------------------------------------------------

    def _begin(self, now: float) -> None:
        self._begun = True
        self._belief.begin(now)
        self._door.begin(now, 0)

    def _widen(self) -> None:
        window = self.window
        if window < self.tuning.doubling_window:
            self.window = window + 1.0
        else:
            steps = self._round_trip / self.tuning.window_step_seconds
            self.window = window + min(window, max(1.0, steps)) / window

    def _settle(self, limit: float, highest: float, now: float) -> None:
        shut_seconds = self._last.shut_seconds if self._last else 0.0
        self._belief.settle(
            limit, now, highest=highest, taken=self._taken, shut_seconds=shut_seconds
        )
        self._cruise(now)

    def _cruise(self, now: float) -> None:
        self._go(Phase.CRUISE, self._belief.pace, 0.0, now)
        self._notify("rate", rate=self.rate, limit=self.limit)

    def _go(self, phase: Phase, rate: float, growth: float, now: float) -> None:
        self.phase = phase
        self.rate = max(rate, SLOWEST_RATE)
        self._growth = growth
        self._grown_at = now

    def _grow(self, elapsed: float, now: float) -> None:
        tuning, limit, rate = self.tuning, self.limit, self.rate
        growth = self._growth
        if self.phase is Phase.CRUISE:
            growth = self._belief.growth(rate, now)
            if limit is not None and rate > tuning.outgrown * limit:
                self.acquit(now, keep_limit=False)
                return
        elif self.phase is Phase.CLIMB:
            fastest = max(tuning.slowest_climb_per_second, tuning.climb_per_call * rate)
            growth = min(growth, fastest)
        else:
            if limit is not None and rate > 0.5 * limit:
                growth = min(growth, tuning.measure_per_second)
            growth *= min(1.0, max(tuning.least_growth, rate / tuning.full_growth_rate))
        if growth:
            self.rate = rate * math.exp(growth * elapsed)

    def _sent_lately(self, now: float) -> float:
        span = max(2.0 * self._round_trip, 0.1)
        return max(self._history.taken(now - span, now) / span, 1.0 / span)

    def _notify(self, event: str, **facts: float | None) -> None:
        if self._hook is not None:
            self._hook(event, self.name, facts)
