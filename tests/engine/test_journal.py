"""Outcome first, checkpoint after; the mark never passes a row without an outcome on disk."""

from __future__ import annotations

import errno
from dataclasses import replace
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.engine.invariants import InvariantViolation
from Space_OdT.engine.journal import LowWaterMark
from Space_OdT.engine.output_columns import PENDING_SPECIFIED, RESULT_SPECIFIED
from Space_OdT.engine.state_store import RunStatus
from tests.engine.bulk_inputs import read_csv
from tests.engine.journals import Desk, make_batch, make_outcome


@pytest.fixture
def desk(tmp_path):
    with Desk(tmp_path) as desk:
        yield desk


class TestLowWaterMark:
    def test_it_follows_the_first_open_row(self):
        marks = LowWaterMark()
        marks.expect([2, 5, 9])
        marks.settle(5)
        assert (marks.mark, marks.open_rows) == (0, 3)
        marks.settle(2)
        assert (marks.mark, marks.open_rows) == (5, 1)
        marks.settle(9)
        assert (marks.mark, marks.open_rows) == (9, 0)

    def test_rows_come_in_order(self):
        marks = LowWaterMark()
        marks.expect([5])
        with pytest.raises(InvariantViolation):
            marks.expect([4])

    @given(st.data())
    def test_every_row_up_to_the_mark_is_settled(self, data):
        numbers = data.draw(st.lists(st.integers(1, 99), unique=True, max_size=20).map(sorted))
        order = data.draw(st.permutations(numbers))
        marks = LowWaterMark()
        marks.expect(numbers)
        for done, number in enumerate(order, start=1):
            marks.settle(number)
            settled = set(order[:done])
            assert all(row in settled for row in numbers if row <= marks.mark)
            first_open = next((row for row in numbers if row not in settled), None)
            assert first_open is None or marks.mark < first_open
        assert marks.mark == (numbers[-1] if numbers else 0)


def test_a_success_is_one_record(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1, 2))
    journal.record(make_outcome(1))
    (record,) = read_csv(desk.files.results_csv)
    assert tuple(record)[: len(RESULT_SPECIFIED)] == RESULT_SPECIFIED
    assert record == {
        "timestamp": "2026-02-05T12:00:03.000+00:00",
        "batch_id": "1-00001",
        "row_id": "R1",
        "phase": "1",
        "entity_type": "user",
        "entity_key": "p1@example.com",
        "step": "user_enable_calling",
        "status": "success",
        "http_status": "200",
        "message": "changed",
        "remote_id": "ID1",
        "row_number": "1",
        "reason_code": "",
        "tracking_id": "SIM_1",
    }
    assert read_csv(desk.files.pending_csv) == []


def test_a_pending_row_is_in_both_files_with_its_original_columns(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1))
    journal.record(make_outcome(1, is_pending=True))
    (result,) = read_csv(desk.files.results_csv)
    assert (result["status"], result["message"]) == ("pending", "no such person")
    assert result["reason_code"] == "user_not_found"
    (pending,) = read_csv(desk.files.pending_csv)
    assert tuple(pending)[: len(PENDING_SPECIFIED)] == PENDING_SPECIFIED
    assert pending["reason_message"] == "no such person"
    assert pending["http_status"] == "404"
    assert (pending["email"], pending["x_note"]) == ("p1@example.com", 'a,"b"')
    assert '"x_note":"a,\\"b\\""' in pending["raw_row_minified"]


def test_the_checkpoint_moves_only_with_a_commit_and_after_both_syncs(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1, 2, 3))
    journal.record(make_outcome(1))
    journal.record(make_outcome(3))
    assert (desk.store.load().last_row_id, desk.syncs, journal.uncommitted) == (0, [], 2)
    journal.commit()
    assert (desk.store.load().last_row_id, len(desk.syncs), journal.uncommitted) == (1, 2, 0)
    journal.commit()
    assert len(desk.syncs) == 2
    journal.record(make_outcome(2))
    journal.commit()
    assert desk.store.load().last_row_id == 3


def test_a_failing_sync_leaves_the_checkpoint(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1))
    journal.record(make_outcome(1))

    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    journal._results._sync = fail
    with pytest.raises(OSError, match="Input/output"):
        journal.commit()
    assert desk.store.load().last_row_id == 0
    assert journal.uncommitted == 1


def test_a_row_has_one_outcome(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1))
    journal.record(make_outcome(1))
    with pytest.raises(InvariantViolation, match="a row has one outcome"):
        journal.record(make_outcome(1))
    with pytest.raises(InvariantViolation, match="a row has one outcome"):
        journal.record(make_outcome(2))


def test_a_pending_row_whose_result_cannot_be_written_leaves_nothing(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1))
    before = desk.files.pending_csv.read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    append, journal._results.append = journal._results.append, full
    with pytest.raises(OSError, match="No space left"):
        journal.record(make_outcome(1, is_pending=True))
    assert desk.files.pending_csv.read_bytes() == before
    journal._results.append = append
    journal.record(make_outcome(1))
    assert len(read_csv(desk.files.results_csv)) == 1


def test_settled_rows_of_a_resumed_batch_do_not_hold_the_mark_back(desk):
    journal = desk.journal(replace(desk.store.begin("hash", 1), last_row_id=2))
    batch = make_batch(1, 2, 3, 4, settled=(1, 2, 4))
    assert list(journal.watch([batch])) == [batch]
    journal.record(make_outcome(3))
    journal.commit()
    assert desk.store.load().last_row_id == 4


def test_phases_follow_each_other(desk):
    journal = desk.journal()
    journal.begin_phase(1)
    journal.open_batch(make_batch(7))
    with pytest.raises(InvariantViolation, match="a phase ends when its rows are settled"):
        journal.begin_phase(2)
    journal.record(make_outcome(7))
    journal.begin_phase(2)
    checkpoint = desk.store.load()
    assert (checkpoint.phase, checkpoint.last_row_id) == (2, 0)
    with pytest.raises(InvariantViolation, match="belongs to the current phase"):
        journal.open_batch(make_batch(8, phase=1))
    with pytest.raises(InvariantViolation, match="phases run forwards"):
        journal.begin_phase(1)
    journal.open_batch(make_batch(3, phase=2))
    journal.record(make_outcome(3, phase=2))
    journal.commit()
    assert desk.store.load().last_row_id == 3


def test_closing_says_how_the_run_ended(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1))
    journal.record(make_outcome(1))
    journal.close(RunStatus.FINISHED)
    checkpoint = desk.store.load()
    assert (checkpoint.status, checkpoint.last_row_id) == (RunStatus.FINISHED, 1)


@pytest.mark.parametrize(("mark", "kept"), [(2, 2), (9, 4)])
def test_closing_can_go_back_but_never_forward(desk, mark, kept):
    journal = desk.journal()
    journal.open_batch(make_batch(1, 2, 3, 4, 5))
    for number in (1, 2, 3, 4):
        journal.record(make_outcome(number))
    journal.close(RunStatus.CIRCUIT_BREAKER, mark=mark)
    assert desk.store.load().last_row_id == kept


def test_a_commit_in_another_thread_never_carries_an_old_mark_into_a_new_phase(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(7))
    journal.record(make_outcome(7))
    entered, go_on = Event(), Event()

    def slow(_):
        entered.set()
        assert go_on.wait(30)

    journal._pending._sync = slow
    commit = Thread(target=journal.commit)
    commit.start()
    assert entered.wait(30)
    phase = Thread(target=journal.begin_phase, args=(2,))
    phase.start()
    go_on.set()
    commit.join(30)
    phase.join(30)
    checkpoint = desk.store.load()
    assert (checkpoint.phase, checkpoint.last_row_id) == (2, 0)
