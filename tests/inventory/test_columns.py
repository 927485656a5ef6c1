from __future__ import annotations

import base64
from typing import Any

import pytest

from Space_OdT.inventory.columns import COLUMN_SETS, TAIL, columns_of, row_builder
from Space_OdT.inventory.facts import Facts, comparable
from Space_OdT.inventory.manifest import BY_NAME, MANIFEST, Columns

# The documented column sets, written down independently of the code.
DOCUMENTED = {
    "people": "person_id email display_name status roles licenses location_id "
    "webex_calling_enabled",
    "groups": "group_id name",
    "locations": "location_id name org_id timezone language address_1 city state postal_code "
    "country",
    "licenses": "license_id sku_or_name",
    "workspaces": "id workspace_id name location_id extension phone_number webex_calling_enabled",
    "LOC": "location_id name language address_1 city state postal_code country "
    "webex_calling_enabled",
    "PSTN": "location_id id name route_group_id connection_type",
    "PER": "person_id name first_name last_name location_id language address_1 city state "
    "postal_code country direct_number webex_calling_enabled",
    "P+": "person_id location_id id name direct_number",
    "P": "person_id location_id id name",
    "W+": "workspace_id location_id id name direct_number",
    "W": "workspace_id location_id id name",
    "F+": "location_id id name direct_number",
    "F": "location_id id name",
    "AG": "location_id id name member_id member_type person_id workspace_id first_name last_name",
    "MG": "group_id id name member_id member_type person_id workspace_id",
    "ML": "license_id id name member_id member_type person_id workspace_id",
    "VN": "virtual_line_id location_id id name first_name last_name direct_number",
    "V+": "virtual_line_id location_id id name direct_number",
    "V": "virtual_line_id location_id id name",
    "X": "location_id id name first_name last_name",
}
SETS = {
    "LOC": "calling_locations calling_locations_details location_details",
    "PER": "people_details",
    "W+": "workspace_details workspace_call_forwarding workspace_numbers "
    "workspace_available_numbers_available workspace_available_numbers_secondary",
    "PSTN": "location_pstn_connection",
    "P+": "person_call_forwarding person_numbers person_transfer_numbers "
    "person_available_numbers_primary person_available_numbers_secondary "
    "person_available_numbers_call_forward person_available_numbers_call_intercept "
    "person_available_numbers_ecbn person_available_numbers_fax_message",
    "MG": "group_members",
    "ML": "license_assigned_users",
    "W": "workspace_capabilities workspace_permissions_in workspace_permissions_out "
    "workspace_devices",
    "F+": "auto_attendants auto_attendant_details auto_attendant_forwarding hunt_groups "
    "hunt_group_details hunt_group_forwarding call_queues call_queue_details "
    "call_queue_forwarding",
    "F": "auto_attendant_announcement_files call_queue_settings virtual_extension_ranges "
    "virtual_extension_range_details",
    "AG": "call_queue_agents",
    "VN": "virtual_lines virtual_line_details",
    "V": "virtual_line_assigned_devices",
    "X": "virtual_extensions virtual_extension_details",
    "P": "person_permissions_in person_permissions_out person_out_access_codes "
    "person_out_digit_patterns",
    "V+": "virtual_line_available_numbers_available virtual_line_available_numbers_primary "
    "virtual_line_available_numbers_secondary",
}


def row(
    artifact: str, item: dict[str, Any], ids: dict[str, Any] | None = None, **facts: Any
) -> Any:
    entry = BY_NAME[artifact]
    names = (*COLUMN_SETS[entry.columns], *entry.extra)
    return dict(zip(names, row_builder(entry, Facts(**facts))(item, ids or {}), strict=True))


def webex_id(kind: str, name: str) -> str:
    return base64.b64encode(f"ciscospark://us/{kind}/{name}".encode()).decode().rstrip("=")


def test_every_documented_set_is_complete_and_in_order() -> None:
    for code, names in DOCUMENTED.items():
        assert COLUMN_SETS[Columns(code)] == tuple(names.split()), code


def test_all_51_artifacts_have_their_documented_set() -> None:
    assert sum(len(names.split()) for names in SETS.values()) == 51
    for code, names in SETS.items():
        for name in names.split():
            assert BY_NAME[name].columns == code, name


def test_additions_stand_between_the_documented_columns_and_the_tail() -> None:
    for entry in MANIFEST:
        documented = COLUMN_SETS[entry.columns]
        assert columns_of(entry) == (*documented, *entry.extra, *TAIL)
        assert len(set(columns_of(entry))) == len(columns_of(entry))


def test_a_person_is_calling_when_a_calling_licence_is_held() -> None:
    calling, other = webex_id("LICENSE", "calling"), webex_id("LICENSE", "meetings")
    known = {"calling_licences": frozenset({comparable(calling)})}
    person = {"id": "P", "locationId": "L", "licenses": [other, f"{calling}=="]}
    assert row("people", person, **known)["webex_calling_enabled"] is True
    person = {"id": "P", "locationId": "L", "licenses": [other]}
    assert row("people", person, **known)["webex_calling_enabled"] is False
    assert row("people", person, **known)["location_id"] == "L"


def test_without_licences_a_location_says_whether_a_person_is_calling() -> None:
    assert row("people", {"id": "P", "locationId": "L"})["webex_calling_enabled"] is True
    assert row("people", {"id": "P"})["webex_calling_enabled"] is False


def test_a_workspace_is_calling_by_its_calling_type() -> None:
    for kind, expected in (("webexCalling", True), ("freeCalling", False), (None, False)):
        item = {"id": "W", "locationId": "L", "calling": {"type": kind}}
        assert row("workspaces", item)["webex_calling_enabled"] is expected


def test_a_workspace_gets_the_number_that_the_list_of_numbers_knows() -> None:
    place, places = webex_id("PLACE", "x"), webex_id("PLACES", "x")
    facts = Facts()
    numbers = [
        ("+34910000001", "11", "ALTERNATE"),
        ("+34910000002", "12", "PRIMARY"),
        ("+34910000003", "13", "ALTERNATE"),
    ]
    facts.learn(
        "numbers",
        [
            {
                "phone_number": number,
                "extension": extension,
                "phone_number_type": kind,
                "owner_id": places,
                "owner_type": "PLACE",
            }
            for number, extension, kind in numbers
        ],
    )
    found = row("workspaces", {"id": place}, workspace_numbers=facts.workspace_numbers)
    assert (found["phone_number"], found["extension"]) == ("+34910000002", "12")


def test_a_location_is_calling_when_the_calling_locations_say_so() -> None:
    known = {"calling_locations": frozenset({"L"})}
    assert row("location_details", {"id": "L"}, **known)["webex_calling_enabled"] is True
    assert row("location_details", {"id": "M"}, **known)["webex_calling_enabled"] is False
    assert row("location_details", {"id": "L"})["webex_calling_enabled"] is None
    assert row("calling_locations", {"id": "L"})["webex_calling_enabled"] is True
    assert row("calling_locations", {"id": "L"})["location_id"] == "L"


def test_a_virtual_line_takes_its_location_from_inside() -> None:
    found = row(
        "virtual_lines",
        {
            "id": "V",
            "firstName": "Front",
            "lastName": "Desk",
            "number": {"external": "+34910000000"},
            "location": {"id": "L", "name": "Girona"},
        },
    )
    assert found == {
        "virtual_line_id": "V",
        "location_id": "L",
        "id": "V",
        "name": "Front Desk",
        "first_name": "Front",
        "last_name": "Desk",
        "direct_number": "+34910000000",
    }


def test_settings_carry_their_owner_and_location() -> None:
    ids = {"person_id": "P", "location_id": "L"}
    assert row("person_permissions_in", {"useCustomEnabled": True}, ids) == {
        "person_id": "P",
        "location_id": "L",
        "id": "P",
        "name": None,
    }


def test_numbers_on_offer_carry_who_was_asked_but_no_id_of_their_own() -> None:
    ids = {"person_id": "P", "location_id": "L"}
    found = row("person_available_numbers_ecbn", {"phoneNumber": "+34910000000"}, ids)
    assert found["id"] is None
    assert found["direct_number"] == "+34910000000"
    assert (found["person_id"], found["location_id"]) == ("P", "L")


def test_rows_of_features_say_which_feature() -> None:
    ids = {"location_id": "L", "feature_id": "Q", "has_cx_essentials": True}
    agent = {"id": "A", "type": "PEOPLE", "firstName": "Ana", "lastName": "Pi"}
    found = row("call_queue_agents", agent | {"location": {"id": "elsewhere"}}, ids)
    assert found["location_id"] == "L"
    assert found["feature_id"] == "Q"
    assert found["person_id"] == found["member_id"] == "A"
    assert found["workspace_id"] is None
    assert found["name"] == "Ana Pi"
    assert found["has_cx_essentials"] is True
    assert row("call_queue_forwarding", {"callForwarding": {}}, ids)["id"] == "Q"


@pytest.mark.parametrize(
    ("kind", "column"),
    [("PEOPLE", "person_id"), ("user", "person_id"), ("Place", "workspace_id")],
)
def test_the_owner_of_a_membership_is_inferred_from_its_type(kind: str, column: str) -> None:
    found = row("group_members", {"id": "M", "type": kind}, {"group_id": "G"})
    assert found["group_id"] == "G"
    assert [name for name in ("person_id", "workspace_id") if found[name] == "M"] == [column]


def test_holders_of_licences_are_people_whatever_their_type() -> None:
    found = row("license_assigned_users", {"id": "U", "type": "EXTERNAL"}, {"license_id": "X"})
    assert (found["license_id"], found["person_id"]) == ("X", "U")


@pytest.mark.parametrize(
    ("item", "group"),
    [
        ({"routeGroupId": "R"}, "R"),
        ({"premiseRouteId": "R"}, "R"),
        ({"routeType": "ROUTE_GROUP", "routeId": "R"}, "R"),
        ({"routeType": "TRUNK", "routeId": "T"}, None),
    ],
)
def test_a_trunk_is_no_route_group(item: dict[str, str], group: str | None) -> None:
    found = row("location_pstn_connection", {**item, "pstnConnectionType": "LOCAL_GATEWAY"})
    assert found["route_group_id"] == group
    assert found["connection_type"] == "LOCAL_GATEWAY"


def test_addresses_of_locations_and_people_fill_the_same_columns() -> None:
    location = {"address": {"address1": "A 1", "city": "C", "postalCode": "08001", "country": "ES"}}
    person = {
        "addresses": [
            {"streetAddress": "A 1", "locality": "C", "postalCode": "08001", "country": "ES"}
        ]
    }
    for artifact, item in (("locations", location), ("people_details", person)):
        found = row(artifact, item)
        wanted = ("address_1", "city", "postal_code", "country")
        assert [found[name] for name in wanted] == ["A 1", "C", "08001", "ES"]


@pytest.mark.parametrize(
    "numbers",
    [
        [{"directNumber": "B"}, {"directNumber": "A", "primary": True}],
        [{"type": "mobile", "value": "B"}, {"type": "work", "value": "A"}],
    ],
)
def test_the_primary_number_is_the_direct_number(numbers: list[dict[str, Any]]) -> None:
    ids = {"person_id": "P"}
    assert row("person_numbers", {"phoneNumbers": numbers}, ids)["direct_number"] == "A"
    assert row("person_numbers", {"phoneNumbers": []}, ids)["direct_number"] is None


def test_ids_compare_by_what_they_encode() -> None:
    assert comparable(webex_id("PLACE", "x")) == comparable(webex_id("PLACES", "x") + "==") == "x"
    assert comparable("plain-id") == "plain-id"
