"""A token appears in nothing a run leaves behind, says, or shows to others on the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.commands.process_title import masked

SENTINEL = "q7sentinel4secret9"
SCOPES = "spark-admin:people_read,spark-admin:locations_read,spark-admin:telephony_config_read"
TOKEN = f"sim-scopes:{SCOPES},{SENTINEL}"
FAULTS = [
    {"kind": "status", "status": 429, "retry_after": "0", "probability": 0.05},
    {"kind": "status", "status": 503, "probability": 0.05},
    {"kind": "reset_before", "probability": 0.03},
    {"kind": "malformed_json", "path": "/groups", "first": 1},
    {"kind": "html", "path": "/licenses"},
]


@pytest.fixture(scope="module")
def troubled_url() -> Iterator[str]:
    with embedded_simulator(12) as url:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
        connection.request("POST", "/_sim/faults", json.dumps(FAULTS))
        assert connection.getresponse().status == 200
        connection.close()
        yield url


def run(
    url: str, folder: Path, *arguments: str, token: str | None = None
) -> subprocess.CompletedProcess[str]:
    # what answers with a web page is asked for again and again, and every time later
    environment = {
        **os.environ,
        "WEBEX_BASE_URL": url,
        "LOG_LEVEL": "debug",
        "MAX_RETRIES": "2",
    }
    environment.pop("WEBEX_ACCESS_TOKEN", None)
    if token is not None:
        environment["WEBEX_TOKEN"] = token
    return subprocess.run(
        [sys.executable, "-m", "Space_OdT.cli", "inventory_run", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_clean(folder: Path, answer: subprocess.CompletedProcess[str]) -> None:
    assert SENTINEL not in answer.stdout
    assert SENTINEL not in answer.stderr
    assert "Traceback" not in answer.stderr
    for path in folder.rglob("*"):
        assert SENTINEL not in path.name
        if path.is_file():
            assert SENTINEL.encode() not in path.read_bytes(), path.name
            assert b"Bearer " not in path.read_bytes(), path.name


def test_a_troubled_run_with_everything_recorded_shows_no_token(
    troubled_url: str, tmp_path: Path
) -> None:
    answer = run(troubled_url, tmp_path, "--debug-har", "--token", TOKEN)
    assert answer.returncode == 1, answer.stderr  # licences answer with a web page
    assert (tmp_path / ".artifacts" / "logs").is_dir()
    assert_clean(tmp_path, answer)


def test_a_refused_token_is_not_repeated_in_the_message(troubled_url: str, tmp_path: Path) -> None:
    answer = run(troubled_url, tmp_path, token=f"wrong-{SENTINEL}")
    assert answer.returncode == 2
    assert_clean(tmp_path, answer)


def test_a_malformed_token_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    answer = run("http://127.0.0.1:9/v1", tmp_path, token=f"two words {SENTINEL}")
    assert answer.returncode == 2
    assert_clean(tmp_path, answer)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs a Linux /proc")
def test_the_list_of_processes_does_not_show_a_token_given_as_an_argument(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import Space_OdT.commands.process_title as title;"
        "title.hide_secrets(sys.argv[1:]);"
        "print(Path('/proc/self/cmdline').read_bytes())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, "inventory_run", "--token", TOKEN],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert SENTINEL not in answer.stdout
    assert "inventory_run --token ***" in answer.stdout


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["a", "--token", "t", "b"], ["a", "--token", "***", "b"]),
        (["a", "--token=t"], ["a", "--token=***"]),
        (["a", "--token"], ["a", "--token"]),
        (["a", "--out-dir", "--token"], ["a", "--out-dir", "--token"]),
    ],
)
def test_only_values_of_secret_options_are_masked(given: list[str], shown: list[str]) -> None:
    assert masked(given) == shown
