from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.planner import PLAN_COLUMNS, PlanWriter
from Space_OdT.engine.step_calls import PlannedRequest
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.doubles import row


def outcome(number: int, reason: ReasonCode | None = None, message: str = "unchanged") -> Outcome:
    status = RowStatus.PENDING if reason else RowStatus.SUCCESS
    return Outcome("2-1", 2, row(number), status, "lookup", message=message, reason_code=reason)


def request(number: int, step: str = "write") -> PlannedRequest:
    return PlannedRequest(row(number), step, "POST", "http://x/v1/things", {"n": number})


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(name="paths")
def two_paths(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "plan.csv", tmp_path / "plan.jsonl"


def test_every_row_is_in_the_plan_in_the_order_of_the_input(paths) -> None:
    shown: list[str] = []
    with PlanWriter(*paths, shown.append) as plan:
        plan.take(request(3))
        plan.take(request(3, "second"))
        for number in (3, 1, 2):
            plan.record(outcome(number))
    lines = read(paths[0])
    assert tuple(lines[0]) == PLAN_COLUMNS
    assert [(one["row_number"], one["effect"], one["step"]) for one in lines] == [
        ("1", "unchanged", "lookup"),
        ("2", "unchanged", "lookup"),
        ("3", "change", "write"),
        ("3", "change", "second"),
    ]
    assert len(shown) == 4
    assert plan.totals.rows == {"unchanged": 2, "change": 1}
    assert plan.totals.requests == {"write": 1, "second": 1}
    assert plan.totals.calls == 2


def test_a_request_is_kept_exactly(paths) -> None:
    with PlanWriter(*paths) as plan:
        plan.take(request(1))
        plan.record(outcome(1))
    assert [json.loads(line) for line in paths[1].read_text().splitlines()] == [
        {
            "row_number": 1,
            "row_id": "1",
            "phase": 2,
            "entity_type": "user",
            "entity_key": "k1",
            "step": "write",
            "method": "POST",
            "url": "http://x/v1/things",
            "body": {"n": 1},
        }
    ]


def test_a_row_that_would_be_pending_says_why(paths) -> None:
    with PlanWriter(*paths) as plan:
        plan.record(outcome(1, ReasonCode.USER_NOT_FOUND, "nobody"))
    (line,) = read(paths[0])
    assert (line["effect"], line["message"]) == ("pending", "user_not_found: nobody")
    assert plan.totals.reasons == {"user_not_found": 1}


def test_a_plan_that_breaks_off_leaves_the_last_one_alone(paths) -> None:
    for path in paths:
        path.write_text("the last plan")
    plan = PlanWriter(*paths)
    plan.__enter__()
    plan.record(outcome(1))
    plan.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert [path.read_text() for path in paths] == ["the last plan"] * 2


def test_pages_are_written_as_far_as_they_are_complete(paths) -> None:
    with PlanWriter(*paths) as plan:
        for number in (1, 2, 9):
            plan.record(outcome(number))
        plan.write_settled(up_to=5)
        plan.record(outcome(6))
    assert [one["row_number"] for one in read(paths[0])] == ["1", "2", "6", "9"]
