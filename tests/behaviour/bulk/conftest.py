from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.world import World
from tests import prepared

PEOPLE = 200
ADMIN = "sim-admin-token"
ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 900.0

LOCATION = {
    "entity_type": "location",
    "time_zone": "Europe/Madrid",
    "preferred_language": "es_es",
    "announcement_language": "ca_es",
    "address_line1": "Calle Mayor 1",
    "address_city": "Girona",
    "address_state": "Girona",
    "address_postal_code": "17001",
    "address_country": "ES",
}
PREMISES = {
    "pstn_connection_type": "LOCAL_GATEWAY",
    "premise_route_type": "ROUTE_GROUP",
    "premise_route_name": "RG_PRE",
}

Row = dict[str, str]


class Simulator:
    """A running simulator and its control path."""

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, method: str, name: str, body: Any = None) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        text = None if body is None else json.dumps(body)
        connection.request(method, f"/_sim/{name}", text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, found
        return found

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("POST", "faults", list(rules))

    def no_faults(self) -> None:
        self.control("DELETE", "faults")

    def forget_calls(self) -> None:
        self.control("DELETE", "calls")

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", "calls?limit=1000000")["calls"]
        return found

    def writes(self) -> list[dict[str, Any]]:
        return [one for one in self.calls() if one["method"] != "GET"]

    @property
    def organisation(self) -> Organisation:
        """A copy of what the simulator holds now."""
        return World.from_state(self.control("GET", "state")).organisation


@dataclass(frozen=True)
class Run:
    """A command that has ended, and what it left."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    def records(self, name: str) -> list[Row]:
        path = self.folder / name
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def results(self) -> list[Row]:
        return self.records("results.csv")

    @property
    def pending(self) -> list[Row]:
        return self.records("pending_rows.csv")

    @property
    def rejected(self) -> list[Row]:
        return self.records("rejected_rows.csv")

    @property
    def checkpoint(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "checkpoint.json").read_text())
        return found

    @property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "summary.json").read_text())
        return found

    @property
    def events(self) -> list[dict[str, Any]]:
        lines = (self.folder / "logs" / "bulk_run.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]


class Bot:
    """Runs the real command against a simulator, in one folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.out = folder / "out"
        self.input = folder / "input.csv"

    def write(self, rows: Sequence[Mapping[str, str]], path: Path | None = None) -> Path:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        target = path or self.input
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return target

    def environment(self, **overrides: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "ENVIRONMENT": "lab",
            "WEBEX_BASE_URL": self.url,
            "WEBEX_TOKEN": ADMIN,
            "MAX_RETRIES": "3",
            **overrides,
        }

    def command(self, *arguments: str, source: Path | None = None) -> list[str]:
        given = ["--input", str(source or self.input), "--output-dir", str(self.out)]
        return [sys.executable, "-m", "Space_OdT.cli", "bulk_run", *given, *arguments]

    def start(
        self, *arguments: str, source: Path | None = None, **environment: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments, source=source),
            cwd=self.folder,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> Run:
        stdout, stderr = process.communicate(timeout=PATIENCE)
        return Run(process.returncode, stdout, stderr, self.out)

    def run(self, *arguments: str, source: Path | None = None, **environment: str) -> Run:
        done = prepared.run(
            "Space_OdT.cli",
            self.command(*arguments, source=source)[3:],
            folder=self.folder,
            environment=self.environment(**environment),
            seconds=PATIENCE,
        )
        return Run(done.returncode, done.stdout, done.stderr, self.out)

    @staticmethod
    def interrupt(process: subprocess.Popen[str]) -> None:
        process.send_signal(signal.SIGINT)


class Crowd:
    """Whoever of the simulated organisation can be provisioned."""

    def __init__(self, organisation: Organisation) -> None:
        people = organisation.people.values()
        self.without = [
            one.email for one in people if organisation.calling_licence(one.licences) is None
        ]
        self.calling = [one for one in people if one.location_id]
        self.organisation = organisation

    def rows(self, people: int, *, locations: int = 1, **cells: str) -> list[Row]:
        """Make location, user and assignment rows for people without calling."""
        emails = self.without[:people]
        assert len(emails) == people, "the organisation is too small"
        sites = [
            {
                **LOCATION,
                **PREMISES,
                "location_name": f"Site {index:03d}",
                "location_external_id": f"S-{index:03d}",
            }
            for index in range(locations)
        ]
        users = [
            {
                "entity_type": "user",
                "email": email,
                "location_key": f"S-{index % locations:03d}",
                "calling_license": "Webex Calling - Professional",
                **cells,
            }
            for index, email in enumerate(emails)
        ]
        lines = [
            {
                "entity_type": "extension_assignment",
                "email": email,
                "location_key": f"S-{index % locations:03d}",
                "extension": f"{79000000 + index}",
                "phone_number": f"+3497310{index:04d}",
            }
            for index, email in enumerate(emails)
        ]
        return [*sites, *users, *lines]


@pytest.fixture(scope="session", name="running")
def a_running_simulator() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE) as url:
        yield Simulator(url)


@pytest.fixture(name="simulator")
def a_fresh_simulator(running: Simulator) -> Simulator:
    running.control("POST", "reset", {"size": PEOPLE})
    running.control("POST", "limiter", {})
    return running


@pytest.fixture(name="bot")
def a_bot(simulator: Simulator, tmp_path: Path) -> Bot:
    return Bot(simulator.url, tmp_path)


@pytest.fixture(name="crowd")
def a_crowd(simulator: Simulator) -> Crowd:
    return Crowd(simulator.organisation)
