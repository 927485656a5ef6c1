"""A simulator for the lifetime of another command, and not a moment longer."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest

from Space_OdT.commands.embedded import SimulatorStartError, embedded_simulator

PARENT = """
import sys, time
from Space_OdT.commands.embedded import embedded_simulator
with embedded_simulator(size=5) as base:
    print(base, flush=True)
    time.sleep(120)
"""


def status_of(base: str) -> int:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{base}/people/me", headers={"Authorization": "Bearer sim-admin-token"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return answer.status


def simulators() -> set[psutil.Process]:
    return {item for item in psutil.Process().children() if "simulator" in item.cmdline()}


@pytest.fixture(autouse=True)
def _others() -> None:
    """Remember the simulators that other tests of this process keep running."""
    OTHERS.clear()
    OTHERS.update(simulators())


OTHERS: set[psutil.Process] = set()


def children() -> list[psutil.Process]:
    return list(simulators() - OTHERS)


def gone(process: psutil.Process, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_it_answers_inside_the_block_and_is_gone_after():
    with embedded_simulator(size=5, seed=2) as base:
        assert base.startswith("http://127.0.0.1:")
        assert status_of(base) == 200
        assert len(children()) == 1
    assert children() == []
    with pytest.raises(urllib.error.URLError):
        status_of(base)


def test_it_takes_more_options_and_works_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with embedded_simulator(5, extra_args=("--rate", "1", "--burst", "1")) as base:
        assert status_of(base) == 200
        with pytest.raises(urllib.error.HTTPError, match="429") as refusal:
            status_of(base)
        refusal.value.close()


def test_an_error_inside_the_block_ends_it_too():
    with pytest.raises(LookupError), embedded_simulator(5):
        raise LookupError
    assert children() == []


def test_a_start_that_fails_says_why():
    with (
        pytest.raises(SimulatorStartError, match="need --rate"),
        embedded_simulator(5, extra_args=("--burst", "3")),
    ):
        pass
    assert children() == []


def test_a_start_that_takes_too_long_is_given_up():
    with (
        pytest.raises(SimulatorStartError, match="within 0 seconds"),
        embedded_simulator(5, start_seconds=0),
    ):
        pass
    assert children() == []


def test_a_parent_killed_without_mercy_leaves_no_orphan():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout.readline().startswith("http://127.0.0.1:")
        child = psutil.Process(parent.pid).children()[0]
        parent.kill()
        parent.wait(20)
        assert gone(child)
    finally:
        parent.kill()
        parent.communicate(timeout=20)
