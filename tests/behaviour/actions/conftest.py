from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from tests import prepared
from tests.behaviour.bulk.conftest import ADMIN, PATIENCE, ROOT, Run, Simulator

SITE = ROOT / "samples" / "site"
# The organisation that the sample masters belong to.
PEOPLE = 600


class Console:
    """Runs the real commands against a simulator, from a folder of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.out = folder / "out"
        self.logs = folder / "logs"

    def environment(self, **overrides: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "WEBEX_BASE_URL": self.url,
            "WEBEX_ACCESS_TOKEN": ADMIN,
            "SPACE_ODT_LOG_DIR": str(self.logs),
            "MAX_RETRIES": "3",
            **overrides,
        }

    def write(self, rows: Sequence[Mapping[str, str]], name: str = "rows.csv") -> Path:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def start(self, *arguments: str, module: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments, "--out-dir", str(self.out)],
            cwd=self.folder,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def finish(self, process: subprocess.Popen[str]) -> Run:
        stdout, stderr = process.communicate(timeout=PATIENCE)
        return Run(process.returncode, stdout, stderr, self.out)

    def run(self, *arguments: str, module: str, **environment: str) -> Run:
        done = prepared.run(
            module,
            [*arguments, "--out-dir", str(self.out)],
            folder=self.folder,
            environment=self.environment(**environment),
            seconds=PATIENCE,
        )
        return Run(done.returncode, done.stdout, done.stderr, self.out)

    def action(self, action_id: str, *arguments: str, **environment: str) -> Run:
        module = f"Space_OdT.v21.transformacion.{action_id}"
        return self.run(*arguments, module=module, **environment)

    def site(self, *arguments: str, masters: Path = SITE, **environment: str) -> Run:
        given = ("site_activate", "--input-data-dir", str(masters))
        profiles = ("--profiles", str(SITE / "profiles.json"))
        return self.run(*given, *profiles, *arguments, module="Space_OdT.cli", **environment)


@pytest.fixture(scope="session", name="standing")
def a_standing_simulator() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE) as url:
        yield Simulator(url)


@pytest.fixture(name="simulator")
def a_fresh_simulator(standing: Simulator) -> Simulator:
    standing.control("POST", "reset", {"size": PEOPLE})
    standing.no_faults()
    standing.forget_calls()
    return standing


@pytest.fixture(name="console")
def a_console(simulator: Simulator, tmp_path: Path) -> Console:
    return Console(simulator.url, tmp_path)
