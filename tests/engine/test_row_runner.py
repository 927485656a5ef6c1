from __future__ import annotations

import asyncio
from typing import Any

import pytest

from Space_OdT.engine.action_model import Call, Compensation, Effect, PendingError, Result
from Space_OdT.engine.models import Row, RowStatus
from Space_OdT.engine.row_runner import RowRunner
from Space_OdT.engine.step_calls import StepCaller
from Space_OdT.webex.directory import AmbiguousNameError
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.sources import Kind
from tests.engine.doubles import (
    READ,
    WRITE,
    FakeClient,
    action_of,
    batch,
    broken,
    nothing_to_do,
    refusal,
    row,
)

ROW = row(1)
BATCH = batch(1, (ROW,))


def runner(client: FakeClient | None = None, **options: Any) -> RowRunner:
    made = client or FakeClient()
    return RowRunner(lambda one, steps: StepCaller(made, one, steps), None, **options)


async def write_once(_row: Row, call: Call, _directory: Any) -> Result:
    answer = await call(WRITE, "a")
    return Result(Effect.CHANGED, answer.body["id"], "a remark")


async def run(action: Any, client: FakeClient | None = None, **options: Any):
    return await runner(client, **options).run(BATCH, ROW, action)


async def test_a_changed_row_names_its_writes() -> None:
    outcome, rejected = await run(action_of(write_once), FakeClient({"id": "7"}))
    assert (outcome.status, outcome.step, outcome.http_status) == (RowStatus.SUCCESS, "write", 200)
    assert outcome.message == "changed: write; a remark"
    assert outcome.remote_id == "7"
    assert outcome.reason_code is None
    assert not rejected


async def test_an_unchanged_row_stands_at_its_lookup() -> None:
    outcome, _ = await run(action_of(nothing_to_do, lookup="thing_lookup"))
    assert (outcome.message, outcome.step, outcome.http_status) == (
        "unchanged",
        "thing_lookup",
        None,
    )


async def test_what_stands_in_the_way_is_told_with_its_fix() -> None:
    async def blocked(*_: Any) -> Result:
        raise PendingError(ReasonCode.PRECONDITION_MISSING, "no route", fix="make one.")

    outcome, _ = await run(action_of(blocked, lookup="thing_lookup"))
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert outcome.message == "no route. Fix: make one."
    assert outcome.step == "thing_lookup"


@pytest.mark.parametrize(
    ("error", "reason", "status"),
    [
        (refusal(403), ReasonCode.PERMISSION_DENIED, 403),
        (refusal(400), ReasonCode.NON_RETRYABLE_EXTERNAL, 400),
        (refusal(503), ReasonCode.RETRY_EXHAUSTED, 503),
        (broken(), ReasonCode.RETRY_EXHAUSTED, None),
    ],
)
async def test_a_refused_call_gives_its_reason(error, reason, status) -> None:
    outcome, rejected = await run(action_of(write_once), FakeClient(error))
    assert (outcome.reason_code, outcome.http_status) == (reason, status)
    assert outcome.step == "write"
    assert not rejected


async def test_a_rejected_token_is_told_apart() -> None:
    outcome, rejected = await run(action_of(write_once), FakeClient(refusal(401)))
    assert outcome.reason_code is ReasonCode.AUTH_INVALID
    assert rejected


async def test_a_name_of_two_entities_is_a_missing_precondition() -> None:
    async def ambiguous(*_: Any) -> Result:
        raise AmbiguousNameError(Kind.LOCATION, "Site", ("1", "2"))

    outcome, _ = await run(action_of(ambiguous))
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "1, 2" in outcome.message


async def test_after_a_write_a_failure_is_half_applied_with_the_steps_done() -> None:
    async def twice(_row: Row, call: Call, _directory: Any) -> Result:
        await call(WRITE, "a")
        await call(READ, thing="x", size="1")
        raise AssertionError

    outcome, _ = await run(action_of(twice), FakeClient({"id": "1"}, refusal(500)))
    assert outcome.reason_code is ReasonCode.HALF_APPLIED
    assert outcome.message.startswith("done: write; then retry_exhausted: POST /things: no")
    assert outcome.step == "read"


async def test_a_final_reason_stays_even_after_a_write() -> None:
    async def final(_row: Row, call: Call, _directory: Any) -> Result:
        await call(WRITE, "a")
        raise PendingError(ReasonCode.OUT_OF_SCOPE, "not by API", is_final=True)

    outcome, _ = await run(action_of(final))
    assert outcome.reason_code is ReasonCode.OUT_OF_SCOPE


@pytest.mark.parametrize("error", [KeyError("x"), ZeroDivisionError(), AssertionError("odd")])
async def test_a_defect_costs_its_row_and_is_reported(error) -> None:
    async def defective(*_: Any) -> Result:
        raise error

    seen: list[BaseException] = []
    outcome, _ = await run(action_of(defective), on_defect=lambda _, defect: seen.append(defect))
    assert outcome.status is RowStatus.PENDING
    assert outcome.reason_code is ReasonCode.UNHANDLED_EXCEPTION
    assert seen == [error]


async def test_a_row_that_claims_a_change_without_a_write_is_a_defect() -> None:
    async def liar(*_: Any) -> Result:
        return Result(Effect.CHANGED, "1")

    seen: list[BaseException] = []
    outcome, _ = await run(action_of(liar), on_defect=lambda _, defect: seen.append(defect))
    assert outcome.reason_code is ReasonCode.UNHANDLED_EXCEPTION
    assert "changed when a write was done" in outcome.message
    assert len(seen) == 1


async def test_parameters_that_cannot_be_read_cost_their_row_only() -> None:
    action = action_of(nothing_to_do)
    broken_params = type(action)(
        **{
            **{name: getattr(action, name) for name in ("name", "steps", "run", "serial_key")},
            "params": lambda _: 1 / 0,
        }
    )
    outcome, _ = await run(broken_params)
    assert outcome.reason_code is ReasonCode.UNHANDLED_EXCEPTION


async def test_rows_of_one_key_wait_for_each_other_and_others_do_not() -> None:
    running: list[str] = []
    most: dict[str, int] = {}

    async def watched(one: Row, *_: Any) -> Result:
        running.append(one.entity_key)
        most[one.entity_key] = max(most.get(one.entity_key, 0), running.count(one.entity_key))
        await asyncio.sleep(0)
        running.remove(one.entity_key)
        return Result(Effect.UNCHANGED)

    action = action_of(watched, serial_key=lambda one: "" if one.entity_key == "free" else "k")
    rows = [row(number, key) for number, key in enumerate(["a", "a", "a", "free", "free"], 1)]
    made = runner()
    await asyncio.gather(*(made.run(BATCH, one, action) for one in rows))
    assert most == {"a": 1, "free": 2}
    assert made._locks == {}


class TestCompensation:
    @staticmethod
    async def fails_after_a_write(_row: Row, call: Call, _directory: Any) -> Result:
        await call(WRITE, "a")
        raise PendingError(ReasonCode.PRECONDITION_MISSING, "then not")

    async def run(self, undo: Any, *, wanted: bool = True):
        action = action_of(self.fails_after_a_write, compensate=undo)
        outcome, _ = await run(action, compensates=wanted)
        return outcome

    async def test_what_was_taken_back_is_no_longer_half_applied(self) -> None:
        async def undo(*_: Any) -> Compensation:
            return Compensation(is_complete=True, message="it was taken back")

        outcome = await self.run(undo)
        assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
        assert outcome.message == "then not; it was taken back"

    async def test_what_stays_is_half_applied_and_says_why(self) -> None:
        async def undo(*_: Any) -> Compensation:
            return Compensation(is_complete=False, message="not taken back: in use")

        outcome = await self.run(undo)
        assert outcome.reason_code is ReasonCode.HALF_APPLIED
        assert outcome.message.endswith("then not; not taken back: in use")

    async def test_a_compensation_that_fails_is_recorded_and_no_more(self) -> None:
        async def undo(*_: Any) -> Compensation:
            raise refusal(500)

        outcome = await self.run(undo)
        assert outcome.reason_code is ReasonCode.HALF_APPLIED
        assert "taking it back failed: POST /things: no" in outcome.message

    async def test_nothing_to_take_back_leaves_the_failure_as_it_is(self) -> None:
        async def undo(*_: Any) -> None:
            return None

        assert (await self.run(undo)).reason_code is ReasonCode.HALF_APPLIED

    async def test_it_is_off_unless_asked_for(self) -> None:
        async def undo(*_: Any) -> Compensation:
            raise AssertionError("nobody asked")

        assert (await self.run(undo, wanted=False)).reason_code is ReasonCode.HALF_APPLIED
