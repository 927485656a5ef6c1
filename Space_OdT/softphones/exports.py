"""Ids from the files of an inventory: who and what was there, and when that was read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from Space_OdT.webex.records import email_key

_PEOPLE, _LOCATIONS, _QUEUES = "people", "locations", "call_queues"
_STATUS = "status"


@dataclass(frozen=True, slots=True)
class Queue:
    """A call queue.

    Attributes:
        id: Its id.
        name: Its name.
        location_id: Id of its location, "" when unknown.
        location_name: Name of its location, "" when unknown.
        is_assist: Whether it is a Customer Assist queue, which other lists leave out.
    """

    id: str
    name: str
    location_id: str = ""
    location_name: str = ""
    is_assist: bool = False


@dataclass(frozen=True, slots=True)
class ExportedIds:
    """What exports know.

    Attributes:
        folder: Where they are; None when there are none.
        people: Address -> id.
        locations: Name as it stands -> ids.
        queues: The call queues.
        read_at: Table -> when it was read.
    """

    folder: Path | None = None
    people: Mapping[str, str] = field(default_factory=dict)
    locations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    queues: tuple[Queue, ...] = ()
    read_at: Mapping[str, datetime] = field(default_factory=dict)

    def described(self, now: datetime) -> str:
        """Say where ids come from and how old they are.

        Args:
            now: The present moment.

        Returns:
            One sentence.
        """
        if self.folder is None:
            return "No exports of an inventory: ids are looked up in Webex."
        counts = {
            _PEOPLE: len(self.people),
            _LOCATIONS: sum(map(len, self.locations.values())),
            _QUEUES: len(self.queues),
        }
        parts = [
            f"{count:,} {name.replace('_', ' ')} ({_age(self.read_at.get(name), now)})"
            for name, count in counts.items()
        ]
        return (
            f"Ids from {self.folder}: {', '.join(parts)}; every hit is checked, and what is not "
            "there is looked up in Webex."
        )


def _age(read_at: datetime | None, now: datetime) -> str:
    if read_at is None:
        return "no file"
    seconds = max(0.0, (now - read_at).total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} old"
    return "just read"


def read_exports(folders: Iterable[Path]) -> ExportedIds:
    """Read the first export folder that exists.

    Args:
        folders: Where to look, in this order.

    Returns:
        What it knows; a missing file leaves its table empty, CSV counts before JSON.
    """
    folder = next((one for one in folders if one.is_dir()), None)
    if folder is None:
        return ExportedIds()
    moments = _moments(folder)
    people = {
        email_key(row["email"]): row["person_id"]
        for row in _records(folder, _PEOPLE, ("email", "person_id"))
    }
    locations: dict[str, tuple[str, ...]] = {}
    for row in _records(folder, _LOCATIONS, ("name", "location_id")):
        ids = locations.get(row["name"], ())
        locations[row["name"]] = (*ids, row["location_id"])
    return ExportedIds(folder, people, locations, tuple(_queues(folder)), moments)


def _queues(folder: Path) -> Iterator[Queue]:
    for row in _records(folder, _QUEUES, ("id", "name")):
        yield Queue(
            row["id"],
            row["name"],
            row.get("location_id", ""),
            row.get("location_name", ""),
            row.get("has_cx_essentials", "").lower() == "true",
        )


def _moments(folder: Path) -> dict[str, datetime]:
    """Find when each table was read: what the inventory says, else the age of the file."""
    told = {
        row["module"]: row["read_at"] for row in _records(folder, _STATUS, ("module", "read_at"))
    }
    found = {}
    for name in (_PEOPLE, _LOCATIONS, _QUEUES):
        path = _file_of(folder, name)
        if path is None:
            continue
        try:
            moment = datetime.fromisoformat(told.get(name, ""))
        except ValueError:
            moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        found[name] = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return found


def _file_of(folder: Path, name: str) -> Path | None:
    files = (folder / f"{name}.csv", folder / f"{name}.json")
    return next((path for path in files if path.is_file()), None)


def _records(folder: Path, name: str, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Stream the records that have what is needed; a file of another kind has none."""
    path = _file_of(folder, name)
    if path is None:
        return
    rows = _csv_records(path) if path.suffix == ".csv" else _json_records(path)
    for row in rows:
        if all(row.get(column) for column in needed):
            yield row


def _csv_records(path: Path) -> Iterator[dict[str, str]]:
    limit = csv.field_size_limit(1 << 28)  # the column raw_json holds whole answers
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            for row in csv.DictReader(file):
                yield {name: value or "" for name, value in row.items() if isinstance(name, str)}
    finally:
        csv.field_size_limit(limit)


def _json_records(path: Path) -> Iterator[dict[str, str]]:
    try:
        rows = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        return
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield {name: "" if value is None else str(value) for name, value in row.items()}
