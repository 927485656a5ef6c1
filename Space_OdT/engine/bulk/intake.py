"""From an input file to rows that can be run: begin or go on, and validate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.engine.batch_iterator import check_batch_limit
from Space_OdT.engine.data_pipeline import PipelineOptions, PipelineTargets, run_pipeline
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.row_runs.intake import kept_input
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.engine.run_state import Beginning, begin
from Space_OdT.engine.state_store import Start, StateStore
from Space_OdT.engine.validation_report import ValidationReport, load_report
from Space_OdT.engine.writers import find_torn_tail, repair_tail


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """What the intake depends on besides the file.

    Attributes:
        max_rows: Rows allowed.
        batch_size: Rows of a batch.
        max_batches: Batches allowed; None allows what the rows need.
        pipeline_version: Version of the processing.
        profiles: Names of the outgoing profiles.
        repair: Whether torn tails may be cut off.
    """

    max_rows: int
    batch_size: int
    max_batches: int | None
    pipeline_version: int
    profiles: Collection[str]
    repair: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """Rows that can be run, and how the run begins.

    Attributes:
        report: What validation found.
        beginning: New, resumed, or once more after a finished pass.
        store: Keeps the checkpoint.
        input_path: The input; a copy when the given file is an output of the folder itself.
    """

    report: ValidationReport
    beginning: Beginning
    store: StateStore
    input_path: Path


def take_in(path: Path, layout: BulkLayout, options: IntakeOptions) -> Intake:
    """Look at the output folder and validate the input, unless that was done before a resume.

    Args:
        path: The input.
        layout: The output folder; the caller holds its lock.
        options: Limits, version and profiles.

    Returns:
        What to run.

    Raises:
        InputFileError: When the file as a whole cannot be used.
        LimitExceededError: When it has more rows or batches than allowed.
        CheckpointError: When the folder holds a damaged, or another, unfinished run.
        DamagedOutputError: When outputs are torn or damaged.
        OSError: When the folder cannot be written.
    """
    input_hash = open_input(path).input_hash
    path = kept_input(path, layout, input_hash)
    store = StateStore(layout.checkpoint_json)
    beginning = begin(
        layout,
        store,
        input_hash=input_hash,
        pipeline_version=options.pipeline_version,
        repair=options.repair,
    )
    _check_map(layout.location_map_csv, repair=options.repair)
    report = None
    if beginning.start is Start.RESUME and layout.ready_csv.exists():
        # A resumed run goes on with the verdicts it began with.
        report = load_report(
            layout.validation_json,
            input_hash=input_hash,
            pipeline_version=options.pipeline_version,
        )
    if report is None:
        report = _validate(path, layout, options)
    return Intake(report, beginning, store, path)


def _check_map(path: Path, *, repair: bool) -> None:
    if repair:
        repair_tail(path)
    if tail := find_torn_tail(path):
        raise tail.error()


def _validate(path: Path, layout: BulkLayout, options: IntakeOptions) -> ValidationReport:
    report = run_pipeline(
        path,
        PipelineTargets(layout.ready_csv, layout.rejected_csv, layout.validation_json),
        PipelineOptions(
            max_rows=options.max_rows,
            pipeline_version=options.pipeline_version,
            profiles=options.profiles,
        ),
    )
    if options.max_batches is not None:
        check_batch_limit(report.ready, options.batch_size, options.max_batches)
    return report
