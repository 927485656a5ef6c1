"""One action from its own command line: files, single rows, questions, refusals, logs."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from tests.behaviour.actions.conftest import Console
from tests.behaviour.bulk.conftest import ADMIN, ROOT, Crowd, Row, Simulator

pytestmark = pytest.mark.xdist_group("actions-behaviour")

FORWARD = "usuarios_configurar_desvio_prefijo53"
LICENCES = "usuarios_modificar_licencias"


@pytest.fixture(name="lines")
def rows_of_people_with_a_line(simulator: Simulator) -> list[Row]:
    organisation = simulator.organisation
    rows = []
    for person in organisation.people.values():
        line = organisation.plan.primary(person.id)
        if person.location_id and line is not None and line.extension:
            rows.append({"email": person.email, "extension": line.extension})
    return rows[:8]


def test_a_file_is_run_row_by_row_and_a_second_run_writes_nothing(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    path = console.write(lines)
    first = console.action(FORWARD, "--csv", str(path), "--auto-confirm")
    assert first.code == 0, first.stderr + first.stdout
    assert len(simulator.writes()) == len(lines)
    assert {row["entity_type"] for row in first.results} == {FORWARD}
    assert first.summary["phases"] == {FORWARD: {"success": len(lines)}}
    simulator.forget_calls()
    second = console.action(FORWARD, "--csv", str(path), "--auto-confirm")
    assert (second.code, simulator.writes()) == (0, [])
    assert second.summary["rows"]["unchanged"] == len(lines)


def test_a_dry_run_shows_the_requests_that_the_run_then_sends(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    path = console.write(lines)
    assert console.action(FORWARD, "--csv", str(path), "--dry-run").code == 0
    assert simulator.writes() == []
    plan = [json.loads(line) for line in (console.out / "plan.jsonl").read_text().splitlines()]
    assert console.action(FORWARD, "--csv", str(path), "--auto-confirm").code == 0
    planned = sorted((one["method"], one["url"].partition("/v1")[2]) for one in plan)
    sent = sorted((one["method"], one["path"].removeprefix("/v1")) for one in simulator.writes())
    assert planned == sent


def test_one_row_comes_from_options(console: Console, lines: list[Row]) -> None:
    row = lines[0]
    given = ("--email", row["email"], "--destination", "530000099", "--auto-confirm")
    done = console.action(FORWARD, *given)
    assert done.code == 0, done.stderr
    (result,) = done.results
    assert result["entity_key"] == row["email"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give --csv FILE, or the parameters of one row"),
        (("--csv", "nowhere.csv", "--dry-run"), "nowhere.csv"),
        (("--email", "ana@example.com", "--extension", "80000001"), "Nobody can be asked here"),
        (("--csvv", "x"), "No such option"),
    ],
)
def test_a_command_that_cannot_run_says_why(
    console: Console, arguments: tuple[str, ...], words: str
) -> None:
    refused = console.action(FORWARD, *arguments)
    assert refused.code == 2
    assert words in refused.stderr
    assert not (console.out / "results.csv").exists()


def test_creating_people_has_to_be_allowed(console: Console, simulator: Simulator) -> None:
    given = ("--email", "new@example.com", "--first-name", "N", "--last-name", "N")
    refused = console.action("usuarios_alta_people", *given, "--auto-confirm")
    assert refused.code == 2
    assert "--allow-identity" in refused.stderr
    assert simulator.calls() == []


def test_the_help_teaches(console: Console) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", f"Space_OdT.v21.transformacion.{LICENCES}", "--help"],
        cwd=console.folder,
        env=console.environment(COLUMNS="200"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for words in ("--add-license-ids", "Codi Seu", "Asigna y retira", "--dry-run", "Example"):
        assert words in shown


def test_files_as_people_have_them_are_understood(console: Console, lines: list[Row]) -> None:
    """Windows encoding, semicolons, Catalan headers, a workbook; an unknown column is named."""
    row = lines[0]
    path = console.folder / "excel.csv"
    text = f"Correu;Extensió;Notes\r\n{row['email'].upper()};{row['extension']};à\r\n"
    path.write_bytes(text.encode("cp1252"))
    done = console.action(FORWARD, "--csv", str(path), "--auto-confirm")
    assert done.code == 0, done.stderr
    assert "no action reads Notes" in done.stderr

    book = console.folder / "llibre.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["correu", "extensió"])
        sheet.write(1, 0, row["email"])
        sheet.write_number(1, 1, int(row["extension"]))
    done = console.action(FORWARD, "--csv", str(book), "--auto-confirm")
    assert done.code == 0, done.stderr
    assert done.summary["rows"]["unchanged"] == 1


def test_wrong_data_is_one_clear_line_each(
    console: Console, simulator: Simulator, lines: list[Row]
) -> None:
    crowd = Crowd(simulator.organisation)
    someone, other = crowd.without[:2]
    taken = simulator.organisation.locations[crowd.calling[0].location_id]
    plan = simulator.organisation.plan
    number = next(one for one, at in plan.numbers.items() if at.location_id != taken.id)
    base = {"add_license_ids": "Webex Calling - Professional", "location_name": taken.name}
    rows = [
        {**base, "email": someone, "extension": "7001", "phone_number": "3.4972E+10"},
        {**base, "email": "", "extension": "7002"},
        {**base, "email": someone, "location_name": "Nowhere", "extension": "7003"},
        {**base, "email": other, "extension": ""},
        {**base, "email": "not there@example.com", "extension": "7005"},
        {**base, "email": "nobody@example.com", "extension": "7006"},
        {**base, "email": lines[0]["email"], "remove_license_ids": base["add_license_ids"]},
        {**base, "email": other, "extension": "7008", "phone_number": number},
    ]
    done = console.action(LICENCES, "--csv", str(console.write(rows)), "--auto-confirm")
    assert done.code == 1
    told = {row["input_line"]: row["reason_message"] for row in (*done.rejected, *done.pending)}
    assert len(told) == len(rows), (told, done.results)
    for line, words in (
        ("2", "3.4972E+10"),
        ("3", "email"),
        ("4", "Nowhere"),
        ("6", "e-mail address"),
        ("7", "nobody@example.com"),
        ("8", "remove_license_ids"),
    ):
        assert words in told[line], told[line]
    assert simulator.writes() == []


def test_a_mode_alone_is_told_what_it_lacks(console: Console, lines: list[Row]) -> None:
    done = console.action(
        FORWARD, "--email", lines[0]["email"], "--mode", "unset", "--auto-confirm"
    )
    assert done.code == 1
    assert "expected one of extension, destination. Fix" in done.stderr


def test_pending_rows_can_be_fed_back_as_they_are(console: Console, lines: list[Row]) -> None:
    rows = [*lines[:2], {"email": "nobody@example.com", "extension": "80000001"}]
    first = console.action(FORWARD, "--csv", str(console.write(rows)), "--auto-confirm")
    assert first.code == 1
    left = console.out / "pending_rows.csv"
    again = console.action(FORWARD, "--csv", str(left), "--auto-confirm")
    assert again.code == 1
    assert again.summary["rows"]["in"] == 1
    assert again.pending, again.stderr + str(again.rejected)
    (pending,) = again.pending
    assert pending["email"] == "nobody@example.com"
    assert "no action reads" not in again.stderr


def test_logs_name_rows_by_number_and_hold_no_secret(console: Console, lines: list[Row]) -> None:
    path = console.write(lines)
    assert console.action(FORWARD, "--csv", str(path), "--auto-confirm").code == 0
    text = (console.logs / f"{FORWARD}.log").read_text()
    events = [json.loads(line) for line in text.splitlines()]
    done = [one for one in events if one["event"] == "row_done"]
    assert {one["row_number"] for one in done} == set(range(1, len(lines) + 1))
    assert not any(row["email"] in text for row in lines), "addresses are masked"
    assert not any("cells" in one for one in done)
    assert ADMIN not in text
    given = ("--csv", str(path), "--auto-confirm", "--verbose-log", "--debug-har")
    assert console.action(FORWARD, *given).code == 0
    text = (console.logs / f"{FORWARD}.log").read_text()
    assert '"cells"' in text
    assert (console.out / "logs" / f"{FORWARD}.har").exists()
    left = [one for one in console.folder.rglob("*") if one.is_file()]
    assert not [one for one in left if ADMIN.encode() in one.read_bytes()]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are not there")
@pytest.mark.parametrize(("answer", "writes"), [("sí", 1), ("n", 0)])
def test_an_operator_is_asked_and_may_answer_in_spanish(
    console: Console, simulator: Simulator, lines: list[Row], answer: str, writes: int
) -> None:
    path = console.write(lines[:1])
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            f"Space_OdT.v21.transformacion.{FORWARD}",
            "--csv",
            str(path),
            "--out-dir",
            str(console.out),
        ],
        cwd=console.folder,
        env=console.environment(),
        stdin=inner,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(inner)
    os.write(outer, f"{answer}\n".encode())
    stdout, stderr = process.communicate(timeout=120)
    os.close(outer)
    assert process.returncode == 0, stderr
    assert "¿Aplicar estos cambios? / Apply these changes? [y/N]" in stderr
    assert "callForwarding" in stdout, "the requests are shown before the question"
    assert len(simulator.writes()) == writes


def test_every_action_shows_its_own_command_line() -> None:
    from typer.main import get_command

    from Space_OdT.commands.action_run import build_app, example_of
    from Space_OdT.v21.transformacion.catalog import ACTIONS

    for definition in ACTIONS:
        command = get_command(build_app(definition))
        options = [one for param in command.params for one in param.opts]
        assert len(options) == len(set(options)), definition.action_id
        words = example_of(definition).split()
        assert {word for word in words if word.startswith("--")} <= set(options)
        source = Path(ROOT / "Space_OdT" / "v21" / "transformacion" / f"{definition.action_id}.py")
        assert source.is_file()
