"""Read exported CSV files as streams: a few columns of all rows, or all columns of a few rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

_CHUNK_BYTES = 1 << 20
# A raw_json cell may hold a whole API object; the csv module refuses fields over 128 KiB unless
# told otherwise. 2**31 - 1 is the largest limit that every platform's C long accepts.
_LARGEST_FIELD = 2**31 - 1
_CONTROL_CHARACTERS = dict.fromkeys((*range(9), 11, 12, *range(14, 32)), "�")


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of one exported file.

    Attributes:
        columns: Header of the file.
        rows: Cells in the order of `columns`; short rows are padded with empty text.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_head(path: Path, limit: int) -> Table:
    """Read the first rows of an exported CSV.

    Args:
        path: The CSV file.
        limit: Largest number of rows to read.

    Returns:
        Header and rows; both empty when the file is empty.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        records = _records(file)
        columns = tuple(next(records, []))
        rows = tuple(_fit(record, len(columns)) for record in islice(records, limit))
    return Table(columns, rows)


def read_columns(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Stream some columns of all rows of an exported CSV.

    Args:
        path: The CSV file; nothing is yielded when it does not exist.
        columns: Names wanted; a name the file does not have yields empty text.

    Yields:
        The cells of one row, in the order of `columns`.
    """
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        records = _records(file)
        places = {name: place for place, name in enumerate(next(records, []))}
        wanted = [places.get(name, -1) for name in columns]
        for record in records:
            size = len(record)
            yield tuple([record[at] if 0 <= at < size else "" for at in wanted])


def count_records(path: Path) -> int:
    """Count the rows below the header without parsing them.

    A line break ends a record only outside quotes, so the bytes are split at the quotes and only
    every second piece is looked at; a doubled quote is an empty piece and keeps the parity right.

    Args:
        path: The CSV file (RFC 4180 quoting, as the exporter writes it).

    Returns:
        Number of rows; 0 when the file does not exist or has a header only.
    """
    if not path.is_file():
        return 0
    breaks, quoted, last = 0, False, b"\n"
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            pieces = chunk.split(b'"')
            breaks += sum(piece.count(b"\n") for piece in pieces[int(quoted) :: 2])
            quoted ^= (len(pieces) - 1) % 2 == 1
            last = chunk[-1:]
    records = breaks + (last != b"\n")
    return max(0, records - 1)


def clean(text: str) -> str:
    """Replace control characters that HTML forbids, keeping tabs and line breaks."""
    return text.translate(_CONTROL_CHARACTERS)


def as_flag(text: str) -> bool:
    """Read a boolean cell: `true`, `True`, `1` and `yes` are true, all else is not."""
    return text.strip().lower() in {"true", "1", "yes"}


def as_count(text: str) -> int | None:
    """Read a cell that holds a whole number; anything else is `None`."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _records(file: Iterator[str]) -> Iterator[list[str]]:
    csv.field_size_limit(_LARGEST_FIELD)
    return csv.reader(file)


def _fit(record: list[str], size: int) -> tuple[str, ...]:
    return tuple((record + [""] * (size - len(record)))[:size])
