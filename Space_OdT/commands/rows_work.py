"""The work of a command over validated rows: access, plan or run, and how it ended."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from Space_OdT import __version__
from Space_OdT.commands.interrupts import Interrupts, listening
from Space_OdT.commands.rows_progress import shown
from Space_OdT.commands.rows_talk import PLAN_LINES, PlanLines, tell_end, tell_plan
from Space_OdT.engine.executor import RunObserver
from Space_OdT.engine.planner import PlanTotals, PlanWriter
from Space_OdT.engine.row_runs.application import Application, RunEnd
from Space_OdT.engine.row_runs.finish import RerunCommand, finish
from Space_OdT.engine.row_runs.planning import plan_rows
from Space_OdT.engine.row_runs.session import RowsSession, TakenIn
from Space_OdT.engine.row_runs.summary import RunFacts
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.startup_checks import Access, StartupError, check_access, check_organisation
from Space_OdT.engine.state_store import Start
from Space_OdT.engine.stopping import StopReason
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.evidence import Evidence

_STOP_CODES = {
    StopReason.INTERRUPTED: ExitCode.INTERRUPTED,
    StopReason.CIRCUIT_BREAKER: ExitCode.CIRCUIT_BREAKER,
    StopReason.TOKEN_REJECTED: ExitCode.CIRCUIT_BREAKER,
    StopReason.STORAGE: ExitCode.INCOMPLETE,
    StopReason.FAIL_FAST: ExitCode.INCOMPLETE,
}


@dataclass(frozen=True, slots=True)
class RunNames:
    """What a run is called and how it is repeated.

    Attributes:
        title: What kind of run it is, as the heading of the report.
        input_path: The input as given.
        rerun: Makes the command that runs the pending rows.
    """

    title: str
    input_path: str
    rerun: RerunCommand


class RowsWork(ABC):
    """One run over validated rows; kinds of runs say how their session is made and checked.

    Args:
        settings: The settings of the run.
        layout: The output folder, locked.
        taken: The validated rows.
        names: What the run is called.
        evidence: Log and archive of the run.
        say: Takes sentences for the operator.
    """

    def __init__(
        self,
        settings: Settings,
        layout: RowsLayout,
        taken: TakenIn,
        names: RunNames,
        *,
        evidence: Evidence,
        say: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._layout = layout
        self._taken = taken
        self._names = names
        self._evidence = evidence
        self._say = say
        self._begun = datetime.now(UTC)

    @abstractmethod
    def session(self, client: WebexClient, plan: PlanWriter | None) -> RowsSession:
        """Make the session.

        Args:
            client: The client of the run.
            plan: Takes the writes of a dry run; None sends them.

        Returns:
            The session.
        """

    @abstractmethod
    async def preflight(self, session: RowsSession, access: Access) -> None:
        """Check what can be checked before the first row, and tell the operator.

        Args:
            session: The open session.
            access: Whose token it is.

        Raises:
            StartupError: When the run must not begin.
        """

    def watchers(self) -> tuple[RunObserver, ...]:
        """Name who else is told how the run gets on; nobody, unless a kind of run says so.

        Returns:
            The observers.
        """
        return ()

    async def after(self, session: RowsSession, end: RunEnd) -> None:  # noqa: B027 - optional
        """Do what is due while the client is still open; nothing, unless a kind of run says so.

        Args:
            session: The session.
            end: How the run ended.
        """

    # -- a dry run -------------------------------------------------------------------------

    async def plan(self, shown_lines: int = PLAN_LINES) -> tuple[ExitCode, PlanTotals]:
        """Write down what applying would send, and change nothing.

        Args:
            shown_lines: Lines of the plan that are printed; the files have all of them.

        Returns:
            The exit code of a dry run, and what the plan comes to.

        Raises:
            StartupError: When the run must not begin.
            DamagedOutputError: When validated rows are not what validation wrote.
        """
        layout, lines = self._layout, PlanLines(shown_lines)
        async with self._client(dry_run=True) as (client, access, _):
            writer = PlanWriter(layout.plan_csv, layout.plan_jsonl, lines)
            with self.session(client, writer) as session:
                await self.preflight(session, access)
                self._say("Planning: what follows is worked out, and nothing is changed.")
                async with shown(session) as view:
                    report = self._taken.report
                    view.sized(report.ready_rows, report.rejected_rows)
                    totals = await plan_rows(session, writer, view)
        lines.end()
        tell_plan(totals, layout)
        is_incomplete = totals.reasons or self._taken.report.rejected_rows
        return (ExitCode.INCOMPLETE if is_incomplete else ExitCode.OK), totals

    # -- the work --------------------------------------------------------------------------

    async def apply(self) -> ExitCode:
        """Run every row that has no outcome yet.

        Returns:
            The exit code.

        Raises:
            StartupError: When the run must not begin.
            DamagedOutputError: When outputs are not what a run writes.
            CheckpointError: When the checkpoint does not fit them.
        """
        self._begun = datetime.now(UTC)  # neither a plan nor a question counts
        async with self._client(dry_run=False) as (client, access, interrupts):
            with self.session(client, None) as session:
                await self.preflight(session, access)
                async with shown(session) as view:
                    application = Application(session, view, *self.watchers())
                    interrupts.gracefully = application.interrupt
                    end = await application.run()
                await self.after(session, end)
                return self._conclude(session, self._facts(session, access, end), end)

    @asynccontextmanager
    async def _client(
        self, *, dry_run: bool
    ) -> AsyncIterator[tuple[WebexClient, Access, Interrupts]]:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a run needs a task")
        interrupts = Interrupts(task)
        self._evidence.event("run_started", settings=self._settings.describe(), dry_run=dry_run)
        with listening(interrupts):
            async with WebexClient.from_settings(self._settings, evidence=self._evidence) as client:
                try:
                    access = await check_access(client)
                    check_organisation(access, self._settings.webex_org_id)
                    yield client, access, interrupts
                except StartupError as error:
                    self._evidence.event(
                        "startup_checks", level="error", result="fail", cause=str(error)
                    )
                    raise

    def _facts(self, session: RowsSession, access: Access, end: RunEnd) -> RunFacts:
        begun, ended = self._begun, datetime.now(UTC)
        checkpoint = self._taken.store.load()
        started = checkpoint.started_at if checkpoint else begun.isoformat(timespec="seconds")
        return RunFacts(
            title=self._names.title,
            phases=session.phase_names,
            organisation=access.organisation,
            environment=self._settings.environment or "",
            base_url=self._settings.webex_base_url,
            input_path=self._names.input_path,
            input_hash=self._taken.report.input_hash,
            started_at=started,
            finished_at=ended.isoformat(timespec="seconds"),
            seconds=(ended - begun).total_seconds(),
            resumed=self._taken.beginning.start is Start.RESUME,
            tool_version=__version__,
            stopped=end.message,
        )

    def _conclude(self, session: RowsSession, facts: RunFacts, end: RunEnd) -> ExitCode:
        stats = session.client.stats
        stopped = _STOP_CODES[end.stop] if end.stop is not None else None
        try:
            finished = finish(
                self._layout, self._taken.report, facts, stats.as_dict(), self._names.rerun
            )
        except OSError as error:
            told = end.message or "The run has ended"
            self._say(f"{told}; the summary cannot be written: {error.strerror or error}.")
            return stopped or ExitCode.INCOMPLETE
        self._evidence.event(
            "run_finished",
            reconciliation=finished.conservation.line,
            stopped=end.message,
            calls=stats.calls,
            seconds=round(facts.seconds, 3),
        )
        tell_end(finished, end, self._layout)
        if finished.conservation.violations:
            return ExitCode.DAMAGED_STATE
        is_clean = finished.summary.is_clean
        return stopped or (ExitCode.OK if is_clean else ExitCode.INCOMPLETE)
