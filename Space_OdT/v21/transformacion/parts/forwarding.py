"""Forwarding of all calls of a person or workspace to the old system, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from Space_OdT.engine.action_model import Action, Call, Effect, Result
from Space_OdT.engine.digits import OFF
from Space_OdT.engine.models import CellProblem, Row
from Space_OdT.v21.transformacion.definition import ActionContext, Cells, LegacyFormulas
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true
from Space_OdT.v21.transformacion.parts import routing_check
from Space_OdT.v21.transformacion.parts.calling_entities import (
    CallingEntity,
    EntityKind,
)
from Space_OdT.v21.transformacion.parts.entity_settings import NOT_READ_YET, Setting
from Space_OdT.v21.transformacion.parts.forwarding_state import (
    UNTOUCHED,
    Always,
    forwarding_setting,
)
from Space_OdT.v21.transformacion.parts.legacy_values import LegacyValue, forward_destination
from Space_OdT.v21.transformacion.parts.shared_parameters import EXTENSION, ORG_ID
from Space_OdT.v21.transformacion.parts.switch_mode import UNSET, mode_parameter
from Space_OdT.webex.directory import Directory

DESTINATION = Parameter(
    "destination",
    Kind.DESTINATION,
    "Where all calls go, dialled as it stands; wins over what follows from the extension.",
    aliases=("legacy_forward_target", "forward_destination", "Destí Desviament Únic"),
    example="530000001",
)
PARAMETERS = (
    EXTENSION,
    DESTINATION,
    mode_parameter(
        "Set the forwarding, or unset it at the cut-over.", "enabled", "Tipus Desviament Únic"
    ),
    Parameter(
        "any_destination",
        Kind.FLAG,
        "With mode unset: switch forwarding off even when it goes elsewhere.",
        default="false",
    ),
    Parameter(
        "ring_reminder_enabled",
        Kind.FLAG,
        "Whether a short ring announces each forwarded call.",
        aliases=("ringReminderEnabled",),
        default="false",
    ),
    Parameter(
        "destination_voicemail_enabled",
        Kind.FLAG,
        "Whether the voicemail of the destination answers; it matters for internal ones only.",
        aliases=("destinationVoicemailEnabled",),
        default="false",
    ),
    ORG_ID,
)
VALIDATE_DESTINATION = Parameter(
    "validate_destination",
    Kind.FLAG,
    "Whether Webex's routing test must say that the calls arrive before anything is written.",
    default="false",
)
TARGET_NEED = ("extension", "destination")
OUTCOMES: Mapping[str, str] = {
    "changed": "Forwarding was switched on, redirected or switched off, and reads back so.",
    "unchanged": "It is as asked; or, with mode unset, it goes somewhere else and was left alone.",
    "calling_eligibility_…": "Pending: there is no such entity, it has no calling, or the token "
    "may not read it.",
    "license_or_feature_missing": "Pending: Webex refuses the setting for its licence or type.",
    "destination_not_available_for_call_forwarding": "Pending: the routing test says that the "
    "calls would not arrive; nothing was written.",
    "half_applied": "Pending: Webex said yes, but the forwarding does not show.",
}


def check_cells(cells: Cells) -> Iterable[CellProblem]:
    """Judge the cells of a row together.

    Args:
        cells: Normalised cells.

    Returns:
        What is wrong.
    """
    if cells.get("destination") == OFF:
        yield CellProblem(
            "destination",
            OFF,
            "a number to dial as 530000001",
            "leave it blank and set mode to unset to switch forwarding off",
        )


@dataclass(frozen=True, slots=True)
class ForwardingParams:
    """What a forwarding row asks for.

    Attributes:
        cells: Normalised cells, which name the entity and the destination.
        is_set: Whether to set the forwarding; False takes it back.
        any_destination: Whether taking it back may switch off any forwarding.
        rings: Whether a short ring announces forwarded calls.
        to_voicemail: Whether the voicemail of the destination answers.
        tries_destination: Whether the row asks for the routing test.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    is_set: bool
    any_destination: bool
    rings: bool
    to_voicemail: bool
    tries_destination: bool
    org_id: str

    @classmethod
    def of(cls, row: Row) -> ForwardingParams:
        """Read a prepared row.

        Args:
            row: The row.

        Returns:
            What it asks for.
        """
        return cls(
            cells=row.cells,
            is_set=row.get("mode") != UNSET,
            any_destination=is_true(row.get("any_destination")),
            rings=is_true(row.get("ring_reminder_enabled")),
            to_voicemail=is_true(row.get("destination_voicemail_enabled")),
            tries_destination=is_true(row.get("validate_destination")),
            org_id=row.get("org_id"),
        )


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Sets the forwarding of one entity, or takes it back.

    Attributes:
        setting: Whose forwarding it changes, and how.
        formulas: How destinations follow from extensions.
        check: Tries destinations.
        always_tries: Whether every destination is tried, or only where the row asks for it.
    """

    setting: Setting
    formulas: LegacyFormulas
    check: routing_check.RoutingCheck
    always_tries: bool = False

    async def run(self, entity: CallingEntity, params: ForwardingParams, call: Call) -> Result:
        """Bring the forwarding of all calls to what a row asks for.

        Args:
            entity: Whose forwarding.
            params: What the row asks for.
            call: Sends the steps.

        Returns:
            Whether anything was written, and where calls go.

        Raises:
            PendingError: When something stands in the way.
            WebexError: When a call failed.
        """
        target = forward_destination(params.cells, self.formulas)
        org_id = params.org_id
        current = await self.setting.read(entity, call, org_id)
        now = Always.of(current or UNTOUCHED)
        if _leaves_alone(now, target, params):
            told = f"calls go to {now.destination}, not to {target}: left as it is"
            return Result(Effect.UNCHANGED, entity.id, told)
        wanted, told = _wanted(target, params)
        doubt = target.doubt(entity.name, entity.extension) if params.is_set else ""
        if now.is_as(wanted):
            return Result(Effect.UNCHANGED, entity.id, _joined(told, doubt))
        if current and params.is_set and (self.always_tries or params.tries_destination):
            await self.check.require(entity, target.value, call, org_id=org_id)
        await self.setting.write(entity, call, org_id, current or UNTOUCHED, wanted)
        await self.setting.read_back(
            entity, call, org_id, lambda body: Always.of(body).is_as(wanted), told
        )
        before = f"before: {now.destination}" if now.enabled else ""
        unread = "" if current else NOT_READ_YET
        return Result(Effect.CHANGED, entity.id, _joined(told, before, unread, doubt))


def forwarding_action(
    name: str, kind: EntityKind, context: ActionContext
) -> Action[ForwardingParams]:
    """Make a forwarding action.

    Args:
        name: Its id.
        kind: Whose forwarding it changes.
        context: What it depends on besides its row.

    Returns:
        What the executor runs for each row.
    """
    setting = forwarding_setting(kind)
    check = routing_check.RoutingCheck()
    forwarding = Forwarding(setting, context.formulas, check, context.checks_routing)

    async def run(params: ForwardingParams, call: Call, directory: Directory) -> Result:
        entity = await kind.find(params.cells, call, directory)
        return await forwarding.run(entity, params, call)

    return Action(
        name=name,
        steps=(kind.lookup, setting.reading, *routing_check.STEPS, setting.writing),
        params=ForwardingParams.of,
        run=run,
        serial_key=lambda params: kind.key_of(params.cells),
        lookup=kind.lookup.name,
    )


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _leaves_alone(now: Always, target: LegacyValue, params: ForwardingParams) -> bool:
    """Tell whether taking back would switch off a forwarding that is none of ours."""
    if params.is_set or params.any_destination or not now.enabled:
        return False
    return not now.goes_to(target.value)


def _wanted(target: LegacyValue, params: ForwardingParams) -> tuple[Always, str]:
    if not params.is_set:
        return Always(), "calls are not forwarded"
    wanted = Always(
        enabled=True,
        destination=target.value,
        rings=params.rings,
        to_voicemail=params.to_voicemail,
    )
    return wanted, f"all calls go to {target}"
