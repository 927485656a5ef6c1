"""Secondary numbers of people and workspaces, by which the old system reaches a migrated line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result, StepSpec
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.definition import ActionContext, Cells, LegacyFormulas
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.v21.transformacion.parts.calling_entities import PEOPLE, CallingEntity, EntityKind
from Space_OdT.v21.transformacion.parts.entity_settings import (
    NOT_READ_YET,
    Setting,
    service_refusals,
)
from Space_OdT.v21.transformacion.parts.legacy_values import LegacyValue, intercom_number
from Space_OdT.v21.transformacion.parts.line_checks import number_in_inventory
from Space_OdT.v21.transformacion.parts.numbers_state import (
    ADD,
    DELETE,
    RING_FLAG,
    available_step,
    calling_location_id,
    is_main,
    numbers_setting,
)
from Space_OdT.v21.transformacion.parts.shared_parameters import EXTENSION, ORG_ID
from Space_OdT.v21.transformacion.parts.switch_mode import UNSET, mode_parameter
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Number, number_key

ALREADY_PRESENT = "legacy_number_already_present"
NOT_PRESENT = "legacy_number_not_present"

PARAMETERS = (
    Parameter(
        "legacy_phone_number",
        Kind.PHONE,
        "The secondary number (E.164); wins over what follows from the extension.",
        aliases=("legacy_secondary_number", "intercom_number", "intercom"),
        example="+34510000001",
    ),
    EXTENSION,
    mode_parameter("Set (add) the number, or unset (remove) exactly this one.", "intercom_mode"),
    ORG_ID,
)
NUMBER_NEED = ("legacy_phone_number", "extension")
OUTCOMES: Mapping[str, str] = {
    "changed": "The number was added, or with mode unset removed, and reads back so.",
    f"unchanged: {ALREADY_PRESENT}": "The entity has the number already.",
    f"unchanged: {NOT_PRESENT}": "With mode unset: the entity does not have the number.",
    "number_inventory_missing": "Pending: no location has the number in its inventory.",
    "precondition_missing": "Pending: the number is in another location, or belongs to somebody "
    "else (the message says what kind of owner), or is no secondary but the main number.",
    "calling_eligibility_…": "Pending: there is no such entity, it has no calling, or the token "
    "may not read it.",
    "license_or_feature_missing": "Pending: the entity lacks the licence; a workspace needs a "
    "Professional one.",
    "half_applied": "Pending: Webex said yes, but the number does not show.",
}


@dataclass(frozen=True, slots=True)
class NumberParams:
    """What a row about a secondary number asks for.

    Attributes:
        cells: Normalised cells, which name the entity and the number.
        is_set: Whether to add the number; False removes it.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    is_set: bool
    org_id: str

    @classmethod
    def of(cls, row: Row) -> NumberParams:
        """Read a prepared row.

        Args:
            row: The row.

        Returns:
            What it asks for.
        """
        return cls(row.cells, row.get("mode") != UNSET, row.get("org_id"))


@dataclass(frozen=True, slots=True)
class SecondaryNumbers:
    """Adds the legacy number of one entity, or removes it.

    Attributes:
        setting: Whose numbers, and how they are read and written.
        available: Lists what may become a secondary number.
        formulas: How the number follows from the extension.
    """

    setting: Setting
    available: StepSpec
    formulas: LegacyFormulas

    async def run(
        self, entity: CallingEntity, params: NumberParams, call: Call, directory: Directory
    ) -> Result:
        """Bring the legacy number of an entity to what a row asks for.

        Args:
            entity: Whose number.
            params: What the row asks for.
            call: Sends the steps.
            directory: The organisation.

        Returns:
            Whether anything was written, and the number.

        Raises:
            PendingError: When something stands in the way.
            WebexError: When a call failed.
        """
        wanted = intercom_number(params.cells, self.formulas)
        current = await self.setting.read(entity, call, params.org_id)
        main = is_main(current, wanted.value)
        doubt = wanted.doubt(entity.name, entity.extension) if params.is_set else ""
        if params.is_set and main is not None:
            told = f"{ALREADY_PRESENT}: {wanted}"
            return Result(Effect.UNCHANGED, entity.id, "; ".join(filter(None, (told, doubt))))
        if not params.is_set and main is None:
            return Result(Effect.UNCHANGED, entity.id, f"{NOT_PRESENT}: {wanted}")
        known = None
        if params.is_set:
            place = calling_location_id(current, entity.location_id)
            known = await free_number(wanted, entity, place, directory)
            # the whole inventory says the same of people's numbers, without a call for each;
            # whether a workspace may have any depends on its licence, which only this list tells
            is_known = directory.numbers.is_complete and self.setting.kind.owner == PEOPLE.owner
            if current is not None and not is_known:
                await self._check_offered(entity, wanted, call, params.org_id)
        elif main:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{wanted} is the main number of {entity.name}, not a secondary one",
                fix="correct the number; main numbers are not removed here",
            )
        await self._write(entity, params, wanted.value, current, call)
        _note(directory, entity, wanted.value, known, is_set=params.is_set)
        told = f"secondary number {wanted} {'added' if params.is_set else 'removed'}"
        unread = "" if current else NOT_READ_YET
        return Result(Effect.CHANGED, entity.id, "; ".join(filter(None, (told, unread, doubt))))

    async def _write(
        self,
        entity: CallingEntity,
        params: NumberParams,
        number: str,
        current: Mapping[str, Any] | None,
        call: Call,
    ) -> None:
        def holds(body: Any) -> bool:
            return (is_main(body, number) is not None) is params.is_set

        async def landed() -> dict[str, Any] | None:
            """Look before a repeat: what was added or removed once is refused the second time."""
            now = await self.setting.read(entity, call, params.org_id)
            return {} if holds(now) else None

        action = ADD if params.is_set else DELETE
        parts = (self.setting.kind.owner, action, number, (current or {}).get(RING_FLAG))
        await self.setting.write(entity, call, params.org_id, *parts, lookup=landed)
        told = f"the secondary number {number}"
        await self.setting.read_back(
            entity, call, params.org_id, holds, told if params.is_set else f"the loss of {number}"
        )

    async def _check_offered(
        self, entity: CallingEntity, wanted: LegacyValue, call: Call, org_id: str
    ) -> None:
        number = wanted.value
        where = {"entity_id": entity.id, "phone_number": number, "org_id": org_id}
        with service_refusals(entity, self.setting.what):
            answer = await call(self.available, lookup=None, **where)
        offered = {number_key(str(one["phoneNumber"])) for one in answer.body["phoneNumbers"]}
        # in a plan, the number may be one that an earlier row would load
        if number not in offered and not call.is_plan:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"Webex does not offer {wanted} as a secondary number of {entity.name}",
                fix="toll-free and reserved numbers cannot be secondary ones: choose another",
                status=answer.status,
            )


async def free_number(
    wanted: LegacyValue, entity: CallingEntity, location_id: str, directory: Directory
) -> Number:
    """Find a number that is free in the location of its future owner.

    Args:
        wanted: The number.
        entity: Who is to have it.
        location_id: Id of the location it calls from.
        directory: The organisation.

    Returns:
        The number.

    Raises:
        PendingError: `precondition_missing`: in no inventory, in another one, or somebody has it.
        WebexError: When the API cannot be asked.
    """
    known = await number_in_inventory(wanted.value, directory)
    if not same_id(known.location_id, location_id):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the number {wanted} is in the inventory of another location than that of "
            f"{entity.name}",
            fix="load the number into the right location, or give legacy_phone_number",
        )
    if known.owner_id and not same_id(known.owner_id, entity.id):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the number {wanted} belongs to another {known.owner_kind}",
            fix="free it there, or give legacy_phone_number",
        )
    return known


def _note(
    directory: Directory, entity: CallingEntity, number: str, known: Number | None, *, is_set: bool
) -> None:
    """Remember who has the number now, so that no other row of the run gets it."""
    if is_set and known is not None:
        owner_type = "PEOPLE" if entity.noun == "person" else "PLACE"
        directory.note_write(replace(known, owner_id=entity.id, owner_type=owner_type))
    elif not is_set:
        for old in directory.numbers.find(number):
            directory.note_write(replace(old, owner_id=None, owner_type=None))


def numbers_action(name: str, kind: EntityKind, context: ActionContext) -> Action[NumberParams]:
    """Make an action on the legacy secondary number.

    Args:
        name: Its id.
        kind: Whose number it changes.
        context: What it depends on besides its row.

    Returns:
        What the executor runs for each row.
    """
    setting, available = numbers_setting(kind), available_step(kind)
    numbers = SecondaryNumbers(setting, available, context.formulas)

    async def run(params: NumberParams, call: Call, directory: Directory) -> Result:
        entity = await kind.find(params.cells, call, directory)
        return await numbers.run(entity, params, call, directory)

    return Action(
        name=name,
        steps=(kind.lookup, setting.reading, available, setting.writing),
        params=NumberParams.of,
        run=run,
        serial_key=lambda params: kind.key_of(params.cells),
        lookup=kind.lookup.name,
    )
