"""A whole site from its masters: planned, brought live, killed, resumed, cut over."""

from __future__ import annotations

import json
import shutil
import signal
import time
from pathlib import Path

import pytest

from Space_OdT.engine.run_lock import RunLock
from Space_OdT.v21.transformacion.site import CUT_OVER
from tests.behaviour.actions.conftest import SITE, Console
from tests.behaviour.bulk.conftest import Simulator

pytestmark = pytest.mark.xdist_group("actions-behaviour")

NAME = "CUV97210000101"


def test_the_sample_site_goes_live_and_a_second_run_writes_nothing(
    console: Console, simulator: Simulator
) -> None:
    first = console.site("--auto-confirm")
    assert first.code == 0, first.stderr + first.stdout
    organisation = simulator.organisation
    (site,) = (one for one in organisation.locations.values() if one.name == NAME)
    people = organisation.people_at(site.id)
    assert len(people) == 50
    assert all(organisation.calling_licence(one.licences) for one in people)
    assert site.main_number == "+34972100000"
    assert first.summary["reconciliation"].endswith("+ 0 pending + 0 rejected")

    simulator.forget_calls()
    second = console.site("--auto-confirm")
    assert second.code == 0, second.stderr
    assert simulator.writes() == []
    assert second.summary["rows"]["changed"] == 0
    assert second.summary["rows"]["in"] == first.summary["rows"]["in"]


def test_a_dry_run_writes_nothing_and_names_what_the_run_then_sends(
    console: Console, simulator: Simulator
) -> None:
    planned = console.site("--dry-run")
    assert planned.code == 0, planned.stderr
    assert simulator.writes() == []
    plan = [json.loads(line) for line in (console.out / "plan.jsonl").read_text().splitlines()]
    assert {one["entity_type"] for one in plan} >= {
        "ubicacion_crear",
        "ubicacion_configurar_pstn",
        "usuarios_modificar_licencias",
    }
    done = console.site("--auto-confirm")
    assert done.code == 0, done.stderr
    sent = [(one["method"], one["path"]) for one in simulator.writes()]
    people = [one for one in plan if "/people/" in one["url"] or "/licenses/" in one["url"]]
    for one in people:  # their addresses do not depend on the site, which is new
        assert (one["method"], one["url"].partition("/v1")[2]) in {
            (method, path.removeprefix("/v1")) for method, path in sent
        }
    # of a site that does not exist yet, a plan cannot know which of its settings fit already
    assert len(plan) - len(sent) in {0, 1}


def test_a_killed_activation_goes_on_where_it_was(console: Console, simulator: Simulator) -> None:
    slow = {"kind": "slow", "method": "PATCH", "path": "/licenses/users", "seconds": 0.2}
    simulator.faults(slow)
    process = console.start(
        "site_activate",
        "--input-data-dir",
        str(SITE),
        "--profiles",
        str(SITE / "profiles.json"),
        "--auto-confirm",
        "--concurrent-requests",
        "2",
        module="Space_OdT.cli",
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        results = console.out / "results.csv"
        if results.exists() and results.read_bytes().count(b"usuarios_modificar") > 5:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    simulator.no_faults()
    resumed = console.site("--auto-confirm")
    assert resumed.code == 0, resumed.stderr
    assert "Going on with the run" in resumed.stderr
    numbers = [row["row_number"] for row in resumed.results]
    assert len(numbers) == len(set(numbers)) == resumed.summary["rows"]["in"]
    created = [
        one
        for one in simulator.writes()
        if one["method"] == "POST" and one["path"].endswith("/locations")
    ]
    assert len(created) == 2, "the location once, its calling once"


def test_the_cut_over_activates_numbers_and_ends_the_forwarding(
    console: Console, simulator: Simulator
) -> None:
    assert console.site("--auto-confirm").code == 0
    done = console.site("--cut-over", "--auto-confirm")
    assert done.code == 0, done.stderr + done.stdout
    assert "no action reads announcement_language" not in done.stderr, "that is another day's"
    kinds = {row["entity_type"] for row in done.results}
    assert kinds == set(CUT_OVER)
    organisation = simulator.organisation
    (site,) = (one for one in organisation.locations.values() if one.name == NAME)
    assert {one.state for one in organisation.plan.in_location(site.id)} == {"ACTIVE"}
    simulator.forget_calls()
    assert console.site("--cut-over", "--auto-confirm").code == 0
    assert simulator.writes() == []


def test_pending_rows_are_run_again_by_the_command_that_is_shown(
    console: Console, simulator: Simulator
) -> None:
    masters = console.folder / "masters"
    shutil.copytree(SITE, masters)
    users = masters / "Usuarios.csv"
    users.write_text(users.read_text().replace("Professional", "Profesional", 1))
    first = console.site("--auto-confirm", "--skip", "usuarios_configurar_desvio_prefijo53",
                         masters=masters)  # fmt: skip
    assert first.code == 1, first.stderr
    pending = first.pending
    assert {row["entity_key"] for row in pending} == {"nuria.pena@example.com"}
    assert pending[0]["entity_type"] == "usuarios_modificar_licencias"
    assert {row["reason_code"] for row in pending} == {"precondition_missing"}
    command = first.summary["rerun_command"]
    given = Path(command.split("--csv-path ")[1].split()[0])
    kept = console.folder / given
    kept.write_text(kept.read_text().replace("Profesional", "Professional"))
    simulator.forget_calls()
    again = console.finish(
        console.start(
            "site_activate", "--csv-path", str(kept), "--auto-confirm", module="Space_OdT.cli"
        )
    )
    assert again.code == 0, again.stderr
    assert again.summary["rows"]["in"] == len(pending)
    assert simulator.writes()[0]["method"] == "PATCH"


def test_what_the_command_line_gets_wrong_is_one_line(console: Console) -> None:
    for arguments, words in (
        (("--only", "usuarios_modificar_licencia"), 'did you mean "usuarios_modificar_licencias"'),
        (("--match", "name"), "expected COLUMN=VALUE"),
        (("--match", "name=nowhere", "--auto-confirm"), "no row that asks for any action"),
        ((), "Nobody can be asked here"),
    ):
        refused = console.site(*arguments)
        assert refused.code == 2, refused.stderr
        assert words in refused.stderr
    missing = console.site("--dry-run", masters=console.folder / "nothing")
    assert missing.code == 2
    assert "there is no such folder" in missing.stderr


def test_several_sites_go_live_in_one_run(console: Console, simulator: Simulator) -> None:
    masters = console.folder / "masters"
    shutil.copytree(SITE, masters)
    sites = masters / "Ubicaciones.csv"
    head, row = sites.read_text().splitlines()
    other = row.replace(NAME, "CUV97210000202").replace("34972100000", "34972200000")
    sites.write_text(f"{head}\n{row}\n{other}\n")
    with (masters / "Numeraciones.csv").open("a") as file:
        file.write("CUV97210000202,+34972200000,,\n")
    places = ("--only", "ubicacion_crear", "--only", "ubicacion_configurar_pstn")
    numbers = ("ubicacion_alta_numeraciones_desactivadas", "ubicacion_actualizar_cabecera")
    chosen = [*places, *(word for one in numbers for word in ("--only", one))]
    done = console.site(*chosen, "--auto-confirm", masters=masters)
    assert done.code == 0, done.stderr + done.stdout
    found = {
        one.name: one.main_number
        for one in simulator.organisation.locations.values()
        if one.name.startswith("CUV")
    }
    assert found == {NAME: "+34972100000", "CUV97210000202": "+34972200000"}
    one_site = console.site(
        *chosen, "--match", "location_name=CUV97210000202", "--dry-run", masters=masters
    )
    assert one_site.code == 0, one_site.stderr
    assert "rows       4 unchanged" in one_site.stdout


def test_ctrl_c_finishes_rows_in_flight_and_the_same_command_goes_on(
    console: Console, simulator: Simulator
) -> None:
    slow = {"kind": "slow", "method": "PATCH", "path": "/licenses/users", "seconds": 0.3}
    simulator.faults(slow)
    process = console.start(
        "site_activate",
        "--input-data-dir",
        str(SITE),
        "--only",
        "usuarios_modificar_licencias",
        "--only",
        "ubicacion_crear",
        "--only",
        "ubicacion_configurar_pstn",
        "--only",
        "ubicacion_alta_numeraciones_desactivadas",
        "--auto-confirm",
        "--concurrent-requests",
        "2",
        module="Space_OdT.cli",
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "usuarios_modificar_licencias: 46 rows" in line and simulator.writes():
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    stopped = console.finish(process)
    assert stopped.code == 130
    assert stopped.checkpoint["status"] == "stopped"
    assert "not run" in stopped.stdout
    simulator.no_faults()
    assert stopped.pending == []


def test_a_folder_in_use_is_left_alone(console: Console) -> None:
    console.out.mkdir()
    with RunLock(console.out / ".rows-run.lock", "site_activate"):
        refused = console.site("--dry-run")
    assert refused.code == 4
    assert "is in use by site_activate" in refused.stderr
