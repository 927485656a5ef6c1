from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from Space_OdT.commands.people_to_location import parse
from tests import prepared
from tests.engine.bulk.conftest import ADMIN, Simulator, a_fresh_simulator, a_running_simulator

__all__ = ["a_fresh_simulator", "a_running_simulator"]  # fixtures

pytestmark = pytest.mark.xdist_group("people-to-location")
ROOT = Path(__file__).resolve().parents[2]
MODULE = "Space_OdT.v21.transformacion.usuarios_asignar_location_desde_csv"
GIRONA, BARCELONA = "Girona Centre 002", "Barcelona Centre 001"
WITHOUT_NUMBER = "carme.iglesias@example.com"
CONTROL = Path(".artifacts") / "report" / "people_to_location.csv"


def command(folder: Path, simulator: Simulator, *arguments: str) -> tuple[int, str, str]:
    done = prepared.run(
        MODULE,
        ["--token", ADMIN, "--base-url", simulator.url, *arguments],
        folder=folder,
        environment={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SPACE_ODT_LOG_DIR": str(folder / "logs"),
        },
        seconds=120,
    )
    return done.returncode, done.stdout, done.stderr


def export(folder: Path, simulator: Simulator) -> Path:
    path = folder / "people.json"
    people = simulator.organisation.people.values()
    path.write_text(json.dumps([{"id": one.id, "emails": [one.email]} for one in people]))
    return path


def moves(simulator: Simulator) -> int:
    return sum(
        one["method"] == "POST" and not one["body"]["usersList"][0]["validate"]
        for one in simulator.calls()
    )


def test_from_the_export_over_the_control_file_to_the_move(
    tmp_path: Path, simulator: Simulator
) -> None:
    people = export(tmp_path, simulator)
    code, _, told = command(tmp_path, simulator, "--people-json", str(people), "--generate-only")
    assert code == 0, told
    control = tmp_path / CONTROL
    assert control.read_text().startswith("selected,person_id,target_location_id\n")
    assert not simulator.calls()

    code, _, told = command(tmp_path, simulator)
    assert (code, "No row of people_to_location.csv is selected" in told) == (0, True), told
    assert not simulator.calls()

    somebody = simulator.organisation.person_by_email(WITHOUT_NUMBER)
    assert somebody is not None
    text = control.read_text().replace(f",{somebody.id},", f"Sí,{somebody.id},{GIRONA}")
    control.write_text(text)
    code, out, told = command(tmp_path, simulator)
    assert code == 0, told
    assert "Nothing is changed without --apply" in told
    assert "moveLocation" in out
    assert moves(simulator) == 0

    code, out, told = command(tmp_path, simulator, "--apply")
    assert code == 0, told
    assert "1 rows in = 1 success" in out
    assert moves(simulator) == 1
    code, out, told = command(tmp_path, simulator, "--apply")
    assert (code, "changed    0" in out) == (0, True), told
    assert moves(simulator) == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("x,,Girona\nx,P2,\n", "line 2: person_id is blank; line 3: target_location_id is blank"),
        ("x,P1,A\nx,P1,B\n", "line 3: the same person as in line 2"),
        ("maybe,P1,A\n", "line 2: selected is maybe"),
    ],
    ids=["blank cells", "one person twice", "neither yes nor no"],
)
def test_all_selected_rows_are_looked_at_before_any_call(
    tmp_path: Path, simulator: Simulator, rows: str, told: str
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"selected,person_id,target_location_id\n{rows}")
    code, _, said = command(tmp_path, simulator, "--csv", str(path), "--apply")
    assert code == 2
    assert told in said
    assert not simulator.calls()


def test_other_headers_and_missing_files_are_refused(tmp_path: Path, simulator: Simulator) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("selected,person,target\nx,P1,L1\n")
    code, _, said = command(tmp_path, simulator, "--csv", str(path))
    assert (code, "has to be exactly selected,person_id,target_location_id" in said) == (2, True)
    code, _, said = command(tmp_path, simulator)
    assert (code, "--people-json" in said) == (2, True)
    assert not simulator.calls()


def test_one_person_needs_no_file(tmp_path: Path, simulator: Simulator) -> None:
    row = ("--email", WITHOUT_NUMBER, "--target-location", BARCELONA)
    code, out, told = command(tmp_path, simulator, *row)
    assert code == 0, told
    assert "already_in_target_location" in out


def test_the_options_of_the_control_file_are_taken_out() -> None:
    front = parse(["--people-json", "p.json", "--overwrite-csv", "--apply", "--max-rate", "60"])
    assert (front.people_json, front.overwrites, front.only_generates) == (
        Path("p.json"),
        True,
        False,
    )
    assert front.applies
    assert front.rest == ("--max-rate", "60")
