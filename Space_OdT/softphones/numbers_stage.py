"""Stage 2: alternate numbers, only those that are missing or too many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from Space_OdT.engine.action_helpers import settings_body
from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.actions_registry import PERSON_NUMBERS_ADD, PERSON_NUMBERS_READ
from Space_OdT.softphones.alternates import ADD, left_to_do
from Space_OdT.softphones.context import StageParams, Subjects
from Space_OdT.softphones.reading_back import shown_after
from Space_OdT.softphones.stages import Stage
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id

NUMBERS_UPDATE = replace(PERSON_NUMBERS_ADD, name="alternate_numbers_update", build=settings_body)


@dataclass(frozen=True, slots=True)
class NumbersStage:
    """Makes the action of stage 2.

    Attributes:
        subjects: The people in work.
    """

    subjects: Subjects

    def action(self) -> Action[StageParams]:
        """Give the action."""
        return Action(
            name=Stage.NUMBERS,
            steps=(PERSON_NUMBERS_READ, NUMBERS_UPDATE),
            params=self.subjects.params,
            run=self._run,
            lookup=Stage.NUMBERS,
        )

    async def _run(self, params: StageParams, call: Call, directory: Directory) -> Result:
        subject, trace = params.subject, params.subject.trace
        wanted = orjson.loads(params.get("alternate_numbers"))
        person_id = subject.calling_person_id
        if subject.is_new:  # a plan: there is nothing to read before calling is given
            trace.after = wanted
            await call(NUMBERS_UPDATE, wanted, person_id=person_id)
            return Result(Effect.CHANGED, person_id)

        async def again() -> Any:
            return (await call(PERSON_NUMBERS_READ, person_id=person_id)).body

        current = await again()
        trace.read(current, again)
        body = left_to_do(wanted, current)
        if body is None:
            return Result(Effect.UNCHANGED, person_id)
        call.prepare(NUMBERS_UPDATE)
        await _check_free(body, person_id, directory)
        trace.writing()
        await call(NUMBERS_UPDATE, body, person_id=person_id)
        await shown_after(
            call,
            PERSON_NUMBERS_READ,
            trace,
            lambda shown: left_to_do(wanted, shown) is None,
            "the change of alternate numbers",
            person_id=person_id,
        )
        if call.is_plan:
            trace.after = {**current, "changes": body}
        return Result(Effect.CHANGED, person_id)


async def _check_free(body: Mapping[str, Any], person_id: str, directory: Directory) -> None:
    """Refuse numbers that cannot become the person's, before anything is sent."""
    for entry in body["phoneNumbers"]:
        if entry["action"] != ADD:
            continue
        number = entry["directNumber"]
        known = await directory.number(number)
        if known is None or (known.owner_id and not same_id(known.owner_id, person_id)):
            why = "somebody else has it" if known else "it is in no location's inventory"
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{number} cannot become an alternate number: {why}",
                fix="add the number to the person's location first, or choose a free one",
            )
