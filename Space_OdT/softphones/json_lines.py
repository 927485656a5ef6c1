"""A file of JSON objects, one a line, that only ever grows by whole lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.writers import DamagedOutputError, TornTail, repair_tail


class JsonLines:
    """Appends objects; a write that failed leaves nothing behind.

    Args:
        path: The file; made when it is missing.

    Raises:
        OSError: When it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = FileIO(path, "ab")
        self._size = path.stat().st_size

    def append(self, record: Any) -> None:
        """Write one object; when this returns, it survives the end of the process.

        Args:
            record: A JSON value.

        Raises:
            OSError: When it cannot be written as a whole; nothing of it stays.
        """
        data = memoryview(orjson.dumps(record, default=str, option=orjson.OPT_APPEND_NEWLINE))
        done = 0
        try:
            while done < len(data):
                done += self._file.write(data[done:]) or 0
        except OSError:
            self._file.truncate(self._size)
            raise
        self._size += done

    def sync(self) -> None:
        """Make everything written so far survive a power failure, or raise `OSError`."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; what was written stays written."""
        self._file.close()


def mend_tail(path: Path) -> TornTail | None:
    """Cut off a last line that is not whole; what is cut is kept in `<name>.torn`.

    Args:
        path: The file; may be missing.

    Returns:
        What was cut off; None when there was nothing to mend.

    Raises:
        OSError: When the files cannot be written.
    """
    return repair_tail(path)


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Stream the objects of a file.

    Args:
        path: The file; a missing one has none.

    Yields:
        The objects in their order.

    Raises:
        DamagedOutputError: When a line is no JSON object.
    """
    if not path.exists():
        return
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                record = orjson.loads(line)
            except ValueError:
                record = None
            if not isinstance(record, dict):
                fix = "move the file elsewhere; a new run finds what exists and goes on"
                raise DamagedOutputError(path, number, offset, "the line is no JSON object", fix)
            yield record
            offset += len(line)
