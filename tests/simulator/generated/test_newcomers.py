"""What requests create starts empty and switched off; the seed fills only what was there before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from Space_OdT.simulator.world import World
from tests.simulator.walking import L, P, T, V, W, Walker

F = "/people/{personId}/features"
WF = "/workspaces/{workspaceId}/features"
SWITCHED = (
    f"{F}/callForwarding",
    f"{F}/doNotDisturb",
    f"{F}/monitoring",
    f"{F}/outgoingPermission",
    f"{F}/privacy",
    f"{P}/outgoingPermission/digitPatterns",
    f"{P}/singleNumberReach",
    f"{P}/selectiveForward",
)
ROOM = (f"{WF}/callForwarding", f"{WF}/monitoring", f"{WF}/outgoingPermission", f"{W}/doNotDisturb")
LINE = (f"{V}/callForwarding", f"{V}/doNotDisturb")
# Switches that say something else than on and off, or are on for everybody.
OTHERWISE = frozenset({"transferEnabled", "isCallTypeRestrictionEnabled"})


def made(walker: Walker, path: str, body: dict[str, Any]) -> str:
    answer = walker.send("POST", path, body)
    assert answer.status in {200, 201}, answer.body
    return str(orjson.loads(answer.body)["id"])


@pytest.fixture(scope="module")
def walker() -> Walker:
    return Walker()


def professional(walker: Walker) -> str:
    known = walker.service.world.organisation.licences.values()
    return next(item.id for item in known if item.name.endswith("Professional"))


@pytest.fixture(scope="module")
def person(walker: Walker) -> str:
    """Somebody who has just been given Webex Calling."""
    organisation = walker.service.world.organisation
    found = next(p for p in organisation.people if not organisation.is_calling_person(p))
    properties = {"locationId": walker.base["locationId"], "extension": "80009001"}
    entry = {"id": professional(walker), "operation": "add", "properties": properties}
    body = {"personId": found, "licenses": [entry]}
    assert walker.send("PATCH", "/licenses/users", body).status == 200
    return found


def switches(node: Any) -> Iterator[tuple[str, Any]]:
    for name, value in node.items() if isinstance(node, dict) else ():
        if isinstance(value, bool) or name == "destination":
            yield name, value
        yield from switches(value)
    for item in node if isinstance(node, list) else ():
        yield from switches(item)


def is_off(document: Any) -> bool:
    return not any(value for name, value in switches(document) if name not in OTHERWISE)


@pytest.mark.parametrize("template", SWITCHED)
def test_nothing_is_on_for_somebody_new_to_calling(walker, person, template):
    assert is_off(walker.read(template.format_map({"personId": person})))


@pytest.mark.parametrize("template", ROOM)
def test_nothing_is_on_in_a_new_workspace(walker, template):
    details = {"locationId": walker.base["locationId"], "extension": f"8001{len(template):04d}"}
    details["licenses"] = [professional(walker)]
    calling = {"type": "webexCalling", "webexCalling": details}
    room = made(walker, "/workspaces", {"displayName": "New room", "calling": calling})
    assert is_off(walker.read(template.format_map({"workspaceId": room})))


@pytest.mark.parametrize("template", LINE)
def test_nothing_is_on_for_a_new_virtual_line(walker, template):
    body = {"firstName": "New", "lastName": "Line", "extension": f"8002{len(template):04d}"}
    line = made(walker, f"{T}/virtualLines", {**body, "locationId": walker.base["locationId"]})
    assert is_off(walker.read(template.format_map({"virtualLineId": line})))


def test_a_location_new_to_calling_has_no_features_yet(walker):
    address = {"address1": "Carrer 1", "city": "Girona", "state": "GI", "postalCode": "17001"}
    site = {
        "name": "New site",
        "timeZone": "Europe/Madrid",
        "preferredLanguage": "es_ES",
        "announcementLanguage": "es_es",
        "address": {**address, "country": "ES"},
    }
    location = made(walker, "/locations", site)
    made(walker, f"{T}/locations", {**site, "id": location})
    where = {"locationId": location}
    for path in ("callParks", "callPickups", "schedules"):
        assert walker.read(f"{L}/{path}".format_map(where)) == {path: []}
    for path in ("paging", "voicemailGroups", "callParkExtensions"):
        shown = walker.read(f"{T}/{path}?locationId={location}")
        assert [items for items in shown.values() if isinstance(items, list)] == [[]]
    assert walker.read(f"{L}/outgoingPermission/accessCodes".format_map(where)) == {
        "accessCodes": []
    }


def test_a_new_schedule_has_the_events_that_it_is_given(walker):
    path = f"{L}/schedules".format_map(walker.base)
    body = {"type": "holidays", "name": "New year"}
    schedule = made(walker, path, body)
    assert walker.read(f"{path}/holidays/{schedule}")["events"] == []
    event = {"name": "First", "startDate": "2027-01-01", "endDate": "2027-01-01"}
    made(walker, f"{path}/holidays/{schedule}/events", event)
    events = walker.read(f"{path}/holidays/{schedule}")["events"]
    assert [item["name"] for item in events] == ["First"]


def test_a_created_item_reads_the_same_in_the_list_and_alone(walker):
    path = f"{L}/callPickups".format_map(walker.base)
    made_id = made(walker, path, {"name": "New pickup"})
    listed = next(i for i in walker.read(path)["callPickups"] if i["id"] == made_id)
    alone = walker.read(f"{path}/{made_id}")
    assert listed == {name: alone[name] for name in listed}
    assert alone["agents"] == []


def test_who_is_new_is_part_of_the_saved_state(walker, person):
    again = World.from_state(orjson.loads(orjson.dumps(walker.service.world.to_state())))
    assert person in again.newcomers
    assert again.newcomers == walker.service.world.newcomers


def test_those_who_were_there_before_differ(walker):
    people = walker.service.world.organisation.calling_person_ids()
    off = [is_off(walker.read(f"/people/{item}/features/callForwarding")) for item in people[:20]]
    assert not all(off)
