"""From what a run left on disk to where it goes on: nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from Space_OdT.engine.history import history_folder, withdraw_records
from Space_OdT.engine.outcome_scan import PENDING, SUCCESS, OutcomeScan
from Space_OdT.engine.state_store import Checkpoint, CorruptCheckpointError, RunStatus, StateStore

_SHOWN_ROWS = 5


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files a run goes on from.

    Attributes:
        results_csv: How each row ended.
        pending_csv: Rows left to be done.
        checkpoint_json: How far the run is.
        history_dir: Where withdrawn records go.
    """

    results_csv: Path
    pending_csv: Path
    checkpoint_json: Path
    history_dir: Path


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where a run goes on.

    Attributes:
        checkpoint: The checkpoint on disk: the phase in work, and the number up to which its rows
            are settled.
        settled: Numbers of the settled rows of this phase beyond the mark.
        success: Rows that have succeeded so far, in all phases.
        pending: Rows that are pending so far, in all phases.
        withdrawn: Rows whose records were moved to the history, because they are run again.
    """

    checkpoint: Checkpoint
    settled: frozenset[int]
    success: int
    pending: int
    withdrawn: int


def recover(
    files: RunFiles,
    store: StateStore,
    checkpoint: Checkpoint,
    *,
    rows: int,
    ready: Iterable[tuple[int, int]],
) -> ResumePoint:
    """Find out where an unfinished run goes on, and clear away what would be there twice.

    A row counts as settled when `results.csv` has it and, if it is pending there, so has
    `pending_rows.csv`. Half of such a pair is what a crash between two writes leaves: the row is
    run again. So are the rows of a batch that tripped the circuit breaker.

    Args:
        files: What the run left; nobody may have it open.
        store: Keeps the checkpoint.
        checkpoint: The checkpoint on disk.
        rows: Rows of the input.
        ready: Number and phase of every ready row.

    Returns:
        The point to go on from; the checkpoint says that the run is running.

    Raises:
        TornTailError: When an output ends inside a line.
        DamagedOutputError: When an output is not what a run writes.
        CorruptCheckpointError: When the checkpoint vouches for rows that have no outcome.
        OSError: When the files cannot be read or written.
    """
    scan = OutcomeScan(rows)
    scan.read_results(files.results_csv)
    scan.read_pending(files.pending_csv)
    again = set(scan.contradictions())
    if checkpoint.status is RunStatus.CIRCUIT_BREAKER:
        again |= {
            number
            for number in range(checkpoint.last_row_id + 1, rows + 1)
            if scan.phases[number] == checkpoint.phase
        }
    for number in again:
        scan.results[number] = 0
    settled = _check(files, checkpoint, scan, ready)
    if again:
        _withdraw(files, checkpoint, again)
    return ResumePoint(
        checkpoint=store.save(replace(checkpoint, status=RunStatus.RUNNING)),
        settled=settled,
        success=scan.count(SUCCESS),
        pending=scan.count(PENDING),
        withdrawn=len(again),
    )


def _withdraw(files: RunFiles, checkpoint: Checkpoint, rows: set[int]) -> None:
    folder = history_folder(files.history_dir, checkpoint.updated_at)
    # results last: while they name a row, a crash in here is noticed by the next start
    withdraw_records(files.pending_csv, rows, folder)
    withdraw_records(files.results_csv, rows, folder)


def _check(
    files: RunFiles, checkpoint: Checkpoint, scan: OutcomeScan, ready: Iterable[tuple[int, int]]
) -> frozenset[int]:
    """Compare the checkpoint with the outcomes; give the settled rows beyond the mark."""
    settled = set()
    missing = []
    early = []
    for number, phase in ready:
        is_past = phase < checkpoint.phase or (
            phase == checkpoint.phase and number <= checkpoint.last_row_id
        )
        if is_past and not scan.results[number]:
            missing.append(number)
        elif phase > checkpoint.phase and scan.results[number]:
            early.append(number)
        elif not is_past and scan.results[number]:
            settled.add(number)
    if missing or early:
        raise CorruptCheckpointError(
            files.checkpoint_json,
            f"it does not fit {files.results_csv.name}: {_mismatch(missing, early)}",
            "restore both files from the same moment, or move the whole output folder away: a new "
            "run finds what exists in Webex and goes on",
        )
    return frozenset(settled)


def _mismatch(missing: list[int], early: list[int]) -> str:
    rows, what = (
        (missing, "without an outcome, though it is said to have one")
        if missing
        else (early, "with an outcome of a phase that has not begun")
    )
    shown = ", ".join(map(str, rows[:_SHOWN_ROWS]))
    more = f" and {len(rows) - _SHOWN_ROWS} more" if len(rows) > _SHOWN_ROWS else ""
    return f"row {shown}{more} {what}"
