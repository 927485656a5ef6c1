"""Jobs move people and numbers and take calling from locations; they can be watched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import Person, PstnKind
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Answer, Scene, T

MOVE = f"{T}/jobs/person/moveLocation"
NUMBERS = f"{T}/jobs/numbers/manageNumbers"
REMOVAL = f"{T}/jobs/locations/deleteCallingLocation"


def move_body(scene: Scene, *people: Person, validate: bool = False, **wish: str) -> dict[str, Any]:
    users = [{"userId": person.id, **wish} for person in people]
    entry = {"locationId": scene.trunked.id, "validate": validate, "users": users}
    return {"usersList": [entry]}


def finished(scene: Scene, path: str, job_id: str) -> dict[str, Any]:
    for _ in range(10):
        job = scene.get(f"{path}/{job_id}")
        if job["latestExecutionStatus"] in {"COMPLETED", "FAILED"}:
            return job
    raise AssertionError("the job does not end")


def codes(answer: Answer, kind: str) -> list[int]:
    return [item["code"] for item in answer.body["response"][0][kind]]


# Moving people -------------------------------------------------------------------------------


def test_a_person_is_moved_with_a_new_line(scene: Scene) -> None:
    number = scene.free_number(scene.trunked)
    wish = {"extension": "80018000", "phoneNumber": number}
    started = scene.call("POST", MOVE, move_body(scene, scene.caller, **wish))
    assert started.status == 201
    assert started.body["response"]["latestExecutionStatus"] == "STARTING"
    assert scene.caller.location_id == scene.premises.id
    job = finished(scene, MOVE, started.body["response"]["id"])
    assert job["latestExecutionExitCode"] == "COMPLETED"
    assert job["counts"] == {"totalMoves": 1, "moved": 1, "failed": 0, "pending": 0, "skipped": 0}
    person = scene.get(f"/people/{scene.caller.id}", callingData="true")
    assert (person["locationId"], person["extension"]) == (scene.trunked.id, "80018000")
    assert scene.org.memberships(scene.caller.id) == []
    check_invariants(scene.org)


def test_a_number_of_the_premises_cannot_be_taken_along(scene: Scene) -> None:
    answer = scene.call("POST", MOVE, move_body(scene, scene.caller, validate=True))
    assert answer.status == 200
    assert codes(answer, "errors") == [10050010]
    started = scene.call("POST", MOVE, move_body(scene, scene.caller))
    job_id = started.body["response"]["id"]
    assert finished(scene, MOVE, job_id)["latestExecutionExitCode"] == "COMPLETED_WITH_ERRORS"
    problems = scene.get(f"{MOVE}/{job_id}/errors")[:]
    assert problems[0]["error"]["message"][0]["code"] == "10050010"
    assert scene.caller.location_id == scene.premises.id
    check_invariants(scene.org)


def test_a_number_may_be_dropped(scene: Scene) -> None:
    started = scene.call("POST", MOVE, move_body(scene, scene.caller, phoneNumber=""))
    finished(scene, MOVE, started.body["response"]["id"])
    line = scene.line(scene.caller)
    assert (line.location_id, line.phone_number) == (scene.trunked.id, None)


def test_a_number_moves_along_between_locations_of_one_carrier(scene: Scene) -> None:
    scene.connect(scene.premises, PstnKind.NON_INTEGRATED_CCP)
    scene.connect(scene.trunked, PstnKind.NON_INTEGRATED_CCP)
    number = scene.line(scene.caller).phone_number
    started = scene.call("POST", MOVE, move_body(scene, scene.caller))
    finished(scene, MOVE, started.body["response"]["id"])
    assert scene.line(scene.caller).phone_number == number
    assert scene.org.plan.numbers[number].location_id == scene.trunked.id
    check_invariants(scene.org)


def _kept(scene: Scene) -> Any:
    scene.connect(scene.premises, PstnKind.NON_INTEGRATED_CCP)
    scene.connect(scene.trunked, PstnKind.NON_INTEGRATED_CCP)
    return scene.org.plan.numbers[scene.line(scene.caller).phone_number]


def _inactive(scene: Scene) -> dict[str, str]:
    _kept(scene).state = "INACTIVE"
    return {}


def _main(scene: Scene) -> dict[str, str]:
    scene.premises.main_number = _kept(scene).phone_number
    return {}


def _other_carrier(scene: Scene) -> dict[str, str]:
    _kept(scene)
    scene.connect(scene.trunked, PstnKind.CISCO_PSTN)
    return {}


OBSTACLES: dict[str, tuple[Callable[[Scene], dict[str, str]], int]] = {
    "an inactive number": (_inactive, 10030004),
    "a main number": (_main, 10030005),
    "another carrier": (_other_carrier, 27976),
    "a number from elsewhere": (lambda s: {"phoneNumber": s.free_number(s.premises)}, 27966),
    "an extension that is taken": (
        lambda s: {
            "phoneNumber": "",
            "extension": next(line.extension for line in s.org.plan.extension_only(s.trunked.id)),
        },
        4202,
    ),
    "neither extension nor number": (lambda _: {"phoneNumber": "", "extension": ""}, 4202),
}


@pytest.mark.parametrize("name", OBSTACLES)
def test_validation_tells_what_prevents_a_move(name: str, scene: Scene) -> None:
    prepare, code = OBSTACLES[name]
    body = move_body(scene, scene.caller, validate=True, **prepare(scene))
    assert codes(scene.call("POST", MOVE, body), "errors") == [code]


def test_validation_tells_what_a_move_undoes(scene: Scene) -> None:
    agent = next(
        scene.org.people[agent["id"]]
        for feature in scene.org.features.values()
        if feature.location_id == scene.premises.id
        for agent in feature.agents
    )
    path = f"/people/{agent.id}/features/outgoingPermission"
    scene.world.documents[path] = {"useCustomEnabled": True}
    wish = {"extension": "", "phoneNumber": scene.free_number(scene.trunked)}
    answer = scene.call("POST", MOVE, move_body(scene, agent, validate=True, **wish))
    assert {19703, 19705, 19713, 19722} <= set(codes(answer, "impacts"))
    assert codes(answer, "errors") == []
    scene.call("POST", MOVE, move_body(scene, agent, **wish))
    job = scene.get(MOVE)[0]
    finished(scene, MOVE, job["id"])
    assert path not in scene.world.documents


def test_somebody_without_calling_is_moved_at_once(scene: Scene) -> None:
    jobs = len(scene.org.jobs)
    answer = scene.call("POST", MOVE, move_body(scene, scene.nobody))
    assert answer.status == 200
    assert scene.nobody.location_id == scene.trunked.id
    assert len(scene.org.jobs) == jobs


def test_moving_somebody_to_where_he_is_changes_nothing(scene: Scene) -> None:
    scene.org.set_person_location(scene.caller, scene.premises.id)
    body = move_body(scene, scene.caller, validate=True)
    body["usersList"][0]["locationId"] = scene.premises.id
    answer = scene.call("POST", MOVE, body)
    assert answer.body["response"][0] == {"userId": scene.caller.id, "impacts": [], "errors": []}


MOVE_REFUSALS: dict[str, tuple[Callable[[Scene], dict[str, Any]], int]] = {
    "more than a hundred": (lambda s: move_body(s, *[s.caller] * 101), 400),
    "validation of two": (lambda s: move_body(s, s.caller, s.standard, validate=True), 400),
    "no list": (lambda _: {}, 400),
    "an unknown user": (
        lambda s: {
            "usersList": [
                {"locationId": s.trunked.id, "validate": False, "users": [{"userId": "x"}]}
            ]
        },
        400,
    ),
    "a location without calling": (
        lambda s: {
            "usersList": [
                {"locationId": s.plain.id, "validate": False, "users": [{"userId": s.caller.id}]}
            ]
        },
        400,
    ),
}


@pytest.mark.parametrize("name", MOVE_REFUSALS)
def test_a_move_is_refused(name: str, scene: Scene) -> None:
    build, status = MOVE_REFUSALS[name]
    assert scene.call("POST", MOVE, build(scene)).status == status


# Watching ------------------------------------------------------------------------------------


def test_one_move_runs_at_a_time(scene: Scene) -> None:
    body = move_body(scene, scene.caller, scene.standard, phoneNumber="")
    first = scene.call("POST", MOVE, body)
    assert first.status == 201
    assert scene.call("POST", MOVE, body).status == 409
    finished(scene, MOVE, first.body["response"]["id"])
    assert scene.call("POST", MOVE, body).status == 201


def test_a_job_nobody_watches_ends_with_time(scene: Scene) -> None:
    body = move_body(scene, scene.caller, scene.standard, phoneNumber="")
    scene.call("POST", MOVE, body)
    scene.clock.seconds += 60
    assert scene.get(MOVE)[0]["latestExecutionStatus"] == "COMPLETED"
    assert scene.standard.location_id == scene.trunked.id


def test_a_paused_job_waits(scene: Scene) -> None:
    started = scene.call("POST", MOVE, move_body(scene, scene.caller, phoneNumber=""))
    job_id = started.body["response"]["id"]
    assert scene.call("POST", f"{MOVE}/{job_id}/actions/pause/invoke").status == 202
    scene.clock.seconds += 60
    assert scene.get(f"{MOVE}/{job_id}")["latestExecutionStatus"] == "STARTING"
    assert scene.call("POST", f"{MOVE}/{job_id}/actions/resume/invoke").status == 202
    finished(scene, MOVE, job_id)
    assert scene.call("POST", f"{MOVE}/{job_id}/actions/pause/invoke").status == 409


def test_jobs_of_one_kind_are_not_found_among_another(scene: Scene) -> None:
    job_id = scene.get(MOVE)[0]["id"]
    assert scene.call("GET", f"{NUMBERS}/{job_id}").status == 404


# Numbers -------------------------------------------------------------------------------------


def test_free_numbers_are_moved_and_others_are_reported(scene: Scene) -> None:
    free = scene.free_number(scene.premises)
    taken = scene.line(scene.caller).phone_number
    body = {
        "operation": "MOVE",
        "targetLocationId": scene.trunked.id,
        "numberList": [{"locationId": scene.premises.id, "numbers": [free, taken, "+34919990001"]}],
    }
    started = scene.call("POST", NUMBERS, body)
    assert started.status == 201
    job = finished(scene, NUMBERS, started.body["id"])
    assert job["latestExecutionExitCode"] == "COMPLETED_WITH_ERRORS"
    assert (job["counts"]["numbersMoved"], job["counts"]["numbersFailed"]) == (1, 2)
    assert scene.org.plan.numbers[free].location_id == scene.trunked.id
    found = [item["item"] for item in scene.get(f"{NUMBERS}/{started.body['id']}/errors")[:]]
    assert found == [taken, "+34919990001"]
    check_invariants(scene.org)


def test_numbers_do_not_change_their_carrier(scene: Scene) -> None:
    body = {
        "operation": "MOVE",
        "targetLocationId": scene.carrier.id,
        "numberList": [
            {"locationId": scene.premises.id, "numbers": [scene.free_number(scene.premises)]}
        ],
    }
    started = scene.call("POST", NUMBERS, body)
    assert finished(scene, NUMBERS, started.body["id"])["counts"]["numbersFailed"] == 1


def test_the_use_of_numbers_is_changed(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    body = {
        "operation": "NUMBER_USAGE_CHANGE",
        "numberUsageType": "SERVICE",
        "numberList": [{"locationId": scene.premises.id, "numbers": [number]}],
    }
    started = scene.call("POST", NUMBERS, body)
    finished(scene, NUMBERS, started.body["id"])
    assert scene.get(f"{T}/numbers", phoneNumber=number)[0]["isServiceNumber"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"operation": "DELETE"},
        {"targetLocationId": ""},
        {"numberList": []},
        {"operation": "NUMBER_USAGE_CHANGE"},
    ],
)
def test_a_job_for_numbers_is_refused(change: dict[str, Any], scene: Scene) -> None:
    body = {
        "operation": "MOVE",
        "targetLocationId": scene.trunked.id,
        "numberList": [{"locationId": scene.premises.id, "numbers": ["+34919990001"]}],
    }
    assert scene.call("POST", NUMBERS, {**body, **change}).status == 400


# Taking calling from a location --------------------------------------------------------------


def empty(scene: Scene, location: Any) -> None:
    """Take everything away that blocks disabling a location."""
    for person in scene.org.people_at(location.id):
        scene.org.remove_person(person)
    for workspace in list(scene.org.workspaces.values()):
        if workspace.location_id == location.id:
            scene.org.remove_workspace(workspace)
    for line in list(scene.org.virtual_lines.values()):
        if line.location_id == location.id:
            scene.call("DELETE", f"{T}/virtualLines/{line.id}")


def precheck(scene: Scene, location: Any) -> dict[str, Any]:
    path = f"{T}/locations/{location.id}/actions/precheckForDeletion/invoke"
    return scene.call("POST", path).body


def test_a_location_with_people_keeps_calling(scene: Scene) -> None:
    found = precheck(scene, scene.carrier)
    assert found["locationDeleteStatus"] == "BLOCKED"
    assert found["blocking"]["usersInUseCount"] == len(scene.org.people_at(scene.carrier.id))
    started = scene.call("POST", REMOVAL, {"locationId": scene.carrier.id, "forceDelete": True})
    assert started.status == 202
    job = finished(scene, REMOVAL, started.body["id"])
    assert job["latestExecutionExitCode"] == "COMPLETED_WITH_ERRORS"
    assert scene.carrier.calling


def test_an_empty_location_loses_calling_by_force_and_can_then_be_deleted(scene: Scene) -> None:
    empty(scene, scene.carrier)
    assert precheck(scene, scene.carrier)["locationDeleteStatus"] == "FORCE_REQUIRED"
    gentle = scene.call("POST", REMOVAL, {"locationId": scene.carrier.id})
    finished(scene, REMOVAL, gentle.body["id"])
    assert scene.carrier.calling
    forced = scene.call("POST", REMOVAL, {"locationId": scene.carrier.id, "forceDelete": True})
    job = finished(scene, REMOVAL, forced.body["id"])
    assert job["latestExecutionExitCode"] == "COMPLETED"
    assert job["locationName"] == scene.carrier.name
    assert scene.call("GET", f"{T}/locations/{scene.carrier.id}").status == 404
    assert not list(scene.org.plan.in_location(scene.carrier.id))
    check_invariants(scene.org)
    assert scene.call("DELETE", f"/locations/{scene.carrier.id}").status == 204


def test_a_trunk_in_use_blocks_and_a_spare_one_needs_force(scene: Scene) -> None:
    empty(scene, scene.premises)
    found = precheck(scene, scene.premises)
    assert found["locationDeleteStatus"] == "BLOCKED"
    assert found["blocking"]["trunksInUseCount"] == 1
    for route in (*scene.org.route_groups.values(),):
        del scene.org.route_groups[route.id]
    for location in (scene.trunked, scene.carrier):
        location.route_id = None
    found = precheck(scene, scene.premises)
    assert found["locationDeleteStatus"] == "FORCE_REQUIRED"
    assert found["blockingUnlessForced"]["trunksCount"] == 1
    started = scene.call("POST", REMOVAL, {"locationId": scene.premises.id, "forceDelete": True})
    finished(scene, REMOVAL, started.body["id"])
    assert not scene.premises.calling
    assert not scene.org.trunks
    again = scene.call("POST", REMOVAL, {"locationId": scene.premises.id})
    assert (again.status, again.code) == (400, 4152)


@pytest.mark.parametrize("entry", ["text", {"locationId": "x", "validate": False, "users": ["x"]}])
def test_lists_of_users_are_lists_of_objects(entry: Any, scene: Scene) -> None:
    if isinstance(entry, dict):
        entry["locationId"] = scene.trunked.id
    assert scene.call("POST", MOVE, {"usersList": [entry]}).status == 400
    numbers = {"operation": "MOVE", "targetLocationId": scene.trunked.id, "numberList": ["x"]}
    assert scene.call("POST", NUMBERS, numbers).status == 400
