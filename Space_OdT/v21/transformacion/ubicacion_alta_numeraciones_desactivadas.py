"""The action that loads numbers into a location without putting them into service."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, Dataset
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
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
from Space_OdT.webex.records import Location, Number

ACTION_ID = "ubicacion_alta_numeraciones_desactivadas"
STEPS = (
    steps.PSTN_READ,
    steps.NUMBER_READ,
    steps.NUMBERS_ADD,
    steps.NUMBERS_AT,
)
INACTIVE, MOBILE = "INACTIVE", "MOBILE"
_MOBILE_PER_CALL = 20
_REFUSALS = (400, 409)
# Each time something was refused by name the rest is sent again; nobody refuses so often.
_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class NumbersParams:
    """What a row asks for.

    Attributes:
        cells: Its cells, which name the location.
        numbers: Numbers to load, E.164.
        number_type: DID, TOLLFREE or MOBILE.
        usage: NONE or SERVICE.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    numbers: tuple[str, ...]
    number_type: str
    usage: str
    org_id: str


@dataclass(slots=True)
class _Loading:
    """The work on the numbers of one row."""

    params: NumbersParams
    call: Call
    directory: Directory
    book: NumberBook
    location: Location
    placed: Placed
    claimed: dict[str, str]
    added: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> dict[str, str]:
        return {"location_id": self.location.id, "org_id": self.params.org_id}

    async def add(self, numbers: list[str]) -> None:
        """Add a portion; Webex takes all or none, so what it refuses by name is left out."""
        rest = numbers
        for _ in range(_ATTEMPTS):
            if not rest:
                return
            try:
                await self.call(
                    steps.NUMBERS_ADD,
                    rest,
                    self.params.number_type,
                    self.params.usage,
                    lookup=partial(self._landed, rest[0]),
                    **self.where,
                )
            except WebexError as error:
                rest = await self._left_after(error, rest)
            else:
                self._note(rest)
                return
        self.refused.update(dict.fromkeys(rest, "refused again and again with others"))

    async def _landed(self, number: str) -> dict[str, str] | None:
        """Tell whether a request of open outcome was carried out: it is all or none."""
        placed = await self.book.place([number], self.location, self.directory, refresh=True)
        return {} if number in placed.here else None

    async def _left_after(self, error: WebexError, numbers: list[str]) -> list[str]:
        """Look at what is there now; the numbers named as causes are out, the others stay."""
        if error.status not in _REFUSALS:
            raise error
        placed = await self.book.place(numbers, self.location, self.directory, refresh=True)
        self.placed.here.update(placed.here)
        self.placed.elsewhere.update(placed.elsewhere)
        causes = causes_of(error.detail, placed.nowhere)
        self.refused.update(causes)
        left = [one for one in placed.nowhere if one not in causes]
        if len(left) == len(numbers):
            raise error
        return left

    def _note(self, numbers: list[str]) -> None:
        self.added += numbers
        for number in numbers:
            self.directory.note_write(Number(number, None, self.location.id, INACTIVE))

    async def check_all_there(self) -> None:
        problems = []
        if self.placed.elsewhere:
            problems.append(await foreign_text(self.placed.elsewhere, self.directory))
        problems += [
            f"another row loads {number} into {name}" for number, name in self.claimed.items()
        ]
        problems += [f"Webex refused {number}: {why}" for number, why in self.refused.items()]
        if problems:
            refused_only = not self.placed.elsewhere and not self.claimed
            raise PendingError(
                ReasonCode.NON_RETRYABLE_EXTERNAL
                if refused_only
                else ReasonCode.PRECONDITION_MISSING,
                f"{self.told()}; {'; '.join(problems)}".removeprefix("; "),
                fix="take these numbers out of the row, or free them where they are",
            )

    def told(self) -> str:
        parts = [f"{counted(self.added)} added as {INACTIVE}"] if self.added else []
        kept = [number for number in self.placed.here if number not in self.added]
        in_service = [one for one in kept if self.placed.here[one].state == ACTIVE]
        if kept:
            parts.append(f"{len(kept)} there already")
        if in_service:
            parts.append(f"{ACTIVE} and left so: {listing(in_service)}")
        return ", ".join(parts)


def build(context: ActionContext) -> Action[NumbersParams]:
    """Make the action.

    Args:
        context: What it depends on besides its row.

    Returns:
        What the executor runs for each row.
    """
    book = NumberBook()

    def params(row: Row) -> NumbersParams:
        return NumbersParams(
            row.cells,
            numbers_of(row.cells, context.formulas),
            row.get("number_type"),
            row.get("number_usage_type"),
            row.get("org_id"),
        )

    async def run(params: NumbersParams, call: Call, directory: Directory) -> Result:
        location = await find_calling_location(params.cells, directory)
        placed = await book.place(params.numbers, location, directory)
        claimed = book.claim(placed.nowhere, location)
        work = _Loading(params, call, directory, book, location, placed, claimed)
        if missing := [one for one in placed.nowhere if one not in claimed]:
            call.prepare(steps.NUMBERS_ADD)
            await check_connection(location, params.org_id, call)
            await _load(work, missing, context.numbers_per_call)
        await work.check_all_there()
        effect = Effect.CHANGED if call.done else Effect.UNCHANGED
        return Result(effect, location.id, work.told())

    return Action(
        ACTION_ID,
        STEPS,
        params,
        run,
        serial_key=lambda one: one.cells.get("location_id") or one.cells["location_name"],
        lookup=steps.NUMBER_READ.name,
    )


async def _load(work: _Loading, numbers: list[str], at_once: int) -> None:
    """Add the numbers in portions; a portion that fails leaves word of those before it."""
    size = min(at_once, _MOBILE_PER_CALL) if work.params.number_type == MOBILE else at_once
    for portion in chunks(numbers, size):
        try:
            await work.add(portion)
        except WebexError as error:
            if not work.added or error.reason_code is ReasonCode.AUTH_INVALID:
                raise
            left = [one for one in numbers if one not in work.added]
            raise PendingError(
                error.reason_code,
                f"{work.told()}; not added: {listing(left)}: {error}",
                fix="run the same file again; what is there already is left alone",
                status=error.status,
            ) from error
    await read_back_numbers(
        work.call, work.location, work.params.org_id, work.added, lambda _: True
    )


DEFINITION = ActionDefinition(
    action_id=ACTION_ID,
    purpose="Load numbers into a location as INACTIVE; numbers that are there stay as they are.",
    purpose_es="Da de alta numeraciones desactivadas en la ubicación; las que ya están no cambian.",
    dataset=Dataset.NUMERACIONES,
    parameters=(
        *LOCATION,
        *NUMBERS,
        Parameter(
            "number_type",
            Kind.CHOICE,
            "Type of the numbers; mobile ones go in portions of 20.",
            aliases=("numberType",),
            choices=("DID", "TOLLFREE", MOBILE),
            default="DID",
        ),
        Parameter(
            "number_usage_type",
            Kind.CHOICE,
            "What the numbers are used for.",
            aliases=("numberUsageType",),
            choices=("NONE", "SERVICE"),
            default="NONE",
        ),
        Parameter(
            "number_state",
            Kind.CHOICE,
            "Always INACTIVE; ubicacion_activar_numeraciones puts numbers into service.",
            aliases=("state_of_numbers",),
            choices=(INACTIVE,),
            default=INACTIVE,
        ),
        ORG_ID,
    ),
    build=build,
    key=NUMBERS_KEY,
    needs=(LOCATION_NEED, NUMBERS_NEED),
    check=number_problems,
    example={"location_name": "CUV00000000101", "phone_numbers": "+34510000001,+34910000001"},
    outcomes={
        "changed": "The missing numbers were added as INACTIVE and show in the location.",
        "unchanged": "All numbers are in the location; ACTIVE or assigned ones are never touched.",
        "precondition_missing": "The location lacks Calling or a PSTN connection, or another "
        "location has some of the numbers.",
        "out_of_scope": "The provider keeps the numbers of the location (integrated PSTN).",
        "non_retryable_external": "Webex refused some numbers; the message names each with its "
        "cause.",
        "half_applied": "Some numbers were added, others not; the message names them.",
    },
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
