"""Creating, replacing and deleting workspaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    LOCATION_NOT_FOUND,
    body_of,
    calling_location,
    now,
    one_of,
    required,
    text_of,
    workspace_at,
)
from Space_OdT.simulator.organisation.api.workspaces import render_workspace
from Space_OdT.simulator.organisation.documents import forget_documents_of
from Space_OdT.simulator.organisation.entities import (
    Licence,
    LicenceKind,
    OwnerKind,
    Workspace,
)
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import CallingRequest, check_calling, normalised_number
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

TYPES = ("notSet", "focus", "huddle", "meetingRoom", "open", "desk", "other")
CALLING_TYPES = (
    "freeCalling",
    "hybridCalling",
    "webexCalling",
    "webexEdgeForDevices",
    "thirdPartySipCalling",
    "none",
)
# A workspace of these stays with what it has.
_FIXED_TYPES = frozenset({"hybridCalling", "webexEdgeForDevices"})
# Kinds of licence a workspace may have, in the order in which they are taken unasked.
LICENCE_KINDS = (LicenceKind.WORKSPACE, LicenceKind.PROFESSIONAL, LicenceKind.HOT_DESK)


@dataclass(slots=True, frozen=True)
class WorkspaceCalling:
    """The checked calling part of a body."""

    type: str
    licences: list[str]
    line: CallingRequest | None = None


def _checked_calling(
    world: World, body: JsonObject, own: Workspace | None
) -> WorkspaceCalling | None:
    calling = body.get("calling")
    if calling is None:
        return None
    if not isinstance(calling, dict):
        raise errors.field_invalid("calling", "an object expected")
    required(calling, ("type",))
    kind = one_of(calling, "type", CALLING_TYPES)
    if kind != "webexCalling":
        return WorkspaceCalling(kind, [])
    details = calling.get("webexCalling") or {}
    licence = _checked_licence(world.organisation, details.get("licenses") or [], own)
    if licence.kind is LicenceKind.HOT_DESK:
        if text_of(details, "extension") or text_of(details, "phoneNumber"):
            text = f"License {licence.name} comes without extension and phone number"
            raise ApiError(400, text)
        return WorkspaceCalling(kind, [licence.id])
    return WorkspaceCalling(kind, [licence.id], _checked_line(world, details, own))


def _checked_licence(
    organisation: Organisation, wanted: list[Any], own: Workspace | None
) -> Licence:
    held = own.licences if own else []
    if not wanted:
        return _oldest_suitable(organisation, held)
    licences = [organisation.licence(item) for item in wanted]
    calling = [item for item in licences if item is not None and item.kind in LICENCE_KINDS]
    if len(calling) != 1 or len(licences) != 1:
        raise errors.field_invalid("licenses", "one license for workspaces expected")
    if calling[0].id not in held and organisation.free_units(calling[0]) < 1:
        raise ApiError(400, f"No free units of license {calling[0].name}")
    return calling[0]


def _oldest_suitable(organisation: Organisation, held: list[str]) -> Licence:
    for licence_id in held:
        return organisation.licences[licence_id]
    for kind in LICENCE_KINDS[:2]:
        for licence in organisation.licences_of_kind(kind):
            if organisation.free_units(licence) > 0:
                return licence
    raise ApiError(400, "No free units of a license for workspaces")


def _checked_line(world: World, details: JsonObject, own: Workspace | None) -> CallingRequest:
    organisation = world.organisation
    line = organisation.plan.primary(own.id) if own else None
    location_id = details.get("locationId") or (line.location_id if line else None)
    if location_id is None:
        raise errors.field_missing("calling.webexCalling.locationId")
    location = calling_location(world, location_id)
    if line is not None and line.location_id != location.id:
        raise ApiError(400, "The location of a calling workspace cannot be changed")
    extension = text_of(details, "extension")
    number = normalised_number(text_of(details, "phoneNumber"))
    if extension is None and number is None and line is not None:
        extension, number = line.extension, line.phone_number
    if not extension and not number:
        raise errors.field_missing("calling.webexCalling.extension or phoneNumber")
    wanted = CallingRequest(location, extension, number)
    check_calling(organisation, wanted, own.id if own else None)
    return wanted


def _checked_location(
    world: World, body: JsonObject, calling: WorkspaceCalling | None
) -> str | None:
    given = body.get("locationId") or body.get("workspaceLocationId")
    location_id = canonical(given) if given else None
    if location_id is not None and location_id not in world.organisation.locations:
        raise ApiError(400, "Location not found", LOCATION_NOT_FOUND)
    line = calling.line if calling else None
    if line is None:
        return location_id
    if location_id not in {None, line.location.id}:
        raise ApiError(400, "locationId and calling.webexCalling.locationId differ")
    return line.location.id


def _set_details(workspace: Workspace, body: JsonObject) -> None:
    """Write what a body replaces; capacity, type and notes are erased when it lacks them."""
    workspace.capacity = body.get("capacity")
    workspace.type = body.get("type") or "notSet"
    workspace.notes = text_of(body, "notes")
    workspace.hotdesking = body.get("hotdeskingStatus") or workspace.hotdesking
    workspace.calendar = body.get("calendar") or workspace.calendar
    workspace.floor_id = text_of(body, "floorId") or workspace.floor_id
    workspace.hosted_meetings = body.get("deviceHostedMeetings") or workspace.hosted_meetings
    workspace.indoor_navigation = body.get("indoorNavigation") or workspace.indoor_navigation
    workspace.sip_address = text_of(body, "sipAddress") or workspace.sip_address


def _check_enums(body: JsonObject) -> None:
    one_of(body, "type", TYPES)
    one_of(body, "hotdeskingStatus", ("on", "off"))
    one_of(body, "supportedDevices", ("collaborationDevices", "phones"))
    capacity = body.get("capacity")
    if capacity is not None and (not isinstance(capacity, int) or capacity < 0):
        raise errors.field_invalid("capacity", "a natural number expected")


def _apply_calling(
    organisation: Organisation, workspace: Workspace, calling: WorkspaceCalling
) -> None:
    workspace.calling = calling.type
    organisation.set_workspace_licences(workspace, calling.licences)
    if calling.line is None:
        organisation.plan.release(workspace.id)
        organisation.leave_features(workspace.id)
        return
    line = calling.line
    organisation.plan.replace_primary(
        workspace.id, OwnerKind.PLACE, line.location.id, line.phone_number, line.extension
    )


def create_workspace(world: World, request: Request) -> Reply:
    """Answer `POST /workspaces`: without `calling` it becomes a free-calling one."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("displayName",))
    _check_enums(body)
    calling = _checked_calling(world, body, None)
    workspace = Workspace(
        id=world.next_id("PLACE"),
        display_name=str(body["displayName"]),
        created=now(world),
        location_id=_checked_location(world, body, calling),
        supported_devices=body.get("supportedDevices") or "collaborationDevices",
    )
    _set_details(workspace, body)
    organisation.add_workspace(workspace)
    if calling is not None:
        _apply_calling(organisation, workspace, calling)
    return Reply(201, render_workspace(organisation, workspace))


def replace_workspace(world: World, request: Request) -> JsonObject:
    """Answer `PUT /workspaces/{workspaceId}`."""
    organisation = world.organisation
    workspace = workspace_at(world, request)
    body = body_of(request)
    required(body, ("displayName",))
    _check_enums(body)
    if body.get("supportedDevices") not in {None, workspace.supported_devices}:
        raise ApiError(400, "supportedDevices of a workspace cannot be changed")
    calling = _checked_calling(world, body, workspace)
    location_id = _checked_location(world, body, calling)
    if workspace.location_id and location_id not in {None, workspace.location_id}:
        raise ApiError(400, "The location of a workspace cannot be changed")
    if calling is not None and calling.type != workspace.calling:
        if workspace.calling in _FIXED_TYPES:
            raise ApiError(400, f"The calling type {workspace.calling} cannot be changed")
        if organisation.devices_of(workspace.id):
            raise ApiError(400, "The calling type cannot be changed while there are devices")
        forget_documents_of(world, workspace.id)
        world.newcomers.add(workspace.id)
    workspace.display_name = str(body["displayName"])
    workspace.location_id = workspace.location_id or location_id
    _set_details(workspace, body)
    if calling is not None:
        _apply_calling(organisation, workspace, calling)
    return render_workspace(organisation, workspace)


def delete_workspace(world: World, request: Request) -> Reply:
    """Answer `DELETE /workspaces/{workspaceId}`: its numbers become free."""
    workspace = workspace_at(world, request)
    world.organisation.remove_workspace(workspace)
    forget_documents_of(world, workspace.id)
    return Reply(204)


ROUTES = (
    Route("POST", "/workspaces", create_workspace, scopes.WORKSPACES_WRITE),
    Route("PUT", "/workspaces/{workspaceId}", replace_workspace, scopes.WORKSPACES_WRITE),
    Route("DELETE", "/workspaces/{workspaceId}", delete_workspace, scopes.WORKSPACES_WRITE),
)
