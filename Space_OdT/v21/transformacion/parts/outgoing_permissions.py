"""Outgoing-call permissions: from a named profile or from lists of call types to what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.calling_features import CALL_TYPES
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.outgoing_profiles import OutgoingProfile, load_profiles
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.webex.error_handling import ReasonCode

PROFILES_FILE = Path(__file__).with_name("outgoing_profiles.json")
"""The profiles that come with the product: `default` for locations, `internal-only` for others."""

ALLOW, BLOCK = "ALLOW", "BLOCK"
_LOCK = "isCallTypeRestrictionEnabled"
_FIELDS = ("callType", "action", "transferEnabled")


@dataclass(frozen=True, slots=True)
class Permission:
    """What one type of call is to have.

    Attributes:
        call_type: One of the official call types.
        action: One of the official actions; None leaves it.
        may_transfer: Whether such a call may be transferred or forwarded; None leaves it.
        is_firm: Whether somebody asked for just this; one that only follows from a rule for all
            gives way where Webex has locked the call type.
    """

    call_type: str
    action: str | None
    may_transfer: bool | None
    is_firm: bool = True


@dataclass(frozen=True, slots=True)
class PermissionChange:
    """What is to be sent, and what stands in the way.

    Attributes:
        entries: The list for PUT: the present one with the wanted entries laid over, without
            locked ones.
        differing: Call types that change.
        locked: Call types that would have to change but are locked by Webex or the provider.
        kept: Locked ones that nobody named, which stay as they are.
        absent: Call types that are asked for but that the organisation does not have.
    """

    entries: tuple[Mapping[str, Any], ...]
    differing: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """A profile as the file of outgoing profiles describes it.

    Attributes:
        permissions: What it says about call types; those it leaves out stay.
        use_custom_enabled: Its switch for people and workspaces; None leaves it to the row.
        use_custom_permissions: The same for the other switch.
    """

    permissions: tuple[Permission, ...]
    use_custom_enabled: bool | None = None
    use_custom_permissions: bool | None = None


def known_profiles(path: Path | None, warn: Callable[[str], None]) -> Profiles:
    """Read the profiles rows may name.

    Args:
        path: The operator's file; None for the profiles that come with the product.
        warn: Told about call types that Webex does not have, which are left out.

    Returns:
        Name -> profile.

    Raises:
        ProfileFileError: When the file cannot be read or used.
    """
    return load_profiles(path or PROFILES_FILE, warn)


def named_profile(name: str, profiles: Profiles) -> NamedProfile:
    """Look a profile up in the file of outgoing profiles.

    Args:
        name: Its name; an exact match counts before one in another case.
        profiles: The profiles there are.

    Returns:
        The profile.

    Raises:
        PendingError: `precondition_missing`, when nobody has described it.
    """
    folded = {known.casefold(): known for known in profiles}
    found = profiles.get(name) or profiles.get(folded.get(name.casefold(), ""))
    if found is None:
        known = ", ".join(profiles) or "none; give a file of outgoing profiles"
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f'there is no outgoing profile "{name}": {did_you_mean(name, profiles)}known: {known}',
            fix="describe it in the file of outgoing profiles",
        )
    permissions = tuple(
        Permission(entry["callType"], entry.get("action"), entry.get("transferEnabled"))
        for entry in found
    )
    if isinstance(found, OutgoingProfile):
        return NamedProfile(permissions, found.use_custom_enabled, found.use_custom_permissions)
    return NamedProfile(permissions)


def from_lists(allow: Iterable[str], block: Iterable[str]) -> tuple[Permission, ...]:
    """Make permissions of two lists: everything is allowed but what is blocked; allowing wins.

    Args:
        allow: Call types to allow in any case.
        block: Call types to block.

    Returns:
        One permission for each official call type.
    """
    allowed = set(allow)
    blocked = set(block) - allowed
    return tuple(
        Permission(call_type, BLOCK, may_transfer=False)
        if call_type in blocked
        else Permission(call_type, ALLOW, may_transfer=True, is_firm=call_type in allowed)
        for call_type in CALL_TYPES
    )


def one_rule(call_type: str, action: str, may_transfer: bool | None) -> tuple[Permission, ...]:  # noqa: FBT001 - a cell of three states
    """Make permissions of a single rule; the other call types stay as they are.

    Args:
        call_type: One of the official call types.
        action: One of the official actions.
        may_transfer: Whether it may be transferred; None says the same as the action.

    Returns:
        One permission.
    """
    transfer = action != BLOCK if may_transfer is None else may_transfer
    return (Permission(call_type, action, transfer),)


def compare(wanted: Sequence[Permission], current: Sequence[Mapping[str, Any]]) -> PermissionChange:
    """Lay the wanted permissions over the present ones.

    Args:
        wanted: What is asked for; call types it leaves out stay.
        current: `callingPermissions` as read; further call types are kept untouched.

    Returns:
        The complete list to send and what differs; `differing` is empty when nothing does.
    """
    asked = {one.call_type: one for one in wanted}
    if not current:
        named = tuple(asked)
        return PermissionChange(tuple(_entry(one) for one in wanted), named)
    entries: list[Mapping[str, Any]] = []
    differing: list[str] = []
    locked: list[Permission] = []
    for entry in current:
        call_type = str(entry.get("callType"))
        one, is_locked = asked.get(call_type), bool(entry.get(_LOCK))
        laid = {**_plain(entry), **_entry(one)}
        if one is not None and laid != _plain(entry):
            if is_locked:
                locked.append(one)
            else:
                differing.append(call_type)
        if call_type in CALL_TYPES and not is_locked:
            entries.append(laid)  # PUT takes back neither what is locked nor further call types
    present = {str(entry.get("callType")) for entry in current}
    return PermissionChange(
        tuple(entries),
        tuple(differing),
        locked=tuple(one.call_type for one in locked if one.is_firm),
        kept=tuple(one.call_type for one in locked if not one.is_firm),
        absent=tuple(name for name, one in asked.items() if one.is_firm and name not in present),
    )


def check_open(change: PermissionChange, who: str) -> None:
    """Refuse a change of what Webex has locked; repeating it would not help.

    Args:
        change: What `compare` found.
        who: Whose permissions they are, for the message.

    Raises:
        PendingError: `precondition_missing`, when a locked call type would have to change.
    """
    if change.locked:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{', '.join(change.locked)} of {who} is locked by a call type restriction "
            "(isCallTypeRestrictionEnabled)",
            fix="have Cisco or the partner lift the restriction, or leave the call type out of "
            "what is asked for",
        )


def note_of(change: PermissionChange) -> str:
    """Say what was asked for in vain.

    Args:
        change: What `compare` found.

    Returns:
        A remark for the operator, "" when there is nothing to say.
    """
    notes = []
    if change.kept:
        notes.append(f"{', '.join(change.kept)} is locked and stays as it is")
    if change.absent:
        notes.append(f"there is no call type {', '.join(change.absent)} here")
    return "; ".join(notes)


def holds(wanted: Sequence[Permission], current: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether permissions are as wanted.

    Args:
        wanted: What is asked for.
        current: `callingPermissions` as read.

    Returns:
        True when every wanted entry that exists is equal.
    """
    change = compare(wanted, current)
    return not (change.differing or change.locked)


def location_body(change: PermissionChange) -> dict[str, Any]:
    """Build the body for a location; a location has no custom switch.

    Args:
        change: What `compare` found.

    Returns:
        The body of `PUT /telephony/config/locations/{locationId}/outgoingPermission`.
    """
    return {"callingPermissions": [dict(entry) for entry in change.entries]}


def own_body(
    change: PermissionChange, *, use_custom_enabled: bool, use_custom_permissions: bool
) -> dict[str, Any]:
    """Build the body for a person or a workspace.

    Args:
        change: What `compare` found.
        use_custom_enabled: Whether the owner may have settings of its own.
        use_custom_permissions: Whether its own permissions count instead of the location's.

    Returns:
        The body of `PUT /people|workspaces/{id}/features/outgoingPermission`.
    """
    return {
        "useCustomEnabled": use_custom_enabled,
        "useCustomPermissions": use_custom_permissions,
        "callingPermissions": [dict(entry) for entry in change.entries],
    }


def _entry(wanted: Permission | None) -> dict[str, Any]:
    """Write what is asked for the way the API does; what is left open is left out."""
    if wanted is None:
        return {}
    asked = {
        "callType": wanted.call_type,
        "action": wanted.action,
        "transferEnabled": wanted.may_transfer,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Reduce an entry to what PUT takes."""
    return {name: entry[name] for name in _FIELDS if name in entry}
