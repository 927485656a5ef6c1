"""The action that applies a named profile of outgoing-call permissions to a location."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.engine.action_model import Action, Call, Effect, Result
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.v21.transformacion.parts import outgoing_permissions as permissions
from Space_OdT.v21.transformacion.parts import steps_location as steps
from Space_OdT.v21.transformacion.parts.lookups import Cells, find_calling_location
from Space_OdT.v21.transformacion.parts.shared_parameters import LOCATION, LOCATION_NEED, ORG_ID
from Space_OdT.webex.directory import Directory

ACTION_ID = "ubicacion_configurar_permisos_salientes_defecto"
STEPS = (steps.OUTGOING_READ, steps.OUTGOING_UPDATE)
PROFILE = "default_outgoing_profile"
_NOT_READ_YET = "Calling is only planned here: apply lays the profile over what the location has"


@dataclass(frozen=True, slots=True)
class OutgoingParams:
    """What a row asks for.

    Attributes:
        cells: Its cells, which name the location.
        profile: Name of the profile.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    profile: str
    org_id: str

    @classmethod
    def of(cls, row: Row) -> OutgoingParams:
        """Read a row.

        Args:
            row: A prepared row.

        Returns:
            What it asks for.
        """
        return cls(row.cells, row.cells[PROFILE], row.get("org_id"))


def build(context: ActionContext) -> Action[OutgoingParams]:
    """Make the action.

    Args:
        context: What it depends on besides its row.

    Returns:
        What the executor runs for each row.
    """

    async def run(params: OutgoingParams, call: Call, directory: Directory) -> Result:
        wanted = permissions.named_profile(params.profile, context.profiles).permissions
        location = await find_calling_location(params.cells, directory)
        where = {"location_id": location.id, "org_id": params.org_id}
        current = await steps.read_setting(call, steps.OUTGOING_READ, location, params.org_id)
        change = permissions.compare(wanted, current.get("callingPermissions") or ())
        permissions.check_open(change, location.name)
        note = permissions.note_of(change) or (_NOT_READ_YET if not current else "")
        if not change.differing:
            return Result(Effect.UNCHANGED, location.id, note)
        await call(steps.OUTGOING_UPDATE, change, lookup=None, **where)
        await call.read_back(
            steps.OUTGOING_READ,
            lambda body: permissions.holds(wanted, body["callingPermissions"]),
            f"the profile {params.profile}",
            **where,
        )
        told = f"{params.profile}: {', '.join(change.differing)}"
        return Result(Effect.CHANGED, location.id, f"{told}; {note}" if note else told)

    return Action(
        ACTION_ID,
        STEPS,
        OutgoingParams.of,
        run,
        serial_key=lambda one: one.cells.get("location_id") or one.cells["location_name"],
        lookup=steps.OUTGOING_READ.name,
    )


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Apply a named profile of outgoing-call permissions to a location.",
    purpose_es="Aplica a la ubicación un perfil de llamadas salientes descrito en el fichero.",
    dataset=Dataset.UBICACIONES,
    parameters=(
        *LOCATION,
        Parameter(
            PROFILE,
            Kind.NAME,
            "Name of a profile in the file of outgoing profiles.",
            aliases=("outgoing_profile",),
            default="default",
            example="default",
        ),
        ORG_ID,
    ),
    build=build,
    key=LOCATION_NEED,
    needs=(LOCATION_NEED,),
    example={"location_name": "CUV00000000101", PROFILE: "default"},
    outcomes={
        "changed": "The entries of the profile were written and read back equal; all other call "
        "types stay.",
        "unchanged": "Every entry of the profile is in force already.",
        "precondition_missing": "There is no such profile, the location lacks Calling, or a call "
        "type that would change is locked.",
        "half_applied": "Webex accepted the change, but it does not show.",
    },
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
