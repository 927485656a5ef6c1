"""Reading workspaces, with their devices and capabilities when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import flag, workspace_at
from Space_OdT.simulator.organisation.api.devices import render_device
from Space_OdT.simulator.organisation.entities import Workspace
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PAGE = 100
MAX_PAGE = 1000
CAPABILITIES = (
    "occupancyDetection",
    "presenceDetection",
    "ambientNoise",
    "soundLevel",
    "temperature",
    "airQuality",
    "relativeHumidity",
)

_FILTERS: Mapping[str, Callable[[Workspace, str], bool]] = {
    "locationId": lambda item, value: item.location_id == canonical(value),
    "floorId": lambda item, value: item.floor_id == value,
    "displayName": lambda item, value: value.casefold() in item.display_name.casefold(),
    "capacity": lambda item, value: str(item.capacity) == value,
    "type": lambda item, value: item.type == value,
    "calling": lambda item, value: item.calling == value,
    "supportedDevices": lambda item, value: item.supported_devices == value,
    "calendar": lambda item, value: item.calendar["type"] == value,
    "deviceHostedMeetingsEnabled": lambda item, value: (
        str((item.hosted_meetings or {}).get("enabled", False)).lower() == value.lower()
    ),
    "devicePlatform": lambda _, value: value == "cisco",
    "healthLevel": lambda _, value: value == "ok",
    "plannedMaintenance": lambda _, value: value == "off",
}


def render_workspace(
    organisation: Organisation, workspace: Workspace, query: Mapping[str, str] | None = None
) -> JsonObject:
    """Write a workspace as the Workspaces API does.

    Args:
        organisation: The organisation of the workspace.
        workspace: The workspace.
        query: May ask for `includeDevices` and `includeCapabilities`.

    Returns:
        The workspace object.
    """
    item: JsonObject = {
        "id": workspace.id,
        "orgId": organisation.id,
        "locationId": workspace.location_id,
        "workspaceLocationId": workspace.location_id,
        "floorId": workspace.floor_id,
        "displayName": workspace.display_name,
        "capacity": workspace.capacity,
        "type": workspace.type,
        "sipAddress": _sip_address(workspace),
        "created": workspace.created,
        "calling": _calling(organisation, workspace),
        "calendar": dict(workspace.calendar),
        "notes": workspace.notes,
        "hotdeskingStatus": workspace.hotdesking,
        "supportedDevices": workspace.supported_devices,
        "deviceHostedMeetings": workspace.hosted_meetings or {"enabled": False},
        "devicePlatform": "cisco",
        "indoorNavigation": workspace.indoor_navigation,
        "health": {"level": "ok", "issues": []},
        "plannedMaintenance": {"mode": "off"},
    }
    if query and flag(query, "includeDevices"):
        devices = organisation.devices_of(workspace.id)
        item["devices"] = [render_device(organisation, device) for device in devices]
    if query and flag(query, "includeCapabilities"):
        item["capabilities"] = capabilities(organisation, workspace)
    return {name: value for name, value in item.items() if value is not None}


def _sip_address(workspace: Workspace) -> str:
    return workspace.sip_address or f"{workspace.id[-12:].lower()}@rooms.example.com"


def _calling(organisation: Organisation, workspace: Workspace) -> JsonObject:
    calling: JsonObject = {"type": workspace.calling}
    if workspace.calling == "webexCalling":
        calling["webexCalling"] = {"licenses": list(workspace.licences)}
        line = organisation.plan.primary(workspace.id)
        if line is not None:
            calling["webexCalling"] |= {
                "locationId": line.location_id,
                **({"phoneNumber": line.phone_number} if line.phone_number else {}),
                **({"extension": line.extension} if line.extension else {}),
            }
    return calling


def capabilities(organisation: Organisation, workspace: Workspace) -> JsonObject:
    """Tell what the devices of a workspace can sense."""
    devices = organisation.devices_of(workspace.id)
    sensing = any(device.type == "roomdesk" for device in devices)
    return {name: {"supported": sensing, "configured": sensing} for name in CAPABILITIES}


def list_workspaces(world: World, request: Request) -> LazyList[Workspace]:
    """Answer `GET /workspaces`."""
    organisation = world.organisation
    items = list(organisation.workspaces.values())
    for name, matches in _FILTERS.items():
        value = request.query.get(name)
        if value is not None:
            items = [item for item in items if matches(item, value)]
    return LazyList(items, lambda item: render_workspace(organisation, item, request.query))


def read_workspace(world: World, request: Request) -> JsonObject:
    """Answer `GET /workspaces/{workspaceId}`."""
    return render_workspace(world.organisation, workspace_at(world, request), request.query)


def read_capabilities(world: World, request: Request) -> JsonObject:
    """Answer `GET /workspaces/{workspaceId}/capabilities`."""
    return {"capabilities": capabilities(world.organisation, workspace_at(world, request))}


ROUTES = (
    Route(
        "GET",
        "/workspaces",
        list_workspaces,
        scopes.WORKSPACES_READ,
        "items",
        "start",
        default_page=PAGE,
        max_page=MAX_PAGE,
    ),
    Route("GET", "/workspaces/{workspaceId}", read_workspace, scopes.WORKSPACES_READ),
    Route(
        "GET", "/workspaces/{workspaceId}/capabilities", read_capabilities, scopes.WORKSPACES_READ
    ),
)
