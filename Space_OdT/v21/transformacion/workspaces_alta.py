"""Create workspaces with Webex Calling, one a row or in lots; reconcile those that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true
from Space_OdT.v21.transformacion.parts import shared_parameters as shared
from Space_OdT.v21.transformacion.parts.workspace_calling import EXISTS, WorkspaceWork
from Space_OdT.v21.transformacion.parts.workspace_places import WorkspaceWish
from Space_OdT.v21.transformacion.parts.workspace_steps import STEPS, WORKSPACE_STATE
from Space_OdT.v21.transformacion.parts.workspaces_lote import (
    LOT,
    NO_NAME,
    NO_OBJECT,
    cells_of_items,
)
from Space_OdT.webex.directory import AmbiguousNameError, Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError

Cells = Mapping[str, str]

LICENCES = Parameter(
    "licenses",
    Kind.NAMES,
    "Calling licence, by name or id; blank lets Webex take the oldest suitable one. A second "
    "number (intercom) needs Webex Calling - Professional.",
    aliases=("license", "workspace_licenses", "llicència", "licencia"),
    example="Webex Calling - Professional",
)
DEVICES = Parameter(
    "supported_devices",
    Kind.CHOICE,
    "What devices it is for; cannot be changed later.",
    aliases=("supportedDevices",),
    choices=("COLLABORATIONDEVICES", "PHONES"),
)
LOTE = Parameter(
    LOT,
    Kind.JSON_LIST,
    "A lot: JSON list of objects with display_name, location_id or location_name, extension, "
    "primary_number, licenses; what an item leaves open comes from the row, but for the line.",
    example='[{"display_name": "Sala 1", "extension": "80000001"}]',
)
CONTINUE = Parameter(
    "continue_on_error",
    Kind.FLAG,
    "Whether the rest of a lot is done after an item has failed.",
    default="true",
)
SKIP = Parameter(
    "skip_existing",
    Kind.FLAG,
    "Whether a workspace that exists is compared and completed; false leaves it pending.",
    default="true",
)


@dataclass(frozen=True, slots=True)
class LotItem:
    """One workspace of a lot.

    Attributes:
        name: Display name, "" when it has none.
        wish: What is wanted; None when it cannot be read.
        problem: What is wrong with it, "" for nothing.
    """

    name: str
    wish: WorkspaceWish | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WorkspacesParams:
    """What a row asks for: one workspace, or a lot in which each item stands for itself.

    Attributes:
        items: The workspaces.
        is_lot: Whether the row held a lot.
        goes_on: Whether the rest of a lot is done after an item has failed.
    """

    items: tuple[LotItem, ...]
    is_lot: bool
    goes_on: bool


def _params(row: Row) -> WorkspacesParams:
    goes_on = is_true(row.get("continue_on_error"))
    if not row.get(LOT):
        wish = WorkspaceWish.of(row.cells)
        return WorkspacesParams((LotItem(wish.name, wish),), is_lot=False, goes_on=goes_on)
    seen: dict[tuple[str, ...], int] = {}
    items = tuple(
        _once(_item(cells), number, seen)
        for number, cells in enumerate(cells_of_items(row.cells, DEFINITION.parameters), start=1)
    )
    return WorkspacesParams(items, is_lot=True, goes_on=goes_on)


def _once(item: LotItem, number: int, seen: dict[tuple[str, ...], int]) -> LotItem:
    """Refuse an item that names the workspace of an earlier one."""
    if item.wish is None:
        return item
    place = (item.wish.get(name).casefold() for name in shared.LOCATION_NEED)
    first = seen.setdefault((item.name.casefold(), *place), number)
    if first == number:
        return item
    return LotItem(item.name, None, f"the same workspace as item {first}")


def _item(given: Cells | None) -> LotItem:
    if given is None:
        return LotItem("", None, NO_OBJECT)
    name = given.get("display_name", "")
    if not name.strip():
        return LotItem("", None, NO_NAME)
    cells, problems = DEFINITION.prepare(given)
    if problems:
        return LotItem(name, None, " ".join(problem.text() for problem in problems))
    return LotItem(name, WorkspaceWish.of(cells))


async def _run(params: WorkspacesParams, work: WorkspaceWork) -> Result:
    if not params.is_lot:
        wish = params.items[0].wish
        assert wish is not None  # noqa: S101 - a row that cannot be read never gets here
        return await work.bring_about(wish)
    told: list[str] = []
    failures: list[tuple[str, Exception]] = []
    for index, item in enumerate(params.items, start=1):
        label = f"{index} {item.name}".strip()
        try:
            told.append(f"{label}: {_word(await _one_of_lot(item, work))}")
        except (PendingError, WebexError, AmbiguousNameError) as error:
            if isinstance(error, WebexError) and error.reason_code is ReasonCode.AUTH_INVALID:
                raise
            failures.append((f"{label}: error {error}", error))
            if not params.goes_on:
                break
    if failures:
        raise _partial_error(params, told, failures)
    effect = Effect.CHANGED if work.call.done else Effect.UNCHANGED
    return Result(effect, "", f"total {len(params.items)}; {'; '.join(told)}")


async def _one_of_lot(item: LotItem, work: WorkspaceWork) -> Result:
    if item.wish is None:
        raise PendingError(ReasonCode.PRECONDITION_MISSING, item.problem)
    return await work.bring_about(item.wish)


def _word(result: Result) -> str:
    if result.effect is Effect.UNCHANGED:
        return f"skipped ({result.message})"
    return f"updated ({result.message})" if EXISTS in result.message else "created"


def _partial_error(
    params: WorkspacesParams, told: Sequence[str], failures: Sequence[tuple[str, Exception]]
) -> PendingError:
    first = failures[0][1]
    reason = getattr(first, "reason_code", ReasonCode.PRECONDITION_MISSING)
    left = len(params.items) - len(told) - len(failures)
    parts = [
        f"partial_error: total {len(params.items)}, failures {len(failures)}"
        + (f", not tried {left}" if left else ""),
        *(text for text, _ in failures),
        *told,
    ]
    return PendingError(
        reason,
        "; ".join(parts),
        fix="mend the items that failed, then run the same lot again; the others are recognised",
        status=getattr(first, "status", None),
    )


def expand(cells: Cells) -> list[dict[str, str]]:
    """Take a lot apart into rows of their own; one that stops at an error stays together.

    Args:
        cells: Normalised cells of a row.

    Returns:
        The cells of each row, not yet normalised; empty when the row is to stay as it is.
    """
    if not cells.get(LOT) or not is_true(cells.get("continue_on_error", "")):
        return []
    items = cells_of_items(cells, DEFINITION.parameters)
    # what is no object has no cells: its own text makes a row that is rejected with its cause
    return [{LOT: NO_OBJECT} if item is None else item for item in items]


def build(context: ActionContext) -> Action[WorkspacesParams]:
    """Make the action.

    Args:
        context: Counts the units of the run.

    Returns:
        What runs for each row.
    """

    async def run(params: WorkspacesParams, call: Call, directory: Directory) -> Result:
        return await _run(params, WorkspaceWork(context.units, call, directory))

    return Action(
        name=DEFINITION.action_id,
        steps=STEPS,
        params=_params,
        run=run,
        serial_key=lambda params: params.items[0].name.casefold() if params.items else "",
        lookup=WORKSPACE_STATE.name,
    )


DEFINITION = ActionDefinition(
    action_id="workspaces_alta",
    purpose="Create workspaces with Webex Calling; complete those that exist.",
    purpose_es="Da de alta espacios con Webex Calling; completa los que ya existen.",
    dataset=Dataset.WORKSPACES,
    parameters=(
        shared.WORKSPACE_NAME,
        *shared.LOCATION,
        shared.EXTENSION,
        shared.PHONE_NUMBER,
        LICENCES,
        DEVICES,
        LOTE,
        CONTINUE,
        SKIP,
        shared.ORG_ID,
    ),
    build=build,
    key=("display_name", LOT),
    needs=(("display_name", LOT), ("extension", "phone_number", "licenses", LOT)),
    expand=expand,
    example={
        "display_name": "Sala 1",
        "location_name": "CUV00000000101",
        "extension": "80000001",
        "licenses": "Webex Calling - Professional",
    },
    outcomes={
        "changed": "the workspace was created with calling, or an existing one was given the "
        "calling, extension, number or licence it lacked",
        "unchanged: workspace_already_exists": "a workspace of that exact name and location has "
        "what the row asks for",
        "precondition_missing": "no such location or licence; no unit left; extension or number "
        "taken; number_inventory_missing; an existing workspace with devices or another kind of "
        "calling cannot be given calling; skip_existing is false",
        "half_applied": "Webex created it without the calling or licence asked for; of a lot "
        "(partial_error) some items were done and others not, each with its cause",
    },
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
