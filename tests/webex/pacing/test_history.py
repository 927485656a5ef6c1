"""The record of calls, and the limit that explains its refusals."""

from __future__ import annotations

import pytest

from Space_OdT.simulator.limiters import make_limiter
from Space_OdT.webex.pacing.history import MAX_BINS, History


def refusals(
    history: History, rates: list[tuple[float, float]], rate: float, burst: float
) -> list[float]:
    """Send at given rates for given seconds; note when a bucket refuses, without sending again."""
    limiter = make_limiter("bucket", rate, burst)
    moment, refused = 0.0, []
    for pace, seconds in rates:
        end = moment + seconds
        while moment < end:
            place = history.sent(moment)
            if limiter.admit(moment) is not None:
                place.calls -= 1
                place.refused += 1
                refused.append(moment)
                break
            moment += 1.0 / pace
        moment = max(moment, end)
    return refused


@pytest.mark.parametrize("burst", [10, 100])
def test_the_limit_is_exact_when_the_bucket_never_overflows(burst: float) -> None:
    history = History()
    first, second = refusals(history, [(300, burst / 200 + 0.1), (102, 60)], 100, burst)
    history.mark(first)
    assert history.limit_between(first, second) == pytest.approx(100, rel=0.02)
    assert history.burst == pytest.approx(burst, abs=3)


def test_a_pause_in_which_the_bucket_overflows_does_not_lower_the_limit() -> None:
    history = History()
    first, second = refusals(history, [(300, 1.0), (20, 10), (130, 12)], 100, 100)
    history.mark(first)
    average = history.taken(first, second) / (second - first)
    found = history.limit_between(first, second)
    assert average < 60
    assert found == pytest.approx(100, rel=0.05)


def test_nothing_taken_explains_nothing() -> None:
    history = History()
    history.sent(1.0).calls -= 1
    history.mark(1.0)
    assert history.limit_between(1.0, 5.0) is None
    assert history.limit_between(5.0, 5.0) is None


def test_calls_between_two_moments_are_counted_in_part_bins() -> None:
    history = History()
    for number in range(1000):
        history.sent(number / 100)
    assert history.taken(2.0, 7.0) == pytest.approx(500, abs=2)
    assert history.taken(2.005, 2.015) == pytest.approx(1, abs=0.6)


def test_the_record_stays_small_however_long_the_run() -> None:
    history = History()
    for number in range(200_000):
        history.sent(number / 100)
    assert len(history._bins) <= MAX_BINS
    assert history.taken(-1.0, 1e9) == pytest.approx(200_000)
    history.mark(1999.0)
    assert len(history._bins) < MAX_BINS / 2
    assert len(history._approach) <= MAX_BINS


def test_a_fresh_start_knows_nothing() -> None:
    history = History()
    for number in range(100):
        history.sent(number / 100)
    history.mark(0.5)
    history.restart(2.0)
    assert history.marked_at is None
    assert history.taken(0.0, 10.0) == 0
