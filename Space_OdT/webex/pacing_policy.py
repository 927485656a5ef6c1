"""What one server limit teaches: from the fate of calls to the rate of the next ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from Space_OdT.webex.pacing_history import Bin, History

NEVER = math.inf
TICK_SECONDS = 0.05


class Phase(StrEnum):
    """What a learner is doing.

    OPEN: no limit has shown itself; only the calls in flight are bounded, and the bound grows.
    LISTEN: a call was refused; nothing is sent until the answers under way are in.
    KNOCK: nothing passed since the refusal; single calls ask whether the door is shut.
    SHUT: the door is shut; nothing is sent until the first Retry-After has passed.
    MEASURE: the server's store is empty, so what it takes now is its limit; count it.
    CRUISE: paced at the limit that was found, or climbing towards it.
    """

    OPEN = "open"
    LISTEN = "listen"
    KNOCK = "knock"
    SHUT = "shut"
    MEASURE = "measure"
    CRUISE = "cruise"


@dataclass(frozen=True, slots=True)
class Tuning:
    """The constants of the learner; none of them depends on the server.

    Attributes:
        first_window: Calls in flight at the very start.
        doubling_window: Up to here the window doubles every round trip; beyond it grows by
            `window_step` for each round trip or 50 ms, whichever is shorter. What is in flight
            when the limit is hit gets refused, so this bounds the price of finding it.
        window_step_seconds: The time in which the window grows by one call.
        listen_seconds: Longest silence after a refusal.
        knocks: Calls that must be refused in a row, after the first, before the door counts as
            shut.
        knock_gap_seconds: Shortest gap before the first knock; doubles with each.
        measured_calls: Calls taken while the store is empty that make a measurement.
        measured_misses: Refusals that such a measurement needs.
        margin: Share of the measured limit left unused.
        climb_per_second: Growth while the limit is only known from below.
        probe_per_second: Growth when a known limit is tested again, at first.
        probe_doubling_seconds: Time in which that growth doubles.
        probe_budget: Share of the time that testing a known limit may cost.
        probe_calls: Calls that one refusal is held to be worth when its cost is counted.
        longest_hold_seconds: A known limit is tested at least this often.
    """

    first_window: float = 4.0
    doubling_window: float = 10.0
    window_step_seconds: float = 0.05
    listen_seconds: float = 0.25
    knocks: int = 3
    knock_gap_seconds: float = 0.05
    measured_calls: int = 60
    measured_misses: int = 2
    margin: float = 0.025
    climb_per_second: float = 0.15
    probe_per_second: float = 0.005
    probe_doubling_seconds: float = 5.0
    probe_budget: float = 0.01
    probe_calls: float = 20.0
    longest_hold_seconds: float = 600.0


@dataclass(slots=True)
class Exhaustion:
    """One moment at which the server had nothing left to give, and what followed.

    Attributes:
        first: Send time of the first refused call.
        cut_at: When the rate was last cut; refusals of calls sent before teach nothing new.
        refused: Calls refused in it.
        taken: Calls sent after `first` that were answered.
        misses: Refusals after a cut.
        knocks: Refused knocks in a row.
        earliest_due: When the first of the refused calls may be sent again.
        shut_seconds: How long the door was shut in it.
    """

    first: float
    cut_at: float
    refused: int = 0
    taken: int = 0
    taken_since_cut: int = 0
    misses: int = 0
    knocks: int = 0
    earliest_due: float = NEVER
    shut_seconds: float = 0.0


class RateLearner:
    """Learns one limit from refusals; pure arithmetic that is told the time.

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
        self.proven = False
        self.closed_until = -NEVER
        self.round_trip = 0.05
        self._round_trip_known = False
        self.history = History()
        self._now: Exhaustion | None = None
        self._previous: float | None = None
        self._started_at: float | None = None
        self._reopened_at: float | None = None
        self._knock_gap = self.tuning.knock_gap_seconds
        self._ticked_at = 0.0
        self._probe_at = NEVER
        self._fresh_door = False

    # -- told by the gate ------------------------------------------------------------------

    def sent(self, now: float) -> Bin:
        """Count a call that leaves now."""
        if self._started_at is None:
            self._started_at = now
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
        self._learn_round_trip(now - sent_at)
        if self.phase is Phase.OPEN:
            if crowded:
                self._widen()
            return
        self._fresh_door = False
        episode = self._now
        if episode is None or sent_at <= episode.first:
            return
        episode.taken += 1
        if sent_at <= episode.cut_at:
            return
        episode.taken_since_cut += 1
        if self.phase is Phase.KNOCK:
            self._start_measuring(episode, now)
        elif self.phase is Phase.MEASURE:
            self._measure_up(episode, now)

    def refused(self, sent_at: float, now: float, due: float, place: Bin) -> None:
        """Learn from a call that was refused.

        Args:
            sent_at: When it was sent.
            now: When its answer came.
            due: When it may be sent again.
            place: Where it was counted.
        """
        place.calls = max(0, place.calls - 1)
        episode = self._now
        if episode is not None:
            episode.refused += 1
            episode.earliest_due = min(episode.earliest_due, due)
            if sent_at <= episode.cut_at:
                episode.first = min(episode.first, sent_at)
                return
        if self.phase in (Phase.OPEN, Phase.CRUISE):
            self._exhausted(sent_at, now, due)
        elif self.phase is Phase.KNOCK and episode is not None:
            self._knock_refused(episode, now)
        elif self.phase is Phase.MEASURE and episode is not None:
            self._measure_down(episode, sent_at, now)

    def tick(self, now: float, *, busy: bool) -> None:
        """Move on with time.

        Args:
            now: Clock seconds.
            busy: Whether calls wait for this limit.
        """
        if self.phase is Phase.LISTEN and now >= self.closed_until:
            self._judge(now)
        elif self.phase is Phase.SHUT and now >= self.closed_until:
            self._reopen(now)
        elif self.phase is Phase.CRUISE:
            self._cruise(now, busy=busy)

    def recall(self, limit: float, now: float) -> None:
        """Start at a limit that an earlier run found."""
        self._settle(limit, now)

    # -- no limit known --------------------------------------------------------------------

    def _learn_round_trip(self, seconds: float) -> None:
        if not self._round_trip_known:
            self._round_trip_known = True
            self.round_trip = seconds
        else:
            self.round_trip += 0.1 * (seconds - self.round_trip)

    def _widen(self) -> None:
        window = self.window
        if window < self.tuning.doubling_window:
            self.window = window + 1.0
            return
        steps = self.round_trip / self.tuning.window_step_seconds
        self.window = window + min(window, max(1.0, steps)) / window

    # -- a refusal -------------------------------------------------------------------------

    def _exhausted(self, sent_at: float, now: float, due: float) -> None:
        if self._fresh_door and self._now is not None:
            # The first call after the door opened was refused: it is still shut.
            self._now.earliest_due = due
            self._shut(self._now, now)
            return
        if self._now is not None:
            self._previous = self._now.first
            self.history.forget_before(self._previous - 10.0)
        self._now = Exhaustion(first=sent_at, cut_at=now, refused=1, earliest_due=due)
        self.phase = Phase.LISTEN
        self.closed_until = now + min(self.round_trip * 1.05, self.tuning.listen_seconds)
        self._notify("throttled", rate=self.rate, limit=self.limit)

    def _judge(self, now: float) -> None:
        """Decide what a refusal meant, once the answers under way are in."""
        episode = self._now
        if episode is None:
            return
        span = max(episode.cut_at - episode.first, 1e-3)
        if episode.taken == 0:
            self.phase = Phase.KNOCK
            self._knock_gap = max(self.tuning.knock_gap_seconds, self.round_trip)
            self.rate = 1.0 / self._knock_gap
        elif self.limit and self.proven and episode.taken >= 0.5 * self.limit * span - 2.0:
            self._settle(self._explain(episode.first) or self.limit, now)
        else:
            self._start_measuring(episode, now)

    def _knock_refused(self, episode: Exhaustion, now: float) -> None:
        episode.knocks += 1
        episode.cut_at = now
        if episode.knocks >= self.tuning.knocks:
            self._shut(episode, now)
            return
        self._knock_gap = min(1.0, self._knock_gap * 2.0)
        self.closed_until = now + self._knock_gap

    def _shut(self, episode: Exhaustion, now: float) -> None:
        self.phase = Phase.SHUT
        until = max(episode.earliest_due, now + 0.05)
        episode.shut_seconds += until - now
        self.closed_until = until
        self._notify("shut", seconds=until - now)

    def _reopen(self, now: float) -> None:
        """Send again: at the average over the whole cycle, which can be kept up for ever."""
        episode = self._now
        if episode is None:
            return
        opened = self._reopened_at if self._reopened_at is not None else self._started_at or now
        cycle = self.history.taken(opened, now) / max(now - opened, 1e-3)
        explained = self._explain(episode.first)
        self._reopened_at = now
        self._fresh_door = True
        episode.cut_at = now
        episode.earliest_due = NEVER
        if explained:
            self._settle(max(cycle, explained), now)
        else:
            self._climb_from(cycle, now)
        self._notify("reopened", rate=self.rate)

    # -- measuring -------------------------------------------------------------------------

    def _start_measuring(self, episode: Exhaustion, now: float) -> None:
        self.phase = Phase.MEASURE
        span = max(now - self.round_trip - episode.first, episode.cut_at - episode.first, 1e-3)
        self.rate = max(episode.taken, 1) / span
        episode.cut_at = now
        episode.taken_since_cut = 0
        self._notify("cut", rate=self.rate)

    def _measure_up(self, episode: Exhaustion, now: float) -> None:
        gain = 0.005 * 2.0 ** min(6.0, episode.taken_since_cut / 20.0)
        self.rate *= 1.0 + gain
        if episode.taken >= self.tuning.measured_calls * 4:
            self._settle(self.rate / 1.1, now)

    def _measure_down(self, episode: Exhaustion, sent_at: float, now: float) -> None:
        episode.misses += 1
        met = self.history.taken(episode.first, sent_at) / max(sent_at - episode.first, 1e-3)
        self.rate = max(met, 0.2)
        episode.cut_at = now
        episode.taken_since_cut = 0
        if (
            episode.taken >= self.tuning.measured_calls
            and episode.misses >= self.tuning.measured_misses
        ):
            self._settle(met, now)

    def _explain(self, moment: float) -> float | None:
        if self._previous is None:
            return None
        return self.history.limit_between(self._previous, moment)

    # -- cruising --------------------------------------------------------------------------

    def _climb_from(self, rate: float, now: float) -> None:
        self.phase = Phase.CRUISE
        self.limit, self.proven = None, False
        self.rate = max(rate, 0.2)
        self._ticked_at = now

    def _settle(self, limit: float, now: float) -> None:
        tuning = self.tuning
        episode = self._now
        self.phase = Phase.CRUISE
        self.limit, self.proven = limit, True
        self.rate = limit * (1.0 - tuning.margin)
        self._ticked_at = now
        shut = episode.shut_seconds if episode else 0.0
        cost = shut + tuning.probe_calls / max(limit, 0.1)
        self._probe_at = now + min(cost / tuning.probe_budget, tuning.longest_hold_seconds)
        self._notify("rate", rate=self.rate, limit=limit)

    def _cruise(self, now: float, *, busy: bool) -> None:
        elapsed = min(now - self._ticked_at, 1.0)
        if elapsed < TICK_SECONDS:
            return
        self._ticked_at = now
        if not busy:
            return
        if not self.proven:
            growth = self.tuning.climb_per_second
        elif now >= self._probe_at:
            age = (now - self._probe_at) / self.tuning.probe_doubling_seconds
            growth = self.tuning.probe_per_second * 2.0 ** min(age, 8.0)
        else:
            return
        self.rate *= math.exp(growth * elapsed)
