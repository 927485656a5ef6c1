"""The action that gives a workspace the secondary number the old system calls, or removes it."""

from __future__ import annotations

from Space_OdT.engine.action_model import Action
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parts.calling_entities import WORKSPACES
from Space_OdT.v21.transformacion.parts.secondary_numbers import (
    NUMBER_NEED,
    OUTCOMES,
    PARAMETERS,
    NumberParams,
    numbers_action,
)
from Space_OdT.v21.transformacion.parts.shared_parameters import WORKSPACE, WORKSPACE_NEED

ACTION_ID = "workspaces_anadir_intercom_legacy"


def build(context: ActionContext) -> Action[NumberParams]:
    """Make the action.

    Args:
        context: What it depends on besides its row.

    Returns:
        What the executor runs for each row.
    """
    return numbers_action(ACTION_ID, WORKSPACES, context)


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Add the number by which the replaced telephone system reaches a room, or remove it.",
    purpose_es="Añade a un espacio el número secundario de la plataforma antigua, o lo retira.",
    dataset=Dataset.WORKSPACES,
    parameters=(*WORKSPACE, *PARAMETERS),
    build=build,
    key=WORKSPACE_NEED,
    needs=(WORKSPACE_NEED, NUMBER_NEED),
    example={"display_name": "Sala 1", "extension": "80000001"},
    outcomes=OUTCOMES,
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
