from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from Space_OdT.engine.bulk.intake import IntakeOptions, take_in
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.engine.state_store import CheckpointMismatchError, RunStatus, Start
from Space_OdT.engine.writers import TornTailError

ROWS = [
    {"entity_type": "user", "email": f"p{number}@example.com", "location_key": "Site 1"}
    for number in range(1, 4)
]


def options(**changes: object) -> IntakeOptions:
    given: dict[str, object] = {
        "max_rows": 100,
        "batch_size": 2,
        "max_batches": None,
        "pipeline_version": 1,
        "profiles": (),
    }
    return IntakeOptions(**{**given, **changes})  # type: ignore[arg-type]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(name="layout")
def a_layout(tmp_path: Path) -> BulkLayout:
    layout = BulkLayout(tmp_path / "out")
    layout.out_dir.mkdir()
    return layout


@pytest.fixture(name="source")
def an_input(tmp_path: Path) -> Path:
    return write(tmp_path / "in.csv", ROWS)


def unfinished(intake, layout) -> None:
    intake.store.begin(intake.report.input_hash, 1)


def test_a_new_file_is_validated(layout, source) -> None:
    intake = take_in(source, layout, options())
    assert intake.beginning.start is Start.NEW
    assert intake.report.ready_rows == 3
    assert layout.ready_csv.exists()
    assert layout.rejected_csv.exists()
    assert not layout.checkpoint_json.exists(), "a run begins later"


def test_a_resumed_run_keeps_the_verdicts_it_began_with(layout, source) -> None:
    first = take_in(source, layout, options())
    unfinished(first, layout)
    before = layout.ready_csv.stat().st_mtime_ns
    again = take_in(source, layout, options())
    assert again.beginning.start is Start.RESUME
    assert again.report == first.report
    assert layout.ready_csv.stat().st_mtime_ns == before


def test_lost_verdicts_are_found_again(layout, source) -> None:
    unfinished(take_in(source, layout, options()), layout)
    layout.validation_json.unlink()
    again = take_in(source, layout, options())
    assert again.report.ready_rows == 3
    assert again.beginning.start is Start.RESUME


def test_another_file_is_refused_while_a_run_is_unfinished(layout, source, tmp_path) -> None:
    unfinished(take_in(source, layout, options()), layout)
    before = layout.ready_csv.read_bytes()
    other = write(tmp_path / "other.csv", ROWS[:1])
    with pytest.raises(CheckpointMismatchError):
        take_in(other, layout, options())
    assert layout.ready_csv.read_bytes() == before


def test_a_finished_pass_moves_to_the_history(layout, source) -> None:
    intake = take_in(source, layout, options())
    checkpoint = intake.store.begin(intake.report.input_hash, 1)
    intake.store.save(replace(checkpoint, status=RunStatus.FINISHED))
    again = take_in(source, layout, options())
    assert again.beginning.start is Start.AGAIN
    assert {path.name for path in again.beginning.archived} >= {
        "ready_to_load.csv",
        "checkpoint.json",
    }


def test_more_batches_than_allowed_are_refused(layout, source) -> None:
    with pytest.raises(LimitExceededError, match="MAX_BATCHES=1"):
        take_in(source, layout, options(max_batches=1))


def test_an_input_that_is_an_output_itself_is_copied_first(layout) -> None:
    write(layout.pending_csv, ROWS)
    intake = take_in(layout.pending_csv, layout, options())
    assert intake.input_path.parent == layout.rerun_dir
    assert intake.input_path.name.startswith("pending_rows-")
    assert intake.input_path.read_bytes() == layout.pending_csv.read_bytes()
    assert intake.report.input_path == str(intake.input_path)


def test_a_torn_map_of_locations_is_refused_and_repaired_on_demand(layout, source) -> None:
    layout.location_map_csv.write_text("location_external_id,location_id\nS-1,L")
    with pytest.raises(TornTailError, match=r"location_map\.csv, line 2"):
        take_in(source, layout, options())
    take_in(source, layout, options(repair=True))
    assert layout.location_map_csv.read_text().endswith("\n")
