"""Stream the ready rows by phase, in batches that are the same in every pass over an input."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from Space_OdT.engine.csv_lines import Damage, stored_records
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.engine.models import Batch, Phase, Row
from Space_OdT.engine.output_columns import INPUT_LINE, NORMALISED, READY_EXTRA, ROW_NUMBER
from Space_OdT.engine.writers import DamagedOutputError

_OURS = frozenset({*READY_EXTRA, NORMALISED})
_NOTHING: frozenset[int] = frozenset()


class RowReader:
    """Makes rows of the records of `ready_to_load.csv`.

    Args:
        header: Its columns.

    Raises:
        KeyError: When a column that every ready row has is missing.
    """

    def __init__(self, header: Sequence[str]) -> None:
        at = {name: index for index, name in enumerate(header)}
        self._number, self._line = at[ROW_NUMBER], at[INPUT_LINE]
        self._type, self._key = at["entity_type"], at["entity_key"]
        self._row_ref = at.get("row_ref")
        self._normalised = at.get(NORMALISED)
        self._columns = tuple((name, index) for name, index in at.items() if name not in _OURS)

    def row(self, cells: Sequence[str]) -> Row:
        """Make a row.

        Args:
            cells: One record.

        Returns:
            The row, without its blank cells.
        """
        number = cells[self._number]
        own = cells[self._row_ref] if self._row_ref is not None else ""
        named = {name: value for name, index in self._columns if (value := cells[index])}
        return Row(
            number=int(number),
            line=int(cells[self._line]),
            row_id=own or number,
            entity_type=cells[self._type],
            entity_key=cells[self._key],
            cells=named if self._normalised is None else orjson.loads(cells[self._normalised]),
            originals=None if self._normalised is None else named,
        )


def ready_columns(ready_csv: Path) -> tuple[str, ...]:
    """Read which columns of the input the ready rows carry.

    Args:
        ready_csv: `ready_to_load.csv`.

    Returns:
        The columns without those that the pipeline added at the end.

    Raises:
        DamagedOutputError: When the file is not what the pipeline writes.
    """
    try:
        header = next(stored_records(ready_csv)).cells
    except (Damage, StopIteration) as error:
        raise damaged_ready(ready_csv, error) from None
    return tuple(name for name in header if name not in _OURS)


def ready_rows(ready_csv: Path, entity_type: str | None = None) -> Iterator[Row]:
    """Stream the ready rows.

    Args:
        ready_csv: `ready_to_load.csv`.
        entity_type: Only rows of this type; all when None.

    Yields:
        The rows in the order of the input.

    Raises:
        DamagedOutputError: When the file is not what the pipeline writes.
    """
    try:
        records = stored_records(ready_csv)
        header = next(records).cells
        reader = RowReader(header)
        kind = header.index("entity_type")
        for _, _, cells in records:
            if entity_type is None or cells[kind] == entity_type:
                yield reader.row(cells)
    except (Damage, StopIteration, KeyError, ValueError) as error:
        raise damaged_ready(ready_csv, error) from None


def damaged_ready(path: Path, error: Exception) -> DamagedOutputError:
    """Name what is wrong with the ready file.

    Args:
        path: `ready_to_load.csv`.
        error: What reading it led to.

    Returns:
        The error to raise.
    """
    line, offset = (error.line, error.offset) if isinstance(error, Damage) else (1, 0)
    what = error.what if isinstance(error, Damage) else f"not the file validation wrote ({error!r})"
    return DamagedOutputError(path, line, offset, what, "delete it; validation makes it again")


def batches_needed(ready: Mapping[str, int], batch_size: int) -> dict[str, int]:
    """Count the batches of every phase.

    Args:
        ready: Type of row, of which a phase has one -> ready rows.
        batch_size: Rows of a batch.

    Returns:
        Type of row -> batches.
    """
    return {kind: -(-rows // batch_size) for kind, rows in ready.items()}


def check_batch_limit(ready: Mapping[str, int], batch_size: int, max_batches: int) -> None:
    """Refuse a run that would need more batches than allowed, before it begins.

    Args:
        ready: Type of row -> ready rows.
        batch_size: Rows of a batch.
        max_batches: Most batches of all phases together.

    Raises:
        LimitExceededError: When more are needed.
    """
    needed = sum(batches_needed(ready, batch_size).values())
    if needed > max_batches:
        raise LimitExceededError(
            f"{needed:,} batches of {batch_size} rows are needed", f"MAX_BATCHES={max_batches}"
        )


def iter_batches(
    ready_csv: Path,
    phase: int,
    *,
    batch_size: int,
    after: int = 0,
    settled: Container[int] = _NOTHING,
    entity_type: str | None = None,
) -> Iterator[Batch]:
    """Stream the batches of a phase that still have rows to run.

    Args:
        ready_csv: `ready_to_load.csv`.
        phase: The phase.
        batch_size: Rows of a batch.
        after: Low-water mark: rows up to this number are settled.
        settled: Numbers of settled rows beyond the mark.
        entity_type: Type of the phase's rows; that of the bulk bot's phase when None.

    Yields:
        The batches in order; ids and numbers do not depend on what is settled.

    Raises:
        DamagedOutputError: When the file is not what the pipeline writes.
    """
    kind = entity_type or Phase(phase).entity_type.value
    rows = ready_rows(ready_csv, kind)
    number = 0
    while group := _take(rows, batch_size):
        number += 1
        to_run = tuple(row for row in group if row.number > after and row.number not in settled)
        if to_run:
            yield Batch(
                batch_id=f"{phase}-{number:05d}",
                phase=phase,
                number=number,
                row_numbers=tuple(row.number for row in group),
                rows=to_run,
            )


def _take(rows: Iterator[Row], count: int) -> list[Row]:
    return [row for _, row in zip(range(count), rows, strict=False)]
