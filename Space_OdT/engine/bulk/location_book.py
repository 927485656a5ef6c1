"""Which location a key means: our own map of external ids first, then the name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from Space_OdT.engine.csv_lines import Damage, stored_records
from Space_OdT.engine.writers import AppendOnlyCsv, DamagedOutputError
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.records import Location, name_key

COLUMNS = ("location_external_id", "location_id", "location_name", "noted_at")
_NO_LOCATION = ""


class LocationBook:
    """Finds locations; remembers the external ids that Webex has no field for.

    The file is appended to and synced with every new entry, before anything else is done with the
    location: a location made just before a crash is found again by its external id. The last
    entry of an external id counts.

    Args:
        directory: The organisation.
        path: The map file; None keeps the map in memory, as a plan does.
        clock: The present.

    Raises:
        DamagedOutputError: When the file is not what this class writes.
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
        self._file: AppendOnlyCsv | None = None
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
        return await self.mapped(key) or await self._directory.location(key)

    async def mapped(self, external_id: str) -> Location | None:
        """Find a location by an external id alone; no name is taken for one.

        Args:
            external_id: The operator's own id.

        Returns:
            The location; None when the map has none, or it exists no more.

        Raises:
            WebexError: When the API cannot be asked.
        """
        location_id = self._ids.get(name_key(external_id))
        return await self._directory.location(location_id) if location_id else None

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
        self._append(external_id, location.id, location.name)

    def forget(self, external_id: str) -> None:
        """Take an external id out, for its location was removed again.

        Args:
            external_id: The operator's own id.

        Raises:
            OSError: When the file cannot be written.
        """
        if self._ids.pop(name_key(external_id), None):
            self._append(external_id, _NO_LOCATION, "")

    def _append(self, external_id: str, location_id: str, name: str) -> None:
        if self._path is None:
            return
        if self._file is None:
            self._file = AppendOnlyCsv(self._path, COLUMNS)
        stamp = self._clock().isoformat(timespec="seconds")
        self._file.append((external_id, location_id, name, stamp))
        self._file.sync()

    def close(self) -> None:
        """Close the map file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_map(path: Path) -> dict[str, str]:
    """Read a map file.

    Args:
        path: The file; a missing one holds nothing.

    Returns:
        External id, comparable -> id of the location.

    Raises:
        DamagedOutputError: When it is not what `LocationBook` writes.
        OSError: When it cannot be read.
    """
    if not path.exists():
        return {}
    ids: dict[str, str] = {}
    try:
        for record in stored_records(path, width=len(COLUMNS)):
            if record.line > 1:
                ids[name_key(record.cells[0])] = record.cells[1]
    except Damage as damage:
        fix = "repair the line, or delete the file: locations are then found by name"
        raise DamagedOutputError(path, damage.line, damage.offset, damage.what, fix) from None
    return {key: location_id for key, location_id in ids.items() if location_id}
