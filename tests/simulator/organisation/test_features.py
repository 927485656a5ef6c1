"""Attendants, hunt groups, queues, their agents, virtual lines and virtual extensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import LicenceKind, OwnerKind
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene, T

ASSIST = {"hasCxEssentials": "true"}
BODIES: dict[str, dict[str, Any]] = {
    "autoAttendants": {
        "businessSchedule": "Hours",
        "businessHoursMenu": {"greeting": "DEFAULT"},
        "afterHoursMenu": {"greeting": "DEFAULT"},
    },
    "huntGroups": {"callPolicies": {"policy": "UNIFORM"}, "agents": [], "enabled": True},
    "queues": {
        "callPolicies": {"policy": "REGULAR"},
        "queueSettings": {"queueSize": 7},
        "agents": [],
    },
}
KINDS = {
    "autoAttendants": OwnerKind.AUTO_ATTENDANT,
    "huntGroups": OwnerKind.HUNT_GROUP,
    "queues": OwnerKind.CALL_QUEUE,
}
CREATED = {"autoAttendants": 201, "huntGroups": 200, "queues": 200}


def here(scene: Scene, segment: str) -> str:
    return f"{T}/locations/{scene.premises.id}/{segment}"


def new(segment: str, **more: Any) -> dict[str, Any]:
    return {"name": "New one", "extension": "80008000", **BODIES[segment], **more}


@pytest.mark.parametrize("segment", KINDS)
def test_a_feature_is_created_changed_and_deleted(segment: str, scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    spare = scene.free_number(scene.premises, "INACTIVE")
    agents = [{"id": scene.caller.id, "weight": "5"}]
    answer = scene.call("POST", here(scene, segment), new(segment, agents=agents))
    assert answer.status == CREATED[segment]
    path = f"{here(scene, segment)}/{answer.body['id']}"
    read = scene.get(path)
    assert (read["name"], read["extension"]) == ("New one", "80008000")
    if segment != "autoAttendants":
        assert read["agents"][0]["id"] == scene.caller.id
    numbers: dict[str, Any] = {"alternateNumbers": [{"phoneNumber": spare}]}
    if segment == "queues":
        numbers = {"alternateNumberSettings": {**numbers, "distinctiveRingEnabled": False}}
    body = {"name": "Renamed", "phoneNumber": number, "extension": "", **numbers}
    assert scene.call("PUT", path, body).status == 204
    read = scene.get(path)
    assert (read["name"], read["phoneNumber"]) == ("Renamed", number)
    assert "extension" not in read
    assert scene.org.plan.owner_of(spare).role == "ALTERNATE"
    assert "Renamed" in {item["name"] for item in scene.get(f"{T}/{segment}")[:]}
    row = scene.get(f"{T}/numbers", phoneNumber=number)[0]
    assert row["owner"]["type"] == KINDS[segment].value
    assert scene.call("DELETE", path).status == 204
    assert scene.call("GET", path).status == 404
    check_invariants(scene.org)


REFUSALS: dict[str, tuple[Callable[[Scene, str], dict[str, Any]], int]] = {
    "without a name": (lambda _, kind: new(kind, name=""), 400),
    "with a long name": (lambda _, kind: new(kind, name="x" * 31), 400),
    "without a line": (lambda _, kind: new(kind, extension=""), 400),
    "with an extension somebody has": (
        lambda s, kind: new(kind, extension=s.line(s.caller).extension),
        400,
    ),
    "with a number from elsewhere": (
        lambda s, kind: new(kind, phoneNumber=s.free_number(s.trunked)),
        400,
    ),
    "with the name of another": (
        lambda s, kind: new(
            kind,
            name=next(
                f.name for f in s.org.features_of(KINDS[kind]) if f.location_id == s.premises.id
            ),
        ),
        409,
    ),
}


@pytest.mark.parametrize("segment", KINDS)
@pytest.mark.parametrize("name", REFUSALS)
def test_a_feature_is_not_created(name: str, segment: str, scene: Scene) -> None:
    build, status = REFUSALS[name]
    assert scene.call("POST", here(scene, segment), build(scene, segment)).status == status


@pytest.mark.parametrize("segment", ["huntGroups", "queues"])
@pytest.mark.parametrize("who", ["nobody", "unknown"])
def test_only_calling_users_are_agents(who: str, segment: str, scene: Scene) -> None:
    identifier = scene.nobody.id if who == "nobody" else "unknown"
    answer = scene.call("POST", here(scene, segment), new(segment, agents=[{"id": identifier}]))
    assert (answer.status, answer.code) == (400, 6612)


@pytest.mark.parametrize("segment", KINDS)
def test_a_feature_is_not_found_in_another_location(segment: str, scene: Scene) -> None:
    feature = next(
        f for f in scene.org.features_of(KINDS[segment]) if f.location_id == scene.trunked.id
    )
    assert scene.call("GET", f"{here(scene, segment)}/{feature.id}").status == 404


@pytest.mark.parametrize("segment", KINDS)
def test_features_are_filtered(segment: str, scene: Scene) -> None:
    found = scene.get(f"{T}/{segment}", locationId=scene.trunked.id)[:]
    assert {item["locationId"] for item in found} == {scene.trunked.id}
    name = found[0]["name"]
    assert found[0] in scene.get(f"{T}/{segment}", name=name.upper())[:]
    assert scene.get(f"{T}/{segment}", phoneNumber="+999")[:] == []


# Customer Assist -----------------------------------------------------------------------------


def test_customer_assist_queues_are_listed_only_when_asked_for(scene: Scene) -> None:
    basic = {item["id"] for item in scene.get(f"{T}/queues")[:]}
    assist = {item["id"] for item in scene.get(f"{T}/queues", **ASSIST)[:]}
    assert basic
    assert assist
    assert not basic & assist
    queue = scene.feature(OwnerKind.CALL_QUEUE, assist=True)
    path = f"{T}/locations/{queue.location_id}/queues/{queue.id}"
    assert scene.call("GET", path).status == 404
    assert scene.get(path, **ASSIST)["hasCxEssentials"] is True


def test_agents_of_a_customer_assist_queue_need_its_licence(scene: Scene) -> None:
    body = new("queues", agents=[{"id": scene.standard.id}])
    path = here(scene, "queues")
    assert scene.call("POST", path, body, ASSIST).status == 400
    licence = scene.licence(LicenceKind.CUSTOMER_ASSIST)
    scene.org.set_licences(scene.standard, [*scene.standard.licences, licence.id])
    assert scene.call("POST", path, body, ASSIST).status == 200


def test_agents_are_listed_per_kind_of_queue(scene: Scene) -> None:
    basic = scene.feature(OwnerKind.CALL_QUEUE)
    assist = scene.feature(OwnerKind.CALL_QUEUE, assist=True)
    found = {item["id"] for item in scene.get(f"{T}/queues/agents", queueId=basic.id)[:]}
    assert found == {agent["id"] for agent in basic.agents}
    query = {"queueId": assist.id, **ASSIST}
    found = {item["id"] for item in scene.get(f"{T}/queues/agents", **query)[:]}
    assert found == {agent["id"] for agent in assist.agents}
    assert scene.get(f"{T}/queues/agents", queueId=assist.id)[:] == []


def test_an_agent_leaves_and_joins_own_queues(scene: Scene) -> None:
    queue = scene.feature(OwnerKind.CALL_QUEUE)
    agent = queue.agents[0]["id"]
    path = f"{T}/queues/agents/{agent}"
    body = {"settings": [{"queueId": queue.id, "joinEnabled": False}]}
    assert scene.call("PUT", f"{path}/settings", body).status == 204
    shown = {item["id"]: item["joinEnabled"] for item in scene.get(path)[:]}
    assert shown[queue.id] is False
    listed = scene.get(f"{T}/queues/agents", queueId=queue.id, joinEnabled="false")[:]
    assert [item["id"] for item in listed] == [agent]
    assert listed[0]["unjoinCount"] == 1


def test_an_agent_cannot_join_a_queue_of_others(scene: Scene) -> None:
    queue = next(
        f for f in scene.org.features_of(OwnerKind.CALL_QUEUE) if f.location_id == scene.carrier.id
    )
    scene.org.leave_features(scene.caller.id)
    body = {"settings": [{"queueId": queue.id, "joinEnabled": True}]}
    answer = scene.call("PUT", f"{T}/queues/agents/{scene.caller.id}/settings", body)
    assert answer.status == 400
    assert scene.call("GET", f"{T}/queues/agents/{scene.nobody.id}").status == 404


def test_supervisors_look_after_agents(scene: Scene) -> None:
    path = f"{T}/supervisors"
    body = {"id": scene.caller.id, "agents": [{"id": scene.standard.id}, {"id": scene.nobody.id}]}
    answer = scene.call("POST", path, body, ASSIST)
    assert answer.status == 206
    assert [item["id"] for item in answer.body["supervisorAgentStatus"]] == [scene.nobody.id]
    assert scene.call("POST", path, body, ASSIST).status == 409
    assert scene.caller.id in {item["id"] for item in scene.get(path, **ASSIST)[:]}
    assert scene.get(path)[:] == []
    one = f"{path}/{scene.caller.id}"
    assert [item["id"] for item in scene.get(one)[:]] == [scene.standard.id]
    again = {"agents": [{"id": scene.standard.id, "action": "ADD"}]}
    assert scene.call("PUT", one, again).status == 206
    gone = {"agents": [{"id": scene.standard.id, "action": "DELETE"}]}
    assert scene.call("PUT", one, gone).status == 204
    assert scene.get(one)[:] == []
    assert scene.call("DELETE", one).status == 204
    assert scene.call("GET", one).status == 404
    assert scene.call("DELETE", path, {"deleteAll": True}).status == 204
    assert scene.get(path, **ASSIST)[:] == []


# Forwarding ----------------------------------------------------------------------------------


@pytest.mark.parametrize("segment", KINDS)
def test_forwarding_is_changed_in_part(segment: str, scene: Scene) -> None:
    feature = scene.feature(KINDS[segment])
    path = f"{T}/locations/{feature.location_id}/{segment}/{feature.id}/callForwarding"
    always = {"enabled": True, "destination": "530000001"}
    assert scene.call("PUT", path, {"callForwarding": {"always": always}}).status == 204
    read = scene.get(path)["callForwarding"]
    assert read["always"]["destination"] == "530000001"
    assert read["selective"]["enabled"] is False
    bad = {"callForwarding": {"always": {"enabled": True}}}
    assert scene.call("PUT", path, bad).status == 400


def test_rules_of_selective_forwarding_come_and_go(scene: Scene) -> None:
    feature = scene.feature(OwnerKind.HUNT_GROUP)
    path = f"{T}/locations/{feature.location_id}/huntGroups/{feature.id}/callForwarding"
    rule = {
        "name": "Rule",
        "callsFrom": {"selection": "ANY", "customNumbers": {"numbers": ["123"]}},
        "callsTo": {"numbers": []},
    }
    created = scene.call("POST", f"{path}/selectiveRules", rule)
    assert created.status == 201
    assert scene.call("POST", f"{path}/selectiveRules", rule).status == 409
    one = f"{path}/selectiveRules/{created.body['id']}"
    assert scene.get(one)["enabled"] is True
    assert scene.call("PUT", one, {"name": "Renamed"}).status == 201
    off = {"callForwarding": {"rules": [{"id": created.body["id"], "enabled": False}]}}
    assert scene.call("PUT", path, off).status == 204
    shown = {item["name"]: item["enabled"] for item in scene.get(path)["callForwarding"]["rules"]}
    assert shown["Renamed"] is False
    assert scene.call("DELETE", one).status == 204
    assert scene.call("GET", one).status == 404
    assert scene.call("PUT", path, {"callForwarding": {"rules": [{"id": "x"}]}}).status == 400


def test_operating_modes_are_switched_only_when_enabled(scene: Scene) -> None:
    feature = scene.feature(OwnerKind.AUTO_ATTENDANT)
    path = f"{T}/locations/{feature.location_id}/autoAttendants/{feature.id}/callForwarding"
    switch = f"{path}/actions/switchMode/invoke"
    body = {"operatingModeId": "mode"}
    assert scene.call("POST", switch, body).status == 400
    on = {"callForwarding": {"operatingModes": {"enabled": True, "modes": []}}}
    scene.call("PUT", path, on)
    assert scene.call("POST", switch, body).status == 204
    modes = scene.get(path)["callForwarding"]["operatingModes"]
    assert modes["currentOperatingModeId"] == "mode"


# Virtual lines -------------------------------------------------------------------------------

LINES = f"{T}/virtualLines"


def test_a_virtual_line_is_created_changed_and_deleted(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    body = {
        "firstName": "Shared",
        "lastName": "Line",
        "locationId": scene.premises.id,
        "extension": "80008000",
    }
    answer = scene.call("POST", LINES, body)
    assert answer.status == 201
    path = f"{LINES}/{answer.body['id']}"
    change = {"phoneNumber": number, "timeZone": "Europe/Lisbon", "callerIdNumber": number}
    assert scene.call("PUT", path, change).status == 204
    read = scene.get(path)
    assert (read["number"]["external"], read["timeZone"]) == (number, "Europe/Lisbon")
    assert scene.get(f"{path}/number")["phoneNumber"]["directNumber"] == number
    assert scene.get(f"{T}/numbers", phoneNumber=number)[0]["owner"]["type"] == "VIRTUAL_LINE"
    assert scene.call("PUT", f"{path}/directorySearch", {"enabled": False}).status == 204
    assert scene.get(path)["directorySearchEnabled"] is False
    assert scene.call("DELETE", path).status == 204
    assert scene.call("GET", path).status == 404
    check_invariants(scene.org)


@pytest.mark.parametrize(
    "change",
    [{"extension": ""}, {"locationId": "unknown"}, {"firstName": ""}, {"extension": "112"}],
)
def test_a_virtual_line_is_not_created(change: dict[str, Any], scene: Scene) -> None:
    body = {
        "firstName": "Shared",
        "lastName": "Line",
        "locationId": scene.premises.id,
        "extension": "80008000",
    }
    assert scene.call("POST", LINES, {**body, **change}).status == 400


def test_virtual_lines_are_filtered(scene: Scene) -> None:
    items = scene.get(LINES)[:]
    assert scene.get(LINES, hasDnAssigned="false")[:] == [
        item for item in items if "external" not in item["number"]
    ]
    query = {"locationId": scene.trunked.id, "locationName": scene.trunked.name}
    assert [item["location"]["id"] for item in scene.get(LINES, **query)[:]] == [scene.trunked.id]
    assert scene.get(LINES, id=items[0]["id"])[:] == items[:1]
    assert scene.get(LINES, ownerName=items[0]["lastName"], hasExtensionAssigned="true")[:]
    assert scene.get(LINES, hasDeviceAssigned="true")[:] == []
    assert scene.get(LINES, phoneNumber="+999")[:] == []


# Virtual extensions --------------------------------------------------------------------------

EXTENSIONS = f"{T}/virtualExtensions"
RANGES = f"{T}/virtualExtensionRanges"


def test_a_virtual_extension_is_created_changed_and_deleted(scene: Scene) -> None:
    body = {
        "displayName": "Outside",
        "phoneNumber": "+34930009999",
        "extension": "80008000",
        "locationId": scene.premises.id,
    }
    answer = scene.call("POST", EXTENSIONS, body)
    assert answer.status == 201
    path = f"{EXTENSIONS}/{answer.body['id']}"
    assert scene.get(path)["level"] == "LOCATION"
    assert scene.call("POST", EXTENSIONS, body).code == 4202
    assert scene.call("PUT", path, {"extension": "80008001", "lastName": "Side"}).status == 204
    read = scene.get(path)
    assert (read["extension"], read["lastName"]) == ("80008001", "Side")
    bad = {"extension": scene.line(scene.caller).extension}
    assert scene.call("PUT", path, bad).code == 4202
    found = scene.get(EXTENSIONS, locationId=scene.premises.id, name="outside")[:]
    assert [item["id"] for item in found] == [answer.body["id"]]
    assert scene.call("DELETE", path).status == 204
    assert scene.call("GET", path).status == 404


def test_an_extension_of_the_organisation_is_taken_everywhere(scene: Scene) -> None:
    virtual = next(i for i in scene.org.virtual_extensions.values() if not i.location_id)
    entry = {
        "id": scene.pro.id,
        "properties": {"locationId": scene.premises.id, "extension": virtual.extension},
    }
    body = {"personId": scene.nobody.id, "licenses": [entry]}
    assert scene.call("PATCH", "/licenses/users", body).code == 4202
    levels = {item["level"] for item in scene.get(EXTENSIONS, orgLevelOnly="true")[:]}
    assert levels == {"ORGANIZATION"}


def test_numbers_for_virtual_extensions_are_validated(scene: Scene) -> None:
    path = f"{EXTENSIONS}/actions/validateNumbers/invoke"
    good = scene.call("POST", path, {"phoneNumbers": ["+34930009999"]})
    assert good.body == {"status": "OK"}
    known = scene.free_number(scene.premises)
    numbers = ["x", known, "+34930009999", "+34930009999"]
    states = [
        item["state"]
        for item in scene.call("POST", path, {"phoneNumbers": numbers}).body["phoneNumberStatus"]
    ]
    assert states == ["INVALID", "DUPLICATE", "DUPLICATE_IN_LIST"]


def test_a_range_is_created_changed_and_deleted(scene: Scene) -> None:
    body = {"name": "Block", "prefix": "+34972", "patterns": ["45XX"]}
    answer = scene.call("POST", RANGES, body)
    assert answer.status == 201
    assert scene.call("POST", RANGES, {**body, "patterns": ["46XX"]}).status == 409
    assert scene.call("POST", RANGES, {**body, "name": "Other"}).status == 400
    path = f"{RANGES}/{answer.body['id']}"
    assert scene.call("PUT", f"{path}/", {"patterns": ["47XX"], "action": "ADD"}).status == 204
    assert scene.get(path)["patterns"] == ["45XX", "47XX"]
    assert scene.call("PUT", path, {"patterns": ["45XX"], "action": "REMOVE"}).status == 204
    assert scene.get(path)["patterns"] == ["47XX"]
    assert scene.call("PUT", path, {"prefix": "972"}).status == 400
    assert "Block" in {item["name"] for item in scene.get(RANGES, name="block")[:]}
    assert scene.call("DELETE", path).status == 204


def test_ranges_are_validated(scene: Scene) -> None:
    path = f"{RANGES}/actions/validate/invoke"
    assert scene.call("POST", path, {"prefix": "+34", "patterns": ["45XX"]}).body == {
        "status": "OK"
    }
    known = next(iter(scene.org.virtual_extension_ranges.values())).patterns[0]
    body = {"prefix": "+34", "patterns": ["4", known, "45XX", "45XX"]}
    found = scene.call("POST", path, body).body["virtualExtensionRangeValidationStatus"]
    assert [item["status"] for item in found] == ["INVALID", "DUPLICATE", "DUPLICATE_IN_LIST"]


# Shapes that are refused ---------------------------------------------------------------------


@pytest.mark.parametrize("agents", ["text", [{"id": None}]])
def test_agents_come_as_a_list_of_ids(agents: Any, scene: Scene) -> None:
    body = new("huntGroups", agents=agents)
    assert scene.call("POST", here(scene, "huntGroups"), body).status == 400


def test_a_policy_is_one_of_five(scene: Scene) -> None:
    body = new("huntGroups", callPolicies={"policy": "RANDOM"})
    assert scene.call("POST", here(scene, "huntGroups"), body).status == 400


def test_workspaces_and_virtual_lines_are_agents_too(scene: Scene) -> None:
    workspace = scene.workspace("professional")
    line = next(iter(scene.org.virtual_lines.values()))
    body = new("huntGroups", agents=[{"id": workspace.id}, {"id": line.id}])
    feature_id = scene.call("POST", here(scene, "huntGroups"), body).body["id"]
    agents = scene.get(f"{here(scene, 'huntGroups')}/{feature_id}")["agents"]
    assert [agent["type"] for agent in agents] == ["PLACE", "VIRTUAL_LINE"]


def test_named_supervisors_are_removed(scene: Scene) -> None:
    supervisor = next(iter(scene.org.supervisors))
    body = {"supervisorIds": [supervisor, "unknown"]}
    assert scene.call("DELETE", f"{T}/supervisors", body).status == 204
    assert supervisor not in scene.org.supervisors
    answer = scene.call(
        "POST", f"{T}/supervisors", {"id": scene.nobody.id, "agents": [{"id": "x"}]}
    )
    assert answer.status == 400
