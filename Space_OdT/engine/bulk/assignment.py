"""Phase 3: the extension or number of a calling user, where it differs, and settings."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.bulk.line_change import change_line, line_differs
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.bulk.people import find_calling_location, find_person
from Space_OdT.engine.bulk.person_settings import WantedSettings, apply_settings
from Space_OdT.engine.bulk.relocation import Relocation
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.models import Phase, Row
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id

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
        relocation: Moves people to other locations.
    """

    book: LocationBook
    licences: CallingLicences
    profiles: Profiles
    relocation: Relocation

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
            told = await self.relocation.move(person, location, params, call, directory)
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
