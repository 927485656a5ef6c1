"""People are listed, created, replaced and deleted by the API's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import LicenceKind
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene, T

CALLING = {"callingData": "true"}


def new_person(**more: Any) -> dict[str, Any]:
    return {"emails": ["new.person@example.com"], "firstName": "New", "lastName": "Person", **more}


def test_everybody_is_listed(scene: Scene) -> None:
    assert len(scene.get("/people")) == len(scene.org.people)


def test_people_are_found_by_address_in_any_case(scene: Scene) -> None:
    found = scene.get("/people", email=scene.caller.email.upper())
    assert [item["id"] for item in found[:]] == [scene.caller.id]
    assert scene.get("/people", email="nobody@example.com")[:] == []


def test_people_are_found_by_the_beginning_of_their_name(scene: Scene) -> None:
    start = scene.caller.display_name[:4].upper()
    found = scene.get("/people", displayName=start)[:]
    assert found
    assert all(item["displayName"].upper().startswith(start) for item in found)


def test_unknown_ids_are_told_apart(scene: Scene) -> None:
    listed = scene.get("/people", id=f"{scene.caller.id}=,unknown")
    assert [item["id"] for item in listed[:]] == [scene.caller.id]
    assert listed.extra["notFoundIds"] == ["unknown"]


def test_more_than_85_ids_are_refused(scene: Scene) -> None:
    query = {"id": ",".join(["x"] * 86)}
    assert scene.call("GET", "/people", query=query).status == 400


def test_people_of_a_location_come_in_pages_of_fifty(scene: Scene) -> None:
    listed = scene.get("/people", locationId=scene.premises.id, **CALLING)
    assert listed.max_page == 50
    assert {item["locationId"] for item in listed[:]} == {scene.premises.id}


def test_location_and_address_filter_together(scene: Scene) -> None:
    query = {"email": scene.caller.email, "locationId": scene.trunked.id}
    assert scene.get("/people", **query)[:] == []


def test_presence_is_left_out_on_demand(scene: Scene) -> None:
    person = scene.get("/people", email=scene.caller.email, excludeStatus="true")[0]
    assert "status" not in person


def test_administrators_are_found_by_role(scene: Scene) -> None:
    me = scene.get("/people/me")
    found = scene.get("/people", roles=me["roles"][0])
    assert [item["id"] for item in found[:]] == [me["id"]]


# Creating ------------------------------------------------------------------------------------


def test_a_new_person_waits_for_the_invitation(scene: Scene) -> None:
    answer = scene.call("POST", "/people", new_person())
    assert answer.status == 200
    person = scene.get(f"/people/{answer.body['id']}")
    assert (person["displayName"], person["invitePending"]) == ("New Person", "true")
    check_invariants(scene.org)


def test_a_new_person_with_a_calling_licence_gets_its_line(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    body = new_person(
        licenses=[scene.pro.id],
        locationId=scene.premises.id,
        extension="80008000",
        phoneNumbers=[{"type": "work", "value": number}],
    )
    answer = scene.call("POST", "/people", body, CALLING)
    assert (answer.body["locationId"], answer.body["extension"]) == (scene.premises.id, "80008000")
    assert scene.org.plan.owner_of(number).owner_id == answer.body["id"]
    check_invariants(scene.org)


def test_licences_without_units_are_left_out_in_silence(scene: Scene) -> None:
    scene.pro.total_units = sum(scene.org.consumed_units(scene.pro.id))
    body = new_person(licenses=[scene.pro.id], locationId=scene.premises.id, extension="80008000")
    answer = scene.call("POST", "/people", body, CALLING)
    assert answer.status == 200
    assert scene.pro.id not in answer.body["licenses"]
    check_invariants(scene.org)


CREATE_REFUSALS: dict[str, tuple[Callable[[Scene], dict[str, Any]], int]] = {
    "an address that is taken": (lambda s: new_person(emails=[s.caller.email.upper()]), 409),
    "two addresses": (lambda _: new_person(emails=["a@example.com", "b@example.com"]), 400),
    "no address": (lambda _: {"displayName": "x"}, 400),
    "no address at all": (lambda _: new_person(emails=["nonsense"]), 400),
    "no name": (lambda _: {"emails": ["x@example.com"]}, 400),
    "a calling licence without a line": (lambda s: new_person(licenses=[s.pro.id]), 400),
    "an unknown licence": (lambda _: new_person(licenses=["x"]), 400),
    "an unknown role": (lambda _: new_person(roles=["x"]), 400),
    "an extension somebody has": (
        lambda s: new_person(
            licenses=[s.pro.id],
            locationId=s.premises.id,
            extension=s.line(s.caller).extension,
        ),
        400,
    ),
}


@pytest.mark.parametrize("name", CREATE_REFUSALS)
def test_a_person_is_not_created(name: str, scene: Scene) -> None:
    build, status = CREATE_REFUSALS[name]
    count = len(scene.org.people)
    assert scene.call("POST", "/people", build(scene), CALLING).status == status
    assert len(scene.org.people) == count


# Replacing -----------------------------------------------------------------------------------


def whole(scene: Scene, person: Any) -> dict[str, Any]:
    return dict(scene.get(f"/people/{person.id}", **CALLING))


def test_a_person_read_and_written_back_stays_the_same(scene: Scene) -> None:
    body = whole(scene, scene.caller)
    answer = scene.call("PUT", f"/people/{scene.caller.id}", body, CALLING)
    assert answer.status == 200
    assert {**answer.body, "lastModified": ""} == {**body, "lastModified": ""}


def test_fields_that_are_left_out_are_lost(scene: Scene) -> None:
    body = whole(scene, scene.caller)
    del body["title"]
    scene.call("PUT", f"/people/{scene.caller.id}", body, CALLING)
    assert "title" not in whole(scene, scene.caller)


def test_extension_and_number_are_changed(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    body = whole(scene, scene.caller)
    body |= {"extension": "80008000", "phoneNumbers": [{"type": "work", "value": number}]}
    assert scene.call("PUT", f"/people/{scene.caller.id}", body, CALLING).status == 200
    line = scene.line(scene.caller)
    assert (line.extension, line.phone_number) == ("80008000", number)
    check_invariants(scene.org)


def test_without_calling_data_the_line_stays(scene: Scene) -> None:
    line = scene.line(scene.caller)
    body = {**whole(scene, scene.caller), "extension": "80008000"}
    assert scene.call("PUT", f"/people/{scene.caller.id}", body).status == 200
    assert scene.line(scene.caller) is line


def test_a_short_answer_has_no_body(scene: Scene) -> None:
    query = {**CALLING, "minResponse": "true"}
    body = whole(scene, scene.caller)
    assert scene.call("PUT", f"/people/{scene.caller.id}", body, query).status == 204


def test_the_first_calling_licence_brings_location_and_line(scene: Scene) -> None:
    body = whole(scene, scene.nobody)
    body["licenses"] = [*body["licenses"], scene.std.id]
    body |= {"locationId": scene.trunked.id, "extension": "80008000"}
    assert scene.call("PUT", f"/people/{scene.nobody.id}", body, CALLING).status == 200
    assert scene.nobody.location_id == scene.trunked.id
    check_invariants(scene.org)


def test_leaving_the_calling_licence_out_takes_calling(scene: Scene) -> None:
    body = whole(scene, scene.caller)
    body["licenses"] = [item for item in body["licenses"] if item != scene.pro.id]
    assert scene.call("PUT", f"/people/{scene.caller.id}", body, CALLING).status == 200
    assert scene.org.plan.of_owner(scene.caller.id) == []
    check_invariants(scene.org)


Change = Callable[[Scene, dict[str, Any]], dict[str, Any]]
REPLACE_REFUSALS: dict[str, tuple[Change, int, int | None]] = {
    "another location": (lambda s, _: {"locationId": s.trunked.id}, 400, None),
    "no implicit licence": (lambda s, _: {"licenses": [s.pro.id]}, 400, 700006),
    "neither extension nor number": (
        lambda _, __: {"extension": "", "phoneNumbers": []},
        400,
        None,
    ),
    "an extension somebody has": (
        lambda s, _: {"extension": s.line(s.standard).extension},
        400,
        4202,
    ),
    "an address somebody has": (lambda s, _: {"emails": [s.standard.email]}, 409, None),
    "no name": (lambda _, __: {"displayName": ""}, 400, 25008),
}


@pytest.mark.parametrize("name", REPLACE_REFUSALS)
def test_a_person_is_not_replaced(name: str, scene: Scene) -> None:
    change, status, code = REPLACE_REFUSALS[name]
    body = whole(scene, scene.caller)
    before = scene.org.to_state()
    answer = scene.call(
        "PUT", f"/people/{scene.caller.id}", {**body, **change(scene, body)}, CALLING
    )
    assert (answer.status, answer.code) == (status, code)
    assert scene.org.to_state() == before


def test_a_location_comes_only_with_a_calling_licence(scene: Scene) -> None:
    body = {**whole(scene, scene.nobody), "locationId": scene.premises.id}
    assert scene.call("PUT", f"/people/{scene.nobody.id}", body, CALLING).status == 400


# Deleting ------------------------------------------------------------------------------------


def test_a_deleted_person_leaves_nothing_behind(scene: Scene) -> None:
    agent = scene.org.people[
        next(f for f in scene.org.features.values() if len(f.agents) > 1).agents[-1]["id"]
    ]
    assert scene.call("DELETE", f"/people/{agent.id}").status == 204
    assert scene.call("GET", f"/people/{agent.id}").status == 404
    assert scene.org.memberships(agent.id) == []
    assert all(agent.id not in group.members for group in scene.org.groups.values())
    check_invariants(scene.org)


def test_the_owner_of_the_token_stays(scene: Scene) -> None:
    assert scene.call("DELETE", f"/people/{scene.org.me_id}").status == 403


@pytest.mark.parametrize("path", ["/people/{}/features/numbers", T + "/people/{}/devices"])
def test_calling_settings_need_a_calling_user(path: str, scene: Scene) -> None:
    assert scene.call("GET", path.format("unknown")).status == 404
    answer = scene.call("GET", path.format(scene.nobody.id))
    assert (answer.status, answer.code) == (400, 4003)


def test_every_licence_of_a_person_is_in_the_catalogue(scene: Scene) -> None:
    catalogue = {item["id"]: item for item in scene.get("/licenses")[:]}
    for person in scene.get("/people")[:]:
        assert set(person["licenses"]) <= set(catalogue)
    names = {item["name"] for item in catalogue.values()}
    assert {"Webex Calling - Professional", "Webex Calling - Standard"} <= names
    assert catalogue[scene.licence(LicenceKind.OTHER).id]["consumedByUsers"] == len(
        scene.org.people
    )
