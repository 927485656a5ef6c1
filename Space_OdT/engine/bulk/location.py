"""Phase 1: a location as its row says, with calling, a way out, its numbers and its main one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_helpers import (
    NUMBERS_PER_CALL,
    LocationFacts,
    language_differs,
    location_body,
    location_differs,
    location_update_body,
)
from Space_OdT.engine.action_model import Action, Call, Compensation, Effect, PendingError, Result
from Space_OdT.engine.bulk.compensation import remove_location
from Space_OdT.engine.bulk.connections import PremisesConnections
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.models import Phase, Row
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Number, Route

LOCAL_GATEWAY, CARRIER = "LOCAL_GATEWAY", "NON_INTEGRATED_CCP"
_KEEPS_NUMBERS = frozenset({LOCAL_GATEWAY, CARRIER})
# The list of connection options shows names, never types; these two names are Webex's own.
_NOT_A_CARRIER = frozenset({"premises-based pstn", "cisco calling plans"})
_NON_INTEGRATED = "non-integrated"
_CONFLICT, _MISSING = 409, 404
_BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class LocationParams:
    """What a location row asks for.

    Attributes:
        key: Key of the row: external id or name.
        external_id: The operator's own id, "" for none.
        facts: Name, languages, time zone and address.
        has_calling: Whether to enable Webex Calling.
        pstn_type: Type of the connection, "" leaves it as it is.
        route_type: Kind of the premises route, "" for none.
        route_name: Name of the premises route, "" for none.
        main_number: Main number in E.164, "" leaves it as it is.
        numbers: Further numbers that people of this location are to get.
    """

    key: str
    external_id: str
    facts: LocationFacts
    has_calling: bool = True
    pstn_type: str = ""
    route_type: str = ""
    route_name: str = ""
    main_number: str = ""
    numbers: tuple[str, ...] = ()


def location_params(row: Row, numbers: Sequence[str] = ()) -> LocationParams:
    """Read a location row.

    Args:
        row: A normalised row.
        numbers: Numbers that assignment rows of this location name.

    Returns:
        What it asks for.
    """
    return LocationParams(
        key=row.entity_key,
        external_id=row.get("location_external_id"),
        facts=LocationFacts.of(row.cells),
        has_calling=row.get("calling_enabled") != "false",
        pstn_type=row.get("pstn_connection_type"),
        route_type=row.get("premise_route_type"),
        route_name=row.get("premise_route_name"),
        main_number=row.get("main_number"),
        numbers=tuple(numbers),
    )


@dataclass(frozen=True, slots=True)
class LocationAction:
    """Makes the action of phase 1.

    Attributes:
        book: Finds locations by key, remembers external ids.
        connections: Knows which locations a premises route carries.
        numbers_of: Numbers that assignment rows want at the location of a row.
        sleep: Awaitable sleep between looks at a job.
        numbers_known: Awaited before numbers are asked for, while their list is still being read.
    """

    book: LocationBook
    connections: PremisesConnections
    numbers_of: Callable[[Row], Sequence[str]]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    numbers_known: Callable[[], Awaitable[None]] | None = None

    def action(self) -> Action[LocationParams]:
        """Give the action.

        Returns:
            What the executor runs for each location row.
        """
        return Action(
            name="location",
            steps=(*steps.STEPS[Phase.LOCATIONS], *steps.COMPENSATION),
            params=lambda row: location_params(row, self.numbers_of(row)),
            run=self._run,
            lookup=steps.LOCATION_LOOKUP.name,
            compensate=self._take_back,
        )

    async def _run(self, params: LocationParams, call: Call, directory: Directory) -> Result:
        change = _Change(params, call, directory, self)
        return await change.run()

    async def _take_back(
        self, params: LocationParams, call: Call, directory: Directory
    ) -> Compensation | None:
        if steps.LOCATION_CREATE.name not in call.done:
            return None  # it was there before this row, so it is not ours to remove
        location = await directory.location(params.facts.name)
        if location is None:
            return None
        outcome = await remove_location(location, call, self.sleep)
        if outcome.is_complete:
            directory.note_removal(location)
            self.book.forget(params.external_id)
        return outcome


@dataclass(slots=True)
class _Change:
    """The work on one location."""

    params: LocationParams
    call: Call
    directory: Directory
    parts: LocationAction
    has_fresh_calling: bool = False
    has_written: bool = False
    notes: list[str] = field(default_factory=list)

    async def run(self) -> Result:
        params = self.params
        route = await self._route()
        location = await self._upsert()
        self.parts.book.note(params.external_id, location)
        if params.has_calling:
            location = await self._with_calling(location)
            await self._connect(location, route)
            await self._load_numbers(location)
            await self._set_main_number(location)
        effect = Effect.CHANGED if self.has_written else Effect.UNCHANGED
        return Result(effect, location.id, "; ".join(self.notes))

    # -- the location itself ---------------------------------------------------------------

    async def _upsert(self) -> Location:
        found = await self.parts.book.find(self.params.key)
        if found is None and self.params.facts.name:
            found = await self.directory.location(self.params.facts.name)
        return await self._create() if found is None else await self._update(found)

    async def _create(self) -> Location:
        facts = self.params.facts
        if not facts.name:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"no location is known for {self.params.key}, and the row has no name to create it",
                fix="fill location_name",
            )
        try:
            answer = await self.call(steps.LOCATION_CREATE, facts, lookup=self._created)
        except WebexError as error:
            if error.status != _CONFLICT:
                raise
            # The list was older than the location: somebody, or our own run before a crash.
            known = await self.directory.location(facts.name, refresh=True)
            if known is None:
                raise
            return await self._update(known)
        self.has_written = True
        raw = {**location_body(facts), "id": answer.body["id"]}
        location = Location(id=answer.body["id"], name=facts.name, raw=raw)
        self.directory.note_write(location)
        return location

    async def _created(self) -> dict[str, Any] | None:
        name = self.params.facts.name
        answer = await self.call(steps.LOCATION_LOOKUP, name=name)
        return next((item for item in answer.body["items"] if item.get("name") == name), None)

    async def _update(self, location: Location) -> Location:
        facts, current = self.params.facts, location.raw or {}
        if location_differs(facts, current):
            await self.call(steps.LOCATION_UPDATE, facts, current, location_id=location.id)
            self.has_written = True
            body = location_update_body(facts, current)
            location = self._noted(location, name=body["name"], raw={**current, **body})
        language = facts.announcement_language
        shown = (location.raw or {}).get("announcementLanguage")
        if location.has_calling and language_differs(language, shown):
            await self.call(steps.CALLING_UPDATE, language, location_id=location.id)
            self.has_written = True
            raw = {**(location.raw or {}), "announcementLanguage": language}
            location = self._noted(location, raw=raw)
        return location

    def _noted(self, location: Location, **changes: Any) -> Location:
        changed = replace(location, **changes)
        self.directory.note_removal(location)
        self.directory.note_write(changed)
        return changed

    # -- calling ---------------------------------------------------------------------------

    async def _with_calling(self, location: Location) -> Location:
        if location.has_calling:
            return location
        facts, current = self.params.facts, {"id": location.id, "name": location.name}

        async def enabled() -> Any:
            return await self._calling_of(location)

        try:
            await self.call(steps.CALLING_ENABLE, facts, current, lookup=enabled)
        except WebexError as error:
            if error.status != _CONFLICT or not await enabled():
                raise
        else:
            self.has_fresh_calling = self.has_written = True
        return self._noted(location, has_calling=True)

    async def _calling_of(self, location: Location) -> dict[str, Any] | None:
        try:
            answer = await self.call(steps.CALLING_READ, location_id=location.id)
        except WebexError as error:
            if error.status in {_MISSING, _BAD_REQUEST}:
                return None
            raise
        return dict(answer.body)

    # -- the way out -----------------------------------------------------------------------

    async def _route(self) -> Route | None:
        """Find the premises route before anything is written."""
        params = self.params
        if not params.route_name:
            return None
        route = await self.directory.route(params.route_name, kind=params.route_type)
        if route is None:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"there is no {params.route_type} named {params.route_name}",
                fix="create the route in Control Hub, or correct premise_route_name",
            )
        return route

    async def _connect(self, location: Location, route: Route | None) -> None:
        kind = self.params.pstn_type
        if kind:
            self.call.prepare(steps.PSTN_CONFIGURE)
        if kind == LOCAL_GATEWAY and route is not None:
            await self._connect_premises(location, route)
        elif kind == CARRIER:
            await self._connect_carrier(location)
        elif kind and await self._kind_of(location) != kind:
            raise _not_by_api(kind)

    async def _connect_premises(self, location: Location, route: Route) -> None:
        connections = self.parts.connections
        if not self.has_fresh_calling:
            if await connections.carries(route, location.id):
                return
            current = await self._connection(location)
            if _goes_by(current, route):
                return
            _check_changeable(current)
        await self.call(steps.PSTN_CONFIGURE, route.type, route.id, location_id=location.id)
        self.has_written = True
        connections.note(route, location.id)
        await self.call.read_back(
            steps.PSTN_READ,
            lambda body: _goes_by(body, route),
            f"the connection by {route.name}",
            location_id=location.id,
        )

    async def _connect_carrier(self, location: Location) -> None:
        if not self.has_fresh_calling:
            current = await self._connection(location)
            if current.get("pstnConnectionType") == CARRIER:
                return
            _check_changeable(current)
        option = await self._carrier_option(location)
        await self.call(steps.PSTN_CONFIGURE, option, location_id=location.id)
        self.has_written = True
        await self.call.read_back(
            steps.PSTN_READ,
            lambda body: body.get("pstnConnectionType") == CARRIER,
            "the connection by a carrier",
            location_id=location.id,
        )

    async def _carrier_option(self, location: Location) -> str:
        """Choose the only carrier that can be chosen; the list never shows types."""
        if self.call.is_plan and self.has_fresh_calling:
            return "OPTION(NON_INTEGRATED_CCP)"
        answer = await self.call(steps.PSTN_OPTIONS, location_id=location.id)
        carriers = {
            str(item.get("displayName")): str(item["id"])
            for item in answer.body["items"]
            if str(item.get("displayName")).casefold() not in _NOT_A_CARRIER
        }
        declared = {
            name: one for name, one in carriers.items() if _NON_INTEGRATED in name.casefold()
        }
        chosen = declared or carriers
        if len(chosen) != 1:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                "the location may choose between several carriers, or none: "
                f"{', '.join(carriers) or 'none'}",
                fix="choose the carrier in Control Hub, then run this row again",
            )
        return next(iter(chosen.values()))

    async def _connection(self, location: Location) -> dict[str, Any]:
        """Read the present connection; without one the interface answers 404, or an empty one."""
        try:
            answer = await self.call(steps.PSTN_READ, location_id=location.id)
        except WebexError as error:
            if error.status == _MISSING:
                return {}
            raise
        return dict(answer.body or {})

    async def _kind_of(self, location: Location) -> str:
        if self.has_fresh_calling:
            return ""
        return str((await self._connection(location)).get("pstnConnectionType") or "")

    # -- numbers ---------------------------------------------------------------------------

    async def _load_numbers(self, location: Location) -> None:
        """Add the numbers nobody has yet, all in as few calls as possible."""
        params = self.params
        wanted = dict.fromkeys(filter(None, (params.main_number, *params.numbers)))
        if wanted and self.parts.numbers_known is not None:
            await self.parts.numbers_known()
        missing = [one for one in wanted if await self.directory.number(one) is None]
        if not missing:
            return
        kind = params.pstn_type or await self._kind_of(location)
        if kind not in _KEEPS_NUMBERS:
            return  # the main number is judged below, the others by their own rows
        for start in range(0, len(missing), NUMBERS_PER_CALL):
            await self._add(location, missing[start : start + NUMBERS_PER_CALL])

    async def _add(self, location: Location, numbers: list[str]) -> None:
        """Add numbers; those that are refused by name are left out, and the rest is added."""

        async def added() -> Any:
            answer = await self.call(steps.NUMBERS_READ, phone_number=numbers[0])
            found = (item.get("phoneNumber") for item in answer.body["phoneNumbers"])
            return {} if numbers[0] in found else None

        try:
            await self.call(steps.NUMBERS_ADD, numbers, lookup=added, location_id=location.id)
        except WebexError as error:
            refused = _named_in(error.detail, numbers)
            if error.status not in {_BAD_REQUEST, _CONFLICT} or not refused:
                raise
            self.notes.append(f"not added: {', '.join(sorted(refused))} ({error.message})")
            for number in refused:
                await self.directory.number(number, refresh=True)
            if rest := [one for one in numbers if one not in refused]:
                await self._add(location, rest)
            return
        self.has_written = True
        for number in numbers:
            self.directory.note_write(Number(number, None, location.id, "ACTIVE"))

    async def _set_main_number(self, location: Location) -> None:
        wanted = self.params.main_number
        if not wanted or location.main_number == wanted:
            return
        self.call.prepare(steps.MAIN_NUMBER)
        known = await self.directory.number(wanted)
        if known is None or not same_id(known.location_id, location.id):
            where = "another location has it" if known else "it is not in its inventory"
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{wanted} cannot be the main number: {where}",
                fix="add the number to the location (Control Hub, or pstn_connection_type with a "
                "connection whose numbers are kept through the API)",
            )
        await self.call(steps.MAIN_NUMBER, wanted, location_id=location.id)
        self.has_written = True
        self._noted(location, main_number=wanted)


def _goes_by(connection: Any, route: Route) -> bool:
    shown = connection or {}
    return (
        shown.get("pstnConnectionType") == LOCAL_GATEWAY
        and shown.get("routeType") == route.type
        and same_id(shown.get("routeId"), route.id)
    )


def _check_changeable(connection: dict[str, Any]) -> None:
    kind = connection.get("pstnConnectionType")
    if kind and kind not in _KEEPS_NUMBERS:
        raise PendingError(
            ReasonCode.OUT_OF_SCOPE,
            f"the present connection ({kind}) cannot be changed through the API",
            fix="change the connection in Control Hub, then run this row again",
            is_final=True,
        )


def _not_by_api(kind: str) -> PendingError:
    return PendingError(
        ReasonCode.OUT_OF_SCOPE,
        f"a connection of type {kind} cannot be set through the API",
        fix="choose the connection in Control Hub, then run this row again",
        is_final=True,
    )


def _named_in(detail: object, numbers: list[str]) -> set[str]:
    """Find the numbers an error body names as its causes, wherever it lists them."""
    wanted = set(numbers)
    found: set[str] = set()
    pending: list[object] = [detail]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            found |= {str(value.get("number"))} & wanted
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return found
