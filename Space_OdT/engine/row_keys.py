"""Keys of rows: the one they are known by, and those that may stand in one row only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from Space_OdT.engine.entity_keys import KEY_COLUMNS, KEY_SEPARATOR
from Space_OdT.engine.first_seen import FirstSeen
from Space_OdT.engine.input_header import Header
from Space_OdT.engine.input_survey import Survey
from Space_OdT.engine.models import CellProblem, EntityType
from Space_OdT.webex.error_handling import ReasonCode

# Between the parts of a key; no cell contains it.
_BETWEEN = "\n"
_Key = tuple[FirstSeen, str]
Cells = Sequence[str]


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
        locations, users, assignments = (
            survey.rows_by_type.get(entity.value, 0) for entity in EntityType
        )
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
        keys_of: Callable[[Cells], list[_Key]] = {
            EntityType.LOCATION: self._location_keys,
            EntityType.USER: self._user_keys,
            EntityType.EXTENSION_ASSIGNMENT: self._assignment_keys,
        }[entity]()
        return EntityKeys(entity, self._header, keys_of, self._row_ids, self._taken)

    def _location_keys(self) -> Callable[[Cells], list[_Key]]:
        table = self._locations
        name, external_id = self._at("location_name", "location_external_id")

        def keys(cells: Cells) -> list[_Key]:
            own = {cells[external_id].casefold(), cells[name].casefold()} - {""}
            return [(table, key) for key in sorted(own)]

        return keys

    def _user_keys(self) -> Callable[[Cells], list[_Key]]:
        table = self._users
        (email,) = self._at("email")
        return lambda cells: [(table, cells[email])]

    def _assignment_keys(self) -> Callable[[Cells], list[_Key]]:
        email, place, extension, number = self._at(
            "email", "location_key", "extension", "phone_number"
        )
        canonical = self._canonical

        def keys(cells: Cells) -> list[_Key]:
            found = []
            if digits := cells[extension]:
                location = cells[place].casefold()
                key = f"{canonical.get(location, location)}{_BETWEEN}{digits}"
                found.append((self._extensions, key))
                found.append((self._people_with_extension, cells[email]))
            if phone := cells[number]:
                found.append((self._numbers, phone))
                found.append((self._people_with_number, cells[email]))
            return found

        return keys

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
        keys_of: From cells to tables and keys.
        row_ids: Ids of all rows, None when the file has no `row_ref`.
        taken: From a table, a key and a line to what is wrong.
    """

    def __init__(
        self,
        entity: EntityType,
        header: Header,
        keys_of: Callable[[Cells], list[_Key]],
        row_ids: FirstSeen | None,
        taken: Callable[[FirstSeen, str, int], CellProblem],
    ) -> None:
        self._keys_of = keys_of
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
        keys = self._keys_of(cells)
        if self._row_ids is not None:
            keys.append((self._row_ids, cells[self._row_ref] or str(number)))
        for done, (table, key) in enumerate(keys):
            if first := table.see(key, line):
                for other, mine in keys[:done]:
                    other.forget(mine)
                return self._taken(table, key, first)
        return None

    def entity_key(self, cells: Cells) -> str:
        """Give the key a row is known by in every output.

        Args:
            cells: Its cells.

        Returns:
            The explicit key, else the derived one; "" when neither is there.
        """
        if explicit := cells[self._explicit]:
            return explicit
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
