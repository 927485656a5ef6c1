"""Which location a key means: our own map of external ids first, then the name."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from Space_OdT.webex.directory import Directory
from Space_OdT.webex.records import Location, name_key

COLUMNS = ("location_external_id", "location_id", "location_name", "noted_at")


class LocationBook:
    """Finds locations; remembers the external ids that Webex has no field for.

    The file is appended to and synced with every new entry, before anything else is done with the
    location: a location made just before a crash is found again by its external id. The last
    entry of an external id counts; a line torn by a crash is ended and counts for nothing.

    Args:
        directory: The organisation.
        path: The map file; None keeps the map in memory, as a plan does.
        clock: The present.

    Raises:
        OSError: When the file cannot be read.
    """

    def __init__(
        self,
        directory: Directory,
        path: Path | None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._directory = directory
        self._path = path
        self._clock = clock
        self._ids: dict[str, str] = read_map(path) if path is not None else {}

    def preload(self, path: Path) -> None:
        """Take over the entries of another map file without writing to it.

        Args:
            path: A map file; a missing one holds nothing.
        """
        self._ids.update(read_map(path))

    async def find(self, key: str) -> Location | None:
        """Find a location.

        Args:
            key: External id or name.

        Returns:
            The location; None when neither the map nor the organisation has it.

        Raises:
            AmbiguousNameError: When several locations have the name.
            WebexError: When the API cannot be asked.
        """
        mapped = self._ids.get(name_key(key))
        if mapped and (found := await self._directory.location(mapped)):
            return found
        return await self._directory.location(key)

    def note(self, external_id: str, location: Location) -> None:
        """Remember the external id of a location, durably.

        Args:
            external_id: The operator's own id; "" notes nothing.
            location: The location it means.

        Raises:
            OSError: When the file cannot be written.
        """
        if not external_id or self._ids.get(name_key(external_id)) == location.id:
            return
        self._ids[name_key(external_id)] = location.id
        if self._path is not None:
            stamp = self._clock().isoformat(timespec="seconds")
            _append(self._path, (external_id, location.id, location.name, stamp))

    def forget(self, external_id: str) -> None:
        """Take an external id out, for its location was removed again.

        Args:
            external_id: The operator's own id.

        Raises:
            OSError: When the file cannot be written.
        """
        if self._ids.pop(name_key(external_id), None) and self._path is not None:
            stamp = self._clock().isoformat(timespec="seconds")
            _append(self._path, (external_id, "", "", stamp))


def read_map(path: Path) -> dict[str, str]:
    """Read a map file.

    Args:
        path: The file; a missing one holds nothing.

    Returns:
        External id, comparable -> id of the location.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    whole_lines = text[: text.rfind("\n") + 1]
    ids: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(whole_lines, newline="")):
        key, location_id = row.get(COLUMNS[0]), row.get(COLUMNS[1])
        if key:
            ids[name_key(key)] = location_id or ""
    return {key: location_id for key, location_id in ids.items() if location_id}


def _append(path: Path, row: tuple[str, ...]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    with path.open("a+b") as file:
        if not file.seek(0, os.SEEK_END):
            writer.writerow(COLUMNS)
        else:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                text.write("\n")
        writer.writerow(row)
        file.write(text.getvalue().encode())
        file.flush()
        os.fsync(file.fileno())
