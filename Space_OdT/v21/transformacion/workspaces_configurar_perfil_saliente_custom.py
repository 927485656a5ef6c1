"""The action that gives a workspace outgoing-call permissions of its own."""

from __future__ import annotations

from Space_OdT.engine.action_model import Action
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parts.calling_entities import WORKSPACES
from Space_OdT.v21.transformacion.parts.own_permissions import permission_action
from Space_OdT.v21.transformacion.parts.permission_wishes import (
    OUTCOMES,
    PARAMETERS,
    WARNING,
    WISH_NEED,
    PermissionParams,
    check_cells,
)
from Space_OdT.v21.transformacion.parts.shared_parameters import WORKSPACE, WORKSPACE_NEED

ACTION_ID = "workspaces_configurar_perfil_saliente_custom"


def build(context: ActionContext) -> Action[PermissionParams]:
    """Make the action.

    Args:
        context: What it depends on besides its row.

    Returns:
        What the executor runs for each row.
    """
    return permission_action(ACTION_ID, WORKSPACES, context)


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Give a workspace outgoing-call permissions of its own, or the location's again.",
    purpose_es="Da a un espacio un perfil de salida propio, o le devuelve el de la ubicación.",
    dataset=Dataset.WORKSPACES,
    parameters=(*WORKSPACE, *PARAMETERS),
    build=build,
    key=WORKSPACE_NEED,
    needs=(WORKSPACE_NEED, WISH_NEED),
    check=check_cells,
    example={"display_name": "Sala 1", "outgoing_profile": "internal-only"},
    outcomes=OUTCOMES,
    warning=WARNING,
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
