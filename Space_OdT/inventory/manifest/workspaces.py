"""Artifacts of workspaces: record, capabilities, Calling settings, devices and numbers on offer."""

from __future__ import annotations

from Space_OdT.inventory.manifest.entry import Artifact, Columns, Feed, Paging, ServedBy
from Space_OdT.inventory.manifest.locations import CALLING_LOCATION

_WORKSPACE_IDS = {"workspace_id": "workspace_id", "location_id": "location_id"}
_CALLING = "webex_calling_enabled"
EVERY_WORKSPACE = Feed("workspaces", _WORKSPACE_IDS)
CALLING_WORKSPACE = Feed("workspaces", _WORKSPACE_IDS, where=_CALLING)
WORKSPACE_OF_EACH_LOCATION = Feed(
    "workspaces", _WORKSPACE_IDS, where=_CALLING, one_per="location_id"
)

_FEATURES = "/workspaces/{workspace_id}/features"
_SCOPE = "spark-admin:workspaces_read"


def _setting(
    artifact: str,
    method: str,
    segment: str,
    description: str,
    *,
    columns: Columns = Columns.W_NUMBER,
) -> Artifact:
    """Describe one settings object of every workspace with Webex Calling."""
    return Artifact(
        artifact=artifact,
        method=f"workspace_settings.{method}",
        path=f"{_FEATURES}/{segment}",
        description=description,
        columns=columns,
        feed=CALLING_WORKSPACE,
        scope=_SCOPE,
    )


WORKSPACE_ARTIFACTS: tuple[Artifact, ...] = (
    Artifact(
        artifact="workspace_details",
        method="workspaces.details",
        path="/workspaces/{workspace_id}",
        description="Full record of each workspace, with its devices and capabilities.",
        columns=Columns.W_NUMBER,
        feed=EVERY_WORKSPACE,
        scope=_SCOPE,
        served_by=ServedBy("workspaces"),
    ),
    _setting(
        "workspace_call_forwarding",
        "forwarding.read",
        "callForwarding",
        "Call forwarding of each calling workspace.",
    ),
    Artifact(
        artifact="workspace_capabilities",
        method="workspaces.capabilities",
        path="/workspaces/{workspace_id}/capabilities",
        description="Sensors and abilities of each workspace.",
        columns=Columns.W,
        feed=EVERY_WORKSPACE,
        scope=_SCOPE,
        served_by=ServedBy("workspaces", member="capabilities"),
    ),
    _setting(
        "workspace_permissions_in",
        "permissions_in.read",
        "incomingPermission",
        "Incoming call permissions of each calling workspace.",
        columns=Columns.W,
    ),
    _setting(
        "workspace_permissions_out",
        "permissions_out.read",
        "outgoingPermission",
        "Outgoing call permissions of each calling workspace.",
        columns=Columns.W,
    ),
    _setting(
        "workspace_numbers",
        "numbers.read",
        "numbers",
        "Primary and alternate numbers of each calling workspace.",
    ),
    Artifact(
        artifact="workspace_devices",
        method="workspace_settings.devices.list",
        path="/telephony/config/workspaces/{workspace_id}/devices",
        description="Calling devices of each calling workspace.",
        columns=Columns.W,
        feed=CALLING_WORKSPACE,
        list_key="devices",
    ),
    Artifact(
        artifact="workspace_available_numbers_available",
        method="workspace_settings.available_numbers.available",
        path="/telephony/config/workspaces/availableNumbers",
        description="Numbers of each Calling location that a workspace could get.",
        columns=Columns.W_NUMBER,
        query=(("locationId", "{location_id}"),),
        feed=CALLING_LOCATION,
        list_key="phoneNumbers",
        paging=Paging.START,
        page_size=2000,
    ),
    Artifact(
        artifact="workspace_available_numbers_secondary",
        method="workspace_settings.available_numbers.secondary",
        path="/telephony/config/workspaces/{workspace_id}/secondary/availableNumbers",
        description="Numbers that a workspace of the location could get as alternate.",
        columns=Columns.W_NUMBER,
        feed=WORKSPACE_OF_EACH_LOCATION,
        list_key="phoneNumbers",
        paging=Paging.START,
        page_size=2000,
    ),
)
