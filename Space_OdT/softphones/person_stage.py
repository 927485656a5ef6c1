"""Before the first stage: who the person is, by the exports when they are right, else by Webex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, Result
from Space_OdT.engine.actions_registry import USER_LOOKUP
from Space_OdT.engine.bulk.people import find_person
from Space_OdT.softphones.book import IdBook
from Space_OdT.softphones.context import StageParams, Subjects
from Space_OdT.softphones.stages import RESOLVE_PERSON
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.records import email_key

# What the API says about an id that is nobody's, or no id at all.
_NOBODY = frozenset({400, 404})


@dataclass(frozen=True, slots=True)
class PersonStage:
    """Makes the action that finds a person.

    Attributes:
        book: Knows the exports.
        subjects: The people in work.
    """

    book: IdBook
    subjects: Subjects

    def action(self) -> Action[StageParams]:
        """Give the action."""
        return Action(
            name=RESOLVE_PERSON,
            steps=(USER_LOOKUP,),
            params=self.subjects.params,
            run=self._run,
            lookup=RESOLVE_PERSON,
        )

    async def _run(self, params: StageParams, call: Call, directory: Directory) -> Result:
        subject = params.subject
        body = await self._exported(subject.email, call)
        if body is None:
            person = await find_person(subject.email, directory)
            body = (await call(USER_LOOKUP, person_id=person.id)).body
        subject.body = body
        return Result(Effect.UNCHANGED, str(body["id"]))

    async def _exported(self, email: str, call: Call) -> dict[str, Any] | None:
        """Read the person the exports name; they may be old, so the address has to fit."""
        person_id = self.book.exported_person(email)
        if not person_id:
            return None
        body: dict[str, Any] | None = None
        try:
            body = (await call(USER_LOOKUP, person_id=person_id)).body
        except WebexError as error:
            if error.status not in _NOBODY:
                raise
        if body is not None and email in map(email_key, body.get("emails") or ()):
            return body
        self.book.stale(f"{email} is not who the exports say")
        return None
