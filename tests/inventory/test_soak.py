"""The whole size: 21,000 people, every row, flat memory, faults and kills."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.inventory.exports import read_rows
from Space_OdT.inventory.manifest import BY_NAME, MANIFEST
from tests.inventory.conftest import Command, Finished, Simulator, bytes_of

PEOPLE = 21_000
MOST_MEMORY_KB = 400 * 1024
KILLS = 10

pytestmark = pytest.mark.soak
Whole = tuple[Command, Finished]
MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("peak kilobytes:", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def large() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE) as url:
        yield Simulator(url)


def run(command: Command, *more: str) -> Finished:
    process = command.start(*more)
    out, err = process.communicate(timeout=1800)
    return Finished(process.returncode, out, err)


@pytest.fixture(scope="module")
def whole(large: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    large.calm()
    command = Command(large.url, tmp_path_factory.mktemp("whole"))
    process = command.start(before=(sys.executable, "-c", MEASURED))
    out, err = process.communicate(timeout=1800)
    return command, Finished(process.returncode, out, err)


def rows(command: Command, artifact: str, *columns: str) -> list[tuple[str, ...]]:
    found = read_rows(command.exports / f"{artifact}.csv", columns)
    return [tuple(row.values()) for row in found]


def test_everything_is_read_in_flat_memory(whole: Whole) -> None:
    command, finished = whole
    assert finished.code == 0, finished.err[-2000:]
    results = dict(rows(command, "status", "module", "result"))
    expected = {entry.artifact: "no_api" if entry.no_api else "ok" for entry in MANIFEST}
    assert results == expected
    peak = re.search(r"peak kilobytes: (\d+)", finished.err)
    assert peak is not None, finished.err[-2000:]
    assert int(peak[1]) < MOST_MEMORY_KB


def test_every_person_is_there_and_every_calling_one_has_every_setting(
    whole: Whole, large: Simulator
) -> None:
    command, _ = whole
    people = rows(command, "people", "person_id", "webex_calling_enabled")
    state = large.control("GET", "state")["organisation"]["people"]
    assert sorted(person for person, _ in people) == sorted(one[0] for one in state)
    assert len(people) == PEOPLE
    calling = [person for person, flag in people if flag == "True"]
    for name in BY_NAME:
        if name.startswith("person_") and "available" not in name:
            assert [person for (person,) in rows(command, name, "person_id")] == calling, name


def test_nothing_was_written(whole: Whole, large: Simulator) -> None:
    methods = {call["method"] for call in large.control("GET", "calls?method=P*")["calls"]}
    assert whole[1].code == 0
    assert not methods


def test_faults_and_kills_at_ten_moments_change_no_byte(
    whole: Whole, large: Simulator, tmp_path: Path
) -> None:
    command = Command(large.url, tmp_path)
    large.faults(
        {"kind": "status", "status": 429, "retry_after": "0", "probability": 0.01},
        {"kind": "status", "status": 503, "probability": 0.01},
        {"kind": "reset_before", "probability": 0.005},
        {"kind": "reset_after", "probability": 0.005},
    )
    moments = random.Random(5)
    for _ in range(KILLS):
        process = command.start("--no-report")
        time.sleep(moments.uniform(2, 12))
        process.kill()
        process.communicate()
    finished = run(command)
    large.calm()
    assert finished.code == 0, finished.err[-2000:]
    assert bytes_of(command.exports) == bytes_of(whole[0].exports)
    assert not command.work.exists()


@pytest.mark.skipif(os.name == "nt", reason="no `cmp`")
def test_a_second_run_gives_the_same_bytes(whole: Whole, large: Simulator, tmp_path: Path) -> None:
    large.calm()
    command = Command(large.url, tmp_path)
    assert run(command, "--no-report", "--no-cache").code == 0
    for name in BY_NAME:
        for suffix in (".csv", ".json"):
            pair = [str(one.exports / f"{name}{suffix}") for one in (command, whole[0])]
            assert subprocess.run(["cmp", "--silent", *pair], check=False).returncode == 0, name
