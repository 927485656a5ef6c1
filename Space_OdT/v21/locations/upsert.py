"""One site as its row says: created or updated, enabled, connected, with number and profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine.action_helpers import LocationFacts
from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.bulk.connections import PremisesConnections
from Space_OdT.engine.bulk.location import LocationAction
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.bulk.location_work import LOCAL_GATEWAY, LocationParams
from Space_OdT.engine.models import Row
from Space_OdT.v21.locations.columns import ENABLE, PROFILE
from Space_OdT.v21.transformacion import ubicacion_actualizar_cabecera as head_number
from Space_OdT.v21.transformacion import ubicacion_configurar_permisos_salientes_defecto as outgoing
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.parts import steps_location
from Space_OdT.v21.transformacion.parts.location_parts import ADDRESS
from Space_OdT.v21.transformacion.ubicacion_configurar_pstn import complete_facts
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, name_key

_ROUTE_GROUP = "ROUTE_GROUP"
_API_NAMES = {"postal_code": "postalCode"}
_OPTIONAL = frozenset({"address2"})


@dataclass(frozen=True, slots=True)
class SiteParams:
    """What a row asks for.

    Attributes:
        cells: Its normalised cells.
        asked: What the location is looked for by: external id, id or name.
        facts: Name, languages, time zone and address, as far as the row gives them.
    """

    cells: Mapping[str, str]
    asked: str
    facts: LocationFacts

    @classmethod
    def of(cls, row: Row) -> SiteParams:
        """Read a row.

        Args:
            row: A prepared row.

        Returns:
            What it asks for.
        """
        address = {
            _API_NAMES.get(one.name, one.name): value
            for one in ADDRESS
            if (value := row.get(one.name))
        }
        facts = LocationFacts(
            row.get("name"),
            row.get("time_zone"),
            row.get("preferred_language"),
            row.get("announcement_language"),
            address,
        )
        return cls(row.cells, row.entity_key, facts)

    @property
    def missing(self) -> list[str]:
        """Columns that a new location needs and the row leaves blank."""
        needed = ["time_zone", *(one.name for one in ADDRESS if one.name not in _OPTIONAL)]
        missing = [name for name in needed if not self.cells.get(name)]
        if not (self.facts.preferred_language or self.facts.announcement_language):
            missing.append("preferred_language")
        return missing


class LocationUpsert:
    """Makes the action of a location job.

    Args:
        client: The client of the run.
        book: Finds locations by external id, id or name.
        context: What the profile action depends on.

    Attributes:
        organisation_id: Whose token it is; rows of another organisation are left alone.
    """

    def __init__(self, client: WebexClient, book: LocationBook, context: ActionContext) -> None:
        self.organisation_id = ""
        self._book = book
        parts = LocationAction(book, PremisesConnections(client), lambda _row: ())
        self._location = parts.action()
        # column that asks for it, the parameter it becomes, the action
        self._further: tuple[tuple[str, str, Action[Any]], ...] = (
            ("main_number", "phone_number", head_number.build(context)),
            (PROFILE, PROFILE, outgoing.build(context)),
        )

    def action(self, kind: str) -> Action[SiteParams]:
        """Give the action.

        Args:
            kind: `location`, or `location_webex_calling` which creates nothing.

        Returns:
            What the executor runs for each row.
        """

        async def run(params: SiteParams, call: Call, directory: Directory) -> Result:
            return await self._run(params, call, directory, creates=kind != ENABLE)

        return Action(
            name=kind,
            steps=(
                *self._location.steps,
                *(step for _, _, action in self._further for step in action.steps),
            ),
            params=SiteParams.of,
            run=run,
            serial_key=lambda params: name_key(params.facts.name),
            lookup=self._location.lookup,
        )

    async def _run(
        self, params: SiteParams, call: Call, directory: Directory, *, creates: bool
    ) -> Result:
        self._check_organisation(params.cells.get("org_id", ""))
        found = await self._find(params, directory)
        if found is None and not creates:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"there is no location {params.asked} to enable for Webex Calling",
                fix="create it first, with the entity type location, or correct the name",
            )
        if found is None and params.missing:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"the location {params.asked} does not exist, and creating it needs "
                f"{', '.join(params.missing)}",
                fix="fill these columns",
            )
        result = await self._location.run(
            _as_asked(params, found, creates=creates), call, directory
        )
        notes = [result.message] if result.message else []
        if found is not None and found.name != params.facts.name:
            notes.append(f"it is named {found.name} and keeps its name")
        if call.is_plan and (found is None or not found.has_calling):
            await _mark_planned(result.remote_id, directory)
        for column, parameter, action in self._further:
            if value := params.cells.get(column):
                cells = {"location_id": result.remote_id, parameter: value}
                row = Row(0, 0, "", action.name, result.remote_id, cells)
                done = await action.run(action.params(row), call, directory)
                notes += [done.message] if done.message else []
        effect = Effect.CHANGED if call.done else Effect.UNCHANGED
        return Result(effect, result.remote_id, "; ".join(notes))

    def _check_organisation(self, org_id: str) -> None:
        """Leave a row alone that is meant for an organisation the token does not belong to."""
        if org_id and self.organisation_id and not same_id(org_id, self.organisation_id):
            raise PendingError(
                ReasonCode.OUT_OF_SCOPE,
                f"the row is for the organisation {org_id}, the token belongs to "
                f"{self.organisation_id}",
                fix="use a token of that organisation, or leave org_id blank",
            )

    async def _find(self, params: SiteParams, directory: Directory) -> Location | None:
        """Find the location by external id, then by id, then by name."""
        external_id = params.cells.get("location_external_id", "")
        mapped = await self._book.mapped(external_id) if external_id else None
        location_id = params.cells.get("location_id", "")
        if not location_id:
            return mapped or await directory.location(params.facts.name)
        found = await directory.location(location_id)
        if found is None or not same_id(found.id, location_id):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"there is no location with the id {location_id}",
                fix="correct location_id, or leave it blank to go by the name",
            )
        if mapped is not None and not same_id(mapped.id, found.id):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"location_external_id {external_id} stands for {mapped.name}, location_id is the "
                f"id of {found.name}",
                fix="correct one of the two, or leave one blank",
            )
        return found


async def _mark_planned(location_id: str, directory: Directory) -> None:
    """Let the actions that follow in a plan know that there is nothing to be read yet."""
    known = await directory.location(location_id)
    if known is not None:
        directory.note_removal(known)
        directory.note_write(steps_location.planned(known))


def _as_asked(params: SiteParams, found: Location | None, *, creates: bool) -> LocationParams:
    """Translate a row; a location that exists keeps its name, and fills what enabling needs."""
    facts = params.facts
    if found is not None:
        cells = params.cells if creates else _gaps(params.cells, found)
        if not found.has_calling:
            facts = complete_facts(cells, found)
        elif not creates:
            facts = LocationFacts("", "")
        facts = replace(facts, name=found.name)
    route = params.cells.get("route_group_id", "")
    return LocationParams(
        key=found.id if found is not None else facts.name,
        external_id=params.cells.get("location_external_id", ""),
        facts=facts,
        pstn_type=LOCAL_GATEWAY if route else "",
        route_type=_ROUTE_GROUP if route else "",
        route_name=route,
    )


def _gaps(cells: Mapping[str, str], location: Location) -> dict[str, str]:
    """Keep what the location does not say itself: enabling it changes nothing else of it."""
    shown = location.raw or {}
    address = shown.get("address") or {}
    known = {one.name for one in ADDRESS if address.get(_API_NAMES.get(one.name, one.name))}
    known |= {
        name
        for name, api in (("time_zone", "timeZone"), ("preferred_language", "preferredLanguage"))
        if shown.get(api)
    }
    return {name: value for name, value in cells.items() if name not in known}
