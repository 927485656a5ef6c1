"""The work of `bulk_run` between validation and exit code."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.commands.bulk_talk import tell_preflight
from Space_OdT.commands.rows_work import RowsWork, RunNames
from Space_OdT.engine.bulk.intake import Intake
from Space_OdT.engine.bulk.session import BulkOptions, BulkSession
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.session import RowsSession, TakenIn
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.engine.startup_checks import Access
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.evidence import Evidence


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


def _rerun(input_path: str, out_dir: str) -> str:
    given = f"--input {shlex.quote(input_path)} --output-dir {shlex.quote(out_dir)}"
    return f"python -m Space_OdT.cli bulk_run {given}"


class BulkWork(RowsWork):
    """One bulk run over validated rows.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.
        intake: The validated rows.
        evidence: Log and archive of the run.
    """

    def __init__(
        self, settings: Settings, request: BulkRequest, intake: Intake, evidence: Evidence
    ) -> None:
        super().__init__(
            settings,
            request.layout,
            TakenIn(intake.report, intake.beginning, intake.store),
            RunNames("Bulk run", str(intake.input_path), _rerun),
            evidence=evidence,
            say=request.say,
        )
        self._request = request
        self._intake = intake
        self._options = BulkOptions(
            batch_size=settings.batch_size,
            threshold=settings.circuit_breaker_threshold,
            compensates=settings.enable_safe_compensation,
            max_rate=settings.max_rate_per_minute,
            profiles=request.profiles,
        )

    async def run(self) -> ExitCode:
        """Plan or apply, whichever was asked for.

        Returns:
            The exit code.

        Raises:
            StartupError: When the run must not begin.
            DamagedOutputError: When outputs are not what a run writes.
            CheckpointError: When the checkpoint does not fit them.
        """
        if self._request.is_dry_run:
            code, _ = await self.plan()
            return code
        return await self.apply()

    def session(self, client: WebexClient, plan: PlanWriter | None) -> RowsSession:
        """Make the session, with the joins and the preflight of a bulk run."""
        layout = self._request.layout
        return BulkSession(client, layout, self._intake, self._options, self._evidence, plan=plan)

    async def preflight(self, session: RowsSession, access: Access) -> None:
        """Check what the rows refer to, estimate calls and time, and tell it."""
        if isinstance(session, BulkSession):
            found = await session.preflight(access)
            tell_preflight(found, self._settings, self._request.say)
