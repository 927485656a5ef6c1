"""Append-safe CSV outputs: a record is one write, and a write that failed leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Self

import orjson

from Space_OdT.engine.atomic import sync_folder, write_atomic
from Space_OdT.engine.csv_lines import line_maker, one_line
from Space_OdT.engine.invariants import invariant

TORN_SUFFIX = ".torn"
_CHUNK = 1 << 16
_SHOWN_TAIL = 120


class DamagedOutputError(Exception):
    """An output is not what a run writes; a run must not go on with it.

    Args:
        path: The file.
        line: Number of the line, from 1.
        offset: Position of its first byte.
        what: What is wrong.
        fix: What to do.
    """

    def __init__(self, path: Path, line: int, offset: int, what: str, fix: str) -> None:
        super().__init__(f"{path}, line {line}, byte {offset}: {what}. Fix: {fix}.")
        self.path = path
        self.line = line
        self.offset = offset


class TornTailError(DamagedOutputError):
    """The last line of an output is not whole: the process or the machine ended inside a write."""


@dataclass(frozen=True, slots=True)
class TornTail:
    """The part of a file behind its last whole line.

    Attributes:
        path: The file.
        line: Number of the torn line, from 1.
        offset: Position of its first byte.
        content: Its bytes.
    """

    path: Path
    line: int
    offset: int
    content: bytes

    @property
    def shown(self) -> str:
        """The beginning of the tail, fit for a message."""
        text = one_line(self.content[:_SHOWN_TAIL].decode("utf-8", errors="replace"))
        return f"{text}…" if len(self.content) > _SHOWN_TAIL else text

    def error(self) -> TornTailError:
        """Make the refusal to go on."""
        return TornTailError(
            self.path,
            self.line,
            self.offset,
            f"the last record is torn after {len(self.content)} bytes ({self.shown})",
            f"run again with --repair-tail: it keeps the torn part in {self.path.name}"
            f"{TORN_SUFFIX}, and the row is run again",
        )


def minify_row(cells: Mapping[str, Any]) -> str:
    """Write the filled cells of a row as compact JSON.

    Args:
        cells: Column -> content.

    Returns:
        One line of JSON, blank cells left out.
    """
    return orjson.dumps({name: value for name, value in cells.items() if value}).decode()


def find_torn_tail(path: Path) -> TornTail | None:
    """Look whether a file ends inside a line.

    Args:
        path: An output; may be missing.

    Returns:
        The torn part; None when the file is missing, empty, or ends with a whole line.

    Raises:
        OSError: When the file cannot be read.
    """
    if not path.exists():
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        end = _end_of_last_line(file, size)
        if end == size:
            return None
        file.seek(0)
        lines, left = 0, end
        while left and (chunk := file.read(min(_CHUNK, left))):
            lines += chunk.count(b"\n")
            left -= len(chunk)
        return TornTail(path, lines + 1, end, file.read())


def _end_of_last_line(file: Any, size: int) -> int:
    """Search backwards for the position behind the last line end."""
    position = size
    while position:
        start = max(0, position - _CHUNK)
        file.seek(start)
        found: int = file.read(position - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        position = start
    return 0


def repair_tail(path: Path) -> TornTail | None:
    """Cut a torn last line off; what is cut is kept beside the file.

    Args:
        path: An output; may be missing.

    Returns:
        The part that was moved to `<name>.torn`; None when there was nothing to repair.

    Raises:
        OSError: When the files cannot be written.
    """
    tail = find_torn_tail(path)
    if tail is None:
        return None
    kept = path.with_name(path.name + TORN_SUFFIX)
    with kept.open("ab") as file:
        file.write(tail.content + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
    with path.open("rb+") as file:
        file.truncate(tail.offset)
        os.fsync(file.fileno())
    return tail


class AppendOnlyCsv:
    """A CSV file that only ever grows by whole records.

    Args:
        path: The file; made with its header when it is missing or empty.
        columns: The header.
        sync: Makes written bytes survive a power failure; injected by tests.

    Attributes:
        size: Bytes of whole records, the header included.

    Raises:
        TornTailError: When the file ends inside a line.
        DamagedOutputError: When its header is another.
        OSError: When it cannot be opened or made.
    """

    def __init__(
        self, path: Path, columns: Sequence[str], *, sync: Callable[[int], None] = os.fsync
    ) -> None:
        self.path = path
        self._width = len(columns)
        self._sync = sync
        self._line_of = line_maker()
        header = self._line_of(columns).encode()
        if not path.exists() or not path.stat().st_size:
            # by rename, so that a header is never torn
            write_atomic(path, header, durable=True)
        self._check(header)
        self._file = FileIO(path, "ab")
        self.size = path.stat().st_size

    def _check(self, header: bytes) -> None:
        if tail := find_torn_tail(self.path):
            raise tail.error()
        with self.path.open("rb") as file:
            if file.readline() != header:
                fix = "move the outputs elsewhere; a new run finds what exists and goes on"
                raise DamagedOutputError(self.path, 1, 0, "the header is not the expected", fix)

    def append(self, cells: Sequence[str]) -> None:
        """Write one record; when this returns, it survives the end of the process.

        Args:
            cells: As many as columns; line breaks become blanks.

        Raises:
            OSError: When the record cannot be written as a whole; nothing of it stays.
        """
        invariant(len(cells) == self._width, "a record has a cell for every column")
        data = memoryview(self._line_of([one_line(cell) for cell in cells]).encode())
        done = 0
        try:
            while done < len(data):
                done += self._file.write(data[done:]) or 0
        except OSError:
            # a full disk refuses the rest of a record, but it always lets a file shrink
            self._file.truncate(self.size)
            raise
        self.size += done

    def cut(self, size: int) -> None:
        """Take back the records that were written last, because they do not stand alone.

        Args:
            size: Bytes that stay.

        Raises:
            OSError: When the file cannot be cut.
        """
        self._file.truncate(size)
        self.size = size

    def sync(self) -> None:
        """Make everything written so far survive a power failure.

        Raises:
            OSError: When the disk refuses; some systems report a full disk only here.
        """
        self._sync(self._file.fileno())

    def close(self) -> None:
        """Close the file; what was written stays written."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
