"""Artifacts of location features: auto attendants, hunt groups and call queues."""

from __future__ import annotations

from Space_OdT.inventory.manifest.entry import Artifact, Columns, Feed, Paging, Reading

_FEATURE_IDS = {"location_id": "location_id", "feature_id": "id"}
ATTENDANT = Feed("auto_attendants", _FEATURE_IDS)
HUNT_GROUP = Feed("hunt_groups", _FEATURE_IDS)
QUEUE = Feed("call_queues", {**_FEATURE_IDS, "has_cx_essentials": "has_cx_essentials"})

_LOCATION = "/telephony/config/locations/{location_id}"
_ATTENDANT = f"{_LOCATION}/autoAttendants/{{feature_id}}"
_HUNT_GROUP = f"{_LOCATION}/huntGroups/{{feature_id}}"
_QUEUE = f"{_LOCATION}/queues/{{feature_id}}"
_CUSTOMER_ASSIST = (("hasCxEssentials", "has_cx_essentials"),)


def _list(artifact: str, method: str, segment: str, list_key: str, description: str) -> Artifact:
    return Artifact(
        artifact=artifact,
        method=f"telephony.{method}",
        path=f"/telephony/config/{segment}",
        description=description,
        columns=Columns.F_NUMBER,
        list_key=list_key,
        paging=Paging.START,
        page_size=1000,
    )


def _object(
    artifact: str,
    method: str,
    path: str,
    feed: Feed,
    description: str,
    *,
    extra: tuple[str, ...] = (),
) -> Artifact:
    return Artifact(
        artifact=artifact,
        method=f"telephony.{method}",
        path=path,
        description=description,
        columns=Columns.F_NUMBER,
        feed=feed,
        extra=extra,
    )


ATTENDANT_ARTIFACTS: tuple[Artifact, ...] = (
    _list(
        "auto_attendants",
        "auto_attendant.list",
        "autoAttendants",
        "autoAttendants",
        "Auto attendants of all locations.",
    ),
    _object(
        "auto_attendant_details",
        "auto_attendant.details",
        _ATTENDANT,
        ATTENDANT,
        "Menus, schedules and languages of each auto attendant.",
    ),
    Artifact(
        artifact="auto_attendant_announcement_files",
        method="telephony.auto_attendant.list_announcement_files",
        path=f"{_ATTENDANT}/announcements",
        description="Announcement files of each auto attendant.",
        columns=Columns.F,
        feed=ATTENDANT,
        list_key="announcements",
        extra=("feature_id",),
    ),
    _object(
        "auto_attendant_forwarding",
        "auto_attendant.forwarding.settings",
        f"{_ATTENDANT}/callForwarding",
        ATTENDANT,
        "Call forwarding of each auto attendant.",
        extra=("feature_id",),
    ),
)

HUNT_GROUP_ARTIFACTS: tuple[Artifact, ...] = (
    _list(
        "hunt_groups",
        "huntgroup.list",
        "huntGroups",
        "huntGroups",
        "Hunt groups of all locations.",
    ),
    _object(
        "hunt_group_details",
        "huntgroup.details",
        _HUNT_GROUP,
        HUNT_GROUP,
        "Agents and call policies of each hunt group.",
    ),
    _object(
        "hunt_group_forwarding",
        "huntgroup.forwarding.settings",
        f"{_HUNT_GROUP}/callForwarding",
        HUNT_GROUP,
        "Call forwarding of each hunt group.",
        extra=("feature_id",),
    ),
)

QUEUE_ARTIFACTS: tuple[Artifact, ...] = (
    Artifact(
        artifact="call_queues",
        method="telephony.callqueue.list",
        path="/telephony/config/queues",
        description="Call queues of all locations, Customer Assist queues included.",
        columns=Columns.F_NUMBER,
        readings=(
            Reading((("hasCxEssentials", "true"),), {"has_cx_essentials": True}),
            Reading((), {"has_cx_essentials": False}),
        ),
        list_key="queues",
        paging=Paging.START,
        page_size=1000,
        extra=("has_cx_essentials",),
    ),
    Artifact(
        artifact="call_queue_details",
        method="telephony.callqueue.details",
        path=_QUEUE,
        description="Agents, policies and overflow of each call queue.",
        columns=Columns.F_NUMBER,
        flag_query=_CUSTOMER_ASSIST,
        feed=QUEUE,
        extra=("has_cx_essentials",),
    ),
    Artifact(
        artifact="call_queue_settings",
        method="telephony.callqueue.get_call_queue_settings",
        path="/telephony/config/queues/settings",
        description="Call queue settings of the organisation.",
        columns=Columns.F,
    ),
    Artifact(
        artifact="call_queue_agents",
        method="telephony.callqueue.agents.list",
        path="/telephony/config/queues/agents",
        description="Agents of each call queue.",
        columns=Columns.AG,
        query=(("locationId", "{location_id}"), ("queueId", "{feature_id}")),
        flag_query=_CUSTOMER_ASSIST,
        feed=QUEUE,
        list_key="agents",
        paging=Paging.START,
        page_size=1000,
        extra=("feature_id", "has_cx_essentials"),
    ),
    _object(
        "call_queue_forwarding",
        "callqueue.forwarding.settings",
        f"{_QUEUE}/callForwarding",
        QUEUE,
        "Call forwarding of each call queue.",
        extra=("feature_id", "has_cx_essentials"),
    ),
)

FEATURE_ARTIFACTS: tuple[Artifact, ...] = (
    *ATTENDANT_ARTIFACTS,
    *HUNT_GROUP_ARTIFACTS,
    *QUEUE_ARTIFACTS,
)
