"""Run people: the stages of one in sequence, until the first that fails; many people at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from Space_OdT.engine.action_model import Action, PendingError
from Space_OdT.engine.models import Batch, Outcome, Row, RowStatus
from Space_OdT.engine.row_runner import OnDefect, RowRunner
from Space_OdT.engine.stopping import StopReason, StopSignal
from Space_OdT.softphones.context import Subject, Trace
from Space_OdT.softphones.decisions import Decisions
from Space_OdT.softphones.ledger import Ledger
from Space_OdT.softphones.parts import SoftphoneParts
from Space_OdT.softphones.records import PersonWork
from Space_OdT.softphones.stages import RESOLVE_PERSON, Stage
from Space_OdT.webex.error_handling import ReasonCode, WebexError

KIND = "softphone"
# A stage of row 12 has the number 123 when it is the third one.
STAGES_A_ROW = 10


def person_row(work: PersonWork) -> Row:
    """Make the row that stands for a person among all people."""
    row = work.row
    return Row(row.number, row.line, str(row.number), KIND, row.email, row.cells)


class SoftphoneRows(RowRunner):
    """Runs people the way a row runner runs rows; every stage is a row of its own action.

    Args:
        parts: The actions.
        works: Number of the row -> what to do for the person.
        decisions: What the operator decided.
        ledger: Keeps what is done.
        stop: Asked before every stage.
        on_defect: Told about exceptions that are defects of ours.

    Attributes:
        unfinished: Numbers of people whose stages stopped between two of them.
    """

    def __init__(
        self,
        parts: SoftphoneParts,
        works: Mapping[int, PersonWork],
        decisions: Decisions,
        ledger: Ledger,
        stop: StopSignal,
        *,
        on_defect: OnDefect | None = None,
    ) -> None:
        super().__init__(parts.call, parts.directory, on_defect=on_defect)
        self._parts = parts
        self._works = works
        self._decisions = decisions
        self._ledger = ledger
        self._stop = stop
        self.unfinished: set[int] = set()

    async def run(self, batch: Batch, row: Row, action: Action[Any]) -> tuple[Outcome, bool]:
        """Run the stages of a person.

        Args:
            batch: The batch the person belongs to.
            row: The person.
            action: The action that finds the person.

        Returns:
            How the last stage ended, and whether the token was rejected on the way.
        """
        work = self._works[row.number]
        subject = self._parts.subjects.begin(row.entity_key)
        try:
            outcome, rejected = await self._stages(batch, row, work, subject, action)
        except OSError as error:
            self._stop.ask(StopReason.STORAGE, f"outputs cannot be written: {error.strerror}")
            outcome, rejected = self._interrupted(batch, row), False
        finally:
            self._parts.subjects.end(row.entity_key)
        if rejected:
            self.unfinished.add(row.number)
        return outcome, rejected

    async def _stages(
        self, batch: Batch, row: Row, work: PersonWork, subject: Subject, find: Action[Any]
    ) -> tuple[Outcome, bool]:
        outcome = Outcome(batch.batch_id, batch.phase, row, RowStatus.SUCCESS, RESOLVE_PERSON)
        rejected = False
        if any(self._runs(work, stage) for stage in work.row.stages):
            outcome, rejected = await self._one(batch, work, subject, find, 0)
        for stage in work.row.stages:
            if rejected or outcome.status is not RowStatus.SUCCESS:
                break
            if stage in work.done:
                continue
            if not self._decisions[stage].runs:
                self._ledger.skipped(work, stage)
                work.skipped.append(stage.value)
                continue
            if self._stop.is_asked:
                return self._interrupted(batch, row), False
            action = self._parts.stages[stage]
            outcome, rejected = await self._one(batch, work, subject, action, stage.number)
        work.failure = None if outcome.status is RowStatus.SUCCESS else outcome
        told = Outcome(
            batch.batch_id,
            batch.phase,
            row,
            outcome.status,
            outcome.row.entity_type,
            outcome.http_status,
            outcome.message,
            outcome.remote_id,
            outcome.reason_code,
            outcome.tracking_id,
        )
        return told, rejected

    def _runs(self, work: PersonWork, stage: Stage) -> bool:
        return stage not in work.done and self._decisions[stage].runs

    async def _one(
        self,
        batch: Batch,
        work: PersonWork,
        subject: Subject,
        action: Action[Any],
        number: int,
    ) -> tuple[Outcome, bool]:
        """Run one stage, and keep how it ended before anything else begins."""
        row = self._stage_row(work, action.name, number)
        trace = subject.trace = self._ledger.trace(work, action.name)
        outcome, rejected = await super().run(batch, row, action)
        if rejected:
            return outcome, True
        if outcome.status is RowStatus.SUCCESS:
            work.is_verified = work.is_verified and (trace.is_verified or not number)
            if number:
                work.completed.append(action.name)
        await _look_again(trace)
        if number or outcome.status is not RowStatus.SUCCESS:
            self._ledger.stage_ended(work, outcome, trace)
        return outcome, False

    def _stage_row(self, work: PersonWork, name: str, number: int) -> Row:
        row = work.row
        cells = row.cells
        if number:
            cells = {**cells, **self._decisions[Stage(name)].cells_of(row.email)}
        return Row(
            row.number * STAGES_A_ROW + number, row.line, str(row.number), name, row.email, cells
        )

    def _interrupted(self, batch: Batch, row: Row) -> Outcome:
        self.unfinished.add(row.number)
        return Outcome(
            batch.batch_id,
            batch.phase,
            row,
            RowStatus.PENDING,
            KIND,
            message="interrupted between two stages",
            reason_code=ReasonCode.HALF_APPLIED,
        )


async def _look_again(trace: Trace) -> None:
    """Read the state once more where it is open, as evidence; it may stay unknown."""
    if trace.again is None or trace.after is not None or not trace.is_written:
        return
    try:
        trace.after = await trace.again()
    except (WebexError, PendingError):
        trace.after = None
