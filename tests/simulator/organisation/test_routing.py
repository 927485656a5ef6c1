"""Trunks, route groups, route lists and dial plans; where a dialled string goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import OwnerKind
from Space_OdT.simulator.organisation.routes import matches_pattern
from tests.simulator.organisation.scene import Scene, T

PREMISE = f"{T}/premisePstn"


def trunk_body(scene: Scene, **more: Any) -> dict[str, Any]:
    fixed = {"name": "New trunk", "password": "secret", "trunkType": "REGISTERING"}
    return {**fixed, "locationId": scene.premises.id, **more}


def test_a_trunk_is_created_used_and_deleted(scene: Scene) -> None:
    trunk_id = scene.call("POST", f"{PREMISE}/trunks", trunk_body(scene)).body["id"]
    path = f"{PREMISE}/trunks/{trunk_id}"
    assert scene.get(path)["name"] == "New trunk"
    assert scene.get(f"{PREMISE}/trunks", name="new TRUNK")[0]["inUse"] is False
    change = {"name": "Renamed", "password": "secret", "maxConcurrentCalls": 300}
    assert scene.call("PUT", path, change).status == 204
    assert scene.get(path)["maxConcurrentCalls"] == 300
    gateways = [{"id": trunk_id, "priority": 1}]
    group = scene.call(
        "POST", f"{PREMISE}/routeGroups", {"name": "New group", "localGateways": gateways}
    )
    assert scene.call("DELETE", path).status == 409
    assert scene.get(f"{path}/usage")["routeGroupCount"] == 1
    assert [item["name"] for item in scene.get(f"{path}/usageRouteGroup")[:]] == ["New group"]
    assert scene.call("DELETE", f"{PREMISE}/routeGroups/{group.body['id']}").status == 204
    assert scene.call("DELETE", path).status == 204
    assert scene.call("GET", path).status == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": ""}, 400),
        ({"password": ""}, 400),
        ({"trunkType": "STRING"}, 400),
        ({"locationId": "unknown"}, 400),
        ({"pChargeInfoSupportPolicy": "SOMETIMES"}, 400),
    ],
)
def test_a_trunk_is_not_created(change: dict[str, Any], status: int, scene: Scene) -> None:
    assert scene.call("POST", f"{PREMISE}/trunks", trunk_body(scene, **change)).status == status


def test_names_of_trunks_are_unique(scene: Scene) -> None:
    name = next(iter(scene.org.trunks.values())).name
    assert scene.call("POST", f"{PREMISE}/trunks", trunk_body(scene, name=name)).status == 409


@pytest.mark.parametrize("gateways", [[], [{"id": "unknown", "priority": 1}], [{"priority": 1}]])
def test_a_route_group_needs_trunks_that_exist(gateways: list[Any], scene: Scene) -> None:
    body = {"name": "New group", "localGateways": gateways}
    assert scene.call("POST", f"{PREMISE}/routeGroups", body).status == 400


def test_a_route_group_has_at_most_ten_trunks(scene: Scene) -> None:
    trunk_id = next(iter(scene.org.trunks))
    gateways = [{"id": trunk_id, "priority": n} for n in range(11)]
    body = {"name": "New group", "localGateways": gateways}
    assert scene.call("POST", f"{PREMISE}/routeGroups", body).status == 400


def test_the_usage_of_a_route_group_agrees_with_its_lists(scene: Scene) -> None:
    for group in scene.get(f"{PREMISE}/routeGroups")[:]:
        path = f"{PREMISE}/routeGroups/{group['id']}"
        usage = scene.get(f"{path}/usage")
        for count, part in (
            ("pstnConnectionCount", "usagePstnConnection"),
            ("callToExtensionCount", "usageCallToExtension"),
            ("dialPlanCount", "usageDialPlan"),
            ("routeListCount", "usageRouteList"),
        ):
            assert usage[count] == str(len(scene.get(f"{path}/{part}")))
        assert scene.call("DELETE", path).status == (409 if group["inUse"] else 204)


def test_routes_are_chosen_by_name_and_told_by_type(scene: Scene) -> None:
    everything = scene.get(f"{T}/routeChoices")[:]
    assert {item["type"] for item in everything} == {"ROUTE_GROUP", "TRUNK"}
    found = scene.get(f"{T}/routeChoices", routeGroupName="rg_pro")[:]
    assert [(item["name"], item["type"]) for item in found] == [("RG_PRO", "ROUTE_GROUP")]
    assert {i["type"] for i in scene.get(f"{T}/routeChoices", trunkName="")[:]} == {"TRUNK"}


def test_a_route_list_keeps_numbers(scene: Scene) -> None:
    group = next(iter(scene.org.route_groups))
    body = {"name": "List", "locationId": scene.trunked.id, "routeGroupId": group}
    created = scene.call("POST", f"{PREMISE}/routeLists", body)
    path = f"{PREMISE}/routeLists/{created.body['id']}"
    numbers = [{"number": "+34930001111", "action": "ADD"}, {"number": "x", "action": "ADD"}]
    answer = scene.call("PUT", f"{path}/numbers", {"numbers": numbers})
    assert [item["numberStatus"] for item in answer.body["numberStatus"]] == ["INVALID"]
    assert scene.get(f"{path}/numbers")[:] == ["+34930001111"]
    again = scene.call("PUT", f"{path}/numbers", {"numbers": numbers[:1]})
    assert again.body["numberStatus"][0]["numberStatus"] == "DUPLICATE"
    assert scene.call("PUT", path, {"name": "Renamed"}).status == 204
    assert scene.get(path)["name"] == "Renamed"
    found = scene.get(f"{PREMISE}/routeLists", locationId=scene.trunked.id)[:]
    assert [item["id"] for item in found] == [created.body["id"]]
    scene.call("PUT", f"{path}/numbers", {"deleteAllNumbers": True})
    assert scene.get(f"{path}/numbers")[:] == []
    assert scene.call("DELETE", path).status == 204


def test_a_dial_plan_keeps_patterns(scene: Scene) -> None:
    group = next(iter(scene.org.route_groups))
    body = {"name": "Plan", "routeId": group, "routeType": "ROUTE_GROUP", "dialPatterns": ["44XX"]}
    created = scene.call("POST", f"{PREMISE}/dialPlans", body)
    assert created.status == 201
    path = f"{PREMISE}/dialPlans/{created.body['id']}"
    changes = [
        {"dialPattern": "45XX", "action": "ADD"},
        {"dialPattern": "44XX", "action": "DELETE"},
    ]
    assert scene.call("PUT", f"{path}/dialPatterns", {"dialPatterns": changes}).status == 204
    assert scene.get(f"{path}/dialPatterns")[:] == ["45XX"]
    assert scene.call("PUT", path, {**body, "name": "Renamed"}).status == 204
    assert scene.get(path)["name"] == "Renamed"
    for wrong in (
        {**body, "name": "B", "routeType": "TRUNK"},
        {**body, "name": "B", "dialPatterns": ["53XXXXXXX"]},
        {**body, "name": "B", "dialPatterns": ["abc"]},
    ):
        assert scene.call("POST", f"{PREMISE}/dialPlans", wrong).status == 400
    found = scene.get(f"{PREMISE}/dialPlans", dialPlanName="rena", routeGroupName="rg")[:]
    assert [item["id"] for item in found] == [created.body["id"]]
    assert scene.call("DELETE", path).status == 204


def test_dial_patterns_are_validated(scene: Scene) -> None:
    path = f"{PREMISE}/actions/validateDialPatterns/invoke"
    assert scene.call("POST", path, {"dialPatterns": ["44XX"]}).body["status"] == "OK"
    body = {"dialPatterns": ["abc", "53XXXXXXX", "44XX", "44XX"]}
    found = scene.call("POST", path, body).body["dialPatternStatus"]
    assert [i["patternStatus"] for i in found] == ["INVALID", "DUPLICATE", "DUPLICATE_IN_LIST"]


@pytest.mark.parametrize(
    ("pattern", "digits", "fits"),
    [
        ("53XXXXXXX", "530000001", True),
        ("53XXXXXXX", "5300000011", False),
        ("9!", "912345", True),
        ("+34X", "+345", True),
        ("+34X", "345", False),
    ],
)
def test_patterns_fit_as_a_whole(pattern: str, digits: str, fits: bool) -> None:
    assert matches_pattern(pattern, digits) is fits


# Where a dialled string goes -----------------------------------------------------------------


def dialled(scene: Scene, destination: str, **more: Any) -> Any:
    body = {"originatorId": scene.caller.id, "originatorType": "PEOPLE", **more}
    path = f"{T}/actions/testCallRouting/invoke"
    return scene.call("POST", path, {**body, "destination": destination})


def _virtual(scene: Scene) -> str:
    return next(i.extension for i in scene.org.virtual_extensions.values() if not i.location_id)


def _attendant(scene: Scene) -> str:
    return scene.line(scene.feature(OwnerKind.AUTO_ATTENDANT)).phone_number


DESTINATIONS: dict[str, tuple[Callable[[Scene], str], str]] = {
    "an emergency number": (lambda _: "112", "EMERGENCY"),
    "an extension here": (lambda s: s.line(s.standard).extension, "HOSTED_AGENT"),
    "an extension elsewhere": (
        lambda s: s.line(s.org.people_at(s.trunked.id)[0]).extension,
        "HOSTED_AGENT",
    ),
    "a number of a feature": (_attendant, "HOSTED_FEATURE"),
    "a virtual extension": (_virtual, "VIRTUAL_EXTENSION"),
    "a block of virtual extensions": (lambda _: "70123", "VIRTUAL_EXTENSION_RANGE"),
    "a prefix of the old exchange": (lambda _: "530000001", "PBX_USER"),
    "a short string nobody knows": (lambda _: "4321", "UNKNOWN_EXTENSION"),
    "a number of the world": (lambda _: "+390612345678", "PSTN_NUMBER"),
}


@pytest.mark.parametrize("name", DESTINATIONS)
def test_a_dialled_string_goes_to(name: str, scene: Scene) -> None:
    scene.premises.unknown_extensions = True
    scene.premises.unknown_route_type = "ROUTE_GROUP"
    scene.premises.unknown_route_id = next(iter(scene.org.route_groups))
    destination, kind = DESTINATIONS[name]
    answer = dialled(scene, destination(scene))
    assert answer.status == 200
    assert (answer.body["destinationType"], answer.body["isRejected"]) == (kind, False)


def test_a_string_without_a_way_out_is_rejected(scene: Scene) -> None:
    scene.premises.unknown_extensions = False
    answer = dialled(scene, "4321")
    assert (answer.body["destinationType"], answer.body["isRejected"]) == ("UNKNOWN_NUMBER", True)


def test_a_dial_plan_names_its_way(scene: Scene) -> None:
    found = dialled(scene, "530000001").body["pbxUser"]
    assert found["dialPattern"] == "53XXXXXXX"
    assert found["routeGroupName"] == "RG_PRE"


def test_a_trunk_may_call_too(scene: Scene) -> None:
    trunk = next(iter(scene.org.trunks))
    answer = dialled(scene, "112", originatorId=trunk, originatorType="TRUNK")
    assert answer.body["destinationType"] == "EMERGENCY"


@pytest.mark.parametrize(
    "more",
    [
        {"originatorId": "unknown"},
        {"originatorType": "PLACE"},
        {"destination": "letters"},
        {"destination": ""},
    ],
)
def test_an_impossible_test_is_refused(more: dict[str, str], scene: Scene) -> None:
    destination = more.pop("destination", "112")
    assert dialled(scene, destination, **more).status == 400


def test_somebody_without_calling_cannot_dial(scene: Scene) -> None:
    assert dialled(scene, "112", originatorId=scene.nobody.id).status == 400


# Changes and details -------------------------------------------------------------------------


def test_a_route_group_shows_and_changes_its_trunks(scene: Scene) -> None:
    group_id = next(iter(scene.org.route_groups))
    path = f"{PREMISE}/routeGroups/{group_id}"
    read = scene.get(path)
    assert read["localGateways"][0]["name"] in {t.name for t in scene.org.trunks.values()}
    gateways = [{"id": read["localGateways"][0]["id"], "priority": 3}]
    body = {"name": "Renamed", "localGateways": gateways}
    assert scene.call("PUT", path, body).status == 204
    assert scene.get(path)["localGateways"][0]["priority"] == 3
    assert scene.get(f"{PREMISE}/routeGroups", order="name-desc")[:]


def test_kinds_of_trunk_are_told(scene: Scene) -> None:
    kinds = scene.get(f"{PREMISE}/trunks/trunkTypes")
    assert {item["trunkType"] for item in kinds} == {"REGISTERING", "CERTIFICATE_BASED"}


def test_an_address_of_a_gateway_is_validated(scene: Scene) -> None:
    path = f"{PREMISE}/trunks/actions/fqdnValidation/invoke"
    assert scene.call("POST", path, {"domain": "gw.example.com"}).status == 204
    assert scene.call("POST", path, {"port": 5061}).status == 400


def test_a_route_list_needs_a_group_that_exists(scene: Scene) -> None:
    body = {"name": "List", "locationId": scene.trunked.id, "routeGroupId": "unknown"}
    assert scene.call("POST", f"{PREMISE}/routeLists", body).status == 400


def test_a_prefix_leads_to_an_extension_of_another_location(scene: Scene) -> None:
    scene.trunked.routing_prefix = "7702"
    person = scene.org.people_at(scene.trunked.id)[0]
    answer = dialled(scene, "7702" + scene.line(person).extension)
    assert answer.body["hostedAgent"]["id"] == person.id


def test_a_call_through_a_trunk_names_it(scene: Scene) -> None:
    trunk = next(iter(scene.org.trunks.values()))
    scene.premises.route_type, scene.premises.route_id = "TRUNK", trunk.id
    found = dialled(scene, "+390612345678").body["pstnNumber"]
    assert (found["trunkName"], found["trunkId"]) == (trunk.name, trunk.id)
    scene.premises.route_type = scene.premises.route_id = None
    assert dialled(scene, "+390612345678").body["pstnNumber"] == {}
