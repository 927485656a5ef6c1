"""The audit trail of a run: every stage of every person, written before the next one begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.writers import AppendOnlyCsv
from Space_OdT.softphones.context import Trace
from Space_OdT.softphones.json_lines import JsonLines
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.records import PersonRecord, PersonStatus, PersonWork
from Space_OdT.softphones.stages import Stage
from Space_OdT.softphones.state import StateKeeper

FAILURE_COLUMNS = (
    "user_email",
    "stage",
    "error_type",
    "http_status",
    "tracking_id",
    "details",
)
APPLIED, UNCHANGED = "applied", "unchanged"
APPLIED_BEFORE = "applied by the interrupted run before this one"
BEGUN_BEFORE = "applied; begun by the interrupted run before this one"
SKIPPED, SKIPPED_REASON = "skipped", "skipped_by_operator"
SUCCESS, FAILED = "success", "failed"


class Ledger(Protocol):
    """Whoever keeps what a run does."""

    def trace(self, work: PersonWork, stage: str) -> Trace:
        """Give the trace that a stage of a person is to fill."""
        ...

    def stage_ended(self, work: PersonWork, outcome: Outcome, trace: Trace) -> None:
        """Keep how a stage ended.

        Raises:
            OSError: When it cannot be kept.
        """
        ...

    def skipped(self, work: PersonWork, stage: Stage) -> None:
        """Keep that the operator skipped a stage.

        Raises:
            OSError: When it cannot be kept.
        """
        ...

    def person_ended(self, work: PersonWork) -> None:
        """Keep how a person's stages ended.

        Raises:
            OSError: When it cannot be kept.
        """
        ...


def moment() -> str:
    """Give the present moment, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class AuditLedger:
    """Writes `changes.log`, `failures.csv` and the run state.

    Args:
        layout: The folder of the run.
        keeper: Keeps the state.
        intents: Address and stage -> state before a write that an interrupted run had begun.
        clock: Gives the present moment; injected by tests.
    """

    def __init__(
        self,
        layout: SoftphoneLayout,
        keeper: StateKeeper,
        intents: Mapping[tuple[str, str], Any],
        *,
        clock: Callable[[], str] = moment,
    ) -> None:
        self._keeper = keeper
        self._intents = dict(intents)
        self._clock = clock
        self._changes = JsonLines(layout.changes_log)
        self._failures = AppendOnlyCsv(layout.failures_csv, FAILURE_COLUMNS)

    def trace(self, work: PersonWork, stage: str) -> Trace:
        """Give a trace that knows what an interrupted run had begun to write."""
        email = work.row.email
        kept = self._intents.pop((email, stage), None)
        if kept is not None:  # it stands in the journal until a line of the change log settles it
            return Trace(written_before=kept)
        return Trace(intent=lambda before: self._keeper.intend(email, stage, before))

    def stage_ended(self, work: PersonWork, outcome: Outcome, trace: Trace) -> None:
        """Write the line of a stage, and of its failure."""
        is_success = outcome.status is RowStatus.SUCCESS
        before = trace.written_before if trace.is_from_before else trace.before
        details = outcome.message
        if is_success:
            details = UNCHANGED if outcome.message.startswith(UNCHANGED) else APPLIED
            if trace.is_from_before:
                details = APPLIED_BEFORE if details == UNCHANGED else BEGUN_BEFORE
            details = "; ".join((details, *trace.remarks))
        line = self._line(work, outcome.row.entity_type, SUCCESS if is_success else FAILED)
        reason = {} if is_success else {"error_type": str(outcome.reason_code)}
        self._changes.append(
            {
                **line,
                "before": before,
                "after": trace.after,
                "verified": is_success and trace.is_verified,
                "details": details,
                "http_status": outcome.http_status,
                "tracking_id": outcome.tracking_id,
                **reason,
            }
        )
        if not is_success:
            self._failures.append(_failure_cells(work.row.email, outcome))

    def skipped(self, work: PersonWork, stage: Stage) -> None:
        """Write the line of a stage that does not run."""
        line = self._line(work, stage, SKIPPED)
        self._changes.append({**line, "before": None, "after": None, "details": SKIPPED_REASON})

    def person_ended(self, work: PersonWork) -> None:
        """Keep the person's record."""
        self._keeper.record(work.record(self._clock(), self._keeper.state.run_id))

    def _line(self, work: PersonWork, stage: str, status: str) -> dict[str, Any]:
        return {
            "timestamp": self._clock(),
            "run_id": self._keeper.state.run_id,
            "user_email": work.row.email,
            "stage": str(stage),
            "status": status,
            "row_hash": work.row_hash,
        }

    def sync(self) -> None:
        """Make everything written so far survive a power failure, or raise `OSError`."""
        self._changes.sync()
        self._failures.sync()

    def close(self) -> None:
        """Close the files; what was written stays written."""
        self._changes.close()
        self._failures.close()


def _failure_cells(email: str, outcome: Outcome) -> list[str]:
    return [
        email,
        outcome.row.entity_type,
        str(outcome.reason_code or ""),
        "" if outcome.http_status is None else str(outcome.http_status),
        outcome.tracking_id,
        outcome.message,
    ]


def failure_cells(record: PersonRecord) -> list[str]:
    """Write a failed person as a line of `failures.csv`.

    Args:
        record: A record with a failure.

    Returns:
        The cells.
    """
    return [
        record.email,
        record.failed_stage,
        record.error_type,
        "" if record.http_status is None else str(record.http_status),
        record.tracking_id,
        record.error,
    ]


def has_failed(record: PersonRecord) -> bool:
    """Tell whether a person's stages ended in a failure."""
    return record.status is PersonStatus.FAILED


class PlanLedger:
    """Hands the outcomes of a dry run to the plan.

    Args:
        writer: Takes the plan.
    """

    def __init__(self, writer: PlanWriter) -> None:
        self._writer = writer

    def trace(self, _work: PersonWork, _stage: str) -> Trace:
        """Give a trace nobody reads."""
        return Trace()

    def stage_ended(self, _work: PersonWork, outcome: Outcome, _trace: Trace) -> None:
        """Put the stage into the plan; one without a request only when it fails."""
        self._writer.record(outcome)

    def skipped(self, work: PersonWork, stage: Stage) -> None:
        """Leave it out: the plan holds what would be done."""

    def person_ended(self, work: PersonWork) -> None:
        """Need nothing."""
