from __future__ import annotations

import pytest

from Space_OdT.engine.breaker import BatchProgress, BreakerPolicy
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.doubles import batch, row


def progress(rows: int, threshold: float = 0.8, batch_size: int = 500) -> BatchProgress:
    made = tuple(row(number) for number in range(1, rows + 1))
    return BatchProgress(batch(1, made), BreakerPolicy(threshold, batch_size))


def settle(one: BatchProgress, count: int, reason: ReasonCode | None) -> None:
    status = RowStatus.SUCCESS if reason is None else RowStatus.PENDING
    for _ in range(count):
        one.add(Outcome("b", 2, row(1), status, "s", reason_code=reason))


@pytest.mark.parametrize(
    ("rows", "threshold", "size", "limit"),
    [(500, 0.8, 500, 400), (10, 0.8, 10, 8), (7, 0.5, 500, 5), (2, 0.8, 500, 5), (2, 0.8, 2, 2)],
)
def test_the_limit_is_a_share_but_never_a_handful(rows, threshold, size, limit) -> None:
    assert BreakerPolicy(threshold, size).limit(rows) == limit


@pytest.mark.parametrize(
    "reason",
    [ReasonCode.NON_RETRYABLE_EXTERNAL, ReasonCode.AUTH_INVALID, ReasonCode.PERMISSION_DENIED],
)
def test_failures_for_good_trip_it(reason) -> None:
    one = progress(10)
    settle(one, 7, reason)
    assert not one.has_tripped
    settle(one, 1, reason)
    assert one.has_tripped


@pytest.mark.parametrize(
    "reason",
    [ReasonCode.RETRY_EXHAUSTED, ReasonCode.USER_NOT_FOUND, ReasonCode.PRECONDITION_MISSING, None],
)
def test_other_ends_never_do(reason) -> None:
    one = progress(10)
    settle(one, 10, reason)
    assert not one.has_tripped
    assert one.is_complete


def test_a_batch_can_trip_as_long_as_its_open_rows_could_do_it() -> None:
    one = progress(10)
    settle(one, 2, None)
    assert one.can_trip
    settle(one, 1, None)
    assert not one.can_trip


def test_rows_settled_by_an_earlier_run_count_as_rows_of_the_batch() -> None:
    made = tuple(row(number) for number in range(1, 11))
    whole = batch(1, made)
    rest = type(whole)(whole.batch_id, 2, 1, whole.row_numbers, made[5:])
    one = BatchProgress(rest, BreakerPolicy(0.8, 10))
    settle(one, 5, ReasonCode.PERMISSION_DENIED)
    assert one.is_complete
    assert not one.has_tripped
