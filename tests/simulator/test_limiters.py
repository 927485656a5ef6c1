"""Rate limits behave as their names promise."""

from __future__ import annotations

import pytest

from Space_OdT.simulator.limiters import make_limiter


def test_bucket_admits_its_burst_and_then_its_rate():
    limiter = make_limiter("bucket", rate=100, burst=10)
    assert [limiter.admit(0.0) for _ in range(10)] == [None] * 10
    assert limiter.admit(0.0) == 1.0
    assert limiter.admit(0.01) is None
    assert limiter.admit(0.01) == 1.0


def test_bucket_holds_no_more_than_its_burst():
    limiter = make_limiter("bucket", rate=100, burst=5)
    assert sum(limiter.admit(1000.0) is None for _ in range(20)) == 5


def test_refused_calls_cost_a_bucket_nothing():
    limiter = make_limiter("bucket", rate=1, burst=1)
    assert limiter.admit(0.0) is None
    for tenth in range(1, 10):
        assert limiter.admit(tenth / 10) == 1.0
    assert limiter.admit(1.0) is None


def test_exact_retry_after_is_rounded_up_to_whole_seconds():
    limiter = make_limiter("bucket", rate=0.4, burst=1)
    assert limiter.admit(0.0) is None
    assert limiter.admit(0.0) == 3.0
    assert limiter.admit(0.5) == 2.0


def test_fixed_retry_after_is_named_by_every_refusal():
    limiter = make_limiter("bucket", rate=100, burst=1, retry_after=10)
    assert limiter.admit(0.0) is None
    assert limiter.admit(0.0) == 10


def test_window_counts_again_after_burst_over_rate_seconds():
    limiter = make_limiter("window", rate=100, burst=1000)
    assert all(limiter.admit(3.0) is None for _ in range(1000))
    assert limiter.admit(5.0) == 8.0
    assert limiter.admit(12.9) == 1.0
    assert limiter.admit(13.0) is None


def test_window_skips_periods_without_calls():
    limiter = make_limiter("window", rate=1, burst=2)
    assert limiter.admit(0.0) is None
    assert [limiter.admit(7.0), limiter.admit(7.0)] == [None, None]
    assert limiter.admit(7.5) == 1.0
    assert limiter.admit(8.0) is None


def test_penalty_stays_shut_while_it_is_hammered_at_its_rate():
    limiter = make_limiter("penalty", rate=10, burst=10)
    assert all(limiter.admit(0.0) is None for _ in range(10))
    answers = [limiter.admit(step / 20) for step in range(1, 200)]
    assert sum(answer is None for answer in answers) == 0


def test_penalty_heals_after_two_bursts_of_silence():
    limiter = make_limiter("penalty", rate=10, burst=10)
    for _ in range(1000):
        limiter.admit(0.0)
    assert sum(limiter.admit(2.0) is None for _ in range(10)) == 10


def test_lockout_shuts_everybody_out_after_the_first_refusal():
    limiter = make_limiter("lockout", rate=100, burst=2)
    assert [limiter.admit(0.0), limiter.admit(0.0)] == [None, None]
    assert limiter.admit(0.0) == 4.0
    assert limiter.admit(1.5) == 3.0
    assert limiter.admit(3.99) == 1.0
    assert limiter.admit(4.0) is None


def test_lockout_takes_its_length_from_retry_after():
    limiter = make_limiter("lockout", rate=100, burst=1, retry_after=9)
    assert limiter.admit(0.0) is None
    assert limiter.admit(0.0) == 9.0


@pytest.mark.parametrize(
    ("kind", "rate", "burst", "retry_after"),
    [
        ("tide", 1, 1, "exact"),
        ("bucket", 0, 1, "exact"),
        ("bucket", 1, 0, "exact"),
        ("bucket", 1, 1, 0),
        ("bucket", float("inf"), 1, "exact"),
        ("bucket", float("nan"), 1, "exact"),
        ("bucket", 1, float("inf"), "exact"),
        ("bucket", 1, 1, float("nan")),
        ("bucket", 1, 1, "soon"),
    ],
)
def test_nonsense_is_refused(kind, rate, burst, retry_after):
    with pytest.raises(ValueError):
        make_limiter(kind, rate, burst, retry_after)
