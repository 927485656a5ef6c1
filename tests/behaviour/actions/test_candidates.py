"""Inventory, generator, an edit, launcher: the real commands, one after the other."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

from tests import prepared
from tests.behaviour.actions.conftest import Console
from tests.behaviour.bulk.conftest import PATIENCE, Row, Simulator

pytestmark = pytest.mark.xdist_group("actions-behaviour")

GENERATOR = "Space_OdT.v21.transformacion.generar_csv_candidatos_desde_artifacts"
LAUNCHER = "launcher_csv_dependencias"
FORWARD = "usuarios_configurar_desvio_prefijo53"
READ = (
    "people",
    "locations",
    "licenses",
    "workspaces",
    "numbers",
    "calling_locations",
    "calling_locations_details",
    "location_pstn_connection",
)


def command(console: Console, *arguments: str) -> subprocess.CompletedProcess[str]:
    module, *words = arguments
    return prepared.run(
        module,
        words,
        folder=console.folder,
        environment=console.environment(),
        seconds=PATIENCE,
    )


@pytest.fixture(name="exports")
def exports_of_an_inventory(console: Console) -> Path:
    only = [word for name in READ for word in ("--only", name)]
    run = command(console, "Space_OdT.cli", "inventory_run", "--no-report", *only)
    assert run.returncode == 0, run.stderr
    return console.folder / ".artifacts" / "exports"


def edit(path: Path, **decisions: str) -> Row:
    """Decide something about the first row that has an extension."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = next(row for row in rows if row["extension"])
    chosen.update(decisions)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return chosen


def test_masters_of_the_inventory_change_nothing_until_somebody_decides(
    console: Console, simulator: Simulator, exports: Path
) -> None:
    generated = command(console, GENERATOR, "--output", "masters")
    assert generated.returncode == 0, generated.stderr
    masters = ("--input-data-dir", "masters", "--auto-confirm")
    simulator.forget_calls()
    untouched = console.action(LAUNCHER, *masters)
    assert simulator.writes() == []
    statuses = {one["status"] for one in json.loads(untouched.stdout)["results"]}
    assert statuses <= {"executed", "skipped"}, untouched.stdout
    chosen = edit(console.folder / "masters" / "Usuarios.csv", enabled="TRUE")
    run = console.action(LAUNCHER, *masters)
    (write,) = simulator.writes()
    assert "callForwarding" in write["path"]
    forwarded = [row for row in run.results if row["entity_type"] == FORWARD]
    assert [(row["entity_key"], row["status"]) for row in forwarded] == [
        (chosen["email"], "success")
    ]


def test_the_documented_file_of_one_row_runs_an_action(
    console: Console, simulator: Simulator, exports: Path
) -> None:
    path = exports / "v21_transformacion_candidatos.csv"
    generated = command(console, GENERATOR, "--output", str(path))
    assert generated.returncode == 0, generated.stderr
    simulator.forget_calls()
    names = ("--script-name", "ubicacion_actualizar_cabecera", "--auto-confirm")
    run = console.action(LAUNCHER, "--csv-path", str(path), *names)
    assert (run.code, simulator.writes()) == (0, []), run.stdout + run.stderr
    assert [row["status"] for row in run.results] == ["success"]


def test_a_workbook_is_written_and_understood(console: Console, exports: Path) -> None:
    assert command(console, GENERATOR, "--output", "masters.xlsx").returncode == 0
    names = ("--script-name", "ubicacion_configurar_pstn", "--dry-run")
    run = console.action(LAUNCHER, "--csv-path", "masters.xlsx", *names)
    (result,) = json.loads(run.stdout)["results"]
    assert result["status"] == "dry_run"
    assert result["detail"]["invocations"][0]["source"] == "masters.xlsx [Ubicaciones]:2"


def test_work_that_is_there_is_not_overwritten_and_missing_exports_are_told(
    console: Console, exports: Path
) -> None:
    (exports / "workspaces.csv").unlink()
    first = command(console, GENERATOR, "--exports-dir", str(exports))
    assert first.returncode == 0
    assert "workspaces.csv is not there" in first.stderr
    assert (console.folder / ".artifacts" / "masters" / "Usuarios.csv").is_file()
    second = command(console, GENERATOR, "--exports-dir", str(exports))
    assert (second.returncode, "--overwrite" in second.stderr) == (2, True)
    third = command(console, GENERATOR, "--exports-dir", str(exports), "--overwrite")
    assert third.returncode == 0


def test_without_exports_the_command_says_what_to_do(console: Console) -> None:
    run = command(console, GENERATOR)
    assert (run.returncode, "inventory_run" in run.stderr) == (2, True)


def test_exports_without_entities_make_no_empty_masters(console: Console) -> None:
    bare = console.folder / "bare"
    bare.mkdir()
    (bare / "people.csv").write_text("person_id,email\n")
    generated = command(console, GENERATOR, "--exports-dir", str(bare), "--output", "masters")
    assert generated.returncode == 2
    assert "hold no entity" in generated.stderr
    assert not (console.folder / "masters").exists()
