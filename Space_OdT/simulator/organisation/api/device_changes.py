"""Adding phones by MAC address or activation code, removing devices, hoteling of workspaces."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    now,
    professional_workspace_at,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.api.devices import render_device
from Space_OdT.simulator.organisation.documents import write_document
from Space_OdT.simulator.organisation.entities import Device, OwnerKind, Person, Workspace
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAC = re.compile(r"[0-9A-F]{12}")
CODE_LIFETIME = timedelta(days=7)
MAX_HOURS = 999


def _owner(world: World, body: JsonObject) -> Person | Workspace:
    organisation = world.organisation
    owner: Person | Workspace | None = None
    if body.get("personId"):
        owner = organisation.person(body["personId"])
    elif body.get("workspaceId"):
        owner = organisation.workspace(body["workspaceId"])
    else:
        raise errors.field_missing("personId or workspaceId")
    if owner is None:
        raise errors.not_found("The owner of the device")
    return owner


def create_device(world: World, request: Request) -> JsonObject:
    """Answer `POST /devices`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("mac", "model"))
    mac = str(body["mac"]).upper().replace(":", "").replace("-", "")
    if not MAC.fullmatch(mac):
        raise errors.field_invalid("mac", "twelve hexadecimal digits expected")
    if any(device.mac == mac for device in organisation.devices.values()):
        raise ApiError(409, f"A device with MAC address {mac} already exists")
    owner = _owner(world, body)
    kind = OwnerKind.PEOPLE if isinstance(owner, Person) else OwnerKind.PLACE
    device = Device(
        id=world.next_id("DEVICE"),
        calling_id=world.next_id("CALLING_DEVICE"),
        display_name=owner.display_name,
        owner_id=owner.id,
        owner_kind=kind,
        location_id=owner.location_id,
        product=str(body["model"]).removeprefix("DMS "),
        type="phone",
        mac=mac,
        serial=f"SIM{mac[-8:]}",
        ip="0.0.0.0",  # noqa: S104 - a phone that has not registered yet
        software="",
        created=now(world),
        status="unknown",
    )
    organisation.add_device(device)
    return render_device(organisation, device)


def create_activation_code(world: World, request: Request) -> JsonObject:
    """Answer `POST /devices/activationCode`: sixteen digits that hold for a week."""
    body = body_of(request)
    _owner(world, body)
    text_of(body, "model")
    rng = world.rng("activation code", world.next_id("ACTIVATION_CODE"))
    digits = "".join(rng.choices("0123456789", k=16))
    expiry = datetime.fromtimestamp(world.clock(), UTC) + CODE_LIFETIME
    return {"code": digits, "expiryTime": expiry.strftime("%Y-%m-%dT%H:%M:%S.000Z")}


def delete_device(world: World, request: Request) -> Reply:
    """Answer `DELETE /devices/{deviceId}`."""
    organisation = world.organisation
    device = organisation.device(canonical(request.params["deviceId"]))
    if device is None:
        raise errors.not_found("The device with the specified ID")
    organisation.remove_device(device)
    return Reply(204)


def set_hoteling(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/workspaces/{workspaceId}/devices`."""
    workspace = professional_workspace_at(world, request)
    body = body_of(request)
    required(body, ("enabled",))
    hours = body.get("guestHoursLimit", 12)
    if not isinstance(hours, int) or not 1 <= hours <= MAX_HOURS:
        raise errors.field_invalid("guestHoursLimit", f"1 to {MAX_HOURS} hours expected")
    hoteling = {
        "enabled": body["enabled"] is True,
        "limitGuestUse": body.get("limitGuestUse") is True,
        "guestHoursLimit": hours,
    }
    path = f"/telephony/config/workspaces/{workspace.id}/devices"
    write_document(world, path, hoteling)


ROUTES = (
    Route("POST", "/devices", create_device, scopes.DEVICES_WRITE),
    Route("POST", "/devices/activationCode", create_activation_code, scopes.DEVICES_WRITE),
    Route("DELETE", "/devices/{deviceId}", delete_device, scopes.DEVICES_WRITE),
    Route(
        "PUT",
        "/telephony/config/workspaces/{workspaceId}/devices",
        set_hoteling,
        scopes.TELEPHONY_WRITE,
    ),
)
