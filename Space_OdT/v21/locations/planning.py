"""The plan of a location run: per row what it would come to, and the state file beside it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.actions_registry import CALLING_ENABLE, LOCATION_CREATE
from Space_OdT.engine.atomic import replacing, write_atomic
from Space_OdT.engine.csv_lines import line_maker, one_line
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.step_calls import PlannedRequest

STAGE = "location_create_and_activate"
AUTOMATIC = "automatic"
# The documented columns first; ours to the right.
PLAN_COLUMNS = (
    "action_id",
    "entity_type",
    "entity_key",
    "stage",
    "mode",
    "details",
    "effect",
    "requests",
    "row_number",
)


class PlanEffect(StrEnum):
    """What applying would come to for a row."""

    CREATE = "create"
    ENABLE = "enable"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    PENDING = "pending"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """One row of a plan.

    Attributes:
        action_id: Its place in the plan, from 0.
        entity_type: What is done.
        entity_key: The entity.
        stage: What the step is called.
        mode: `automatic`: it is done by `--v21-apply`.
        details: What would be done, or what stands in the way.
        effect: In one word.
        requests: Writes that apply would send.
        row_number: Number of the row.
    """

    action_id: int
    entity_type: str
    entity_key: str
    stage: str
    mode: str
    details: str
    effect: str
    requests: int
    row_number: int


class LocationPlan(PlanWriter):
    """Writes `plan.jsonl`, and sums each row up for the documented `plan.csv`.

    Args:
        plan_csv: Where the requests go, a line each.
        plan_jsonl: The same as JSON lines.
        show: Takes each line of the plan for the operator.
    """

    def __init__(self, plan_csv: Path, plan_jsonl: Path, show: Any = None) -> None:
        super().__init__(plan_csv, plan_jsonl, show)
        self._steps: dict[int, list[str]] = {}
        self._ends: dict[int, Outcome] = {}

    def take(self, request: PlannedRequest) -> None:
        """Take a write that an action would send now."""
        self._steps.setdefault(request.row.number, []).append(request.step)
        super().take(request)

    def record(self, outcome: Outcome) -> None:
        """Take how a row would end."""
        self._ends[outcome.row.number] = outcome
        super().record(outcome)

    def actions(self, rows: Sequence[Candidate]) -> list[PlannedAction]:
        """Sum up the rows.

        Args:
            rows: All prepared rows, the rejected ones too, in their order.

        Returns:
            One action a row.
        """
        return [
            self._summed(number - 1, self._ends[number])
            if number in self._ends
            else _rejected(number, row)
            for number, row in enumerate(rows, start=1)
        ]

    def _summed(self, place: int, outcome: Outcome) -> PlannedAction:
        row = outcome.row
        steps = self._steps.get(row.number, [])
        is_site = outcome.phase == 1
        details = one_line(outcome.message)
        if outcome.status is RowStatus.PENDING:
            details = f"{outcome.reason_code}: {details}"
        return PlannedAction(
            action_id=place,
            entity_type="location" if is_site else row.entity_type,
            entity_key=row.entity_key,
            stage=STAGE if is_site else row.entity_type,
            mode=AUTOMATIC,
            details=details,
            effect=_effect(outcome, steps).value,
            requests=len(steps),
            row_number=row.number,
        )


def _rejected(number: int, row: Candidate) -> PlannedAction:
    place = f"{row.source}, line {row.line}: " if row.line else ""
    told = " ".join(problem.text() for problem in row.problems)
    is_site = not row.kind.startswith(("usuarios_", "workspaces_"))
    return PlannedAction(
        action_id=number - 1,
        entity_type="location" if is_site else row.kind,
        entity_key=row.key,
        stage=STAGE if is_site else row.kind,
        mode=AUTOMATIC,
        details=one_line(f"{place}{told}"),
        effect=PlanEffect.REJECTED.value,
        requests=0,
        row_number=number,
    )


def _effect(outcome: Outcome, steps: Sequence[str]) -> PlanEffect:
    if outcome.status is RowStatus.PENDING:
        return PlanEffect.PENDING
    if LOCATION_CREATE.name in steps:
        return PlanEffect.CREATE
    if CALLING_ENABLE.name in steps:
        return PlanEffect.ENABLE
    return PlanEffect.UPDATE if steps else PlanEffect.UNCHANGED


def write_plan(path: Path, actions: Sequence[PlannedAction]) -> None:
    """Write `plan.csv`.

    Args:
        path: Where to.
        actions: The plan.

    Raises:
        OSError: When it cannot be written.
    """
    line = line_maker()
    with replacing(path) as file:
        file.write(line(PLAN_COLUMNS).encode())
        for one in actions:
            cells = asdict(one)
            file.write(line([str(cells[name]) for name in PLAN_COLUMNS]).encode())


@dataclass(frozen=True, slots=True)
class RunState:
    """The last plan or apply, for whoever looks at the folder.

    Attributes:
        mode: `dry_run` or `apply`.
        completed_count: Rows that are, or would be, as asked.
        failed_count: Rows that are not.
        planned_count: Rows of the plan.
        planned_actions: The plan; empty after an apply, whose results stand in its job.
        rejected_count: Rows refused before any call.
        effects: Effect -> rows.
        job_id: Job of an apply, "" for a plan.
        job_status: How it stands, "" for a plan.
    """

    mode: str
    completed_count: int
    failed_count: int
    planned_count: int
    planned_actions: Sequence[PlannedAction] = ()
    rejected_count: int = 0
    effects: dict[str, int] = field(default_factory=dict)
    job_id: str = ""
    job_status: str = ""

    def save(self, path: Path) -> None:
        """Write `run_state.json`.

        Args:
            path: Where to.

        Raises:
            OSError: When it cannot be written.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        state = {"run_id": str(uuid.uuid4()), "executed_at": now, **asdict(self)}
        write_atomic(path, orjson.dumps(state, option=orjson.OPT_INDENT_2), durable=True)
