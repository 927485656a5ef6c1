"""Numbers and extensions: who has which, where; one truth for every list that shows them."""

from __future__ import annotations

from collections.abc import Iterable

from Space_OdT.simulator.organisation.entities import Line, Number, OwnerKind


class NumberPlan:
    """The number inventory of all locations and the lines that use it.

    A number has at most one line; an extension has at most one line in its location. All
    questions about one number, extension or owner are answered by a dictionary.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, Number] = {}
        self.lines: dict[str, list[Line]] = {}
        self.changes = 0
        self._in_location: dict[str, dict[str, Number]] = {}
        self._line_of_number: dict[str, Line] = {}
        self._line_of_extension: dict[tuple[str, str], Line] = {}
        self._extension_only: dict[str, dict[str, Line]] = {}
        self._entries: list[Number | Line] = []
        self._entries_at = -1

    def add(self, number: Number) -> None:
        """File a number in the inventory of its location."""
        self.numbers[number.phone_number] = number
        self._in_location.setdefault(number.location_id, {})[number.phone_number] = number
        self.changes += 1

    def remove(self, phone_number: str) -> None:
        """Take a number that nobody owns out of the inventory."""
        number = self.numbers.pop(phone_number)
        del self._in_location[number.location_id][phone_number]
        self.changes += 1

    def attach(self, line: Line) -> None:
        """Give an owner a line; its number and extension must be free.

        Args:
            line: The new line; a `phone_number` must be in the inventory.
        """
        if line.phone_number is not None:
            self._line_of_number[line.phone_number] = line
        if line.extension is not None:
            self._line_of_extension[line.location_id, line.extension] = line
            if line.phone_number is None:
                self._extension_only.setdefault(line.location_id, {})[line.extension] = line
        own = self.lines.setdefault(line.owner_id, [])
        if line.role == "PRIMARY":
            own.insert(0, line)
        else:
            own.append(line)
        self.changes += 1

    def detach(self, line: Line) -> None:
        """Take a line from its owner; the number stays in the inventory, unassigned."""
        own = self.lines[line.owner_id]
        own.remove(line)
        if not own:
            del self.lines[line.owner_id]
        if line.phone_number is not None:
            del self._line_of_number[line.phone_number]
        if line.extension is not None:
            del self._line_of_extension[line.location_id, line.extension]
            self._extension_only.get(line.location_id, {}).pop(line.extension, None)
        self.changes += 1

    def replace_primary(
        self,
        owner_id: str,
        kind: OwnerKind,
        location_id: str,
        phone_number: str | None,
        extension: str | None,
    ) -> None:
        """Set the main number and extension of an owner; alternates stay."""
        old = self.primary(owner_id)
        if old is not None:
            self.detach(old)
        if phone_number or extension:
            self.attach(Line(owner_id, kind, location_id, phone_number or None, extension or None))

    def release(self, owner_id: str) -> None:
        """Take every line from an owner."""
        for line in list(self.lines.get(owner_id, ())):
            self.detach(line)

    def primary(self, owner_id: str) -> Line | None:
        """Give the main line of an owner, if it has one."""
        own = self.lines.get(owner_id)
        return own[0] if own and own[0].role == "PRIMARY" else None

    def of_owner(self, owner_id: str) -> list[Line]:
        """Give all lines of an owner, the main line first."""
        return list(self.lines.get(owner_id, ()))

    def owner_of(self, phone_number: str) -> Line | None:
        """Give the line that uses a number."""
        return self._line_of_number.get(phone_number)

    def extension_line(self, location_id: str, extension: str) -> Line | None:
        """Give the line that uses an extension in a location."""
        return self._line_of_extension.get((location_id, extension))

    def in_location(self, location_id: str) -> Iterable[Number]:
        """Give the inventory of a location in the order it was loaded."""
        return self._in_location.get(location_id, {}).values()

    def extension_only(self, location_id: str) -> Iterable[Line]:
        """Give the lines of a location that have an extension and no number."""
        return self._extension_only.get(location_id, {}).values()

    def entries(self) -> list[Number | Line]:
        """Give the whole inventory: numbers, then lines with an extension only, by location."""
        if self._entries_at != self.changes:
            self._entries = [entry for item in self.locations() for entry in self.entries_in(item)]
            self._entries_at = self.changes
        return self._entries

    def entries_in(self, location_id: str) -> list[Number | Line]:
        """Give the inventory of one location: numbers, then lines with an extension only."""
        return [*self.in_location(location_id), *self.extension_only(location_id)]

    def entry_of(self, line: Line) -> Number | Line:
        """Give the row of the inventory that shows a line."""
        return self.numbers[line.phone_number] if line.phone_number else line

    def lines_with_extension(self, extension: str) -> list[Line]:
        """Give the lines of all locations that use an extension."""
        return [
            line
            for location_id in self.locations()
            if (line := self._line_of_extension.get((location_id, extension))) is not None
        ]

    def locations(self) -> list[str]:
        """Give the locations that have numbers or extensions, in the order first seen."""
        return list(dict.fromkeys((*self._in_location, *self._extension_only)))
