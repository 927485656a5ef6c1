"""What stops a run before its last row, and how the same command goes on."""

from __future__ import annotations

import os
import resource
import shlex
import signal
import subprocess
import time

import pytest

from Space_OdT.engine.run_lock import RunLock

pytestmark = pytest.mark.xdist_group("bulk-behaviour")


def wait_for_calls(simulator, number: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if simulator.control("GET", "summary")["calls"]["total"] >= number:
            return
        time.sleep(0.02)
    raise AssertionError("the run never got that far")


def numbers(run) -> list[int]:
    return sorted(int(one["row_number"]) for one in run.results)


def test_the_breaker_stops_after_the_batch_and_the_same_command_goes_on(
    bot, simulator, crowd
) -> None:
    rows = crowd.rows(20)
    bot.write(rows)
    simulator.faults({"kind": "status", "status": 403, "method": "PATCH"})
    run = bot.run(BATCH_SIZE="5")
    assert run.code == 3, run.stdout + run.stderr
    assert numbers(run) == list(range(1, 7)), "one location, one batch of five people"
    assert [one["reason_code"] for one in run.pending] == ["permission_denied"] * 5
    assert run.checkpoint["phase"] == 2
    assert run.checkpoint["last_row_id"] < 2
    assert "circuit breaker" in run.stdout
    event = next(one for one in run.events if one["event"] == "circuit_breaker")
    assert event["level"] == "error"
    assert "token" in event["probable_cause"]
    assert len([one for one in simulator.writes() if one["method"] == "PATCH"]) == 5
    simulator.no_faults()
    again = bot.run(BATCH_SIZE="5")
    assert again.code == 0, again.stdout + again.stderr
    assert numbers(again) == list(range(1, len(rows) + 1))
    assert again.pending == []
    moved = list((bot.out / "history").rglob("pending_rows.csv"))
    assert len(moved) == 1
    assert moved[0].read_text().count("permission_denied") == 5


def test_a_few_wrong_rows_never_trip_the_breaker(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(2))
    simulator.faults({"kind": "status", "status": 400, "method": "PATCH"})
    assert bot.run().code == 1


def test_ctrl_c_finishes_rows_in_flight_and_the_same_command_goes_on(bot, simulator, crowd) -> None:
    rows = crowd.rows(20)
    bot.write(rows)
    simulator.faults({"kind": "slow", "seconds": 0.2, "method": "PATCH"})
    process = bot.start("--concurrent-requests", "1")
    wait_for_calls(simulator, 18)
    process.send_signal(signal.SIGINT)
    run = bot.finish(process)
    assert run.code == 130, run.stdout + run.stderr
    done = [one for one in simulator.writes() if one["method"] == "PATCH" and one["committed"]]
    recorded = [one for one in run.results if one["phase"] == "2"]
    assert len(recorded) == len(done) < 20
    assert "Stopping (interrupted)" in run.stderr
    assert run.checkpoint["status"] == "stopped"
    simulator.no_faults()
    again = bot.run()
    assert again.code == 0, again.stdout + again.stderr
    assert numbers(again) == list(range(1, len(rows) + 1))
    patched = [one for one in simulator.writes() if one["method"] == "PATCH"]
    assert len(patched) == 20, "no row was sent twice"


def test_a_second_ctrl_c_stops_at_once_and_loses_nothing(bot, simulator, crowd) -> None:
    rows = crowd.rows(10)
    bot.write(rows)
    simulator.faults({"kind": "hang", "method": "PATCH", "after": 3})
    process = bot.start("--concurrent-requests", "1")
    wait_for_calls(simulator, 19)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    run = bot.finish(process)
    assert run.code == 130, run.stdout + run.stderr
    assert time.monotonic() - began < 15
    assert "Traceback" not in run.stderr
    assert len(run.results) == 4
    simulator.no_faults()
    again = bot.run()
    assert again.code == 0, again.stdout + again.stderr
    assert numbers(again) == list(range(1, len(rows) + 1))


def test_sigterm_is_as_good_as_ctrl_c(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(10))
    simulator.faults({"kind": "slow", "seconds": 0.2, "method": "PATCH"})
    process = bot.start("--concurrent-requests", "1")
    wait_for_calls(simulator, 17)
    process.send_signal(signal.SIGTERM)
    assert bot.finish(process).code == 130


def test_two_runs_never_share_a_folder(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(1))
    bot.out.mkdir()
    with RunLock(bot.out / ".rows-run.lock", "bulk_run"):
        second = bot.run()
    assert second.code == 4
    assert f"is in use by bulk_run (process {os.getpid()} on " in second.stderr
    assert simulator.calls() == []
    assert bot.run().code == 0, "a lock that is left behind is no lock"


def test_a_full_disk_stops_the_run_and_loses_nothing(bot, simulator, crowd, tmp_path) -> None:
    rows = crowd.rows(25)
    bot.write(rows)
    limit = 9000  # bytes any file may grow to; the outputs need more

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    process = subprocess.Popen(
        bot.command(),
        cwd=tmp_path,
        env=bot.environment(LOG_LEVEL="error"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=small_disk,  # noqa: PLW1509 - no threads in this test
    )
    run = bot.finish(process)
    assert run.code == 1, run.stdout + run.stderr
    assert "cannot be written" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    kept = numbers(run)
    assert 0 < len(kept) < len(rows)
    again = bot.run()
    assert again.code == 0, again.stdout + again.stderr
    assert numbers(again) == list(range(1, len(rows) + 1))


def test_a_torn_record_is_refused_shown_and_repaired_on_demand(bot, simulator, crowd) -> None:
    rows = crowd.rows(10)
    bot.write(rows)
    simulator.faults({"kind": "slow", "seconds": 0.2, "method": "PATCH"})
    process = bot.start("--concurrent-requests", "1")
    wait_for_calls(simulator, 20)
    process.kill()
    process.communicate(timeout=30)
    simulator.no_faults()
    results = bot.out / "results.csv"
    with results.open("ab") as file:
        file.write(b'2026-01-01T00:00:00,"2-00001')
    refused = bot.run()
    assert refused.code == 4
    assert "results.csv, line" in refused.stderr
    assert "--repair-tail" in refused.stderr
    repaired = bot.run("--repair-tail")
    assert repaired.code == 0, repaired.stdout + repaired.stderr
    assert numbers(repaired) == list(range(1, len(rows) + 1))
    assert (bot.out / "results.csv.torn").exists()


def test_a_damaged_checkpoint_is_never_guessed_at(bot, crowd) -> None:
    bot.write(crowd.rows(2))
    assert bot.run().code == 0
    (bot.out / "checkpoint.json").write_text('{"phase": 2')
    run = bot.run()
    assert run.code == 4
    assert "checkpoint.json" in run.stderr


def test_another_file_never_goes_on_with_an_unfinished_run(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(3))
    simulator.faults({"kind": "expire_token", "after": 12})
    assert bot.run("--concurrent-requests", "1").code == 3
    simulator.no_faults()
    other = bot.write(crowd.rows(2), bot.folder / "other.csv")
    run = bot.run(source=other)
    assert run.code == 4
    assert "unfinished run of another input" in run.stderr


def test_only_the_pending_rows_are_run_again_by_the_suggested_command(
    bot, simulator, crowd
) -> None:
    rows = crowd.rows(6, locations=2)
    bot.write(rows)
    failing = crowd.without[1]
    simulator.faults({"kind": "status", "status": 400, "method": "PATCH", "times": 2})
    run = bot.run("--concurrent-requests", "1")
    assert run.code == 1
    assert failing
    assert len(run.pending) == 4, "two user rows and their assignments"
    command = shlex.split(run.summary["rerun_command"])
    simulator.no_faults()
    simulator.forget_calls()
    process = subprocess.Popen(
        [bot.command()[0], *command[1:]],
        cwd=bot.folder,
        env=bot.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    again = bot.finish(process)
    assert again.code == 0, again.stdout + again.stderr
    assert len(again.results) == 4
    assert [one["method"] for one in simulator.writes()] == ["PATCH", "PATCH"]


def test_pending_rows_can_be_fed_back_from_their_own_folder(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(4))
    simulator.faults({"kind": "status", "status": 400, "method": "PATCH", "times": 1})
    assert bot.run("--concurrent-requests", "1").code == 1
    simulator.no_faults()
    again = bot.run(source=bot.out / "pending_rows.csv")
    assert again.code == 0, again.stdout + again.stderr
    assert len(again.results) == 2


def test_ctrl_c_at_the_terminal_leaves_the_simulator_to_the_command(bot, crowd) -> None:
    bot.write(crowd.rows(8))
    process = subprocess.Popen(
        bot.command("--simulator", "200", "--max-rate", "120"),
        cwd=bot.folder,
        env=bot.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("phase 1"):
            break
    os.killpg(process.pid, signal.SIGINT)
    run = bot.finish(process)
    assert run.code == 130, run.stdout + run.stderr
    assert {one["status"] for one in run.results} <= {"success"}
    assert run.pending == []


def test_a_location_made_in_vain_is_taken_back_if_the_operator_wants_that(
    bot, simulator, crowd
) -> None:
    bot.write(crowd.rows(1))
    simulator.faults({"kind": "status", "status": 400, "method": "PUT", "path": "*/connection"})
    kept = bot.run()
    assert kept.code == 1
    first = next(one for one in kept.pending if one["entity_type"] == "location")
    assert first["reason_code"] == "half_applied"
    assert simulator.organisation.location_by_name("Site 000") is not None
    simulator.control("POST", "reset", {"size": 200})
    simulator.faults({"kind": "status", "status": 400, "method": "PUT", "path": "*/connection"})
    (bot.out / "location_map.csv").unlink()
    gone = bot.run(ENABLE_SAFE_COMPENSATION="true")
    assert gone.code == 1
    first = next(one for one in gone.pending if one["entity_type"] == "location")
    assert first["reason_code"] == "non_retryable_external"
    assert "Site 000 was taken back" in first["reason_message"]
    assert simulator.organisation.location_by_name("Site 000") is None
    simulator.no_faults()
    assert bot.run().code == 0
