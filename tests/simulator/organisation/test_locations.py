"""Locations are created, enabled, connected, changed and deleted by the API's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import PstnKind
from Space_OdT.simulator.organisation.pstn import offer_of
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene, T


def site(**more: Any) -> dict[str, Any]:
    return {
        "name": "New Site",
        "timeZone": "Europe/Madrid",
        "preferredLanguage": "es_ES",
        "announcementLanguage": "es_es",
        "address": {
            "address1": "Carrer Major 1",
            "city": "Barcelona",
            "state": "Barcelona",
            "postalCode": "08001",
            "country": "ES",
        },
        **more,
    }


def without(body: dict[str, Any], *path: str) -> dict[str, Any]:
    *parents, last = path
    copy = {**body, "address": dict(body["address"])}
    target = copy
    for parent in parents:
        target = target[parent]
    del target[last]
    return copy


def test_names_are_found_in_part_and_in_any_case(scene: Scene) -> None:
    part = scene.premises.name[2:9].upper()
    found = scene.get("/locations", name=part)[:]
    assert scene.premises.id in {item["id"] for item in found}


def test_only_calling_locations_have_calling_details(scene: Scene) -> None:
    listed = {item["id"] for item in scene.get(f"{T}/locations")[:]}
    assert listed == set(scene.org.calling_location_ids())
    assert scene.call("GET", f"{T}/locations/{scene.plain.id}").status == 404
    assert scene.call("GET", f"{T}/locations/nonsense").status == 400
    assert scene.call("GET", f"/locations/{scene.plain.id}").status == 200


def test_a_location_is_created_and_enabled(scene: Scene) -> None:
    created = scene.call("POST", "/locations", site())
    assert created.status == 201
    location_id = created.body["id"]
    assert scene.call("GET", f"{T}/locations/{location_id}").status == 404
    enabled = scene.call("POST", f"{T}/locations", site(id=location_id))
    assert (enabled.status, enabled.body) == (201, {"id": location_id})
    details = scene.get(f"{T}/locations/{location_id}")
    assert (details["name"], details["announcementLanguage"]) == ("New Site", "es_es")
    portal = scene.get(f"{T}/locations/{location_id}/voicePortal")
    assert "extension" not in portal
    check_invariants(scene.org)


CREATE_REFUSALS: dict[str, tuple[Callable[[Scene], dict[str, Any]], int]] = {
    **{
        f"without {'.'.join(path)}": (lambda _, path=path: without(site(), *path), 400)
        for path in (
            ("name",),
            ("timeZone",),
            ("preferredLanguage",),
            ("announcementLanguage",),
            ("address",),
            ("address", "address1"),
            ("address", "city"),
            ("address", "state"),
            ("address", "postalCode"),
            ("address", "country"),
        )
    },
    "with a name that is taken": (lambda s: site(name=s.plain.name.upper()), 409),
    "with a name of 257 characters": (lambda _: site(name="x" * 257), 400),
    "with an unknown time zone": (lambda _: site(timeZone="Europe / Madrid"), 400),
    "with a language that is none": (lambda _: site(preferredLanguage="Spanish"), 400),
    "with a country in lower case": (
        lambda _: site(address={**site()["address"], "country": "es"}),
        400,
    ),
}


@pytest.mark.parametrize("name", CREATE_REFUSALS)
def test_a_location_is_not_created(name: str, scene: Scene) -> None:
    build, status = CREATE_REFUSALS[name]
    assert scene.call("POST", "/locations", build(scene)).status == status


ENABLE_REFUSALS: dict[str, tuple[Callable[[Scene], dict[str, Any]], int]] = {
    "without its id": (lambda _: site(), 400),
    "with an unknown id": (lambda _: site(id="unknown"), 404),
    "twice": (lambda s: site(id=s.premises.id, name=s.premises.name), 409),
    "with a name of 81 characters": (lambda s: site(id=s.plain.id, name="x" * 81), 400),
    "with an announcement language in capitals": (
        lambda s: site(id=s.plain.id, announcementLanguage="es_ES"),
        400,
    ),
    "without languages": (
        lambda s: without(site(id=s.plain.id), "announcementLanguage"),
        400,
    ),
    "with the name of another": (lambda s: site(id=s.plain.id, name=s.premises.name), 409),
}


@pytest.mark.parametrize("name", ENABLE_REFUSALS)
def test_a_location_is_not_enabled(name: str, scene: Scene) -> None:
    build, status = ENABLE_REFUSALS[name]
    assert scene.call("POST", f"{T}/locations", build(scene)).status == status
    assert not scene.plain.calling


def test_a_location_is_changed_in_part(scene: Scene) -> None:
    path = f"/locations/{scene.plain.id}"
    body = {"name": "Renamed", "address": {"city": "Girona"}, "timeZone": "Europe/Lisbon"}
    street = scene.get(path)["address"]["address1"]
    assert scene.call("PUT", path, body).status == 204
    read = scene.get(path)
    assert (read["name"], read["timeZone"]) == ("Renamed", "Europe/Lisbon")
    assert (read["address"]["city"], read["address"]["address1"]) == ("Girona", street)


def test_names_stay_unique_when_changed(scene: Scene) -> None:
    path = f"/locations/{scene.plain.id}"
    assert scene.call("PUT", path, {"name": scene.premises.name}).status == 409
    calling = f"/locations/{scene.premises.id}"
    assert scene.call("PUT", calling, {"name": "x" * 81}).status == 400
    assert scene.call("PUT", path, {"name": "x" * 81}).status == 204


def test_only_an_empty_location_without_calling_is_deleted(scene: Scene) -> None:
    assert scene.call("DELETE", f"/locations/{scene.premises.id}").status == 409
    workspace = next(iter(scene.org.workspaces.values()))
    workspace.location_id = scene.plain.id
    assert scene.call("DELETE", f"/locations/{scene.plain.id}").status == 409
    workspace.location_id = scene.premises.id
    assert scene.call("DELETE", f"/locations/{scene.plain.id}").status == 204
    assert scene.call("GET", f"/locations/{scene.plain.id}").status == 404


# Calling details -----------------------------------------------------------------------------


def test_the_main_number_may_be_inactive_and_owned(scene: Scene) -> None:
    path = f"{T}/locations/{scene.premises.id}"
    for number in (
        scene.free_number(scene.premises, "INACTIVE"),
        scene.line(scene.caller).phone_number,
    ):
        body = {"callingLineId": {"phoneNumber": number.lstrip("+")}}
        assert scene.call("PUT", path, body).status == 204
        details = scene.get(path)
        assert details["callingLineId"]["phoneNumber"] == number
        assert details["callingLineId"]["name"] == scene.premises.name[:30]
        row = scene.get(f"{T}/numbers", phoneNumber=number)[0]
        assert row["mainNumber"] is True


def test_the_main_number_must_be_in_the_location(scene: Scene) -> None:
    body = {"callingLineId": {"phoneNumber": scene.free_number(scene.trunked)}}
    answer = scene.call("PUT", f"{T}/locations/{scene.premises.id}", body)
    assert (answer.status, answer.code) == (400, 27966)


def test_a_routing_prefix_changes_by_a_job(scene: Scene) -> None:
    path = f"{T}/locations/{scene.premises.id}"
    answer = scene.call("PUT", path, {"routingPrefix": "7701", "outsideDialDigit": "9"})
    assert answer.status == 200
    job = f"{T}/jobs/updateRoutingPrefix/{answer.body['batchJobId']}"
    states = [scene.get(job)["latestExecutionStatus"] for _ in range(4)]
    assert states == ["STARTED", "STARTED", "COMPLETED", "COMPLETED"]
    details = scene.get(path)
    assert (details["routingPrefix"], details["outsideDialDigit"]) == ("7701", "9")
    row = scene.get(f"{T}/numbers", ownerId=scene.caller.id)[0]
    assert row["esn"] == "7701" + row["extension"]


@pytest.mark.parametrize("prefix", ["6000", "x", "12345678"])
def test_a_routing_prefix_that_cannot_be_leaves_the_rest_done(prefix: str, scene: Scene) -> None:
    scene.premises.routing_prefix = "6000"
    path = f"{T}/locations/{scene.trunked.id}"
    answer = scene.call("PUT", path, {"routingPrefix": prefix, "outsideDialDigit": "9"})
    assert answer.status == 206
    assert answer.body["failureReason"]
    assert scene.trunked.outside_dial_digit == "9"


UPDATE_REFUSALS: dict[str, dict[str, Any]] = {
    "a long caller name": {"callingLineId": {"name": "x" * 31}},
    "a long external name": {"externalCallerIdName": "x" * 31},
    "a capital language": {"announcementLanguage": "ES_es"},
    "a long outside digit": {"outsideDialDigit": "12345"},
    "a connection to nowhere": {"connection": {"type": "TRUNK", "id": "unknown"}},
    "a charge number from elsewhere": {"chargeNumber": "+34910009999"},
}


@pytest.mark.parametrize("name", UPDATE_REFUSALS)
def test_calling_details_are_refused(name: str, scene: Scene) -> None:
    path = f"{T}/locations/{scene.premises.id}"
    assert scene.call("PUT", path, UPDATE_REFUSALS[name]).status == 400


def test_the_connection_of_a_location_may_be_set_with_its_details(scene: Scene) -> None:
    trunk = next(iter(scene.org.trunks))
    body = {"connection": {"type": "TRUNK", "id": trunk}}
    assert scene.call("PUT", f"{T}/locations/{scene.carrier.id}", body).status == 204
    read = scene.get(f"/telephony/pstn/locations/{scene.carrier.id}/connection")
    assert (read["pstnConnectionType"], read["routeId"]) == ("LOCAL_GATEWAY", trunk)


# PSTN ----------------------------------------------------------------------------------------


def pstn(location: Any) -> str:
    return f"/telephony/pstn/locations/{location.id}/connection"


def test_options_are_told_by_name_and_not_by_type(scene: Scene) -> None:
    options = scene.get(f"{pstn(scene.premises)}Options")
    assert options[0]["displayName"] == "Premises-based PSTN"
    assert all("pstnConnectionType" not in option for option in options)


def test_a_location_without_connection_answers_404(scene: Scene) -> None:
    scene.connect(scene.premises, PstnKind.NONE)
    assert scene.call("GET", pstn(scene.premises)).status == 404
    assert scene.call("GET", pstn(scene.plain)).status == 404


@pytest.mark.parametrize("with_id", [True, False])
def test_a_location_is_connected_to_the_premises(with_id: bool, scene: Scene) -> None:
    scene.connect(scene.premises, PstnKind.NONE)
    group = list(scene.org.route_groups)[1]
    body = {"premiseRouteType": "ROUTE_GROUP", "premiseRouteId": group + "=="}
    if with_id:
        body["id"] = scene.get(f"{pstn(scene.premises)}Options")[0]["id"]
    assert scene.call("PUT", pstn(scene.premises), body).status == 204
    read = scene.get(pstn(scene.premises))
    assert read["pstnConnectionType"] == "LOCAL_GATEWAY"
    assert (read["routeType"], read["routeId"]) == ("ROUTE_GROUP", group)


def test_a_location_is_connected_to_a_carrier(scene: Scene) -> None:
    body = {"id": offer_of(scene.org.id, PstnKind.NON_INTEGRATED_CCP)}
    assert scene.call("PUT", pstn(scene.premises), body).status == 204
    read = scene.get(pstn(scene.premises))
    assert read["pstnConnectionType"] == "NON_INTEGRATED_CCP"
    assert "routeId" not in read


PSTN_REFUSALS: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "an integrated carrier": lambda s: {"id": offer_of(s.org.id, PstnKind.INTEGRATED_CCP)},
    "calling plans": lambda s: {"id": offer_of(s.org.id, PstnKind.CISCO_PSTN)},
    "an unknown option": lambda _: {"id": "unknown"},
    "the premises without a route": lambda s: {"id": offer_of(s.org.id, PstnKind.LOCAL_GATEWAY)},
    "nothing": lambda _: {},
    "a route of another type": lambda s: {
        "premiseRouteType": "TRUNK",
        "premiseRouteId": next(iter(s.org.route_groups)),
    },
    "an unknown type": lambda s: {
        "premiseRouteType": "PIGEON",
        "premiseRouteId": next(iter(s.org.route_groups)),
    },
}


@pytest.mark.parametrize("name", PSTN_REFUSALS)
def test_a_connection_is_refused(name: str, scene: Scene) -> None:
    before = scene.get(pstn(scene.premises))
    assert scene.call("PUT", pstn(scene.premises), PSTN_REFUSALS[name](scene)).status == 400
    assert scene.get(pstn(scene.premises)) == before


def test_an_integrated_connection_is_not_replaced(scene: Scene) -> None:
    scene.connect(scene.premises, PstnKind.CISCO_PSTN)
    body = {"id": offer_of(scene.org.id, PstnKind.NON_INTEGRATED_CCP)}
    assert scene.call("PUT", pstn(scene.premises), body).status == 400


# Settings ------------------------------------------------------------------------------------


def setting(scene: Scene, name: str) -> str:
    return f"{T}/locations/{scene.premises.id}/{name}"


def test_unknown_extensions_are_sent_to_a_route_and_no_more(scene: Scene) -> None:
    group = list(scene.org.route_groups)[1]
    path = setting(scene, "internalDialing")
    identity = {"id": group, "type": "ROUTE_GROUP"}
    body = {"enableUnknownExtensionRoutePolicy": True, "unknownExtensionRouteIdentity": identity}
    assert scene.call("PUT", path, body).status == 204
    read = scene.get(path)
    assert read["unknownExtensionRouteIdentity"] == {
        **identity,
        "name": scene.org.route_groups[group].name,
    }
    usage = f"{T}/premisePstn/routeGroups/{group}/usageCallToExtension"
    assert scene.premises.id in {item["id"] for item in scene.get(usage)[:]}
    assert scene.call("PUT", path, {"enableUnknownExtensionRoutePolicy": False}).status == 204
    assert scene.get(path) == {"enableUnknownExtensionRoutePolicy": False}


@pytest.mark.parametrize(
    "body",
    [
        {"enableUnknownExtensionRoutePolicy": True},
        {"enableUnknownExtensionRoutePolicy": "yes"},
        {
            "enableUnknownExtensionRoutePolicy": True,
            "unknownExtensionRouteIdentity": {"id": "unknown", "type": "TRUNK"},
        },
        {"unknownExtensionRouteIdentity": {"id": "unknown"}},
    ],
)
def test_unknown_extensions_need_a_route_that_exists(body: dict[str, Any], scene: Scene) -> None:
    scene.premises.unknown_extensions = False
    scene.premises.unknown_route_id = scene.premises.unknown_route_type = None
    assert scene.call("PUT", setting(scene, "internalDialing"), body).status == 400


def test_the_voice_portal_takes_a_number_and_an_extension(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    path = setting(scene, "voicePortal")
    body = {
        "name": "Portal",
        "phoneNumber": number,
        "extension": "80008000",
        "passcode": {"newPasscode": "135790", "confirmPasscode": "135790"},
    }
    assert scene.call("PUT", path, body).status == 204
    read = scene.get(path)
    assert (read["name"], read["phoneNumber"], read["extension"]) == ("Portal", number, "80008000")
    assert "passcode" not in read
    row = scene.get(f"{T}/numbers", phoneNumber=number)[0]
    assert row["owner"]["type"] == "VOICE_MESSAGING"
    check_invariants(scene.org)


@pytest.mark.parametrize(
    "body",
    [
        {"passcode": {"newPasscode": "135790", "confirmPasscode": "135791"}},
        {"passcode": {"newPasscode": "1", "confirmPasscode": "1"}},
        {"extension": "112"},
        {"phoneNumber": "+34000000000"},
    ],
)
def test_the_voice_portal_refuses(body: dict[str, Any], scene: Scene) -> None:
    assert scene.call("PUT", setting(scene, "voicePortal"), body).status == 400


def test_emergency_calls_show_a_member_with_a_number(scene: Scene) -> None:
    path = setting(scene, "features/emergencyCallbackNumber")
    assert scene.get(path)["selected"] == "LOCATION_NUMBER"
    body = {
        "selected": "LOCATION_MEMBER_NUMBER",
        "locationMemberId": scene.caller.id,
        "elinExpiryTimeMinutes": 90,
    }
    assert scene.call("PUT", path, body).status == 204
    read = scene.get(path)
    assert read["selected"] == "LOCATION_MEMBER_NUMBER"
    assert read["elinExpiryTimeMinutes"] == 90
    assert read["locationMemberInfo"]["phoneNumber"] == scene.line(scene.caller).phone_number
    for wrong in ({**body, "locationMemberId": scene.standard.id}, {"selected": "NOBODY"}, {}):
        assert scene.call("PUT", path, wrong).status == 400


# More reads and refusals ---------------------------------------------------------------------


def test_locations_are_found_by_several_ids(scene: Scene) -> None:
    ids = f"{scene.premises.id}=,{scene.plain.id}"
    found = {item["id"] for item in scene.get("/locations", id=ids)[:]}
    assert found == {scene.premises.id, scene.plain.id}


def test_calling_locations_are_ordered_by_name(scene: Scene) -> None:
    names = [item["name"] for item in scene.get(f"{T}/locations", order="desc")[:]]
    assert names == sorted(names, reverse=True)


def test_numbers_that_may_change_their_state_are_listed(scene: Scene) -> None:
    path = f"/telephony/pstn/locations/{scene.premises.id}/numbers/availableNumbers"
    everything = scene.get(path)[:]
    assert not any(item["mainNumber"] for item in everything)
    waiting = scene.get(path, action="ACTIVATE")[:]
    active = scene.get(path, action="DEACTIVATE")[:]
    assert {item["state"] for item in waiting} == {"INACTIVE"}
    assert len(waiting) + len(active) == len(everything)
    scene.connect(scene.premises, PstnKind.CISCO_PSTN)
    assert scene.get(path)[:] == []


def test_an_enforced_digit_and_other_details_are_kept(scene: Scene) -> None:
    path = f"{T}/locations/{scene.premises.id}"
    body = {
        "enforceOutsideDialDigit": True,
        "pAccessNetworkInfo": "Barcelona-CT",
        "externalCallerIdName": "Outside",
        "announcementLanguage": "ca_es",
    }
    assert scene.call("PUT", path, body).status == 204
    details = scene.get(path)
    assert {name: details[name] for name in body} == body


def test_a_routing_prefix_is_taken_away(scene: Scene) -> None:
    scene.premises.routing_prefix = "6000"
    path = f"{T}/locations/{scene.premises.id}"
    assert scene.call("PUT", path, {"routingPrefix": ""}).status == 200
    scene.clock.seconds += 60
    assert "routingPrefix" not in scene.get(path)


def test_emergency_calls_need_a_number_of_the_location(scene: Scene) -> None:
    path = setting(scene, "features/emergencyCallbackNumber")
    body: dict[str, Any] = {"selected": "LOCATION_NUMBER", "elinExpiryTimeMinutes": 1}
    assert scene.call("PUT", path, body).status == 400
    scene.premises.main_number = None
    assert scene.call("PUT", path, {"selected": "LOCATION_NUMBER"}).status == 400
    assert scene.get(path)["locationInfo"]["quality"] == "INVALID"


@pytest.mark.parametrize("name", ["body", "address"])
def test_a_body_of_another_shape_is_refused(name: str, scene: Scene) -> None:
    body: Any = "text" if name == "body" else site(address="Carrer Major 1")
    assert scene.call("POST", "/locations", body).status == 400
