"""Stage 1: the calling licence, in one call with location and extension or number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.actions_registry import (
    ASSIGN_EXTENSION_OR_NUMBER,
    USER_ENABLE_CALLING,
    USER_LOOKUP,
)
from Space_OdT.engine.bulk.licence_gift import give_licence
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.bulk.line_change import change_line, line_differs
from Space_OdT.engine.bulk.people import check_line_is_free, with_line
from Space_OdT.softphones.book import IdBook
from Space_OdT.softphones.context import StageParams, Subject, Subjects
from Space_OdT.softphones.reading_back import shown_after
from Space_OdT.softphones.stages import Stage
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Licence, Location, Person

_WHAT = "the licence, extension or number of the person"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a row wants of a person, everything looked up."""

    person: Person
    location: Location
    licence: Licence
    held: Licence | None
    extension: str
    phone_number: str

    def is_shown(self, body: Any) -> bool:
        """Tell whether the person has it."""
        person = Person.parse(body)
        has_licence = any(same_id(one, self.licence.id) for one in person.licences)
        return has_licence and self.extension in {"", person.extension}

    @property
    def outlook(self) -> dict[str, Any]:
        """What a plan shows of the person afterwards."""
        others = (one for one in self.person.licences if self.held is None or one != self.held.id)
        line = {"extension": self.extension, "locationId": self.location.id}
        shown = {name: value for name, value in line.items() if value}
        if self.phone_number:
            shown["phoneNumber"] = self.phone_number
        return {**shown, "licenses": [*others, self.licence.id]}


@dataclass(frozen=True, slots=True)
class LicenceStage:
    """Makes the action of stage 1.

    Attributes:
        book: Finds locations.
        licences: Finds licences, and counts the units this run gives out.
        subjects: The people in work.
    """

    book: IdBook
    licences: CallingLicences
    subjects: Subjects

    def action(self) -> Action[StageParams]:
        """Give the action."""
        return Action(
            name=Stage.LICENCE,
            steps=(USER_LOOKUP, USER_ENABLE_CALLING, ASSIGN_EXTENSION_OR_NUMBER),
            params=self.subjects.params,
            run=self._run,
            lookup=Stage.LICENCE,
        )

    async def _run(self, params: StageParams, call: Call, directory: Directory) -> Result:
        subject, trace = params.subject, params.subject.trace

        async def again() -> Any:
            return (await call(USER_LOOKUP, person_id=subject.person_id)).body

        trace.read(subject.known, again)
        wish = await self._wish(params)
        if wish.held is None:
            await self._give(wish, subject, call, directory)
        else:
            await self._complete(wish, wish.held, subject, call, directory)
        if not call.done:
            return Result(Effect.UNCHANGED, wish.person.id)
        after = await shown_after(
            call, USER_LOOKUP, trace, wish.is_shown, _WHAT, person_id=wish.person.id
        )
        outlook = {**subject.known, **wish.outlook}
        if call.is_plan:
            trace.after = outlook
        else:
            subject.body = after or outlook
        return Result(Effect.CHANGED, wish.person.id)

    async def _wish(self, params: StageParams) -> _Wish:
        person = Person.parse(dict(params.subject.known))
        return _Wish(
            person,
            await self.book.location(params.get("location_id"), params.get("location_name")),
            await self._licence(params.get("calling_license_id")),
            await self.licences.held(person.licences),
            params.get("extension"),
            params.get("phone_number"),
        )

    async def _licence(self, wanted: str) -> Licence:
        licence = await self.licences.held((wanted,))
        if licence is None:
            named = await self.licences.named(wanted)
            free = (one for one in named if self.licences.free_units(one) > 0)
            licence = next(free, named[0] if named else None)
        if licence is None:
            known = ", ".join(f"{one.name} = {one.id}" for one in await self.licences.all())
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"calling_license_id {wanted} is no calling licence for people",
                fix=f"write the id of one of: {known or 'none in this organisation'}",
            )
        return licence

    def _check_units(self, licence: Licence) -> None:
        if self.licences.free_units(licence) < 1:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"no unit of {licence.name} is left",
                fix="free or buy units, then run these people again",
            )

    async def _give(self, wish: _Wish, subject: Subject, call: Call, directory: Directory) -> None:
        """Give calling to somebody who has none."""
        person, location = wish.person, wish.location
        call.prepare(USER_ENABLE_CALLING)
        await check_line_is_free(person, location, wish.extension, wish.phone_number, directory)
        self._check_units(wish.licence)
        after = with_line(person, location.id, wish.extension, wish.phone_number)
        subject.trace.writing()
        await give_licence(wish.licence, self.licences, call, directory, before=person, after=after)
        subject.is_new = call.is_plan

    async def _complete(
        self, wish: _Wish, held: Licence, subject: Subject, call: Call, directory: Directory
    ) -> None:
        """Bring somebody who has calling to the licence and line of the row."""
        person = wish.person
        if not same_id(person.location_id, wish.location.id):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{subject.email} has Webex Calling in another location than {wish.location.name}",
                fix="move the person with an extension_assignment row of bulk_run, or correct the "
                "location",
            )
        if not same_id(held.id, wish.licence.id):
            call.prepare(USER_ENABLE_CALLING)
            self._check_units(wish.licence)
            subject.trace.writing()
            await give_licence(
                wish.licence, self.licences, call, directory, before=person, after=person
            )
        if await line_differs(person, wish, directory):
            call.prepare(ASSIGN_EXTENSION_OR_NUMBER)
            subject.trace.writing()
            await change_line(person, wish.location, wish, call, directory)
