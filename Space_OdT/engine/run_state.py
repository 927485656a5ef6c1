"""Open the state of a run over rows: decide how to begin, keep the past, hand out the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from Space_OdT.engine.batch_iterator import ready_columns, ready_rows
from Space_OdT.engine.history import history_folder, move_to_history
from Space_OdT.engine.journal import Journal
from Space_OdT.engine.models import EntityType
from Space_OdT.engine.output_columns import RESULT_COLUMNS, pending_columns
from Space_OdT.engine.recovery import ResumePoint, RunFiles, recover
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.state_store import Checkpoint, Start, StateStore, decide_start
from Space_OdT.engine.writers import (
    AppendOnlyCsv,
    DamagedOutputError,
    TornTail,
    find_torn_tail,
    repair_tail,
)

BULK_PHASES: Mapping[str, int] = MappingProxyType(
    {entity.value: entity.phase.value for entity in EntityType}
)


class Verdicts(Protocol):
    """What validation found, as far as every run over rows needs it."""

    @property
    def input_hash(self) -> str:
        """What identifies the input."""
        ...

    @property
    def pipeline_version(self) -> int:
        """Version that judged the rows."""
        ...

    @property
    def rows(self) -> int:
        """Rows of the input; blank ones do not count."""
        ...

    @property
    def ready(self) -> dict[str, int]:
        """Type of row -> rows that can be run."""
        ...

    @property
    def rejected(self) -> dict[str, int]:
        """Reason code -> rows that cannot."""
        ...

    @property
    def ready_rows(self) -> int:
        """Rows that can be run."""
        ...

    @property
    def rejected_rows(self) -> int:
        """Rows that cannot be run."""
        ...


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a command begins in an output folder.

    Attributes:
        start: New, resumed, or once more after a finished pass.
        checkpoint: The checkpoint of the unfinished run, None when there is none.
        archived: Where the outputs of the finished pass are now.
        repaired: Torn tails that were cut off.
    """

    start: Start
    checkpoint: Checkpoint | None
    archived: tuple[Path, ...]
    repaired: tuple[TornTail, ...]


def begin(
    layout: RowsLayout, store: StateStore, *, input_hash: str, pipeline_version: int, repair: bool
) -> Beginning:
    """Look at an output folder before anything is validated or sent.

    Args:
        layout: The output folder; locked by the caller.
        store: Keeps its checkpoint.
        input_hash: Hash of the input at hand.
        pipeline_version: Version at hand.
        repair: Whether torn tails may be cut off (`--repair-tail`).

    Returns:
        How to begin. The outputs of a finished pass have moved to the history.

    Raises:
        CheckpointError: When the checkpoint is corrupt, or of another unfinished run.
        TornTailError: When an output of an unfinished run is torn and `repair` is false.
        DamagedOutputError: When there are outcomes, but no checkpoint.
        OSError: When files cannot be read or moved.
    """
    checkpoint = store.load()
    start = decide_start(
        layout.checkpoint_json,
        checkpoint,
        input_hash=input_hash,
        pipeline_version=pipeline_version,
    )
    if start is Start.AGAIN and checkpoint is not None:
        return Beginning(start, None, _archive(layout, checkpoint), ())
    outcomes = (layout.results_csv, layout.pending_csv)
    repaired = tuple(filter(None, map(repair_tail, outcomes))) if repair else ()
    for path in outcomes:
        if tail := find_torn_tail(path):
            raise tail.error()
    if start is Start.NEW:
        _refuse_orphans(layout)
    return Beginning(start, checkpoint, (), repaired)


def _archive(layout: RowsLayout, checkpoint: Checkpoint) -> tuple[Path, ...]:
    """Move a finished pass away, the checkpoint last, so that a crash in here is repeated."""
    folder = history_folder(layout.history_dir, checkpoint.started_at)
    files = (
        layout.report_html,
        layout.summary_json,
        layout.pending_csv,
        layout.results_csv,
        layout.rejected_csv,
        layout.validation_json,
        layout.ready_csv,
        layout.checkpoint_json,
    )
    return move_to_history(files, folder)


def _refuse_orphans(layout: RowsLayout) -> None:
    """Refuse outcomes without a checkpoint: it is always written before the first of them."""
    results = layout.results_csv
    if not results.exists():
        return
    with results.open("rb") as file:
        if file.readline() and file.readline():
            what = f"there are outcomes, but {layout.checkpoint_json.name} is missing"
            fix = "restore it, or move the outputs away: a new run finds what exists and goes on"
            raise DamagedOutputError(results, 2, 0, what, fix)


def open_journal(
    layout: RowsLayout,
    store: StateStore,
    report: Verdicts,
    beginning: Beginning,
    *,
    phases: Mapping[str, int] = BULK_PHASES,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> tuple[Journal, ResumePoint]:
    """Open the outputs for writing, where the run goes on.

    Args:
        layout: The output folder.
        store: Keeps its checkpoint.
        report: What validation found; it belongs to the input at hand.
        beginning: How the command begins.
        phases: Type of row -> phase that works on it.
        clock: Gives the present moment; injected by tests.

    Returns:
        The journal, and the point to go on from.

    Raises:
        DamagedOutputError: When an output is not what a run writes.
        CorruptCheckpointError: When the checkpoint vouches for rows that have no outcome.
        OSError: When files cannot be read or written.
    """
    if beginning.checkpoint is None:
        first = store.begin(report.input_hash, report.pipeline_version)
        point = ResumePoint(first, frozenset(), success=0, pending=0, withdrawn=0)
    else:
        files = RunFiles(
            layout.results_csv, layout.pending_csv, layout.checkpoint_json, layout.history_dir
        )
        ready = _numbers_and_phases(layout.ready_csv, phases)
        point = recover(files, store, beginning.checkpoint, rows=report.rows, ready=ready)
    columns = ready_columns(layout.ready_csv)
    results = AppendOnlyCsv(layout.results_csv, RESULT_COLUMNS)
    pending = AppendOnlyCsv(layout.pending_csv, pending_columns(columns))
    return Journal(results, pending, columns, store, point.checkpoint, clock=clock), point


def _numbers_and_phases(ready_csv: Path, phases: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    for row in ready_rows(ready_csv):
        yield row.number, phases[row.entity_type]
