"""The command `simulator` as a person starts and ends it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from typer.testing import CliRunner

from Space_OdT.cli import build_app
from Space_OdT.commands import COMMANDS, simulator

COMMAND = [sys.executable, "-m", "Space_OdT.cli", "simulator"]
READY = "simulator listening on "


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    child = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    try:
        line = child.stdout.readline()
        assert line.startswith(READY), line + child.stderr.read()
        yield child, line.removeprefix(READY).strip()
    finally:
        child.kill()
        child.wait(20)
        for stream in (child.stdin, child.stdout, child.stderr):
            stream.close()


def fetch(url: str, method: str = "GET", body: object = None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)  # noqa: S310 - loopback
    request.add_header("Authorization", "Bearer sim-admin-token")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else None


@pytest.fixture(name="refused")
def the_refusal_of_a_command_line(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What the command says where it refuses to serve: every case in a process would be slow."""

    def never_serves(*_: object) -> NoReturn:
        raise AssertionError("it serves")

    def refused(*arguments: str) -> str:
        command = [one for one in COMMANDS if one.name == "simulator"]
        result = CliRunner().invoke(build_app(command), ["simulator", "--port", "0", *arguments])
        assert result.exit_code == 2, result.output
        assert isinstance(result.exception, SystemExit)
        return result.stderr

    monkeypatch.setattr(simulator, "serve", never_serves)
    return refused


def test_it_says_where_it_listens_and_which_tokens_there_are():
    with running("--size", "7") as (child, base):
        talk = [child.stdout.readline() for _ in range(7)]
        assert "7 people, seed 1" in talk[0]
        assert "sim-admin-token" in talk[1]
        assert "sim-readonly-token" in talk[2]
        assert f"{base}/people/me" in talk[5]
        assert len(fetch(f"{base}/people")[1]["items"]) == 7


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_saves_the_state(tmp_path, way):
    state = tmp_path / "state.json"
    path = "/telephony/config/voicemail/settings"
    body = {"messageExpiryEnabled": True, "numberOfDaysForMessageExpiry": 44}
    with running("--state", str(state), "--size", "5") as (child, base):
        assert fetch(base + path, "PUT", body)[0] == 204
        child.send_signal(way)
        assert child.wait(20) == 0
    with running("--state", str(state)) as (child, base):
        assert fetch(base + path)[1]["numberOfDaysForMessageExpiry"] == 44
        assert len(fetch(f"{base}/people")[1]["items"]) == 5


def test_a_child_leaves_ctrl_c_to_its_parent(tmp_path):
    state = tmp_path / "state.json"
    with running("--parent-watch", "--size", "5", "--state", str(state)) as (child, base):
        child.send_signal(signal.SIGINT)
        assert fetch(f"{base}/people/me")[0] == 200
        child.stdin.close()
        assert child.wait(20) == 0
        assert state.exists()


def test_it_ends_when_the_parent_is_gone():
    with running("--parent-watch", "--size", "5") as (child, _):
        child.stdin.close()
        assert child.wait(20) == 0


def test_limits_and_faults_come_from_the_command_line(tmp_path):
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"kind": "status", "status": 503, "path": "/licenses"}]))
    options = ("--faults", str(faults), "--rate", "1", "--burst", "2", "--limiter", "lockout")
    with running("--size", "5", *options) as (_, base):
        with pytest.raises(urllib.error.HTTPError, match="503"):
            fetch(f"{base}/licenses")
        fetch(f"{base}/people")
        with pytest.raises(urllib.error.HTTPError) as refusal:
            fetch(f"{base}/people")
        assert (refusal.value.code, refusal.value.headers["Retry-After"]) == (429, "4")
        refusal.value.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--burst", "5"), "need --rate"),
        (("--rate", "5", "--retry-after", "0"), "retry_after must be"),
        (("--rate", "5", "--retry-after", "soon"), "not 'soon'"),
        (("--rate", "5", "--retry-after", "nan"), "retry_after must be"),
        (("--rate", "inf"), "rate must be positive"),
        (("--latency-ms", "inf"), "less than or equal to"),
        (("--size", "0"), "greater than or equal to 1"),
        (("--state", "/nowhere/state.json"), "/nowhere is no writable folder"),
        (("--faults", "/nowhere/faults.json"), "does not exist"),
    ],
)
def test_options_that_make_no_sense_end_it_with_2_and_a_reason(refused, arguments, said):
    assert said in " ".join(refused(*arguments).replace("│", " ").split())


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--state", '{"version": 7}', "wrong.json: a saved state of version 1 expected"),
        ("--state", "[]", "wrong.json: a saved state of version 1 expected"),
        ("--state", '{\n"version": 1,\n', "wrong.json: line 3, column 1: "),
        ("--faults", '[\n{"kind": "html"},\n}', "wrong.json: line 3, column 1: "),
        ("--faults", '[{"kind": "html"}, {"kind": "flood"}]', "wrong.json: fault 2: "),
    ],
)
def test_files_that_hold_something_else_are_named_with_the_place(
    tmp_path, refused, option, content, said
):
    wrong = tmp_path / "wrong.json"
    wrong.write_text(content)
    assert said in refused(option, str(wrong))


def test_a_port_that_is_taken_is_said_to_be():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = subprocess.run(
            [*COMMAND, "--port", str(taken.getsockname()[1])],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (result.returncode, "Traceback" in result.stderr) == (2, False)
    assert "cannot listen on 127.0.0.1:" in result.stderr
    assert "ddress already in use" in result.stderr
