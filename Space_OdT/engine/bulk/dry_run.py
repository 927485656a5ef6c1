"""The dry run: all rows walked through, writes written down, nothing sent that changes anything."""

from __future__ import annotations

from Space_OdT.engine.batch_iterator import iter_batches
from Space_OdT.engine.breaker import BatchProgress, BreakerPolicy
from Space_OdT.engine.bulk.run_log import Observers, RunLog, SilentObserver
from Space_OdT.engine.bulk.session import BulkSession
from Space_OdT.engine.executor import Executor, RunObserver
from Space_OdT.engine.models import Phase
from Space_OdT.engine.planner import PlanTotals, PlanWriter


async def dry_run(session: BulkSession, writer: PlanWriter, observer: RunObserver) -> PlanTotals:
    """Walk through all rows without writing.

    Args:
        session: A session that was made with this writer as its plan.
        writer: Takes the plan.
        observer: Told how it gets on.

    Returns:
        What the plan comes to.

    Raises:
        OSError: When the plan cannot be written.
    """
    options, layout = session.options, session.layout
    run_log = RunLog(session.log)
    executor = Executor(
        session.parts.runner(compensates=False, on_defect=run_log.defect),
        session.stop,
        # a plan is told to the end: more rows would have to fail than a batch has
        BreakerPolicy(threshold=2.0, batch_size=options.batch_size),
        rows_at_once=session.rows_at_once,
        observer=Observers(observer, _Pages(writer)),
    )
    with writer:
        for phase in Phase:
            if phase > Phase.LOCATIONS:
                await session.parts.numbers_read()
            observer.phase_started(phase, session.intake.report.ready.get(phase.entity_type, 0))
            batches = iter_batches(layout.ready_csv, phase, batch_size=options.batch_size)
            await executor.run_phase(batches, session.parts.actions[phase], writer)
            observer.phase_finished(phase)
            writer.write_settled()
    return writer.totals


class _Pages(SilentObserver):
    """Writes the plan of a batch when all its rows have ended, so that memory stays flat."""

    def __init__(self, writer: PlanWriter) -> None:
        self._writer = writer

    def batch_finished(self, progress: BatchProgress) -> None:
        """Write what is settled up to the end of the batch."""
        self._writer.write_settled(up_to=progress.batch.row_numbers[-1])
