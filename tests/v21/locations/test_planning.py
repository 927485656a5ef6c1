from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from Space_OdT.engine.models import CellProblem, Outcome, Row, RowStatus
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.step_calls import PlannedRequest
from Space_OdT.v21.locations.planning import PLAN_COLUMNS, LocationPlan, RunState, write_plan
from Space_OdT.webex.reasons import ReasonCode

CREATE, ENABLE, UPDATE = "location_create", "location_enable_calling", "location_update"


def row(number: int, kind: str = "location") -> Row:
    return Row(number, number + 1, str(number), kind, f"S-{number}", {})


def outcome(one: Row, *, phase: int = 1, reason: ReasonCode | None = None) -> Outcome:
    status = RowStatus.PENDING if reason else RowStatus.SUCCESS
    return Outcome(
        row=one,
        batch_id="1-1",
        phase=phase,
        step="s",
        status=status,
        message="why\nso",
        reason_code=reason,
    )


@pytest.mark.parametrize(
    ("steps", "reason", "effect"),
    [
        ((CREATE, ENABLE), None, "create"),
        ((ENABLE,), None, "enable"),
        ((UPDATE, ENABLE), None, "enable"),
        ((UPDATE,), None, "update"),
        ((), None, "unchanged"),
        ((CREATE,), ReasonCode.HALF_APPLIED, "pending"),
    ],
)
def test_what_a_row_comes_to_in_one_word(
    tmp_path: Path, steps: tuple[str, ...], reason: ReasonCode | None, effect: str
) -> None:
    one = row(1)
    with LocationPlan(tmp_path / "p.csv", tmp_path / "p.jsonl") as plan:
        for step in steps:
            plan.take(PlannedRequest(one, step, "POST", "http://x/y", None))
        plan.record(outcome(one, reason=reason))
    (found,) = plan.actions([Candidate("location", "S-1", {}, {}, 2, "f.csv")])
    assert (found.effect, found.requests, found.action_id) == (effect, len(steps), 0)
    assert found.stage == "location_create_and_activate"
    assert "\n" not in found.details


def test_rejected_rows_keep_their_place(tmp_path: Path) -> None:
    problem = CellProblem("time_zone", "Mars", "a zone", "write one")
    rows = [
        Candidate("location", "A", {}, {}, 2, "f.csv", (problem,)),
        Candidate("location", "S-2", {}, {}, 3, "f.csv"),
        Candidate("usuarios_x", "ana", {}, {}, 2, "u.csv", (problem,)),
    ]
    with LocationPlan(tmp_path / "p.csv", tmp_path / "p.jsonl") as plan:
        plan.record(outcome(row(2)))
    actions = plan.actions(rows)
    assert [one.effect for one in actions] == ["rejected", "unchanged", "rejected"]
    assert actions[0].details.startswith("f.csv, line 2: column time_zone")
    assert actions[2].stage == "usuarios_x"
    write_plan(tmp_path / "plan.csv", actions)
    with (tmp_path / "plan.csv").open(newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    assert list(records[0]) == list(PLAN_COLUMNS)
    assert [one["action_id"] for one in records] == ["0", "1", "2"]


def test_the_state_file_has_the_documented_keys(tmp_path: Path) -> None:
    state = RunState("dry_run", 1, 2, 3)
    state.save(tmp_path / "run_state.json")
    first = json.loads((tmp_path / "run_state.json").read_text())
    documented = ("run_id", "executed_at", "mode", "completed_count", "failed_count")
    assert set(documented) | {"planned_count", "planned_actions"} <= set(first)
    replace(state, mode="apply").save(tmp_path / "run_state.json")
    second = json.loads((tmp_path / "run_state.json").read_text())
    assert first["run_id"] != second["run_id"]
