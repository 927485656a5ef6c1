"""Talking goes on whoever listens, in whatever code page."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from Space_OdT.commands import telling

ROOT = Path(__file__).resolve().parents[2]


def test_sentences_and_results_go_different_ways(capsys: pytest.CaptureFixture[str]) -> None:
    telling.say("a sentence")
    telling.show("a result")
    said = capsys.readouterr()
    assert (said.err, said.out) == ("a sentence\n", "a result\n")


def test_what_a_code_page_lacks_is_written_in_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    bytes_written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_written, encoding="ascii"))
    telling.show("exports    /tmp/Ω")
    assert bytes_written.getvalue().strip() == b"exports    /tmp/\\u03a9"


@pytest.mark.parametrize(
    ("name", "tell"),
    [
        ("stdout", "show"),
        ("stderr", "say"),
        ("stdout", "result_console(80).print"),
        ("stderr", "operator_console().print"),
    ],
)
def test_a_reader_that_is_gone_does_not_end_the_work(name: str, tell: str) -> None:
    program = (
        "from Space_OdT.commands import telling\n"
        "input()\n"
        f"for number in range(3): telling.{tell}(f'line {{number}}')\n"
        "raise SystemExit(7)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    closed, other = (
        (child.stdout, child.stderr) if name == "stdout" else (child.stderr, child.stdout)
    )
    closed.close()
    child.stdin.write(b"\n")
    child.stdin.close()
    assert other.read() == b""
    other.close()
    assert child.wait(30) == 7


def test_a_terminal_that_went_away_ends_no_live_view(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(5, "Input/output error")

        def flush(self) -> None:
            raise OSError(5, "Input/output error")

        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Gone())
    console = telling.operator_console()
    assert console.is_terminal
    console.print("still here")
