"""What has to exist before a path means anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api.access import (
    NOT_A_CALLING_USER,
    calling_location_at,
    calling_person_at,
    location_at,
    person_at,
    professional_workspace_at,
    workspace_at,
)
from Space_OdT.simulator.organisation.entities import OwnerKind
from Space_OdT.simulator.organisation.keys import canonical, uuid_of
from Space_OdT.simulator.protocol import ApiError, Request

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

Guard = Callable[["World", Request], object]

T = "/telephony/config"
_WORKSPACE = f"{T}/workspaces/{{workspaceId}}"

# Settings that the API documents for workspaces with a Professional licence only.
_PROFESSIONAL = frozenset(
    {
        "anonymousCallReject",
        "bargeIn",
        "callBridge",
        "callPolicies",
        "doNotDisturb",
        "priorityAlert",
        "privacy",
        "pushToTalk",
        "selectiveAccept",
        "selectiveForward",
        "selectiveReject",
        "sequentialRing",
        "simultaneousRing",
        "voicemail",
    }
)


def calling_workspace(world: World, request: Request) -> None:
    """The workspace must have Webex Calling settings.

    Raises:
        ApiError: 404 for an unknown id, 400 with code 4003 without Webex Calling.
    """
    workspace = workspace_at(world, request)
    if world.organisation.calling_workspace_kind(workspace.id) in {"none", "hotdesk"}:
        raise ApiError(400, "Workspace not found or not a calling workspace", NOT_A_CALLING_USER)


def own_organisation(world: World, request: Request) -> None:
    """The organisation of the path must be the one there is.

    Raises:
        ApiError: 404 for another.
    """
    if uuid_of(canonical(request.params["orgId"])) != uuid_of(world.organisation.id):
        raise errors.not_found("The organization with the specified ID")


def _feature(kind: OwnerKind, param: str) -> Guard:
    def check(world: World, request: Request) -> None:
        feature = world.organisation.features.get(canonical(request.params[param]))
        location_id = request.params.get("locationId")
        if feature is None or feature.kind is not kind:
            raise errors.not_found("The feature with the specified ID")
        if location_id is not None and canonical(location_id) != feature.location_id:
            raise errors.not_found("The feature with the specified ID in this location")

    return check


def _entry(table: str, param: str, what: str) -> Guard:
    def check(world: World, request: Request) -> None:
        if canonical(request.params[param]) not in getattr(world.organisation, table):
            raise errors.not_found(f"The {what} with the specified ID")

    return check


def _device(world: World, request: Request) -> None:
    wanted = canonical(request.params["deviceId"])
    devices = world.organisation.devices
    if wanted not in devices and all(item.calling_id != wanted for item in devices.values()):
        raise errors.not_found("The device with the specified ID")


_LOCATION = f"{T}/locations/{{locationId}}"
_PREFIXES: Mapping[str, Guard] = {
    "/people/{personId}/features": calling_person_at,
    f"{T}/people/{{personId}}": calling_person_at,
    "/people/{personId}": person_at,
    "/workspaces/{workspaceId}/features": calling_workspace,
    "/workspaces/{workspaceId}/answerSettings": calling_workspace,
    "/workspaces/{workspaceId}/availablePreferredAnswerEndpoints": calling_workspace,
    "/workspaces/{workspaceId}": workspace_at,
    _WORKSPACE: calling_workspace,
    f"{T}/virtualLines/{{virtualLineId}}": _entry("virtual_lines", "virtualLineId", "virtual line"),
    _LOCATION: calling_location_at,
    "/locations/{locationId}": location_at,
    "/workspaceLocations/{locationId}": location_at,
    f"{_LOCATION}/queues/{{queueId}}": _feature(OwnerKind.CALL_QUEUE, "queueId"),
    f"{T}/cxEssentials/locations/{{locationId}}": calling_location_at,
    f"{T}/cxEssentials/locations/{{locationId}}/queues/{{queueId}}": _feature(
        OwnerKind.CALL_QUEUE, "queueId"
    ),
    f"{T}/huntGroups/{{huntGroupId}}": _feature(OwnerKind.HUNT_GROUP, "huntGroupId"),
    f"{_LOCATION}/autoAttendants/{{autoAttendantId}}": _feature(
        OwnerKind.AUTO_ATTENDANT, "autoAttendantId"
    ),
    f"{T}/devices/{{deviceId}}": _device,
    "/contacts/organizations/{orgId}": own_organisation,
    "/organizations/{orgId}": own_organisation,
    "/identity/organizations/{orgId}": own_organisation,
}


def guards_of(template: str, more: Mapping[str, Guard]) -> tuple[Guard, ...]:
    """Find the checks of a path.

    Args:
        template: Path of the route.
        more: Further checks by the path they guard, such as items of collections.

    Returns:
        The checks in the order of the path, the more special one in place of the general.
    """
    found = {
        prefix: guard
        for prefix, guard in {**_PREFIXES, **more}.items()
        if template == prefix or template.startswith(f"{prefix}/")
    }
    if "/people/{personId}/features" in found:
        del found["/people/{personId}"]
    setting = template.removeprefix(f"{_WORKSPACE}/").partition("/")[0]
    if _WORKSPACE in found and setting in _PROFESSIONAL:
        found[_WORKSPACE] = professional_workspace_at
    return tuple(found[prefix] for prefix in sorted(found, key=len))
