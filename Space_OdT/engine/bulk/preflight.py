"""Before the first write: what the rows refer to exists, licences suffice, calls and time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.models import EntityType
from Space_OdT.engine.startup_checks import Access, unusable
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.engine.validation_report import ValidationReport
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.directory import AmbiguousNameError, Directory
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.records import Licence
from Space_OdT.webex.sources import NUMBERS_PAGE, PEOPLE_PAGE, Kind

# Most calls a row of each type may need; a location: create, enable, connection (set, read back),
# numbers, main number. Settings cost a read and a write each.
_LOCATION_CALLS, _USER_CALLS, _ASSIGNMENT_CALLS, _SETTINGS_CALLS = 6, 1, 2, 2
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the run may cost, as bounds.

    Attributes:
        lists: Calls that read whole lists.
        least: Calls when everything is as the rows want it already.
        most: Calls when every row needs all its writes.
        seconds: Time for `most` at the rate at hand, in seconds.
        rate: Calls a second it was computed with.
    """

    lists: int
    least: int
    most: int
    seconds: float
    rate: float


@dataclass(slots=True)
class Preflight:
    """What the checks found.

    Attributes:
        access: Whose token it is.
        warnings: What will leave rows pending, one sentence each.
        notes: What else the operator should know.
        estimate: Calls and time.
        blocked_rows: Rows that cannot succeed, as far as the checks can tell.
    """

    access: Access
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    estimate: Estimate | None = None
    blocked_rows: int = 0


class ReferenceChecks:
    """Compares what the rows refer to with the organisation.

    Args:
        directory: The organisation.
        book: Finds locations.
        licences: Knows the calling licences.
        report: What validation found in the file.
        profiles: The outgoing profiles there are.
    """

    def __init__(
        self,
        directory: Directory,
        book: LocationBook,
        licences: CallingLicences,
        report: ValidationReport,
        profiles: Profiles,
    ) -> None:
        self._directory = directory
        self._book = book
        self._licences = licences
        self._report = report
        self._profiles = profiles

    async def run(self, found: Preflight) -> None:
        """Check locations, routes, licences and profiles.

        Args:
            found: Takes what is found.

        Raises:
            WebexError: When a list cannot be read.
        """
        await self._check_locations(found)
        await self._check_routes(found)
        await self._check_licences(found)
        self._check_profiles(found)

    async def _check_locations(self, found: Preflight) -> None:
        await self._directory.load(Kind.LOCATION)
        missing: dict[str, int] = {}
        without_calling: dict[str, int] = {}
        for key, rows in self._report.locations.items():
            try:
                location = await self._book.find(key)
            except AmbiguousNameError as error:
                found.warnings.append(f"{error}: name one of them by its id ({_rows(rows)})")
                continue
            if location is None:
                missing[key] = rows
            elif not location.has_calling:
                without_calling[key] = rows
        if missing:
            names = [one.name for one in self._directory.locations.records()]
            first = next(iter(missing))
            meant = did_you_mean(first, names)
            _warn(found, "locations that do not exist and have no row here", missing, meant)
        if without_calling:
            _warn(found, "locations without Webex Calling and without a row here", without_calling)

    async def _check_routes(self, found: Preflight) -> None:
        missing: dict[str, int] = {}
        for reference, rows in self._report.routes.items():
            kind, _, name = reference.partition(":")
            if await self._directory.route(name, kind=kind) is None:
                missing[reference] = rows
        if missing:
            names = [one.name for one in self._directory.routes.records()]
            meant = did_you_mean(next(iter(missing)).partition(":")[2], names)
            _warn(found, "premises routes that do not exist", missing, meant)

    async def _check_licences(self, found: Preflight) -> None:
        for name, rows in self._report.licences.items():
            if not await self._licences.named(name):
                known = dict.fromkeys(one.name for one in await self._licences.all())
                what = f'no calling licence "{name}"' if name else "no usual calling licence"
                found.warnings.append(
                    f"{_rows(rows, 'user row')}: {what} (there are: {', '.join(known) or 'none'})"
                )
                found.blocked_rows += rows
        for candidates, rows in await self._by_kind(self._report.licences):
            free = self._free(candidates)
            wanted = _rows(rows, "user row")
            found.notes.append(f"{candidates[0].name}: {free:,} units free, wanted by {wanted}")

    async def _by_kind(self, rows: Mapping[str, int]) -> list[tuple[list[Licence], int]]:
        """Add rows up by what they mean: a blank cell and a name may mean the same licence."""
        found: dict[tuple[str, ...], tuple[list[Licence], int]] = {}
        for name, count in rows.items():
            candidates = await self._licences.named(name)
            kind = tuple(one.id for one in candidates)
            if kind:
                found[kind] = candidates, found.get(kind, (candidates, 0))[1] + count
        return list(found.values())

    def _free(self, candidates: Iterable[Licence]) -> int:
        return sum(self._licences.free_units(one) for one in candidates)

    def _check_profiles(self, found: Preflight) -> None:
        missing = {
            name: rows for name, rows in self._report.profiles.items() if name not in self._profiles
        }
        if missing:
            _warn(found, "outgoing profiles that no file describes", missing)

    async def check_units(self, emails: Iterable[tuple[str, str]], found: Preflight) -> None:
        """Count the units that people without calling need.

        Args:
            emails: E-mail address and licence name of every user row that wants calling.
            found: Takes what is found.

        Raises:
            WebexError: When people cannot be read.
        """
        needed: dict[str, int] = {}
        for email, name in emails:
            person = await self._directory.person(email)
            if person is not None and await self._licences.held(person.licences) is None:
                needed[name] = needed.get(name, 0) + 1
        for candidates, rows in await self._by_kind(needed):
            free = self._free(candidates)
            if rows > free:
                found.warnings.append(
                    f"{candidates[0].name}: needed by {_rows(rows, 'user row')}, {free:,} free: "
                    f"{_rows(rows - free, 'user row')} will be pending (precondition_missing)"
                )
                found.blocked_rows += rows - free

    async def may_run_short(self) -> bool:
        """Tell whether there are fewer free units than rows that may need one.

        Returns:
            True when it takes a look at the people to know.

        Raises:
            WebexError: When the list cannot be read.
        """
        wanted = await self._by_kind(self._report.licences)
        return any(rows > self._free(candidates) for candidates, rows in wanted)


def estimate(
    report: ValidationReport, client: WebexClient, *, users: int, max_rate: int | None
) -> Estimate:
    """Estimate calls and time before the first write.

    Args:
        report: What validation found.
        client: The client; its calls so far tell the latency.
        users: People of the organisation, as far as known.
        max_rate: Calls a minute at most; None when the limit is to be found.

    Returns:
        The bounds.
    """
    ready = report.ready
    locations = ready.get(EntityType.LOCATION, 0)
    people = ready.get(EntityType.USER, 0)
    assignments = ready.get(EntityType.EXTENSION_ASSIGNMENT, 0)
    keys = max(people, assignments)
    lists = 5 + min(keys, users // PEOPLE_PAGE + 1) + min(assignments, users // NUMBERS_PAGE + 2)
    settings = report.rows_with_settings
    least = lists + settings
    most = (
        lists
        + locations * _LOCATION_CALLS
        + people * _USER_CALLS
        + assignments * _ASSIGNMENT_CALLS
        + settings * _SETTINGS_CALLS
    )
    stats = client.stats.families.values()
    calls = sum(one.calls for one in stats)
    latency = sum(one.seconds for one in stats) / calls if calls else 0.1
    rate = client.concurrency / max(latency, 0.001)
    if max_rate:
        rate = min(rate, max_rate / 60)
    return Estimate(lists, least, most, most / rate, rate)


def check_token_lasts(access: Access, expected: Estimate, found: Preflight) -> None:
    """Warn when the token will probably end before the run does.

    Args:
        access: Whose token it is.
        expected: What the run may cost.
        found: Takes the warning.
    """
    if access.expires_at is None:
        return
    left = access.expires_at - datetime.now(UTC)
    if left < timedelta(seconds=expected.seconds):
        found.warnings.append(
            f"the token ends in {_duration(left)}, the run may take "
            f"{_duration(timedelta(seconds=expected.seconds))}: it will stop then and go on with "
            "a new token"
        )


async def read_basics(client: WebexClient, directory: Directory, *more: Kind) -> None:
    """Read the two lists every run needs; this also proves the scopes for reading.

    Args:
        client: The client of the run.
        directory: Takes the lists.
        *more: Further short lists that will be asked for right after.

    Raises:
        StartupError: When one of them cannot be read.
    """
    try:
        await asyncio.gather(*map(directory.load, (Kind.LOCATION, Kind.LICENCE, *more)))
    except WebexError as error:
        raise unusable(error, client) from error


def _warn(found: Preflight, what: str, rows: Mapping[str, int], meant: str = "") -> None:
    total = sum(rows.values())
    shown = ", ".join(list(rows)[:_SHOWN])
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    verb = "names" if total == 1 else "name"
    found.warnings.append(f"{_rows(total)} {verb} {what}: {shown}{more} {meant}".rstrip())
    found.blocked_rows += total


def _rows(count: int, kind: str = "row") -> str:
    return f"{count:,} {kind}" if count == 1 else f"{count:,} {kind}s"


def _duration(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004
