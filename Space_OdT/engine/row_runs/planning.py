"""The dry run: all rows walked through, writes written down, nothing sent that changes anything."""

from __future__ import annotations

from Space_OdT.engine.batch_iterator import iter_batches
from Space_OdT.engine.breaker import BatchProgress, BreakerPolicy
from Space_OdT.engine.executor import Executor, RunObserver
from Space_OdT.engine.planner import PlanTotals, PlanWriter
from Space_OdT.engine.row_runs.run_log import Observers, RunLog, SilentObserver
from Space_OdT.engine.row_runs.session import RowsSession


async def plan_rows(session: RowsSession, writer: PlanWriter, observer: RunObserver) -> PlanTotals:
    """Walk through all rows without writing.

    Args:
        session: A session that was made with this writer as its plan.
        writer: Takes the plan.
        observer: Told how it gets on.

    Returns:
        What the plan comes to.

    Raises:
        OSError: When the plan cannot be written.
        WebexError: When the token was rejected.
    """
    options, layout = session.options, session.layout
    run_log = RunLog(session.log, {phase.number: phase.kind for phase in session.phases})
    executor = Executor(
        session.runner(compensates=False, on_defect=run_log.defect),
        session.stop,
        # a plan is told to the end: more rows would have to fail than a batch has
        BreakerPolicy(threshold=2.0, batch_size=options.batch_size),
        rows_at_once=session.rows_at_once,
        observer=Observers(observer, _Pages(writer)),
    )
    ready = session.taken.report.ready
    with writer:
        for phase in session.phases:
            await session.ready_for(phase)
            observer.phase_started(phase.number, ready.get(phase.kind, 0))
            batches = iter_batches(
                layout.ready_csv,
                phase.number,
                batch_size=options.batch_size,
                entity_type=phase.kind,
            )
            await executor.run_phase(batches, phase.action, writer)
            observer.phase_finished(phase.number)
            writer.write_settled()
    return writer.totals


class _Pages(SilentObserver):
    """Writes the plan of a batch when all its rows have ended, so that memory stays flat."""

    def __init__(self, writer: PlanWriter) -> None:
        self._writer = writer

    def batch_finished(self, progress: BatchProgress) -> None:
        """Write what is settled up to the end of the batch."""
        self._writer.write_settled(up_to=progress.batch.row_numbers[-1])
