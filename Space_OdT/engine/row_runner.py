"""Run one row to its one outcome: the only boundary where an unforeseen exception ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import (
    Action,
    Compensation,
    Effect,
    PendingError,
    Result,
    StepSpec,
)
from Space_OdT.engine.invariants import InvariantViolation, invariant
from Space_OdT.engine.models import Batch, Outcome, Row, RowStatus
from Space_OdT.engine.step_calls import StepCaller
from Space_OdT.webex.directory import AmbiguousNameError
from Space_OdT.webex.error_handling import ReasonCode, WebexError

CallMaker = Callable[[Row, Sequence[StepSpec]], StepCaller]
OnDefect = Callable[[Row, BaseException], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a row could not be done.

    Attributes:
        reason_code: From the closed list.
        message: What happened.
        fix: What the operator can do, "" when the message says it all.
        status: Status of the deciding answer, None when there was none.
        tracking_id: Its tracking id, "" when there was none.
        is_final: Whether the reason stays even though writes were done before.
    """

    reason_code: ReasonCode
    message: str
    fix: str = ""
    status: int | None = None
    tracking_id: str = ""
    is_final: bool = False

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """Sort an exception.

        Args:
            error: What ended the row.

        Returns:
            The failure it means.
        """
        if isinstance(error, PendingError):
            return cls(
                error.reason_code,
                error.message,
                error.fix,
                error.status,
                is_final=error.is_final,
            )
        if isinstance(error, WebexError):
            return cls(
                error.reason_code,
                str(error),
                error.hint or "",
                error.status,
                error.tracking_id or "",
            )
        if isinstance(error, AmbiguousNameError):
            return cls(
                ReasonCode.PRECONDITION_MISSING, str(error), "use a name that is unique, or an id"
            )
        what = str(error) or "no message"
        if not isinstance(error, InvariantViolation):
            what = f"{type(error).__name__}: {what}"
        return cls(ReasonCode.UNHANDLED_EXCEPTION, what, "this is a defect: report it with the log")

    def after(self, done: Sequence[str]) -> Failure:
        """Say what was done before the failure.

        Args:
            done: Names of the writes that were carried out.

        Returns:
            `half_applied` with the steps done, unless there are none or the reason is final.
        """
        if not done or self.is_final:
            return self
        reason = self.reason_code
        told = self.message
        if reason is not ReasonCode.HALF_APPLIED:
            told = f"then {reason}: {told}"
        return Failure(
            ReasonCode.HALF_APPLIED,
            f"done: {', '.join(done)}; {told}",
            self.fix,
            self.status,
            self.tracking_id,
        )

    def with_note(self, note: str) -> Failure:
        """Append a sentence to the message.

        Args:
            note: What else to say.

        Returns:
            The longer failure.
        """
        return Failure(
            self.reason_code,
            f"{self.message}; {note}",
            self.fix,
            self.status,
            self.tracking_id,
            self.is_final,
        )

    @property
    def text(self) -> str:
        """Message and fix in one."""
        return f"{self.message}. Fix: {self.fix.rstrip('.')}." if self.fix else self.message


class RowRunner:
    """Runs rows one at a time each; rows with the same serial key wait for each other.

    Args:
        make_call: Makes what an action gets as `call`.
        directory: What an action gets as `directory`.
        compensates: Whether to take back what a failed row has created.
        on_defect: Told about exceptions that are defects of ours.
    """

    def __init__(
        self,
        make_call: CallMaker,
        directory: Any,
        *,
        compensates: bool = False,
        on_defect: OnDefect | None = None,
    ) -> None:
        self._make_call = make_call
        self._directory = directory
        self._compensates = compensates
        self._on_defect = on_defect
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    async def run(self, batch: Batch, row: Row, action: Action[Any]) -> tuple[Outcome, bool]:
        """Run a row.

        Args:
            batch: The batch it belongs to.
            row: The row.
            action: What to do with it.

        Returns:
            Its outcome, and whether the token was rejected on the way.
        """
        call = self._make_call(row, action.steps)
        call.current = action.lookup
        try:
            params = action.params(row)
            async with self._alone(action.serial_key(params)):
                result = await action.run(params, call, self._directory)
            invariant(
                (result.effect is Effect.CHANGED) == bool(call.done),
                "a row is changed when a write was done, and only then",
                effect=result.effect,
                done=call.done,
            )
        except Exception as error:  # noqa: BLE001 - the row is the one boundary: it pays, not the run
            rejected = isinstance(error, WebexError) and (
                error.reason_code is ReasonCode.AUTH_INVALID
            )
            failure = self._sorted(row, error)
            if self._compensates and call.done and action.compensate and not rejected:
                failure = await self._taken_back(row, action, call, failure)
            else:
                failure = failure.after(call.done)
            return _pending(batch, row, call, failure), rejected
        return _success(batch, row, action, call, result), False

    def _sorted(self, row: Row, error: Exception) -> Failure:
        failure = Failure.of(error)
        if failure.reason_code is ReasonCode.UNHANDLED_EXCEPTION and self._on_defect is not None:
            self._on_defect(row, error)
        return failure

    async def _taken_back(
        self, row: Row, action: Action[Any], call: StepCaller, failure: Failure
    ) -> Failure:
        """Take back what the row created, and let its message say what came of that."""
        assert action.compensate is not None  # noqa: S101 - asked before
        step, done = call.current, list(call.done)
        status, tracking_id = call.status, call.tracking_id
        try:
            outcome = await action.compensate(action.params(row), call, self._directory)
        except Exception as error:  # noqa: BLE001 - a failed compensation is recorded, never more
            told = self._sorted(row, error).message
            outcome = Compensation(is_complete=False, message=f"taking it back failed: {told}")
        finally:
            call.current, call.status, call.tracking_id = step, status, tracking_id
        if outcome is None:
            return failure.after(done)
        if outcome.is_complete:
            return failure.with_note(outcome.message)
        return failure.after(done).with_note(outcome.message)

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncIterator[None]:
        if not key:
            yield
            return
        lock, users = self._locks.get(key, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[key] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[key]
            if users > 1:
                self._locks[key] = lock, users - 1
            else:
                del self._locks[key]


def _success(
    batch: Batch, row: Row, action: Action[Any], call: StepCaller, result: Result
) -> Outcome:
    told = f"{result.effect}: {', '.join(call.done)}" if call.done else str(result.effect)
    return Outcome(
        batch_id=batch.batch_id,
        phase=batch.phase,
        row=row,
        status=RowStatus.SUCCESS,
        step=call.done[-1] if call.done else action.lookup,
        http_status=call.status if call.write_status is None else call.write_status,
        message=f"{told}; {result.message}" if result.message else told,
        remote_id=result.remote_id,
        tracking_id=call.tracking_id,
    )


def _pending(batch: Batch, row: Row, call: StepCaller, failure: Failure) -> Outcome:
    return Outcome(
        batch_id=batch.batch_id,
        phase=batch.phase,
        row=row,
        status=RowStatus.PENDING,
        step=call.current,
        http_status=failure.status,
        message=failure.text,
        reason_code=failure.reason_code,
        tracking_id=failure.tracking_id or call.tracking_id,
    )
