"""Licences are given and taken by the API's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import LicenceKind
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene

PATH = "/licenses/users"


def operation(licence: Any, action: str = "add", **properties: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": licence.id, "operation": action}
    return {**entry, "properties": properties} if properties else entry


def extension_of(scene: Scene) -> str:
    return scene.line(scene.caller).extension


Build = Callable[[Scene], tuple[Any, list[dict[str, Any]]]]

REFUSALS: dict[str, tuple[Build, int, int | None]] = {
    "a calling licence without properties": (
        lambda s: (s.nobody, [operation(s.pro)]),
        400,
        400411,
    ),
    "a calling licence with neither extension nor number": (
        lambda s: (s.nobody, [operation(s.pro, locationId=s.premises.id)]),
        400,
        400411,
    ),
    "an extension without a location": (
        lambda s: (s.nobody, [operation(s.pro, extension="80008000")]),
        400,
        400411,
    ),
    "calling properties on another licence": (
        lambda s: (
            s.nobody,
            [operation(s.licence(LicenceKind.CUSTOMER_ASSIST), extension="80008000")],
        ),
        400,
        400411,
    ),
    "both calling licences at once": (
        lambda s: (
            s.nobody,
            [
                operation(s.pro, locationId=s.premises.id, extension="80008000"),
                operation(s.std, locationId=s.premises.id, extension="80008001"),
            ],
        ),
        400,
        400404,
    ),
    "a downgrade from Professional to Standard": (
        lambda s: (
            s.caller,
            [operation(s.std, locationId=s.premises.id, extension="80008000")],
        ),
        400,
        400112,
    ),
    "Attendant Console without Professional": (
        lambda s: (s.standard, [operation(s.licence(LicenceKind.ATTENDANT_CONSOLE))]),
        400,
        400408,
    ),
    "a workspace licence for a user": (
        lambda s: (s.nobody, [operation(s.licence(LicenceKind.WORKSPACE))]),
        400,
        400413,
    ),
    "removing an implicit licence": (
        lambda s: (s.caller, [operation(s.licence(LicenceKind.IMPLICIT), "remove")]),
        400,
        700006,
    ),
    "an extension somebody has": (
        lambda s: (
            s.nobody,
            [operation(s.pro, locationId=s.premises.id, extension=extension_of(s))],
        ),
        400,
        4202,
    ),
    "an extension that is no number": (
        lambda s: (s.nobody, [operation(s.pro, locationId=s.premises.id, extension="12a4")]),
        400,
        4910,
    ),
    "an emergency number as extension": (
        lambda s: (s.nobody, [operation(s.pro, locationId=s.premises.id, extension="112")]),
        400,
        4911,
    ),
    "a number of another location": (
        lambda s: (
            s.nobody,
            [operation(s.pro, locationId=s.premises.id, phoneNumber=s.free_number(s.trunked))],
        ),
        400,
        27966,
    ),
    "a number somebody has": (
        lambda s: (
            s.nobody,
            [
                operation(
                    s.pro,
                    locationId=s.premises.id,
                    phoneNumber=s.line(s.caller).phone_number,
                )
            ],
        ),
        400,
        8361,
    ),
    "a location without calling": (
        lambda s: (s.nobody, [operation(s.pro, locationId=s.plain.id, extension="80008000")]),
        400,
        4152,
    ),
    "a licence that does not exist": (
        lambda s: (s.nobody, [{"id": "Y2lzY28"}]),
        400,
        None,
    ),
    "an unknown operation": (
        lambda s: (s.nobody, [operation(s.pro, "grant")]),
        400,
        25008,
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refused_and_nothing_changed(name: str, scene: Scene) -> None:
    build, status, code = REFUSALS[name]
    person, operations = build(scene)
    before = scene.org.to_state()
    answer = scene.call("PATCH", PATH, {"personId": person.id, "licenses": operations})
    assert (answer.status, answer.code) == (status, code)
    assert scene.org.to_state() == before


def test_a_person_becomes_a_calling_user_in_one_call(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    body = {
        "email": scene.nobody.email.upper(),
        "licenses": [
            operation(
                scene.pro,
                locationId=scene.premises.id + "==",
                extension="80008000",
                phoneNumber=number.lstrip("+"),
            )
        ],
    }
    used = scene.org.consumed_units(scene.pro.id)[0]
    answer = scene.call("PATCH", PATH, body)
    assert answer.status == 200
    assert scene.pro.id in answer.body["licenses"]
    person = scene.get(f"/people/{scene.nobody.id}", callingData="true")
    assert (person["locationId"], person["extension"]) == (scene.premises.id, "80008000")
    assert {"type": "work", "value": number, "primary": True} in person["phoneNumbers"]
    row = scene.get("/telephony/config/numbers", phoneNumber=number)[0]
    assert row["owner"]["id"] == scene.nobody.id
    licence = scene.get(f"/licenses/{scene.pro.id}")
    assert licence["consumedByUsers"] == used + 1
    check_invariants(scene.org)


def test_without_calling_data_a_person_shows_nothing_of_calling(scene: Scene) -> None:
    person = scene.get(f"/people/{scene.caller.id}")
    assert not {"locationId", "extension"} & set(person)
    assert person["phoneNumbers"] == []


def test_the_location_follows_from_a_number_that_is_known(scene: Scene) -> None:
    number = scene.free_number(scene.trunked)
    entry = operation(scene.std, phoneNumber=number)
    body = {"personId": scene.nobody.id, "licenses": [entry]}
    assert scene.call("PATCH", PATH, body).status == 200
    assert scene.nobody.location_id == scene.trunked.id


def test_only_part_is_given_when_units_are_spent(scene: Scene) -> None:
    scene.pro.total_units = sum(scene.org.consumed_units(scene.pro.id))
    assist = scene.licence(LicenceKind.CUSTOMER_ASSIST)
    wanted = operation(scene.pro, locationId=scene.premises.id, extension="80008000")
    body = {"personId": scene.nobody.id, "licenses": [wanted, operation(assist)]}
    answer = scene.call("PATCH", PATH, body)
    assert answer.status == 206
    assert assist.id in answer.body["licenses"]
    assert scene.pro.id not in answer.body["licenses"]
    check_invariants(scene.org)


def test_nothing_at_all_is_an_error_when_units_are_spent(scene: Scene) -> None:
    scene.std.total_units = sum(scene.org.consumed_units(scene.std.id))
    wanted = operation(scene.std, locationId=scene.premises.id, extension="80008000")
    body = {"personId": scene.nobody.id, "licenses": [wanted]}
    assert scene.call("PATCH", PATH, body).status == 400


def test_removing_the_calling_licence_takes_numbers_memberships_and_settings(scene: Scene) -> None:
    number = scene.line(scene.caller).phone_number
    path = f"/people/{scene.caller.id}/features/callForwarding"
    scene.world.documents[path] = {"callForwarding": {}}
    body = {"personId": scene.caller.id, "licenses": [operation(scene.pro, "remove")]}
    assert scene.call("PATCH", PATH, body).status == 200
    assert scene.org.plan.of_owner(scene.caller.id) == []
    assert scene.org.plan.owner_of(number) is None
    assert scene.org.memberships(scene.caller.id) == []
    assert path not in scene.world.documents
    answer = scene.call("GET", f"/people/{scene.caller.id}/features/numbers")
    assert (answer.status, answer.code) == (400, 4003)
    check_invariants(scene.org)


def test_standard_is_upgraded_to_professional_where_it_is(scene: Scene) -> None:
    line = scene.line(scene.standard)
    entry = operation(scene.pro, locationId=scene.carrier.id, extension="80008000")
    body = {"personId": scene.standard.id, "licenses": [entry]}
    answer = scene.call("PATCH", PATH, body)
    assert answer.status == 200
    assert scene.std.id not in answer.body["licenses"]
    assert scene.line(scene.standard) is line
    check_invariants(scene.org)


def test_what_is_already_so_changes_nothing(scene: Scene) -> None:
    held = list(scene.caller.licences)
    entries = [operation(scene.pro), operation(scene.std, "remove")]
    answer = scene.call("PATCH", PATH, {"personId": scene.caller.id, "licenses": entries})
    assert answer.status == 200
    assert answer.body["licenses"] == held


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"licenses": [{"id": "x"}]}, 400),
        ({"personId": "unknown", "licenses": [{"id": "x"}]}, 404),
        ({"email": "nobody@example.com", "licenses": [{"id": "x"}]}, 404),
    ],
)
def test_the_person_has_to_be_named(body: dict[str, Any], status: int, scene: Scene) -> None:
    assert scene.call("PATCH", PATH, body).status == status


def test_a_request_for_nothing_is_refused(scene: Scene) -> None:
    assert scene.call("PATCH", PATH, {"personId": scene.caller.id}).code == 25008


def test_holders_are_listed_with_the_licence(scene: Scene) -> None:
    listed = scene.get(f"/licenses/{scene.pro.id}", includeAssignedTo="user")
    assert {item["id"] for item in listed[:]} == {p.id for p in scene.org.holders(scene.pro.id)}
    assert listed.extra["name"] == "Webex Calling - Professional"


def test_meeting_sites_are_added_and_removed(scene: Scene) -> None:
    site = {"siteUrl": "other.example.com", "accountType": "attendee"}
    body = {"personId": scene.caller.id, "siteUrls": [site]}
    answer = scene.call("PATCH", PATH, body)
    assert site in answer.body["siteUrls"]
    removed = {"personId": scene.caller.id, "siteUrls": [{**site, "operation": "remove"}]}
    assert site not in scene.call("PATCH", PATH, removed).body["siteUrls"]


def test_losing_calling_takes_the_phone_away(scene: Scene) -> None:
    device = next(d for d in scene.org.devices.values() if d.owner_id in scene.org.people)
    person = scene.org.people[device.owner_id]
    held = scene.org.calling_licence(person.licences)
    body = {"personId": person.id, "licenses": [operation(held, "remove")]}
    assert scene.call("PATCH", PATH, body).status == 200
    assert scene.org.devices_of(person.id) == []
    check_invariants(scene.org)


def test_an_unknown_licence_is_not_found(scene: Scene) -> None:
    assert scene.call("GET", "/licenses/unknown").status == 404
    body = {"personId": scene.caller.id, "licenses": ["text"]}
    assert scene.call("PATCH", PATH, body).status == 400
