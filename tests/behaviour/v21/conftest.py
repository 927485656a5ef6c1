from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.simulator.organisation.entities import Location
from Space_OdT.simulator.world import World
from tests import prepared
from tests.behaviour.bulk.conftest import ADMIN, PATIENCE, ROOT, Row, Run, Simulator

PEOPLE = 60
ENABLED, WITHOUT_CALLING = "Girona Centre 002", "Tarragona Centre 004"
NEW_SITE: Row = {
    "time_zone": "Europe/Madrid",
    "preferred_language": "es_es",
    "announcement_language": "ca_es",
    "address1": "Carrer Major 1",
    "city": "Girona",
    "state": "Girona",
    "postal_code": "17001",
    "country": "ES",
}
APPLY = "--v21-apply"


def new_sites(number: int, **cells: str) -> list[Row]:
    return [
        {
            "name": f"CUV{index:011d}",
            **NEW_SITE,
            "address1": f"Carrer Major {index}",
            "route_group_id": "RG_PRE",
            "location_external_id": f"S-{index:04d}",
            **cells,
        }
        for index in range(1, number + 1)
    ]


@dataclass(frozen=True)
class JobFolder:
    """What a job left on disk."""

    path: Path

    def read(self, name: str) -> Any:
        return json.loads((self.path / name).read_text(encoding="utf-8"))

    @property
    def job(self) -> dict[str, Any]:
        found: dict[str, Any] = self.read("job.json")
        return found

    def records(self, name: str) -> list[Row]:
        return Run(0, "", "", self.path).records(name)

    @property
    def results(self) -> list[Row]:
        return self.records("results.csv")

    def ends(self) -> dict[str, tuple[str, str]]:
        """Name of a site -> status and message, as the results say."""
        return {one["entity_key"]: (one["status"], one["message"]) for one in self.results}

    def has_each_row_once(self) -> bool:
        numbers = sorted(int(one["row_number"]) for one in self.results)
        return numbers == list(range(1, len(self.read("input_rows.json")) + 1))


class Sites:
    """Runs the two commands of location jobs against a simulator, in a folder of its own."""

    def __init__(
        self, simulator: Simulator, folder: Path, templates: Mapping[str, bytes] | None = None
    ) -> None:
        self.simulator = simulator
        self.templates = templates or {}
        self.home = folder
        self.out = folder / "out"
        self.folder = self.out / "v21"
        self.started: list[subprocess.Popen[str]] = []

    # -- input -----------------------------------------------------------------------------

    def bootstrap(self) -> Run:
        return self.run()

    def write(self, rows: Sequence[Mapping[str, str]], name: str = "input_locations.csv") -> Path:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return self.folder / name

    def given(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Fill the templates: these sites, no people, no workspaces."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "static_policy.json").exists():
            for name, content in self.templates.items():
                (self.folder / name).write_bytes(content)
        self.write(rows)

    def policy(self, **values: Any) -> None:
        path = self.folder / "static_policy.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}))

    # -- running ---------------------------------------------------------------------------

    def environment(self, **overrides: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.home),
            "PYTHONPATH": str(ROOT),
            "WEBEX_BASE_URL": self.simulator.url,
            "WEBEX_ACCESS_TOKEN": ADMIN,
            "MAX_RETRIES": "3",
            **overrides,
        }

    def start(
        self,
        *arguments: str,
        command: str = "v21_softphone_bulk_run",
        preexec: Callable[[], None] | None = None,
        **environment: str,
    ) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "Space_OdT.cli", command, *arguments]
        process = subprocess.Popen(
            [*words, "--out-dir", str(self.out)],
            cwd=self.home,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=preexec,  # noqa: PLW1509 - no threads in these tests
        )
        self.started.append(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> Run:
        stdout, stderr = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in stderr, stderr
        return Run(process.returncode, stdout, stderr, self.folder)

    def run(
        self, *arguments: str, command: str = "v21_softphone_bulk_run", **environment: str
    ) -> Run:
        done = prepared.run(
            "Space_OdT.cli",
            [command, *arguments, "--out-dir", str(self.out)],
            folder=self.home,
            environment=self.environment(**environment),
            seconds=PATIENCE,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Run(done.returncode, done.stdout, done.stderr, self.folder)

    def apply(self, *arguments: str, **environment: str) -> Run:
        return self.run(APPLY, *arguments, **environment)

    def jobs(self, *arguments: str, **environment: str) -> Run:
        return self.run(*arguments, command="v21_jobs", **environment)

    def kill_when(self, is_due: Callable[[], bool], *arguments: str, **environment: str) -> None:
        """Apply, and kill the run outright as soon as something is so."""
        process = self.start(APPLY, *arguments, **environment)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline and not is_due():
            time.sleep(0.02)
        assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)

    def calls_sent(self, method: str, number: int) -> Callable[[], bool]:
        return lambda: sum(one["method"] == method for one in self.simulator.calls()) >= number

    # -- what there is ---------------------------------------------------------------------

    def job_folders(self) -> list[JobFolder]:
        found = [JobFolder(one.parent) for one in (self.folder / "jobs").glob("*/job.json")]
        return sorted(found, key=lambda one: str(one.job.get("created_at")))

    @property
    def last(self) -> JobFolder:
        return self.job_folders()[-1]

    def plan(self) -> list[Row]:
        return Run(0, "", "", self.folder).records("plan.csv")

    def requests(self) -> list[dict[str, Any]]:
        lines = (self.folder / "plan.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "run_state.json").read_text())
        return found

    @property
    def world(self) -> World:
        return World.from_state(self.simulator.control("GET", "state"))

    def locations(self) -> dict[str, Location]:
        return {one.name: one for one in self.simulator.organisation.locations.values()}

    def writes(self) -> list[tuple[str, str]]:
        return [(one["method"], one["path"]) for one in self.simulator.writes()]


@pytest.fixture(scope="session", name="sites_simulator")
def a_running_simulator() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE) as url:
        yield Simulator(url)


@pytest.fixture(name="simulator")
def a_fresh_simulator(sites_simulator: Simulator) -> Simulator:
    sites_simulator.control("POST", "reset", {"size": PEOPLE})
    sites_simulator.control("POST", "limiter", {})
    sites_simulator.no_faults()
    sites_simulator.forget_calls()
    return sites_simulator


@pytest.fixture(scope="session", name="templates")
def the_templates_of_a_first_run(
    sites_simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, bytes]:
    sites = Sites(sites_simulator, tmp_path_factory.mktemp("templates"))
    assert sites.bootstrap().code == 2
    return {one.name: one.read_bytes() for one in sites.folder.iterdir() if one.is_file()}


@pytest.fixture(name="sites")
def some_sites(
    simulator: Simulator, tmp_path: Path, templates: Mapping[str, bytes]
) -> Iterator[Sites]:
    made = Sites(simulator, tmp_path, templates)
    yield made
    for process in made.started:
        if process.poll() is None:  # a test that failed on the way
            process.kill()
            process.communicate(timeout=60)
