"""Killed, interrupted and failed runs go on where they were, and nobody is forgotten."""

from __future__ import annotations

import subprocess
import time
from typing import Any

import pytest

from tests.behaviour.bulk.conftest import Simulator
from tests.behaviour.softphones.conftest import DESTINATION, Ended, Office, Phones

pytestmark = pytest.mark.xdist_group("softphones-resuming")

COUNT = 5
CELLS = {
    "cf_always_enabled": "true",
    "cf_always_destination": DESTINATION,
    "voicemail_enabled": "true",
    "incoming_permissions_json": '{"useCustomEnabled":true,"collectCallsEnabled":false}',
}
# Every kind of write that these rows need.
WRITES = (
    ("PATCH", "/licenses/users"),
    ("PUT", "/people/*/features/callForwarding"),
    ("PUT", "/people/*/features/incomingPermission"),
    ("PUT", "/telephony/config/locations/*/queues/*"),
)
# Before the write is carried out, and after it was carried out but before the answer arrives.
MOMENTS = ("hang", "slow")


def rows_of(office: Office) -> list[dict[str, str]]:
    queue = office.queues()[0]["name"].strip()
    return [office.newcomer_row(index, call_queue_names=queue, **CELLS) for index in range(COUNT)]


def struck(simulator: Simulator) -> bool:
    return any(one["struck"] for one in simulator.control("GET", "faults")["faults"])


def start_and_wait_for(phones: Phones, simulator: Simulator, rule: dict[str, Any]) -> Any:
    simulator.faults({**rule, "times": 1, "seconds": 60})
    process = phones.start(
        "--decisions-file",
        "all_yes.json",
        "--concurrent-requests",
        "2",
        REQUEST_TIMEOUT_SECONDS="90",
    )
    deadline = time.monotonic() + 60
    while not struck(simulator):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def kill(process: subprocess.Popen[str], simulator: Simulator) -> None:
    process.kill()
    process.communicate(timeout=30)
    simulator.no_faults()


def check_history(ended: Ended, office: Office) -> None:
    """Every write that was carried out stands in the change log, before and after, once."""
    changed = [
        (one["user_email"], one["stage"])
        for one in ended.changes
        if one["details"].startswith("applied")
    ]
    assert len(changed) == len(set(changed)), "a stage is told twice"
    for line in ended.changes:
        if line["details"].startswith("applied"):
            assert line["before"] != line["after"], line
    assert len(changed) == COUNT * 5
    assert ended.state["status"] == "completed"
    assert ended.state["completed_count"] == COUNT
    for index in range(COUNT):
        person = office.newcomers[index]
        forwarding = office.feature(person.id, "callForwarding")["callForwarding"]["always"]
        assert (forwarding["enabled"], forwarding["destination"]) == (True, DESTINATION)
        lines = {one["stage"]: one for one in ended.changes if one["user_email"] == person.email}
        told = lines["apply_forwarding"]["after"]
        assert told == office.feature(person.id, "callForwarding")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("write", WRITES, ids=" ".join)
def test_a_run_killed_around_a_write_is_finished_by_the_next(
    phones: Phones,
    office: Office,
    simulator: Simulator,
    write: tuple[str, str],
    moment: str,
) -> None:
    phones.prepare(rows_of(office))
    phones.write("all_yes.json", {})
    rule = {"kind": moment, "method": write[0], "path": write[1], "after": 1}
    kill(start_and_wait_for(phones, simulator, rule), simulator)
    ended = phones.run()
    assert ended.code == 0, ended.told
    assert "Going on with the run" in ended.stderr
    assert "Decisions (7 yes)" in ended.stderr, "the approvals of the killed run count"
    check_history(ended, office)


def test_a_changed_input_is_asked_for_again(
    phones: Phones, office: Office, simulator: Simulator
) -> None:
    phones.prepare(rows_of(office))
    phones.write("all_yes.json", {})
    rule = {"kind": "hang", "method": "PATCH", "path": "/licenses/users", "after": 1}
    kill(start_and_wait_for(phones, simulator, rule), simulator)
    phones.prepare(rows_of(office)[:-1])
    ended = phones.run(typed="")
    assert ended.code == 2
    assert "asked for again" in ended.stderr
    assert phones.unattended().code == 0


def test_ctrl_c_finishes_what_is_in_flight_and_the_same_command_goes_on(
    phones: Phones, office: Office, simulator: Simulator
) -> None:
    phones.prepare(rows_of(office))
    phones.write("all_yes.json", {})
    rule = {"kind": "slow", "method": "PUT", "path": "*callForwarding", "seconds": 60}
    simulator.faults({**rule, "seconds": 1.0})
    process = phones.start("--decisions-file", "all_yes.json", "--concurrent-requests", "1")
    while not struck(simulator):
        assert process.poll() is None
        time.sleep(0.01)
    phones.interrupt(process)
    ended = phones.finish(process)
    assert ended.code == 130, ended.told
    assert ended.state["status"] == "stopped"
    assert "stopped" in ended.stdout
    simulator.no_faults()
    ended = phones.run()
    assert ended.code == 0, ended.told
    check_history(ended, office)


def test_a_rejected_token_stops_the_run_and_a_new_one_goes_on(
    phones: Phones, office: Office, simulator: Simulator
) -> None:
    phones.prepare(rows_of(office))
    simulator.faults({"kind": "expire_token", "after": 45})
    ended = phones.unattended("--concurrent-requests", "1")
    assert ended.code == 3, ended.told
    assert ended.state["failed_count"] == 0, "nobody fails because of the token"
    simulator.no_faults()
    ended = phones.run()
    assert ended.code == 0, ended.told
    check_history(ended, office)


def test_the_second_run_on_a_folder_stops_at_once(
    phones: Phones, office: Office, simulator: Simulator
) -> None:
    phones.prepare(rows_of(office))
    phones.write("all_yes.json", {})
    rule = {"kind": "hang", "method": "PATCH", "path": "/licenses/users"}
    process = start_and_wait_for(phones, simulator, rule)
    ended = phones.unattended()
    kill(process, simulator)
    assert ended.code == 4
    assert "is in use by v2_bulk_run" in ended.stderr


def test_only_failures_goes_on_at_the_failed_stage_and_takes_the_untried_along(
    phones: Phones, office: Office, simulator: Simulator
) -> None:
    rows = rows_of(office)
    victim = office.newcomers[1]
    path = f"/people/{victim.id}/features/incomingPermission"
    simulator.faults({"kind": "status", "status": 500, "method": "PUT", "path": path})
    phones.prepare(rows[:3])
    ended = phones.unattended(MAX_RETRIES="1")
    assert ended.code == 1
    assert ended.state["record_results"][victim.email]["failed_stage"] == (
        "apply_permissions_in_out"
    )
    assert ended.failures[0]["http_status"] == "500"
    assert ended.failures[0]["tracking_id"]
    assert "--only-failures" in ended.stdout
    simulator.no_faults()
    office.simulator.forget_calls()
    phones.prepare(rows)
    ended = phones.unattended("--only-failures")
    assert ended.code == 0, ended.told
    assert "1 people from their failed stage, 2 never tried; 2 succeeded before" in ended.stderr
    mine = [one["stage"] for one in ended.changes if one["user_email"] == victim.email]
    assert mine == ["apply_permissions_in_out", "apply_call_queue_memberships"]
    others = {one["user_email"] for one in ended.changes} - {victim.email}
    assert others == {office.newcomers[3].email, office.newcomers[4].email}
    assert ended.state["completed_count"] == COUNT
    assert ended.failures == []
    again = phones.unattended("--only-failures")
    assert again.code == 0
    assert "Nobody is left" in again.stderr


def test_people_no_longer_in_the_file_are_kept_apart_from_the_counts(
    phones: Phones, office: Office
) -> None:
    rows = [office.newcomer_row(index) for index in range(2)]
    phones.prepare(rows)
    assert phones.unattended().code == 0
    phones.prepare(rows[:1])
    ended = phones.unattended()
    assert ended.state["completed_count"] == 1
    assert set(ended.state["record_results"]) == {rows[0]["user_email"]}
    assert set(ended.state["former_results"]) == {rows[1]["user_email"]}


@pytest.mark.parametrize("name", ["run_state.json", "changes.log"])
def test_a_damaged_state_is_refused_with_the_file(
    phones: Phones, office: Office, name: str
) -> None:
    phones.prepare([office.newcomer_row()])
    assert phones.unattended().code == 0
    (phones.v2 / name).write_text("{nonsense\n", encoding="utf-8")
    ended = phones.unattended()
    assert ended.code == 4
    assert str(phones.v2 / name) in ended.stderr


def test_a_torn_last_line_is_mended_and_told(phones: Phones, office: Office) -> None:
    phones.prepare([office.newcomer_row()])
    assert phones.unattended().code == 0
    with (phones.v2 / "changes.log").open("a", encoding="utf-8") as file:
        file.write('{"user_email": "torn')
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    assert "Repaired changes.log" in ended.stderr
    assert "torn" in (phones.v2 / "changes.log.torn").read_text(encoding="utf-8")


def test_a_cause_that_fails_nearly_everybody_stops_the_run(
    phones: Phones, office: Office, simulator: Simulator
) -> None:
    rule = {"kind": "status", "status": 403, "method": "PATCH", "path": "/licenses/users"}
    simulator.faults(rule)
    phones.prepare(rows_of(office))
    ended = phones.unattended(BATCH_SIZE="3", CIRCUIT_BREAKER_THRESHOLD="0.5")
    assert ended.code == 3, ended.told
    assert ended.state["status"] == "stopped"
    assert ended.state["failed_count"] == 3
    assert {row["error_type"] for row in ended.failures} == {"permission_denied"}
    simulator.no_faults()
    ended = phones.run()
    assert ended.code == 1, "those that failed stay failed until --only-failures"
    assert ended.state["completed_count"] == 2
    assert phones.unattended("--only-failures").code == 0
