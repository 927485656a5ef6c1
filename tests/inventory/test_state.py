from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from Space_OdT.inventory.encoding import Chunk
from Space_OdT.inventory.exports import ExportWriter, Mark, read_rows, write_table
from Space_OdT.inventory.outcomes import FailureRecord, Result, Tally
from Space_OdT.inventory.state import (
    ArtifactState,
    DamagedStateError,
    Phase,
    RunIdentity,
    RunState,
)

IDENTITY = RunIdentity("org", "https://webexapis.com/v1", "1", ("people",))


def chunk(number: int) -> Chunk:
    return Chunk(1, f"{number}\n".encode(), f',\n  {{\n    "n": {number}\n  }}'.encode())


def test_a_state_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    failure = FailureRecord({"person_id": "P"}, "retry_exhausted", 503, "1 2", "down", "T")
    tally = Tally(calls=3, failures=1, reasons={"retry_exhausted 503": 1}, kept=[failure])
    artifact = ArtifactState(
        complete=True,
        position=7,
        csv=Mark(10, 11),
        tally=tally,
        result=Result.PARTIAL,
        read_at="2026-01-01T00:00:00+00:00",
    )
    state = RunState(IDENTITY, "2026-01-01", Phase.PUBLISHING, {"people": artifact}, 1.5)
    state.save(tmp_path / "state.json")
    assert RunState.load(tmp_path / "state.json") == state


def test_no_state_is_no_unfinished_run(tmp_path: Path) -> None:
    assert RunState.load(tmp_path / "state.json") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 99}'])
def test_a_state_that_cannot_be_understood_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedStateError, match=r"state\.json"):
        RunState.load(path)


def test_a_run_is_another_one_when_anything_about_it_differs() -> None:
    assert IDENTITY.difference(IDENTITY) == ""
    other = RunIdentity("elsewhere", IDENTITY.base_url, "2", ("people",))
    assert IDENTITY.difference(other) == "organisation, manifest"


def writer(folder: Path) -> ExportWriter:
    return ExportWriter(folder, "table", ("n",))


def test_files_go_on_where_they_were_certain(tmp_path: Path) -> None:
    first = writer(tmp_path)
    first.begin()
    first.write(chunk(1))
    marks = first.flush()
    first.write(chunk(2))
    first.flush()
    first.close()
    second = writer(tmp_path)
    assert second.resume(*marks, rows=1)
    second.write(chunk(3))
    second.finish()
    assert [row["n"] for row in read_rows(tmp_path / "table.csv", ("n",))] == ["1", "3"]
    assert orjson.loads((tmp_path / "table.json").read_bytes()) == [{"n": 1}, {"n": 3}]


@pytest.mark.parametrize("damage", [b"", b"n\n", b"X\n1\n", None])
def test_files_that_are_not_what_they_were_are_not_continued(
    tmp_path: Path, damage: bytes | None
) -> None:
    first = writer(tmp_path)
    first.begin()
    first.write(chunk(1))
    marks = first.flush()
    first.close()
    path = tmp_path / "table.csv"
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert not writer(tmp_path).resume(*marks, rows=1)
    assert not writer(tmp_path).holds(*marks)


def test_an_empty_table_is_a_header_and_an_empty_list(tmp_path: Path) -> None:
    assert write_table(tmp_path, "table", ("a", "b"), []) == 0
    assert (tmp_path / "table.csv").read_bytes() == b"a,b\n"
    assert (tmp_path / "table.json").read_bytes() == b"[]\n"


def test_columns_a_file_does_not_have_are_empty(tmp_path: Path) -> None:
    write_table(tmp_path, "table", ("a",), [{"a": "1"}])
    assert list(read_rows(tmp_path / "table.csv", ("a", "b"))) == [{"a": "1", "b": ""}]
    assert list(read_rows(tmp_path / "missing.csv", ("a",))) == []
