"""The one place that keeps outcomes: on disk first, and only then the checkpoint moves."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock, RLock
from types import TracebackType
from typing import Self

from Space_OdT.engine.invariants import invariant
from Space_OdT.engine.models import Batch, Outcome, RowStatus
from Space_OdT.engine.output_columns import original_columns
from Space_OdT.engine.state_store import Checkpoint, RunStatus, StateStore
from Space_OdT.engine.writers import AppendOnlyCsv, minify_row


class LowWaterMark:
    """Follows rows that finish in any order; every row up to the mark is settled.

    Args:
        mark: Where to begin.
    """

    def __init__(self, mark: int = 0) -> None:
        self.mark = mark
        self._open: deque[int] = deque()
        self._settled: set[int] = set()

    def expect(self, numbers: Iterable[int]) -> None:
        """Take rows that are handed out.

        Args:
            numbers: Row numbers, ascending, all beyond those expected before.
        """
        for number in numbers:
            if number > self.mark:
                invariant(not self._open or number > self._open[-1], "rows come in order")
                self._open.append(number)

    def settle(self, number: int) -> None:
        """Take a row that has its outcome.

        Args:
            number: Number of an expected row.
        """
        self._settled.add(number)
        while self._open and self._open[0] in self._settled:
            self.mark = self._open.popleft()
            self._settled.discard(self.mark)

    @property
    def open_rows(self) -> int:
        """Rows that hold the mark back, settled ones behind them included."""
        return len(self._open)


class Journal:
    """Writes outcomes and moves the checkpoint, in this order.

    `record` is called by the one thread that runs rows; `commit` may run in another.

    Args:
        results: `results.csv`.
        pending: `pending_rows.csv`.
        input_columns: Columns that pending rows carry along.
        store: Keeps the checkpoint.
        checkpoint: The checkpoint on disk.
        clock: Gives the present moment; injected by tests.
    """

    def __init__(
        self,
        results: AppendOnlyCsv,
        pending: AppendOnlyCsv,
        input_columns: Sequence[str],
        store: StateStore,
        checkpoint: Checkpoint,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._results = results
        self._pending = pending
        self._originals = original_columns(input_columns)
        self._store = store
        self._clock = clock
        self._state = Lock()
        self._commits = RLock()
        self._checkpoint = checkpoint
        self._marks = LowWaterMark(checkpoint.last_row_id)
        self._waiting: set[int] = set()
        self.uncommitted = 0

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint on disk."""
        return self._checkpoint

    def begin_phase(self, phase: int) -> None:
        """Move on to a phase; everything of the earlier ones is settled.

        Args:
            phase: The phase; the current one again does nothing.

        Raises:
            OSError: When outputs or checkpoint cannot be written.
        """
        if phase == self._checkpoint.phase:
            return
        invariant(phase > self._checkpoint.phase, "phases run forwards", phase=phase)
        invariant(not self._marks.open_rows, "a phase ends when its rows are settled")
        with self._commits:  # a commit of the old phase in another thread must not follow this
            self.commit()
            self._checkpoint = self._store.save(
                replace(self._checkpoint, phase=phase, last_row_id=0, status=RunStatus.RUNNING)
            )
            with self._state:
                self._marks = LowWaterMark()

    def watch(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Pass batches on and take note of their rows, so that the mark can follow them.

        Args:
            batches: Batches of the current phase, in order.

        Yields:
            The same batches.
        """
        for batch in batches:
            self.open_batch(batch)
            yield batch

    def open_batch(self, batch: Batch) -> None:
        """Take the rows of a batch that is about to be run.

        Args:
            batch: A batch of the current phase.
        """
        invariant(batch.phase == self._checkpoint.phase, "a batch belongs to the current phase")
        to_run = {row.number for row in batch.rows}
        with self._state:
            self._marks.expect(batch.row_numbers)
            self._waiting |= to_run
            for number in batch.row_numbers:
                if number not in to_run and number > self._marks.mark:
                    self._marks.settle(number)

    def record(self, outcome: Outcome) -> None:
        """Keep how a row ended; when this returns, it survives the end of the process.

        Args:
            outcome: The outcome of a row of an open batch.

        Raises:
            OSError: When it cannot be written; the row then has no outcome and is run again.
            InvariantViolation: When the row has an outcome already.
        """
        number = outcome.row.number
        invariant(number in self._waiting, "a row has one outcome", row=number)
        stamp = self._clock().isoformat(timespec="milliseconds")
        # A pending row counts only when both files have it; results come last and decide.
        before = self._pending.size
        if outcome.status is RowStatus.PENDING:
            self._pending.append(self._pending_record(outcome, stamp))
        try:
            self._results.append(_result_record(outcome, stamp))
        except OSError:
            self._pending.cut(before)
            raise
        with self._state:
            self._waiting.discard(number)
            self._marks.settle(number)
            self.uncommitted += 1

    def _pending_record(self, outcome: Outcome, stamp: str) -> list[str]:
        row = outcome.row
        return [
            stamp,
            outcome.batch_id,
            row.row_id,
            str(outcome.phase),
            row.entity_type,
            row.entity_key,
            outcome.step,
            outcome.reason_code.value if outcome.reason_code else "",
            outcome.message,
            _status(outcome),
            minify_row(row.cells),
            str(row.number),
            str(row.line),
            outcome.tracking_id,
            *(row.original(name) for name in self._originals),
        ]

    def commit(self) -> None:
        """Sync the outcomes, then move the checkpoint up to them.

        Raises:
            OSError: When the disk refuses; the checkpoint stays where it was.
        """
        with self._commits:
            with self._state:
                mark, counted = self._marks.mark, self.uncommitted
            if counted:
                self._pending.sync()
                self._results.sync()
            with self._state:
                self.uncommitted -= counted
            if mark != self._checkpoint.last_row_id:
                self._checkpoint = self._store.save(replace(self._checkpoint, last_row_id=mark))

    def close(self, status: RunStatus, *, mark: int | None = None) -> None:
        """End the run: everything synced, the checkpoint says how it ended.

        Args:
            status: How the run ended.
            mark: Row number the checkpoint goes back to at least, when rows beyond it shall run
                again; None leaves it at the low-water mark.

        Raises:
            OSError: When outputs or checkpoint cannot be written.
        """
        try:
            with self._commits:
                self.commit()
                last = self._checkpoint.last_row_id
                last = last if mark is None else min(last, mark)
                self._checkpoint = self._store.save(
                    replace(self._checkpoint, status=status, last_row_id=last)
                )
        finally:
            self.release()

    def release(self) -> None:
        """Close the files and write nothing more; what was recorded stays recorded."""
        self._results.close()
        self._pending.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _status(outcome: Outcome) -> str:
    return "" if outcome.http_status is None else str(outcome.http_status)


def _result_record(outcome: Outcome, stamp: str) -> list[str]:
    row = outcome.row
    return [
        stamp,
        outcome.batch_id,
        row.row_id,
        str(outcome.phase),
        row.entity_type,
        row.entity_key,
        outcome.step,
        outcome.status.value,
        _status(outcome),
        outcome.message,
        outcome.remote_id,
        str(row.number),
        outcome.reason_code.value if outcome.reason_code else "",
        outcome.tracking_id,
    ]
