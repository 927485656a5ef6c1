"""The run as events of the structured log: one line a failed row, one summary a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from Space_OdT.engine.breaker import BatchProgress
from Space_OdT.engine.executor import RunObserver
from Space_OdT.engine.models import Batch, Outcome, Row, RowStatus
from Space_OdT.engine.stopping import StopReason


class EventLog(Protocol):
    """Takes events; `webex.evidence.Evidence` is one."""

    def event(self, name: str, /, *, level: str = "info", **facts: Any) -> None:
        """Write one event."""
        ...


class RunLog:
    """Writes the events the specification asks for (term sheet of the bulk bot, section 16).

    Args:
        log: Takes the events.
        kinds: Phase -> type of its rows.
    """

    def __init__(self, log: EventLog, kinds: Mapping[int, str]) -> None:
        self._log = log
        self._kinds = kinds

    def phase_started(self, phase: int, rows: int) -> None:
        """Log the begin of a phase."""
        self._log.event(
            "phase_started", phase=int(phase), entity_type=self._kinds[phase], rows=rows
        )

    def phase_finished(self, phase: int) -> None:
        """Log the end of a phase."""
        self._log.event("phase_finished", phase=int(phase), entity_type=self._kinds[phase])

    def batch_started(self, batch: Batch) -> None:
        """Log the begin of a batch."""
        self._log.event(
            "batch_started",
            batch_id=batch.batch_id,
            rows=len(batch.row_numbers),
            to_run=len(batch.rows),
        )

    def batch_finished(self, progress: BatchProgress) -> None:
        """Log the end of a batch, with its counts by reason."""
        self._log.event(
            "batch_finished",
            batch_id=progress.batch.batch_id,
            rows=len(progress.batch.row_numbers),
            counts=dict(progress.shown_counts()),
        )

    def row_settled(self, outcome: Outcome) -> None:
        """Log a row that failed; the others are in results.csv."""
        if outcome.status is RowStatus.SUCCESS:
            return
        self._log.event(
            "row_pending",
            level="warning",
            batch_id=outcome.batch_id,
            row_id=outcome.row.row_id,
            row_number=outcome.row.number,
            entity_type=outcome.row.entity_type,
            entity_key=outcome.row.entity_key,
            step=outcome.step,
            reason_code=str(outcome.reason_code),
            http_status=outcome.http_status,
            reason=outcome.message,
            tracking_id=outcome.tracking_id,
        )

    def stopping(self, reason: StopReason, message: str) -> None:
        """Log why no more rows are handed out; for the breaker with the probable cause."""
        level = "warning" if reason is StopReason.INTERRUPTED else "error"
        facts: Mapping[str, str] = {"reason": str(reason), "message": message}
        if reason is StopReason.CIRCUIT_BREAKER:
            facts = {**facts, "probable_cause": "token, scopes, organisation or base URL"}
        self._log.event(
            "circuit_breaker" if "breaker" in reason else "stopping", level=level, **facts
        )

    def defect(self, row: Row, error: BaseException) -> None:
        """Log an exception that is a defect of ours, at the highest level there is."""
        self._log.event(
            "assertion_failure",
            level="error",
            critical=True,
            row_id=row.row_id,
            row_number=row.number,
            entity_key=row.entity_key,
            kind=type(error).__name__,
            reason=str(error),
            where=_where(error),
        )


class SilentObserver:
    """An observer that ignores everything; a base for those that care about one thing."""

    def phase_started(self, phase: int, rows: int) -> None:
        """Ignore it."""

    def phase_finished(self, phase: int) -> None:
        """Ignore it."""

    def batch_started(self, batch: Batch) -> None:
        """Ignore it."""

    def batch_finished(self, progress: BatchProgress) -> None:
        """Ignore it."""

    def row_settled(self, outcome: Outcome) -> None:
        """Ignore it."""

    def stopping(self, reason: StopReason, message: str) -> None:
        """Ignore it."""


class Observers:
    """Tells several observers the same.

    Args:
        *observers: Whoever wants to know.
    """

    def __init__(self, *observers: RunObserver) -> None:
        self._observers = observers

    def phase_started(self, phase: int, rows: int) -> None:
        """Pass it on."""
        for one in self._observers:
            one.phase_started(phase, rows)

    def phase_finished(self, phase: int) -> None:
        """Pass it on."""
        for one in self._observers:
            one.phase_finished(phase)

    def batch_started(self, batch: Batch) -> None:
        """Pass it on."""
        for one in self._observers:
            one.batch_started(batch)

    def batch_finished(self, progress: BatchProgress) -> None:
        """Pass it on."""
        for one in self._observers:
            one.batch_finished(progress)

    def row_settled(self, outcome: Outcome) -> None:
        """Pass it on."""
        for one in self._observers:
            one.row_settled(outcome)

    def stopping(self, reason: StopReason, message: str) -> None:
        """Pass it on."""
        for one in self._observers:
            one.stopping(reason, message)


def _where(error: BaseException) -> str:
    """Name the innermost line of ours; a traceback may hold data of people."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rpartition('Space_OdT')[2]}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return place
