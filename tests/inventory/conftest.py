from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from tests import prepared

ROOT = Path(__file__).resolve().parents[2]
ADMIN = "sim-admin-token"
TIMED = {"status.csv", "status.json", "status_failures.csv", "status_failures.json"}


@dataclass(frozen=True)
class Simulator:
    """A running simulator and its control path."""

    url: str

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {ADMIN}"}
        data = None if body is None else json.dumps(body)
        connection.request(method, path, body=data, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < 300, f"{method} {path}: {text!r}"
        return json.loads(text or b"null")

    def control(self, method: str, name: str, body: Any = None) -> Any:
        return self._ask(method, f"/_sim/{name}", body)

    def calls(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "calls")["calls"])

    def faults(self, *rules: Mapping[str, Any]) -> None:
        self.control("POST", "faults", list(rules))

    def get(self, path: str) -> Any:
        return self._ask("GET", f"/v1{path}")

    def calm(self) -> None:
        self.control("DELETE", "faults")
        self.control("DELETE", "calls")


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Command:
    """Runs `inventory_run` in a process of its own, with a clean environment."""

    url: str
    folder: Path
    token: str | None = ADMIN
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def exports(self) -> Path:
        return self.folder / ".artifacts" / "exports"

    @property
    def work(self) -> Path:
        return self.folder / ".artifacts" / ".inventory-run"

    def arguments(self, *more: str) -> list[str]:
        token = ["--token", self.token] if self.token else []
        return [sys.executable, "-m", "Space_OdT.cli", "inventory_run", *token, *more]

    def env(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "SYSTEMROOT", "TMPDIR"} or name.startswith("COV")
        }
        return {
            **kept,
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "WEBEX_BASE_URL": self.url,
            "PYTHONWARNINGS": "error",
            **self.environment,
        }

    def start(self, *more: str, before: Sequence[str] = ()) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*before, *self.arguments(*more)],
            cwd=self.folder,
            env=self.env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *more: str) -> Finished:
        _, _, module, *words = self.arguments(*more)
        done = prepared.run(module, words, folder=self.folder, environment=self.env(), seconds=120)
        return Finished(done.returncode, done.stdout, done.stderr)

    def rows(self, artifact: str) -> list[dict[str, str]]:
        return read_csv(self.exports / f"{artifact}.csv")

    def status(self, artifact: str) -> dict[str, str]:
        return next(row for row in self.rows("status") if row["module"] == artifact)


def read_csv(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def raw(rows: Sequence[Mapping[str, str]]) -> list[Any]:
    return [json.loads(row["raw_json"]) for row in rows]


def bytes_of(exports: Path) -> dict[str, bytes]:
    """Everything two runs over an unchanged organisation must agree on."""
    return {
        path.name: path.read_bytes()
        for path in sorted(exports.iterdir())
        if path.is_file() and path.name not in TIMED
    }


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[Simulator]:
    with embedded_simulator(50, seed=7) as url:
        yield Simulator(url)


@pytest.fixture
def simulator(running_simulator: Simulator) -> Iterator[Simulator]:
    running_simulator.calm()
    yield running_simulator
    running_simulator.calm()


@pytest.fixture
def command(simulator: Simulator, tmp_path: Path) -> Command:
    return Command(simulator.url, tmp_path)


@pytest.fixture(scope="session")
def exported(
    running_simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Command, Finished]:
    """One undisturbed run that many tests look at."""
    running_simulator.calm()
    command = Command(running_simulator.url, tmp_path_factory.mktemp("exported"))
    return command, command.run()
