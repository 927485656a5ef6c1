"""People who have calling in another location: moved together by the jobs of Webex."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from Space_OdT.simulator.organisation.entities import Location, Person
from Space_OdT.simulator.organisation.organisation import Organisation
from tests.behaviour.bulk.conftest import Bot, Crowd, Row, Simulator
from tests.behaviour.bulk.test_faults import EXHAUSTED, STORM, once_each

pytestmark = pytest.mark.xdist_group("bulk-disturbed")

MOVES = "/telephony/config/jobs/person/moveLocation"


@dataclass(frozen=True)
class Movers:
    """People with calling, and locations they are not in."""

    people: list[Person]
    targets: list[Location]

    @property
    def rows(self) -> list[Row]:
        return [
            {
                "entity_type": "extension_assignment",
                "email": one.email,
                "location_key": self.targets[index % len(self.targets)].name,
                "extension": f"{79500000 + index}",
            }
            for index, one in enumerate(self.people)
        ]


def movers_of(crowd: Crowd, people: int, targets: int = 1) -> Movers:
    organisation = crowd.organisation
    sites = [one for one in organisation.locations.values() if one.calling][:targets]
    names = {one.id for one in sites}
    chosen = [one for one in crowd.calling if one.location_id not in names][:people]
    assert len(chosen) == people, "the organisation is too small"
    return Movers(chosen, sites)


def starts(simulator: Simulator, *, committed: bool = True) -> list[dict[str, Any]]:
    return [
        one
        for one in simulator.writes()
        if one["path"] == MOVES
        and (one["committed"] or not committed)
        and not one["body"]["usersList"][0]["validate"]
    ]


def users_of(bodies: list[Any]) -> list[tuple[str, str]]:
    return sorted(
        (entry["locationId"], json.dumps(user, sort_keys=True))
        for body in bodies
        for entry in body["usersList"]
        for user in entry["users"]
    )


def check_places(organisation: Organisation, movers: Movers, *, but: str = "") -> None:
    for index, one in enumerate(movers.people):
        if one.email == but:
            continue
        now = organisation.person_by_email(one.email)
        assert now.location_id == movers.targets[index % len(movers.targets)].id
        assert organisation.plan.primary(one.id).extension == f"{79500000 + index}"


def test_people_are_moved_together_and_a_second_run_finds_them_there(bot, simulator, crowd) -> None:
    movers = movers_of(crowd, 40, targets=2)
    bot.write(movers.rows)
    run = bot.run("--concurrent-requests", "4")
    assert run.code == 0, run.stdout + run.stderr
    check_places(simulator.organisation, movers)
    sent = starts(simulator)
    assert len(sent) <= 2, "forty people, more than rows in work, share one job or two"
    assert {one["message"] for one in run.results} == {"changed: move_to_location"}
    assert {(one["step"], one["http_status"]) for one in run.results} == {
        ("move_to_location", "201")
    }
    assert all(one["tracking_id"] for one in run.results)
    simulator.forget_calls()
    again = bot.run()
    assert again.code == 0, again.stdout + again.stderr
    assert simulator.writes() == []


def test_the_error_of_one_mover_is_his_alone(bot, simulator, crowd) -> None:
    movers = movers_of(crowd, 5)
    taken = next(
        one.extension
        for one in crowd.organisation.virtual_extensions.values()
        if one.location_id in {None, movers.targets[0].id}
    )
    rows = movers.rows
    rows[2]["extension"] = taken
    bot.write(rows)
    run = bot.run()
    assert run.code == 1, run.stdout + run.stderr
    assert len(starts(simulator)) == 1
    (pending,) = run.pending
    assert pending["email"] == movers.people[2].email
    assert pending["reason_code"] == "non_retryable_external"
    assert f"already assigned to a virtual extension: {taken}" in pending["reason_message"]
    check_places(simulator.organisation, movers, but=movers.people[2].email)


def foreign_job(simulator: Simulator, crowd: Crowd, movers: Movers) -> None:
    """Let somebody else's job run, and pause it so that it stays for a while."""
    someone = next(one for one in crowd.calling if one not in movers.people)
    user = {"userId": someone.id, "extension": "79599999", "phoneNumber": ""}
    entry = {"locationId": movers.targets[0].id, "validate": False, "users": [user]}
    call(simulator, "POST", MOVES, {"usersList": [entry]})
    call(simulator, "POST", f"{MOVES}/{job_of(simulator)}/actions/pause/invoke")


def job_of(simulator: Simulator) -> str:
    found: str = call(simulator, "GET", MOVES)["items"][0]["id"]
    return found


def call(simulator: Simulator, method: str, path: str, body: Any = None) -> Any:
    connection = HTTPConnection(urlsplit(simulator.url).netloc, timeout=60)
    headers = {"Authorization": "Bearer sim-admin-token", "Content-Type": "application/json"}
    connection.request(method, f"/v1{path}", json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    raw = answer.read()
    connection.close()
    assert answer.status < 300, raw
    return json.loads(raw) if raw else None


def test_a_job_of_somebody_else_is_waited_for(bot, simulator, crowd) -> None:
    movers = movers_of(crowd, 4)
    bot.write(movers.rows)
    foreign_job(simulator, crowd, movers)
    job_id = job_of(simulator)
    process = bot.start()
    wait_for(lambda: starts(simulator, committed=False)[1:], process)
    call(simulator, "POST", f"{MOVES}/{job_id}/actions/resume/invoke")
    run = bot.finish(process)
    assert run.code == 0, run.stdout + run.stderr
    check_places(simulator.organisation, movers)
    assert job_id in {one.get("job") for one in run.events}, "the log says what was waited for"


def wait_for(condition: Callable[[], Any], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


@pytest.mark.parametrize("moment", ["the start is on its way", "the job runs"])
def test_a_run_killed_during_a_job_is_finished_by_the_next(bot, simulator, crowd, moment) -> None:
    movers = movers_of(crowd, 6)
    bot.write(movers.rows)
    rule: dict[str, Any] = {"kind": "hang", "times": 1, "seconds": 60}
    if moment == "the job runs":
        simulator.faults({**rule, "method": "GET", "path": f"{MOVES}/*"})
    else:
        simulator.faults({**rule, "kind": "slow", "method": "POST", "path": MOVES})
    process = bot.start(REQUEST_TIMEOUT_SECONDS="90")
    wait_for(lambda: simulator.control("GET", "faults")["faults"][0]["struck"], process)
    process.kill()
    process.communicate(timeout=30)
    simulator.no_faults()
    run = bot.run()
    assert run.code == 0, run.stdout + run.stderr
    check_places(simulator.organisation, movers)
    assert sorted(int(one["row_number"]) for one in run.results) == list(range(1, 7))


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "malformed_json"])
def test_a_lost_answer_moves_nobody_twice(bot: Bot, simulator, crowd, fault) -> None:
    movers = movers_of(crowd, 3)
    bot.write(movers.rows)
    simulator.faults({"kind": fault, "method": "POST", "path": MOVES, "times": 1})
    run = bot.run()
    assert run.code == 0, run.stdout + run.stderr
    check_places(simulator.organisation, movers)
    assert len(starts(simulator)) == 1
    assert {one["message"] for one in run.results} == {"changed: move_to_location"}


def test_a_dry_run_of_movers_is_what_apply_sends(bot, simulator, crowd) -> None:
    movers = movers_of(crowd, 4, targets=2)
    bot.write(movers.rows)
    planned = bot.run("--dry-run")
    assert planned.code == 0, planned.stdout + planned.stderr
    assert starts(simulator) == []
    plan = [json.loads(line) for line in (bot.out / "plan.jsonl").read_text().splitlines()]
    assert [one["step"] for one in plan] == ["move_to_location"] * 4
    assert "CLID number" in planned.records("plan.csv")[0]["message"]
    run = bot.run()
    assert run.code == 0, run.stdout + run.stderr
    sent = starts(simulator)
    assert users_of([one["body"] for one in sent]) == users_of([one["body"] for one in plan])


def test_movers_come_through_a_storm(bot, simulator, crowd) -> None:
    movers = movers_of(crowd, 40, targets=2)
    bot.write(movers.rows)
    simulator.faults(*STORM)
    run = bot.run(REQUEST_TIMEOUT_SECONDS="1", THROTTLE_BUDGET_SECONDS="30")
    assert run.code in {0, 1}, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    once_each(run, 40)
    assert {one["reason_code"] for one in run.pending} <= EXHAUSTED
    simulator.no_faults()
    again = bot.run()
    assert again.code == 0, again.stdout + again.stderr
    once_each(again, 40)
    check_places(simulator.organisation, movers)


def test_a_mover_with_settings_is_moved_first_and_planned_so(bot, simulator, crowd) -> None:
    movers = movers_of(crowd, 3)
    users = [
        {
            "entity_type": "user",
            "email": one.email,
            "location_key": movers.targets[0].name,
            "calling_settings_forward_always_destination": f"53000000{index}",
        }
        for index, one in enumerate(movers.people)
    ]
    bot.write([*users, *movers.rows])
    planned = bot.run("--dry-run")
    assert planned.code == 0, planned.stdout + planned.stderr
    plan = [json.loads(line) for line in (bot.out / "plan.jsonl").read_text().splitlines()]
    run = bot.run()
    assert run.code == 0, run.stdout + run.stderr
    check_places(simulator.organisation, movers)
    forwarding = "apply_calling_settings:callForwarding"
    expected = [f"changed: move_to_location, {forwarding}"] * 3 + ["unchanged"] * 3
    assert [one["message"] for one in run.results] == expected
    sent = [one["body"] for one in simulator.writes() if one["method"] == "PUT"]
    settings = [one["body"] for one in plan if one["step"] == forwarding]
    assert sorted(map(json.dumps, sent)) == sorted(map(json.dumps, settings))
    simulator.forget_calls()
    again = bot.run()
    assert again.code == 0, again.stdout + again.stderr
    assert simulator.writes() == []
