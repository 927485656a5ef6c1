"""What surrounds a run: its progress, its last resort, its report."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from rich.console import Console

from Space_OdT.commands import inventory_ending, inventory_progress, inventory_run
from Space_OdT.commands.inventory_ending import Ending, end
from Space_OdT.commands.inventory_progress import (
    LiveProgress,
    Outlook,
    PlainProgress,
    Speedometer,
    make_progress,
)
from Space_OdT.engine.run_layout import InventoryLayout
from Space_OdT.inventory import report
from Space_OdT.inventory.artifact_run import ArtifactRun
from Space_OdT.inventory.facts import Facts
from Space_OdT.inventory.manifest import BY_NAME
from Space_OdT.inventory.outcomes import Result
from Space_OdT.inventory.session import Organisation
from Space_OdT.inventory.state import ArtifactState
from Space_OdT.inventory.summary import RunSummary
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.webex.stats import ClientStats

PERSON = {"person_id": "P", "location_id": "L", "webex_calling_enabled": True}


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[dict[str, ArtifactRun]]:
    names = ("people", "person_numbers", "licenses")
    found = {
        name: ArtifactRun(BY_NAME[name], tmp_path, Facts(), ArtifactState(), time.monotonic)
        for name in names
    }
    yield found
    for run in found.values():
        run.abandon()


def stats() -> ClientStats:
    return ClientStats(rate_now=lambda: 0.0)


def test_the_outlook_counts_known_reads_and_says_when_there_may_be_more(
    runs: dict[str, ArtifactRun],
) -> None:
    queue = runs["person_numbers"].queue
    assert queue is not None
    queue.offer([{**PERSON, "person_id": str(number)} for number in range(10)])
    runner: Any = SimpleNamespace(runs={"person_numbers": runs["person_numbers"]})
    assert Outlook.of(runner) == Outlook(10, open_ended=True)
    assert Outlook.of(runner).time_left(60) == "over 0:00:10"
    queue.close()
    assert Outlook.of(runner).time_left(60) == "0:00:10"
    assert Outlook.of(runner).time_left(0) == "..."


def test_the_speed_is_measured_over_the_last_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(inventory_progress.time, "monotonic", lambda: now)
    counted = stats()
    speed = Speedometer(counted)
    for _ in range(60):
        now += 1
        counted.of("read people").calls += 5
        pace = speed.per_minute()
    assert pace == pytest.approx(300)


async def test_the_live_view_shows_what_is_being_read(runs: dict[str, ArtifactRun]) -> None:
    runs["people"].begin()
    runs["licenses"].begin()
    runs["licenses"].complete(Result.OK)
    out = io.StringIO()
    view = LiveProgress(Console(file=out, force_terminal=True, width=100))
    runner: Any = SimpleNamespace(runs=runs)
    task = asyncio.create_task(view.follow(runner, stats()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "people" in out.getvalue()
    assert "1 of 3 artifacts" in out.getvalue()


async def test_the_live_view_is_drawn_again_when_an_artifact_is_complete(
    runs: dict[str, ArtifactRun],
) -> None:
    out = io.StringIO()
    view = LiveProgress(Console(file=out, force_terminal=True, width=100))
    runner: Any = SimpleNamespace(runs=runs)
    task = asyncio.create_task(view.follow(runner, stats()))
    await asyncio.sleep(0)
    assert "0 of 3 artifacts" in out.getvalue()
    runs["licenses"].begin()
    runs["licenses"].complete(Result.OK)
    view.artifact_finished(runs["licenses"])
    assert "1 of 3 artifacts" in out.getvalue()
    runs["people"].begin()
    runs["people"].complete(Result.OK)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "2 of 3 artifacts" in out.getvalue()


def test_the_live_view_keeps_what_did_not_end_well(runs: dict[str, ArtifactRun]) -> None:
    out = io.StringIO()
    view = LiveProgress(Console(file=out, width=100))
    runs["people"].complete(Result.OK)
    runs["licenses"].complete(Result.FORBIDDEN, "no scope")
    view.artifact_finished(runs["people"])
    view.artifact_finished(runs["licenses"])
    assert out.getvalue() == "licenses: forbidden; no scope\n"


async def test_the_plain_view_prints_lines(
    runs: dict[str, ArtifactRun],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inventory_progress, "HEARTBEAT_SECONDS", 0)
    view = PlainProgress()
    runs["people"].complete(Result.EMPTY)
    view.artifact_finished(runs["people"])
    runner: Any = SimpleNamespace(runs=runs)
    task = asyncio.create_task(view.follow(runner, stats()))
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "people: empty, 0 rows, 0 calls"
    assert said[1].startswith("... 0 calls, ")


def test_where_no_terminal_is_lines_are_printed() -> None:
    assert isinstance(make_progress(), PlainProgress)


def call(**given: Any) -> int:
    with pytest.raises(typer.Exit) as left:
        inventory_run.run(**given)
    return int(left.value.exit_code)


def test_an_error_nobody_foresaw_gets_one_line_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr(inventory_run, "work", fail)
    assert call(token="t", out_dir=tmp_path) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ZeroDivisionError" in said
    assert "unforeseen" not in said
    log = tmp_path / "logs" / "inventory-crash.log"
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_an_interruption_before_anything_was_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(inventory_run, "work", interrupt)
    assert call(token="t", out_dir=tmp_path) == 130
    assert "nothing was read" in capsys.readouterr().err


def test_derived_files_cannot_be_asked_for_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(only=["licenses_no_pstn"]) == 2
    assert "computed from others" in capsys.readouterr().err


def test_several_artifacts_may_stand_in_one_argument() -> None:
    assert inventory_run.known_artifacts(["people, licenses", "people"]) == ("people", "licenses")


@pytest.mark.parametrize("empty", ["", " , "])
def test_an_empty_choice_of_artifacts_does_not_mean_all(
    empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(only=[empty]) == 2
    assert "name at least one artifact" in capsys.readouterr().err


def test_a_report_that_is_not_written_cannot_be_opened(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(open_report=True, no_report=True) == 2
    assert "exclude each other" in capsys.readouterr().err


def ended(tmp_path: Path, ending: Ending) -> ExitCode:
    summary = RunSummary(1, 1, 0, 0, 0, 0.0, {Result.OK: 1}, 0, (), tmp_path / "exports")
    return end(ending, InventoryLayout.at(tmp_path), Organisation("O", "O"), summary)


def test_a_report_that_could_not_be_written_is_not_announced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report").write_text("in the way", encoding="utf-8")
    assert ended(tmp_path, Ending(open_report=True)) is ExitCode.INCOMPLETE
    said = capsys.readouterr()
    assert "report could not be written" in said.err
    assert str(tmp_path / "report") in said.err
    assert "report " not in said.out


def test_paths_below_the_current_folder_are_told_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ended(tmp_path, Ending(report=False, workbook=True))
    last = capsys.readouterr().out.splitlines()[-2:]
    assert last == ["exports    exports", f"workbook   {Path('exports', 'inventory.xlsx')}"]


def test_an_interruption_while_the_report_is_written_leaves_the_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "write_report", interrupt)
    assert ended(tmp_path, Ending()) is ExitCode.INTERRUPTED
    assert "The exports are complete" in capsys.readouterr().err


def test_the_report_is_opened_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(inventory_ending.webbrowser, "open", opened.append)
    (tmp_path / "exports").mkdir()
    assert ended(tmp_path, Ending(open_report=True)) is ExitCode.OK
    assert opened == [(tmp_path / "report" / "index.html").as_uri()]
    said = capsys.readouterr()
    assert "No browser could be started" in said.err
    assert str(tmp_path / "report" / "index.html") in said.out
