"""A plan: the same actions as when applying, with their writes written down instead of sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

from Space_OdT.engine.atomic import replacing
from Space_OdT.engine.csv_lines import line_maker, one_line
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.step_calls import PlannedRequest

PLAN_COLUMNS = (
    "row_number",
    "row_id",
    "phase",
    "entity_type",
    "entity_key",
    "effect",
    "step",
    "method",
    "url",
    "body",
    "message",
)
CHANGE, UNCHANGED = "change", "unchanged"


@dataclass(slots=True)
class PlanTotals:
    """What a plan comes to.

    Attributes:
        rows: Effect (`change`, `unchanged`, `pending`) -> rows.
        requests: Name of the step -> requests.
        reasons: Reason code -> pending rows.
    """

    rows: dict[str, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """Writes that apply would send."""
        return sum(self.requests.values())


class PlanWriter:
    """Keeps a plan as `plan.csv`, for people, and `plan.jsonl`, one exact request a line.

    Rows end in any order; they are written in the order of the input, batch by batch. Both files
    appear when the plan is complete, or not at all.

    Args:
        plan_csv: One line a request, and one for each row without any.
        plan_jsonl: One JSON object a request, as it would be sent.
        show: Takes each line of the plan for the operator; None shows nothing.
    """

    def __init__(
        self, plan_csv: Path, plan_jsonl: Path, show: Callable[[str], None] | None = None
    ) -> None:
        self.totals = PlanTotals()
        self._csv_files = replacing(plan_csv)
        self._jsonl_files = replacing(plan_jsonl)
        self._show = show
        self._line = line_maker()
        self._requests: dict[int, list[PlannedRequest]] = {}
        self._settled: dict[int, Outcome] = {}
        self._csv: IO[bytes] | None = None
        self._jsonl: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Open both files, or raise `OSError`."""
        self._csv = self._csv_files.__enter__()
        self._jsonl = self._jsonl_files.__enter__()
        self._csv.write(self._line(PLAN_COLUMNS).encode())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put both files in their place, or drop them when the plan was not finished."""
        try:
            if kind is None:
                self.write_settled()
        finally:
            self._jsonl_files.__exit__(kind, error, trace)
            self._csv_files.__exit__(kind, error, trace)

    def take(self, request: PlannedRequest) -> None:
        """Take a write that an action would send now.

        Args:
            request: The write.
        """
        self._requests.setdefault(request.row.number, []).append(request)

    def record(self, outcome: Outcome) -> None:
        """Take how a row would end; the executor's sink.

        Args:
            outcome: How it would end.
        """
        self._settled[outcome.row.number] = outcome

    def write_settled(self, up_to: int | None = None) -> None:
        """Write the rows that have ended, in the order of the input.

        Args:
            up_to: Number of the last row to write; all when None.

        Raises:
            OSError: When the disk is full.
        """
        due = [number for number in self._settled if up_to is None or number <= up_to]
        for number in sorted(due):
            self._write_row(self._settled.pop(number), self._requests.pop(number, []))

    def _write_row(self, outcome: Outcome, requests: list[PlannedRequest]) -> None:
        effect = CHANGE if requests else UNCHANGED
        if outcome.status is RowStatus.PENDING:
            effect = RowStatus.PENDING.value
            reason = str(outcome.reason_code)
            self.totals.reasons[reason] = self.totals.reasons.get(reason, 0) + 1
        self.totals.rows[effect] = self.totals.rows.get(effect, 0) + 1
        for request in requests:
            self._write_request(outcome, effect, request)
        if not requests or effect == RowStatus.PENDING:
            self._write_line(outcome, effect, ("", "", "", ""), _told(outcome))
        elif self._show is not None and (remark := outcome.message.partition("; ")[2]):
            self._show(f"{outcome.row.entity_type} {outcome.row.entity_key}: note: {remark}")

    def _write_request(self, outcome: Outcome, effect: str, request: PlannedRequest) -> None:
        self.totals.requests[request.step] = self.totals.requests.get(request.step, 0) + 1
        body = "" if request.body is None else orjson.dumps(request.body).decode()
        what = (request.step, request.method, request.url, body)
        self._write_line(outcome, effect, what, _told(outcome))
        if self._jsonl is not None:
            self._jsonl.write(orjson.dumps(_as_json(outcome, request)) + b"\n")

    def _write_line(
        self, outcome: Outcome, effect: str, what: tuple[str, ...], message: str
    ) -> None:
        row = outcome.row
        step, method, url, body = what
        if self._csv is not None:
            cells = (
                str(row.number),
                row.row_id,
                str(int(outcome.phase)),
                row.entity_type,
                row.entity_key,
                effect,
                step or outcome.step,
                method,
                url,
                body,
                one_line(message),
            )
            self._csv.write(self._line(cells).encode())
        if self._show is not None:
            told = f"{method} {url} {body}".strip() if method else message
            more = f": {told}" if told != effect else ""
            self._show(f"{row.entity_type} {row.entity_key}: {effect}{more}")


def _told(outcome: Outcome) -> str:
    if outcome.status is RowStatus.PENDING:
        return f"{outcome.reason_code}: {outcome.message}"
    return outcome.message


def _as_json(outcome: Outcome, request: PlannedRequest) -> dict[str, Any]:
    row = outcome.row
    return {
        "row_number": row.number,
        "row_id": row.row_id,
        "phase": outcome.phase,
        "entity_type": row.entity_type,
        "entity_key": row.entity_key,
        "step": request.step,
        "method": request.method,
        "url": request.url,
        "body": request.body,
    }
