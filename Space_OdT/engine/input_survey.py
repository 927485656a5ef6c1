"""A first look over all rows: how many there are, and what neighbours tell about damaged cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from Space_OdT.engine.input_header import Header
from Space_OdT.engine.input_reader import InputFile, Record
from Space_OdT.engine.models import EntityType
from Space_OdT.engine.normalise import clean_text
from Space_OdT.engine.phone_numbers import E164, calling_code_of, calling_code_of_country

# How much the neighbours must agree before a shorter extension counts as damaged.
_LEAST_NEIGHBOURS = 10
_LEAST_SHARE = 0.8
_LEAST_NEIGHBOURS_IN_FILE = 20
_LEAST_SHARE_IN_FILE = 0.95
_LEAST_SHARE_BESIDE_ZEROS = 0.5


class LimitExceededError(Exception):
    """The input is larger than a limit that was set; nothing was processed.

    Args:
        what: What is too many, with its number.
        limit: Name and value of the limit.
    """

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(f"{what}, more than {limit} allows. Nothing was processed.")


@dataclass(slots=True)
class Lengths:
    """Lengths of the extensions of one location, or of the file."""

    counts: dict[int, int] = field(default_factory=dict)
    with_leading_zero: set[int] = field(default_factory=set)

    def add(self, extension: str) -> None:
        """Count one extension.

        Args:
            extension: Its digits.
        """
        length = len(extension)
        self.counts[length] = self.counts.get(length, 0) + 1
        if extension[0] == "0":
            self.with_leading_zero.add(length)

    def merge(self, other: Lengths) -> None:
        """Add the counts of another place.

        Args:
            other: The counts to add.
        """
        for length, count in other.counts.items():
            self.counts[length] = self.counts.get(length, 0) + count
        self.with_leading_zero |= other.with_leading_zero

    def usual(self, least: int, share: float) -> int:
        """Find the length that makes shorter ones suspicious.

        Args:
            least: Fewest extensions to judge from, unless some begin with 0 in full view.
            share: Part of all that must have this length.

        Returns:
            The length; 0 when the extensions do not agree enough, or none is shorter.
        """
        if len(self.counts) < 2:  # noqa: PLR2004 - one length has nothing to be compared with
            return 0
        length = max(self.counts, key=lambda size: (self.counts[size], size))
        if min(self.counts) >= length:
            return 0
        total = sum(self.counts.values())
        part = self.counts[length] / total
        if length in self.with_leading_zero and part > _LEAST_SHARE_BESIDE_ZEROS:
            return length
        return length if total > least and part >= share else 0


@dataclass(frozen=True, slots=True)
class Survey:
    """What the rows tell together.

    Attributes:
        rows: How many rows there are, good or bad.
        rows_by_type: Content of `entity_type`, as it stands -> rows.
        canonical_locations: Case-folded name or external id -> the one key of that location.
        calling_codes: Case-folded location key -> country code of its country.
        seen_calling_codes: Country codes of the numbers that have their `+`.
        usual_digits: Case-folded location key -> length of extension that its neighbours have;
            only where a shorter one is suspicious.
    """

    rows: int
    rows_by_type: dict[str, int]
    canonical_locations: dict[str, str]
    calling_codes: dict[str, int]
    seen_calling_codes: frozenset[int]
    usual_digits: dict[str, int]

    def codes_at(self, location_key: str) -> frozenset[int]:
        """Tell which country codes a number without `+` may be given.

        Args:
            location_key: Name or external id of a location, as it stands in a row.

        Returns:
            The code of the location's country when the file has it, else those seen in the file.
        """
        code = self.calling_codes.get(location_key.casefold())
        return frozenset({code}) if code else self.seen_calling_codes

    def digits_at(self, location_key: str) -> int:
        """Tell which length makes a shorter extension suspicious.

        Args:
            location_key: Name or external id of a location, as it stands in a row.

        Returns:
            The length, 0 when any is fine.
        """
        return self.usual_digits.get(location_key.casefold(), 0)


class _Surveyor:
    """Walks over the rows once; keeps counts per location, never rows."""

    def __init__(self, header: Header) -> None:
        self.rows = 0
        self.types: dict[str, int] = {}
        self.canonical: dict[str, str] = {}
        self.codes: dict[str, int] = {}
        self.phone_prefixes: set[tuple[str, int]] = set()
        self.lengths: dict[str, Lengths] = {}
        self._type = header.names.index("entity_type")
        self._extension = header.position("extension")
        self._location = header.position("location_key")
        self._phone = header.position("phone_number")
        self._name = header.position("location_name")
        self._external_id = header.position("location_external_id")
        self._country = header.position("address_country")

    def walk(self, records: Iterable[Record], path: Path, max_rows: int) -> None:
        kind, extension, location = self._type, self._extension, self._location
        phone, lengths, prefixes = self._phone, self.lengths, self.phone_prefixes
        types = self.types
        for _, _, cells, problem in records:
            self.rows += 1
            if problem:
                continue
            if extension is not None and location is not None and (digits := cells[extension]):
                here = lengths.get(cells[location])
                if here is None:
                    here = lengths[cells[location]] = Lengths()
                if digits.isdigit():
                    here.add(digits)
            if phone is not None and (number := cells[phone]) and number[0] == "+":
                prefixes.add((number[:5], len(number)))
            entity_type = cells[kind]
            types[entity_type] = types.get(entity_type, 0) + 1
            if entity_type not in _PEOPLE:
                self._add_location(cells)
        if self.rows > max_rows:
            raise LimitExceededError(f"{path} has {self.rows:,} rows", f"MAX_ROWS={max_rows}")

    def _add_location(self, cells: list[str]) -> None:
        if clean_text(cells[self._type]).casefold() != EntityType.LOCATION:
            return
        name, external_id, country = (
            clean_text(cells[index]) if index is not None else ""
            for index in (self._name, self._external_id, self._country)
        )
        key = external_id or name
        code = calling_code_of_country(country.upper())
        for alias in filter(None, (external_id, name)):
            self.canonical.setdefault(alias.casefold(), key.casefold())
            if code:
                self.codes.setdefault(alias.casefold(), code)

    def seen_codes(self) -> frozenset[int]:
        samples = (prefix.ljust(length, "5") for prefix, length in self.phone_prefixes)
        codes = {calling_code_of(sample) for sample in samples if E164.fullmatch(sample)}
        return frozenset(codes - {0})

    def usual_digits(self) -> dict[str, int]:
        whole = Lengths()
        for here in self.lengths.values():
            whole.merge(here)
        in_file = whole.usual(_LEAST_NEIGHBOURS_IN_FILE, _LEAST_SHARE_IN_FILE)
        usual = {
            clean_text(key).casefold(): here.usual(_LEAST_NEIGHBOURS, _LEAST_SHARE) or in_file
            for key, here in self.lengths.items()
        }
        return {key: digits for key, digits in usual.items() if digits}


_PEOPLE = frozenset({EntityType.USER.value, EntityType.EXTENSION_ASSIGNMENT.value})


def survey(file: InputFile, header: Header, *, max_rows: int) -> Survey:
    """Read all rows once, before any is judged.

    Args:
        file: The opened input.
        header: Its columns.
        max_rows: Most rows allowed.

    Returns:
        What the rows tell together; its size depends on the number of locations, not of rows.

    Raises:
        LimitExceededError: When there are more rows; the message has the real number.
        InputFileError: When the file cannot be read to its end.
    """
    surveyor = _Surveyor(header)
    surveyor.walk(file.rows(), file.path, max_rows)
    return Survey(
        rows=surveyor.rows,
        rows_by_type=surveyor.types,
        canonical_locations=surveyor.canonical,
        calling_codes=surveyor.codes,
        seen_calling_codes=surveyor.seen_codes(),
        usual_digits=surveyor.usual_digits(),
    )
