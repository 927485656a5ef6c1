"""Give licences to people and take them away, calling together with location and extension."""

from __future__ import annotations

from collections.abc import Iterator

from Space_OdT.engine.action_model import Action
from Space_OdT.engine.models import CellProblem, Row
from Space_OdT.v21.transformacion.definition import (
    ActionContext,
    ActionDefinition,
    Cells,
    Dataset,
)
from Space_OdT.v21.transformacion.parameters import values_of
from Space_OdT.v21.transformacion.parts import shared_parameters as shared
from Space_OdT.v21.transformacion.parts.licence_changes import licence_action
from Space_OdT.v21.transformacion.parts.licence_wishes import (
    ADD_LICENCES,
    REMOVAL_WARNING,
    REMOVE_LICENCES,
    LicenceWish,
)
from Space_OdT.webex.records import name_key


def _params(row: Row) -> LicenceWish:
    return LicenceWish(
        cells=row.cells,
        add=values_of(row.get("add_license_ids")),
        remove=values_of(row.get("remove_license_ids")),
    )


def _check(cells: Cells) -> Iterator[CellProblem]:
    has_line = "extension" in cells or "phone_number" in cells
    place = cells.get("location_id") or cells.get("location_name")
    if place and not has_line and "add_license_ids" in cells:
        yield CellProblem(
            "location_id" if "location_id" in cells else "location_name",
            place,
            "an extension or a phone number beside the location",
            "fill extension or phone_number, or leave the location out",
        )
    given = {name_key(one) for one in values_of(cells.get("add_license_ids", ""))}
    for taken in values_of(cells.get("remove_license_ids", "")):
        if name_key(taken) in given:
            yield CellProblem(
                "remove_license_ids",
                taken,
                "licences that add_license_ids does not hold",
                "leave the licence in one of the two lists",
            )


def build(context: ActionContext) -> Action[LicenceWish]:
    """Make the action.

    Args:
        context: Counts the units of the run.

    Returns:
        What runs for each row.
    """
    return licence_action(DEFINITION.action_id, _params, context.units)


DEFINITION = ActionDefinition(
    action_id="usuarios_modificar_licencias",
    purpose="Give and take away licences; a calling licence comes with location and extension.",
    purpose_es="Asigna y retira licencias; la de llamadas, con su ubicación y extensión.",
    dataset=Dataset.USUARIOS,
    parameters=(
        *shared.PERSON,
        ADD_LICENCES,
        REMOVE_LICENCES,
        *shared.LOCATION,
        shared.EXTENSION,
        shared.PHONE_NUMBER,
        shared.ORG_ID,
    ),
    build=build,
    key=shared.PERSON_NEED,
    needs=(shared.PERSON_NEED, ("add_license_ids", "remove_license_ids")),
    check=_check,
    example={
        "email": "ana.soler@example.com",
        "add_license_ids": "Webex Calling - Professional",
        "location_name": "CUV00000000101",
        "extension": "80000001",
    },
    outcomes={
        "changed": "the licences were given and taken as asked; the answer was compared",
        "unchanged": "the person holds what is to be given and nothing of what is to be taken",
        "unchanged: remove_license_ids_not_assigned": "none of the licences to take is held",
        "user_not_found": "nobody has the address or id",
        "precondition_missing": "no such licence or no unit left; extension or number taken; "
        "number_inventory_missing; a calling licence without location and extension or number "
        "(400411); Attendant Console without Professional (400408)",
        "non_retryable_external": "Professional to Standard (400112), both together (400404), "
        "exclusive licences (400413), an implicit licence cannot be removed (700006)",
        "half_applied": "Webex answered with a part only (206); the message lists what is missing",
    },
    warning=REMOVAL_WARNING,
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
