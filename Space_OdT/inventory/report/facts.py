"""Exported files -> the numbers of the organisation; rows are read one at a time and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from Space_OdT.inventory.report.tables import as_count, as_flag, clean, read_columns

NOWHERE = ""
"""Name of the place of whatever has no location."""


@dataclass(frozen=True, slots=True)
class Share:
    """A whole and the part of it that counts.

    Attributes:
        total: All of them; `None` when they were not read.
        part: The ones with the property; `None` when not known.
    """

    total: int | None = None
    part: int | None = None


@dataclass(frozen=True, slots=True)
class NumberStates:
    """Phone numbers by what can be done with them.

    Attributes:
        in_use: Active and assigned to an owner.
        free: Active and unassigned.
        inactive: Not yet activated, whoever owns them.
    """

    in_use: int = 0
    free: int = 0
    inactive: int = 0

    @property
    def total(self) -> int:
        """All numbers."""
        return self.in_use + self.free + self.inactive


@dataclass(frozen=True, slots=True)
class LicenceUse:
    """One licence of the organisation.

    Attributes:
        used: Units assigned; `None` when Webex does not say.
        bought: Units of the subscription; `None` when unlimited or unknown.
    """

    name: str
    used: int | None
    bought: int | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the V1 requirements check."""

    name: str
    met: bool
    artifact: str
    details: str


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """Everything the tiles and charts show about the organisation.

    Attributes:
        people: People, and those with Webex Calling.
        locations: Locations, and those with Webex Calling.
        workspaces: Workspaces, and those with Webex Calling.
        people_by_location: Location name -> people; `NOWHERE` for those without one.
        workspaces_by_kind: Webex workspace type -> workspaces.
        numbers: All numbers, or `None` when no artifact with numbers was read.
        numbers_by_location: Location name -> numbers.
        licences: All licences, in file order.
        requirements: The V1 requirements check, when it was exported.
    """

    people: Share = field(default_factory=Share)
    locations: Share = field(default_factory=Share)
    workspaces: Share = field(default_factory=Share)
    people_by_location: Mapping[str, int] = field(default_factory=dict)
    workspaces_by_kind: Mapping[str, int] = field(default_factory=dict)
    numbers: NumberStates | None = None
    numbers_by_location: Mapping[str, NumberStates] = field(default_factory=dict)
    licences: tuple[LicenceUse, ...] = ()
    requirements: tuple[Requirement, ...] = ()

    @property
    def licences_used(self) -> int | None:
        """Units in use of the licences that have a limit; `None` when no licence has one."""
        limited = [licence for licence in self.licences if licence.bought is not None]
        return sum(licence.used or 0 for licence in limited) if limited else None

    @property
    def licences_bought(self) -> int | None:
        """Units bought; `None` when no licence has a limit."""
        bought = [licence.bought for licence in self.licences if licence.bought is not None]
        return sum(bought) if bought else None


def read_facts(exports_dir: Path, unread: Collection[str] = ()) -> OrganisationFacts:
    """Read the exported files into the numbers of the organisation.

    Args:
        exports_dir: Folder of the exported files; any of them may be missing.
        unread: Artifacts that could not be read: their empty files say nothing.

    Returns:
        The numbers; unknown ones stay `None` or empty.
    """
    files = _Files(exports_dir, unread)
    places = _location_names(files)
    people, people_by_location = _people(files, places)
    workspaces, workspaces_by_kind = _workspaces(files)
    by_location = _numbers(files, places)
    return OrganisationFacts(
        people=people,
        locations=_locations(files),
        workspaces=workspaces,
        people_by_location=people_by_location,
        workspaces_by_kind=workspaces_by_kind,
        numbers=_sum_states(by_location.values()) if by_location else None,
        numbers_by_location=by_location,
        licences=_licences(files),
        requirements=_requirements(files),
    )


@dataclass(frozen=True, slots=True)
class _Files:
    """The exported files that say something."""

    folder: Path
    unread: Collection[str]

    def has(self, artifact: str) -> bool:
        return artifact not in self.unread and self._path(artifact).is_file()

    def rows(self, artifact: str, *columns: str) -> Iterator[tuple[str, ...]]:
        if self.has(artifact):
            yield from read_columns(self._path(artifact), columns)

    def _path(self, artifact: str) -> Path:
        return self.folder / f"{artifact}.csv"


def _location_names(files: _Files) -> dict[str, str]:
    names: dict[str, str] = {}
    for artifact in ("locations", "calling_locations"):
        for location_id, name in files.rows(artifact, "location_id", "name"):
            if location_id and name:
                names.setdefault(_key(location_id), clean(name))
    return names


def _people(files: _Files, places: Mapping[str, str]) -> tuple[Share, dict[str, int]]:
    if not files.has("people"):
        return Share(), {}
    total = calling = 0
    by_location: Counter[str] = Counter()
    for location_id, flag in files.rows("people", "location_id", "webex_calling_enabled"):
        total += 1
        calling += as_flag(flag)
        by_location[_place(location_id, places)] += 1
    return Share(total, calling), dict(by_location)


def _locations(files: _Files) -> Share:
    total = _distinct_ids(files, "locations")
    calling = _distinct_ids(files, "calling_locations")
    return Share(total, calling)


def _workspaces(files: _Files) -> tuple[Share, dict[str, int]]:
    if not files.has("workspaces"):
        return Share(), {}
    total = calling = 0
    kinds: Counter[str] = Counter()
    for flag, raw in files.rows("workspaces", "webex_calling_enabled", "raw_json"):
        total += 1
        calling += as_flag(flag)
        kinds[_kind(raw)] += 1
    return Share(total, calling), dict(kinds)


def _kind(raw: str) -> str:
    try:
        item = orjson.loads(raw)
    except orjson.JSONDecodeError:
        item = None
    kind = item.get("type") if isinstance(item, dict) else None
    return clean(str(kind or "notSet"))


def _numbers(files: _Files, places: Mapping[str, str]) -> dict[str, NumberStates]:
    counts: dict[str, Counter[str]] = {}
    for place, state in _number_states(files, places):
        counts.setdefault(place, Counter())[state] += 1
    return {place: NumberStates(**states) for place, states in counts.items()}


def _number_states(files: _Files, places: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    columns = ("phone_number", "state", "owner_id", "location_id", "location_name")
    for number, state, owner, location_id, location in files.rows("numbers", *columns):
        if number:  # the others are extensions without a number of their own
            yield clean(location) or _place(location_id, places), _number_state(state, owner)


def _number_state(state: str, owner: str) -> str:
    if state.upper() == "INACTIVE":
        return "inactive"
    return "in_use" if owner else "free"


def _licences(files: _Files) -> tuple[LicenceUse, ...]:
    columns = ("sku_or_name", "consumed_units", "total_units")
    return tuple(
        _licence(name, as_count(used), as_count(bought))
        for name, used, bought in files.rows("licenses", *columns)
    )


def _licence(name: str, used: int | None, bought: int | None) -> LicenceUse:
    """Webex writes 0 or -1 units for what is not sold by the unit."""
    return LicenceUse(clean(name), used, bought if bought is not None and bought > 0 else None)


def _requirements(files: _Files) -> tuple[Requirement, ...]:
    columns = ("requirement_id", "status", "artifact", "details")
    rows = files.rows("v1_requirements_status", *columns)
    return tuple(
        Requirement(clean(name), status == "ok", clean(artifact), clean(details))
        for name, status, artifact, details in rows
    )


def _distinct_ids(files: _Files, artifact: str) -> int | None:
    if not files.has(artifact):
        return None
    return len({_key(cell) for (cell,) in files.rows(artifact, "location_id") if cell})


def _place(location_id: str, places: Mapping[str, str]) -> str:
    if not location_id:
        return NOWHERE
    return places.get(_key(location_id), clean(location_id))


def _sum_states(states: Iterable[NumberStates]) -> NumberStates:
    total = NumberStates()
    for one in states:
        total = NumberStates(
            total.in_use + one.in_use, total.free + one.free, total.inactive + one.inactive
        )
    return total


def _key(webex_id: str) -> str:
    """Webex ids are base64 and come with or without padding."""
    return webex_id.rstrip("=")
