"""The CSV and JSON file of an artifact, written as rows come and continued after a crash."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from Space_OdT.inventory.columns import Row
from Space_OdT.inventory.encoding import (
    JSON_CLOSING,
    JSON_EMPTY_CLOSING,
    JSON_OPENING,
    Chunk,
    csv_header,
    csv_line,
    json_elements,
)

_BUFFER_BYTES = 1 << 16
_CHECK_BYTES = 1 << 20
_LARGEST_CELL = 2**31 - 1  # a raw record may exceed the csv module's default of 128 KiB


@dataclass(frozen=True, slots=True)
class Mark:
    """How much of a file is certain.

    Attributes:
        size: Bytes from its beginning.
        crc: Their checksum.
    """

    size: int = 0
    crc: int = 0


class _Appender:
    """A file that only grows and knows the checksum of everything written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = 0
        self._crc = 0
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._file: IO[bytes] | None = None

    def begin(self) -> None:
        self._open("wb", Mark())

    def resume(self, mark: Mark) -> bool:
        if not _holds(self.path, mark):
            return False
        file = self._open("r+b", mark)
        file.truncate(mark.size)
        file.seek(mark.size)
        return True

    def _open(self, mode: str, mark: Mark) -> IO[bytes]:
        self._waiting.clear()
        self._waiting_size = 0
        self._size, self._crc = mark.size, mark.crc
        self._file = file = cast("IO[bytes]", self.path.open(mode))
        return file

    def append(self, data: bytes) -> None:
        self._waiting.append(data)
        self._waiting_size += len(data)
        if self._waiting_size >= _BUFFER_BYTES:
            self.flush()

    def flush(self) -> Mark:
        if self._file is not None and self._waiting:
            data = b"".join(self._waiting)
            self._file.write(data)
            self._file.flush()
            self._waiting.clear()
            self._waiting_size = 0
            self._size += len(data)
            self._crc = zlib.crc32(data, self._crc)
        return Mark(self._size, self._crc)

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


def _holds(path: Path, mark: Mark) -> bool:
    """Tell whether a file begins with the marked bytes."""
    crc, left = 0, mark.size
    try:
        with path.open("rb") as file:
            while left and (piece := file.read(min(_CHECK_BYTES, left))):
                crc = zlib.crc32(piece, crc)
                left -= len(piece)
    except OSError:
        return False
    return left == 0 and crc == mark.crc


class ExportWriter:
    """Writes `<artifact>.csv` and `<artifact>.json` side by side.

    Args:
        folder: Where; must exist.
        artifact: Name of the files, without suffix.
        columns: All columns, left to right.
    """

    def __init__(self, folder: Path, artifact: str, columns: Sequence[str]) -> None:
        self._header = csv_header(columns)
        self._csv = _Appender(folder / f"{artifact}.csv")
        self._json = _Appender(folder / f"{artifact}.json")
        self.rows = 0

    def begin(self) -> None:
        """Start both files anew.

        Raises:
            OSError: When they cannot be written.
        """
        self.close()
        self._csv.begin()
        self._csv.append(self._header)
        self._json.begin()
        self._json.append(JSON_OPENING)
        self.rows = 0

    def resume(self, csv_mark: Mark, json_mark: Mark, rows: int) -> bool:
        """Go on where another run was cut off; whatever lies behind the marks is dropped.

        Args:
            csv_mark: Certain part of the CSV.
            json_mark: Certain part of the JSON.
            rows: Rows they hold.

        Returns:
            False when the files do not hold what the marks say; nothing is open then.
        """
        if self._csv.resume(csv_mark) and self._json.resume(json_mark):
            self.rows = rows
            return True
        self.close()
        return False

    def holds(self, csv_mark: Mark, json_mark: Mark) -> bool:
        """Tell whether the files on disk are what an earlier run left.

        Args:
            csv_mark: Certain part of the CSV.
            json_mark: Certain part of the JSON.

        Returns:
            False when one is missing, shorter or damaged.
        """
        return _holds(self._csv.path, csv_mark) and _holds(self._json.path, json_mark)

    def write(self, chunk: Chunk) -> None:
        """Append encoded rows.

        Args:
            chunk: The rows.

        Raises:
            OSError: When the disk is full.
        """
        if chunk.rows:
            self._csv.append(chunk.csv)
            self._json.append(chunk.json if self.rows else chunk.json[1:])
            self.rows += chunk.rows

    def flush(self) -> tuple[Mark, Mark]:
        """Hand everything to the operating system.

        Returns:
            What is now certain of the CSV and of the JSON.

        Raises:
            OSError: When the disk is full.
        """
        return self._csv.flush(), self._json.flush()

    def finish(self) -> tuple[Mark, Mark]:
        """Complete both files.

        Returns:
            Their full extent.

        Raises:
            OSError: When the disk is full.
        """
        self._json.append(JSON_CLOSING if self.rows else JSON_EMPTY_CLOSING)
        marks = self.flush()
        self.close()
        return marks

    def close(self) -> None:
        """Let go of the files as they are; a full disk is not reported twice."""
        for file in (self._csv, self._json):
            with suppress(OSError):
                file.close()


def write_table(folder: Path, name: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write a whole table as CSV and JSON.

    Args:
        folder: Where.
        name: Name of the files, without suffix.
        columns: Columns, left to right.
        rows: Rows that have exactly these columns, in this order.

    Returns:
        How many rows.

    Raises:
        OSError: When the disk is full.
    """
    writer = ExportWriter(folder, name, columns)
    writer.begin()
    for row in rows:
        line = csv_line([row[column] for column in columns]).encode()
        writer.write(Chunk(1, line, json_elements([row])))
    writer.finish()
    return writer.rows


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Stream some columns of an exported CSV.

    Args:
        path: The file; nothing is yielded when it does not exist.
        columns: Names wanted; one the file does not have is empty.

    Yields:
        One mapping a row.
    """
    if not path.is_file():
        return
    csv.field_size_limit(_LARGEST_CELL)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        places = [(name, header.index(name)) for name in columns if name in header]
        absent = dict.fromkeys(columns, "")
        for line in reader:
            yield absent | {name: line[place] for name, place in places}


def is_true(text: object) -> bool:
    """Read a truth value as it stands in a CSV cell."""
    return text in {True, "True", "true"}
