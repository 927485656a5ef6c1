from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from Space_OdT.engine.models import Batch, Outcome, Row, RowStatus
from Space_OdT.engine.state_store import CheckpointError
from Space_OdT.engine.writers import DamagedOutputError
from Space_OdT.softphones.json_lines import JsonLines, read_json_lines
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.ledger import (
    APPLIED,
    APPLIED_BEFORE,
    BEGUN_BEFORE,
    UNCHANGED,
    AuditLedger,
)
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.records import PersonWork, row_hash
from Space_OdT.softphones.stages import Stage
from Space_OdT.softphones.state import PassStatus, RunState, StateKeeper, remember
from Space_OdT.webex.error_handling import ReasonCode
from tests.softphones.conftest import row

ONE = row(1)
WORK = PersonWork(ONE, row_hash(ONE, Policy()))


@pytest.fixture(name="layout")
def a_layout(tmp_path: Path) -> SoftphoneLayout:
    layout = SoftphoneLayout.at(tmp_path)
    layout.out_dir.mkdir()
    return layout


@pytest.fixture(autouse=True)
def _killed_at_the_end() -> Iterator[None]:
    yield
    while Pen.in_use:
        Pen.in_use.pop().kill()


class Pen:
    """A run that writes, and may be killed at any moment."""

    in_use: ClassVar[list[Pen]] = []

    def __init__(self, layout: SoftphoneLayout) -> None:
        self.in_use.append(self)
        before = remember(layout)
        self.remembered = before
        self.keeper = StateKeeper(layout, before.state or RunState("run", "then"), before.intents)
        self.ledger = AuditLedger(layout, self.keeper, before.intents, clock=lambda: "now")

    def stage(self, message: str = "changed: x", *, write: bool = True, **states: Any) -> None:
        trace = self.ledger.trace(WORK, Stage.VOICEMAIL)
        trace.read(states.get("before", {"enabled": False}))
        if write:
            trace.writing()
        trace.after = states.get("after", {"enabled": True})
        self.ledger.stage_ended(WORK, outcome(message), trace)

    def kill(self) -> None:
        self.ledger.close()
        self.keeper._journal.close()

    def begin_a_write(self) -> None:
        trace = self.ledger.trace(WORK, Stage.VOICEMAIL)
        trace.read({"enabled": False})
        trace.writing()


def outcome(message: str, **more: Any) -> Outcome:
    stage = Row(14, 2, "1", Stage.VOICEMAIL, ONE.email, {})
    batch = Batch("1-00001", 1, 1, (1,), (stage,))
    return Outcome(batch.batch_id, 1, stage, RowStatus.SUCCESS, "x", 204, message, **more)


def test_nothing_is_remembered_before_the_first_run(layout: SoftphoneLayout) -> None:
    assert remember(layout).state is None


def test_a_killed_run_is_remembered_to_the_last_stage(layout: SoftphoneLayout) -> None:
    Pen(layout).stage()
    before = remember(layout)
    assert before.state is not None
    assert before.state.status is PassStatus.RUNNING
    assert set(before.progress[ONE.email]) == {Stage.VOICEMAIL}
    assert before.intents == {}


def test_a_person_that_ended_is_in_the_state_although_it_was_not_written_whole(
    layout: SoftphoneLayout,
) -> None:
    pen = Pen(layout)
    pen.stage()
    pen.ledger.person_ended(WORK)
    before = remember(layout)
    assert before.state is not None
    assert before.state.records[ONE.email].status == "success"
    assert before.progress == {}


def test_a_write_whose_end_nobody_saw_keeps_its_state_before(layout: SoftphoneLayout) -> None:
    Pen(layout).begin_a_write()
    pen = Pen(layout)
    assert pen.remembered.intents == {(ONE.email, Stage.VOICEMAIL): {"enabled": False}}
    pen.stage("unchanged", write=False, before={"enabled": True}, after={"enabled": True})
    (line,) = read_json_lines(layout.changes_log)
    assert line["details"] == APPLIED_BEFORE
    assert (line["before"], line["after"]) == ({"enabled": False}, {"enabled": True})
    assert remember(layout).intents == {}


def test_a_write_that_did_not_land_is_told_as_what_the_next_run_does(
    layout: SoftphoneLayout,
) -> None:
    Pen(layout).begin_a_write()
    Pen(layout).stage()
    (line,) = read_json_lines(layout.changes_log)
    assert line["details"] == APPLIED
    assert line["before"] == {"enabled": False}


def test_a_write_that_landed_in_part_is_told_from_its_first_state(layout: SoftphoneLayout) -> None:
    Pen(layout).begin_a_write()
    half, whole = {"enabled": True}, {"enabled": True, "rings": 4}
    Pen(layout).stage(before=half, after=whole)
    (line,) = read_json_lines(layout.changes_log)
    assert line["details"] == BEGUN_BEFORE
    assert (line["before"], line["after"]) == ({"enabled": False}, whole)


def test_a_write_begun_twice_is_settled_by_one_line(layout: SoftphoneLayout) -> None:
    Pen(layout).begin_a_write()
    Pen(layout).begin_a_write()
    Pen(layout).stage()
    assert remember(layout).intents == {}


def test_an_unchanged_stage_says_so(layout: SoftphoneLayout) -> None:
    Pen(layout).stage("unchanged", write=False)
    (line,) = read_json_lines(layout.changes_log)
    assert line["details"] == UNCHANGED


def test_a_failure_goes_to_both_files(layout: SoftphoneLayout) -> None:
    pen = Pen(layout)
    failed = outcome("refused", reason_code=ReasonCode.PERMISSION_DENIED, tracking_id="T1")
    failed = Outcome(**{**_fields(failed), "status": RowStatus.PENDING, "http_status": 403})
    pen.ledger.stage_ended(WORK, failed, pen.ledger.trace(WORK, Stage.VOICEMAIL))
    assert layout.failures_csv.read_text(encoding="utf-8").splitlines()[1] == (
        f"{ONE.email},apply_voicemail,permission_denied,403,T1,refused"
    )
    (line,) = read_json_lines(layout.changes_log)
    assert (line["status"], line["error_type"], line["http_status"]) == (
        "failed",
        "permission_denied",
        403,
    )


def _fields(one: Outcome) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Outcome.__dataclass_fields__}


def test_the_state_is_written_from_time_to_time_and_at_the_end(layout: SoftphoneLayout) -> None:
    pen = Pen(layout)
    assert pen.keeper.snapshot() is None
    pen.ledger.person_ended(WORK)
    content = pen.keeper.snapshot()
    assert content is not None
    pen.keeper.save(content)
    state = json.loads(layout.run_state_json.read_bytes())
    assert state["completed_count"] == 1
    pen.keeper.state.status = PassStatus.COMPLETED
    pen.keeper.close()
    pen.ledger.close()
    assert json.loads(layout.run_state_json.read_bytes())["status"] == "completed"
    assert not layout.journal.exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"run_id":1}'])
def test_a_damaged_state_is_refused(layout: SoftphoneLayout, content: str) -> None:
    layout.run_state_json.write_text(content)
    with pytest.raises(CheckpointError):
        remember(layout)


def test_a_damaged_line_is_refused_with_its_place(layout: SoftphoneLayout) -> None:
    Pen(layout).stage()
    with layout.changes_log.open("ab") as file:
        file.write(b"nonsense\n")
    with pytest.raises(DamagedOutputError, match="line 2"):
        remember(layout)


def test_a_line_that_does_not_fit_on_the_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = JsonLines(tmp_path / "x.log")
    lines.append({"a": 1})
    file = lines._file

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file
            self.truncate = file.truncate

        def write(self, data: memoryview) -> int:
            if len(data) > 4:
                return int(self.file.write(data[:4]))
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(lines, "_file", Full(file))
    with pytest.raises(OSError, match="No space"):
        lines.append({"b": 2})
    file.close()
    assert list(read_json_lines(tmp_path / "x.log")) == [{"a": 1}]
