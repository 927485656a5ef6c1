"""A run goes on where its files say, not where its memory was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from Space_OdT.engine.state_store import CorruptCheckpointError, RunStatus
from Space_OdT.engine.writers import DamagedOutputError, TornTailError
from tests.engine.bulk_inputs import read_csv
from tests.engine.journals import Desk, make_batch, make_outcome


@pytest.fixture
def desk(tmp_path):
    with Desk(tmp_path) as desk:
        yield desk


def run(desk, *numbers, pending=(), rows=6, commit=True, status=None, mark=None):
    """Record outcomes in the given order, then end like a killed process or in good order."""
    journal = desk.journal()
    journal.open_batch(make_batch(*range(1, rows + 1)))
    for number in numbers:
        journal.record(make_outcome(number, is_pending=number in pending))
    if commit:
        journal.commit()
    if status:
        journal.close(status, mark=mark)
    return journal


def drop_line(path, index):
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[index]
    path.write_bytes(b"".join(lines))


def test_rows_beyond_the_mark_are_found_in_the_outputs(desk):
    run(desk, 1, 2, 5, 4, pending=(2, 5))
    point = desk.recover(6)
    assert point.checkpoint.last_row_id == 2
    assert point.settled == {4, 5}
    assert (point.success, point.pending, point.withdrawn) == (2, 2, 0)


def test_outcomes_without_a_commit_count_too(desk):
    run(desk, 1, 2, commit=False)
    point = desk.recover(6)
    assert (point.checkpoint.last_row_id, point.settled) == (0, {1, 2})


def test_a_run_that_recorded_nothing_begins_at_the_beginning(desk):
    desk.store.begin("hash", 1)
    point = desk.recover(6)
    assert (point.settled, point.success, point.pending) == (frozenset(), 0, 0)


def test_half_a_pending_pair_is_run_again_and_kept_in_the_history(desk):
    run(desk, 1, 2, 3, pending=(2, 3))
    desk.store.save(replace(desk.store.load(), last_row_id=1))
    drop_line(desk.files.results_csv, 3)
    drop_line(desk.files.pending_csv, 1)
    point = desk.recover(6)
    assert point.settled == frozenset()
    assert point.withdrawn == 2
    assert [row["row_number"] for row in read_csv(desk.files.results_csv)] == ["1"]
    assert read_csv(desk.files.pending_csv) == []
    (folder,) = desk.files.history_dir.iterdir()
    assert [row["row_number"] for row in read_csv(folder / "results.csv")] == ["2"]
    assert [row["row_number"] for row in read_csv(folder / "pending_rows.csv")] == ["3"]


def test_rows_of_the_batch_that_tripped_the_breaker_are_run_again_once(desk):
    run(desk, *range(1, 7), pending=(4, 5, 6), status=RunStatus.CIRCUIT_BREAKER, mark=3)
    assert len(read_csv(desk.files.pending_csv)) == 3
    point = desk.recover(6)
    assert (point.checkpoint.last_row_id, point.settled, point.withdrawn) == (3, frozenset(), 3)
    assert point.checkpoint.status is RunStatus.RUNNING
    assert read_csv(desk.files.pending_csv) == []
    assert desk.recover(6).withdrawn == 0


def test_a_stopped_run_keeps_its_outcomes(desk):
    run(desk, 1, 3, status=RunStatus.STOPPED)
    point = desk.recover(6)
    assert (point.checkpoint.last_row_id, point.settled, point.withdrawn) == (1, {3}, 0)


def test_rejected_rows_leave_gaps_in_the_numbers(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(2, 5))
    journal.record(make_outcome(2))
    journal.commit()
    point = desk.recover(6, ready=[(2, 1), (5, 1)])
    assert (point.checkpoint.last_row_id, point.settled) == (2, frozenset())


def test_earlier_phases_must_be_complete(desk):
    run(desk, *range(1, 7)).begin_phase(2)
    ready = [*((number, 1) for number in range(1, 7)), (7, 2)]
    assert desk.recover(7, ready=ready).settled == frozenset()
    drop_line(desk.files.results_csv, 2)
    with pytest.raises(CorruptCheckpointError, match="row 2 without an outcome"):
        desk.recover(7, ready=ready)


def test_a_checkpoint_that_vouches_for_missing_rows_is_refused_untouched(desk):
    run(desk, *range(1, 7), pending=(3,))
    drop_line(desk.files.pending_csv, 1)
    before = desk.files.results_csv.read_bytes()
    with pytest.raises(CorruptCheckpointError, match=r"results\.csv: row 3 without an outcome"):
        desk.recover(6)
    assert desk.files.results_csv.read_bytes() == before
    assert not desk.files.history_dir.exists()


def test_many_missing_rows_are_shown_in_part(desk):
    run(desk, *range(1, 9), rows=8)
    desk.files.results_csv.write_bytes(desk.files.results_csv.read_bytes().splitlines(True)[0])
    with pytest.raises(CorruptCheckpointError, match="1, 2, 3, 4, 5 and 3 more"):
        desk.recover(8)


def test_outcomes_of_a_phase_that_has_not_begun_are_refused(desk):
    run(desk, 1)
    with pytest.raises(CorruptCheckpointError, match="row 1 with an outcome of a phase"):
        desk.recover(1, ready=[(1, 3)])


@pytest.mark.parametrize("name", ["results_csv", "pending_csv"])
def test_a_torn_tail_is_refused(desk, name):
    run(desk, 1, 2, pending=(2,))
    path = getattr(desk.files, name)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(TornTailError, match="--repair-tail"):
        desk.recover(6)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("results_csv", b",success,", b",failed,", 'status "failed"'),
        ("results_csv", b",1,user,", b",x,user,", 'phase "x"'),
        ("results_csv", b",ID1,1,", b",ID1,77,", '"77" is not the number of a row'),
        ("results_csv", b",ID1,1,", b",ID1,,", '"" is not the number of a row'),
        ("results_csv", b"\n2026", b"\n\x002026", "NUL"),
        ("results_csv", b"row_number", b"row_nmber", "a column is missing"),
        ("pending_csv", b"user_not_found", b"user_not_there", "is no reason code"),
    ],
)
def test_a_damaged_middle_is_refused_with_the_place(desk, name, old, new, said):
    run(desk, 1, 2, 3, pending=(2,))
    path = getattr(desk.files, name)
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(DamagedOutputError, match=rf"{path.name}, line \d, byte \d+: ") as caught:
        desk.recover(6)
    assert said in str(caught.value)


def test_a_row_with_two_outcomes_is_refused(desk):
    run(desk, 1, 2)
    path = desk.files.results_csv
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(True)[1])
    with pytest.raises(DamagedOutputError, match="row 1 has a second outcome"):
        desk.recover(6)
