"""The phases of learning a limit, and the constants of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

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
        recovering_calls: A refusal among so few calls after the one before is no news, but not
        most_relapses: more often than this.
        margin: Share of the measured limit left unused.
        soon: A door that shuts again before so many times its shut time tells of a new limit.
        caution: Least that is taken off a known limit for a call refused below it.
        stray_cut: Most that is taken off for it.
        search_per_second: Growth while measuring and nothing has been refused yet.
        measure_per_second: Growth while measuring around the limit.
        alike: Two averages that differ by no more than this share count as the same.
        climb_per_second: Growth after a shut door, until the next refusal; and no more than
        climb_per_call: this with each call, but never below
        slowest_climb_per_second: this.
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
        late_seconds: An answer is late that took longer than usual by this and
        late_share: this share of the usual time, and by more than
        late_spreads: so many times the usual spread.
        usual_weight: Weight of a new answer in the usual time and spread, and
        late_weight: of a late one.
        most_excused: Refusals in a row that lateness excuses.
        in_vain: So many single refusals below the limit prove that refusals come at any rate,
            when it was lowered to this share of what passed between the first and the last.
        likely_burst_seconds: A burst of so many seconds' worth may have passed on top.
        most_chance: No more than this share of refusals is put down to chance.
        negligible_chance: A smaller share is none.
        chance_review_calls: After so many calls the share is corrected.
        improbable: Refusals in a row that are less probable than this are no chance.
        least_catch_up_seconds: Delay of a timer that is always made up for.
        most_catch_up_seconds: The same when the server allows bursts.
        outgrown: A rate that got so many times above the limit unrefused has outgrown it.
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
    recovering_calls: int = 8
    most_relapses: int = 3
    margin: float = 0.02
    soon: float = 5.0
    caution: float = 0.01
    stray_cut: float = 0.25
    search_per_second: float = 2.0
    measure_per_second: float = 1.0
    alike: float = 0.1
    climb_per_second: float = 0.2
    climb_per_call: float = 0.04
    slowest_climb_per_second: float = 0.03
    full_growth_rate: float = 50.0
    least_growth: float = 0.05
    doubt_per_second: float = 0.02
    probe_per_second: float = 0.005
    probe_doubling_seconds: float = 4.0
    probe_budget: float = 0.01
    probe_calls: float = 50.0
    first_hold_seconds: float = 8.0
    hold_growth: float = 8.0
    longest_hold_seconds: float = 600.0
    outgrown: float = 8.0
    late_seconds: float = 0.02
    late_share: float = 0.5
    late_spreads: float = 3.0
    usual_weight: float = 0.1
    late_weight: float = 0.01
    most_excused: int = 40
    in_vain: tuple[tuple[int, float], ...] = ((5, 0.85), (20, 0.95))
    likely_burst_seconds: float = 1.5
    most_chance: float = 0.4
    negligible_chance: float = 0.003
    chance_review_calls: int = 400
    improbable: float = 1e-4
    least_catch_up_seconds: float = 0.03
    most_catch_up_seconds: float = 0.5
