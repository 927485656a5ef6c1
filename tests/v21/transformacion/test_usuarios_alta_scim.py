from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.v21.transformacion.usuarios_alta_scim import DEFINITION, user_filter
from Space_OdT.webex.ids import id_key
from tests.v21.conftest import Sent, Tenant
from tests.v21.transformacion.licence_states import WITHOUT_CALLING, person

pytestmark = pytest.mark.xdist_group("v21-actions")

NEW = "ana.soler@example.com"
NAMES = {"email": NEW, "first_name": "Ana", "last_name": "Soler"}


def row(tenant: Tenant, **cells: str) -> dict[str, str]:
    return {**NAMES, "org_id": tenant.world.organisation.id, **cells}


def users(tenant: Tenant) -> str:
    return f"/identity/scim/{id_key(tenant.world.organisation.id)}/v2/Users"


def body(**other: Any) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": NEW,
        "userType": "user",
        "active": True,
        "displayName": "Ana Soler",
        "name": {"givenName": "Ana", "familyName": "Soler"},
        "emails": [{"value": NEW, "type": "work", "primary": True}],
        **other,
    }


@pytest.mark.parametrize(
    ("cells", "differs"),
    [
        ({}, {}),
        ({"display_name": "Soler, Ana"}, {"displayName": "Soler, Ana"}),
        ({"active": "no"}, {"active": False}),
        ({"inactive": "true"}, {"active": False}),
    ],
    ids=["plain", "display name", "not active", "inactive"],
)
async def test_a_user_is_created_under_the_bare_uuid_of_the_organisation(
    tenant: Tenant, cells: dict[str, str], differs: dict[str, Any]
) -> None:
    path = users(tenant)
    ran = await tenant.prove(DEFINITION, row(tenant, **cells))
    assert ran.writes == [Sent("POST", path, body(**differs))]
    assert ran.calls[0] == Sent("GET", path, None, {"filter": f'userName eq "{NEW}"', "count": "1"})
    assert ran.outcome is not None
    assert ran.outcome.remote_id == person(tenant, NEW).id


async def test_a_bare_uuid_is_taken_as_it_is(tenant: Tenant) -> None:
    uuid = id_key(tenant.world.organisation.id)
    ran = await tenant.prove(DEFINITION, row(tenant, org_id=uuid.upper()))
    assert ran.writes[0].path == users(tenant)


async def test_somebody_who_exists_is_not_created_again(tenant: Tenant) -> None:
    ran = await tenant.run(DEFINITION, row(tenant, email=WITHOUT_CALLING))
    assert ran.message == "unchanged; user_already_exists"
    assert not ran.writes
    assert ran.outcome is not None
    assert ran.outcome.remote_id == person(tenant, WITHOUT_CALLING).id


async def test_a_difference_in_being_active_is_told_not_changed(tenant: Tenant) -> None:
    ran = await tenant.run(DEFINITION, row(tenant, email=WITHOUT_CALLING, active="false"))
    assert ran.message == "unchanged; user_already_exists; is active, unlike the row"


async def test_a_conflict_is_searched_again(tenant: Tenant) -> None:
    tenant.faults({"kind": "status_after", "status": 409, "method": "POST", "path": "*/Users"})
    ran = await tenant.run(DEFINITION, row(tenant))
    assert ran.message == "unchanged; user_already_exists"
    assert len(ran.writes) == 1


async def test_a_conflict_with_somebody_out_of_sight_stays_a_refusal(tenant: Tenant) -> None:
    tenant.faults({"kind": "status", "status": 409, "method": "POST", "path": "*/Users"})
    ran = await tenant.run(DEFINITION, row(tenant))
    assert ran.reason == "non_retryable_external"


@pytest.mark.parametrize("kind", ["reset_after", "malformed_json", "missing_field"])
async def test_a_lost_answer_never_creates_anybody_twice(tenant: Tenant, kind: str) -> None:
    tenant.faults({"kind": kind, "method": "POST", "path": "*/Users", "times": 1})
    ran = await tenant.run(DEFINITION, row(tenant))
    assert ran.is_success, ran.message
    assert len(ran.writes) == 1


def test_quotes_in_a_user_name_cannot_end_the_filter() -> None:
    assert user_filter('a"b\\c@example.com') == r'userName eq "a\"b\\c@example.com"'


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"org_id": ""}, "column org_id"),
        ({"org_id": "Sub-sim000001"}, "which holds a UUID"),
        ({"first_name": ""}, "column first_name"),
        ({"last_name": ""}, "column last_name"),
        ({"email": ""}, "column email"),
        ({"active": "perhaps"}, "column active"),
    ],
    ids=["no organisation", "no UUID", "no first name", "no last name", "no address", "flag"],
)
async def test_bad_input_is_rejected_before_any_call(
    tenant: Tenant, cells: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, row(tenant, **cells))
    assert ran.reason == "invalid_input_schema"
    assert told in ran.message


def test_it_creates_identities_and_says_so() -> None:
    assert DEFINITION.is_identity
    assert "creates people" in DEFINITION.warning
