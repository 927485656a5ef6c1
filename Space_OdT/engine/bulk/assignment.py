"""Phase 3: the extension or number of a calling user, where it differs, and settings."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.bulk.line_change import change_line, line_differs
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.bulk.people import (
    check_line_is_free,
    find_calling_location,
    find_person,
    note_line,
    with_line,
)
from Space_OdT.engine.bulk.person_settings import WantedSettings, apply_settings
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.models import Phase, Row
from Space_OdT.engine.move_bodies import MoveWish
from Space_OdT.engine.move_jobs import MoveJobs
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Person

ASSIGNMENT_LOOKUP = "assignment_lookup"


@dataclass(frozen=True, slots=True)
class AssignmentParams:
    """What an assignment row asks for.

    Attributes:
        email: E-mail address, lower case.
        location_key: Location of the line.
        extension: Extension, "" leaves it as it is.
        phone_number: Number in E.164, "" leaves it as it is.
        settings: Calling settings of the row.
    """

    email: str
    location_key: str
    extension: str
    phone_number: str
    settings: WantedSettings


@dataclass(frozen=True, slots=True)
class AssignmentAction:
    """Makes the action of phase 3.

    Attributes:
        book: Finds locations.
        licences: Knows who has calling.
        profiles: The outgoing profiles rows may name.
        moves: Moves people to other locations; shared by all rows of the run.
    """

    book: LocationBook
    licences: CallingLicences
    profiles: Profiles
    moves: MoveJobs

    def action(self) -> Action[AssignmentParams]:
        """Give the action.

        Returns:
            What the executor runs for each assignment row.
        """
        return Action(
            name="extension_assignment",
            steps=steps.STEPS[Phase.EXTENSIONS_SETTINGS],
            params=self._params,
            run=self._run,
            serial_key=lambda params: params.email,
            lookup=ASSIGNMENT_LOOKUP,
        )

    def _params(self, row: Row) -> AssignmentParams:
        return AssignmentParams(
            email=row.get("email"),
            location_key=row.get("location_key"),
            extension=row.get("extension"),
            phone_number=row.get("phone_number"),
            settings=WantedSettings.of(row.cells, self.profiles),
        )

    async def _run(self, params: AssignmentParams, call: Call, directory: Directory) -> Result:
        person = await find_person(params.email, directory)
        if await self.licences.held(person.licences) is None:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{params.email} has no Webex Calling yet",
                fix="the person's user row has to succeed first (with calling_enabled)",
            )
        call.prepare(steps.ASSIGN_EXTENSION_OR_NUMBER)
        location = await find_calling_location(params.location_key, self.book)
        told: tuple[str, ...] = ()
        if not same_id(person.location_id, location.id):
            told = await self._move(person, location, params, call, directory)
        elif await line_differs(person, params, directory):
            await change_line(person, location, params, call, directory)
        notes = await apply_settings(
            params.settings,
            person.id,
            call,
            directory,
            is_new=self.licences.is_new(person.id),
        )
        effect = Effect.CHANGED if call.done else Effect.UNCHANGED
        return Result(effect, person.id, "; ".join((*told, *notes)))

    async def _move(
        self,
        person: Person,
        location: Location,
        params: AssignmentParams,
        call: Call,
        directory: Directory,
    ) -> tuple[str, ...]:
        """Move a calling user to another location, with the line the row gives there."""
        await check_line_is_free(person, location, params.extension, params.phone_number, directory)

        wish = MoveWish(person.id, location.id, params.extension or None, params.phone_number)
        notes = await self._impacts(wish, call) if call.is_plan else ()
        moved = await self.moves.move(wish, call)
        if moved.person is not None:
            # read again, for a job that nobody saw to its end may have given another line
            note_line(directory, person, moved.person)
            if await line_differs(moved.person, params, directory):
                await change_line(moved.person, location, params, call, directory)
            return notes
        extension = params.extension or person.extension
        after = with_line(person, location.id, extension, params.phone_number)
        note_line(directory, person, after)
        return notes

    async def _impacts(self, wish: MoveWish, call: Call) -> tuple[str, ...]:
        """Ask what a planned move would do, where the location is there already."""
        if wish.location_id.startswith(steps.NOT_MADE_YET):
            return ()
        try:
            check = await self.moves.check(wish, call)
        except WebexError as error:
            if error.reason_code is ReasonCode.AUTH_INVALID:
                raise
            return (f"Webex could not say what the move does: {error}",)
        obstacles = (f"as things are now: {text}" for text in check.errors)
        return (*obstacles, *check.impacts)
