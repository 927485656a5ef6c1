"""The action that sets the head number of a location: its caller ID and main number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.v21.transformacion.parts import steps_location as steps
from Space_OdT.v21.transformacion.parts.lookups import Cells, find_calling_location
from Space_OdT.v21.transformacion.parts.number_blocks import NumberBook
from Space_OdT.v21.transformacion.parts.shared_parameters import LOCATION, LOCATION_NEED, ORG_ID
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.records import Location, number_key

ACTION_ID = "ubicacion_actualizar_cabecera"
STEPS = (steps.CALLING_READ, steps.HEAD_NUMBER)


@dataclass(frozen=True, slots=True)
class HeadNumberParams:
    """What a row asks for.

    Attributes:
        cells: Its cells, which name the location.
        number: The head number in E.164.
        name: Name shown with it, "" leaves it as it is.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    number: str
    name: str
    org_id: str

    @classmethod
    def of(cls, row: Row) -> HeadNumberParams:
        """Read a row.

        Args:
            row: A prepared row.

        Returns:
            What it asks for.
        """
        name = row.get("calling_line_name")
        return cls(row.cells, row.cells["phone_number"], name, row.get("org_id"))

    def holds(self, details: dict[str, Any]) -> bool:
        """Tell whether a location is as asked for.

        Args:
            details: Calling details of the location.

        Returns:
            True when the number, and the name where one is given, are equal.
        """
        line = details.get("callingLineId") or {}
        is_number = number_key(str(line.get("phoneNumber") or "")) == self.number
        return is_number and self.name in {"", line.get("name")}


def build(_: ActionContext) -> Action[HeadNumberParams]:
    """Make the action.

    Returns:
        What the executor runs for each row.
    """
    book = NumberBook()

    async def run(params: HeadNumberParams, call: Call, directory: Directory) -> Result:
        location = await find_calling_location(params.cells, directory)
        where = {"location_id": location.id, "org_id": params.org_id}
        if params.holds(
            await steps.read_setting(call, steps.CALLING_READ, location, params.org_id)
        ):
            return Result(Effect.UNCHANGED, location.id)
        call.prepare(steps.HEAD_NUMBER)
        await _check_inventory(params.number, location, directory, book)
        await call(steps.HEAD_NUMBER, params.number, params.name, lookup=None, **where)
        await call.read_back(
            steps.CALLING_READ,
            lambda body: params.holds(body or {}),
            f"the head number {params.number}",
            **where,
        )
        directory.note_write(replace(location, main_number=params.number))
        return Result(Effect.CHANGED, location.id)

    return Action(
        ACTION_ID,
        STEPS,
        HeadNumberParams.of,
        run,
        serial_key=lambda one: one.cells.get("location_id") or one.cells["location_name"],
        lookup=steps.CALLING_READ.name,
    )


async def _check_inventory(
    number: str, location: Location, directory: Directory, book: NumberBook
) -> None:
    """The number must be the location's; it may be inactive, and it may have an owner."""
    placed = await book.place([number], location, directory)
    if not placed.here:  # the list may be older than the number
        placed = await book.place([number], location, directory, refresh=True)
    if placed.here:
        return
    what = "another location has it" if placed.elsewhere else "no location has it"
    raise PendingError(
        ReasonCode.PRECONDITION_MISSING,
        f"number_inventory_missing: {number} cannot be the head number of {location.name}: {what}",
        fix="load it with ubicacion_alta_numeraciones_desactivadas first, or correct the number",
    )


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Set the head number of a location: its caller ID and main number.",
    purpose_es="Pone el número de cabecera de la ubicación: su identificador y número principal.",
    dataset=Dataset.UBICACIONES,
    parameters=(
        *LOCATION,
        Parameter(
            "phone_number",
            Kind.PHONE,
            "The head number (E.164); it must be in the inventory of the location.",
            aliases=("calling_line_id", "main_number", "Capçalera", "Capçalera principal"),
            is_required=True,
            example="+34910000001",
        ),
        Parameter(
            "calling_line_name",
            Kind.TEXT,
            "Name shown with the head number; blank leaves it as it is.",
            aliases=("calling_line_id_name",),
        ),
        ORG_ID,
    ),
    build=build,
    key=LOCATION_NEED,
    needs=(LOCATION_NEED,),
    example={"location_name": "CUV00000000101", "phone_number": "+34910000001"},
    outcomes={
        "changed": "The head number was set and reads back equal.",
        "unchanged": "The location has this head number, and the name where one is given.",
        "precondition_missing": "number_inventory_missing, or the location lacks Calling.",
        "half_applied": "Webex accepted the change, but it does not show.",
    },
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
