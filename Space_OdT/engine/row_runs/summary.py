"""The end of a run in numbers, gathered from the files it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.action_model import Effect
from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.csv_lines import stored_records
from Space_OdT.engine.models import RowStatus
from Space_OdT.webex.error_handling import ReasonCode

_FIX = ". Fix: "
_EXAMPLES = 3
_LONGEST_EXAMPLE = 300


@dataclass(slots=True)
class Cause:
    """Rows that are pending for one cause.

    Attributes:
        reason_code: From the closed list.
        step: Step that failed.
        fix: What the operator can do.
        rows: How many rows.
        examples: Entity key and message of a few of them.
    """

    reason_code: str
    step: str
    fix: str
    rows: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)

    @property
    def meaning(self) -> str:
        """What the reason code means."""
        return ReasonCode(self.reason_code).meaning


@dataclass(slots=True)
class Tally:
    """What the outputs hold.

    Attributes:
        by_phase: Phase -> `success` or `pending` -> rows.
        effects: `changed` or `unchanged` -> rows.
        causes: Causes of pending rows, most rows first.
    """

    by_phase: dict[int, Counter[str]] = field(default_factory=dict)
    effects: Counter[str] = field(default_factory=Counter)
    causes: list[Cause] = field(default_factory=list)

    @property
    def success(self) -> int:
        """Rows that are done."""
        return sum(counts[RowStatus.SUCCESS] for counts in self.by_phase.values())

    @property
    def pending(self) -> int:
        """Rows left to be done."""
        return sum(counts[RowStatus.PENDING] for counts in self.by_phase.values())

    @property
    def settled(self) -> int:
        """Rows with an outcome."""
        return self.success + self.pending


def tally_outputs(results_csv: Path, pending_csv: Path) -> Tally:
    """Count what the outputs of a run hold.

    Args:
        results_csv: `results.csv`; may be missing.
        pending_csv: `pending_rows.csv`; may be missing.

    Returns:
        The counts.

    Raises:
        Damage: When a file is not what the run wrote.
        OSError: When a file cannot be read.
    """
    tally = Tally()
    for cells in _records(results_csv):
        status, phase = cells["status"], int(cells["phase"])
        tally.by_phase.setdefault(phase, Counter())[status] += 1
        if status == RowStatus.SUCCESS:
            changed = cells["message"].startswith(Effect.CHANGED)
            tally.effects[Effect.CHANGED if changed else Effect.UNCHANGED] += 1
    causes: dict[tuple[str, str, str], Cause] = {}
    for cells in _records(pending_csv):
        message, _, fix = cells["reason_message"].partition(_FIX)
        key = (cells["reason_code"], cells["step"], fix.removesuffix("."))
        cause = causes.setdefault(key, Cause(*key))
        cause.rows += 1
        if len(cause.examples) < _EXAMPLES:
            cause.examples.append((cells["entity_key"], message[:_LONGEST_EXAMPLE]))
    tally.causes = sorted(causes.values(), key=lambda cause: -cause.rows)
    return tally


def _records(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    records = stored_records(path)
    header = next(records, None)
    if header is None:
        return
    for record in records:
        yield dict(zip(header.cells, record.cells, strict=True))


@dataclass(frozen=True, slots=True)
class PhaseName:
    """What a phase is called.

    Attributes:
        key: In `summary.json`.
        title: In the report and while it runs.
    """

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the files do not hold.

    Attributes:
        title: What kind of run it is, as the heading of the report.
        phases: Number of the phase -> what it is called.
        organisation: Name and id.
        environment: `lab` or `prod`.
        base_url: Where Webex is.
        input_path: The input as given.
        input_hash: sha256 of its bytes.
        started_at: When the pass began, ISO 8601.
        finished_at: When this run ended, ISO 8601.
        seconds: How long this run took.
        resumed: Whether it went on with an earlier one.
        tool_version: Version of this program.
        rerun_command: Command that runs the pending rows only, "" when there are none.
        stopped: Why the run stopped before its last row, "" when it did not.
    """

    title: str
    phases: Mapping[int, PhaseName]
    organisation: str
    environment: str
    base_url: str
    input_path: str
    input_hash: str
    started_at: str
    finished_at: str
    seconds: float
    resumed: bool
    tool_version: str
    rerun_command: str = ""
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The end of a run.

    Attributes:
        facts: What the files do not hold.
        rows: Rows of the input.
        rejected: Reason code -> rejected rows.
        tally: What the outputs hold.
        calls: Counters of the client, as `ClientStats.as_dict` gives them.
    """

    facts: RunFacts
    rows: int
    rejected: dict[str, int]
    tally: Tally
    calls: dict[str, Any]

    @property
    def rejected_rows(self) -> int:
        """Rows refused before any call."""
        return sum(self.rejected.values())

    @property
    def open_rows(self) -> int:
        """Rows without an outcome yet: only a run that was stopped has some."""
        return self.rows - self.tally.settled - self.rejected_rows

    @property
    def is_clean(self) -> bool:
        """True when every row succeeded."""
        return self.tally.success == self.rows

    @property
    def reconciliation(self) -> str:
        """The conservation of rows as one line."""
        tally = self.tally
        parts = f"{tally.success:,} success + {tally.pending:,} pending"
        parts += f" + {self.rejected_rows:,} rejected"
        if self.open_rows:
            parts += f" + {self.open_rows:,} not run yet"
        return f"{self.rows:,} rows in = {parts}"

    def as_dict(self) -> dict[str, Any]:
        """Give everything as plain values.

        Returns:
            What `summary.json` holds.
        """
        facts, tally = self.facts, self.tally
        return {
            "organisation": facts.organisation,
            "environment": facts.environment,
            "base_url": facts.base_url,
            "input": {"path": facts.input_path, "sha256": facts.input_hash},
            "tool_version": facts.tool_version,
            "started_at": facts.started_at,
            "finished_at": facts.finished_at,
            "seconds": round(facts.seconds, 3),
            "resumed": facts.resumed,
            "stopped": facts.stopped,
            "rows": {
                "in": self.rows,
                "success": tally.success,
                "pending": tally.pending,
                "rejected": self.rejected_rows,
                "open": self.open_rows,
                "changed": tally.effects[Effect.CHANGED],
                "unchanged": tally.effects[Effect.UNCHANGED],
            },
            "reconciliation": self.reconciliation,
            "phases": {
                facts.phases[phase].key: dict(counts)
                for phase, counts in sorted(tally.by_phase.items())
            },
            "pending": [
                {
                    "reason_code": cause.reason_code,
                    "meaning": cause.meaning,
                    "step": cause.step,
                    "fix": cause.fix,
                    "rows": cause.rows,
                    "examples": [{"entity_key": k, "message": m} for k, m in cause.examples],
                }
                for cause in tally.causes
            ],
            "rejected": self.rejected,
            "rerun_command": facts.rerun_command,
            "calls": self.calls,
        }

    def save(self, path: Path) -> None:
        """Write `summary.json`.

        Args:
            path: Where to.

        Raises:
            OSError: When it cannot be written.
        """
        write_atomic(path, orjson.dumps(self.as_dict(), option=orjson.OPT_INDENT_2))
