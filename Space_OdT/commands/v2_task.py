"""Carry decisions out, and end: the state, the failures, the report, the exit code."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from Space_OdT import __version__
from Space_OdT.commands.interrupts import Interrupts, listening
from Space_OdT.commands.v2_progress import KINDS, shown
from Space_OdT.commands.v2_talk import tell_end
from Space_OdT.engine.row_runs.run_log import Observers, RunLog
from Space_OdT.engine.startup_checks import Access
from Space_OdT.engine.stopping import StopReason
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.softphones.decisions import Decisions
from Space_OdT.softphones.ending import EndFacts, write_failures
from Space_OdT.softphones.intake import SoftphoneIntake
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.ledger import AuditLedger, moment
from Space_OdT.softphones.records import PersonStatus
from Space_OdT.softphones.report import write_report
from Space_OdT.softphones.session import RunEnd, SoftphoneSession
from Space_OdT.softphones.state import PassStatus, Remembered, RunState, StateKeeper
from Space_OdT.webex.evidence import Evidence

_STOP_CODES = {
    StopReason.INTERRUPTED: ExitCode.INTERRUPTED,
    StopReason.CIRCUIT_BREAKER: ExitCode.CIRCUIT_BREAKER,
    StopReason.TOKEN_REJECTED: ExitCode.CIRCUIT_BREAKER,
    StopReason.STORAGE: ExitCode.INCOMPLETE,
}


@dataclass(frozen=True, slots=True)
class SoftphoneTask:
    """What is done once the decisions are given.

    Attributes:
        settings: The settings of the run.
        layout: The folder of the run, locked.
        intake: The input.
        begun: Monotonic seconds when the command began.
        evidence: Log of the run.
        say: Takes sentences for the operator.
    """

    settings: Settings
    layout: SoftphoneLayout
    intake: SoftphoneIntake
    begun: float
    evidence: Evidence
    say: Callable[[str], None]

    async def apply(
        self,
        session: SoftphoneSession,
        access: Access,
        state: RunState,
        decisions: Decisions,
        remembered: Remembered,
    ) -> ExitCode:
        """Run everybody, and end.

        Args:
            session: The open session.
            access: Whose token it is.
            state: The state the run begins with.
            decisions: What the operator decided.
            remembered: What earlier runs left.

        Returns:
            The exit code.
        """
        keeper = StateKeeper(self.layout, state, remembered.intents)
        ledger = AuditLedger(self.layout, keeper, remembered.intents)
        end = RunEnd(StopReason.INTERRUPTED, "interrupted at once")
        try:
            end = await self._run(session, decisions, ledger, keeper)
        finally:
            self._close(state, keeper, ledger, end)
        return self._conclude(session, access, state, end)

    async def _run(
        self,
        session: SoftphoneSession,
        decisions: Decisions,
        ledger: AuditLedger,
        keeper: StateKeeper,
    ) -> RunEnd:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a run needs a task")
        interrupts = Interrupts(task)
        run_log = RunLog(self.evidence, KINDS)
        with listening(interrupts):
            interrupts.gracefully = session.interrupt
            async with shown(session.client, len(session.works), len(self.intake.rejected)) as view:
                return await session.apply(
                    decisions,
                    ledger,
                    keeper,
                    Observers(run_log, view),
                    on_defect=run_log.defect,
                )

    def _close(
        self, state: RunState, keeper: StateKeeper, ledger: AuditLedger, end: RunEnd
    ) -> None:
        state.ended_at = moment()
        if end.stop is not None:
            state.status, state.message = PassStatus.STOPPED, _told(end.stop, end.message)
        elif state.count(PersonStatus.FAILED):
            state.status = PassStatus.COMPLETED_WITH_ERRORS
        else:
            state.status = PassStatus.COMPLETED
        try:
            ledger.close()
            keeper.close()
        except OSError as error:
            self.say(f"The run state cannot be written: {error.strerror or error}.")

    def _conclude(
        self,
        session: SoftphoneSession,
        access: Access,
        state: RunState,
        end: RunEnd,
    ) -> ExitCode:
        seconds, stats = time.monotonic() - self.begun, session.client.stats
        facts = EndFacts(
            access.organisation,
            self.settings.environment or "",
            self.settings.webex_base_url,
            stats.as_dict(),
            seconds,
            __version__,
            session.names(),
        )
        try:
            write_failures(self.layout, state)
            write_report(self.layout, state, facts)
        except OSError as error:
            self.say(f"The report cannot be written: {error.strerror or error}.")
        self.evidence.event(
            "run_finished",
            status=state.status.value,
            completed=state.count(PersonStatus.SUCCESS),
            failed=state.count(PersonStatus.FAILED),
            calls=stats.calls,
            seconds=round(seconds, 3),
        )
        tell_end(state, self.intake, self.layout, stats, seconds)
        if end.stop is not None:
            return _STOP_CODES[end.stop]
        is_clean = state.status is PassStatus.COMPLETED and not self.intake.rejected
        return ExitCode.OK if is_clean else ExitCode.INCOMPLETE


def _told(reason: StopReason, message: str) -> str:
    """Put the reason before the message, unless it says so itself."""
    return message if message.startswith(reason) else f"{reason}: {message}"
