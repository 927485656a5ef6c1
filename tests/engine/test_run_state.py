"""How a command begins in a folder: new, resumed, again, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from Space_OdT.engine.batch_iterator import iter_batches
from Space_OdT.engine.conservation import check_conservation
from Space_OdT.engine.data_pipeline import PipelineOptions, PipelineTargets, run_pipeline
from Space_OdT.engine.journal import Journal
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.engine.run_state import begin, open_journal
from Space_OdT.engine.state_store import (
    CheckpointMismatchError,
    RunStatus,
    Start,
    StateStore,
)
from Space_OdT.engine.writers import DamagedOutputError, TornTailError
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.bulk_inputs import ASSIGNMENT, LOCATION, USER, read_csv, run_file, write_csv

ROWS = (
    LOCATION,
    USER,
    USER | {"email": "bad"},
    USER | {"email": "eva@example.com", "x_note": "n"},
    ASSIGNMENT,
)


@dataclass
class Folder:
    layout: BulkLayout
    input_csv: Path
    journals: list[Journal]

    @property
    def store(self):
        return StateStore(self.layout.checkpoint_json)

    def validate(self):
        layout = self.layout
        targets = PipelineTargets(layout.ready_csv, layout.rejected_csv, layout.validation_json)
        return run_pipeline(self.input_csv, targets, PipelineOptions(max_rows=99))

    def open(self, *, repair=False, input_hash=None):
        report = self.validate()
        digest = input_hash or report.input_hash
        beginning = begin(
            self.layout, self.store, input_hash=digest, pipeline_version=1, repair=repair
        )
        if beginning.start is Start.AGAIN:
            report = self.validate()
        journal, point = open_journal(self.layout, self.store, report, beginning)
        self.journals.append(journal)
        return beginning, journal, point

    def run(self, journal, point, *, stop_after=99, pending=()):
        done = 0
        for phase in (1, 2, 3):
            current = point.checkpoint.phase
            if phase < current:
                continue
            journal.begin_phase(phase)
            batches = iter_batches(
                self.layout.ready_csv,
                phase,
                batch_size=2,
                after=point.checkpoint.last_row_id if phase == current else 0,
                settled=point.settled,
            )
            for batch in journal.watch(batches):
                for row in batch.rows:
                    if done == stop_after:
                        return done
                    journal.record(outcome(batch, row, is_pending=row.number in pending))
                    done += 1
                    journal.commit()
        journal.close(RunStatus.FINISHED)
        return done

    def balance(self):
        layout = self.layout
        return check_conservation(
            len(ROWS),
            results_csv=layout.results_csv,
            pending_csv=layout.pending_csv,
            rejected_csv=layout.rejected_csv,
        )


def outcome(batch, row, *, is_pending):
    return Outcome(
        batch.batch_id,
        batch.phase,
        row,
        RowStatus.PENDING if is_pending else RowStatus.SUCCESS,
        "step",
        reason_code=ReasonCode.USER_NOT_FOUND if is_pending else None,
    )


@pytest.fixture
def folder(tmp_path):
    layout = BulkLayout.at(tmp_path / "out")
    layout.out_dir.mkdir()
    found = Folder(layout, write_csv(tmp_path / "input.csv", *ROWS), [])
    yield found
    for journal in found.journals:
        journal.release()


def test_a_new_folder_begins_new_and_ends_balanced(folder):
    beginning, journal, point = folder.open()
    assert (beginning.start, beginning.archived) == (Start.NEW, ())
    assert folder.run(journal, point, pending={4}) == 4
    assert folder.balance().line == "5 rows in = 3 success + 1 pending + 1 rejected"
    assert folder.balance().holds


@pytest.mark.parametrize("stop_after", range(4))
def test_a_killed_run_resumes_where_it_was(folder, stop_after):
    _, journal, point = folder.open()
    folder.run(journal, point, stop_after=stop_after)
    journal.release()
    beginning, journal, point = folder.open()
    assert beginning.start is Start.RESUME
    assert point.success == stop_after
    assert folder.run(journal, point) == 4 - stop_after
    assert folder.balance().holds


def test_a_finished_run_is_kept_in_the_history(folder):
    _, journal, point = folder.open()
    folder.run(journal, point)
    beginning, journal, point = folder.open()
    assert beginning.start is Start.AGAIN
    names = {path.name for path in beginning.archived}
    assert {"results.csv", "pending_rows.csv", "rejected_rows.csv", "checkpoint.json"} <= names
    assert all(path.parent.parent == folder.layout.history_dir for path in beginning.archived)
    assert folder.run(journal, point) == 4
    assert folder.balance().holds


def test_another_input_stops_an_unfinished_run(folder):
    _, journal, point = folder.open()
    folder.run(journal, point, stop_after=1)
    with pytest.raises(CheckpointMismatchError, match="another input"):
        folder.open(input_hash="0" * 64)


def test_a_torn_tail_stops_unless_it_may_be_repaired(folder):
    _, journal, point = folder.open()
    folder.run(journal, point, stop_after=2)
    journal.release()
    path = folder.layout.results_csv
    path.write_bytes(path.read_bytes() + b"2026,half")
    with pytest.raises(TornTailError):
        folder.open()
    beginning, journal, point = folder.open(repair=True)
    (tail,) = beginning.repaired
    assert tail.content == b"2026,half"
    folder.run(journal, point)
    assert folder.balance().holds


def test_outcomes_without_a_checkpoint_are_refused(folder):
    _, journal, point = folder.open()
    folder.run(journal, point, stop_after=1)
    folder.layout.checkpoint_json.unlink()
    with pytest.raises(DamagedOutputError, match=r"checkpoint\.json is missing"):
        folder.open()


def test_empty_outputs_without_a_checkpoint_do_no_harm(folder):
    _, journal, _ = folder.open()
    journal.release()
    folder.layout.checkpoint_json.unlink()
    beginning, _, _ = folder.open()
    assert beginning.start is Start.NEW


def test_pending_rows_can_be_fed_back_as_they_are(folder, tmp_path):
    _, journal, point = folder.open()
    folder.run(journal, point, pending={1, 2, 4, 5})
    originals = read_csv(folder.layout.ready_csv)
    (tmp_path / "again").mkdir()
    run = run_file(folder.layout.pending_csv, tmp_path / "again")
    assert run.rejected == []
    for row in (*originals, *run.ready):
        del row["row_number"], row["input_line"]
    assert run.ready == originals
