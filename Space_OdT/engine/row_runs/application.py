"""The work itself: every row without an outcome is run, and every outcome is kept."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from Space_OdT.engine.batch_iterator import iter_batches, ready_rows
from Space_OdT.engine.breaker import BreakerPolicy
from Space_OdT.engine.executor import Executor, RunObserver
from Space_OdT.engine.group_commit import GroupCommit
from Space_OdT.engine.journal import Journal
from Space_OdT.engine.recovery import ResumePoint
from Space_OdT.engine.row_runs.run_log import Observers, RunLog
from Space_OdT.engine.row_runs.session import RowsSession, RunPhase
from Space_OdT.engine.run_state import open_journal
from Space_OdT.engine.state_store import RunStatus
from Space_OdT.engine.stopping import StopReason
from Space_OdT.webex.error_handling import WebexError


class Progress(RunObserver, Protocol):
    """An observer that is told the size of the run, too."""

    def sized(self, total: int, rejected: int) -> None:
        """Take note of the rows to run, and of those that were rejected."""
        ...


@dataclass(slots=True)
class RunEnd:
    """How a run ended.

    Attributes:
        stop: Why it stopped early; None when every row was run.
        message: The reason in words, "" when there is none.
        withdrawn: Rows whose old records moved to the history before they were run again.
    """

    stop: StopReason | None = None
    message: str = ""
    withdrawn: int = 0


class Application:
    """One run of an open session.

    Args:
        session: The session, made without a plan.
        observer: Told how it gets on.
        *others: Told the same, without the size of the run.
    """

    def __init__(self, session: RowsSession, observer: Progress, *others: RunObserver) -> None:
        self._session = session
        self._stop = session.stop
        self._observer = observer
        run_log = RunLog(session.log, {phase.number: phase.kind for phase in session.phases})
        options = session.options
        self._told = Observers(run_log, observer, *others)
        self._executor = Executor(
            session.runner(compensates=options.compensates, on_defect=run_log.defect),
            self._stop,
            BreakerPolicy(options.threshold, options.batch_size),
            rows_at_once=session.rows_at_once,
            observer=self._told,
            aside=session.aside,
        )

    def interrupt(self) -> None:
        """Stop in good order: rows in flight are finished, the checkpoint is written."""
        self._ask(StopReason.INTERRUPTED, "interrupted")

    async def run(self) -> RunEnd:
        """Run every row that has no outcome yet.

        Returns:
            How it ended; the checkpoint says the same.

        Raises:
            DamagedOutputError: When outputs are not what a run writes.
            CheckpointError: When the checkpoint does not fit them.
            asyncio.CancelledError: When it was told to stop at once; what was written counts.
        """
        session = self._session
        taken = session.taken
        journal, point = open_journal(
            session.layout, taken.store, taken.report, taken.beginning, phases=session.phase_of
        )
        report = taken.report
        left = report.ready_rows - point.success - point.pending
        self._observer.sized(left, report.rejected_rows)
        is_complete = False
        try:
            await self._run_phases(journal, point)
            is_complete = not self._stop.is_asked
        except OSError as error:
            self._ask(StopReason.STORAGE, f"outputs cannot be written: {error.strerror or error}")
        finally:
            self._close(journal, is_complete=is_complete)
        return RunEnd(self._stop.reason, self._stop.message, point.withdrawn)

    async def _run_phases(self, journal: Journal, point: ResumePoint) -> None:
        begun = point.checkpoint
        for phase in self._session.phases:
            number = phase.number
            if number < begun.phase:
                continue
            if not await self._may_begin(phase):
                return
            journal.begin_phase(number)
            after = begun.last_row_id if number == begun.phase else 0
            settled = point.settled if number == begun.phase else frozenset()
            batches = iter_batches(
                self._session.layout.ready_csv,
                number,
                batch_size=self._session.options.batch_size,
                after=after,
                settled=settled,
                entity_type=phase.kind,
            )
            self._told.phase_started(number, self._count(phase, after) - len(settled))
            # closed before the next phase begins, for a commit moves the mark of its own phase
            async with GroupCommit(journal) as commits:
                await self._executor.run_phase(journal.watch(batches), phase.action, commits)
            self._told.phase_finished(number)

    async def _may_begin(self, phase: RunPhase) -> bool:
        if not self._stop.is_asked:
            try:
                await self._session.ready_for(phase)
            except WebexError as error:
                self._ask(StopReason.TOKEN_REJECTED, str(error))
        return not self._stop.is_asked

    def _count(self, phase: RunPhase, after: int) -> int:
        if not after:
            return self._session.taken.report.ready.get(phase.kind, 0)
        rows = ready_rows(self._session.layout.ready_csv, phase.kind)
        return sum(1 for row in rows if row.number > after)

    def _ask(self, reason: StopReason, message: str) -> None:
        if not self._stop.is_asked:
            self._stop.ask(reason, message)
            self._told.stopping(reason, message)

    def _close(self, journal: Journal, *, is_complete: bool) -> None:
        """Say in the checkpoint how the run ended; a full disk leaves the last one standing."""
        executor = self._executor
        if is_complete:
            journal.close(RunStatus.FINISHED)
        elif executor.tripped is not None:
            first = executor.tripped.batch.row_numbers[0]
            journal.close(RunStatus.CIRCUIT_BREAKER, mark=first - 1)
        elif executor.rejected_from:
            # rows that met a rejected token go on with a new one, as those of a tripped batch do
            journal.close(RunStatus.CIRCUIT_BREAKER, mark=executor.rejected_from - 1)
        else:
            with suppress(OSError):
                journal.close(RunStatus.STOPPED)
