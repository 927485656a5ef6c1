"""Read the outcome files as facts about rows, in one byte a row and file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from Space_OdT.engine.csv_lines import Damage, stored_records
from Space_OdT.engine.models import RowStatus
from Space_OdT.engine.output_columns import ROW_NUMBER
from Space_OdT.engine.writers import DamagedOutputError, find_torn_tail
from Space_OdT.webex.error_handling import ReasonCode

_MOVE_AWAY = (
    "restore it from a backup, or move the whole output folder away: a new run finds what exists "
    "in Webex and goes on"
)
SUCCESS, PENDING = 1, 2
_STATUSES = {RowStatus.SUCCESS.value: SUCCESS, RowStatus.PENDING.value: PENDING}
_REASONS = frozenset(reason.value for reason in ReasonCode)


class OutcomeScan:
    """What `results.csv` and `pending_rows.csv` say about every row.

    Args:
        rows: Rows of the input.

    Attributes:
        results: Row number -> 0, `SUCCESS` or `PENDING`, as `results.csv` says.
        pending: Row number -> number of its records in `pending_rows.csv`, at most 255.
        phases: Row number -> phase of its record in `results.csv`, 0 without one.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.results = bytearray(rows + 1)
        self.pending = bytearray(rows + 1)
        self.phases = bytearray(rows + 1)

    def read_results(self, path: Path) -> None:
        """Read `results.csv`.

        Args:
            path: The file; a missing one holds nothing.

        Raises:
            TornTailError: When it ends inside a line.
            DamagedOutputError: When a line is no record, or a row has two.
        """
        for line, offset, number, fields in numbered_records(path, self.rows, ("phase", "status")):
            phase, status = fields
            if status not in _STATUSES or not phase.isdigit() or not 0 < int(phase) < 256:  # noqa: PLR2004 - one byte
                what = f'phase "{phase}" and status "{status}" are no outcome'
                raise DamagedOutputError(path, line, offset, what, _MOVE_AWAY)
            if self.results[number]:
                what = f"row {number} has a second outcome"
                raise DamagedOutputError(path, line, offset, what, _MOVE_AWAY)
            self.results[number] = _STATUSES[status]
            self.phases[number] = int(phase)

    def read_pending(self, path: Path) -> None:
        """Read `pending_rows.csv`.

        Args:
            path: The file; a missing one holds nothing.

        Raises:
            TornTailError: When it ends inside a line.
            DamagedOutputError: When a line is no record.
        """
        for line, offset, number, (reason,) in numbered_records(path, self.rows, ("reason_code",)):
            if reason not in _REASONS:
                what = f'"{reason}" is no reason code'
                raise DamagedOutputError(path, line, offset, what, _MOVE_AWAY)
            self.pending[number] = min(255, self.pending[number] + 1)

    def count(self, status: int) -> int:
        """Count rows by what `results.csv` says.

        Args:
            status: `SUCCESS` or `PENDING`.

        Returns:
            How many rows have it.
        """
        return self.results.count(status)

    def contradictions(self) -> Iterator[int]:
        """Find rows whose two files do not agree.

        Yields:
            Numbers of rows that are pending in exactly one of them, or pending twice.
        """
        for number in range(1, self.rows + 1):
            if self.pending[number] != (self.results[number] == PENDING):
                yield number


def numbered_records(
    path: Path, rows: int, columns: tuple[str, ...] = (), *, fix: str = _MOVE_AWAY
) -> Iterator[tuple[int, int, int, tuple[str, ...]]]:
    """Stream the records of an output by the numbers of their rows.

    Args:
        path: The file; a missing or empty one holds nothing.
        rows: Rows of the input; no number may be greater.
        columns: Columns that are wanted.
        fix: What to do when the file is damaged.

    Yields:
        Line, position, row number and the wanted cells of every record.

    Raises:
        TornTailError: When it ends inside a line.
        DamagedOutputError: When a line is no record of a row of the input.
    """
    if tail := find_torn_tail(path):
        raise tail.error()
    if not path.exists() or not path.stat().st_size:
        return
    try:
        records = stored_records(path)
        header = next(records).cells
        at = header.index(ROW_NUMBER)
        wanted = [header.index(name) for name in columns]
        for line, offset, cells in records:
            number = _row_number(cells[at], rows, line, offset)
            yield line, offset, number, tuple(cells[index] for index in wanted)
    except Damage as damage:
        raise DamagedOutputError(path, damage.line, damage.offset, damage.what, fix) from None
    except ValueError as error:
        raise DamagedOutputError(path, 1, 0, f"a column is missing ({error})", fix) from None


def _row_number(cell: str, rows: int, line: int, offset: int) -> int:
    if cell.isascii() and cell.isdigit() and 0 < int(cell) <= rows:
        return int(cell)
    raise Damage(line, offset, f'"{cell}" is not the number of a row of the input')
