"""The action that forwards all calls of a workspace to the old system, or takes that back."""

from __future__ import annotations

from Space_OdT.engine.action_model import Action
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parts.calling_entities import WORKSPACES
from Space_OdT.v21.transformacion.parts.forwarding import (
    OUTCOMES,
    PARAMETERS,
    TARGET_NEED,
    ForwardingParams,
    check_cells,
    forwarding_action,
)
from Space_OdT.v21.transformacion.parts.shared_parameters import WORKSPACE, WORKSPACE_NEED

ACTION_ID = "workspaces_configurar_desvio_prefijo53"


def build(context: ActionContext) -> Action[ForwardingParams]:
    """Make the action.

    Args:
        context: What it depends on besides its row.

    Returns:
        What the executor runs for each row.
    """
    return forwarding_action(ACTION_ID, WORKSPACES, context)


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Forward all calls of a workspace to the replaced telephone system, or take that back.",
    purpose_es="Desvía todas las llamadas de un espacio a la plataforma antigua, o lo deshace.",
    dataset=Dataset.WORKSPACES,
    parameters=(*WORKSPACE, *PARAMETERS),
    build=build,
    key=WORKSPACE_NEED,
    needs=(WORKSPACE_NEED, TARGET_NEED),
    check=check_cells,
    example={"display_name": "Sala 1", "extension": "80000001", "mode": "set"},
    outcomes=OUTCOMES,
    warning="It diverts live calls at once: run it last.",
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
