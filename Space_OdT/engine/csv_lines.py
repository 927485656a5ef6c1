"""One record as one line of CSV: how every file of the engine is written and read back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class _Echo:
    """A file that gives back what is written to it, so that `writerow` returns the line."""

    @staticmethod
    def write(text: str) -> str:
        return text


def line_maker() -> Callable[[Sequence[str]], str]:
    """Make a function that formats records.

    Returns:
        From cells without line breaks to one line with its end; quotes where needed.
    """
    writer: Any = csv.writer(_Echo(), lineterminator="\n")
    careful: Callable[[Sequence[str]], str] = writer.writerow

    def make(cells: Sequence[str]) -> str:
        # six times faster than the csv module, for the records that need no quotes
        line = ",".join(cells)
        if line.count(",") + 1 == len(cells) > 1 and '"' not in line:
            return line + "\n"
        return careful(cells)

    return make


def one_line(text: str) -> str:
    """Make a text fit into a record that is one line.

    Args:
        text: Any text.

    Returns:
        The text without line breaks and NUL characters.
    """
    return " ".join(text.replace("\0", " ").splitlines()) if not text.isprintable() else text


class Damage(Exception):  # noqa: N818 - the word of the trade; wrapped for the operator by callers
    """A line is not a record.

    Args:
        line: Number of the line, from 1.
        offset: Position of its first byte.
        what: What is wrong.
    """

    def __init__(self, line: int, offset: int, what: str) -> None:
        super().__init__(f"line {line}, byte {offset}: {what}")
        self.line = line
        self.offset = offset
        self.what = what


class StoredRecord(NamedTuple):
    """One record with its place.

    Attributes:
        line: Number of its line, from 1.
        offset: Position of its first byte.
        cells: Its cells.
    """

    line: int
    offset: int
    cells: list[str]


def stored_records(path: Path, *, width: int | None = None) -> Iterator[StoredRecord]:
    """Read a file that this engine wrote, strictly: one record a line, nothing else.

    Args:
        path: The file, header included.
        width: Number of cells of every record; taken from the header when None.

    Yields:
        The records in order, the header first.

    Raises:
        Damage: At the first line that is not a whole record.
    """
    with path.open("rb") as file:
        line = offset = 0
        end = [0]
        reader = csv.reader(_whole_lines(file, end), strict=True)
        try:
            for cells in reader:
                line += 1
                if reader.line_num != line:
                    raise Damage(line, offset, "a quote is not closed")
                if len(cells) != width:
                    if width is not None:
                        raise Damage(line, offset, f"{len(cells)} cells instead of {width}")
                    width = len(cells)
                yield StoredRecord(line, offset, cells)
                offset = end[0]
        except (csv.Error, UnicodeDecodeError) as error:
            raise Damage(line + 1, offset, f"not a record ({error})") from None


def _whole_lines(file: Iterable[bytes], end: list[int]) -> Iterator[str]:
    """Decode lines; `end` follows the position behind the last one."""
    position = 0
    for raw in file:
        if raw[-1:] != b"\n":
            raise csv.Error("the line has no end")
        if b"\0" in raw:
            raise csv.Error("it contains NUL bytes")
        position += len(raw)
        end[0] = position
        yield raw.decode()
