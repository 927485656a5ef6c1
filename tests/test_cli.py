"""The documented ways to start, from any folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from Space_OdT import __version__, cli
from Space_OdT.cli import repeat_options
from Space_OdT.commands import COMMANDS
from Space_OdT.commands.arguments import fill_optional_values

ROOT = Path(__file__).resolve().parents[1]
WAYS = {
    "module": [sys.executable, "-m", "Space_OdT.cli"],
    "package": [sys.executable, "-m", "Space_OdT"],
    "script": [sys.executable, str(ROOT / "Space_OdT" / "cli.py")],
    "console script": [str(Path(sys.executable).with_name("space-odt"))],
}


def start(way: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WAYS[way], *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("way", WAYS)
def test_every_documented_way_to_start_works_from_any_folder(way: str, tmp_path: Path) -> None:
    answer = start(way, "--version", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == f"space-odt {__version__}"


def test_a_folder_full_of_misleading_names_does_not_disturb_a_script_start(tmp_path: Path) -> None:
    (tmp_path / "http.py").write_text("raise SystemExit('wrong http')", encoding="utf-8")
    answer = start("script", "--version", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr


def test_help_lists_every_command_and_the_exit_codes(tmp_path: Path) -> None:
    answer = start("module", "--help", cwd=tmp_path)
    assert answer.returncode == 0
    for command in COMMANDS:
        assert command.name in answer.stdout
    assert "130" in answer.stdout


def test_an_unknown_command_is_a_usage_error_without_a_traceback(tmp_path: Path) -> None:
    answer = start("module", "inventory_rum", cwd=tmp_path)
    assert answer.returncode == 2
    assert "inventory_run" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        (["inventory_run", "--simulator"], ["inventory_run", "--simulator", "50"]),
        (["inventory_run", "--simulator", "7"], ["inventory_run", "--simulator", "7"]),
        (
            ["inventory_run", "--simulator", "--no-cache"],
            ["inventory_run", "--simulator", "50", "--no-cache"],
        ),
        (["simulator", "--size", "50"], ["simulator", "--size", "50"]),
    ],
)
def test_an_optional_value_is_filled_in(given: list[str], filled: list[str]) -> None:
    assert fill_optional_values(given) == filled


@pytest.mark.parametrize(
    ("given", "repeated"),
    [
        (["--only", "people"], ["--only", "people"]),
        (["--only", "people", "groups"], ["--only", "people", "--only", "groups"]),
        (["--only", "people", "--xlsx", "x"], ["--only", "people", "--xlsx", "x"]),
        (["--out-dir", "a", "b"], ["--out-dir", "a", "b"]),
    ],
)
def test_an_option_for_several_values_is_repeated(given: list[str], repeated: list[str]) -> None:
    assert repeat_options(given) == repeated


def test_an_interruption_while_a_command_is_loaded_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "build_app", interrupt)
    with pytest.raises(SystemExit) as left:
        cli.main(["inventory_run"])
    assert left.value.code == 130
    assert capsys.readouterr().err == "Interrupted before anything was done.\n"
