"""What other rows say about a row: the line of a person, the numbers a location needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from Space_OdT.engine.batch_iterator import ready_rows
from Space_OdT.engine.bulk.user import JoinedLine
from Space_OdT.engine.calling_settings import ALTERNATE_NUMBER
from Space_OdT.engine.join_index import JoinIndex
from Space_OdT.engine.models import EntityType, Row


class Joins:
    """Looks rows up in the ready file; only the numbers are kept in memory.

    Args:
        ready_csv: `ready_to_load.csv`.
        people: Rows about people in it.
        has_locations: Whether it has location rows at all.

    Raises:
        DamagedOutputError: When the file is not what validation wrote.
        OSError: When it cannot be read.
    """

    def __init__(self, ready_csv: Path, people: int, *, has_locations: bool) -> None:
        self._index = JoinIndex(ready_csv, people)
        self._numbers = _numbers(ready_csv) if has_locations else {}

    def line_of(self, email: str) -> JoinedLine | None:
        """Find what the assignment rows of a person say together.

        Args:
            email: E-mail address, lower case.

        Returns:
            The line; None when no row gives one.
        """
        rows = self._index.assignments_of(email)
        return joined_line(rows) if rows else None

    def numbers_of(self, row: Row) -> list[str]:
        """Find the numbers that people of a location are to get.

        Args:
            row: A location row; people refer to it by external id or by name.

        Returns:
            Numbers in E.164, in the order of the rows.
        """
        keys = {row.get(name).casefold() for name in ("location_external_id", "location_name")}
        return [number for key in sorted(keys - {""}) for number in self._numbers.get(key, ())]

    def close(self) -> None:
        """Close the ready file."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def joined_line(rows: list[Row]) -> JoinedLine:
    """Put the assignment rows of a person together: extension and number may stand in two.

    Args:
        rows: At least one.

    Returns:
        The line; of contradicting cells the first counts, the other row is judged in its phase.
    """
    return JoinedLine(
        location_key=rows[0].get("location_key"),
        extension=next(filter(None, (row.get("extension") for row in rows)), ""),
        phone_number=next(filter(None, (row.get("phone_number") for row in rows)), ""),
    )


def calling_users(ready_csv: Path) -> Iterator[tuple[str, str]]:
    """List the people whose rows want calling.

    Args:
        ready_csv: `ready_to_load.csv`.

    Yields:
        E-mail address and name of the licence, "" for the usual one.

    Raises:
        DamagedOutputError: When the file is not what validation wrote.
        OSError: When it cannot be read.
    """
    for row in ready_rows(ready_csv, EntityType.USER.value):
        if row.get("calling_enabled") != "false":
            yield row.get("email"), row.get("calling_license")


def _numbers(ready_csv: Path) -> dict[str, list[str]]:
    """Gather the numbers that people are to get, by location."""
    found: dict[str, list[str]] = {}
    for row in ready_rows(ready_csv):
        if row.entity_type == EntityType.LOCATION:
            continue
        for number in filter(None, (row.get("phone_number"), row.get(ALTERNATE_NUMBER))):
            found.setdefault(row.get("location_key").casefold(), []).append(number)
    return found
