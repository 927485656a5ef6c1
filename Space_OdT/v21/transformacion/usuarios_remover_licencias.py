"""Take licences away from people."""

from __future__ import annotations

from dataclasses import replace

from Space_OdT.engine.action_model import Action
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import values_of
from Space_OdT.v21.transformacion.parts import shared_parameters as shared
from Space_OdT.v21.transformacion.parts.licence_changes import licence_action
from Space_OdT.v21.transformacion.parts.licence_wishes import (
    REMOVAL_WARNING,
    REMOVE_LICENCES,
    LicenceWish,
)


def _params(row: Row) -> LicenceWish:
    return LicenceWish(cells=row.cells, remove=values_of(row.get("remove_license_ids")))


def build(context: ActionContext) -> Action[LicenceWish]:
    """Make the action.

    Args:
        context: Counts the units of the run.

    Returns:
        What runs for each row.
    """
    return licence_action(DEFINITION.action_id, _params, context.units)


DEFINITION = ActionDefinition(
    action_id="usuarios_remover_licencias",
    purpose="Take licences away from people.",
    purpose_es="Retira licencias a personas.",
    dataset=Dataset.USUARIOS,
    parameters=(*shared.PERSON, replace(REMOVE_LICENCES, is_required=True), shared.ORG_ID),
    build=build,
    key=shared.PERSON_NEED,
    needs=(shared.PERSON_NEED,),
    example={"email": "ana.soler@example.com", "remove_license_ids": "Webex Calling - Standard"},
    outcomes={
        "changed": "the licences were taken away; the answer was compared",
        "unchanged: remove_license_ids_not_assigned": "none of the licences to take is held",
        "user_not_found": "nobody has the address or id",
        "precondition_missing": "no such licence in the organisation; Attendant Console needs "
        "the Professional licence that is to go (400408)",
        "non_retryable_external": "an implicit licence cannot be removed (700006)",
        "half_applied": "Webex answered with a part only (206); the message lists what stays",
    },
    warning=REMOVAL_WARNING,
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
