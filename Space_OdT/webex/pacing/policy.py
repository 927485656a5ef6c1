"""What one server limit teaches: from the fate of calls to the rate of the next ones."""

from __future__ import annotations

from collections.abc import Callable

from Space_OdT.webex.pacing.chance import Chance
from Space_OdT.webex.pacing.door import Door, Exhaustion
from Space_OdT.webex.pacing.history import Bin
from Space_OdT.webex.pacing.judgement import Finding, Judgement
from Space_OdT.webex.pacing.pace import Pace
from Space_OdT.webex.pacing.trips import Trips
from Space_OdT.webex.pacing.tuning import NEVER, SLOWEST_RATE, Phase, Tuning

Facts = dict[str, float | None]

_RESTING = frozenset({Phase.OPEN, Phase.CRUISE, Phase.CLIMB})
_GROWING = frozenset({Phase.MEASURE, Phase.CRUISE, Phase.CLIMB})
_SENDING = _RESTING | _GROWING
_STEP_DOWN = 8.0


class RateLearner:
    """Learns one limit from refusals; pure arithmetic that is told the time.

    Attributes:
        name: What the limit is of.
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
        self.closed_until = -NEVER
        self._hook = notify
        self._judgement = Judgement(self.tuning)
        self._door = Door(self.tuning)
        self._last: Exhaustion | None = None
        self._trips = Trips(self.tuning)
        self._chance = Chance(self.tuning)
        self._taken = 0
        self._begun = False
        self._pace = Pace(self.tuning)

    @property
    def phase(self) -> Phase:
        """What it is doing."""
        return self._pace.phase

    @property
    def window(self) -> float:
        """Most calls in flight while no limit has shown itself."""
        return self._pace.window

    @property
    def rate(self) -> float:
        """Calls a second allowed once a limit has shown itself; infinite before."""
        return self._pace.rate

    @property
    def limit(self) -> float | None:
        """The limit found, in calls a second."""
        return self._judgement.belief.limit

    @property
    def catch_up_seconds(self) -> float:
        """What may be sent at once after a pause that nobody asked for, in seconds' worth.

        While this process was kept from sending, the server's store filled up; half of the
        burst that it has shown to allow is safe to take.
        """
        tuning = self.tuning
        if self.phase is not Phase.CRUISE:
            return tuning.least_catch_up_seconds
        allowed = 0.5 * self._judgement.history.burst / self.rate
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
        self._trips.usual = other._trips.usual
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
        self._pace.open(self._trips.usual)
        self._last = None
        self._judgement.belief.forget()
        self._judgement.history.restart(now)

    def test_now(self, now: float) -> None:
        """Test the known limit without further waiting."""
        self._judgement.belief.test_now(now)

    # -- what the families are judged by ---------------------------------------------------

    def began_at(self, now: float) -> bool:
        """Tell whether the last exhaustion was noticed at this very moment."""
        return self._last is not None and self._last.noticed_at == now

    def is_exhausted_for(self, sent_at: float) -> bool:
        """Tell whether a call was sent while refusals were to be expected."""
        last = self._last
        if self._chance.share:
            return True
        return last is not None and self.phase not in _RESTING and sent_at > last.first

    # -- told by the gate ------------------------------------------------------------------

    def sent(self, now: float) -> Bin:
        """Count a call that leaves now, and return the place where it is counted."""
        if not self._begun:
            self._begin(now)
        self._taken += 1
        if self.phase is Phase.KNOCK:
            self.closed_until = now + self._door.gap + self._trips.usual
        return self._judgement.history.sent(now)

    def answered(self, sent_at: float, now: float, *, crowded: bool) -> None:
        """Learn from a call that passed the limit.

        Args:
            sent_at: When it was sent.
            now: When its answer came.
            crowded: Whether other calls were waiting for it.
        """
        self._trips.answered(now - sent_at, now)
        self._chance.passed()
        if self.phase is Phase.OPEN:
            if crowded:
                self._pace.widen(self._trips.usual)
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
        if self.phase in _SENDING and self._chance.excuses():
            return
        self._judgement.belief.last_wait = due - now
        if self.phase in _GROWING and self._trips.excuse(sent_at, now):
            self._leave_room(now)
        else:
            self._met(sent_at, now, due)

    def _met(self, sent_at: float, now: float, due: float) -> None:
        last = self._last
        if last is None:
            self._exhausted(sent_at, now, due)
            return
        last.earliest_due = min(last.earliest_due, due)
        if sent_at < last.cut_at:
            last.first = min(last.first, sent_at)
            last.refused += 1
            if self.phase is Phase.CRUISE:
                self._leave_room(now)
        elif self.phase in (Phase.KNOCK, Phase.MEASURE):
            self._refused_again(last, sent_at, now)
        elif self._door.is_untried:
            last.earliest_due = due
            last.cut_at = now
            self._shut(last, now)
        elif self.phase is not Phase.SHUT:
            self._exhausted(sent_at, now, due)

    def _leave_room(self, now: float) -> None:
        """Wait as long as a refused call would have taken, for it may have been counted."""
        self.closed_until = max(self.closed_until, now) + 1.0 / self.rate

    def tick(self, now: float, *, busy: bool) -> None:
        """Move on with time.

        Args:
            now: Clock seconds.
            busy: Whether calls wait for this limit; a rate that is not used does not grow.
        """
        if self.phase in _GROWING:
            if not self._pace.grow(self._judgement.belief, now, busy=busy):
                self.acquit(now, keep_limit=False)
        elif self._last is None or now < self.closed_until:
            return
        elif self.phase is Phase.LISTEN:
            self._judge(self._last, now)
        elif self.phase is Phase.SHUT:
            self._reopen(self._last, now)

    # -- a refusal -------------------------------------------------------------------------

    def _exhausted(self, sent_at: float, now: float, due: float) -> None:
        self._chance.forget_latest()
        peak = self.rate if self.rate < NEVER else self._sent_lately(sent_at)
        self._last = Exhaustion(sent_at, now, peak, self.phase, now, due)
        self._pace.phase = Phase.LISTEN
        self.closed_until = now + min(self._trips.usual * 1.05, self.tuning.listen_seconds)
        self._notify("throttled", rate=peak, limit=self.limit)

    def _judge(self, last: Exhaustion, now: float) -> None:
        """Decide what a refusal meant, once the answers under way are in."""
        if last.is_dry:
            self._start_knocking(last, now)
        elif not self._settled(last, now):
            self._start_measuring(last, last.taken / last.span, now)

    def _settled(self, last: Exhaustion, now: float, *, was_shut: bool = False) -> bool:
        """Go on at the limit that this refusal confirms or corrects; False when it leaves none."""
        known = self.limit
        if self._is_proved_chance(last, now, was_shut=was_shut):
            self.acquit(now, keep_limit=False)
            return True
        finding = self._judgement.judge(last, now, self._taken, was_shut=was_shut)
        if finding is Finding.UNKNOWN:
            if known is not None:
                self._notify("forgot", limit=known)
            return False
        self._cruise(now)
        if finding is Finding.PATIENCE:
            self.closed_until = now + self.tuning.recovering_calls / self.rate
        return True

    def _is_proved_chance(self, last: Exhaustion, now: float, *, was_shut: bool) -> bool:
        """Tell whether this refusal proves that slowing down is in vain."""
        if was_shut or last.is_wholesale:
            self._chance.forget_proof()
            return False
        return self._chance.strayed(last.peak, now, settled=last.phase is Phase.CRUISE)

    # -- a shut door -----------------------------------------------------------------------

    def _start_knocking(self, last: Exhaustion, now: float) -> None:
        self._pace.phase = Phase.KNOCK
        self._pace.rate = min(self.rate, last.peak)
        self._door.start_knocking(self._trips.usual)
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
            if self._chance.strayed(self.rate, now, settled=False):
                self.acquit(now, keep_limit=False)
            else:
                self._measure(last, sent_at, now)
        else:
            self._start_knocking(last, now)

    def _found_open(self, last: Exhaustion, now: float) -> None:
        self.closed_until = -NEVER
        if not self._settled(last, now):
            last.peak = min(max(1.0 / self._door.gap, last.peak / _STEP_DOWN), last.peak / 2.0)
            self._start_measuring(last, last.peak, now)

    def _shut(self, last: Exhaustion, now: float) -> None:
        self._pace.phase = Phase.SHUT
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
            self._judgement.settle_quota(average, last, now, self._taken)
            self._cruise(now)
        elif not self._settled(last, now, was_shut=True):
            one_a_wait = 1.0 / max(self._judgement.belief.last_wait, 1.0)
            start = max(average / 2.0**last.vain_tries, one_a_wait)
            self._pace.go(Phase.CLIMB, start, self.tuning.climb_per_second, now)
        self._notify("reopened", rate=self.rate)

    # -- measuring -------------------------------------------------------------------------

    def _start_measuring(self, last: Exhaustion, rate: float, now: float) -> None:
        self._pace.go(Phase.MEASURE, rate, self.tuning.search_per_second, now)
        last.cut_at = now
        self._notify("cut", rate=self.rate)

    def _measure(self, last: Exhaustion, sent_at: float, now: float) -> None:
        """Take what passed since the first refusal for the rate, and for the limit if enough."""
        met = self._judgement.measure(last, sent_at, self.rate, now, self._taken)
        if met is not None:
            self._pace.go(Phase.MEASURE, met, self.tuning.measure_per_second, now)
            return
        self._cruise(now)
        self.closed_until = now + min(self._trips.usual, self.tuning.listen_seconds)

    # -- the rate --------------------------------------------------------------------------

    def _begin(self, now: float) -> None:
        self._begun = True
        self._judgement.belief.begin(now)
        self._door.begin(now, 0)

    def _settle(self, limit: float, highest: float, now: float) -> None:
        shut_seconds = self._last.shut_seconds if self._last else 0.0
        self._judgement.belief.settle(
            limit, now, highest=highest, taken=self._taken, shut_seconds=shut_seconds
        )
        self._cruise(now)

    def _cruise(self, now: float) -> None:
        self._pace.go(Phase.CRUISE, self._judgement.belief.pace, 0.0, now)
        self._notify("rate", rate=self.rate, limit=self.limit)

    def _sent_lately(self, now: float) -> float:
        span = max(2.0 * self._trips.usual, 0.1)
        return max(self._judgement.history.taken(now - span, now) / span, 1.0 / span)

    def _notify(self, event: str, **facts: float | None) -> None:
        if self._hook is not None:
            self._hook(event, self.name, facts)
