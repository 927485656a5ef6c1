"""Processes that find the libraries loaded run a command as `python -m` does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import prepared

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = """
import atexit, json, os, sys
atexit.register(lambda: print("the end"))
loaded = [name for name in sys.modules if name.partition(".")[0] in ("Space_OdT", "tests")]
print(json.dumps([__name__, sys.argv[1:], os.getcwd(), dict(os.environ), loaded]))
print(sys.stdin.read(), file=sys.stderr)
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture(name="environment")
def an_environment(tmp_path: Path) -> dict[str, str]:
    given = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(tmp_path)}
    return given | {"WEBEX_TOKEN": "t"}


def by_itself(folder: Path, environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "told", *arguments],
        cwd=folder,
        env=environment,
        input="typed",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("code", ["0", "3"])
def test_a_command_runs_as_it_would_by_itself(
    tmp_path: Path, environment: dict[str, str], code: str
) -> None:
    (tmp_path / "told.py").write_text(PROGRAM)
    done = prepared.run(
        "told", [code, "á"], folder=tmp_path, environment=environment, seconds=60, typed="typed"
    )
    found = (done.returncode, done.stdout, done.stderr)
    assert found == by_itself(tmp_path, environment, code, "á")
    assert done.stdout.endswith("[]]\nthe end\n"), "nothing of the project was loaded before"


def test_a_command_that_does_not_end_is_killed_and_the_next_one_runs(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)\n")
    (tmp_path / "quick.py").write_text("raise LookupError('here')\n")
    with pytest.raises(subprocess.TimeoutExpired):
        prepared.run("slow", [], folder=tmp_path, environment=environment, seconds=0.1)
    done = prepared.run("quick", [], folder=tmp_path, environment=environment, seconds=60)
    assert done.returncode == 1
    assert done.stderr.endswith("LookupError: here\n")


def test_what_is_read_only_at_the_start_starts_an_interpreter(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "flags.py").write_text("import sys\nprint(sys.flags.optimize)\n")
    given = environment | {"PYTHONOPTIMIZE": "2"}
    done = prepared.run("flags", [], folder=tmp_path, environment=given, seconds=60)
    assert done.stdout == "2\n"
