"""What other rows say about a row: the line of a person, the numbers a location needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from Space_OdT.engine.bulk.user import JoinedLine
from Space_OdT.engine.calling_settings import ALTERNATE_NUMBER
from Space_OdT.engine.csv_lines import stored_records
from Space_OdT.engine.models import EntityType, Row

_COLUMNS = (
    "entity_type",
    "email",
    "location_key",
    "extension",
    "phone_number",
    "calling_enabled",
    "calling_license",
    ALTERNATE_NUMBER,
)
_PEOPLE = frozenset({EntityType.USER.value, EntityType.EXTENSION_ASSIGNMENT.value})


@dataclass(slots=True)
class Joins:
    """Made by one walk over the rows that are ready.

    Attributes:
        lines: E-mail address -> what its assignment rows say together.
        numbers: Comparable location key -> numbers its people are to get.
    """

    lines: dict[str, JoinedLine] = field(default_factory=dict)
    numbers: dict[str, list[str]] = field(default_factory=dict)

    def line_of(self, email: str) -> JoinedLine | None:
        """Find what the assignment rows of a person say.

        Args:
            email: E-mail address, lower case.

        Returns:
            The line; None when no row gives one.
        """
        return self.lines.get(email)

    def numbers_of(self, row: Row) -> list[str]:
        """Find the numbers that people of a location are to get.

        Args:
            row: A location row; people refer to it by external id or by name.

        Returns:
            Numbers in E.164, in the order of the rows.
        """
        keys = {row.get(name).casefold() for name in ("location_external_id", "location_name")}
        return [number for key in sorted(keys - {""}) for number in self.numbers.get(key, ())]

    def add(self, cells: dict[str, str]) -> None:
        """Take a row about a person; there may be one for the extension, one for the number.

        Args:
            cells: Its normalised cells.
        """
        location = cells["location_key"]
        for number in filter(None, (cells["phone_number"], cells[ALTERNATE_NUMBER])):
            self.numbers.setdefault(location.casefold(), []).append(number)
        if cells["entity_type"] != EntityType.EXTENSION_ASSIGNMENT:
            return
        email, extension, number = cells["email"], cells["extension"], cells["phone_number"]
        if known := self.lines.get(email):
            location = known.location_key
            extension, number = extension or known.extension, number or known.phone_number
        self.lines[email] = JoinedLine(location, extension, number)


def read_joins(ready_csv: Path) -> Joins:
    """Walk over the rows that are ready.

    Args:
        ready_csv: `ready_to_load.csv`.

    Returns:
        What rows say about each other.

    Raises:
        Damage: When the file is not what validation wrote.
        OSError: When it cannot be read.
    """
    joins = Joins()
    for cells in _rows(ready_csv, _PEOPLE):
        joins.add(cells)
    return joins


def calling_users(ready_csv: Path) -> Iterator[tuple[str, str]]:
    """List the people whose rows want calling.

    Args:
        ready_csv: `ready_to_load.csv`.

    Yields:
        E-mail address and name of the licence, "" for the usual one.

    Raises:
        Damage: When the file is not what validation wrote.
        OSError: When it cannot be read.
    """
    for cells in _rows(ready_csv, {EntityType.USER.value}):
        if cells["calling_enabled"] != "false":
            yield cells["email"], cells["calling_license"]


def _rows(ready_csv: Path, kinds: Collection[str]) -> Iterator[dict[str, str]]:
    records = stored_records(ready_csv)
    header = next(records).cells
    at = {name: header.index(name) for name in _COLUMNS if name in header}
    kind = at["entity_type"]
    for record in records:
        if record.cells[kind] in kinds:
            found = {name: record.cells[index] for name, index in at.items()}
            yield {**dict.fromkeys(_COLUMNS, ""), **found}
