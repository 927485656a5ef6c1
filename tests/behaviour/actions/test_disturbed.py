"""Many rows of two actions through the launcher, under faults, killed and resumed."""

from __future__ import annotations

import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.bare_organisation import LICENCE, bare_world, emails_of
from Space_OdT.simulator.organisation.entities import PstnKind
from Space_OdT.simulator.world import World
from tests.behaviour.actions.conftest import Console
from tests.behaviour.bulk.conftest import PATIENCE, Row, Run, Simulator

pytestmark = pytest.mark.xdist_group("actions-behaviour")

LAUNCHER = "Space_OdT.v21.transformacion.launcher_csv_dependencias"
ACTIONS = ("usuarios_modificar_licencias", "usuarios_configurar_desvio_prefijo53")
SHARE = 0.05
KINDS: tuple[dict[str, object], ...] = (
    {"kind": "status", "status": 429, "retry_after": "0.1"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "slow", "seconds": 0.3},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "malformed_json"},
)
STORM = tuple({**one, "probability": SHARE / len(KINDS)} for one in KINDS)
# What a row may end with when its calls, or those of a row it needs, were exhausted.
EXHAUSTED = frozenset(
    {
        "retry_exhausted",
        "precondition_missing",
        "half_applied",
        "invalid_response_schema",
        "user_not_found",
    }
)


@dataclass
class Case:
    """People without calling, and the masters that give it to them and forward their calls."""

    console: Console
    simulator: Simulator
    masters: Path
    rows: list[Row]

    @classmethod
    def of(cls, console: Console, simulator: Simulator, people: int) -> Case:
        world = bare_world(people)
        simulator.control("POST", "state", world.to_state())
        simulator.forget_calls()
        places = [
            one.name
            for one in world.organisation.locations.values()
            if one.calling and one.pstn is PstnKind.LOCAL_GATEWAY
        ]
        rows = [
            {
                "email": email,
                "location_name": places[index % len(places)],
                "extension": f"{70000000 + index}",
                "add_license_ids": LICENCE,
                "enabled": "TRUE",
            }
            for index, email in enumerate(emails_of(world))
        ]
        masters = console.folder / "masters"
        masters.mkdir()
        console.write(rows, "masters/Usuarios.csv")
        return cls(console, simulator, masters, rows)

    def arguments(self) -> list[str]:
        names = [word for one in ACTIONS for word in ("--script-name", one)]
        return ["--input-data-dir", str(self.masters), *names, "--auto-confirm"]

    def run(self) -> Run:
        console = self.console
        return console.finish(console.start(*self.arguments(), module=LAUNCHER, **SETTINGS))

    def run_and_kill(self, settled: int) -> None:
        """Start the run and kill it when so many outcomes are there."""
        process = self.console.start(*self.arguments(), module=LAUNCHER, **SETTINGS)
        results = self.console.out / "results.csv"
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            if results.exists() and results.read_bytes().count(b"\n") > settled:
                break
            time.sleep(0.05)
        assert process.poll() is None, "the run ended before it could be killed"
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)

    def check_once_each(self, run: Run) -> None:
        numbers = Counter(int(one["row_number"]) for one in run.results)
        assert numbers == Counter(range(1, 2 * len(self.rows) + 1))

    def check_left(self) -> None:
        world = World.from_state(self.simulator.control("GET", "state"))
        organisation = world.organisation
        forwarded = {
            path.split("/")[2]: document
            for path, document in world.documents.items()
            if path.endswith("/features/callForwarding")
        }
        wanted = {row["email"]: row["extension"] for row in self.rows}
        for person in organisation.people.values():
            extension = wanted[person.email]
            line = organisation.plan.primary(person.id)
            assert line is not None
            assert line.extension == extension
            assert len(organisation.plan.of_owner(person.id)) == 1
            always = forwarded[person.id]["callForwarding"]["always"]
            assert always["destination"] == f"53{extension[-7:]}"


SETTINGS = {"REQUEST_TIMEOUT_SECONDS": "5", "THROTTLE_BUDGET_SECONDS": "60", "MAX_RETRIES": "4"}


def through_faults_and_kills(case: Case, kills_at: tuple[int, ...]) -> Run:
    """Run in a storm, killed on the way; then in calm weather until nothing is left."""
    case.simulator.faults(*STORM)
    for settled in kills_at:
        case.run_and_kill(settled)
    run = case.run()
    assert run.code in {0, 1}, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    case.check_once_each(run)
    assert {one["reason_code"] for one in run.pending} <= EXHAUSTED
    case.simulator.no_faults()
    calm = case.run()
    assert calm.code == 0, calm.stdout + calm.stderr
    case.check_once_each(calm)
    case.check_left()
    case.simulator.forget_calls()
    assert case.run().code == 0
    assert case.simulator.writes() == []
    return run


def test_rows_in_a_storm_killed_twice_are_all_done_once(
    console: Console, simulator: Simulator
) -> None:
    through_faults_and_kills(Case.of(console, simulator, 150), (40, 190))


@pytest.mark.soak
def test_21_000_people_get_calling_and_forwarding_in_a_storm(
    console: Console, simulator: Simulator
) -> None:
    case = Case.of(console, simulator, 21_000)
    run = through_faults_and_kills(case, (3_000, 15_000, 30_000))
    assert run.summary["rows"]["in"] == 42_000
