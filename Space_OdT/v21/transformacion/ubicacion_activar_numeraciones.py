"""The action of the cut-over day: it puts the numbers of a location into service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.models import CellProblem, Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true
from Space_OdT.v21.transformacion.parts import steps_location as steps
from Space_OdT.v21.transformacion.parts.lookups import Cells, find_calling_location
from Space_OdT.v21.transformacion.parts.number_blocks import (
    ACTIVE,
    NumberBook,
    Placed,
    causes_of,
    check_connection,
    chunks,
    counted,
    foreign_text,
    listing,
    read_back_numbers,
)
from Space_OdT.v21.transformacion.parts.number_parameters import (
    NUMBERS,
    NUMBERS_KEY,
    NUMBERS_NEED,
    number_problems,
    numbers_of,
)
from Space_OdT.v21.transformacion.parts.shared_parameters import LOCATION, LOCATION_NEED, ORG_ID
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Number
from Space_OdT.webex.sources import Kind as Listed

ACTION_ID = "ubicacion_activar_numeraciones"
STEPS = (
    steps.PSTN_READ,
    steps.NUMBER_READ,
    steps.NUMBERS_ACTIVATE,
    steps.NUMBERS_AT,
)


@dataclass(frozen=True, slots=True)
class ActivationParams:
    """What a row asks for.

    Attributes:
        cells: Its cells, which name the location.
        numbers: Numbers to activate, E.164.
        is_all: Whether every inactive number of the location is meant.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    numbers: tuple[str, ...]
    is_all: bool
    org_id: str


@dataclass(frozen=True, slots=True)
class _Activation:
    """The work on the numbers of one row."""

    params: ActivationParams
    call: Call
    directory: Directory
    location: Location
    per_call: int

    async def run(self, placed: Placed) -> tuple[list[str], dict[str, str]]:
        """Activate what is inactive here; gives those done, and those refused with the cause."""
        asleep = [one for one, known in placed.here.items() if known.state != ACTIVE]
        done: list[str] = []
        refused: dict[str, str] = {}
        if asleep:
            self.call.prepare(steps.NUMBERS_ACTIVATE)
            await check_connection(self.location, self.params.org_id, self.call)
        for portion in chunks(asleep, self.per_call):
            try:
                some, causes = await self._activate(portion)
            except WebexError as error:
                raise self._told(error, done, asleep) from error
            done += some
            refused.update(causes)
            self._note(placed, some)
        await read_back_numbers(
            self.call,
            self.location,
            self.params.org_id,
            done,
            lambda entry: entry.state == ACTIVE,
        )
        return done, refused

    async def _activate(self, numbers: list[str]) -> tuple[list[str], dict[str, str]]:
        """Send one portion; those named as causes are left out of a second attempt."""
        where = {"location_id": self.location.id, "org_id": self.params.org_id}
        try:
            await self.call(steps.NUMBERS_ACTIVATE, numbers, lookup=None, **where)
        except WebexError as error:
            causes = causes_of(error.detail, numbers)
            rest = [one for one in numbers if one not in causes]
            if not causes:
                raise
            if rest:
                await self.call(steps.NUMBERS_ACTIVATE, rest, lookup=None, **where)
            return rest, causes
        return numbers, {}

    def _note(self, placed: Placed, numbers: list[str]) -> None:
        for number in numbers:
            self.directory.note_write(replace(placed.here[number], state=ACTIVE))

    def _told(self, error: WebexError, done: list[str], asleep: list[str]) -> Exception:
        if not done or error.reason_code is ReasonCode.AUTH_INVALID:
            return error
        left = [one for one in asleep if one not in done]
        return PendingError(
            error.reason_code,
            f"{counted(done)} activated; not activated: {listing(left)}: {error}",
            fix="run the same file again; what is ACTIVE already is left alone",
            status=error.status,
        )


def build(context: ActionContext) -> Action[ActivationParams]:
    """Make the action.

    Args:
        context: What it depends on besides its row.

    Returns:
        What the executor runs for each row.
    """
    book = NumberBook()

    def params(row: Row) -> ActivationParams:
        return ActivationParams(
            row.cells,
            numbers_of(row.cells, context.formulas),
            is_true(row.get("all_numbers")),
            row.get("org_id"),
        )

    async def run(params: ActivationParams, call: Call, directory: Directory) -> Result:
        location = await find_calling_location(params.cells, directory)
        placed = await _placed(params, location, directory, book)
        work = _Activation(params, call, directory, location, context.numbers_per_call)
        done, refused = await work.run(placed)
        await _check_rest(placed, refused, directory)
        return Result(
            Effect.CHANGED if call.done else Effect.UNCHANGED,
            location.id,
            _told(done, placed),
        )

    return Action(
        ACTION_ID,
        STEPS,
        params,
        run,
        serial_key=lambda one: one.cells.get("location_id") or one.cells["location_name"],
        lookup=steps.NUMBER_READ.name,
    )


async def _placed(
    params: ActivationParams, location: Location, directory: Directory, book: NumberBook
) -> Placed:
    placed = await book.place(params.numbers, location, directory)
    if placed.nowhere:  # the list may be older than the numbers
        again = await book.place(placed.nowhere, location, directory, refresh=True)
        placed.nowhere = again.nowhere
        placed.here.update(again.here)
        placed.elsewhere.update(again.elsewhere)
    if params.is_all:
        await directory.load(Listed.NUMBER)
        placed.here.update(_all_of(location, directory))
    return placed


def _all_of(location: Location, directory: Directory) -> dict[str, Number]:
    return {
        known.phone_number: known
        for known in directory.numbers.records()
        if known.phone_number and same_id(known.location_id, location.id)
    }


async def _check_rest(placed: Placed, refused: dict[str, str], directory: Directory) -> None:
    problems = []
    if placed.nowhere:
        problems.append(f"number_inventory_missing: no location has {listing(placed.nowhere)}")
    if placed.elsewhere:
        problems.append(await foreign_text(placed.elsewhere, directory))
    if problems:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            "; ".join(problems),
            fix="load the numbers with ubicacion_alta_numeraciones_desactivadas, or correct the "
            "location",
        )
    if refused:
        causes = "; ".join(f"Webex refused {number}: {why}" for number, why in refused.items())
        raise PendingError(ReasonCode.NON_RETRYABLE_EXTERNAL, causes)


def _told(done: list[str], placed: Placed) -> str:
    already = len(placed.here) - len(done)
    parts = [f"{counted(done)} activated"] if done else []
    if already:
        parts.append(f"{already} {ACTIVE} already")
    return ", ".join(parts)


def _problems(cells: Cells) -> Iterable[CellProblem]:
    if is_true(cells.get("all_numbers", "")):
        return
    if any(cells.get(name) for name in NUMBERS_NEED):
        yield from number_problems(cells)
        return
    yield CellProblem(
        "", "", f"one of {', '.join(NUMBERS_NEED)}, or all_numbers", "fill one of them"
    )


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Put numbers of a location into service on the day of the cut-over.",
    purpose_es="Activa las numeraciones de la ubicación el día del cambio.",
    dataset=Dataset.NUMERACIONES,
    parameters=(
        *LOCATION,
        *NUMBERS,
        Parameter(
            "all_numbers",
            Kind.FLAG,
            "Whether every inactive number of the location is meant.",
            example="true",
        ),
        ORG_ID,
    ),
    build=build,
    key=NUMBERS_KEY,
    needs=(LOCATION_NEED, (*NUMBERS_NEED, "all_numbers")),
    check=_problems,
    example={"location_name": "CUV00000000101", "phone_numbers": "+34910000001"},
    outcomes={
        "changed": "The inactive numbers were activated and show as ACTIVE.",
        "unchanged": "All numbers are ACTIVE already.",
        "precondition_missing": "number_inventory_missing, or another location has some of the "
        "numbers, or the location lacks Calling or a PSTN connection.",
        "out_of_scope": "The provider keeps the numbers of the location (integrated PSTN).",
        "half_applied": "Some numbers were activated, others not; the message names them.",
    },
    warning="Calls from outside reach these numbers at once.",
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
