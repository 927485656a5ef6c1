"""Prepared rows become ready or rejected, once; a folder knows what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from Space_OdT.engine.batch_iterator import ready_columns, ready_rows
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.engine.models import Batch, CellProblem, Outcome, RowStatus
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.row_runs.intake import (
    RowsIntake,
    RowsIntakeOptions,
    kept_input,
    take_in_rows,
)
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.run_state import open_journal
from Space_OdT.engine.state_store import CheckpointMismatchError, RunStatus, Start
from Space_OdT.engine.writers import DamagedOutputError, TornTailError
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.bulk_inputs import read_csv

COLUMNS = ("email", "note", "entity_type")
PHASES = {"first": 1, "second": 2}
WRONG = CellProblem("email", "bad", "an address", "write one")
TAKEN = CellProblem("email", "a", "one", "keep one", reason_code=ReasonCode.OUT_OF_SCOPE)


def candidate(number: int, kind: str = "first", *problems: CellProblem) -> Candidate:
    email = f"user{number}@example.com"
    originals = {"email": f" {email.upper()}", "note": 'a "note", in two\nlines'}
    return Candidate(kind, email, {"email": email}, originals, number + 1, "in.csv", problems)


ROWS = (
    candidate(1),
    candidate(2, "second"),
    candidate(3, "first", WRONG, TAKEN),
    candidate(4),
)


def options(**changes: object) -> RowsIntakeOptions:
    given: dict[str, object] = {"kinds": tuple(PHASES), "max_rows": 9, "batch_size": 2, **changes}
    return RowsIntakeOptions(**given)  # type: ignore[arg-type]


class Desk:
    def __init__(self, folder: Path) -> None:
        self.layout = RowsLayout.at(folder, "thing")
        self.asked = 0

    def take(
        self, rows: Sequence[Candidate] = ROWS, name: str = "h", **changes: object
    ) -> RowsIntake:
        def candidates() -> Iterable[Candidate]:
            self.asked += 1
            return rows

        return take_in_rows(candidates, name, COLUMNS, self.layout, options(**changes))

    def run(self, intake: RowsIntake, *, finish: bool = True, pending: int = 0) -> None:
        journal, _ = open_journal(
            self.layout, intake.store, intake.report, intake.beginning, phases=PHASES
        )
        with journal:
            rows = [row for row in ready_rows(self.layout.ready_csv) if row.entity_type == "first"]
            batch = Batch("1-00001", 1, 1, tuple(row.number for row in rows), tuple(rows))
            journal.open_batch(batch)
            for row in rows:
                is_pending = row.number == pending
                journal.record(
                    Outcome(
                        batch.batch_id,
                        1,
                        row,
                        RowStatus.PENDING if is_pending else RowStatus.SUCCESS,
                        "step",
                        reason_code=ReasonCode.USER_NOT_FOUND if is_pending else None,
                    )
                )
            journal.commit()
            if finish:
                journal.close(RunStatus.FINISHED)


@pytest.fixture(name="desk")
def a_desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_every_row_is_ready_or_rejected(desk):
    report = desk.take().report
    assert (report.rows, report.ready_rows, report.rejected_rows) == (4, 3, 1)
    assert report.ready == {"first": 2, "second": 1}
    assert report.rejected == {"out_of_scope": 1}
    (rejected,) = read_csv(desk.layout.rejected_csv)
    assert rejected["reason_message"].startswith("in.csv, line 4: column email")
    assert rejected["note"] == 'a "note", in two lines'
    assert rejected["entity_type"] == "first"


def test_a_ready_row_has_its_normalised_cells_and_what_was_given(desk):
    desk.take()
    first, *_ = ready_rows(desk.layout.ready_csv)
    assert first.cells == {"email": "user1@example.com"}
    assert first.original("email") == " USER1@EXAMPLE.COM"
    assert (first.row_id, first.line, first.entity_key) == ("1", 2, "user1@example.com")
    assert ready_columns(desk.layout.ready_csv)[2:] == ("email", "note")


def test_pending_rows_carry_what_was_given(desk):
    intake = desk.take()
    desk.run(intake, pending=4)
    (pending,) = read_csv(desk.layout.pending_csv)
    assert pending["email"] == " USER4@EXAMPLE.COM"
    assert pending["raw_row_minified"] == '{"email":"user4@example.com"}'


def test_a_resumed_run_keeps_its_verdicts(desk):
    first = desk.take()
    desk.run(first, finish=False)
    again = desk.take(rows=())
    assert again.beginning.start is Start.RESUME
    assert again.report == first.report
    assert desk.asked == 1


def test_lost_verdicts_are_made_again(desk):
    desk.run(desk.take(), finish=False)
    desk.layout.validation_json.write_text("{")
    assert desk.take().report.rows == 4
    assert desk.asked == 2


def test_a_finished_pass_moves_to_the_history(desk):
    desk.run(desk.take())
    again = desk.take(name="another")
    assert again.beginning.start is Start.AGAIN
    assert {path.name for path in again.beginning.archived} >= {"results.csv", "checkpoint.json"}


@pytest.mark.parametrize("changes", [{"name": "another"}, {"kinds": ("first",)}])
def test_an_unfinished_run_of_something_else_is_refused(desk, changes):
    desk.run(desk.take(), finish=False)
    with pytest.raises(CheckpointMismatchError):
        desk.take(rows=(), **changes)


def test_a_torn_tail_is_refused_and_can_be_repaired(desk):
    desk.run(desk.take(), finish=False)
    with desk.layout.results_csv.open("a") as file:
        file.write("2026,torn")
    with pytest.raises(TornTailError):
        desk.take()
    (repaired,) = desk.take(repair=True).beginning.repaired
    assert repaired.content == b"2026,torn"


def test_outcomes_without_a_checkpoint_are_refused(desk):
    desk.run(desk.take(), finish=False)
    desk.layout.checkpoint_json.unlink()
    with pytest.raises(DamagedOutputError, match=r"checkpoint\.json is missing"):
        desk.take()


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"max_rows": 1}, "MAX_ROWS=1"), ({"max_batches": 1, "batch_size": 2}, "MAX_BATCHES=1")],
)
def test_limits_hold_before_anything_is_written(desk, changes, message):
    with pytest.raises(LimitExceededError, match=message):
        desk.take(**changes)
    assert not desk.layout.ready_csv.exists()


def test_an_output_that_is_the_input_is_copied_first(desk):
    desk.run(desk.take(), pending=1)
    kept = kept_input(desk.layout.pending_csv, desk.layout, "abcdef0123")
    assert kept.parent == desk.layout.rerun_dir
    assert kept.read_bytes() == desk.layout.pending_csv.read_bytes()
    elsewhere = desk.layout.out_dir / "other.csv"
    assert kept_input(elsewhere, desk.layout, "x") == elsewhere
