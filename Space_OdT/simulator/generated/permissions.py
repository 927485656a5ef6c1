"""Outgoing call permissions: those of the location, unless the owner has its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.documents import path_of
from Space_OdT.simulator.generated.makers import truth
from Space_OdT.simulator.protocol import JsonObject, Request

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

CALL_TYPES = (
    "INTERNAL_CALL",
    "TOLL_FREE",
    "NATIONAL",
    "INTERNATIONAL",
    "OPERATOR_ASSISTED",
    "CHARGEABLE_DIRECTORY_ASSISTED",
    "SPECIAL_SERVICES_I",
    "SPECIAL_SERVICES_II",
    "PREMIUM_SERVICES_I",
    "PREMIUM_SERVICES_II",
)
CALL_ACTIONS = (
    "ALLOW",
    "BLOCK",
    "AUTH_CODE",
    "TRANSFER_NUMBER_1",
    "TRANSFER_NUMBER_2",
    "TRANSFER_NUMBER_3",
)
PERMISSION_RULE = {
    "callType!": CALL_TYPES,
    "action!": CALL_ACTIONS,
    "transferEnabled!": bool,
}
LOCATION_TEMPLATE = "/telephony/config/locations/{locationId}/outgoingPermission"

_BLOCKED = frozenset(
    {
        "INTERNATIONAL",
        "OPERATOR_ASSISTED",
        "CHARGEABLE_DIRECTORY_ASSISTED",
        "SPECIAL_SERVICES_II",
        "PREMIUM_SERVICES_I",
        "PREMIUM_SERVICES_II",
    }
)


def default_permissions(subject: Subject) -> list[JsonObject]:
    """What a location allows before anybody changes it: nothing that costs extra."""
    del subject
    return [_entry(name, allowed=name not in _BLOCKED) for name in CALL_TYPES]


def strict_permissions(subject: Subject) -> list[JsonObject]:
    """What an owner with permissions of its own has at first: one costly type more or less."""
    opened = subject.pick("opened", tuple(sorted(_BLOCKED)))
    return [_entry(name, allowed=name not in _BLOCKED - {opened}) for name in CALL_TYPES]


# Whether an owner has permissions of its own before anybody changes it: one in eight has.
has_own = truth("own", 8)


def _entry(call_type: str, *, allowed: bool) -> JsonObject:
    return {
        "callType": call_type,
        "action": "ALLOW" if allowed else "BLOCK",
        "transferEnabled": allowed,
        "isCallTypeRestrictionEnabled": False,
    }


def overlaid(before: Sequence[JsonObject], given: Sequence[JsonObject]) -> list[JsonObject]:
    """Lay entries over a complete list, call type by call type."""
    changes = {entry["callType"]: entry for entry in given}
    return [{**entry, **changes.get(entry["callType"], {})} for entry in before]


def merge_permissions(world: World, request: Request, body: JsonObject) -> JsonObject:
    """Complete the entries of a write with those that it leaves alone."""
    if body.get("callingPermissions") is None:
        return body
    subject = Subject(world, path_of_request(request), request.params)
    stored = world.documents.get(subject.key, {}).get("callingPermissions")
    before = stored or _unwritten(subject)
    return {**body, "callingPermissions": overlaid(before, body["callingPermissions"])}


def _unwritten(subject: Subject) -> list[JsonObject]:
    """What is in force for a subject that nobody wrote permissions for."""
    is_location = subject.key == path_of(LOCATION_TEMPLATE, {"locationId": subject.location.id})
    own = not is_location and has_own(subject)
    return strict_permissions(subject) if own else location_permissions(subject)


def path_of_request(request: Request) -> str:
    """The path under which the document of a request is kept, whatever alias was used."""
    if "personId" in request.params:
        return path_of("/people/{personId}/features/outgoingPermission", request.params)
    if "workspaceId" in request.params:
        return path_of("/workspaces/{workspaceId}/features/outgoingPermission", request.params)
    if "virtualLineId" in request.params:
        template = "/telephony/config/virtualLines/{virtualLineId}/outgoingPermission"
        return path_of(template, request.params)
    return path_of(LOCATION_TEMPLATE, request.params)


def location_permissions(subject: Subject) -> list[JsonObject]:
    """What the location of a subject allows now."""
    path = path_of(LOCATION_TEMPLATE, {"locationId": subject.location.id})
    stored = subject.world.documents.get(path, {}).get("callingPermissions")
    found: list[JsonObject] = stored or default_permissions(subject)
    return found


def with_location_default(subject: Subject, document: JsonObject) -> JsonObject:
    """Show the location's permissions for an owner that has none of its own."""
    if document.get("useCustomPermissions"):
        return document
    return {**document, "callingPermissions": location_permissions(subject)}
