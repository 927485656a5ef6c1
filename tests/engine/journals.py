"""Journals over small inputs for the tests of state and recovery."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from Space_OdT.engine.journal import Journal
from Space_OdT.engine.models import Batch, Outcome, Row, RowStatus
from Space_OdT.engine.output_columns import RESULT_COLUMNS, pending_columns
from Space_OdT.engine.recovery import RunFiles, recover
from Space_OdT.engine.state_store import StateStore
from Space_OdT.engine.writers import AppendOnlyCsv
from Space_OdT.webex.error_handling import ReasonCode

COLUMNS = ("entity_type", "email", "x_note", "entity_key")


@dataclass
class Clock:
    now: datetime = datetime(2026, 2, 5, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def make_row(number: int) -> Row:
    return Row(
        number=number,
        line=number + 1,
        row_id=f"R{number}",
        entity_type="user",
        entity_key=f"p{number}@example.com",
        cells={"entity_type": "user", "email": f"p{number}@example.com", "x_note": 'a,"b"'},
    )


def make_outcome(number: int, *, phase: int = 1, is_pending: bool = False) -> Outcome:
    return Outcome(
        batch_id=f"{phase}-00001",
        phase=phase,
        row=make_row(number),
        status=RowStatus.PENDING if is_pending else RowStatus.SUCCESS,
        step="user_enable_calling",
        http_status=404 if is_pending else 200,
        message="no such\nperson" if is_pending else "changed",
        remote_id="" if is_pending else f"ID{number}",
        reason_code=ReasonCode.USER_NOT_FOUND if is_pending else None,
        tracking_id="SIM_1",
    )


def make_batch(*numbers: int, phase: int = 1, settled: tuple[int, ...] = ()) -> Batch:
    rows = tuple(make_row(number) for number in numbers if number not in settled)
    return Batch(f"{phase}-00001", phase, 1, tuple(numbers), rows)


@dataclass
class Desk:
    """One output folder, opened as often as wanted."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    syncs: list[int] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for journal in self.journals:
            journal.release()

    @property
    def files(self) -> RunFiles:
        return RunFiles(
            self.folder / "results.csv",
            self.folder / "pending_rows.csv",
            self.folder / "checkpoint.json",
            self.folder / "history",
        )

    @property
    def store(self) -> StateStore:
        return StateStore(self.files.checkpoint_json, clock=self.clock)

    def journal(self, checkpoint=None) -> Journal:
        store = self.store
        checkpoint = checkpoint or store.load() or store.begin("hash", 1)
        journal = Journal(
            AppendOnlyCsv(self.files.results_csv, RESULT_COLUMNS, sync=self.syncs.append),
            AppendOnlyCsv(self.files.pending_csv, pending_columns(COLUMNS), sync=self.syncs.append),
            COLUMNS,
            store,
            checkpoint,
            clock=self.clock,
        )
        self.journals.append(journal)
        return journal

    def recover(self, rows: int, ready=None):
        checkpoint = self.store.load()
        numbers = ready or [(number, 1) for number in range(1, rows + 1)]
        return recover(self.files, self.store, checkpoint, rows=rows, ready=numbers)
