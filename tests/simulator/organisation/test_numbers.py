"""The numbers list, the inventory of locations and the lists of available numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import Line, OwnerKind, PstnKind
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene, T

NEW = ["+34919990001", "+34919990002"]


def inventory(scene: Scene, location: Any) -> str:
    return f"{T}/locations/{location.id}/numbers"


def numbers_of(scene: Scene, **query: str) -> list[dict[str, Any]]:
    return scene.get(f"{T}/numbers", **query)[:]


# The list ------------------------------------------------------------------------------------


def test_all_numbers_and_extensions_are_listed_once(scene: Scene) -> None:
    rows = numbers_of(scene)
    plan = scene.org.plan
    only_extension = [line for own in plan.lines.values() for line in own if not line.phone_number]
    assert len(rows) == len(plan.numbers) + len(only_extension)
    assert {row["phoneNumber"] for row in rows if "phoneNumber" in row} == set(plan.numbers)


FILTERS: dict[str, tuple[Callable[[Scene], dict[str, str]], Callable[[Scene, Any], bool]]] = {
    "by location": (
        lambda s: {"locationId": s.trunked.id},
        lambda s, row: row["location"]["id"] == s.trunked.id,
    ),
    "free": (lambda _: {"available": "true"}, lambda _, row: "owner" not in row),
    "assigned": (lambda _: {"assigned": "true"}, lambda _, row: "owner" in row),
    "inactive": (lambda _: {"state": "INACTIVE"}, lambda _, row: row["state"] == "INACTIVE"),
    "extensions only": (
        lambda _: {"numberType": "EXTENSION"},
        lambda _, row: "phoneNumber" not in row,
    ),
    "numbers only": (lambda _: {"numberType": "NUMBER"}, lambda _, row: "phoneNumber" in row),
    "of workspaces": (
        lambda _: {"ownerType": "PLACE"},
        lambda _, row: row["owner"]["type"] == "PLACE",
    ),
    "toll-free": (lambda _: {"tollFreeNumbers": "true"}, lambda _, row: row["tollFreeNumber"]),
    "of one owner": (
        lambda s: {"ownerId": s.caller.id},
        lambda s, row: row["owner"]["id"] == s.caller.id,
    ),
    "by the name of the owner": (
        lambda s: {"ownerName": s.caller.last_name},
        lambda s, row: row["owner"]["lastName"] == s.caller.last_name,
    ),
    "one extension": (
        lambda s: {"extension": s.line(s.caller).extension},
        lambda s, row: row["extension"] == s.line(s.caller).extension,
    ),
    "one extension of one location": (
        lambda s: {"extension": s.line(s.caller).extension, "locationId": s.premises.id},
        lambda s, row: row["extension"] == s.line(s.caller).extension,
    ),
    "alternates": (
        lambda _: {"phoneNumberType": "ALTERNATE"},
        lambda _, row: row["phoneNumberType"] == "ALTERNATE",
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_gives_exactly_the_rows_that_fit(name: str, scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    spare = Line(scene.caller.id, OwnerKind.PEOPLE, scene.premises.id, number, role="ALTERNATE")
    scene.org.plan.attach(spare)
    query, fits = FILTERS[name]
    found = numbers_of(scene, **query(scene))
    assert found

    def fitting(row: Any) -> bool:
        try:
            return fits(scene, row)
        except KeyError:
            return False

    assert found == [row for row in numbers_of(scene) if fitting(row)]


def test_one_number_is_found_with_plus_lost_in_the_address(scene: Scene) -> None:
    number = scene.line(scene.caller).phone_number
    assert numbers_of(scene, phoneNumber=f" {number[1:]}")[0]["phoneNumber"] == number


def test_several_numbers_are_found_at_once(scene: Scene) -> None:
    wanted = [scene.line(scene.caller).phone_number, scene.free_number(scene.premises)]
    rows = numbers_of(scene, phoneNumber=",".join(wanted))
    assert [row["phoneNumber"] for row in rows] == wanted


def test_details_count_what_is_listed(scene: Scene) -> None:
    listed = scene.get(f"{T}/numbers", details="true")
    count = listed.extra["count"]
    assert count["total"] == len(listed)
    assert count["assigned"] + count["unAssigned"] + count["extensionOnly"] == count["total"]


def test_rows_can_be_ordered(scene: Scene) -> None:
    rows = numbers_of(scene, numberType="NUMBER", order="phoneNumber-desc")
    numbers = [row["phoneNumber"] for row in rows]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize(
    "query",
    [
        {"numberType": "EXTENSION", "state": "ACTIVE"},
        {"numberType": "EXTENSION", "available": "true"},
        {"available": "true", "ownerType": "PEOPLE"},
    ],
)
def test_filters_that_exclude_each_other_are_refused(query: dict[str, str], scene: Scene) -> None:
    assert scene.call("GET", f"{T}/numbers", query=query).status == 400


# Adding --------------------------------------------------------------------------------------


def test_added_numbers_are_active_unless_said_otherwise(scene: Scene) -> None:
    path = inventory(scene, scene.premises)
    assert scene.call("POST", path, {"phoneNumbers": NEW[:1]}).status == 201
    body = {"phoneNumbers": NEW[1:], "state": "INACTIVE"}
    assert scene.call("POST", path, body).status == 201
    states = [numbers_of(scene, phoneNumber=number)[0]["state"] for number in NEW]
    assert states == ["ACTIVE", "INACTIVE"]


def test_a_number_that_exists_refuses_the_whole_request(scene: Scene) -> None:
    known = scene.free_number(scene.trunked)
    path = inventory(scene, scene.premises)
    answer = scene.call("POST", path, {"phoneNumbers": [*NEW, known]})
    assert (answer.status, answer.code) == (409, 25223)
    assert [item["errorCode"] for item in answer.body.errors] == [8363]
    assert numbers_of(scene, phoneNumber=NEW[0]) == []


def test_bad_numbers_are_named_one_by_one(scene: Scene) -> None:
    numbers = ["34910000001", "+34919990001", "+34919990001", "+0123"]
    answer = scene.call("POST", inventory(scene, scene.premises), {"phoneNumbers": numbers})
    assert answer.status == 400
    causes = answer.body[0]["errors"]
    assert [cause["number"] for cause in causes] == ["34910000001", "+34919990001", "+0123"]


ADD_REFUSALS: dict[str, tuple[Callable[[Scene], Any], dict[str, Any], int]] = {
    "without a PSTN connection": (lambda s: s.premises, {"phoneNumbers": NEW}, 400),
    "in a location without calling": (lambda s: s.plain, {"phoneNumbers": NEW}, 404),
    "more mobile numbers than twenty": (
        lambda s: s.carrier,
        {"phoneNumbers": [f"+3469999{n:04d}" for n in range(21)], "numberType": "MOBILE"},
        400,
    ),
    "of an unknown type": (lambda s: s.carrier, {"phoneNumbers": NEW, "numberType": "PAPER"}, 400),
    "none at all": (lambda s: s.carrier, {"phoneNumbers": []}, 400),
}


@pytest.mark.parametrize("name", ADD_REFUSALS)
def test_numbers_are_not_added(name: str, scene: Scene) -> None:
    place, body, status = ADD_REFUSALS[name]
    if name == "without a PSTN connection":
        scene.connect(scene.premises, PstnKind.NONE)
    assert scene.call("POST", inventory(scene, place(scene)), body).status == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("kind", [PstnKind.INTEGRATED_CCP, PstnKind.CISCO_PSTN])
def test_integrated_numbers_are_not_kept_by_the_api(
    method: str, kind: PstnKind, scene: Scene
) -> None:
    number = scene.free_number(scene.premises)
    scene.connect(scene.premises, kind)
    body = {"phoneNumbers": [number]}
    assert scene.call(method, inventory(scene, scene.premises), body).status == 400


# States and removal --------------------------------------------------------------------------


def test_numbers_are_activated_and_deactivated(scene: Scene) -> None:
    path = inventory(scene, scene.premises)
    number = scene.free_number(scene.premises, "INACTIVE")
    assert scene.call("PUT", path, {"phoneNumbers": [number]}).status == 204
    assert numbers_of(scene, phoneNumber=number)[0]["state"] == "ACTIVE"
    body = {"phoneNumbers": [number], "action": "DEACTIVATE"}
    assert scene.call("PUT", path, body).status == 204
    assert numbers_of(scene, phoneNumber=number)[0]["state"] == "INACTIVE"


@pytest.mark.parametrize("which", ["assigned", "main", "foreign", "many"])
def test_numbers_that_cannot_be_deactivated_stay(which: str, scene: Scene) -> None:
    numbers = {
        "assigned": [scene.line(scene.caller).phone_number],
        "main": [scene.premises.main_number],
        "foreign": [scene.free_number(scene.trunked)],
        "many": [f"+3491999{n:04d}" for n in range(501)],
    }[which]
    body = {"phoneNumbers": numbers, "action": "DEACTIVATE"}
    before = scene.org.to_state()
    assert scene.call("PUT", inventory(scene, scene.premises), body).status == 400
    assert scene.org.to_state() == before


def test_a_free_number_is_removed(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    path = inventory(scene, scene.premises)
    assert scene.call("DELETE", path, {"phoneNumbers": [number]}).status == 204
    assert numbers_of(scene, phoneNumber=number) == []
    check_invariants(scene.org)


def test_removing_a_number_that_is_not_there_answers_502(scene: Scene) -> None:
    body = {"phoneNumbers": [scene.free_number(scene.trunked)]}
    answer = scene.call("DELETE", inventory(scene, scene.premises), body)
    assert (answer.status, answer.code) == (502, 4251)


@pytest.mark.parametrize("which", ["assigned", "main", "six"])
def test_numbers_that_cannot_be_removed_stay(which: str, scene: Scene) -> None:
    numbers = {
        "assigned": [scene.line(scene.caller).phone_number],
        "main": [scene.premises.main_number],
        "six": [f"+3491999{n:04d}" for n in range(6)],
    }[which]
    path = inventory(scene, scene.premises)
    assert scene.call("DELETE", path, {"phoneNumbers": numbers}).status == 400


# Validation ----------------------------------------------------------------------------------


def test_numbers_are_validated_one_by_one(scene: Scene) -> None:
    virtual = next(iter(scene.org.virtual_extensions.values())).phone_number
    known = scene.free_number(scene.premises)
    body = {"phoneNumbers": [NEW[0], NEW[0], known, "12", virtual]}
    answer = scene.call("POST", f"{T}/actions/validateNumbers/invoke", body)
    assert answer.body["status"] == "ERRORS"
    states = [item["state"] for item in answer.body["numbers"]]
    assert states == ["Available", "Duplicate In List", "Duplicate", "Invalid", "Unavailable"]


def test_extensions_are_validated_in_their_location(scene: Scene) -> None:
    taken = scene.line(scene.caller).extension
    body = {"extensions": ["80008000", "80008000", taken, "abc", "112"]}
    path = f"{T}/locations/{scene.premises.id}/actions/validateExtensions/invoke"
    answer = scene.call("POST", path, body)
    assert answer.body["status"] == "ERRORS"
    found = [(item["state"], item.get("errorCode")) for item in answer.body["extensionStatus"]]
    assert found == [
        ("VALID", None),
        ("DUPLICATE_IN_LIST", 9498),
        ("DUPLICATE", 9495),
        ("INVALID", 4910),
        ("INVALID", 4911),
    ]


def test_the_organisation_knows_no_extensions_of_locations(scene: Scene) -> None:
    virtual = next(i for i in scene.org.virtual_extensions.values() if not i.location_id)
    body = {"extensions": [scene.line(scene.caller).extension, virtual.extension]}
    answer = scene.call("POST", f"{T}/actions/validateExtensions/invoke", body)
    states = [item["state"] for item in answer.body["extensionStatus"]]
    assert states == ["VALID", "DUPLICATE"]


# Available numbers ---------------------------------------------------------------------------


def available(scene: Scene, path: str, **query: str) -> set[str]:
    return {item["phoneNumber"] for item in scene.get(f"{T}/{path}/availableNumbers", **query)[:]}


def test_free_numbers_may_be_assigned_whether_active_or_not(scene: Scene) -> None:
    found = available(scene, f"people/{scene.caller.id}/secondary")
    assert {
        scene.free_number(scene.premises),
        scene.free_number(scene.premises, "INACTIVE"),
    } <= found
    assert scene.line(scene.caller).phone_number not in found
    assert scene.free_number(scene.trunked) not in found


def test_the_main_number_may_be_any_number_of_the_location(scene: Scene) -> None:
    found = available(scene, f"locations/{scene.premises.id}")
    assert found == {n.phone_number for n in scene.org.plan.in_location(scene.premises.id)}


def test_forwarding_offers_only_numbers_that_somebody_has(scene: Scene) -> None:
    found = scene.get(f"{T}/people/{scene.caller.id}/callForwarding/availableNumbers")[:]
    assert found
    assert all("owner" in item for item in found)


def test_primary_numbers_are_free_in_one_location_or_everywhere(scene: Scene) -> None:
    here = available(scene, "people/primary", locationId=scene.trunked.id)
    everywhere = available(scene, "people/primary")
    assert here < everywhere
    assert all(scene.org.plan.owner_of(number) is None for number in everywhere)


def test_lists_are_narrowed_by_number_and_owner(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    path = f"people/{scene.caller.id}/secondary"
    assert available(scene, path, phoneNumber=number) == {number}
    owned = f"people/{scene.caller.id}/callForwarding"
    assert available(scene, owned, ownerName=scene.caller.last_name)
    assert available(scene, owned, extension="nobody") == set()


@pytest.mark.parametrize(
    ("kind", "status", "code"), [("none", 400, 4003), ("hotdesk", 400, 4003), ("basic", 405, 25409)]
)
def test_only_professional_workspaces_have_spare_numbers(
    kind: str, status: int, code: int, scene: Scene
) -> None:
    workspace = scene.workspace(kind)
    answer = scene.call("GET", f"{T}/workspaces/{workspace.id}/secondary/availableNumbers")
    assert (answer.status, answer.code) == (status, code)


# Alternates ----------------------------------------------------------------------------------


def change(action: str, number: str, **more: Any) -> dict[str, Any]:
    entry = {"primary": False, "action": action, "directNumber": number, **more}
    return {"phoneNumbers": [entry]}


@pytest.mark.parametrize("who", ["person", "workspace"])
def test_an_alternate_number_comes_and_goes(who: str, scene: Scene) -> None:
    owner: Any = scene.caller if who == "person" else scene.workspace("professional")
    place, kind = ("people", "person") if who == "person" else ("workspaces", who)
    home = scene.org.locations[scene.line(owner).location_id]
    number = scene.free_number(home, "INACTIVE")
    path = f"{T}/{place}/{owner.id}/numbers"
    body = {**change("ADD", number), "distinctiveRingEnabled": False}
    assert scene.call("PUT", path, body).status == 204
    read = scene.get(f"/{place}/{owner.id}/features/numbers", preferE164Format="true")
    key = "directNumber" if kind == "person" else "external"
    assert (read["phoneNumbers"][-1][key], read["phoneNumbers"][-1]["primary"]) == (number, False)
    assert read["distinctiveRingEnabled"] is False
    assert numbers_of(scene, phoneNumber=number)[0]["phoneNumberType"] == "ALTERNATE"
    assert scene.call("PUT", path, change("DELETE", number)).status == 204
    assert scene.org.plan.owner_of(number) is None
    check_invariants(scene.org)


def test_the_name_the_library_gives_the_number_is_understood(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    body = {
        "enableDistinctiveRingPattern": True,
        "phoneNumbers": [{"primary": False, "action": "ADD", "external": number}],
    }
    assert scene.call("PUT", f"{T}/people/{scene.caller.id}/numbers", body).status == 204
    assert scene.org.plan.owner_of(number).owner_id == scene.caller.id


ALTERNATE_REFUSALS: dict[str, tuple[Callable[[Scene], Any], int | None]] = {
    "a number of another location": (lambda s: change("ADD", s.free_number(s.trunked)), 27966),
    "a number somebody has": (lambda s: change("ADD", s.line(s.caller).phone_number), 8361),
    "deleting what is not there": (lambda s: change("DELETE", s.free_number(s.premises)), 8361),
    "the main number": (
        lambda s: change("ADD", s.free_number(s.premises), primary=True),
        25008,
    ),
    "an extension somebody has": (
        lambda s: change("ADD", s.free_number(s.premises), extension=s.line(s.caller).extension),
        4202,
    ),
    "no action": (
        lambda s: {"phoneNumbers": [{"primary": False, "directNumber": "+34919990001"}]},
        25008,
    ),
}


@pytest.mark.parametrize("name", ALTERNATE_REFUSALS)
def test_alternates_are_refused(name: str, scene: Scene) -> None:
    build, code = ALTERNATE_REFUSALS[name]
    answer = scene.call("PUT", f"{T}/people/{scene.standard.id}/numbers", build(scene))
    assert (answer.status, answer.code) == (400, code)


def test_without_the_international_format_numbers_are_national(scene: Scene) -> None:
    number = scene.line(scene.caller).phone_number
    read = scene.get(f"/people/{scene.caller.id}/features/numbers")
    assert read["phoneNumbers"][0]["directNumber"] == number.removeprefix("+34")


def test_free_numbers_of_a_virtual_line_are_those_of_its_location(scene: Scene) -> None:
    line = next(i for i in scene.org.virtual_lines.values() if i.location_id == scene.premises.id)
    found = available(scene, f"virtualLines/{line.id}/faxMessage")
    assert scene.free_number(scene.premises) in found
    answer = scene.call("GET", f"{T}/virtualLines/unknown/faxMessage/availableNumbers")
    assert answer.status == 404


@pytest.mark.parametrize("path", ["externalCallerId", "emergencyCallbackNumber"])
def test_numbers_that_callers_see_are_active(path: str, scene: Scene) -> None:
    items = scene.get(f"{T}/locations/{scene.premises.id}/{path}/availableNumbers")[:]
    assert items
    assert {item["state"] for item in items} == {"ACTIVE"}


@pytest.mark.parametrize("body", [None, [], {"phoneNumbers": "+34919990001"}])
def test_numbers_come_as_a_list(body: Any, scene: Scene) -> None:
    assert scene.call("POST", inventory(scene, scene.premises), body).status == 400
    answer = scene.call("POST", f"{T}/actions/validateExtensions/invoke", {"extensions": "12"})
    assert answer.status == 400


@pytest.mark.parametrize("entry", ["text", {"primary": False, "action": "ADD"}])
def test_an_alternate_needs_its_number(entry: Any, scene: Scene) -> None:
    path = f"{T}/people/{scene.caller.id}/numbers"
    assert scene.call("PUT", path, {"phoneNumbers": [entry]}).status == 400


def test_a_number_is_added_once_and_ten_at_most(scene: Scene) -> None:
    numbers = [f"+3491999{n:04d}" for n in range(11)]
    scene.call("POST", inventory(scene, scene.premises), {"phoneNumbers": numbers})
    path = f"{T}/people/{scene.caller.id}/numbers"

    def adding(wanted: list[str]) -> dict[str, Any]:
        entries = [{"primary": False, "action": "ADD", "directNumber": n} for n in wanted]
        return {"phoneNumbers": entries}

    assert scene.call("PUT", path, adding(numbers[:1] * 2)).status == 400
    assert scene.call("PUT", path, adding(numbers)).status == 400
    assert scene.call("PUT", path, adding(numbers[:10])).status == 204


def test_numbers_of_an_unknown_location_are_not_found(scene: Scene) -> None:
    answer = scene.call("GET", f"{T}/numbers", query={"locationId": "unknown"})
    assert (answer.status, answer.code) == (404, 4152)
