"""The work of `bulk_run` between validation and exit code: access, preflight, plan or run, end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from Space_OdT import __version__
from Space_OdT.commands.bulk_progress import LiveBulkProgress, PlainBulkProgress, make_bulk_progress
from Space_OdT.commands.bulk_talk import PlanLines, tell_end, tell_plan, tell_preflight
from Space_OdT.commands.interrupts import Interrupts, listening
from Space_OdT.engine.bulk.application import Application, BulkEnd
from Space_OdT.engine.bulk.dry_run import dry_run
from Space_OdT.engine.bulk.finish import finish
from Space_OdT.engine.bulk.intake import Intake
from Space_OdT.engine.bulk.session import BulkOptions, BulkSession
from Space_OdT.engine.bulk.summary import RunFacts
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.run_layout import BulkLayout
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
}


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """What the command line asks for, beside the settings.

    Attributes:
        input_path: The input.
        layout: The output folder.
        profiles: The outgoing profiles rows may name.
        is_dry_run: Write a plan and change nothing.
        is_validation: Check the file and call nothing.
        repairs_tail: Cut torn records off.
        records_har: Write the HTTP archive.
        say: Takes sentences for the operator.
    """

    input_path: Path
    layout: BulkLayout
    profiles: Profiles
    is_dry_run: bool
    is_validation: bool
    repairs_tail: bool
    records_har: bool
    say: Callable[[str], None]


class BulkWork:
    """One run over validated rows.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.
        intake: The validated rows.
        evidence: Log and archive of the run.
    """

    def __init__(
        self, settings: Settings, request: BulkRequest, intake: Intake, evidence: Evidence
    ) -> None:
        self._settings = settings
        self._request = request
        self._intake = intake
        self._evidence = evidence
        self._begun = datetime.now(UTC)
        self._options = BulkOptions(
            batch_size=settings.batch_size,
            threshold=settings.circuit_breaker_threshold,
            compensates=settings.enable_safe_compensation,
            max_rate=settings.max_rate_per_minute,
            profiles=request.profiles,
        )

    async def run(self) -> ExitCode:
        """Do it.

        Returns:
            The exit code.

        Raises:
            StartupError: When the run must not begin.
            DamagedOutputError: When outputs are not what a run writes.
            CheckpointError: When the checkpoint does not fit them.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a run needs a task")
        interrupts = Interrupts(task)
        self._evidence.event(
            "run_started", settings=self._settings.describe(), dry_run=self._request.is_dry_run
        )
        with listening(interrupts):
            async with WebexClient.from_settings(self._settings, evidence=self._evidence) as client:
                try:
                    access = await check_access(client)
                    check_organisation(access, self._settings.webex_org_id)
                    return await self._with_access(client, access, interrupts)
                except StartupError as error:
                    self._evidence.event(
                        "startup_checks", level="error", result="fail", cause=str(error)
                    )
                    raise

    async def _with_access(
        self, client: WebexClient, access: Access, interrupts: Interrupts
    ) -> ExitCode:
        layout = self._request.layout
        lines = PlanLines()
        writer = None
        if self._request.is_dry_run:
            writer = PlanWriter(layout.plan_csv, layout.plan_jsonl, lines)
        with BulkSession(
            client, layout, self._intake, self._options, self._evidence, plan=writer
        ) as session:
            found = await session.preflight(access)
            tell_preflight(found, self._settings, self._request.say)
            if writer is None:
                return await self._apply(session, access, interrupts)
            return await self._plan(session, writer, lines)

    # -- a dry run -------------------------------------------------------------------------

    async def _plan(self, session: BulkSession, writer: PlanWriter, lines: PlanLines) -> ExitCode:
        report = self._intake.report
        async with _shown(session) as view:
            view.sized(report.ready_rows, report.rejected_rows)
            totals = await dry_run(session, writer, view)
        lines.end()
        tell_plan(totals, self._request.layout)
        is_incomplete = totals.reasons or report.rejected_rows
        return ExitCode.INCOMPLETE if is_incomplete else ExitCode.OK

    # -- the work --------------------------------------------------------------------------

    async def _apply(
        self, session: BulkSession, access: Access, interrupts: Interrupts
    ) -> ExitCode:
        async with _shown(session) as view:
            application = Application(session, view)
            interrupts.gracefully = application.interrupt
            end = await application.run()
        return self._conclude(session, self._facts(access, end), end)

    def _facts(self, access: Access, end: BulkEnd) -> RunFacts:
        begun, ended = self._begun, datetime.now(UTC)
        checkpoint = self._intake.store.load()
        started = checkpoint.started_at if checkpoint else begun.isoformat(timespec="seconds")
        return RunFacts(
            organisation=access.organisation,
            environment=self._settings.environment or "",
            base_url=self._settings.webex_base_url,
            input_path=str(self._intake.input_path),
            input_hash=self._intake.report.input_hash,
            started_at=started,
            finished_at=ended.isoformat(timespec="seconds"),
            seconds=(ended - begun).total_seconds(),
            resumed=self._intake.beginning.start is Start.RESUME,
            tool_version=__version__,
            stopped=end.message,
        )

    def _conclude(self, session: BulkSession, facts: RunFacts, end: BulkEnd) -> ExitCode:
        stats = session.client.stats
        stopped = _STOP_CODES[end.stop] if end.stop is not None else None
        try:
            finished = finish(self._request.layout, self._intake, facts, stats.as_dict())
        except OSError as error:
            told = end.message or "The run has ended"
            self._request.say(f"{told}; the summary cannot be written: {error.strerror or error}.")
            return stopped or ExitCode.INCOMPLETE
        self._evidence.event(
            "run_finished",
            reconciliation=finished.conservation.line,
            stopped=end.message,
            calls=stats.calls,
            seconds=round(facts.seconds, 3),
        )
        tell_end(finished, end, self._request.layout)
        if finished.conservation.violations:
            return ExitCode.DAMAGED_STATE
        is_clean = finished.summary.is_clean
        return stopped or (ExitCode.OK if is_clean else ExitCode.INCOMPLETE)


@asynccontextmanager
async def _shown(session: BulkSession) -> AsyncIterator[PlainBulkProgress | LiveBulkProgress]:
    """Show progress while the block lasts."""
    view = make_bulk_progress()
    follower = asyncio.create_task(view.follow(session.client.stats))
    try:
        yield view
    finally:
        follower.cancel()
        with suppress(asyncio.CancelledError):
            await follower
