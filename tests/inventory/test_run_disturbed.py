"""Runs that are killed, starved, refused or misled lose nothing and say what is wrong."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from Space_OdT.inventory.manifest import BY_NAME
from tests.inventory.conftest import ADMIN, Command, Finished, Simulator, bytes_of

pytestmark = pytest.mark.xdist_group("inventory-run")

Exported = tuple[Command, Finished]
QUICK = ("--no-report", "--no-cache")
SLOW = {"kind": "slow", "seconds": 0.03}


def plain(finished: Finished, code: int) -> str:
    """No traceback, the right exit code; gives what was said."""
    assert "Traceback" not in finished.err + finished.out
    assert finished.code == code, finished.err
    return finished.err


def wait_for(path: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.01)


def test_faults_of_all_kinds_change_no_byte(
    exported: Exported, simulator: Simulator, command: Command
) -> None:
    simulator.faults(
        {"kind": "status", "status": 429, "retry_after": "0", "probability": 0.01},
        {"kind": "status", "status": 503, "probability": 0.01},
        {"kind": "reset_before", "probability": 0.005},
        {"kind": "reset_after", "probability": 0.005},
    )
    plain(command.run(), 0)
    assert bytes_of(command.exports) == bytes_of(exported[0].exports)


def test_a_run_killed_again_and_again_goes_on_to_the_same_bytes(
    exported: Exported, simulator: Simulator, command: Command
) -> None:
    simulator.faults(SLOW)
    moments = random.Random(11)
    for _ in range(4):
        process = command.start(*QUICK)
        if not command.exports.exists():
            wait_for(command.work / "state.json")
        time.sleep(moments.uniform(0.0, 1.2))
        process.kill()
        process.communicate()
    simulator.calm()
    finished = command.run()
    plain(finished, 0)
    assert bytes_of(command.exports) == bytes_of(exported[0].exports)
    assert not command.work.exists()


def test_a_resumed_run_does_not_read_again_what_is_complete(
    simulator: Simulator, command: Command
) -> None:
    simulator.faults({"kind": "hang", "path": "/telephony/config/queues/settings"})
    process = command.start(*QUICK)
    wait_for(command.work / "state.json")
    deadline = time.monotonic() + 20
    while (
        b'"person_transfer_numbers":{"complete":true'
        not in (command.work / "state.json").read_bytes()
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    process.communicate()
    simulator.calm()
    plain(command.run(*QUICK), 0)
    assert not any(call["path"].endswith("/features/numbers") for call in simulator.calls())


@pytest.mark.skipif(os.name == "nt", reason="no POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_its_work(
    simulator: Simulator, command: Command, number: signal.Signals
) -> None:
    simulator.faults({"kind": "slow", "seconds": 0.3})
    process = command.start(*QUICK)
    wait_for(command.work / "state.json")
    time.sleep(0.5)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    plain(Finished(process.returncode, out, err), 130)
    assert "the same command goes on" in err
    simulator.calm()
    assert "Going on with the run" in plain(command.run(*QUICK), 0)


def test_work_of_another_kind_of_run_is_not_continued(
    simulator: Simulator, command: Command
) -> None:
    simulator.faults({"kind": "slow", "seconds": 0.3})
    process = command.start(*QUICK)
    wait_for(command.work / "state.json")
    process.kill()
    process.communicate()
    simulator.calm()
    said = plain(command.run(*QUICK, "--only", "licenses"), 0)
    assert "different only" in said


def test_damaged_files_are_noticed_and_read_again(
    exported: Exported, simulator: Simulator, command: Command
) -> None:
    simulator.faults({"kind": "hang", "path": "/telephony/config/queues/settings"})
    process = command.start(*QUICK)
    wait_for(command.work / "exports" / "person_numbers.csv")
    time.sleep(1.5)
    process.kill()
    process.communicate()
    with (command.work / "exports" / "person_numbers.csv").open("r+b") as file:
        file.seek(200)
        file.write(b"XXXX")
    simulator.calm()
    plain(command.run(), 0)
    assert bytes_of(command.exports) == bytes_of(exported[0].exports)


def test_an_unreadable_state_is_refused_and_fresh_begins_anew(command: Command) -> None:
    command.work.mkdir(parents=True)
    (command.work / "state.json").write_text("{torn", encoding="utf-8")
    assert "--fresh" in plain(command.run(*QUICK), 4)
    plain(command.run(*QUICK, "--fresh", "--only", "licenses"), 0)


def test_one_failing_entity_costs_one_status_line(simulator: Simulator, command: Command) -> None:
    assert command.run(*QUICK, "--only", "people").code == 0
    victim = next(
        row["person_id"] for row in command.rows("people") if row["webex_calling_enabled"] == "True"
    )
    simulator.faults(
        {"kind": "status", "status": 400, "code": 1234, "path": f"/people/{victim}/features/*"}
    )
    plain(command.run(*QUICK, "--only", "person_numbers"), 1)
    status = command.status("person_numbers")
    assert status["result"] == "partial"
    assert status["http_status"] == "400"
    assert status["failures"] == "1"
    assert "400: 1" in status["failure_reasons"]
    calling = [r for r in command.rows("people") if r["webex_calling_enabled"] == "True"]
    assert len(command.rows("person_numbers")) == len(calling) - 1
    failure = command.rows("status_failures")[0]
    assert (failure["module"], failure["person_id"]) == ("person_numbers", victim)
    assert failure["tracking_id"]


def test_entities_without_an_id_are_not_taken_for_emptiness(
    simulator: Simulator, command: Command
) -> None:
    path = "/telephony/config/huntGroups"
    simulator.faults({"kind": "missing_field", "field": "id", "path": path})
    plain(command.run("--only", "hunt_group_details", "--no-report"), 1)
    assert command.status("hunt_groups")["result"] == "ok"
    found = command.status("hunt_group_details")
    assert found["result"] == "error"
    assert "rows of hunt_groups came without the id" in found["error"]


def test_a_broken_endpoint_is_given_up_and_the_others_go_on(
    simulator: Simulator, command: Command
) -> None:
    simulator.faults({"kind": "status", "status": 400, "path": "*/features/numbers"})
    plain(command.run(*QUICK), 1)
    assert "gave up after 25 failures" in command.status("person_numbers")["error"]
    assert command.status("person_call_forwarding")["result"] == "ok"


def test_a_missing_scope_is_named_and_the_rest_is_read(
    simulator: Simulator, command: Command
) -> None:
    scopes = {entry.scope for entry in BY_NAME.values()} - {"spark-admin:telephony_pstn_read"}
    command.token = f"sim-scopes:{','.join(sorted(scopes))}"
    finished = command.run(*QUICK)
    plain(finished, 1)
    status = command.status("location_pstn_connection")
    assert (status["result"], status["http_status"]) == ("forbidden", "403")
    assert status["missing_scope"] == "spark-admin:telephony_pstn_read"
    assert "spark-admin:telephony_pstn_read" in finished.out
    others = [row["result"] for row in command.rows("status")]
    assert others.count("forbidden") == 1
    asked = [call for call in simulator.calls() if "/connection" in call["path"]]
    assert len(asked) <= 20


def test_a_forbidden_source_is_not_taken_for_emptiness(command: Command) -> None:
    command.token = "sim-scopes:spark-admin:people_read,spark-admin:licenses_read"
    plain(command.run(*QUICK, "--only", "call_queue_details"), 1)
    status = command.status("call_queue_details")
    assert status["result"] == "error"
    assert "call_queues could not be read" in status["error"]


def test_nothing_to_read_is_not_an_error(simulator: Simulator, command: Command) -> None:
    simulator.faults(
        {"kind": "missing_field", "field": "virtualLines", "path": "/telephony/config/virtualLines"}
    )
    finished = command.run(*QUICK, "--only", "virtual_line_details")
    assert finished.code in {0, 1}  # whether a list may be left out is the client's to judge
    assert command.rows("virtual_line_details") == []


def test_a_wrong_token_is_told_before_anything_is_touched(command: Command) -> None:
    command.token = "not-a-token"
    said = plain(command.run(), 2)
    assert "401" in said
    assert "not-a-token" not in said
    assert not (command.folder / ".artifacts").exists()


def test_no_token_names_the_three_ways(command: Command) -> None:
    command.token = None
    said = plain(command.run(), 2)
    for way in ("--token", ".env", "WEBEX_ACCESS_TOKEN"):
        assert way in said


def test_an_expired_token_stops_the_run_and_a_new_one_goes_on(
    exported: Exported, simulator: Simulator, command: Command
) -> None:
    simulator.faults({"kind": "status", "status": 401, "after": 60})
    said = plain(command.run(*QUICK), 1)
    assert "does not accept the token any more" in said
    assert not command.exports.exists()
    simulator.calm()
    assert "Going on with the run" in plain(command.run(), 0)
    assert bytes_of(command.exports) == bytes_of(exported[0].exports)


def test_a_read_that_alone_refuses_the_token_costs_only_itself(
    simulator: Simulator, command: Command
) -> None:
    simulator.faults({"kind": "status", "status": 401, "path": "/people/*/features/numbers"})
    plain(command.run("--only", "person_numbers", "person_permissions_in", "--no-report"), 1)
    assert command.status("person_numbers")["result"] == "error"
    assert command.status("person_numbers")["http_status"] == "401"
    assert command.status("person_permissions_in")["result"] == "ok"


class SignInPage(BaseHTTPRequestHandler):
    """What stands behind a base URL that is not Webex."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><html><title>Please sign in</title></html>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_base_url_that_answers_web_pages_is_told(command: Command) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), SignInPage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        command.url = f"http://127.0.0.1:{server.server_port}/v1"
        said = plain(command.run(), 2)
        server.shutdown()
        thread.join()
    assert "WEBEX_BASE_URL" in said
    assert "Please sign in" in said
    assert not (command.folder / ".artifacts").exists()


def test_a_host_that_does_not_answer_is_told(command: Command) -> None:
    command.url = "http://127.0.0.1:9/v1"
    command.environment = {"MAX_RETRIES": "0"}
    assert "cannot be used" in plain(command.run(), 2)


def test_webex_going_silent_stops_the_run_without_losing_rows(
    exported: Exported, simulator: Simulator, command: Command
) -> None:
    command.environment = {"MAX_RETRIES": "1"}
    simulator.faults({"kind": "reset_before", "after": 60})
    said = plain(command.run(*QUICK), 1)
    assert "does not answer any more" in said
    assert not command.exports.exists()
    simulator.calm()
    plain(command.run(), 0)
    assert bytes_of(command.exports) == bytes_of(exported[0].exports)


def test_a_second_run_on_the_same_folder_is_turned_away(
    simulator: Simulator, command: Command
) -> None:
    simulator.faults({"kind": "hang", "path": "/telephony/config/queues/settings"})
    first = command.start(*QUICK)
    try:
        wait_for(command.work / "state.json")
        said = plain(command.run(*QUICK), 4)
        assert f"process {first.pid}" in said
    finally:
        first.kill()
        first.communicate()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_told(command: Command) -> None:
    command.folder.chmod(0o500)
    try:
        assert "cannot write" in plain(command.run(), 2)
    finally:
        command.folder.chmod(0o700)


def test_a_file_in_the_place_of_the_folder_is_told(command: Command) -> None:
    (command.folder / "taken").write_text("a file", encoding="utf-8")
    assert "cannot write" in plain(command.run("--out-dir", "taken"), 2)


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="no file size limits to set")
def test_a_full_disk_is_told_and_the_old_exports_stay(
    exported: Exported,
    simulator: Simulator,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # the limit would strike the coverage measurement of the command as well
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)
    plain(command.run(*QUICK, "--only", "licenses"), 0)
    before = bytes_of(command.exports)
    # no file may grow beyond this, as if the disk were full
    process = command.start(*QUICK, before=("prlimit", "--fsize=30000"))
    out, err = process.communicate(timeout=60)
    said = plain(Finished(process.returncode, out, err), 1)
    assert "cannot write" in said
    assert bytes_of(command.exports) == before
    plain(command.run(), 0)
    assert bytes_of(command.exports) == bytes_of(exported[0].exports)


def test_a_misspelt_artifact_gets_a_suggestion(command: Command) -> None:
    said = plain(command.run("--only", "person_number"), 2)
    assert "person_numbers" in said


def test_the_token_stands_in_no_file_of_a_run(simulator: Simulator, command: Command) -> None:
    plain(command.run("--debug-har", "--only", "person_numbers"), 0)
    for path in command.folder.rglob("*"):
        if path.is_file():
            assert ADMIN.encode() not in path.read_bytes(), path


def test_the_cost_is_told_without_writing_anything(
    exported: Exported, simulator: Simulator, command: Command
) -> None:
    finished = command.run("--cost", "--max-rate", "300")
    plain(finished, 0)
    told = {
        words[0]: int(words[1].replace(",", ""))
        for line in finished.out.splitlines()
        if len(words := line.split()) > 1 and words[0] in BY_NAME and words[1][0].isdigit()
    }
    really = {row["module"]: int(row["calls"]) for row in exported[0].rows("status")}
    wrong = {
        name: (told[name], really[name])
        for name in told
        if told[name] != really[name] and "workspace" not in name
    }
    assert not wrong
    assert "at 300 calls a minute" in finished.out
    assert not (command.folder / ".artifacts").exists()
    assert not any("/features/" in call["path"] for call in simulator.calls())


def test_only_what_decides_about_the_cost_is_counted(
    simulator: Simulator, command: Command
) -> None:
    command.token = "sim-scopes:spark-admin:people_read,spark-admin:licenses_read"
    finished = command.run("--cost", "--only", "person_numbers")
    plain(finished, 0)
    counted = {call["path"].rsplit("/", 1)[-1] for call in simulator.calls()}
    assert counted >= {"licenses", "Users"}
    assert not counted & {"groups", "locations", "numbers", "queues"}
    assert "could not be counted" not in finished.out, "the licences say how many people there are"


def test_an_embedded_simulator_needs_neither_token_nor_organisation(tmp_path: Path) -> None:
    command = Command("http://127.0.0.1:9/v1", tmp_path, token=None)
    finished = command.run("--simulator", "10", "--only", "people", *QUICK)
    plain(finished, 0)
    assert len(command.rows("people")) == 10


def test_a_report_that_cannot_be_written_does_not_take_the_exports_along(command: Command) -> None:
    report = command.folder / ".artifacts" / "report"
    report.parent.mkdir()
    report.write_text("in the way", encoding="utf-8")
    finished = command.run("--no-cache", "--only", "licenses")
    assert "report could not be written" in plain(finished, 1)
    assert command.rows("licenses")
