"""Users and groups at SCIM: search, create, replace, patch, delete, many at once."""

from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.simulator.organisation.api.scim import CORE_SCHEMA, ENTERPRISE_SCHEMA
from Space_OdT.simulator.organisation.api.scim_bulk import REQUEST_SCHEMA
from Space_OdT.simulator.organisation.keys import uuid_of
from Space_OdT.simulator.organisation.scim_filter import parse_filter
from Space_OdT.simulator.protocol import ApiError
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene


def base(scene: Scene) -> str:
    return f"/identity/scim/{uuid_of(scene.org.id)}/v2"


def user(**more: Any) -> dict[str, Any]:
    return {
        "schemas": [CORE_SCHEMA],
        "userName": "scim.user@example.com",
        "userType": "user",
        "name": {"givenName": "Scim", "familyName": "User"},
        **more,
    }


def test_a_user_is_found_by_name(scene: Scene) -> None:
    query = f'userName eq "{scene.caller.email.upper()}"'
    found = scene.get(f"{base(scene)}/Users", filter=query)[:]
    assert [item["id"] for item in found] == [uuid_of(scene.caller.id)]
    assert scene.get(f"{base(scene)}/Users", filter='userName eq "no@example.com"')[:] == []


def test_a_created_user_is_a_person_too(scene: Scene) -> None:
    answer = scene.call("POST", f"{base(scene)}/Users", user())
    assert answer.status == 201
    person = scene.get("/people", email="scim.user@example.com")[0]
    assert uuid_of(person["id"]) == answer.body["id"]
    assert person["displayName"] == "Scim User"
    check_invariants(scene.org)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"userType": None}, 400),
        ({"schemas": None}, 400),
        ({"userName": None}, 400),
        ({"userType": "robot"}, 400),
        ({"userName": "nonsense"}, 400),
    ],
)
def test_a_user_is_not_created(change: dict[str, Any], status: int, scene: Scene) -> None:
    body = {name: value for name, value in user(**change).items() if value is not None}
    assert scene.call("POST", f"{base(scene)}/Users", body).status == status


def test_a_user_name_is_unique(scene: Scene) -> None:
    body = user(userName=scene.caller.email.upper())
    assert scene.call("POST", f"{base(scene)}/Users", body).status == 409


def test_the_organisation_is_named_by_its_bare_uuid(scene: Scene) -> None:
    answer = scene.call("GET", f"/identity/scim/{scene.org.id}/v2/Users")
    assert answer.status == 404


def test_a_user_is_replaced(scene: Scene) -> None:
    path = f"{base(scene)}/Users/{uuid_of(scene.caller.id)}"
    body = user(displayName="Other Name", title="Boss", active=False)
    assert scene.call("PUT", path, body).status == 200
    person = scene.get("/people", email="scim.user@example.com")[0]
    assert person["id"] == scene.caller.id
    assert (person["displayName"], person["loginEnabled"]) == ("Other Name", "false")
    assert "department" not in person


def test_a_user_is_patched(scene: Scene) -> None:
    path = f"{base(scene)}/Users/{uuid_of(scene.caller.id)}"
    operations = [
        {"op": "replace", "path": "name.familyName", "value": "Changed"},
        {"op": "add", "path": "nickName", "value": "Nick"},
        {"op": "remove", "path": "title"},
        {"op": "Replace", "value": {"displayName": "Patched"}},
        {"op": "add", "path": f"{ENTERPRISE_SCHEMA}:department", "value": "Sales"},
    ]
    answer = scene.call("PATCH", path, {"schemas": ["x"], "Operations": operations})
    assert answer.status == 200
    assert (answer.body["nickName"], answer.body["displayName"]) == ("Nick", "Patched")
    person = scene.get(f"/people/{scene.caller.id}")
    assert (person["lastName"], person["department"]) == ("Changed", "Sales")
    assert "title" not in person


@pytest.mark.parametrize("operation", [{"op": "melt", "path": "x"}, {"op": "add"}, "x"])
def test_a_patch_is_refused(operation: Any, scene: Scene) -> None:
    path = f"{base(scene)}/Users/{uuid_of(scene.caller.id)}"
    body = {"schemas": ["x"], "Operations": [operation]}
    assert scene.call("PATCH", path, body).status == 400


def test_a_user_is_deleted(scene: Scene) -> None:
    path = f"{base(scene)}/Users/{uuid_of(scene.caller.id)}"
    assert scene.call("DELETE", path).status == 204
    assert scene.call("GET", path).status == 404
    check_invariants(scene.org)


def test_users_are_sorted_on_demand(scene: Scene) -> None:
    query = {"sortBy": "userName", "sortOrder": "descending"}
    names = [item["userName"] for item in scene.get(f"{base(scene)}/Users", **query)[:]]
    assert names == sorted(names, reverse=True)


def test_many_operations_run_in_one_request(scene: Scene) -> None:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "1", "data": user()},
        {"method": "POST", "path": "/Users", "bulkId": "2", "data": user()},
        {"method": "DELETE", "path": f"/Users/{uuid_of(scene.caller.id)}"},
        {"method": "POST", "path": "/Groups", "data": {}},
    ]
    body = {"schemas": [REQUEST_SCHEMA], "Operations": operations}
    answer = scene.call("POST", f"{base(scene)}/Bulk", body)
    assert [item["status"] for item in answer.body["Operations"]] == ["201", "409", "204", "400"]
    stopped = scene.call("POST", f"{base(scene)}/Bulk", {**body, "failOnErrors": 1})
    assert len(stopped.body["Operations"]) == 1
    many = {**body, "Operations": operations * 26}
    assert scene.call("POST", f"{base(scene)}/Bulk", many).status == 400


# Filters -------------------------------------------------------------------------------------

RESOURCE = {
    "userName": "A.User@example.com",
    "active": True,
    "name": {"familyName": 'O"Neil'},
    "emails": [{"value": "a.user@example.com", "type": "work"}],
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('userName eq "a.user@EXAMPLE.com"', True),
        ('USERNAME sw "a."', True),
        ('userName ew ".org"', False),
        ('userName ne "x"', True),
        ('name.familyName co "\\"n"', True),
        ('emails.value eq "a.user@example.com"', True),
        ('emails[value eq "a.user@example.com"]', True),
        ("active eq true", True),
        ("title pr", False),
        ("userName pr", True),
        ('userName sw "b" or active eq true', True),
        ('userName sw "a" and active eq false', False),
    ],
)
def test_filters_compare_as_the_standard_says(text: str, holds: bool) -> None:
    assert parse_filter(text).holds(RESOURCE) is holds


@pytest.mark.parametrize("text", ["", "userName", "userName is x", "userName eq", 'a eq "b" c'])
def test_other_filters_are_refused(text: str) -> None:
    with pytest.raises(ApiError, match="Invalid filter"):
        parse_filter(text)


# Groups --------------------------------------------------------------------------------------


def test_groups_and_their_members_are_listed(scene: Scene) -> None:
    groups = scene.get("/groups", includeMembers="true")[:]
    assert any(not group["members"] for group in groups)
    for group in groups:
        for name in ("members", "Members"):
            members = scene.get(f"/groups/{group['id']}/{name}")
            assert len(members) == group["memberSize"]
            assert members.extra["displayName"] == group["displayName"]


def test_a_group_is_found_by_name(scene: Scene) -> None:
    name = next(iter(scene.org.groups.values())).display_name
    found = scene.get("/groups", filter=f'displayName eq "{name}"')[:]
    assert [item["displayName"] for item in found] == [name]


def test_a_group_is_created_changed_and_deleted(scene: Scene) -> None:
    body = {"displayName": "New", "members": [{"id": scene.caller.id}]}
    answer = scene.call("POST", "/groups", body)
    assert answer.status == 201
    assert scene.call("POST", "/groups", body).status == 409
    path = f"/groups/{answer.body['id']}"
    changes = [{"id": scene.nobody.id}, {"id": scene.caller.id, "operation": "delete"}]
    changed = scene.call("PATCH", path, {"displayName": "Newer", "members": changes})
    assert changed.body["displayName"] == "Newer"
    assert [item["id"] for item in changed.body["members"]] == [scene.nobody.id]
    assert scene.call("PATCH", path, {"members": [{"id": "unknown"}]}).status == 400
    assert scene.call("DELETE", path).status == 204
    assert scene.call("GET", path).status == 404


def test_groups_are_the_same_at_scim(scene: Scene) -> None:
    group = next(iter(scene.org.groups.values()))
    found = scene.get(f"{base(scene)}/Groups", includeMembers="false")[:]
    assert [item["displayName"] for item in found] == [
        item.display_name for item in scene.org.groups.values()
    ]
    path = f"{base(scene)}/Groups/{uuid_of(group.id)}"
    assert len(scene.get(path)["members"]) == len(group.members)
    assert len(scene.get(f"{path}/Members")) == len(group.members)
    assert scene.call("GET", f"{base(scene)}/Groups/unknown").status == 404


def test_an_unknown_filter_value_and_id_find_nobody(scene: Scene) -> None:
    users = f"{base(scene)}/Users"
    identifier = uuid_of(scene.caller.id)
    assert len(scene.get(users, filter=f'id eq "{identifier}"')) == 1
    assert len(scene.get(users, filter='id eq "unknown"')) == 0
    assert len(scene.get(users, filter="active eq true")) > 1
    assert scene.call("GET", f"{users}/unknown").status == 404


def test_groups_are_sorted_and_members_come_as_a_list(scene: Scene) -> None:
    groups = scene.get("/groups", sortBy="displayName", sortOrder="descending")[:]
    names = [item["displayName"] for item in groups]
    assert names == sorted(names, key=str.casefold, reverse=True)
    assert scene.call("POST", "/groups", {"displayName": "x", "members": "text"}).status == 400
    assert scene.call("PATCH", f"/groups/{groups[0]['id']}", "text").status == 400
