"""Put people into a location: who calls already is moved, who does not gets calling there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from Space_OdT.engine.action_model import Action
from Space_OdT.engine.actions_registry import MOVES, USER_LOOKUP
from Space_OdT.engine.models import CellProblem, Row
from Space_OdT.v21.transformacion.definition import (
    ActionContext,
    ActionDefinition,
    Cells,
    Dataset,
)
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true, values_of
from Space_OdT.v21.transformacion.parts import shared_parameters as shared
from Space_OdT.v21.transformacion.parts.licence_wishes import ADD_LICENCES, STEPS
from Space_OdT.v21.transformacion.parts.location_assignment import Assignment, LocationAssignment
from Space_OdT.v21.transformacion.parts.people_to_location import prepare_control, read_control

SELECTED = Parameter(
    "selected",
    Kind.FLAG,
    "Whether the row of a control file counts; beside target_location_id blank means no.",
)
TARGET_ID = Parameter(
    "target_location_id",
    Kind.NAME,
    "Id or exact name of the location to move to, as in a control file: needs selected.",
)
TARGET = Parameter(
    "target_location",
    Kind.NAME,
    "Id or exact name of the location to be in.",
    aliases=(
        "target_location_name",
        *(name for one in shared.LOCATION for name in (one.name, *one.aliases)),
    ),
    example="CUV00000000101",
)
RELEASE = Parameter(
    "release_number",
    Kind.FLAG,
    "Whether somebody who moves leaves the present number in the old location; numbers of "
    "premises locations cannot be taken along.",
    default="false",
)
CSV_PATH = Parameter(
    "csv_path",
    Kind.TEXT,
    "Control file with the columns selected, person_id, target_location_id; stands for its rows.",
)
PEOPLE_JSON = Parameter(
    "people_json", Kind.TEXT, "People export (JSON) that the control file is made from."
)
OVERWRITE = Parameter(
    "overwrite_csv",
    Kind.FLAG,
    "Whether a control file that is there is made anew; its selections are lost.",
    default="false",
)
GENERATE_ONLY = Parameter(
    "generate_only",
    Kind.FLAG,
    "Whether the control file is made and nothing else is done.",
    default="false",
)
_OF_FILES = (CSV_PATH, PEOPLE_JSON, OVERWRITE, GENERATE_ONLY)


def _params(row: Row) -> Assignment:
    return Assignment(
        cells=row.cells,
        target=row.get("target_location_id") or row.get("target_location"),
        extension=row.get("extension"),
        phone_number=row.get("phone_number"),
        releases=is_true(row.get("release_number")),
        licences=values_of(row.get("add_license_ids")),
    )


def expand(cells: Cells) -> list[dict[str, str]]:
    """Take a row that names a control file apart; makes the file first where it is asked for.

    Args:
        cells: Normalised cells of a row.

    Returns:
        The cells of each selected person; empty when nobody is selected, when the file was only
        to be made, and for rows that name no file.

    Raises:
        InputFileError: When the control file or the people export cannot be used.
    """
    if "csv_path" not in cells:
        return []
    path = Path(cells["csv_path"])
    people = cells.get("people_json", "")
    prepare_control(
        path, Path(people) if people else None, overwrites=is_true(cells.get("overwrite_csv", ""))
    )
    if is_true(cells.get("generate_only", "")):
        return []
    shared_cells = {
        name: value
        for name, value in cells.items()
        if name not in {one.name for one in (*_OF_FILES, *shared.PERSON, TARGET, TARGET_ID)}
    }
    return [{**shared_cells, **row.cells()} for row in read_control(path).selected]


def _check(cells: Cells) -> Iterator[CellProblem]:
    if "people_json" in cells and "csv_path" not in cells:
        yield CellProblem("csv_path", "", "the control file to make", "fill csv_path")
    if cells.get("phone_number") and is_true(cells.get("release_number", "")):
        yield CellProblem(
            "release_number",
            "true",
            "false beside a phone_number, which replaces the present number",
            "leave one of the two out",
        )


def build(context: ActionContext) -> Action[Assignment]:
    """Make the action.

    Args:
        context: Moves people, and counts the units of the run.

    Returns:
        What runs for each row.
    """
    return Action(
        name=DEFINITION.action_id,
        steps=(*STEPS, *(one for one in MOVES if one not in STEPS)),
        params=_params,
        run=LocationAssignment(context).run,
        serial_key=lambda params: params.person_key,
        lookup=USER_LOOKUP.name,
    )


_WHO = (*shared.PERSON_NEED, "csv_path", "people_json")

DEFINITION = ActionDefinition(
    action_id="usuarios_asignar_location_desde_csv",
    purpose="Put people into a location: moves who calls, gives calling to who does not.",
    purpose_es="Asigna personas a una ubicación: mueve a quien ya llama y da llamadas al resto.",
    dataset=Dataset.USUARIOS,
    parameters=(
        *shared.PERSON,
        SELECTED,
        TARGET_ID,
        TARGET,
        shared.EXTENSION,
        shared.PHONE_NUMBER,
        RELEASE,
        ADD_LICENCES,
        *_OF_FILES,
        shared.ORG_ID,
    ),
    build=build,
    key=(*shared.PERSON_NEED, "csv_path"),
    needs=(_WHO, ("target_location_id", "target_location", "csv_path", "people_json")),
    check=_check,
    expand=expand,
    example={"email": "ana.soler@example.com", "target_location": "CUV00000000101"},
    outcomes={
        "changed": "the person was moved (the job ended without an error of this person), or got "
        "a calling licence there; the message shows the impacts of a move",
        "unchanged: already_in_target_location": "the person is there; nothing was sent",
        "unchanged: not_selected": "a row of a control file that is not selected",
        "user_not_found": "nobody has the address or id",
        "precondition_missing": "Webex would not move the person: extension taken (4202); the "
        "premises trap, numbers of Local Gateway locations cannot be taken along (10050010, "
        "27976): give a number of the new location or set release_number; number not active "
        "(10030004) or the main number (10030005); somebody without calling needs a licence, "
        "location and extension or number",
        "non_retryable_external": "the job ended with an error of this person",
        "retry_exhausted": "the job had not ended in time; a later run recognises the result",
    },
    warning="A move changes caller ID and devices, and resets outgoing permissions and group "
    "memberships; move people before setting those",
    own_flags=("--apply",),
)

if __name__ == "__main__":
    from Space_OdT.commands.people_to_location import main

    main(DEFINITION.action_id)
