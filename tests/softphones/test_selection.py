from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.records import PersonRecord, PersonStatus, row_hash
from Space_OdT.softphones.selection import Pass, select
from Space_OdT.softphones.stages import Stage
from Space_OdT.softphones.state import PassStatus, Remembered, RunState
from tests.softphones.conftest import row

POLICY = Policy()
ROWS = [row(1), row(2), row(3)]
DONE = (Stage.LICENCE.value, Stage.FORWARDING.value)


def record(number: int, status: PersonStatus, **more: Any) -> PersonRecord:
    one = row(number)
    values = {"row_hash": row_hash(one, POLICY), "run_id": "run", **more}
    return PersonRecord(one.email, status, finished_at="now", **values)


def remembered(status: PassStatus, *records: PersonRecord) -> Remembered:
    return Remembered(RunState("run", "then", status, records={one.email: one for one in records}))


GOOD, BAD = PersonStatus.SUCCESS, PersonStatus.FAILED
FAILED = record(2, BAD, stages=DONE, failed_stage=Stage.VOICEMAIL.value)


def emails(selection: Any) -> list[str]:
    return [work.row.email for work in selection.works]


def test_the_first_run_and_a_run_after_a_finished_one_take_everybody() -> None:
    for before in (Remembered(), remembered(PassStatus.COMPLETED, record(1, GOOD), FAILED)):
        selection = select(ROWS, POLICY, before, only_failures=False)
        assert selection.kind is Pass.NEW
        assert len(selection.works) == 3
        assert all(work.done == () for work in selection.works)


@pytest.mark.parametrize("status", [PassStatus.RUNNING, PassStatus.STOPPED])
def test_a_run_that_did_not_end_goes_on_with_those_it_did_not_see_to_the_end(
    status: PassStatus,
) -> None:
    before = remembered(status, record(1, GOOD), FAILED)
    before.progress[ROWS[2].email] = {
        Stage.LICENCE: {"row_hash": row_hash(ROWS[2], POLICY), "verified": True}
    }
    selection = select(ROWS, POLICY, before, only_failures=False)
    assert selection.kind is Pass.RESUME
    assert emails(selection) == [ROWS[2].email]
    assert selection.works[0].done == (Stage.LICENCE,)
    assert selection.failed_kept == 1


def test_a_run_that_goes_on_does_skipped_stages_once_they_are_decided_otherwise() -> None:
    done = (Stage.LICENCE.value,)
    skipping = record(1, GOOD, stages=done, skipped=(Stage.VOICEMAIL.value,), verified=True)
    before = remembered(PassStatus.STOPPED, skipping, record(2, GOOD), record(3, GOOD))
    assert emails(select(ROWS, POLICY, before, only_failures=False)) == []
    again = select(ROWS, POLICY, before, only_failures=False, running=[Stage.VOICEMAIL])
    assert emails(again) == [ROWS[0].email]
    assert again.works[0].done == (Stage.LICENCE,)


def test_a_row_that_has_changed_since_is_run_again_from_the_first_stage() -> None:
    before = remembered(PassStatus.STOPPED, record(1, GOOD, row_hash="other"))
    before.progress[ROWS[1].email] = {Stage.LICENCE: {"row_hash": "other", "verified": True}}
    selection = select(ROWS, POLICY, before, only_failures=False)
    assert len(selection.works) == 3
    assert all(work.done == () for work in selection.works)


def test_only_failures_begins_at_the_failed_stage_and_takes_the_untried_along() -> None:
    before = remembered(PassStatus.COMPLETED_WITH_ERRORS, record(1, GOOD), FAILED)
    selection = select(ROWS, POLICY, before, only_failures=True)
    assert selection.kind is Pass.ONLY_FAILURES
    assert emails(selection) == [ROWS[1].email, ROWS[2].email]
    assert selection.works[0].done == (Stage.LICENCE, Stage.FORWARDING)
    assert (selection.again, selection.untried, selection.changed) == (1, 1, 0)


def test_only_failures_tells_of_successes_whose_rows_have_changed() -> None:
    before = remembered(PassStatus.COMPLETED, record(1, GOOD, row_hash="other"))
    selection = select(ROWS[:1], POLICY, before, only_failures=True)
    assert selection.works == ()
    assert selection.changed == 1


def test_a_killed_run_over_failures_goes_on_with_those_it_did_not_come_to() -> None:
    old = record(2, BAD, stages=DONE, run_id="the run before")
    again = record(3, BAD, run_id="run")
    before = remembered(PassStatus.RUNNING, record(1, GOOD), old, again)
    selection = select(ROWS, POLICY, before, only_failures=False)
    assert emails(selection) == [ROWS[1].email]
    assert selection.works[0].done == (Stage.LICENCE, Stage.FORWARDING)


def test_only_failures_before_any_run_takes_everybody() -> None:
    selection = select(ROWS, POLICY, Remembered(), only_failures=True)
    assert len(selection.works) == 3
    assert selection.untried == 3
