from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.engine.breaker import BatchProgress, BreakerPolicy
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.row_runs.run_log import Observers, RunLog, SilentObserver
from Space_OdT.engine.stopping import StopReason
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.doubles import Notes, batch, row


class Log:
    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, Any]]] = []

    def event(self, name: str, /, *, level: str = "info", **facts: Any) -> None:
        self.events.append((name, level, facts))


ROW = row(1, "a@example.com")
KINDS = {2: "user"}
BATCH = batch(1, (ROW,))
PENDING = Outcome(
    "2-1", 2, ROW, RowStatus.PENDING, "step", 400, "no", reason_code=ReasonCode.USER_NOT_FOUND
)
DONE = Outcome("2-1", 2, ROW, RowStatus.SUCCESS, "step", 200, "changed")


def tell(observer: Any) -> None:
    observer.phase_started(2, 5)
    observer.batch_started(BATCH)
    observer.row_settled(DONE)
    observer.row_settled(PENDING)
    progress = BatchProgress(BATCH, BreakerPolicy(0.8, 5))
    progress.add(PENDING)
    observer.batch_finished(progress)
    observer.phase_finished(2)
    observer.stopping(StopReason.CIRCUIT_BREAKER, "5 of 5")


def test_one_line_a_failed_row_and_one_summary_a_batch() -> None:
    log = Log()
    tell(RunLog(log, KINDS))
    assert [(name, level) for name, level, _ in log.events] == [
        ("phase_started", "info"),
        ("batch_started", "info"),
        ("row_pending", "warning"),
        ("batch_finished", "info"),
        ("phase_finished", "info"),
        ("circuit_breaker", "error"),
    ]
    pending = log.events[2][2]
    assert (pending["entity_key"], pending["step"], pending["reason_code"]) == (
        "a@example.com",
        "step",
        "user_not_found",
    )
    assert log.events[3][2]["counts"] == {"user_not_found": 1}
    assert "token" in log.events[5][2]["probable_cause"]


def test_an_interrupt_is_no_error() -> None:
    log = Log()
    RunLog(log, KINDS).stopping(StopReason.INTERRUPTED, "interrupted")
    assert log.events == [
        ("stopping", "warning", {"reason": "interrupted", "message": "interrupted"})
    ]


def test_a_defect_names_its_place_and_not_its_data() -> None:
    log = Log()
    with pytest.raises(KeyError) as caught:
        {}["x"]
    RunLog(log, KINDS).defect(ROW, caught.value)
    name, level, facts = log.events[0]
    assert (name, level, facts["kind"], facts["critical"]) == (
        "assertion_failure",
        "error",
        "KeyError",
        True,
    )
    assert "test_run_log.py" in facts["where"]


def test_everybody_is_told_everything() -> None:
    one, other = Notes(), Notes()
    tell(Observers(one, SilentObserver(), other))
    assert one.events == other.events
    assert len(one.events) == 7
