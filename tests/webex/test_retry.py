from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.webex.retry import (
    MAX_RETRY_AFTER_SECONDS,
    FailedAttemptError,
    RetryPolicy,
    parse_retry_after,
    repeating,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("1e2", 100.0),
        ("86400", MAX_RETRY_AFTER_SECONDS),
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("nan", None),
        ("inf", None),
        ("5 seconds", None),
        ("Sat, 32 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_seconds_are_read_and_junk_is_not(value, seconds) -> None:
    assert parse_retry_after(value, NOW) == seconds


def test_dates_are_read() -> None:
    assert parse_retry_after("Sat, 21 Nov 2026 12:00:30 GMT", NOW) == 30.0
    assert parse_retry_after("Sat, 21 Nov 2026 12:00:30 -0000", NOW) == 30.0
    assert parse_retry_after(format_datetime(NOW - timedelta(hours=1)), NOW) == 0.0
    assert parse_retry_after(format_datetime(NOW + timedelta(days=1)), NOW) == 300.0


@given(st.text())
def test_any_header_gives_a_wait_that_is_safe_to_sleep(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER_SECONDS


def test_waits_double_up_to_a_cap_and_jitter_takes_off_up_to_half() -> None:
    policy = RetryPolicy(base_seconds=0.5, cap_seconds=8)
    assert [policy.backoff(n, lambda: 0.0) for n in range(1, 7)] == [0.5, 1, 2, 4, 8, 8]
    assert policy.backoff(3, lambda: 1.0) == 1.0
    assert policy.backoff(10_000, lambda: 0.0) == 8


def test_a_probe_is_less_patient_but_never_more_than_asked() -> None:
    probe = RetryPolicy().for_probe()
    assert (probe.max_retries, probe.patience_seconds, probe.throttle_budget_seconds) == (2, 3, 60)
    strict = RetryPolicy(max_retries=0, patience_seconds=1, throttle_budget_seconds=5)
    assert strict.for_probe() == strict


async def test_an_exception_that_is_not_ours_is_not_repeated() -> None:
    async def no_sleep(seconds: float) -> None:
        raise AssertionError("slept")

    async def fail_under_control(failure: Exception) -> None:
        async for attempt in repeating(
            RetryPolicy(), sleep=no_sleep, random=lambda: 0.0, before_sleep=lambda state: None
        ):
            with attempt:
                raise failure

    for failure in (ValueError("x"), FailedAttemptError("x")):
        with pytest.raises(type(failure)):
            await fail_under_control(failure)
