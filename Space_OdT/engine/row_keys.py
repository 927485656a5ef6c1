"""Keys of rows: the one they are known by, and those that may stand in one row only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from Space_OdT.engine.first_seen import FirstSeen
from Space_OdT.engine.input_header import Header
from Space_OdT.engine.input_survey import Survey
from Space_OdT.engine.models import CellProblem, EntityType
from Space_OdT.webex.error_handling import ReasonCode

# Columns of the natural key of a row that gives none: alternatives in order of preference; the
# last column of one decides whether it applies.
KEY_COLUMNS: Mapping[EntityType, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        EntityType.LOCATION: (("location_external_id",), ("location_name",)),
        EntityType.USER: (("email",),),
        EntityType.EXTENSION_ASSIGNMENT: (
            ("location_key", "extension"),
            ("location_key", "phone_number"),
        ),
    }
)
KEY_SEPARATOR = ":"
# Between the parts of a key; no cell contains it.
_BETWEEN = "\n"
Cells = Sequence[str]
# A table, a key, and the line where the key was seen first, 0 for a key that is new.
_Seen = tuple[FirstSeen, str, int]
# Remembers all keys of a row; tells about them only when one was there already.
_Seer = Callable[[Cells, int], list[_Seen] | None]


class RowKeys:
    """The unique keys of a whole file.

    Args:
        header: Columns of the file.
        survey: What all rows tell together; also how many keys to make room for.
    """

    def __init__(self, header: Header, survey: Survey) -> None:
        self._canonical = survey.canonical_locations
        self._header = header
        has_row_ref = "row_ref" in header.names
        # a type that is spelt oddly may turn out to be any of the three
        named = [survey.rows_by_type.get(entity.value, 0) for entity in EntityType]
        odd = survey.rows - sum(named)
        locations, users, assignments = (rows + odd for rows in named)
        self._row_ids = FirstSeen(survey.rows) if has_row_ref else None
        self._locations = FirstSeen(2 * locations)
        self._users = FirstSeen(users)
        self._extensions = FirstSeen(assignments)
        self._numbers = FirstSeen(assignments)
        self._people_with_extension = FirstSeen(assignments)
        self._people_with_number = FirstSeen(assignments)

    def of(self, entity: EntityType) -> EntityKeys:
        """Bind the keys of one type of row.

        Args:
            entity: Type of row.

        Returns:
            What claims and names them.
        """
        seer = {
            EntityType.LOCATION: self._location_seer,
            EntityType.USER: self._user_seer,
            EntityType.EXTENSION_ASSIGNMENT: self._assignment_seer,
        }[entity]()
        return EntityKeys(entity, self._header, seer, self._row_ids, self._taken)

    def _location_seer(self) -> _Seer:
        table = self._locations
        name, external_id = self._at("location_name", "location_external_id")

        def see(cells: Cells, line: int) -> list[_Seen] | None:
            own = sorted({cells[external_id].casefold(), cells[name].casefold()} - {""})
            seen = [(table, key, table.see(key, line)) for key in own]
            return seen if any(first for _, _, first in seen) else None

        return see

    def _user_seer(self) -> _Seer:
        table = self._users
        (email,) = self._at("email")

        def see(cells: Cells, line: int) -> list[_Seen] | None:
            first = table.see(cells[email], line)
            return [(table, cells[email], first)] if first else None

        return see

    def _assignment_seer(self) -> _Seer:
        email, place, extension, number = self._at(
            "email", "location_key", "extension", "phone_number"
        )
        canonical = self._canonical
        extensions, numbers = self._extensions, self._numbers
        with_extension, with_number = self._people_with_extension, self._people_with_number

        def see(cells: Cells, line: int) -> list[_Seen] | None:
            person, digits, phone = cells[email], cells[extension], cells[number]
            first = second = third = fourth = 0
            key = ""
            if digits:
                location = cells[place].casefold()
                key = f"{canonical.get(location, location)}{_BETWEEN}{digits}"
                first = extensions.see(key, line)
                second = with_extension.see(person, line)
            if phone:
                third = numbers.see(phone, line)
                fourth = with_number.see(person, line)
            if not (first or second or third or fourth):
                return None
            of_extension = [(extensions, key, first), (with_extension, person, second)]
            of_number = [(numbers, phone, third), (with_number, person, fourth)]
            return (of_extension if digits else []) + (of_number if phone else [])

        return see

    def _at(self, *names: str) -> tuple[int, ...]:
        """Find columns; one that the file lacks reads as the blank cell behind the last."""
        return _positions(self._header, names)

    def _taken(self, table: FirstSeen, key: str, line: int) -> CellProblem:
        column, kind = {
            id(self._row_ids): ("row_ref", "row id"),
            id(self._locations): ("location_name", "location name or external id"),
            id(self._users): ("email", "person"),
            id(self._extensions): ("extension", "extension in its location"),
            id(self._numbers): ("phone_number", "number"),
            id(self._people_with_extension): ("email", "person with an extension"),
            id(self._people_with_number): ("email", "person with a number"),
        }[id(table)]
        return CellProblem(
            column,
            key.rpartition(_BETWEEN)[2],
            f"a {kind} that no other row has; it stands in line {line} already",
            "keep one of the two rows",
            reason_code=ReasonCode.DUPLICATE_KEY,
        )


def _positions(header: Header, names: Sequence[str]) -> tuple[int, ...]:
    blank = len(header.names)
    return tuple(header.names.index(name) if name in header.names else blank for name in names)


class EntityKeys:
    """The keys of one type of row, bound to the columns of one file.

    All cells that its methods take have one blank cell behind them, which stands for every column
    that the file does not have.

    Args:
        entity: Type of row.
        header: Columns of the file.
        seer: Remembers the keys of a row.
        row_ids: Ids of all rows, None when the file has no `row_ref`.
        taken: From a table, a key and a line to what is wrong.
    """

    def __init__(
        self,
        entity: EntityType,
        header: Header,
        seer: _Seer,
        row_ids: FirstSeen | None,
        taken: Callable[[FirstSeen, str, int], CellProblem],
    ) -> None:
        self._see = seer
        self._row_ids = row_ids
        self._taken = taken
        self._explicit, self._row_ref = _positions(header, ("entity_key", "row_ref"))
        self._derived = tuple(_positions(header, columns) for columns in KEY_COLUMNS[entity])

    def claim(self, cells: Cells, line: int, number: int) -> CellProblem | None:
        """Take all keys of a row, or none of them.

        Args:
            cells: Its normalised cells.
            line: Line where it starts.
            number: Its number.

        Returns:
            None when the row is the first with each of its keys, else which one is taken.
        """
        if self._row_ids is not None:
            row_id = cells[self._row_ref] or str(number)
            if first := self._row_ids.see(row_id, line):
                return self._taken(self._row_ids, row_id, first)
        seen = self._see(cells, line)
        if seen is None:
            return None
        if self._row_ids is not None:
            self._row_ids.forget(row_id)
        for table, key, first in seen:
            if not first:
                table.forget(key)
        return next(self._taken(*found) for found in seen if found[2])

    def entity_key(self, cells: Cells) -> str:
        """Give the key a row is known by in every output.

        Args:
            cells: Its cells.

        Returns:
            The explicit key, else the derived one; "" when neither is there.
        """
        return cells[self._explicit] or self.derived_key(cells)

    def derived_key(self, cells: Cells) -> str:
        """Give the key that the cells themselves make.

        Args:
            cells: Its cells.

        Returns:
            The derived key; "" when the columns it is made of are blank.
        """
        for positions in self._derived:
            if cells[positions[-1]]:
                return KEY_SEPARATOR.join([cells[position] for position in positions])
        return ""

    def row_id(self, cells: Cells, number: int) -> str:
        """Give the id of a row in every output.

        Args:
            cells: Its cells.
            number: Its number.

        Returns:
            The content of `row_ref`, else the number.
        """
        return cells[self._row_ref] or str(number)
