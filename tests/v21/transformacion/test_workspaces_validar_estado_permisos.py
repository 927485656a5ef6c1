from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.v21.transformacion.workspaces_validar_estado_permisos import DEFINITION
from tests.v21.conftest import Tenant
from tests.v21.transformacion import forwarding_cases as forwarding

pytestmark = pytest.mark.xdist_group("transformation-actions")

PROFESSIONAL, BASIC = "Sala Barcelona 1", "Recepció Girona 2"
FREE, HOT_DESK, NONE = "Magatzem Lisboa 3", "Consergeria Barcelona 4", "Sala Barcelona 7"
FORWARDING, PERMISSION = "*/features/callForwarding", "*/features/outgoingPermission"


def workspace_id(tenant: Tenant, name: str) -> str:
    spaces = tenant.world.organisation.workspaces.values()
    return next(one.id for one in spaces if one.display_name == name)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (PROFESSIONAL, ("ok 2, unauthorized 0, error 0", "licence Webex Calling - Professional")),
        (
            BASIC,
            ("ok 2", "licence Webex Calling - Workspaces", "hint: an intercom number needs a Prof"),
        ),
        (HOT_DESK, ("unauthorized 2", "4003", "hot-desk-only workspaces have no calling settings")),
        (FREE, ("unauthorized 2", "calling freeCalling", "licence none", "workspaces_alta")),
        (NONE, ("unauthorized 2", "calling none", "give it Webex Calling")),
    ],
)
async def test_every_kind_of_workspace_is_diagnosed(
    tenant: Tenant, name: str, told: tuple[str, ...]
) -> None:
    for planning in (True, False):
        ran = await tenant.run(DEFINITION, {"display_name": name}, planning=planning)
        assert ran.is_success
        for part in told:
            assert part in ran.message
        assert not ran.writes
        assert not ran.planned


async def test_what_is_in_force_is_shown(tenant: Tenant) -> None:
    own = workspace_id(tenant, PROFESSIONAL)
    documents: dict[str, Any] = {
        f"/workspaces/{own}/features/callForwarding": forwarding.settings(
            forwarding.on("530000013")
        ),
        f"/workspaces/{own}/features/outgoingPermission": {
            "useCustomEnabled": True,
            "useCustomPermissions": True,
            "callingPermissions": [
                {"callType": "NATIONAL", "action": "ALLOW", "transferEnabled": True},
                {"callType": "INTERNATIONAL", "action": "BLOCK", "transferEnabled": False},
            ],
        },
    }
    tenant.change(lambda world: world.documents.update(documents))
    ran = await tenant.run(DEFINITION, {"workspace_id": own})
    assert "call_forwarding ok (all calls go to 530000013)" in ran.message
    assert "outgoing_permission ok (own, blocked: INTERNATIONAL)" in ran.message
    assert "hint" not in ran.message


@pytest.mark.parametrize(
    ("fault", "counts", "told"),
    [
        ((FORWARDING, 403, None), "ok 1, unauthorized 1, error 0", "spark-admin:workspaces_read"),
        ((FORWARDING, 400, 4003), "ok 1, unauthorized 1, error 0", "code 4003"),
        ((PERMISSION, 405, 25409), "ok 1, unauthorized 1, error 0", "HTTP 405; code 25409"),
        ((PERMISSION, 400, 25008), "ok 1, unauthorized 0, error 1", "HTTP 400; code 25008"),
        ((PERMISSION, 404, None), "ok 1, unauthorized 0, error 1", "HTTP 404"),
        ((FORWARDING, 503, None), "ok 1, unauthorized 0, error 1", "retry_exhausted"),
        (("*/features/*", 500, None), "ok 0, unauthorized 0, error 2", "HTTP 500"),
    ],
)
async def test_refusals_are_sorted_and_told(
    tenant: Tenant, fault: tuple[str, int, int | None], counts: str, told: str
) -> None:
    path, status, code = fault
    tenant.faults({"kind": "status", "path": path, "status": status, "code": code})
    ran = await tenant.run(DEFINITION, {"display_name": PROFESSIONAL})
    assert ran.is_success
    assert counts in ran.message
    assert told in ran.message
    assert "hint: " in ran.message


async def test_licences_that_may_not_be_listed_are_shown_by_id(tenant: Tenant) -> None:
    tenant.faults({"kind": "status", "path": "/licenses", "status": 403})
    ran = await tenant.run(DEFINITION, {"display_name": PROFESSIONAL})
    assert "ok 2" in ran.message
    held = tenant.world.organisation.workspaces[workspace_id(tenant, PROFESSIONAL)].licences
    assert f"licence {held[0]}" in ran.message


@pytest.mark.parametrize(
    ("row", "fault", "reason", "told"),
    [
        ({"display_name": "Nobody's room"}, None, "precondition_missing", "workspace_not_found"),
        (
            {"display_name": PROFESSIONAL},
            {"path": "/workspaces", "status": 403},
            "permission_denied",
            "calling_eligibility_permission_denied",
        ),
        ({"display_name": PROFESSIONAL}, {"path": FORWARDING, "status": 401}, "auth_invalid", ""),
    ],
)
async def test_what_cannot_be_diagnosed_is_pending(
    tenant: Tenant,
    row: dict[str, str],
    fault: dict[str, Any] | None,
    reason: str,
    told: str,
) -> None:
    if fault:
        tenant.faults({"kind": "status", **fault})
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == reason
    assert told in ran.message
