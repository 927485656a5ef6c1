"""The launcher, by its own command line: masters in, one durable run, a summary as JSON."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.behaviour.actions.conftest import Console
from tests.behaviour.bulk.conftest import Row, Run, Simulator

pytestmark = pytest.mark.xdist_group("actions-behaviour")

PROFESSIONAL = "Webex Calling - Professional"
LAUNCHER = "launcher_csv_dependencias"
FORWARD = "usuarios_configurar_desvio_prefijo53"
LICENCES = "usuarios_modificar_licencias"
HEAD = "ubicacion_actualizar_cabecera"
PSTN = "ubicacion_configurar_pstn"
NUMBERS = "ubicacion_alta_numeraciones_desactivadas"
PRECHECK = "workspaces_validar_estado_permisos"


@pytest.fixture(name="lines")
def rows_of_people_with_a_line(simulator: Simulator) -> list[Row]:
    organisation = simulator.organisation
    rows = []
    for person in organisation.people.values():
        line = organisation.plan.primary(person.id)
        if person.location_id and line is not None and line.extension:
            rows.append({"email": person.email, "extension": line.extension, "enabled": "TRUE"})
    return rows[:6]


def masters(console: Console, **tables: list[Row]) -> Path:
    folder = console.folder / "masters"
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        console.write(rows, f"masters/{name}.csv")
    return folder


def launch(console: Console, *arguments: object, **environment: str) -> Run:
    return console.action(LAUNCHER, *map(str, arguments), **environment)


def report(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def results(run: Run) -> dict[str, Any]:
    return {one["script_name"]: one for one in report(run)["results"]}


def test_several_actions_run_in_the_order_of_dependency_whatever_order_they_are_named_in(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    licences = [row | {"add_license_ids": PROFESSIONAL} for row in lines]
    folder = masters(console, Usuarios=licences)
    names = ("--script-name", FORWARD, "--script-name", LICENCES)
    run = launch(console, "--input-data-dir", folder, *names, "--auto-confirm")
    assert run.code == 0, run.stderr
    assert [one["script_name"] for one in report(run)["results"]] == [LICENCES, FORWARD]
    assert {one["status"] for one in report(run)["results"]} == {"executed"}
    assert [row["entity_type"] for row in run.results] == [LICENCES] * 6 + [FORWARD] * 6
    forwardings = [one for one in simulator.writes() if "callForwarding" in one["path"]]
    assert len(forwardings) == 6
    simulator.forget_calls()
    again = launch(console, "--input-data-dir", folder, *names, "--auto-confirm")
    assert (again.code, simulator.writes()) == (0, [])
    assert results(again)[FORWARD]["detail"]["rows"]["unchanged"] == 6


def test_the_summary_has_the_documented_keys_and_stdout_nothing_else(
    console: Console, lines: list[Row]
) -> None:
    path = console.write(lines)
    run = launch(console, "--csv-path", path, "--script-name", FORWARD, "--auto-confirm")
    found = report(run)
    assert {"csv_paths", "input_data_dir", "results"} <= found.keys()
    assert (found["csv_paths"], found["input_data_dir"]) == ([str(path)], None)
    assert found["exit_code"] == run.code == 0
    assert "phase 1" in run.stderr


def test_a_dry_run_without_a_token_shows_what_would_be_run_and_where_it_comes_from(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    path = console.write(lines)
    names = ("--csv-path", path, "--script-name", FORWARD, "--dry-run")
    run = launch(console, *names, WEBEX_ACCESS_TOKEN="")
    assert run.code == 0, run.stderr
    assert simulator.calls() == []
    assert not console.out.exists()
    (result,) = report(run)["results"]
    assert result["status"] == "dry_run"
    first = result["detail"]["invocations"][0]
    assert first["key"] == lines[0]["email"]
    assert first["values"]["extension"]["source"] == "rows.csv:2"
    assert first["values"]["ring_reminder_enabled"]["source"] == "default"


def test_a_dry_run_with_a_token_plans_the_exact_requests(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    path = console.write(lines)
    names = ("--csv-path", path, "--script-name", FORWARD)
    run = launch(console, *names, "--dry-run")
    assert (run.code, simulator.writes()) == (0, [])
    plan = [json.loads(text) for text in (console.out / "plan.jsonl").read_text().splitlines()]
    assert launch(console, *names, "--auto-confirm").code == 0
    planned = sorted((one["method"], one["url"].partition("/v1")[2]) for one in plan)
    sent = sorted((one["method"], one["path"].removeprefix("/v1")) for one in simulator.writes())
    assert planned == sent


def test_without_a_terminal_nothing_is_changed_unless_it_was_confirmed(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    run = launch(console, "--csv-path", console.write(lines), "--script-name", FORWARD)
    assert (run.code, simulator.writes()) == (2, [])
    assert "--auto-confirm" in run.stderr


def test_the_answer_no_leaves_everything_as_it_is(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    path = console.write(lines[:1])
    outer, inner = pty.openpty()
    given = ["--csv-path", str(path), "--script-name", FORWARD, "--out-dir", str(console.out)]
    process = subprocess.Popen(
        [sys.executable, "-m", f"Space_OdT.v21.transformacion.{LAUNCHER}", *given],
        cwd=console.folder,
        env=console.environment(),
        stdin=inner,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    os.close(inner)
    os.write(outer, b"no\n")
    run = console.finish(process)
    os.close(outer)
    assert simulator.writes() == []
    assert "[y/N]" in run.stderr
    assert "callForwarding" in run.stderr, "the requests are shown before the question"
    assert results(run)[FORWARD]["reason"] == "user_cancelled"
    assert results(run)[FORWARD]["status"] == "skipped"


def test_only_the_rows_that_are_chosen_are_run(console: Console, lines: list[Row]) -> None:
    path = console.write(lines)
    names = ("--csv-path", path, "--script-name", FORWARD, "--auto-confirm")
    chosen = launch(console, *names, "--row", "2-3")
    assert [row["entity_key"] for row in chosen.results] == [one["email"] for one in lines[1:3]]
    matched = launch(console, *names, "--match", f"email={lines[4]['email'].upper()}")
    assert [row["entity_key"] for row in matched.results] == [lines[4]["email"]]


def test_a_value_of_the_command_line_beats_the_file(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    path = console.write(lines[:1])
    names = ("--csv-path", path, "--script-name", FORWARD, "--auto-confirm")
    assert launch(console, *names, "--param", "destination=539999999").code == 0
    (write,) = simulator.writes()
    assert write["body"]["callForwarding"]["always"]["destination"] == "539999999"
    (record,) = map(json.loads, (console.out / "sources.jsonl").read_text().splitlines())
    assert record["values"]["destination"]["source"] == "--param"


def test_values_of_the_command_line_alone_are_one_row(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    given = [f"--param={name}={value}" for name, value in lines[0].items()]
    run = launch(console, *given, "--script-name", FORWARD, "--auto-confirm")
    assert (run.code, len(simulator.writes())) == (0, 1), run.stderr


def test_with_only_a_folder_the_usual_file_is_not_read(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    usual = console.folder / ".artifacts" / "report"
    usual.mkdir(parents=True)
    console.write([lines[1]], ".artifacts/report/results_manual.csv")
    folder = masters(console, Usuarios=[lines[0]])
    run = launch(console, "--input-data-dir", folder, "--script-name", FORWARD, "--auto-confirm")
    assert [row["entity_key"] for row in run.results] == [lines[0]["email"]]
    assert report(run)["csv_paths"] == []


def test_with_nothing_named_the_usual_file_is_read(console: Console, lines: list[Row]) -> None:
    (console.folder / ".artifacts" / "report").mkdir(parents=True)
    console.write([lines[1]], ".artifacts/report/results_manual.csv")
    run = launch(console, "--script-name", FORWARD, "--auto-confirm")
    assert [row["entity_key"] for row in run.results] == [lines[1]["email"]]
    assert "results_manual.csv" in run.stderr


def test_an_unknown_action_is_rejected_with_what_may_be_meant_and_the_others_run(
    console: Console, lines: list[Row]
) -> None:
    names = (
        "--script-name",
        "usuarios_configurar_desvio_prefijo5",
        "--script-name",
        f"{FORWARD}.py",
    )
    run = launch(console, "--csv-path", console.write(lines), *names, "--auto-confirm")
    assert run.code == 1
    found = results(run)
    assert found["usuarios_configurar_desvio_prefijo5"]["status"] == "rejected"
    assert found["usuarios_configurar_desvio_prefijo5"]["reason"] == "unsupported_script"
    assert FORWARD in found["usuarios_configurar_desvio_prefijo5"]["detail"]["message"]
    assert found[FORWARD]["status"] == "executed"


def test_actions_that_create_people_need_a_word_of_their_own(
    console: Console, simulator: Simulator
) -> None:
    given = ("--param=email=new@example.com", "--param=first_name=New", "--param=last_name=One")
    names = (*given, "--script-name", "usuarios_alta_people", "--auto-confirm")
    refused = launch(console, *names)
    assert (refused.code, simulator.calls()) == (2, [])
    assert results(refused)["usuarios_alta_people"]["reason"] == "identity_not_allowed"
    assert launch(console, *names, "--allow-identity").code == 0


def test_an_action_no_row_asks_for_is_skipped_with_the_columns_it_lacks(
    console: Console, lines: list[Row]
) -> None:
    path = console.write(lines)
    names = ("--script-name", FORWARD, "--script-name", HEAD, "--auto-confirm")
    run = launch(console, "--csv-path", path, *names, "--row", "1")
    found = results(run)
    assert run.code == 1
    assert found[FORWARD]["status"] == "executed"
    assert found[HEAD]["status"] == "rejected"
    licences = launch(console, "--csv-path", path, "--script-name", LICENCES, "--auto-confirm")
    assert licences.code == 2
    detail = results(licences)[LICENCES]["detail"]
    assert results(licences)[LICENCES]["reason"] == "missing_dependencies"
    assert detail["missing_dependencies"] == "add_license_ids;remove_license_ids"
    none = launch(
        console, "--csv-path", path, "--script-name", FORWARD, "--match", "extension=99",
        "--auto-confirm",
    )  # fmt: skip
    assert none.code == 2
    assert "No row fits --row and --match" in none.stderr
    assert results(none)[FORWARD]["detail"]["missing_dependencies"] == "rows of Usuarios"


def test_fail_fast_stops_at_the_first_row_that_is_not_done(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    nobody = [
        {"email": f"n{place}@example.com", "extension": "80000001", "enabled": "TRUE"}
        for place in range(60)
    ]
    path = console.write([*lines, *nobody])
    names = ("--csv-path", path, "--script-name", FORWARD, "--auto-confirm", "--fail-fast")
    run = launch(console, *names, BATCH_SIZE="10")
    assert run.code == 1
    assert results(run)[FORWARD]["detail"]["rows"]["open"] > 40
    assert "fail fast" in run.stderr


def test_workspaces_are_diagnosed_before_anything_is_done_to_them(
    console: Console, simulator: Simulator
) -> None:
    organisation = simulator.organisation
    rooms = [
        {
            "display_name": one.display_name,
            "location_id": one.location_id,
            "destination": "530000001",
        }
        for one in organisation.workspaces.values()
        if organisation.plan.primary(one.id) is not None
    ][:2]
    folder = masters(console, Workspaces=rooms)
    names = ("--script-name", "workspaces_configurar_desvio_prefijo53", "--auto-confirm")
    run = launch(console, "--input-data-dir", folder, *names, "--precheck-workspace-permissions")
    assert report(run)["results"][0]["script_name"] == PRECHECK
    assert {row["phase"] for row in run.results} == {"1", "2"}


def test_pending_rows_can_be_mended_and_run_again_by_the_command_that_is_printed(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    rows = [*lines[:2], lines[2] | {"email": "nobody@example.com"}]
    folder = masters(console, Usuarios=rows)
    names = ("--input-data-dir", folder, "--script-name", FORWARD, "--auto-confirm")
    first = launch(console, *names)
    assert (first.code, len(first.pending)) == (1, 1)
    assert results(first)[FORWARD]["status"] == "error"
    assert results(first)[FORWARD]["detail"]["errors"][0]["type"] == "user_not_found"
    (rerun,) = (console.out / "rerun").glob("*.csv")
    mended = rerun.read_text(encoding="utf-8").replace("nobody@example.com", lines[2]["email"])
    rerun.write_text(mended, encoding="utf-8")
    second = launch(console, "--csv-path", rerun, "--script-name", FORWARD, "--auto-confirm")
    assert second.code == 0, second.stderr
    assert [row["entity_key"] for row in second.results] == [lines[2]["email"]]


def test_rejected_rows_can_be_mended_and_fed_back(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    broken = lines[0] | {"extension": "8,0E+07"}
    path = console.write([broken, lines[1]])
    names = ("--script-name", FORWARD, "--auto-confirm")
    first = launch(console, "--csv-path", path, *names)
    assert (first.code, len(first.rejected)) == (1, 1)
    rejected = console.out / "rejected_rows.csv"
    mended = rejected.read_text(encoding="utf-8").replace("8,0E+07", lines[0]["extension"])
    rejected.write_text(mended, encoding="utf-8")
    second = launch(console, "--csv-path", rejected, *names)
    assert (second.code, len(simulator.writes())) == (0, 2), second.stderr
    assert [row["entity_key"] for row in second.results] == [lines[0]["email"]]


def test_wrong_names_of_options_are_told_before_anything_is_done(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    path = console.write(lines)
    names = ("--csv-path", path, "--script-name", FORWARD, "--auto-confirm")
    for wrong in (
        "--param=destinationn=5",
        "--row=0",
        "--match=email",
        "--match=emaill=a",
        "--column=extensio2=x",
        "--column=extension=y",
    ):
        run = launch(console, *names, wrong)
        assert (run.code, run.stdout.count("executed")) == (2, 0), wrong
    assert simulator.calls() == []


def test_the_token_appears_nowhere(console: Console, lines: list[Row]) -> None:
    run = launch(
        console,
        *("--csv-path", console.write(lines), "--script-name", FORWARD, "--auto-confirm"),
        *("--verbose-log", "--debug-har", "--token", "sim-admin-token"),
        WEBEX_ACCESS_TOKEN="",
    )
    assert run.code == 0, run.stderr
    files = [path for path in (*console.out.rglob("*"), *console.logs.rglob("*")) if path.is_file()]
    texts = [run.stdout, run.stderr, *(path.read_text(encoding="utf-8") for path in files)]
    assert not any("sim-admin-token" in text for text in texts)
    assert (console.logs / f"{LAUNCHER}.log").is_file()


# -- wrong data, through the real command --------------------------------------------------------


def told(run: Run, action: str) -> list[str]:
    detail = results(run)[action]["detail"]
    return [*detail.get("rejected", []), *(one["message"] for one in detail.get("errors", []))]


def test_each_wrong_row_is_one_clear_line(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    organisation = simulator.organisation
    here, there, *_ = organisation.locations.values()
    state = simulator.control("GET", "state")["organisation"]
    foreign = next(number for number, place, *_ in state["numbers"] if place == there.id)
    folder = masters(
        console,
        Ubicaciones=[
            {"Seu": "CUV-NOWHERE", "Capçalera": "34910000001"},
            {"Seu": here.name, "Capçalera": ""},
            {"Seu": here.name, "Capçalera": "3,491E+10"},
            {"Seu": here.name, "Capçalera": foreign.lstrip("+")},
        ],
        Usuarios=[
            {"Usuari": "ana", "Domini": "", "Extensió": "80000001"},
            {"Usuari": lines[0]["email"], "Domini": "example.com", "Extensió": "8,0E+07"},
        ],
    )
    names = ("--input-data-dir", folder, "--script-name", HEAD, "--script-name", FORWARD)
    run = launch(console, *names, "--auto-confirm")
    assert run.code == 1
    assert simulator.writes() == []
    heads = told(run, HEAD)
    assert any("there is no location CUV-NOWHERE" in one for one in heads)
    assert any("line 3: column Capçalera, value" in one and "required" in one for one in heads)
    assert any("scientific notation" in one for one in heads)
    assert any(foreign in one for one in heads)
    forwards = told(run, FORWARD)
    assert any("Usuari@Domini" in one for one in forwards)
    assert any("scientific notation" in one for one in forwards)


def test_a_name_that_several_have_and_a_licence_without_units_are_told(
    console: Console, simulator: Simulator
) -> None:
    state = simulator.control("GET", "state")
    licences, locations = (state["organisation"][name] for name in ("licences", "locations"))
    next(one for one in licences if one[1] == PROFESSIONAL)[3] = 0
    locations[1][1] = locations[0][1]
    simulator.control("POST", "state", state)
    organisation = simulator.organisation
    person = next(
        one
        for one in organisation.people.values()
        if not organisation.calling_licence(one.licences)
    )
    row = {"email": person.email, "extension": "87654321", "add_license_ids": PROFESSIONAL}
    folder = masters(
        console,
        Ubicaciones=[{"name": locations[0][1], "route_identity": "RG_PRE"}],
        Usuarios=[row | {"Nom seu": locations[2][1]}],
    )
    names = ("--script-name", PSTN, "--script-name", LICENCES, "--auto-confirm")
    run = launch(console, "--input-data-dir", folder, *names)
    assert (run.code, simulator.writes()) == (1, [])
    (ambiguous,) = told(run, PSTN)
    assert locations[0][1] in ambiguous
    (empty,) = told(run, LICENCES)
    assert f"no unit of the licence {PROFESSIONAL} is left" in empty
