"""Phase 1: a location as its row says, with calling, a way out, its numbers and its main one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_helpers import (
    language_differs,
    location_body,
    location_differs,
    location_update_body,
)
from Space_OdT.engine.action_model import Action, Call, Compensation, Effect, PendingError, Result
from Space_OdT.engine.bulk.compensation import remove_location
from Space_OdT.engine.bulk.connections import PremisesConnections
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.bulk.location_connection import ConnectionWork
from Space_OdT.engine.bulk.location_numbers import NumbersWork
from Space_OdT.engine.bulk.location_work import (
    BAD_REQUEST,
    CONFLICT,
    MISSING,
    LocationParams,
    LocationWork,
    location_params,
)
from Space_OdT.engine.models import Phase, Row
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.records import Location, Route


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
        return await _Change(LocationWork(params, call, directory), self).run()

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


class _Change:
    """The work on one location, step by step."""

    def __init__(self, work: LocationWork, parts: LocationAction) -> None:
        self.work = work
        self.parts = parts

    async def run(self) -> Result:
        params, call = self.work.params, self.work.call
        route = await self._route()
        location = await self._upsert()
        self.parts.book.note(params.external_id, location)
        if params.has_calling:
            location = await self._with_calling(location)
            connection = ConnectionWork(self.work, self.parts.connections)
            numbers = NumbersWork(self.work, connection, self.parts.numbers_known)
            await connection.connect(location, route)
            await numbers.load(location)
            self._note(location, await numbers.set_main(location))
        effect = Effect.CHANGED if call.done else Effect.UNCHANGED
        return Result(effect, location.id, "; ".join(self.work.notes))

    async def _route(self) -> Route | None:
        """Find the premises route before anything is written."""
        params = self.work.params
        if not params.route_name:
            return None
        route = await self.work.directory.route(params.route_name, kind=params.route_type)
        if route is None:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"there is no {params.route_type} named {params.route_name}",
                fix="create the route in Control Hub, or correct premise_route_name",
            )
        return route

    # -- the location itself ---------------------------------------------------------------

    async def _upsert(self) -> Location:
        found = await self.parts.book.find(self.work.params.key)
        if found is None and self.work.params.facts.name:
            found = await self.work.directory.location(self.work.params.facts.name)
        return await self._create() if found is None else await self._update(found)

    async def _create(self) -> Location:
        facts = self.work.params.facts
        if not facts.name:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"no location is known for {self.work.params.key}, and the row gives no name",
                fix="fill location_name",
            )
        try:
            answer = await self.work.call(steps.LOCATION_CREATE, facts, lookup=self._created)
        except WebexError as error:
            if error.status != CONFLICT:
                raise
            # The list was older than the location: somebody, or our own run before a crash.
            known = await self.work.directory.location(facts.name, refresh=True)
            if known is None:
                raise
            return await self._update(known)
        raw = {**location_body(facts), "id": answer.body["id"]}
        location = Location(id=answer.body["id"], name=facts.name, raw=raw)
        self.work.directory.note_write(location)
        return location

    async def _created(self) -> dict[str, Any] | None:
        name = self.work.params.facts.name
        answer = await self.work.call(steps.LOCATION_LOOKUP, name=name)
        return next((item for item in answer.body["items"] if item.get("name") == name), None)

    async def _update(self, location: Location) -> Location:
        facts, current = self.work.params.facts, location.raw or {}
        if location_differs(facts, current):
            await self.work.call(steps.LOCATION_UPDATE, facts, current, location_id=location.id)
            body = location_update_body(facts, current)
            location = self._noted(location, name=body["name"], raw={**current, **body})
        language = facts.announcement_language
        shown = (location.raw or {}).get("announcementLanguage")
        if location.has_calling and language_differs(language, shown):
            await self.work.call(steps.CALLING_UPDATE, language, location_id=location.id)
            raw = {**(location.raw or {}), "announcementLanguage": language}
            location = self._noted(location, raw=raw)
        return location

    def _noted(self, location: Location, **changes: Any) -> Location:
        changed = replace(location, **changes)
        self._note(location, changed)
        return changed

    def _note(self, before: Location, after: Location) -> None:
        if after != before:
            self.work.directory.note_removal(before)
            self.work.directory.note_write(after)

    # -- calling ---------------------------------------------------------------------------

    async def _with_calling(self, location: Location) -> Location:
        if location.has_calling:
            return location
        facts, current = self.work.params.facts, {"id": location.id, "name": location.name}

        async def enabled() -> Any:
            return await self._calling_of(location)

        try:
            await self.work.call(steps.CALLING_ENABLE, facts, current, lookup=enabled)
        except WebexError as error:
            if error.status != CONFLICT or not await enabled():
                raise
        else:
            self.work.has_fresh_calling = True
        return self._noted(location, has_calling=True)

    async def _calling_of(self, location: Location) -> dict[str, Any] | None:
        try:
            answer = await self.work.call(steps.CALLING_READ, location_id=location.id)
        except WebexError as error:
            if error.status in {MISSING, BAD_REQUEST}:
                return None
            raise
        return dict(answer.body)
