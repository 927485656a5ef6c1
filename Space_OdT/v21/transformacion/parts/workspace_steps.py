"""The calls that create a workspace and give it calling: bodies, steps, and what answers show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import StepSpec
from Space_OdT.webex.records import number_key

WEBEX_CALLING = "webexCalling"
# What PUT /workspaces/{workspaceId} is given back as it was read: without capacity, type and notes
# it erases them. The calendar stays when it is left out, and its answer is not whole, so it is.
_KEPT = (
    "displayName",
    "locationId",
    "floorId",
    "capacity",
    "type",
    "notes",
    "hotdeskingStatus",
    "deviceHostedMeetings",
    "indoorNavigation",
)


@dataclass(frozen=True, slots=True)
class WorkspaceLine:
    """The calling part of a workspace.

    Attributes:
        location_id: Id of the calling location.
        extension: Extension, "" for none.
        phone_number: Main number in E.164, "" for none.
        licence_ids: Ids of its calling licence; empty lets Webex take the oldest suitable one.
    """

    location_id: str
    extension: str = ""
    phone_number: str = ""
    licence_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """A workspace to create.

    Attributes:
        name: Display name.
        line: Its calling.
        devices: `collaborationDevices` or `phones`; "" for the API's default.
        org_id: Id of the organisation, "" for the token's own.
    """

    name: str
    line: WorkspaceLine
    devices: str = ""
    org_id: str = ""


def calling_body(line: WorkspaceLine) -> dict[str, Any]:
    """Build the calling part; without it a workspace can only call other Webex users.

    Args:
        line: What it is to have.

    Returns:
        The value of `calling`.
    """
    details: dict[str, Any] = {"locationId": line.location_id} if line.location_id else {}
    if line.extension:
        details["extension"] = line.extension
    if line.phone_number:
        details["phoneNumber"] = line.phone_number
    if line.licence_ids:
        details["licenses"] = list(line.licence_ids)
    return {"type": WEBEX_CALLING, WEBEX_CALLING: details}


def create_body(new: NewWorkspace) -> dict[str, Any]:
    """Build the body that creates a workspace with calling.

    Args:
        new: The workspace.

    Returns:
        The body of `POST /workspaces` (Webex API reference, "Create a Workspace").
    """
    body: dict[str, Any] = {"displayName": new.name}
    if new.org_id:
        body["orgId"] = new.org_id
    if new.line.location_id:
        body["locationId"] = new.line.location_id
    if new.devices:
        body["supportedDevices"] = new.devices
    body["calling"] = calling_body(new.line)
    return body


def update_body(current: Mapping[str, Any], line: WorkspaceLine) -> dict[str, Any]:
    """Put another calling part into a workspace as read.

    Args:
        current: The answer of `GET /workspaces/{workspaceId}`.
        line: The calling it is to have.

    Returns:
        The body of `PUT /workspaces/{workspaceId}` (Webex API reference, "Update a Workspace").
    """
    kept = {name: current[name] for name in _KEPT if current.get(name) is not None}
    return {**kept, "calling": calling_body(line)}


def _created(body: Any) -> dict[str, Any]:
    return {**body, "id": f"NEW-WORKSPACE({body['displayName']})"}


WORKSPACE_STATE = StepSpec(
    "workspace_state",
    "GET",
    "/workspaces/{workspace_id}",
    required=("id",),
    query={"includeDevices": "true"},
)
WORKSPACE_NUMBERS = StepSpec(
    "workspace_numbers",
    "GET",
    "/workspaces/{workspace_id}/features/numbers",
    required=("phoneNumbers",),
    query={"orgId": "{org_id}"},
    passing=(404,),
)
WORKSPACE_CREATE = StepSpec(
    "workspace_create",
    "POST",
    "/workspaces",
    success=(200, 201),
    required=("id",),
    build=create_body,
    assume=_created,
)
WORKSPACE_UPDATE = StepSpec(
    "workspace_update",
    "PUT",
    "/workspaces/{workspace_id}",
    success=(200, 204),
    build=update_body,
)
STEPS = (WORKSPACE_STATE, WORKSPACE_NUMBERS, WORKSPACE_CREATE, WORKSPACE_UPDATE)


def calling_of(workspace: Mapping[str, Any]) -> tuple[str, tuple[str, ...] | None]:
    """Read what calling a workspace has.

    Args:
        workspace: A workspace as the API shows it.

    Returns:
        Kind of calling, "" for none; and the ids of its calling licences, None when not shown.
    """
    calling = workspace.get("calling") or {}
    licences = (calling.get(WEBEX_CALLING) or {}).get("licenses")
    shown = None if licences is None else tuple(str(one) for one in licences)
    return str(calling.get("type") or ""), shown


def line_of(numbers: Mapping[str, Any]) -> WorkspaceLine:
    """Read the main line from the numbers of a workspace.

    Args:
        numbers: The answer of `GET /workspaces/{workspaceId}/features/numbers`; the number stands
            under `external` in its example, under `directNumber` in its schema.

    Returns:
        Location, extension and number; "" for what there is not.
    """
    entries = numbers.get("phoneNumbers") or []
    main: Mapping[str, Any] = next((one for one in entries if one.get("primary")), {})
    number = main.get("external") or main.get("directNumber") or ""
    return WorkspaceLine(
        location_id=str((numbers.get("location") or {}).get("id") or ""),
        extension=str(main.get("extension") or ""),
        phone_number=number_key(str(number)),
    )
