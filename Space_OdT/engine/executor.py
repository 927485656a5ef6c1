"""Run the rows of a phase: batch by batch, many rows at once, until done or asked to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from Space_OdT.engine.action_model import Action
from Space_OdT.engine.breaker import BatchProgress, BreakerPolicy
from Space_OdT.engine.models import Batch, Outcome, Row
from Space_OdT.engine.row_runner import RowRunner
from Space_OdT.engine.stopping import StopReason, StopSignal
from Space_OdT.engine.waiting_room import WaitingRoom


class OutcomeSink(Protocol):
    """Keeps outcomes; when `record` returns, the outcome survives the end of the process."""

    def record(self, outcome: Outcome) -> None:
        """Keep how a row ended.

        Raises:
            OSError: When it cannot be kept; the run stops then.
        """
        ...


class RunObserver(Protocol):
    """Whoever wants to know how a run gets on; called from inside the run, so it must be quick."""

    def phase_started(self, phase: int, rows: int) -> None:
        """Take note that a phase begins with so many rows to run."""
        ...

    def phase_finished(self, phase: int) -> None:
        """Take note that a phase has ended, completely or not."""
        ...

    def batch_started(self, batch: Batch) -> None:
        """Take note that the rows of a batch are handed out from now on."""
        ...

    def batch_finished(self, progress: BatchProgress) -> None:
        """Take note that every row of a batch has an outcome."""
        ...

    def row_settled(self, outcome: Outcome) -> None:
        """Take note of an outcome, already kept."""
        ...

    def stopping(self, reason: StopReason, message: str) -> None:
        """Take note that no more rows are handed out."""
        ...


class Executor:
    """Runs phases; knows nothing of what the rows are about.

    Args:
        rows: Runs one row.
        stop: Asked before every row; asked to stop by the breaker, a rejected token, a full disk.
        breaker: When a batch has failed as a whole.
        rows_at_once: Rows in work at most.
        observer: Told about everything.
        aside: Where rows wait that need no place in work meanwhile; None when there is no such.

    Attributes:
        tripped: The batch that tripped the breaker, None when none has.
        rejected_from: Number of the first row whose token was rejected, 0 when none was.
    """

    def __init__(
        self,
        rows: RowRunner,
        stop: StopSignal,
        breaker: BreakerPolicy,
        *,
        rows_at_once: int,
        observer: RunObserver,
        aside: WaitingRoom | None = None,
    ) -> None:
        self._rows = rows
        self._stop = stop
        self._breaker = breaker
        self._rows_at_once = rows_at_once
        self._observer = observer
        self._aside = aside or WaitingRoom()
        self._workers = 0
        self.tripped: BatchProgress | None = None
        self.rejected_from = 0

    async def run_phase(
        self, batches: Iterable[Batch], action: Action[Any], sink: OutcomeSink
    ) -> None:
        """Run the rows of a phase.

        Args:
            batches: Its batches in order; read as they are needed.
            action: What to do with each row.
            sink: Keeps the outcomes.

        Raises:
            OSError: When an outcome could not be kept; rows in flight were finished before.
        """
        dispenser = _Dispenser(batches, self._breaker, self._stop, self._observer)
        try:
            async with asyncio.TaskGroup() as group:

                def hire() -> None:
                    group.create_task(self._work(dispenser, action, sink))

                self._aside.on_enter = hire  # the place of a row that waits is another's
                for _ in range(self._rows_at_once):
                    hire()
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        if dispenser.trouble is not None:
            raise dispenser.trouble

    async def _work(self, dispenser: _Dispenser, action: Action[Any], sink: OutcomeSink) -> None:
        self._workers += 1
        try:
            await self._work_on(dispenser, action, sink)
        finally:
            self._workers -= 1

    @property
    def _is_crowded(self) -> bool:
        """True when a row that waited is back, and its place has been given to another."""
        return self._workers - self._aside.rows > self._rows_at_once

    async def _work_on(self, dispenser: _Dispenser, action: Action[Any], sink: OutcomeSink) -> None:
        while not self._is_crowded and (job := await dispenser.take()) is not None:
            progress, row = job
            outcome, token_rejected = await self._rows.run(progress.batch, row, action)
            if token_rejected:
                self.rejected_from = min(self.rejected_from or row.number, row.number)
                self._ask(StopReason.TOKEN_REJECTED, outcome.message)
            try:
                sink.record(outcome)
            except OSError as error:
                # The row stays without an outcome, so the next run looks it up and finishes it.
                dispenser.trouble = dispenser.trouble or error
                self._ask(StopReason.STORAGE, f"an outcome cannot be written: {error.strerror}")
            else:
                self._settled(progress, outcome)
            dispenser.changed()

    def _settled(self, progress: BatchProgress, outcome: Outcome) -> None:
        progress.add(outcome)
        self._observer.row_settled(outcome)
        if not progress.is_complete:
            return
        self._observer.batch_finished(progress)
        if progress.has_tripped:
            self.tripped = self.tripped or progress
            self._ask(
                StopReason.CIRCUIT_BREAKER,
                f"{progress.fatal} of {len(progress.batch.row_numbers)} rows of batch "
                f"{progress.batch.batch_id} failed for good",
            )

    def _ask(self, reason: StopReason, message: str) -> None:
        if not self._stop.is_asked:
            self._stop.ask(reason, message)
            self._observer.stopping(reason, message)


class _Dispenser:
    """Hands out rows one by one; the next batch begins when the last one cannot trip any more.

    So the breaker judges every batch before a row of the next one is touched, and yet a healthy
    run never waits for the slowest row of a batch.
    """

    def __init__(
        self,
        batches: Iterable[Batch],
        breaker: BreakerPolicy,
        stop: StopSignal,
        observer: RunObserver,
    ) -> None:
        self._batches: Iterator[Batch] = iter(batches)
        self._breaker = breaker
        self._stop = stop
        self._observer = observer
        self._open: list[BatchProgress] = []
        self._rows: Iterator[Row] = iter(())
        self._is_exhausted = False
        self._change = asyncio.Event()
        self.trouble: OSError | None = None

    async def take(self) -> tuple[BatchProgress, Row] | None:
        """Give the next row; None when there is none, or nobody shall begin another."""
        while not self._stop.is_asked:
            row = next(self._rows, None)
            if row is not None:
                return self._open[-1], row
            self._open = [progress for progress in self._open if not progress.is_complete]
            if self._is_exhausted:
                return None
            if any(progress.can_trip for progress in self._open):
                self._change.clear()
                await self._change.wait()
            else:
                self._begin_next()
        return None

    def changed(self) -> None:
        """Wake those who wait for a batch to be judged."""
        self._change.set()

    def _begin_next(self) -> None:
        batch = next(self._batches, None)
        if batch is None:
            self._is_exhausted = True
            return
        self._observer.batch_started(batch)
        self._open.append(BatchProgress(batch, self._breaker))
        self._rows = iter(batch.rows)
