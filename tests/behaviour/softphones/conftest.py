from __future__ import annotations

import csv
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.simulator.organisation.organisation import Organisation
from tests import prepared
from tests.behaviour.bulk.conftest import ADMIN, ROOT, Simulator

PEOPLE = 60
SEED = 1
PATIENCE = 120.0
Row = dict[str, str]
DESTINATION = "+34910000999"


@dataclass(frozen=True)
class Ended:
    """A command that has ended, and what it left."""

    code: int
    stdout: str
    stderr: str
    v2: Path

    @property
    def told(self) -> str:
        return self.stdout + self.stderr

    def table(self, name: str) -> list[Row]:
        path = self.v2 / name
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def state(self) -> dict[str, Any]:
        return json.loads((self.v2 / "run_state.json").read_text(encoding="utf-8"))

    @property
    def changes(self) -> list[dict[str, Any]]:
        lines = (self.v2 / "changes.log").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    @property
    def failures(self) -> list[Row]:
        return self.table("failures.csv")


class Phones:
    """Runs the real command against a simulator, in one folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.out = folder / "out"
        self.v2 = self.out / "v2"

    def prepare(self, rows: Sequence[Mapping[str, str]], **policy: Any) -> None:
        """Write input and policy, and the sample of decisions by the command's own hand."""
        self.v2.mkdir(parents=True, exist_ok=True)
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with (self.v2 / "input_softphones.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        self.write("static_policy.json", policy)
        self.write("decisions.sample.json", {})

    def write(self, name: str, content: Any) -> Path:
        path = self.v2 / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    def environment(self, **overrides: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "WEBEX_BASE_URL": self.url,
            "WEBEX_ACCESS_TOKEN": ADMIN,
            "MAX_RETRIES": "3",
            **overrides,
        }

    def command(self, *arguments: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "Space_OdT.cli",
            "v2_bulk_run",
            "--out-dir",
            str(self.out),
            *arguments,
        ]

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def finish(self, process: subprocess.Popen[str], typed: str = "") -> Ended:
        stdout, stderr = process.communicate(typed, timeout=PATIENCE)
        return Ended(process.returncode, stdout, stderr, self.v2)

    def run(self, *arguments: str, typed: str = "", **environment: str) -> Ended:
        done = prepared.run(
            "Space_OdT.cli",
            self.command(*arguments)[3:],
            folder=self.folder,
            environment=self.environment(**environment),
            seconds=PATIENCE,
            typed=typed,
        )
        return Ended(done.returncode, done.stdout, done.stderr, self.v2)

    def unattended(self, *arguments: str, **environment: str) -> Ended:
        """Run with a file in which every stage is approved."""
        if not (self.v2 / "all_yes.json").exists():
            self.write("all_yes.json", {})
        return self.run("--decisions-file", "all_yes.json", *arguments, **environment)

    def at_a_terminal(self, answers: Sequence[str], *arguments: str, **environment: str) -> Ended:
        """Run with a pseudo-terminal; each answer is typed when a question stands there."""
        primary, secondary = pty.openpty()
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(TERM="dumb", COLUMNS="200", **environment),
            stdin=secondary,
            stdout=secondary,
            stderr=secondary,
            start_new_session=True,
        )
        os.close(secondary)
        seen = _talk(process, primary, list(answers))
        os.close(primary)
        return Ended(process.wait(PATIENCE), seen, "", self.v2)

    @staticmethod
    def interrupt(process: subprocess.Popen[str]) -> None:
        process.send_signal(signal.SIGINT)


def _talk(process: subprocess.Popen[bytes], terminal: int, answers: list[str]) -> str:
    seen, asked = "", 0
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if not ready:
            if process.poll() is not None:
                return seen
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return seen
        if not piece:
            return seen
        seen += piece.decode("utf-8", "replace")
        while answers and seen.count("yesbut FILE: ") + seen.count("yesbut <archivo>: ") > asked:
            asked += 1
            answer = answers.pop(0)
            if answer == "^C":
                process.send_signal(signal.SIGINT)
            else:
                os.write(terminal, f"{answer}\n".encode())
    process.kill()
    raise AssertionError(f"the command did not end: {seen[-2000:]}")


class Office:
    """Whoever and whatever of the simulated organisation a test needs."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.organisation: Organisation = simulator.organisation
        self.newcomers = [
            one
            for one in self.organisation.people.values()
            if self.organisation.calling_licence(one.licences) is None
        ]
        self.calling = [one for one in self.organisation.people.values() if one.location_id]
        self.professional = next(
            one.id
            for one in self.organisation.licences.values()
            if one.name == "Webex Calling - Professional"
        )
        self.site = next(
            one
            for one in self.organisation.locations.values()
            if any(person.location_id == one.id for person in self.calling)
        )

    def newcomer_row(self, index: int = 0, **cells: str) -> Row:
        return {
            "user_email": self.newcomers[index].email,
            "calling_license_id": self.professional,
            "location_name": self.site.name,
            "extension": str(79000000 + index),
            **cells,
        }

    def calling_row(self, index: int = 0, **cells: str) -> Row:
        """A row that asks a calling person for nothing new in stage 1."""
        person = self.calling[index]
        licence = self.organisation.calling_licence(person.licences)
        line = self.organisation.plan.primary(person.id)
        assert licence is not None
        assert line is not None
        row = {
            "user_email": person.email,
            "calling_license_id": licence.id,
            "location_id": person.location_id or "",
            **cells,
        }
        if line.extension:
            return {**row, "extension": line.extension}
        return {**row, "phone_number": line.phone_number or ""}

    def queues(self, *, assist: bool = False) -> list[dict[str, Any]]:
        flag = "true" if assist else "false"
        return self.get(f"/telephony/config/queues?hasCxEssentials={flag}&max=1000")["queues"]

    def get(self, path: str) -> Any:
        connection = HTTPConnection(urlsplit(self.simulator.url).netloc, timeout=60)
        connection.request("GET", f"/v1{path}", headers={"Authorization": f"Bearer {ADMIN}"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, body
        return body

    def feature(self, person_id: str, name: str) -> Any:
        return self.get(f"/people/{person_id}/features/{name}")

    def writes(self) -> list[dict[str, Any]]:
        return [one for one in self.simulator.writes() if one["committed"]]


@pytest.fixture(scope="session", name="running")
def a_running_simulator() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE, SEED) as url:
        yield Simulator(url)


@pytest.fixture(name="simulator")
def a_fresh_simulator(running: Simulator) -> Simulator:
    running.control("POST", "reset", {"size": PEOPLE, "seed": SEED})
    running.control("POST", "limiter", {})
    return running


@pytest.fixture(name="phones")
def some_phones(simulator: Simulator, tmp_path: Path) -> Phones:
    return Phones(simulator.url, tmp_path)


@pytest.fixture(name="office")
def an_office(simulator: Simulator) -> Office:
    return Office(simulator)
