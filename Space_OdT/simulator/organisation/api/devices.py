"""Reading devices: all, one, those of a person, a workspace or a shared line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import calling_person_at, workspace_at
from Space_OdT.simulator.organisation.documents import read_document
from Space_OdT.simulator.organisation.entities import Device, OwnerKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.owners import render_owner
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PAGE = 100
MAX_DEVICES = 35
MAX_OWNED_DEVICES = 5

_FILTERS: Mapping[str, Callable[[Device, str], bool]] = {
    "displayName": lambda item, value: value.casefold() in item.display_name.casefold(),
    "connectionStatus": lambda item, value: item.status == value,
    "product": lambda item, value: value.casefold() in item.product.casefold(),
    "type": lambda item, value: item.type == value,
    "serial": lambda item, value: item.serial == value,
    "tag": lambda item, value: set(value.split(",")) <= set(item.tags),
    "software": lambda item, value: item.software.startswith(value),
    "locationId": lambda item, value: item.location_id == canonical(value),
    "mac": lambda item, value: item.mac == value.replace(":", "").upper(),
    "devicePlatform": lambda _, value: value == "cisco",
    "plannedMaintenance": lambda _, value: value == "off",
}


def render_device(organisation: Organisation, device: Device) -> JsonObject:
    """Write a device as the Devices API does."""
    owner = "personId" if device.owner_kind is OwnerKind.PEOPLE else "workspaceId"
    sip = f"{device.serial.lower()}@devices.example.com"
    item: JsonObject = {
        "id": device.id,
        "callingDeviceId": device.calling_id,
        "webexDeviceId": device.id,
        "displayName": device.display_name,
        "placeId": device.owner_id,
        owner: device.owner_id,
        "orgId": organisation.id,
        "capabilities": ["xapi"] if device.type == "roomdesk" else [],
        "permissions": ["xapi:all"] if device.type == "roomdesk" else [],
        "connectionStatus": device.status,
        "product": device.product,
        "type": device.type,
        "tags": list(device.tags),
        "ip": device.ip,
        "activeInterface": "wired",
        "mac": ":".join(device.mac[at : at + 2] for at in range(0, 12, 2)),
        "primarySipUrl": sip,
        "sipUrls": [sip],
        "serial": device.serial,
        "software": device.software,
        "upgradeChannel": "stable",
        "created": device.created,
        "locationId": device.location_id,
        "workspaceLocationId": device.location_id,
        "errorCodes": [],
        "firstSeen": device.created,
        "lastSeen": device.created,
        "managedBy": "CISCO",
        "devicePlatform": "cisco",
        "plannedMaintenance": "off",
    }
    return {name: value for name, value in item.items() if value is not None}


def list_devices(world: World, request: Request) -> LazyList[Device]:
    """Answer `GET /devices`."""
    organisation = world.organisation
    owner = request.query.get("personId") or request.query.get("workspaceId")
    items = (
        organisation.devices_of(canonical(owner)) if owner else list(organisation.devices.values())
    )
    for name, matches in _FILTERS.items():
        value = request.query.get(name)
        if value is not None:
            items = [item for item in items if matches(item, value)]
    return LazyList(items, lambda item: render_device(organisation, item))


def _device_at(world: World, request: Request) -> Device:
    device = world.organisation.device(request.params["deviceId"])
    if device is None:
        raise errors.not_found("The device with the specified ID")
    return device


def read_device(world: World, request: Request) -> JsonObject:
    """Answer `GET /devices/{deviceId}`."""
    return render_device(world.organisation, _device_at(world, request))


def read_calling_device(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/devices/{deviceId}`."""
    device = _device_at(world, request)
    return {
        "manufacturer": "CISCO",
        "managedBy": "CISCO",
        "id": device.calling_id or device.id,
        "ip": device.ip,
        "mac": device.mac,
        "model": f"DMS {device.product}",
        "activationState": "activated",
        "description": list(device.tags),
        "upgradeChannelEnabled": True,
        "owner": {
            "sipUserName": device.serial.lower(),
            "linePort": f"{device.serial.lower()}@ports.example.com",
        },
        "proxy": {"outboundProxy": "proxy.example.com"},
    }


NO_HOTELING = {"enabled": False, "limitGuestUse": False, "guestHoursLimit": 12}


def _assigned(
    organisation: Organisation, device: Device, activated: str, hoteling: JsonObject
) -> JsonObject:
    phone = device.type == "phone"
    return {
        "id": device.calling_id or device.id,
        "description": [*device.tags, device.product],
        "model": f"DMS {device.product}",
        "modelType": "MPP" if phone else "ROOM_OS",
        "mac": device.mac,
        "ipAddress": device.ip,
        "primaryOwner": True,
        "type": "PRIMARY",
        "hoteling": hoteling,
        "owner": render_owner(organisation, device.owner_id, device.owner_kind),
        "activationState": activated,
    }


def _assigned_to(
    world: World, owner_id: str, activated: str, hoteling: JsonObject = NO_HOTELING
) -> JsonObject:
    organisation = world.organisation
    devices = organisation.devices_of(owner_id)
    return {
        "devices": [_assigned(organisation, device, activated, hoteling) for device in devices],
        "maxDeviceCount": MAX_DEVICES,
        "maxOwnedDeviceCount": MAX_OWNED_DEVICES,
    }


def read_person_devices(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/people/{personId}/devices`."""
    return _assigned_to(world, calling_person_at(world, request).id, "ACTIVATED")


def count_person_devices(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/people/{personId}/devices/count`."""
    devices = world.organisation.devices_of(calling_person_at(world, request).id)
    return {"totalDeviceCount": len(devices), "applicationsCount": 4}


def read_workspace_devices(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/workspaces/{workspaceId}/devices`."""
    workspace = workspace_at(world, request)
    if world.organisation.calling_workspace_kind(workspace.id) == "none":
        raise ApiError(400, "Workspace not found or not a calling workspace", 4003)
    path = f"/telephony/config/workspaces/{workspace.id}/devices"
    hoteling = read_document(world, path) or NO_HOTELING
    return _assigned_to(world, workspace.id, "ACTIVATED", hoteling)


def read_members(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/devices/{deviceId}/members`."""
    device = _device_at(world, request)
    organisation = world.organisation
    line = organisation.plan.primary(device.owner_id)
    member = render_owner(organisation, device.owner_id, device.owner_kind)
    member |= {
        "memberType": member.pop("type"),
        "primaryOwner": True,
        "port": 1,
        "t38FaxCompressionEnabled": False,
        "lineType": "PRIMARY",
        "lineWeight": 1,
        "hotlineEnabled": False,
        "allowCallDeclineEnabled": True,
        "lineLabel": device.display_name,
        "linePort": f"{device.serial.lower()}@ports.example.com",
    }
    if line is not None:
        location = organisation.locations[line.location_id]
        member["location"] = {"id": location.id, "name": location.name}
        member |= {"phoneNumber": line.phone_number, "extension": line.extension}
    shown = {name: value for name, value in member.items() if value is not None}
    return {"model": f"DMS {device.product}", "members": [shown], "maxLineCount": 10}


_TELEPHONY = "/telephony/config"

ROUTES = (
    Route(
        "GET",
        "/devices",
        list_devices,
        scopes.DEVICES_READ,
        "items",
        "start",
        default_page=PAGE,
        max_page=PAGE,
    ),
    Route("GET", "/devices/{deviceId}", read_device, scopes.DEVICES_READ),
    *(
        Route("GET", _TELEPHONY + path, handler, scopes.TELEPHONY_READ)
        for path, handler in (
            ("/devices/{deviceId}", read_calling_device),
            ("/devices/{deviceId}/members", read_members),
            ("/people/{personId}/devices", read_person_devices),
            ("/people/{personId}/devices/count", count_person_devices),
            ("/workspaces/{workspaceId}/devices", read_workspace_devices),
        )
    ),
)
