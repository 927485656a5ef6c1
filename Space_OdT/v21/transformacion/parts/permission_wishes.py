"""What a row may say about outgoing-call permissions of a person or workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.calling_features import CALL_ACTIONS, CALL_TYPES
from Space_OdT.engine.models import CellProblem, Row
from Space_OdT.v21.transformacion.definition import ActionContext, Cells
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true, values_of
from Space_OdT.v21.transformacion.parts import outgoing_permissions as permissions
from Space_OdT.v21.transformacion.parts.outgoing_permissions import NamedProfile, Permission
from Space_OdT.v21.transformacion.parts.shared_parameters import ORG_ID

_PROFILE, _ALLOW, _BLOCK, _RULE = (
    "outgoing_profile",
    "allow_call_type",
    "block_call_type",
    "call_type",
)
_OWN, _ENABLED = "use_custom_permissions", "use_custom_enabled"
_ACTION, _TRANSFER = "action", "transfer_enabled"

PARAMETERS = (
    Parameter(
        _PROFILE,
        Kind.NAME,
        "Name of a profile in the file of outgoing profiles.",
        aliases=("profile", "custom_outgoing_profile", "Perfil de Trucades"),
        example="internal-only",
    ),
    Parameter(
        _ALLOW,
        Kind.CHOICES,
        "Call types to allow; with lists, everything is allowed but what is blocked.",
        aliases=("allow_call_types",),
        choices=CALL_TYPES,
    ),
    Parameter(
        _BLOCK,
        Kind.CHOICES,
        "Call types to block; allowing wins.",
        aliases=("block_call_types",),
        choices=CALL_TYPES,
        example="INTERNATIONAL",
    ),
    Parameter(
        _RULE,
        Kind.CHOICE,
        "The only call type to change; the others stay.",
        aliases=("callType",),
        choices=CALL_TYPES,
    ),
    Parameter(
        _ACTION,
        Kind.CHOICE,
        "What happens to calls of call_type; blank leaves it.",
        aliases=("call_action",),
        choices=CALL_ACTIONS,
    ),
    Parameter(
        _TRANSFER,
        Kind.FLAG,
        "Whether calls of call_type may be transferred; blank follows action.",
        aliases=("transferEnabled",),
    ),
    Parameter(
        _ENABLED,
        Kind.FLAG,
        "Whether own settings are possible at all; blank is true with own permissions.",
        aliases=("useCustomEnabled",),
    ),
    Parameter(
        _OWN,
        Kind.FLAG,
        "False goes back to the permissions of the location; blank is true.",
        aliases=("useCustomPermissions",),
    ),
    ORG_ID,
)
WISH_NEED = (_PROFILE, _ALLOW, _BLOCK, _RULE, _OWN)
OUTCOMES: Mapping[str, str] = {
    "changed": "The switches and permissions were written and read back equal; call types that "
    "are not asked for stay.",
    "unchanged": "The switches and every entry asked for are in force already.",
    "precondition_missing": "Pending: there is no such profile, or a call type that would change "
    "is locked.",
    "calling_eligibility_…": "Pending: there is no such entity, it has no calling, or the token "
    "may not read it.",
    "license_or_feature_missing": "Pending: Webex refuses the setting for its licence or type.",
    "half_applied": "Pending: Webex said yes, but the change does not show.",
}
WARNING = "Calls of a type without transfer cannot be forwarded to either."


def check_cells(cells: Cells) -> Iterable[CellProblem]:
    """Judge the cells of a row together: it must say one thing, and that completely.

    Args:
        cells: Normalised cells.

    Yields:
        What is wrong.
    """
    ways = [_PROFILE] if _PROFILE in cells else []
    ways += [next(name for name in (_ALLOW, _BLOCK) if name in cells)] if _lists(cells) else []
    ways += [_RULE] if _RULE in cells else []
    if len(ways) > 1:
        yield CellProblem(
            ways[1],
            cells[ways[1]],
            f"nothing beside {ways[0]}",
            "keep a profile, or lists, or one call type: they are not mixed",
        )
    if not ways and _is_own(cells):
        yield CellProblem(
            _OWN,
            cells.get(_OWN, ""),
            f"{_PROFILE}, {_ALLOW}, {_BLOCK} or {_RULE} beside it",
            "say what is allowed, or set it to false to go back to the location's permissions",
        )
    if _RULE in cells and _ACTION not in cells and _TRANSFER not in cells:
        yield CellProblem(
            _ACTION, "", f"one of {', '.join(CALL_ACTIONS)}", "say what happens to such calls"
        )


def _lists(cells: Cells) -> bool:
    return _ALLOW in cells or _BLOCK in cells


def _is_own(cells: Cells) -> bool:
    return cells.get(_OWN, "true") == "true"


@dataclass(frozen=True, slots=True)
class PermissionParams:
    """What a row asks for.

    Attributes:
        cells: Normalised cells, which name the entity.
        wanted: The permissions and both switches.
        told: What is asked for, in words.
        org_id: Id of the organisation, "" for that of the token.
    """

    cells: Cells
    wanted: NamedProfile
    told: str
    org_id: str

    @property
    def is_own(self) -> bool:
        """Whether own permissions count; what a profile itself says wins."""
        said = self.wanted.use_custom_permissions
        return _is_own(self.cells) if said is None else said

    def switches(self, body: Mapping[str, Any]) -> tuple[bool, bool]:
        """Say how both switches shall be.

        Args:
            body: The settings as read, which decide what nobody has decided.

        Returns:
            `useCustomEnabled` and `useCustomPermissions`.
        """
        enabled = self.wanted.use_custom_enabled
        if enabled is None and _ENABLED in self.cells:
            enabled = is_true(self.cells[_ENABLED])
        if enabled is None:
            enabled = self.is_own or bool(body.get("useCustomEnabled"))
        return enabled, self.is_own

    def has_switches(self, body: Mapping[str, Any]) -> bool:
        """Tell whether both switches are as they shall be.

        Args:
            body: The settings as read.

        Returns:
            True when they are.
        """
        now = bool(body.get("useCustomEnabled")), bool(body.get("useCustomPermissions"))
        return now == self.switches(body)

    def holds(self, body: Mapping[str, Any]) -> bool:
        """Tell whether settings are as asked for.

        Args:
            body: The settings as read.

        Returns:
            True when the switches are and, where own permissions count, every entry is.
        """
        entries = body.get("callingPermissions") or ()
        as_wanted = not self.is_own or permissions.holds(self.wanted.permissions, entries)
        return as_wanted and self.has_switches(body)


def wish_of(row: Row, context: ActionContext) -> PermissionParams:
    """Read a prepared row.

    Args:
        row: The row.
        context: Knows the profiles.

    Returns:
        What it asks for.

    Raises:
        PendingError: `precondition_missing`, for a profile that nobody has described.
    """
    cells = row.cells
    wanted, told = NamedProfile(()), "the permissions of the location"
    if name := row.get(_PROFILE):
        wanted, told = permissions.named_profile(name, context.profiles), name
    elif _lists(cells):
        allow, block = values_of(row.get(_ALLOW)), values_of(row.get(_BLOCK))
        wanted = NamedProfile(permissions.from_lists(allow, block))
        kept_out = [name for name in block if name not in allow]
        told = f"all calls but {', '.join(kept_out)}" if kept_out else "all calls"
    elif call_type := row.get(_RULE):
        wanted = NamedProfile((_rule(call_type, cells),))
        told = call_type
    return PermissionParams(cells, wanted, told, row.get("org_id"))


def _rule(call_type: str, cells: Cells) -> Permission:
    transfer = is_true(cells[_TRANSFER]) if _TRANSFER in cells else None
    if action := cells.get(_ACTION):
        return permissions.one_rule(call_type, action, transfer)[0]
    return Permission(call_type, None, transfer)
