"""What the inventory exports say about locations, people, workspaces and numbers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

_RAW = "raw_json"
_LARGEST_CELL = 2**31 - 1  # a raw object may exceed the csv module's default of 128 KiB

Item = Mapping[str, Any]

SOURCES: Mapping[str, str] = {
    "locations": "names, addresses and time zones of locations",
    "calling_locations_details": "main numbers and announcement languages",
    "location_pstn_connection": "routes of locations",
    "people": "people",
    "workspaces": "workspaces",
    "numbers": "numbers of locations",
    "licenses": "names of licences",
}
"""Artifacts that are read, and what is lacking without one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One exported row.

    Attributes:
        cells: Column -> text.
        item: The complete object of the API.
    """

    cells: Mapping[str, str]
    item: Item

    def first(self, *names: str) -> str:
        """Look a value up.

        Args:
            *names: Columns of the export, then fields of the object.

        Returns:
            The first that is not empty, "" when all are.
        """
        for name in names:
            value = self.cells.get(name) or self.item.get(name)
            if value not in (None, "", [], {}):
                return value if isinstance(value, str) else orjson.dumps(value).decode()
        return ""

    def inside(self, parent: str, key: str) -> str:
        """Look a value of an inner object up.

        Args:
            parent: Field that holds the object.
            key: Field of it.

        Returns:
            The text, "" when there is none.
        """
        inner = self.item.get(parent)
        value = inner.get(key) if isinstance(inner, Mapping) else None
        return str(value) if value is not None else ""


class Exports:
    """The exports of one inventory run.

    Args:
        folder: Their folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def missing(self) -> list[str]:
        """Artifacts that are not there."""
        return [name for name in SOURCES if not self._path(name).is_file()]

    def _path(self, artifact: str) -> Path:
        return self.folder / f"{artifact}.csv"

    def lines(self, artifact: str) -> Iterator[Line]:
        """Stream an artifact.

        Args:
            artifact: Its name.

        Yields:
            Its rows; none when the file is not there.

        Raises:
            OSError: When the file cannot be read.
            UnicodeDecodeError: When it is not UTF-8.
        """
        path = self._path(artifact)
        if not path.is_file():
            return
        csv.field_size_limit(_LARGEST_CELL)
        with path.open(encoding="utf-8-sig", newline="") as file:
            for cells in csv.DictReader(file, restval=""):
                yield Line(cells, _object(cells.get(_RAW, "")))

    @cached_property
    def locations(self) -> Sequence[Line]:
        """All locations."""
        return list(self.lines("locations"))

    @cached_property
    def location_names(self) -> Mapping[str, str]:
        """Id of a location -> its name."""
        return {bare(one.cells["location_id"]): one.first("name") for one in self.locations}

    @cached_property
    def connections(self) -> Mapping[str, Line]:
        """Id of a location -> its connection to the public network."""
        return self._by_location("location_pstn_connection")

    @cached_property
    def calling(self) -> Mapping[str, Line]:
        """Id of a location -> its calling settings."""
        return self._by_location("calling_locations_details")

    @cached_property
    def main_numbers(self) -> Mapping[str, str]:
        """Id of a location -> its main number."""
        found = {
            bare(one.first("location_id")): one.first("phone_number")
            for one in self.lines("numbers")
            if one.first("main_number").casefold() == "true"
        }
        for location, one in self.calling.items():
            if number := one.inside("callingLineId", "phoneNumber"):
                found[location] = number
        return found

    @cached_property
    def licence_names(self) -> Mapping[str, str]:
        """Id of a licence -> its name."""
        return {
            bare(one.first("license_id")): one.first("sku_or_name")
            for one in self.lines("licenses")
        }

    def _by_location(self, artifact: str) -> Mapping[str, Line]:
        return {bare(one.first("location_id")): one for one in self.lines(artifact)}

    @cached_property
    def _times(self) -> Mapping[str, int]:
        return Counter(name.casefold() for name in self.location_names.values())

    def is_only_one(self, name: str) -> bool:
        """Tell whether exactly one location has a name."""
        return self._times.get(name.casefold(), 0) == 1

    def name_of(self, location_id: str) -> str:
        """Name a location.

        Args:
            location_id: Its id, padded or not.

        Returns:
            The name, "" when it is not known.
        """
        return self.location_names.get(bare(location_id), "")


def bare(identifier: str) -> str:
    """Make an id comparable: it is seen with and without padding."""
    return identifier.rstrip("=")


def _object(text: str) -> Item:
    try:
        found = orjson.loads(text) if text else {}
    except ValueError:  # an export that somebody edited; its columns are still of use
        return {}
    return found if isinstance(found, dict) else {}
