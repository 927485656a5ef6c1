"""Artifacts of groups and licences: who belongs to what."""

from __future__ import annotations

from Space_OdT.inventory.manifest.entry import Artifact, Columns, Feed, Paging

DIRECTORY_ARTIFACTS: tuple[Artifact, ...] = (
    Artifact(
        artifact="group_members",
        method="groups.members",
        path="/groups/{group_id}/Members",
        description="Members of each group.",
        columns=Columns.MG,
        feed=Feed("groups", {"group_id": "group_id"}),
        list_key="members",
        paging=Paging.SCIM,
        page_size=500,
        page_in_order=True,
        scope="identity:groups_read",
    ),
    Artifact(
        artifact="license_assigned_users",
        method="licenses.assigned_users",
        path="/licenses/{license_id}",
        description="Holders of each licence.",
        columns=Columns.ML,
        query=(("includeAssignedTo", "user"),),
        feed=Feed("licenses", {"license_id": "license_id"}),
        list_key="users",
        paging=Paging.LINK,
        page_size=300,
        page_in_order=True,
        page_parameter="limit",
        scope="spark-admin:licenses_read",
    ),
)
