"""Put one person into a location: who calls is moved, who does not gets calling there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.engine.action_model import Call, Effect, PendingError, Result
from Space_OdT.engine.actions_registry import NOT_MADE_YET
from Space_OdT.engine.bulk.people import note_line, with_line
from Space_OdT.engine.move_bodies import MoveWish
from Space_OdT.engine.move_jobs import MoveJobs
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.parameters import is_true
from Space_OdT.v21.transformacion.parts.licence_changes import change_licences
from Space_OdT.v21.transformacion.parts.licence_units import calling_licence_of
from Space_OdT.v21.transformacion.parts.licence_wishes import LicenceWish, what_differs
from Space_OdT.v21.transformacion.parts.line_checks import check_line
from Space_OdT.v21.transformacion.parts.location_moves import explained, impacts_told
from Space_OdT.v21.transformacion.parts.lookups import find_calling_location, find_person
from Space_OdT.v21.transformacion.parts.people_to_location import read_control
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Person

ALREADY = "already_in_target_location"
NOT_SELECTED = "not_selected"


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a row asks for.

    Attributes:
        cells: Normalised cells of the row.
        target: Id or name of the location, "" for a row that stands for a control file.
        extension: Extension there, "" keeps the present one.
        phone_number: Number there in E.164, "" keeps or releases the present one.
        releases: Whether the present number stays in the old location.
        licences: Names or ids of licences for somebody who does not call yet.
    """

    cells: Mapping[str, str]
    target: str
    extension: str
    phone_number: str
    releases: bool
    licences: tuple[str, ...]

    @property
    def is_selected(self) -> bool:
        """Whether the row counts: a control file selects, other files need not."""
        mark = self.cells.get("selected", "")
        return is_true(mark) if "target_location_id" in self.cells else mark != "false"

    @property
    def person_key(self) -> str:
        """What names the person; rows of one person wait for each other."""
        return self.cells.get("person_id") or self.cells.get("email", "")

    def line(self) -> Mapping[str, str]:
        """The cells as the licence actions read them."""
        return {**self.cells, "location_id": self.target}


@dataclass(frozen=True, slots=True)
class LocationAssignment:
    """Runs the rows.

    Attributes:
        context: Moves people, and counts the units of the run.
    """

    context: ActionContext

    async def run(self, wish: Assignment, call: Call, directory: Directory) -> Result:
        """Put one person into a location.

        Args:
            wish: What the row asks for.
            call: Sends the steps.
            directory: The organisation.

        Returns:
            What was done.

        Raises:
            PendingError: What stands in the way.
            AmbiguousNameError: When a name has several meanings.
            WebexError: When a call failed.
        """
        if not wish.target:
            return Result(Effect.UNCHANGED, "", read_control(Path(wish.cells["csv_path"])).told)
        if not wish.is_selected:
            return Result(Effect.UNCHANGED, wish.cells.get("person_id", ""), NOT_SELECTED)
        person = await find_person(wish.cells, call, directory)
        location = await find_calling_location({"location_id": wish.target}, directory)
        if same_id(person.location_id, location.id):
            return Result(Effect.UNCHANGED, person.id, _already(person, wish))
        if await calling_licence_of(person.licences, directory) is None:
            return await self._give_calling(person, wish, call, directory)
        return await self._move(person, location, wish, call, directory)

    async def _give_calling(
        self, person: Person, wish: Assignment, call: Call, directory: Directory
    ) -> Result:
        """Give somebody who does not call yet a licence together with the location."""
        wanted = LicenceWish(wish.line(), wish.licences)
        change = await what_differs(wanted, person, directory)
        if not change.gives_calling:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                "the person does not call yet, and a location comes only with a calling licence",
                fix="name one in add_license_ids, with an extension or phone_number; or give it "
                "with usuarios_modificar_licencias",
            )
        return await change_licences(wanted, self.context.units, call, directory)

    async def _move(
        self,
        person: Person,
        location: Location,
        wish: Assignment,
        call: Call,
        directory: Directory,
    ) -> Result:
        """Move somebody who calls; Webex is asked first what prevents it and what it changes."""
        moves: MoveJobs = self.context.moves
        await check_line(person.id, location, wish.extension, wish.phone_number, directory)
        kept = "" if wish.releases else None
        move = MoveWish(person.id, location.id, wish.extension or None, wish.phone_number or kept)
        impacts: tuple[str, ...] = ()
        if not location.id.startswith(NOT_MADE_YET):
            check = await moves.check(move, call)
            impacts = check.impacts
            if check.errors:
                told, fix = explained(check.errors)
                raise PendingError(
                    ReasonCode.PRECONDITION_MISSING, f"the move is not possible: {told}", fix=fix
                )
        try:
            moved = await moves.move(move, call)
        except PendingError as error:
            raise _with_meaning(error) from error.__cause__
        if moved.was_there:
            return Result(Effect.UNCHANGED, person.id, ALREADY)
        after = moved.person or _moved(person, location, wish)
        note_line(directory, person, after)
        if wish.extension and after.extension != wish.extension:
            raise _other_line(after, wish)
        return Result(Effect.CHANGED, person.id, impacts_told(impacts))


def _already(person: Person, wish: Assignment) -> str:
    if wish.extension and person.extension != wish.extension:
        return f"{ALREADY}; has the extension {person.extension or 'none'}, not {wish.extension}"
    return ALREADY


def _moved(person: Person, location: Location, wish: Assignment) -> Person:
    kept = None if wish.releases else next(iter(person.phone_numbers), None)
    extension = wish.extension or person.extension
    return with_line(person, location.id, extension, wish.phone_number or kept)


def _with_meaning(error: PendingError) -> PendingError:
    """Explain a job's error where its code is a known one."""
    told, fix = explained([error.message])
    if told == error.message:
        return error
    return PendingError(
        error.reason_code, told, fix=fix, is_final=error.is_final, status=error.status
    )


def _other_line(after: Person, wish: Assignment) -> PendingError:
    return PendingError(
        ReasonCode.HALF_APPLIED,
        f"the person was moved, but has the extension {after.extension or 'none'} instead of "
        f"{wish.extension}",
        fix="another job has moved the person; change the extension in Control Hub",
    )
