"""Jobs on disk: how they end, who runs them, how they are gone on with, cancelled and kept."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from Space_OdT.engine.run_lock import RunLock
from tests.behaviour.v21.conftest import APPLY, ENABLED, Sites, new_sites

pytestmark = pytest.mark.xdist_group("locations-jobs")

DOCUMENTED = {
    "job.json",
    "input_rows.json",
    "results.csv",
    "pending_rows.csv",
    "rejected_rows.csv",
    "checkpoint.json",
    "final_state.json",
}
SLOW = {"kind": "slow", "method": "POST", "path": "/locations", "seconds": 0.3}
ONE_BY_ONE = ("--concurrent-requests", "1")


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it never was so")


@contextmanager
def paused(process: subprocess.Popen[str]) -> Iterator[None]:
    """Hold a run still, so that it is on its way however slow the machine is."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_a_job_keeps_the_documented_files(sites: Sites) -> None:
    sites.given([*new_sites(2), {"name": "Nowhere"}, {"name": "Bad", "time_zone": "Mars"}])
    run = sites.apply()
    assert run.code == 1
    job = sites.last
    assert {one.name for one in job.path.iterdir()} >= DOCUMENTED
    told = job.job
    assert told["job_id"] == job.path.name
    assert told["status"] == "completed_with_errors"
    assert told["entity_type"] == "location"
    assert told["input_path"] == str(job.path / "input_rows.json")
    assert told["cursor"] == {"offset": 4}
    assert told["last_error"] == {}
    assert told["created_at"] <= told["finished_at"]
    assert [one["row_number"] for one in job.read("input_rows.json")] == [1, 2, 3, 4]
    final = job.read("final_state.json")
    assert final["job"] == told, "the final state says the final status"
    assert final["totals"] == told["totals"]
    made = [one["name"] for one in final["remote_final_state"]["items"]]
    assert made == [f"CUV{index:011d}" for index in (1, 2)]
    state = sites.state()
    assert (state["job_id"], state["job_status"]) == (told["job_id"], "completed_with_errors")
    assert (state["completed_count"], state["failed_count"], state["planned_count"]) == (2, 2, 4)
    text = "".join(one.read_text() for one in job.path.rglob("*") if one.is_file())
    assert "sim-admin-token" not in text


def test_list_and_show_tell_what_there_is(sites: Sites) -> None:
    assert "There is no job yet" in sites.jobs("list").stderr
    sites.given([{"name": ENABLED}])
    assert sites.apply().code == 0
    sites.write(new_sites(1))
    assert sites.apply().code == 0
    listed = sites.jobs("list")
    assert listed.code == 0
    head, *lines = listed.stdout.splitlines()
    assert head.split()[:3] == ["job", "status", "created"]
    assert head.split()[3:] == ["rows", "success", "pending", "rejected", "source"]
    assert [line.split()[0] for line in lines] == [one.path.name for one in sites.job_folders()]
    assert {line.split()[1] for line in lines} == {"completed"}
    shown = sites.jobs("show", sites.last.path.name[:13])
    assert json.loads(shown.stdout) == sites.last.job
    for arguments, words in (
        (("show",), "needs the id of a job"),
        (("show", "zzz"), "there is no job zzz"),
        (("resume", "zzz"), "there is no job zzz"),
        (("cancel", "../.."), "there is no job"),
    ):
        refused = sites.jobs(*arguments)
        assert refused.code == 2
        assert words in refused.stderr


def test_a_damaged_job_is_told_and_hides_no_other(sites: Sites) -> None:
    sites.given([{"name": ENABLED}])
    assert sites.apply().code == 0
    damaged = sites.folder / "jobs" / "0-damaged"
    damaged.mkdir()
    (damaged / "job.json").write_text("{")
    (sites.folder / "jobs" / "not a job").mkdir()
    (sites.folder / "jobs" / "not a job" / "job.json").write_text("{}")
    listed = sites.jobs("list")
    assert listed.code == 0
    assert len(listed.stdout.splitlines()) == 2
    assert "0-damaged/job.json is damaged" in listed.stderr
    assert sites.apply().code == 0


def test_a_finished_job_is_never_run_again_and_keeps_its_results(sites: Sites) -> None:
    sites.given([*new_sites(1), {"name": "Nowhere"}])
    assert sites.apply().code == 1
    first = sites.last
    kept = {one.name: one.read_bytes() for one in first.path.iterdir() if one.is_file()}
    sites.simulator.forget_calls()
    refused = sites.jobs("resume", first.path.name)
    assert refused.code == 2
    assert "nothing is left to resume" in refused.stderr
    assert sites.jobs("cancel", first.path.name).code == 2
    assert sites.simulator.calls() == []
    assert sites.apply().code == 1, "the same input makes a new job"
    assert len(sites.job_folders()) == 2
    assert {one.name: one.read_bytes() for one in first.path.iterdir() if one.is_file()} == kept


# -- stopped on the way -----------------------------------------------------------------------


def test_a_killed_job_is_shown_as_interrupted_and_the_same_command_goes_on(sites: Sites) -> None:
    sites.given(new_sites(8))
    sites.simulator.faults(SLOW)
    sites.kill_when(sites.calls_sent("POST", 7), *ONE_BY_ONE)
    job = sites.last
    assert job.job["status"] == "running"
    listed = sites.jobs("list")
    assert listed.stdout.splitlines()[1].split()[1] == "interrupted"
    shown = sites.jobs("show", job.path.name)
    assert f"v21_jobs resume {job.path.name}" in shown.stderr
    sites.simulator.no_faults()
    run = sites.apply()
    assert run.code == 0, run.stderr + run.stdout
    assert f"Job {job.path.name} goes on where it stopped (interrupted)" in run.stderr
    check_done_once(sites, 8)


def test_a_killed_job_goes_on_with_its_own_rows_and_policy(sites: Sites) -> None:
    sites.given(new_sites(8))
    sites.policy(default_outgoing_profile="internal-only")
    sites.simulator.faults(SLOW)
    sites.kill_when(sites.calls_sent("POST", 7), *ONE_BY_ONE)
    sites.simulator.no_faults()
    # the files of the folder change meanwhile; the job keeps what it was made of
    sites.policy(default_outgoing_profile="")
    sites.write([{"name": ENABLED}])
    run = sites.jobs("resume", sites.last.path.name)
    assert run.code == 0, run.stderr + run.stdout
    sent = [path.rsplit("/", 1)[-1] for _, path in sites.writes()]
    assert sent.count("outgoingPermission") == 8
    check_done_once(sites, 8)


def test_another_input_makes_another_job_and_tells_of_the_one_that_waits(sites: Sites) -> None:
    sites.given(new_sites(8))
    sites.simulator.faults(SLOW)
    sites.kill_when(sites.calls_sent("POST", 5), *ONE_BY_ONE)
    waiting = sites.last.path.name
    sites.simulator.no_faults()
    sites.write([{"name": ENABLED}])
    run = sites.apply()
    assert run.code == 0
    assert f"the job {waiting} of another input waits" in run.stderr
    assert sites.jobs("resume", waiting[:8]).code == 0
    statuses = [one.job["status"] for one in sites.job_folders()]
    assert statuses == ["completed", "completed"]


def check_done_once(sites: Sites, number: int) -> None:
    job = sites.last
    assert len(sites.job_folders()) == 1
    assert job.job["status"] == "completed"
    assert job.has_each_row_once()
    counts = {"total": number, "processed": number, "success": number, "pending": 0, "rejected": 0}
    assert job.job["totals"] == counts
    assert len(job.read("final_state.json")["remote_final_state"]["items"]) == number
    names = [one.name for one in sites.simulator.organisation.locations.values()]
    assert len(names) == len(set(names)) == 4 + number
    made = [one for one in sites.simulator.writes() if one["path"] == "/locations"]
    assert sum(one["committed"] for one in made) == number
    sites.simulator.forget_calls()


def test_ctrl_c_leaves_a_job_that_can_be_resumed(sites: Sites) -> None:
    sites.given(new_sites(8))
    sites.simulator.faults(SLOW)
    process = sites.start(APPLY, *ONE_BY_ONE)
    until(sites.calls_sent("POST", 5))
    process.send_signal(signal.SIGINT)
    run = sites.finish(process)
    assert run.code == 130, run.stderr
    assert "status=interrupted" in run.stdout
    assert sites.state()["job_status"] == "interrupted"
    assert not (sites.last.path / "final_state.json").exists()
    settled = len(sites.last.results)
    assert sites.last.job["totals"]["processed"] == settled < 8
    sites.simulator.no_faults()
    assert sites.jobs("resume", sites.last.path.name).code == 0
    check_done_once(sites, 8)


def test_a_second_ctrl_c_stops_at_once_and_loses_nothing(sites: Sites) -> None:
    sites.given(new_sites(6))
    sites.simulator.faults({"kind": "hang", "method": "POST", "path": "/locations", "after": 2})
    process = sites.start(APPLY, *ONE_BY_ONE)
    until(sites.calls_sent("POST", 5))
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    run = sites.finish(process)
    assert run.code == 130
    assert "status=interrupted" in run.stdout
    assert sites.jobs("list").stdout.splitlines()[1].split()[1] == "interrupted"
    sites.simulator.no_faults()
    assert sites.apply().code == 0
    check_done_once(sites, 6)


def test_a_running_job_is_cancelled_for_good(sites: Sites) -> None:
    sites.given(new_sites(12))
    sites.simulator.faults(SLOW)
    process = sites.start(APPLY, *ONE_BY_ONE)
    until(sites.calls_sent("POST", 3))
    name = sites.last.path.name
    with paused(process):
        shown = sites.jobs("show", name)
        assert f"It is run by v21_softphone_bulk_run (process {process.pid} on" in shown.stderr
        asked = sites.jobs("cancel", name)
        assert asked.code == 0
        assert "is asked to stop" in asked.stderr
    run = sites.finish(process)
    assert run.code == 130
    assert f"The job {name} was cancelled" in run.stderr
    job = sites.last.job
    assert job["status"] == "cancelled"
    assert 0 < job["totals"]["processed"] == len(sites.last.results) < 12
    refused = sites.jobs("resume", name)
    assert refused.code == 2
    assert "is cancelled" in refused.stderr
    sites.simulator.no_faults()
    assert sites.apply().code == 0, "the same input makes a new job"
    assert sites.last.path.name != name


def test_a_waiting_job_is_cancelled_at_once(sites: Sites) -> None:
    sites.given(new_sites(4))
    assert sites.apply(WEBEX_ACCESS_TOKEN="wrong").code == 2
    done = sites.jobs("cancel", sites.last.path.name)
    assert done.code == 0
    assert sites.last.job["status"] == "cancelled"
    assert sites.jobs("cancel", sites.last.path.name).code == 2
    assert sites.writes() == []


def test_a_job_that_runs_is_never_started_twice(sites: Sites) -> None:
    sites.given(new_sites(6))
    sites.simulator.faults(SLOW)
    process = sites.start(APPLY, *ONE_BY_ONE)
    until(sites.calls_sent("POST", 1))
    with paused(process):
        for second in (sites.jobs("resume", sites.last.path.name), sites.apply(), sites.run()):
            assert second.code == 4
            assert "is in use by v21_softphone_bulk_run (process" in second.stderr
    assert sites.finish(process).code == 0
    check_done_once(sites, 6)


def test_a_job_run_by_another_machine_is_left_alone(sites: Sites) -> None:
    sites.given(new_sites(1))
    assert sites.apply(WEBEX_ACCESS_TOKEN="wrong").code == 2
    with RunLock(sites.last.path / ".rows-run.lock", "console"):
        refused = sites.jobs("resume", sites.last.path.name)
        assert refused.code == 4
        assert f"is in use by console (process {os.getpid()}" in refused.stderr
        assert sites.jobs("list").stdout.splitlines()[1].split()[1] == "failed"
    assert sites.jobs("resume", sites.last.path.name).code == 0


# -- failed as a whole ------------------------------------------------------------------------


def test_a_refused_token_fails_the_job_and_it_can_be_resumed(sites: Sites) -> None:
    sites.given(new_sites(2))
    run = sites.apply(WEBEX_ACCESS_TOKEN="wrong-token-value")
    assert run.code == 2
    assert "The token was rejected" in run.stderr
    job = sites.last
    assert job.job["status"] == "failed"
    failure = job.read("failure.json")
    assert sorted(failure) == ["error_message", "error_type", "failed_at", "traceback"]
    assert job.job["last_error"] == {
        "error_type": "StartupError",
        "error_message": failure["error_message"],
    }
    assert "wrong-token-value" not in json.dumps(failure) + run.stderr
    assert "status=failed planned=2 completed=0 failed=0" in run.stdout
    assert sites.state()["job_status"] == "failed"
    assert sites.jobs("list").stdout.splitlines()[1].split()[1] == "failed"
    assert sites.apply().code == 0
    check_done_once(sites, 2)
    assert not (sites.last.path / "failure.json").exists()
    assert sites.last.job["last_error"] == {}


def test_a_token_that_ends_on_the_way_fails_the_job_and_the_rest_is_resumed(sites: Sites) -> None:
    sites.given(new_sites(6))
    ended = {"kind": "status", "status": 401, "method": "POST", "path": "/locations", "after": 2}
    sites.simulator.faults(ended)
    run = sites.apply(*ONE_BY_ONE)
    assert run.code == 3, run.stderr
    assert sites.last.job["status"] == "failed"
    assert sites.last.read("failure.json")["error_type"] == "token_rejected"
    assert not (sites.last.path / "final_state.json").exists()
    sites.simulator.no_faults()
    assert sites.jobs("resume", sites.last.path.name).code == 0
    check_done_once(sites, 6)


def test_a_full_disk_stops_the_job_and_loses_nothing(sites: Sites) -> None:
    sites.given(new_sites(40))
    limit = 5000  # bytes any file may grow to: the results of all rows need more

    assert sites.apply(WEBEX_ACCESS_TOKEN="wrong").code == 2, "its rows are written, none is run"

    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = sites.start(APPLY, preexec=fill, LOG_LEVEL="error")
    run = sites.finish(process)
    assert run.code in {1, 2}, run.stderr
    assert "cannot" in run.stderr
    assert "nobody foresaw" not in run.stderr
    again = sites.apply("--repair-tail")
    assert again.code == 0, again.stderr
    check_done_once(sites, 40)


def test_torn_results_are_told_and_repaired_on_request(sites: Sites) -> None:
    sites.given(new_sites(4))
    sites.simulator.faults(SLOW)
    sites.kill_when(lambda: bool(sites.job_folders()) and len(sites.last.results) > 1, *ONE_BY_ONE)
    sites.simulator.no_faults()
    with (sites.last.path / "results.csv").open("a") as file:
        file.write("2026-01-01T00:00:00")
    refused = sites.apply()
    assert refused.code == 4
    assert "--repair-tail" in refused.stderr
    assert sites.last.job["status"] == "failed"
    assert sites.apply("--repair-tail").code == 0
    check_done_once(sites, 4)


def test_rows_of_a_job_that_are_damaged_are_one_line(sites: Sites) -> None:
    sites.given(new_sites(1))
    assert sites.apply(WEBEX_ACCESS_TOKEN="wrong").code == 2
    (sites.last.path / "input_rows.json").write_text("[")
    for refused in (sites.apply(), sites.jobs("resume", sites.last.path.name)):
        assert refused.code == 2
        assert "input_rows.json is damaged" in refused.stderr
    assert sites.writes() == []


def test_more_rows_than_allowed_are_refused_and_leave_no_job_that_is_stuck(sites: Sites) -> None:
    sites.given(new_sites(3))
    refused = sites.apply(MAX_ROWS="2")
    assert refused.code == 2
    assert "MAX_ROWS" in refused.stderr
    assert sites.writes() == []
    assert sites.apply().code == 0
    check_done_once(sites, 3)


def test_profiles_given_once_hold_when_the_job_is_resumed(sites: Sites) -> None:
    profiles = sites.home / "profiles.json"
    profiles.write_text(json.dumps({"none": [{"callType": "NATIONAL", "action": "BLOCK"}]}))
    sites.given(new_sites(1, default_outgoing_profile="none"))
    assert sites.apply("--profiles", "profiles.json", WEBEX_ACCESS_TOKEN="wrong").code == 2
    run = sites.jobs("resume", sites.last.path.name)
    assert run.code == 0, run.stdout
