"""The action that connects a location to the public network, enabling it for Calling first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine.action_helpers import LocationFacts
from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.models import CellProblem, Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.v21.transformacion.parts import steps_location as steps
from Space_OdT.v21.transformacion.parts.location_connection import ConnectionWork, WantedConnection
from Space_OdT.v21.transformacion.parts.location_parts import (
    ADDRESS,
    ANNOUNCEMENT_LANGUAGE,
    PREFERRED_LANGUAGE,
    TIME_ZONE,
    route_problems,
)
from Space_OdT.v21.transformacion.parts.lookups import Cells, find_location, find_route
from Space_OdT.v21.transformacion.parts.number_blocks import CONNECTION
from Space_OdT.v21.transformacion.parts.shared_parameters import (
    LOCATION,
    LOCATION_NEED,
    ORG_ID,
    ROUTE,
)
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.records import Location, Route

ACTION_ID = "ubicacion_configurar_pstn"
STEPS = (
    steps.CALLING_CHECK,
    steps.ENABLE_CALLING,
    steps.PSTN_READ,
    steps.PSTN_OPTIONS,
    steps.PSTN_CONFIGURE,
)
_LONGEST_NAME = 80
_CONFLICT, _NOT_THERE = 409, (400, 404)
_ADDRESS = {"postal_code": "postalCode"}
_OPTIONAL = frozenset({"address2"})


@dataclass(frozen=True, slots=True)
class PstnParams:
    """What a row asks for.

    Attributes:
        cells: Its cells, which name location and route.
        wanted: The connection.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    wanted: WantedConnection
    org_id: str

    @classmethod
    def of(cls, row: Row) -> PstnParams:
        """Read a row.

        Args:
            row: A prepared row.

        Returns:
            What it asks for.
        """
        wanted = WantedConnection.of(row.get("pstn_connection_type"))
        return cls(row.cells, wanted, row.get("org_id"))


def build(_: ActionContext) -> Action[PstnParams]:
    """Make the action.

    Returns:
        What the executor runs for each row.
    """
    return Action(
        ACTION_ID,
        STEPS,
        PstnParams.of,
        _run,
        serial_key=lambda one: one.cells.get("location_id") or one.cells["location_name"],
        lookup=steps.PSTN_READ.name,
    )


async def _run(params: PstnParams, call: Call, directory: Directory) -> Result:
    location = await find_location(params.cells, directory)
    work = ConnectionWork(params.wanted, call, params.org_id)
    current = await work.current(location) if location.has_calling else {}
    if params.wanted.is_refused:
        work.refuse(current)
        return Result(Effect.UNCHANGED, location.id)
    route = await _route(params, directory)
    is_new = not location.has_calling
    if is_new:
        location = await _enable(params, location, call, directory)
        # a plan has nothing to read of a location that it has not enabled
        current = {} if call.is_plan else await work.current(location)
    kind = await work.connect(location, route, current, is_new=is_new)
    raw = {**(location.raw or {}), CONNECTION: kind}
    directory.note_write(replace(location, raw=raw))
    effect = Effect.CHANGED if call.done else Effect.UNCHANGED
    return Result(effect, location.id, "" if call.done else "already_connected")


async def _route(params: PstnParams, directory: Directory) -> Route | None:
    """Find the premises route before anything is written."""
    return await find_route(params.cells, directory) if params.wanted.is_by_route else None


async def _enable(
    params: PstnParams, location: Location, call: Call, directory: Directory
) -> Location:
    """Enable a location for Webex Calling with the facts of the row and of the location."""
    facts = complete_facts(params.cells, location)

    async def enabled() -> dict[str, Any] | None:
        where = {"location_id": location.id, "org_id": params.org_id}
        try:
            return dict((await call(steps.CALLING_CHECK, lookup=None, **where)).body)
        except WebexError as error:
            if error.status in _NOT_THERE:
                return None
            raise

    call.prepare(steps.ENABLE_CALLING)
    subject = {"id": location.id, "name": location.name}
    try:
        await call(steps.ENABLE_CALLING, facts, subject, lookup=enabled, org_id=params.org_id)
    except WebexError as error:
        # somebody else enabled it since the lists were read
        if error.status != _CONFLICT or not await enabled():
            raise
    raw = {**(location.raw or {}), "announcementLanguage": facts.announcement_language}
    known = replace(location, has_calling=True, raw=raw)
    known = steps.planned(known) if call.is_plan else known
    directory.note_write(known)
    return known


def complete_facts(cells: Cells, location: Location) -> LocationFacts:
    """Gather what enabling needs: the row counts, the location fills the gaps.

    One language stands for the other where only one is known.

    Args:
        cells: Normalised cells.
        location: The location as listed; the list does not show every language.

    Returns:
        Facts with everything that is mandatory.

    Raises:
        PendingError: `precondition_missing`, naming what neither of both says.
    """
    shown = location.raw or {}
    address = {name: value for name, value in (shown.get("address") or {}).items() if value}
    for parameter in ADDRESS:
        if value := cells.get(parameter.name):
            address[_ADDRESS.get(parameter.name, parameter.name)] = value
    preferred = cells.get("preferred_language") or shown.get("preferredLanguage")
    announced = cells.get("announcement_language") or shown.get("announcementLanguage")
    given = {
        "time_zone": cells.get("time_zone") or shown.get("timeZone"),
        "preferred_language": preferred or announced,
        "announcement_language": announced or preferred,
    }
    missing = [name for name, value in given.items() if not value] + [
        one.name
        for one in ADDRESS
        if one.name not in _OPTIONAL and not address.get(_ADDRESS.get(one.name, one.name))
    ]
    if missing:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{location.name} cannot be enabled for Webex Calling without {', '.join(missing)}",
            fix="fill these columns in the row or in Global",
        )
    if len(location.name) > _LONGEST_NAME:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the name {location.name} has {len(location.name)} characters; Webex Calling takes "
            f"{_LONGEST_NAME}",
            fix="shorten the name of the location first",
        )
    return LocationFacts(
        name=location.name,
        time_zone=str(given["time_zone"]),
        preferred_language=str(given["preferred_language"]),
        announcement_language=str(given["announcement_language"]).lower(),
        address={name: address[name] for name in _order(address)},
    )


def _order(address: dict[str, Any]) -> list[str]:
    names = [_ADDRESS.get(one.name, one.name) for one in ADDRESS]
    return [name for name in names if name in address]


def _problems(cells: Cells) -> Iterable[CellProblem]:
    wanted = WantedConnection.of(cells["pstn_connection_type"])
    return route_problems(cells, is_needed=wanted.is_by_route)


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Connect a location to the public network by a premises route or a carrier, enabling "
    "it for Webex Calling first.",
    purpose_es="Conecta la ubicación a la RTC por un route group, un trunk o un operador; antes la "
    "habilita para Webex Calling.",
    dataset=Dataset.UBICACIONES,
    parameters=(
        *LOCATION,
        *ROUTE,
        Parameter(
            "pstn_connection_type",
            Kind.TEXT,
            "Type or display name of the connection; case, blanks, _ and - do not count. "
            "LOCAL_GATEWAY needs a route.",
            aliases=("pstnConnectionType", "connection_type"),
            default="LOCAL_GATEWAY",
            example="LOCAL_GATEWAY",
        ),
        TIME_ZONE,
        PREFERRED_LANGUAGE,
        ANNOUNCEMENT_LANGUAGE,
        *ADDRESS,
        ORG_ID,
    ),
    build=build,
    key=LOCATION_NEED,
    needs=(LOCATION_NEED,),
    check=_problems,
    example={
        "location_name": "CUV00000000101",
        "route_identity": "RG_EXAMPLE",
        "preferred_language": "es_es",
        "announcement_language": "ca_es",
    },
    outcomes={
        "changed": "The location was enabled or connected, and the connection reads back equal.",
        "unchanged": "The location is connected like that already.",
        "precondition_missing": "There is no such location or route, the connection is not offered "
        "to it, or data to enable Calling is missing.",
        "out_of_scope": "A connection of an integrated provider or of Cisco cannot be set or "
        "changed through the API.",
        "half_applied": "Calling is enabled, the connection is not there yet; a new run completes "
        "it.",
    },
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
