"""The action that sends unknown internal extensions of a location to the premises, or stops it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, Result
from Space_OdT.engine.models import CellProblem, Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true
from Space_OdT.v21.transformacion.parts import steps_location as steps
from Space_OdT.v21.transformacion.parts.location_parts import route_problems
from Space_OdT.v21.transformacion.parts.lookups import Cells, find_calling_location, find_route
from Space_OdT.v21.transformacion.parts.shared_parameters import (
    LOCATION,
    LOCATION_NEED,
    ORG_ID,
    ROUTE,
)
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.ids import same_id

ACTION_ID = "ubicacion_configurar_llamadas_internas"
STEPS = (steps.INTERNAL_DIALING_READ, steps.INTERNAL_DIALING_UPDATE)
POLICY = "enable_unknown_extension_route_policy"


@dataclass(frozen=True, slots=True)
class InternalCallsParams:
    """What a row asks for.

    Attributes:
        cells: Its cells, which name location and route.
        is_enabled: Whether unknown extensions go to the route.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    is_enabled: bool
    org_id: str

    @classmethod
    def of(cls, row: Row) -> InternalCallsParams:
        """Read a row.

        Args:
            row: A prepared row.

        Returns:
            What it asks for.
        """
        return cls(row.cells, is_true(row.get(POLICY)), row.get("org_id"))


def build(_: ActionContext) -> Action[InternalCallsParams]:
    """Make the action.

    Returns:
        What the executor runs for each row.
    """
    return Action(
        ACTION_ID,
        STEPS,
        InternalCallsParams.of,
        _run,
        serial_key=lambda one: one.cells.get("location_id") or one.cells["location_name"],
        lookup=steps.INTERNAL_DIALING_READ.name,
    )


async def _run(params: InternalCallsParams, call: Call, directory: Directory) -> Result:
    location = await find_calling_location(params.cells, directory)
    where = {"location_id": location.id, "org_id": params.org_id}
    route: Mapping[str, str] | None = None
    if params.is_enabled:
        found = await find_route(params.cells, directory)
        route = {"id": found.id, "type": found.type}
    current = await steps.read_setting(call, steps.INTERNAL_DIALING_READ, location, params.org_id)
    if _holds(current, route):
        return Result(Effect.UNCHANGED, location.id)
    await call(steps.INTERNAL_DIALING_UPDATE, route, lookup=None, **where)
    await call.read_back(
        steps.INTERNAL_DIALING_READ,
        lambda body: _holds(body or {}, route),
        "the route of unknown extensions",
        **where,
    )
    return Result(Effect.CHANGED, location.id)


def _holds(current: Mapping[str, Any], route: Mapping[str, str] | None) -> bool:
    """Compare the flag and, while it is on, the route; its name is read-only."""
    is_on = current.get("enableUnknownExtensionRoutePolicy")
    if route is None:
        return is_on is False
    shown = current.get("unknownExtensionRouteIdentity") or {}
    return (
        is_on is True
        and shown.get("type") == route["type"]
        and same_id(shown.get("id"), route["id"])
    )


def _problems(cells: Cells) -> Iterable[CellProblem]:
    return route_problems(cells, is_needed=is_true(cells[POLICY]))


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Send internal extensions that nobody has to a premises route, or stop doing so.",
    purpose_es="Envía las extensiones internas desconocidas a la plataforma por un route group o "
    "un trunk, o deja de hacerlo.",
    dataset=Dataset.UBICACIONES,
    parameters=(
        *LOCATION,
        Parameter(
            POLICY,
            Kind.FLAG,
            "Whether unknown extensions of 2 to 6 digits go to the route; longer ones need a dial "
            "plan.",
            aliases=("enableUnknownExtensionRoutePolicy",),
            is_required=True,
            example="true",
        ),
        *ROUTE,
        ORG_ID,
    ),
    build=build,
    key=LOCATION_NEED,
    needs=(LOCATION_NEED,),
    check=_problems,
    example={"location_name": "CUV00000000101", POLICY: "true", "route_identity": "RG_EXAMPLE"},
    outcomes={
        "changed": "The policy was switched or got another route, and reads back equal.",
        "unchanged": "The policy is like that already.",
        "precondition_missing": "There is no such location or route, or the location lacks "
        "Calling.",
        "half_applied": "Webex accepted the change, but it does not show.",
    },
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
