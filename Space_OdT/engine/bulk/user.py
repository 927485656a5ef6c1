"""Phase 2: an existing person gets calling, in one call with location and number, and settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.bulk.licence_gift import give_licence
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.bulk.people import (
    check_line_is_free,
    find_calling_location,
    find_person,
    with_line,
)
from Space_OdT.engine.bulk.person_settings import WantedSettings, apply_settings
from Space_OdT.engine.bulk.relocation import Relocation
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.models import Phase, Row
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Licence, Person, name_key


@dataclass(frozen=True, slots=True)
class JoinedLine:
    """What the assignment rows of a person say together.

    Attributes:
        location_key: Location of the line.
        extension: Extension, "" for none.
        phone_number: Number in E.164, "" for none.
    """

    location_key: str
    extension: str = ""
    phone_number: str = ""


@dataclass(frozen=True, slots=True)
class UserParams:
    """What a user row asks for.

    Attributes:
        email: E-mail address, lower case.
        location_key: Location of the row.
        has_calling: Whether to give calling; False leaves it as it is.
        licence: Name of the calling licence, "" for the usual kind.
        settings: Calling settings of the row.
    """

    email: str
    location_key: str
    has_calling: bool
    licence: str
    settings: WantedSettings


@dataclass(frozen=True, slots=True)
class UserAction:
    """Makes the action of phase 2.

    Attributes:
        book: Finds locations.
        licences: Chooses and counts calling licences.
        line_of: What the assignment rows of an e-mail address say.
        profiles: The outgoing profiles rows may name.
        relocation: Moves people to other locations.
    """

    book: LocationBook
    licences: CallingLicences
    line_of: Callable[[str], JoinedLine | None]
    profiles: Profiles
    relocation: Relocation

    def action(self) -> Action[UserParams]:
        """Give the action.

        Returns:
            What the executor runs for each user row.
        """
        return Action(
            name="user",
            steps=steps.STEPS[Phase.USERS_EXISTING_CALLING],
            params=self._params,
            run=self._run,
            serial_key=lambda params: params.email,
            lookup=steps.USER_LOOKUP.name,
        )

    def _params(self, row: Row) -> UserParams:
        return UserParams(
            email=row.get("email"),
            location_key=row.get("location_key"),
            has_calling=row.get("calling_enabled") != "false",
            licence=row.get("calling_license"),
            settings=WantedSettings.of(row.cells, self.profiles),
        )

    def _line(self, params: UserParams) -> JoinedLine:
        line = self.line_of(params.email)
        if line is None:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"no extension_assignment row gives {params.email} an extension or a number, and "
                "calling cannot be enabled without",
                fix="add such a row to the file, or set calling_enabled to false",
            )
        return line

    async def _run(self, params: UserParams, call: Call, directory: Directory) -> Result:
        person = await find_person(params.email, directory)
        held = await self.licences.held(person.licences)
        notes: tuple[str, ...] = ()
        if held is not None and params.settings:
            notes = await self._move_first(person, params, call, directory)
            person = await find_person(params.email, directory)
        if params.has_calling:
            await self._give_calling(person, held, params, call, directory)
        if params.settings:
            if held is None and not params.has_calling:
                raise PendingError(
                    ReasonCode.PRECONDITION_MISSING,
                    f"{params.email} has no Webex Calling, so there are no calling settings",
                    fix="set calling_enabled, or leave the settings out",
                )
            notes += await apply_settings(
                params.settings, person.id, call, directory, is_new=held is None
            )
        effect = Effect.CHANGED if call.done else Effect.UNCHANGED
        return Result(effect, person.id, "; ".join(notes))

    async def _move_first(
        self, person: Person, params: UserParams, call: Call, directory: Directory
    ) -> tuple[str, ...]:
        """Move somebody before the settings are written, for a move resets some of them."""
        line = self.line_of(params.email)
        location = await self.book.find(line.location_key) if line is not None else None
        if line is None or location is None or not location.has_calling:
            return ()  # the assignment row tells what is missing
        if same_id(person.location_id, location.id):
            return ()
        return await self.relocation.move(person, location, line, call, directory)

    async def _give_calling(
        self,
        person: Person,
        held: Licence | None,
        params: UserParams,
        call: Call,
        directory: Directory,
    ) -> None:
        call.prepare(steps.USER_ENABLE_CALLING)
        if held is None:
            line = self._line(params)
            location = await find_calling_location(line.location_key, self.book)
            await check_line_is_free(person, location, line.extension, line.phone_number, directory)
            after = with_line(person, location.id, line.extension, line.phone_number)
        elif not params.licence or name_key(held.name) == name_key(params.licence):
            return
        else:
            after = person  # another licence, where the person is
        licence = await self.licences.choose(params.licence)
        await give_licence(licence, self.licences, call, directory, before=person, after=after)
        if held is None and call.is_plan:
            self.licences.note_new(person.id)
