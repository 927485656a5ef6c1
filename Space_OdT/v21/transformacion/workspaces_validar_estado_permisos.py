"""The action that only looks: whether the settings of a workspace can be read, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, Result
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.definition import (
    ActionContext,
    ActionDefinition,
    Cells,
    Dataset,
)
from Space_OdT.v21.transformacion.parts.calling_entities import WORKSPACES, existing_workspace
from Space_OdT.v21.transformacion.parts.lookups import WORKSPACE_READ
from Space_OdT.v21.transformacion.parts.shared_parameters import ORG_ID, WORKSPACE, WORKSPACE_NEED
from Space_OdT.v21.transformacion.parts.workspace_diagnosis import (
    CHECKS,
    Check,
    Diagnosis,
    Finding,
    Verdict,
    refused,
)
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError

ACTION_ID = "workspaces_validar_estado_permisos"
STEPS = (WORKSPACE_READ, *(check.step for check in CHECKS))
_NOT_THERE = (400, 404)
_ONLY_PLANNED = "it is not there yet: an earlier row of this plan would create it"


@dataclass(frozen=True, slots=True)
class DiagnosisParams:
    """What a row asks for.

    Attributes:
        cells: Normalised cells, which name the workspace.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    org_id: str

    @classmethod
    def of(cls, row: Row) -> DiagnosisParams:
        """Read a prepared row.

        Args:
            row: The row.

        Returns:
            What it asks for.
        """
        return cls(row.cells, row.get("org_id"))


def build(_: ActionContext) -> Action[DiagnosisParams]:
    """Make the action.

    Args:
        _: Nothing of it matters here.

    Returns:
        What the executor runs for each row.
    """
    return Action(
        name=ACTION_ID,
        steps=STEPS,
        params=DiagnosisParams.of,
        run=_run,
        serial_key=lambda params: WORKSPACES.key_of(params.cells),
        lookup=WORKSPACE_READ.name,
    )


async def _run(params: DiagnosisParams, call: Call, directory: Directory) -> Result:
    workspace = await existing_workspace(params.cells, call, directory)
    try:
        state = (await call(WORKSPACE_READ, workspace_id=workspace.id)).body
    except WebexError as error:
        if not call.is_plan or error.status not in _NOT_THERE:
            raise
        return Result(Effect.UNCHANGED, workspace.id, _ONLY_PLANNED)
    calling = state.get("calling") or {}
    findings = [await _tried(check, workspace.id, params.org_id, call) for check in CHECKS]
    diagnosis = Diagnosis(
        calling=str(calling.get("type") or "none"),
        licences=await _licence_names(calling, directory),
        findings=findings,
    )
    return Result(Effect.UNCHANGED, workspace.id, str(diagnosis))


async def _tried(check: Check, workspace_id: str, org_id: str, call: Call) -> Finding:
    """Make one check; a rejected token ends the row, for nothing else could be said then."""
    try:
        answer = await call(check.step, entity_id=workspace_id, org_id=org_id)
    except WebexError as error:
        if error.reason_code is ReasonCode.AUTH_INVALID:
            raise
        return refused(check, error)
    return Finding(check.name, Verdict.OK, check.snapshot(answer.body))


async def _licence_names(calling: dict[str, Any], directory: Directory) -> list[str]:
    """Name the licences; where the list may not be read, their ids have to do."""
    ids = [str(one) for one in (calling.get("webexCalling") or {}).get("licenses") or ()]
    names = []
    for one in ids:
        try:
            licence = await directory.licence(one)
        except WebexError as error:
            if error.reason_code is not ReasonCode.PERMISSION_DENIED:
                raise
            return ids
        names.append(licence.name if licence else one)
    return names


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Diagnose what can be read of a workspace's calling; changes nothing.",
    purpose_es="Diagnostica qué se puede leer de un espacio y por qué no; no cambia nada.",
    dataset=Dataset.WORKSPACES,
    parameters=(*WORKSPACE, ORG_ID),
    build=build,
    key=WORKSPACE_NEED,
    needs=(WORKSPACE_NEED,),
    example={"display_name": "Sala 1", "location_name": "CUV00000000101"},
    outcomes={
        "unchanged": "Always, once the workspace is found: the message counts the checks that are "
        "ok, unauthorized (400 with code 4003, 403, 405 with code 25409) or error, says what was "
        "read, the calling type and the licence, and gives a hint.",
        "calling_eligibility_…": "Pending: there is no such workspace, or the token may not read "
        "it.",
        "auth_invalid": "Pending: the token was rejected.",
    },
    is_read_only=True,
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
