from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.inventory.conftest import ADMIN, Command, Finished

ONLY = ("--only", "licenses", "--no-report")


def refusal(finished: Finished) -> str:
    assert finished.code == 2, finished
    assert "Traceback" not in finished.out + finished.err
    assert ADMIN not in finished.out + finished.err
    return finished.err


def test_a_port_nobody_listens_on_is_given_up_after_two_repeats(
    command: Command, unused_tcp_port: int
) -> None:
    command.url = f"http://127.0.0.1:{unused_tcp_port}/v1"
    said = refusal(command.run(*ONLY))
    assert "Connection refused" in said
    assert "3 attempts" in said
    assert "WEBEX_BASE_URL" in said


def test_a_base_url_without_its_version_is_hinted_at(command: Command) -> None:
    command.url = command.url.removesuffix("/v1")
    said = refusal(command.run(*ONLY))
    assert "HTTP 404" in said
    assert "https://webexapis.com/v1" in said


def test_a_trailing_slash_and_capitals_of_the_base_url_make_no_difference(command: Command) -> None:
    command.url = f"{command.url}/".replace("http://127.0.0.1", "HTTP://LOCALHOST")
    assert command.run(*ONLY).code == 0


def test_a_server_that_asks_for_hours_is_not_waited_for(command: Command, simulator) -> None:
    simulator.faults({"kind": "status", "status": 503, "retry_after": "7200"})
    assert "HTTP 503" in refusal(command.run(*ONLY))
    simulator.calm()
    simulator.faults({"kind": "status", "status": 429, "retry_after": "7200"})
    assert "HTTP 429" in refusal(command.run(*ONLY))


def test_a_refused_token_is_named_by_where_it_came_from(command: Command) -> None:
    command.token = None
    command.environment = {"WEBEX_ACCESS_TOKEN": ADMIN}
    near = command.folder / ".env"
    near.write_text("WEBEX_ACCESS_TOKEN=an-older-token\n", encoding="utf-8")
    said = refusal(command.run(*ONLY))
    assert f"WEBEX_ACCESS_TOKEN in {near}" in said
    assert "an-older-token" not in said
    command.token = "a-mistyped-token"
    assert "came from --token" in refusal(command.run(*ONLY))


def test_output_folder_and_token_of_an_env_file_above_are_read(command: Command) -> None:
    text = f"WEBEX_ACCESS_TOKEN='Bearer {ADMIN}'\r\nOUTPUT_DIR=from-file\r\n"
    (command.folder / ".env").write_bytes(text.encode("utf-16"))
    command.token = None
    command.folder = command.folder / "deep" / "er"
    command.folder.mkdir(parents=True)
    assert command.run(*ONLY).code == 0
    assert (command.folder / "from-file" / "exports" / "licenses.csv").exists()
    assert command.run(*ONLY, "--out-dir", "given").code == 0
    assert (command.folder / "given" / "exports" / "licenses.csv").exists()


def test_an_unreadable_env_file_is_warned_about(command: Command) -> None:
    (command.folder / ".env").write_bytes(b"WEBEX_ACCESS_TOKEN=\xff\xfa\n")
    finished = command.run(*ONLY)
    assert finished.code == 0
    assert f"Warning: {command.folder / '.env'} is not text" in finished.err


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads titles in /proc")
def test_the_process_title_shows_no_token(command: Command, simulator) -> None:
    simulator.faults({"kind": "hang", "path": "/people/me"})
    process = command.start(*ONLY)
    try:
        while not simulator.calls():
            assert process.poll() is None
            time.sleep(0.02)
        title = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    finally:
        process.kill()
        process.communicate()
    assert ADMIN.encode() not in title
    assert b"inventory_run" in title


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM")
def test_a_first_call_can_be_interrupted(command: Command, simulator) -> None:
    simulator.faults({"kind": "hang", "path": "/people/me"})
    process = command.start(*ONLY)
    while not simulator.calls():
        assert process.poll() is None
        time.sleep(0.02)
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "nothing was read" in said
    assert not (command.folder / ".artifacts").exists()
