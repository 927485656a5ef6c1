"""Phases 2 and 3: settings of a person, each read first and replaced only when different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Call, PendingError
from Space_OdT.engine.calling_settings import (
    ALTERNATE_NUMBER,
    FeatureChange,
    Profiles,
    UnknownProfileError,
    feature_changes,
)
from Space_OdT.engine.feature_bodies import merge_body
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import number_key


@dataclass(frozen=True, slots=True)
class WantedSettings:
    """What a row asks for.

    Attributes:
        changes: One entry a feature.
        alternate_number: A second number in E.164, "" for none.
    """

    changes: tuple[FeatureChange, ...] = ()
    alternate_number: str = ""

    @classmethod
    def of(cls, cells: Mapping[str, str], profiles: Profiles) -> WantedSettings:
        """Read the `calling_settings_*` cells of a row.

        Args:
            cells: Normalised cells.
            profiles: The outgoing profiles a row may name.

        Returns:
            What they ask for.

        Raises:
            PendingError: `precondition_missing`, for an outgoing profile nobody has described.
        """
        try:
            changes = feature_changes(cells, profiles)
        except UnknownProfileError as error:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                str(error),
                fix="describe the profile in the file of outgoing profiles",
            ) from None
        return cls(changes, cells.get(ALTERNATE_NUMBER, ""))

    def __bool__(self) -> bool:
        return bool(self.changes or self.alternate_number)


NOT_READ_YET = "the settings cannot be read before calling is enabled: apply merges into them"


async def apply_settings(
    wanted: WantedSettings,
    person_id: str,
    call: Call,
    directory: Directory,
    *,
    is_new: bool = False,
) -> tuple[str, ...]:
    """Bring the settings of a calling user to what a row asks for.

    Args:
        wanted: What the row asks for.
        person_id: Id of the person.
        call: Sends the steps.
        directory: The organisation.
        is_new: Whether calling was enabled by this row: a plan has nothing to read then.

    Returns:
        Remarks for the operator; empty when there are none.

    Raises:
        PendingError: When something stands in the way.
        WebexError: When a call failed.
    """
    if is_new and call.is_plan:
        return await _plan_for_new(wanted, person_id, call)
    notes = [note for change in wanted.changes for note in await _apply(change, person_id, call)]
    if wanted.alternate_number:
        await _add_alternate(wanted.alternate_number, person_id, call, directory)
    return tuple(notes)


async def _plan_for_new(wanted: WantedSettings, person_id: str, call: Call) -> tuple[str, ...]:
    for change in wanted.changes:
        step = steps.SETTING_WRITES[change.feature.name]
        await call(step, change.wanted, person_id=person_id)
    if wanted.alternate_number:
        await call(steps.PERSON_NUMBERS_ADD, wanted.alternate_number, person_id=person_id)
    return (NOT_READ_YET,) if wanted.changes else ()


async def _apply(change: FeatureChange, person_id: str, call: Call) -> tuple[str, ...]:
    name = change.feature.name
    answer = await call(steps.SETTING_READS[name], person_id=person_id)
    merged = merge_body(change.feature, answer.body or {}, change.wanted)
    if merged.changed:
        await call(steps.SETTING_WRITES[name], merged.body, person_id=person_id)
    if not merged.ignored:
        return ()
    return (f"{name} does not have {', '.join(merged.ignored)} here",)


async def _add_alternate(number: str, person_id: str, call: Call, directory: Directory) -> None:
    if await _has_number(number, person_id, call):
        return
    known = await directory.number(number)
    if known is None or (known.owner_id and not same_id(known.owner_id, person_id)):
        why = "somebody else has it" if known else "it is in no location's inventory"
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{number} cannot become a second number: {why}",
            fix="add the number to the person's location first, or choose a free one",
        )

    async def landed() -> dict[str, Any] | None:
        return {} if await _has_number(number, person_id, call) else None

    await call(steps.PERSON_NUMBERS_ADD, number, lookup=landed, person_id=person_id)


async def _has_number(number: str, person_id: str, call: Call) -> bool:
    answer = await call(steps.PERSON_NUMBERS_READ, person_id=person_id)
    return number in {
        number_key(str(item.get("directNumber") or item.get("external") or ""))
        for item in answer.body["phoneNumbers"]
    }
