"""What one server limit teaches: from the fate of calls to the rate of the next ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from Space_OdT.webex.pacing_history import Bin, History

NEVER = math.inf
TICK_SECONDS = 0.02
SLOWEST_RATE = 0.1


class Phase(StrEnum):
    """What a learner is doing.

    OPEN: no limit has shown itself; only the calls in flight are bounded, and the bound grows.
    LISTEN: a call was refused; nothing is sent until the answers under way are in.
    KNOCK: nothing passed since the refusal; single calls ask whether the door is shut.
    SHUT: the door is shut; nothing is sent until the first Retry-After has passed.
    MEASURE: the server's store is empty, so what it takes now is its limit; count it.
    CLIMB: the limit is only known from below; the rate grows until the next refusal.
    CRUISE: paced just under the limit that was found; tests it again when that is worth it.
    """

    OPEN = "open"
    LISTEN = "listen"
    KNOCK = "knock"
    SHUT = "shut"
    MEASURE = "measure"
    CLIMB = "climb"
    CRUISE = "cruise"


@dataclass(frozen=True, slots=True)
class Tuning:
    """The constants of the learner; none of them depends on the server.

    Attributes:
        first_window: Calls in flight at the very start.
        doubling_window: Up to here the window doubles every round trip; beyond it grows by one
            every `window_step_seconds`, or every round trip when that is shorter. What is in
            flight when the limit is hit gets refused, so this bounds the price of finding it.
        window_step_seconds: See above.
        listen_seconds: Longest silence after a refusal.
        knocks: Calls refused in a row, after the first, that make the door count as shut, when
        knock_share: this share of the wait that they may save has passed, too.
        knock_gap_seconds: Shortest gap before the first knock; doubles with each.
        longest_shut_seconds: A door that stays shut is tried at least this often, unless the
            server asks for a longer wait.
        measured_calls: Calls taken between two refusals that make a measurement, or as many as
        measured_seconds: this time brings, but no fewer than
        fewest_calls: these.
        margin: Share of the measured limit left unused.
        soon: A door that shuts again before so many times its shut time tells of a new limit.
        caution: Least that is taken off a known limit for a call refused below it.
        stray_cut: Most that is taken off for it.
        search_per_second: Growth while measuring and nothing has been refused yet.
        measure_per_second: Growth while measuring around the limit.
        alike: Two averages that differ by no more than this share count as the same.
        climb_per_second: Growth after a shut door, until the next refusal; and no more than
        climb_per_call: this with each call.
        full_growth_rate: Calls a second below which growth while measuring slows down with it,
        least_growth: but to no less than this share.
        doubt_per_second: Growth towards the highest limit that a measurement leaves possible.
        probe_per_second: Growth when a known limit is tested again, at first.
        probe_doubling_seconds: Time in which that growth doubles.
        probe_budget: Share of the time that testing a known limit may cost.
        probe_calls: Calls' worth of time that a test without a shut door is held to cost.
        first_hold_seconds: A limit is first tested after this time, or sooner, and then
        hold_growth: when it has been believed so many times longer.
        longest_hold_seconds: A known limit is tested at least this often.
    """

    first_window: float = 4.0
    doubling_window: float = 10.0
    window_step_seconds: float = 0.1
    listen_seconds: float = 0.25
    knocks: int = 3
    knock_share: float = 0.1
    knock_gap_seconds: float = 0.05
    longest_shut_seconds: float = 30.0
    measured_calls: int = 60
    measured_seconds: float = 15.0
    fewest_calls: int = 15
    margin: float = 0.02
    soon: float = 5.0
    caution: float = 0.01
    stray_cut: float = 0.25
    search_per_second: float = 2.0
    measure_per_second: float = 1.0
    alike: float = 0.1
    climb_per_second: float = 0.2
    climb_per_call: float = 0.04
    full_growth_rate: float = 50.0
    least_growth: float = 0.05
    doubt_per_second: float = 0.02
    probe_per_second: float = 0.005
    probe_doubling_seconds: float = 5.0
    probe_budget: float = 0.01
    probe_calls: float = 50.0
    first_hold_seconds: float = 20.0
    hold_growth: float = 8.0
    longest_hold_seconds: float = 600.0


@dataclass(slots=True)
class Exhaustion:
    """A moment at which the server had nothing left to give, and what followed.

    Attributes:
        first: Send time of the first refused call.
        cut_at: When the rate was last cut; what comes back of calls sent before is old news.
        peak: Calls a second that were allowed when it happened.
        phase: What the learner was doing.
        refused: Refused calls sent after `first`.
        taken: Answered calls sent after `first`.
        in_a_row: Refusals after the last cut or answered call.
        misses: Refusals after the first cut.
        earliest_due: When the first of the refused calls may be sent again.
        shut_seconds: How long the door was shut in it.
        vain_tries: How often it was tried after a wait and found still shut.
    """

    first: float
    cut_at: float
    peak: float
    phase: Phase
    refused: int = 0
    taken: int = 0
    in_a_row: int = 0
    misses: int = 0
    earliest_due: float = NEVER
    shut_seconds: float = 0.0
    vain_tries: int = 0


class RateLearner:
    """Learns one limit from refusals; pure arithmetic that is told the time.

    Attributes:
        phase: What it is doing.
        window: Most calls in flight while no limit has shown itself.
        rate: Calls a second allowed once one has.
        limit: The limit found, in calls a second.
        closed_until: Nothing may be sent before.

    Args:
        tuning: Constants.
        notify: Called with an event name and facts when something was learned.
    """

    def __init__(
        self, tuning: Tuning | None = None, notify: Callable[..., None] | None = None
    ) -> None:
        self.tuning = tuning or Tuning()
        self._notify = notify or (lambda *_a, **_k: None)
        self.phase = Phase.OPEN
        self.window = self.tuning.first_window
        self.rate = NEVER
        self.limit: float | None = None
        self.closed_until = -NEVER
        self.round_trip = 0.0
        self.history = History()
        self._last: Exhaustion | None = None
        self.taken = 0
        self._opened = (0.0, 0)
        self._quota = False
        self._tried = (0.0, 0)
        self._cycle = (0.0, 0.0)
        self._strays = 0
        self._believed_since = 0.0
        self._door_untried = False
        self._knock_gap = 0.0
        self._growth = 0.0
        self._grown_at = 0.0
        self._ceiling = NEVER
        self._probe_at = NEVER
        self._settled_at = -NEVER
        self._taken_when_settled = 0
        self._started_at: float | None = None
        self._last_wait = 0.0

    # -- told by the gate ------------------------------------------------------------------

    def recall(self, limit: float, now: float) -> None:
        """Start at a limit that an earlier run found."""
        self._settle(limit, limit, now)

    def sent(self, now: float) -> Bin:
        """Count a call that leaves now, and return the place where it is counted."""
        if self._started_at is None:
            self._started_at = now
            self._opened = (now, 0)
        self.taken += 1
        if self.phase is Phase.KNOCK:
            self.closed_until = now + self._knock_gap + self.round_trip
        return self.history.sent(now)

    def answered(self, sent_at: float, now: float, *, crowded: bool) -> None:
        """Learn from a call that passed the limit.

        Args:
            sent_at: When it was sent.
            now: When its answer came.
            crowded: Whether other calls were waiting for it.
        """
        trip = now - sent_at
        self.round_trip += (trip - self.round_trip) * (0.1 if self.round_trip else 1.0)
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
            if self._door_untried:
                self._door_untried = False
                self._opened = self._tried
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
        self.taken -= 1
        self._last_wait = due - now
        last = self._last
        if last is not None:
            last.earliest_due = min(last.earliest_due, due)
            if sent_at < last.cut_at:
                last.first = min(last.first, sent_at)
                last.refused += 1
                if self.phase is Phase.CRUISE:
                    # Where refused calls are counted too, this leaves the time to pay for them.
                    self.closed_until = max(self.closed_until, now) + 1.0 / self.rate
                return
        if last is not None and self.phase in (Phase.KNOCK, Phase.MEASURE):
            self._refused_again(last, sent_at, now)
        elif last is not None and self._door_untried:
            last.earliest_due = due
            last.cut_at = now
            self._shut(last, now)
        elif self.phase is not Phase.SHUT:
            self._exhausted(sent_at, now, due)

    def tick(self, now: float, *, busy: bool) -> None:
        """Move on with time.

        Args:
            now: Clock seconds.
            busy: Whether calls wait for this limit; an unused rate does not grow.
        """
        if self.phase in (Phase.MEASURE, Phase.CLIMB, Phase.CRUISE):
            if now - self._grown_at >= TICK_SECONDS:
                self._grow(now, busy=busy)
        elif self._last is None or now < self.closed_until:
            return
        elif self.phase is Phase.LISTEN:
            self._judge(self._last, now)
        elif self.phase is Phase.SHUT:
            self._reopen(self._last, now)

    # -- no limit known --------------------------------------------------------------------

    def _widen(self) -> None:
        window = self.window
        if window < self.tuning.doubling_window:
            self.window = window + 1.0
            return
        steps = self.round_trip / self.tuning.window_step_seconds
        self.window = window + min(window, max(1.0, steps)) / window

    # -- refusals --------------------------------------------------------------------------

    def _exhausted(self, sent_at: float, now: float, due: float) -> None:
        peak = self.rate if self.rate < NEVER else self._sent_lately(sent_at)
        self._last = Exhaustion(sent_at, now, peak, self.phase, earliest_due=due)
        self.phase = Phase.LISTEN
        self.closed_until = now + min(self.round_trip * 1.05, self.tuning.listen_seconds)
        self._notify("throttled", rate=peak, limit=self.limit)

    def _judge(self, last: Exhaustion, now: float) -> None:
        """Decide what a refusal meant, once the answers under way are in."""
        others = last.taken + last.refused
        # One answer in between proves nothing: calls may overtake each other on the way.
        if last.taken <= max(1.0, 0.1 * others) and last.taken <= last.refused:
            self._start_knocking(last, now)
        elif not self._correct(last, now):
            span = max(last.cut_at - last.first, 1e-3)
            self._start_measuring(last, last.taken / span, now)

    def _correct(self, last: Exhaustion, now: float, *, was_shut: bool = False) -> bool:
        """Correct the limit that was known; False when this refusal tells of another one."""
        limit = self.limit
        if limit is None or last.phase is not Phase.CRUISE:
            return self._settle_by(last, now)
        if self._quota:
            return self._correct_quota(last, limit, now, was_shut=was_shut)
        among = self._taken_since_mark(last.first)
        enough = among >= self._enough_calls(last.peak)
        if enough and last.peak > limit:
            return self._settle_by(last, now)
        if was_shut:
            soon = last.first - self._settled_at < self.tuning.soon * last.shut_seconds
            wrong = soon or not enough
        else:
            wrong = last.refused > 1 + 0.25 * (last.taken + last.refused)
        if wrong:
            self._forget_limit(last, now, was_shut=was_shut)
            return False
        share = 0.0
        if last.peak <= limit:
            # One refusal among n calls says that one in n was too much; when they follow each
            # other closely, the limit is falling.
            self._strays = self._strays + 1 if among < self.tuning.measured_calls else 0
            share = 2.0**self._strays / (among + self.tuning.measured_calls)
            share = min(self.tuning.stray_cut, max(self.tuning.caution, share))
        self.history.mark(last.first)
        test_at = self._probe_at
        self._settle(limit * (1.0 - share), 0.0, now)
        self._probe_at = min(self._probe_at, max(test_at, now))
        return True

    def _correct_quota(self, last: Exhaustion, limit: float, now: float, *, was_shut: bool) -> bool:
        """Correct a limit of so many calls for each period: it is what one whole cycle brings."""
        average = self._average_since_settled(now)
        if abs(average - limit) > 2.0 * self.tuning.alike * limit:
            self._forget_limit(last, now, was_shut=was_shut)
            return False
        self.history.mark(last.first)
        limit = max(limit, average) if last.peak > limit else min(limit, average)
        self._settle(limit, limit, now)
        return True

    def _forget_limit(self, last: Exhaustion, now: float, *, was_shut: bool) -> None:
        """Start afresh: what was sent so far was sent under another limit."""
        self.limit = None
        self._quota = False
        if was_shut:  # a door that opens is a beginning
            self.history.restart(now)
        else:
            self.history.mark(last.first)

    def _settle_by(self, last: Exhaustion, now: float) -> bool:
        """Settle at what the last two exhaustions say, when enough calls lie between them."""
        mark = self.history.marked_at
        if mark is None:
            self.history.mark(last.first)
            return False
        if self._taken_since_mark(last.first) < self._enough_calls(last.peak):
            return False
        limit, highest = self._explain(mark, last)
        self.history.mark(last.first)
        self._settle(limit, highest, now)
        return True

    def _refused_again(self, last: Exhaustion, sent_at: float, now: float) -> None:
        last.in_a_row += 1
        last.misses += 1
        last.cut_at = now
        last.refused += 1
        tuning = self.tuning
        if self.phase is Phase.MEASURE:
            if last.in_a_row < tuning.knocks:
                self._measure(last, sent_at, now)
            else:
                self._start_knocking(last, now)
        elif last.in_a_row < tuning.knocks or (
            now - last.first < tuning.knock_share * (last.earliest_due - last.first)
        ):
            self._knock_gap *= 2.0
            self.closed_until = max(self.closed_until, now + self._knock_gap)
        else:
            self._shut(last, now)

    def _start_knocking(self, last: Exhaustion, now: float) -> None:
        self.phase = Phase.KNOCK
        self._knock_gap = max(self.tuning.knock_gap_seconds, self.round_trip)
        last.cut_at = now
        last.in_a_row = 0

    def _enough_calls(self, rate: float) -> float:
        tuning = self.tuning
        in_time = min(tuning.measured_calls, rate * tuning.measured_seconds)
        return max(tuning.fewest_calls, in_time)

    def _taken_since_mark(self, moment: float) -> float:
        since = self.history.marked_at
        return self.history.taken(since if since is not None else -NEVER, moment)

    def _found_open(self, last: Exhaustion, now: float) -> None:
        self.closed_until = -NEVER
        if not self._correct(last, now):
            last.peak = min(max(1.0 / self._knock_gap, last.peak / 8.0), last.peak / 2.0)
            self._start_measuring(last, last.peak, now)

    # -- a shut door -----------------------------------------------------------------------

    def _shut(self, last: Exhaustion, now: float) -> None:
        self.phase = Phase.SHUT
        wait = max(last.earliest_due - now, TICK_SECONDS)
        if self._door_untried:
            last.vain_tries += 1
            longest = max(wait, self.tuning.longest_shut_seconds)
            wait = min(wait * 2.0**last.vain_tries, longest)
        self.closed_until = now + wait
        last.shut_seconds += self.closed_until - now
        self._notify("shut", seconds=self.closed_until - now)

    def _reopen(self, last: Exhaustion, now: float) -> None:
        """Send again: at the average over the whole cycle, unless more is known."""
        opened_at, taken_then = self._opened
        cycle = (self.taken - taken_then) / max(now - opened_at, 1e-3)
        self._tried = (now, self.taken)
        self._door_untried = True
        last.cut_at = now
        last.in_a_row = 0
        last.earliest_due = NEVER
        # A quota for each period shows itself by the same average over one cycle and the next,
        # although the door was shut for another part of it.
        before, shut_before = self._cycle
        self._cycle = (cycle, last.shut_seconds)
        alike = abs(cycle - before) <= self.tuning.alike * cycle
        longest = max(last.shut_seconds, shut_before)
        if (
            alike
            and abs(last.shut_seconds - shut_before) > self.tuning.alike * longest
            and last.phase is not Phase.CRUISE
        ):
            self.history.mark(last.first)
            self._quota = True
            self._settle(cycle, cycle, now)
        elif not self._correct(last, now, was_shut=True):
            self._go(Phase.CLIMB, cycle / 2.0**last.vain_tries, self.tuning.climb_per_second, now)
        self._notify("reopened", rate=self.rate)

    # -- measuring -------------------------------------------------------------------------

    def _start_measuring(self, last: Exhaustion, rate: float, now: float) -> None:
        self._go(Phase.MEASURE, rate, self.tuning.search_per_second, now)
        last.cut_at = now
        self._notify("cut", rate=self.rate)

    def _measure(self, last: Exhaustion, sent_at: float, now: float) -> None:
        taken = self.history.taken(last.first, sent_at)
        met = taken / max(sent_at - last.first, 1e-3)
        if taken >= self._enough_calls(met):
            point = Exhaustion(sent_at, now, self.rate, Phase.MEASURE, refused=last.refused)
            explained = self._explain(last.first, point)
            self.history.mark(sent_at)
            self._settle(*explained, now)
            self.closed_until = now + min(self.round_trip, self.tuning.listen_seconds)
            return
        self._go(Phase.MEASURE, met, self.tuning.measure_per_second, now)

    def _explain(self, since: float, last: Exhaustion) -> tuple[float, float]:
        """Return the limit, and the highest it can be if refused calls were counted too."""
        found = min(self.history.limit_between(since, last.first) or self.rate, last.peak)
        unsure = last.refused / max(last.first - since, 1e-3)
        known = self.limit if last.phase is Phase.CRUISE else None
        if known is not None and last.peak > known:
            # A test that fails tells of no lower limit: that would have refused before.
            found = max(found, known)
        return found, min(found + unsure, last.peak)

    def _average_since_settled(self, now: float) -> float:
        return (self.taken - self._taken_when_settled) / max(now - self._settled_at, 1e-3)

    # -- the rate --------------------------------------------------------------------------

    def _settle(self, limit: float, highest: float, now: float) -> None:
        tuning = self.tuning
        if self.limit is None or abs(limit - self.limit) > tuning.alike * limit:
            self._believed_since = now
        self.limit = limit
        self._settled_at = now
        self._taken_when_settled = self.taken
        shut = self._last.shut_seconds if self._last else 0.0
        cost = shut + tuning.probe_calls / max(limit, SLOWEST_RATE)
        trust = max(tuning.first_hold_seconds, tuning.hold_growth * (now - self._believed_since))
        self._probe_at = now + min(cost / tuning.probe_budget, trust, tuning.longest_hold_seconds)
        self._ceiling = highest * (1.0 - tuning.margin)
        self._go(Phase.CRUISE, limit * (1.0 - tuning.margin), 0.0, now)
        self._notify("rate", rate=self.rate, limit=limit)

    def _go(self, phase: Phase, rate: float, growth: float, now: float) -> None:
        self.phase = phase
        self.rate = max(rate, SLOWEST_RATE)
        self._growth = growth
        self._grown_at = now

    def _grow(self, now: float, *, busy: bool) -> None:
        elapsed = min(now - self._grown_at, 1.0)
        self._grown_at = now
        if not busy:
            return
        growth = self._growth
        if self.phase is Phase.MEASURE:
            if self.limit and self.rate > 0.5 * self.limit:
                growth = min(growth, self.tuning.measure_per_second)
            growth *= min(
                1.0, max(self.tuning.least_growth, self.rate / self.tuning.full_growth_rate)
            )
        elif self.phase is Phase.CLIMB:
            growth = min(growth, self.tuning.climb_per_call * self.rate)
        elif self.phase is Phase.CRUISE:
            if now >= self._probe_at and self._worth_testing(now):
                age = (now - self._probe_at) / self.tuning.probe_doubling_seconds
                growth = self.tuning.probe_per_second * 2.0 ** min(age, 8.0)
            elif self.rate < self._ceiling and self._worth_testing(now):
                growth = self.tuning.doubt_per_second
        if growth:
            self.rate *= math.exp(growth * elapsed)

    def _worth_testing(self, now: float) -> bool:
        """Tell whether the wait that a refusal brings is short against the run.

        A refusal in the last seconds of a run makes the run longer by its Retry-After. Taking
        what has passed for the length of the run, tests no closer than this cost it on average
        no more than the budget.
        """
        since_start = now - (self._started_at or now)
        between = now - self._settled_at
        return between * since_start * 2.0 * self.tuning.probe_budget >= self._last_wait**2

    def _sent_lately(self, now: float) -> float:
        span = max(2.0 * self.round_trip, 0.1)
        return max(self.history.taken(now - span, now) / span, 1.0 / span)
