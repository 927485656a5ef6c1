"""Find the rows of a person in the ready file by e-mail, in flat memory."""

from __future__ import annotations

import csv
from array import array
from pathlib import Path
from types import TracebackType
from typing import Self

from Space_OdT.engine.batch_iterator import RowReader, damaged_ready
from Space_OdT.engine.csv_lines import Damage, stored_records
from Space_OdT.engine.first_seen import default_digest
from Space_OdT.engine.models import EntityType, Row

_DIGEST_MASK = (1 << 62) - 1
_FEWEST_SLOTS = 1 << 10
_PEOPLE = frozenset({EntityType.USER.value, EntityType.EXTENSION_ASSIGNMENT.value})


class JoinIndex:
    """E-mail address -> rows, as positions in `ready_to_load.csv`.

    A table of digests (8 bytes) and positions (8 bytes) at most two thirds full: 24 to 48 bytes a
    row, whatever the rows hold. Rows are read from the file when they are asked for, and compared
    with the address, so that equal digests of different addresses do no harm.

    Args:
        ready_csv: `ready_to_load.csv`; it must not change while the index is in use.
        people: Rows about people in it, to make room for.

    Raises:
        DamagedOutputError: When the file is not what the pipeline writes.
        OSError: When it cannot be read.
    """

    def __init__(self, ready_csv: Path, people: int) -> None:
        self._path = ready_csv
        self._digest = default_digest()
        slots = max(_FEWEST_SLOTS, 1 << (people * 3 // 2).bit_length())
        self._mask = slots - 1
        self._digests = array("Q", bytes(8 * slots))
        self._offsets = array("Q", bytes(8 * slots))
        self._reader, self._email = self._fill()
        self._file = ready_csv.open("rb")

    def _fill(self) -> tuple[RowReader, int]:
        try:
            records = stored_records(self._path)
            header = next(records).cells
            reader = RowReader(header)
            kind, email = header.index("entity_type"), header.index("email")
            for _, offset, cells in records:
                if cells[kind] in _PEOPLE:
                    self._add(cells[email], offset)
        except (Damage, StopIteration, KeyError, ValueError) as error:
            raise damaged_ready(self._path, error) from None
        return reader, email

    def _add(self, email: str, offset: int) -> None:
        digest = self._digest(email) & _DIGEST_MASK or 1
        digests, mask = self._digests, self._mask
        slot = digest & mask
        while digests[slot]:
            slot = (slot + 1) & mask
        digests[slot] = digest
        self._offsets[slot] = offset

    def rows_of(self, email: str) -> list[Row]:
        """Find all rows of a person.

        Args:
            email: The address as the pipeline writes it: trimmed, lower case.

        Returns:
            User and assignment rows, in the order of the file.
        """
        digest = self._digest(email) & _DIGEST_MASK or 1
        slot = digest & self._mask
        offsets = []
        while found := self._digests[slot]:
            if found == digest:
                offsets.append(self._offsets[slot])
            slot = (slot + 1) & self._mask
        return [row for row in map(self._read, sorted(offsets)) if row.get("email") == email]

    def assignments_of(self, email: str) -> list[Row]:
        """Find the assignment rows of a person: extension and number may stand in two.

        Args:
            email: The address as the pipeline writes it.

        Returns:
            The rows, in the order of the file.
        """
        kind = EntityType.EXTENSION_ASSIGNMENT.value
        return [row for row in self.rows_of(email) if row.entity_type == kind]

    def _read(self, offset: int) -> Row:
        self._file.seek(offset)
        line = self._file.readline().decode()
        return self._reader.row(next(csv.reader([line], strict=True)))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
