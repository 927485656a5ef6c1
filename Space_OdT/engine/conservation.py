"""Rows in = success + pending + rejected, each row exactly once: counted from the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from Space_OdT.engine.outcome_scan import PENDING, SUCCESS, OutcomeScan, numbered_records

_EXPLAINED = 10


@dataclass(frozen=True, slots=True)
class Conservation:
    """The balance of a run.

    Attributes:
        rows: Rows of the input.
        success: Rows that succeeded.
        pending: Rows that are pending.
        rejected: Rows that were rejected.
        open_rows: Rows without any outcome; a run that was stopped has some.
        violations: How many rows break the balance.
        explanations: The first of them in words.
    """

    rows: int
    success: int
    pending: int
    rejected: int
    open_rows: int
    violations: int
    explanations: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every row of the input has exactly one outcome."""
        return not self.violations and not self.open_rows

    @property
    def line(self) -> str:
        """The balance in one line."""
        ends = f"{self.success:,} success + {self.pending:,} pending + {self.rejected:,} rejected"
        if self.open_rows:
            ends += f" + {self.open_rows:,} not run"
        verdict = "" if not self.violations else f": {self.violations:,} rows do not add up"
        return f"{self.rows:,} rows in = {ends}{verdict}"


def check_conservation(
    rows: int, *, results_csv: Path, pending_csv: Path, rejected_csv: Path
) -> Conservation:
    """Count the outcomes of every row of the input.

    Args:
        rows: Rows of the input.
        results_csv: How each row ended.
        pending_csv: Rows left to be done.
        rejected_csv: Rows refused before any call.

    Returns:
        The balance.

    Raises:
        TornTailError: When an output ends inside a line.
        DamagedOutputError: When an output is not what a run writes, as a row with two outcomes.
        OSError: When a file cannot be read.
    """
    scan = OutcomeScan(rows)
    scan.read_results(results_csv)
    scan.read_pending(pending_csv)
    rejected = _rejected(rejected_csv, rows)
    violations = open_rows = 0
    explanations: list[str] = []
    for number in range(1, rows + 1):
        result, pending, refused = scan.results[number], scan.pending[number], rejected[number]
        if not result and not pending and not refused:
            open_rows += 1
        elif problem := _problem(result, pending, refused):
            violations += 1
            if len(explanations) < _EXPLAINED:
                explanations.append(f"row {number} {problem}")
    return Conservation(
        rows=rows,
        success=scan.count(SUCCESS),
        pending=scan.count(PENDING),
        rejected=sum(1 for count in rejected if count),
        open_rows=open_rows,
        violations=violations,
        explanations=tuple(explanations),
    )


def _problem(result: int, pending: int, refused: int) -> str:
    if refused > 1:
        return "is rejected more than once"
    if refused and (result or pending):
        return "is rejected and was run"
    if pending and result != PENDING:
        return "is in pending_rows.csv, but results.csv does not call it pending"
    if result == PENDING and not pending:
        return "is pending in results.csv, but missing in pending_rows.csv"
    return "is in pending_rows.csv more than once" if pending > 1 else ""


def _rejected(path: Path, rows: int) -> bytearray:
    counts = bytearray(rows + 1)
    fix = "delete it and validation.json; validation makes both again"
    for _, _, number, _ in numbered_records(path, rows, fix=fix):
        counts[number] = min(255, counts[number] + 1)
    return counts
