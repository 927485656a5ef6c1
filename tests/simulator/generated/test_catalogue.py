"""Collections list, show, create, change and remove items that agree with each other."""

from __future__ import annotations

import orjson
import pytest

from tests.simulator.walking import Walker

L = "/telephony/config/locations/{locationId}"
PARKS = f"{L}/callParks"


@pytest.fixture
def walker():
    return Walker()


def path(walker, template, **more):
    return template.format_map({**walker.base, **more})


def answered(walker, method, where, body=None):
    answer = walker.send(method, where, body)
    return answer.status, orjson.loads(answer.body) if answer.body else None


@pytest.mark.parametrize(
    ("list_template", "key", "item_template"),
    [
        (PARKS, "callParks", f"{PARKS}/{{id}}"),
        (f"{L}/schedules", "schedules", f"{L}/schedules/{{type}}/{{id}}"),
        ("/telephony/config/paging", "locationPaging", f"{L}/paging/{{id}}"),
        (
            "/telephony/config/operatingModes",
            "operatingModes",
            "/telephony/config/operatingModes/{id}",
        ),
        (
            "/telephony/config/announcements",
            "announcements",
            "/telephony/config/announcements/{id}",
        ),
    ],
)
def test_details_are_those_of_the_item_of_the_list(walker, list_template, key, item_template):
    items = walker.read(path(walker, list_template))[key]
    assert items
    for item in items:
        details = walker.read(path(walker, item_template, **item))
        shared = set(item) & set(details)
        assert {"id", "name"} <= shared
        assert {name: item[name] for name in shared} == {name: details[name] for name in shared}


def test_items_of_a_location_are_not_found_in_another(walker):
    here, there = walker.service.world.organisation.calling_location_ids()[:2]
    item = walker.read(path(walker, PARKS, locationId=here))["callParks"][0]
    assert (
        answered(walker, "GET", f"{path(walker, PARKS, locationId=there)}/{item['id']}")[0] == 404
    )


def test_the_list_of_the_organisation_covers_every_location(walker):
    organisation = walker.service.world.organisation
    groups = walker.read("/telephony/config/paging")["locationPaging"]
    assert {item["locationId"] for item in groups} == set(organisation.calling_location_ids())
    one = organisation.calling_location_ids()[1]
    found = walker.read(f"/telephony/config/paging?locationId={one}")["locationPaging"]
    assert {item["locationId"] for item in found} == {one}


def test_announcements_of_locations_are_shown_when_asked_for(walker):
    everywhere = "/telephony/config/announcements?locationId=all"
    own = walker.read("/telephony/config/announcements")["announcements"]
    assert {item["level"] for item in own} == {"ORGANIZATION"}
    both = walker.read(everywhere)["announcements"]
    assert {item["level"] for item in both} == {"ORGANIZATION", "LOCATION"}


def test_an_item_lives_from_creation_to_removal(walker):
    body = {"name": "Reception", "recall": {"option": "ALERT_PARKING_USER_ONLY"}}
    where = path(walker, PARKS)
    status, made = answered(walker, "POST", where, body)
    assert status == 201
    own = f"{where}/{made['id']}"
    assert walker.read(own)["name"] == "Reception"
    assert made["id"] in [item["id"] for item in walker.read(where)["callParks"]]
    assert answered(walker, "PUT", own, {"name": "Front desk"})[0] == 200
    assert walker.read(own)["recall"]["option"] == "ALERT_PARKING_USER_ONLY"
    assert [item["name"] for item in walker.read(where)["callParks"]][-1] == "Front desk"
    assert answered(walker, "DELETE", own) == (204, None)
    assert answered(walker, "GET", own)[0] == 404
    assert answered(walker, "DELETE", own)[0] == 404


def test_a_generated_item_can_be_changed_and_removed(walker):
    where = path(walker, PARKS)
    first = walker.read(where)["callParks"][0]
    own = f"{where}/{first['id']}"
    assert answered(walker, "PUT", own, {"name": "Other"})[0] == 200
    assert walker.read(own)["name"] == "Other"
    assert answered(walker, "DELETE", own)[0] == 204
    assert first["id"] not in [item["id"] for item in walker.read(where)["callParks"]]


def test_names_are_unique_under_one_parent_only(walker):
    here, there = walker.service.world.organisation.calling_location_ids()[:2]
    body = {"name": "Park 1", "recall": {}}
    assert answered(walker, "POST", path(walker, PARKS, locationId=here), body)[0] == 409
    walker.send("POST", path(walker, PARKS, locationId=here), {**body, "name": "Mine"})
    assert (
        answered(walker, "POST", path(walker, PARKS, locationId=there), {**body, "name": "Mine"})[0]
        == 201
    )
    second = walker.read(path(walker, PARKS, locationId=here))["callParks"][1]
    own = f"{path(walker, PARKS, locationId=here)}/{second['id']}"
    assert answered(walker, "PUT", own, {"name": "Mine"})[0] == 409
    assert answered(walker, "PUT", own, {"name": second["name"]})[0] == 200


def test_a_creation_without_a_name_is_refused(walker):
    status, told = answered(walker, "POST", path(walker, PARKS), {"recall": {}})
    assert (status, told["errorCode"]) == (400, 25008)


def test_agents_named_by_id_are_shown_as_people(walker):
    agent = walker.base["personId"]
    body = {"name": "Team", "recall": {}, "agents": [agent]}
    _, made = answered(walker, "POST", path(walker, PARKS), body)
    agents = walker.read(f"{path(walker, PARKS)}/{made['id']}")["agents"]
    assert agents[0]["id"] == agent
    assert agents[0]["lastName"]


def test_a_schedule_is_found_under_its_own_type_only(walker):
    item = walker.read(path(walker, f"{L}/schedules"))["schedules"][0]
    other = "holidays" if item["type"] == "businessHours" else "businessHours"
    assert answered(walker, "GET", path(walker, f"{L}/schedules/{other}/{item['id']}"))[0] == 404


def test_events_are_listed_by_their_schedule(walker):
    item = walker.read(path(walker, f"{L}/schedules"))["schedules"][0]
    where = path(walker, f"{L}/schedules/{item['type']}/{item['id']}")
    body = {"name": "Party", "startDate": "2026-03-01", "endDate": "2026-03-01"}
    _, made = answered(walker, "POST", f"{where}/events", body)
    listed = {event["id"]: event for event in walker.read(where)["events"]}
    assert listed[made["id"]]["startDate"] == "2026-03-01"
    assert walker.read(f"{where}/events/{made['id']}")["name"] == "Party"
    assert (
        answered(walker, "POST", f"{where.replace(item['id'], 'nothing')}/events", body)[0] == 404
    )


def test_digit_patterns_are_created_and_cleared(walker):
    where = path(walker, "/telephony/config/people/{personId}/outgoingPermission/digitPatterns")
    body = {"name": "N", "pattern": "9XX", "action": "BLOCK", "transferEnabled": False}
    _, made = answered(walker, "POST", where, body)
    assert made["id"] in [item["id"] for item in walker.read(where)["digitPatterns"]]
    assert answered(walker, "PUT", where, {"useCustomDigitPatterns": True})[0] == 204
    assert walker.read(where)["useCustomDigitPatterns"] is True
    assert answered(walker, "DELETE", where)[0] == 204
    assert walker.read(where)["digitPatterns"] == []


def test_access_codes_are_added_removed_and_cleared(walker):
    where = path(walker, "/telephony/config/people/{personId}/outgoingPermission/accessCodes")
    assert answered(walker, "POST", where, {"code": "98765", "description": "Door"})[0] == 201
    assert answered(walker, "POST", where, {"code": "98765", "description": "Door"})[0] == 409
    assert "98765" in [item["code"] for item in walker.read(where)["accessCodes"]]
    change = {"deleteCodes": ["98765"], "useCustomAccessCodes": True}
    assert answered(walker, "PUT", where, change)[0] == 204
    assert "98765" not in [item["code"] for item in walker.read(where)["accessCodes"]]
    assert walker.read(where)["useCustomAccessCodes"] is True
    assert answered(walker, "DELETE", where)[0] == 204
    assert walker.read(where)["accessCodes"] == []


def test_a_location_takes_many_codes_at_once(walker):
    where = path(walker, f"{L}/outgoingPermission/accessCodes")
    codes = [{"code": "11111", "description": "a"}, {"code": "22222", "description": "b"}]
    assert answered(walker, "POST", where, {"accessCodes": codes})[0] == 201
    assert [item["code"] for item in walker.read(where)["accessCodes"]][-2:] == ["11111", "22222"]
    assert answered(walker, "PUT", where, {})[0] == 400
