"""The work of `v2_bulk_run` between templates and exit code: input, approvals, plan or run, end."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from Space_OdT.commands.interrupts import Interrupts, listening
from Space_OdT.commands.rows_talk import PlanLines
from Space_OdT.commands.v2_progress import shown
from Space_OdT.commands.v2_prompts import Approver
from Space_OdT.commands.v2_talk import (
    tell_approval,
    tell_intake,
    tell_plan,
    tell_selection,
)
from Space_OdT.commands.v2_task import SoftphoneTask
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.startup_checks import (
    Access,
    StartupError,
    check_access,
    check_organisation,
    unusable,
)
from Space_OdT.engine.stopping import StopReason
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.settings.language import Language
from Space_OdT.softphones.approvals import Approval, approval_of, digest_of, operator_name
from Space_OdT.softphones.decisions import (
    ALL_YES,
    DecisionDesk,
    Decisions,
    read_answers,
)
from Space_OdT.softphones.ending import archive, write_rejected
from Space_OdT.softphones.exports import read_exports
from Space_OdT.softphones.intake import read_input
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.ledger import moment
from Space_OdT.softphones.policy import read_policy
from Space_OdT.softphones.records import PersonStatus
from Space_OdT.softphones.selection import Pass, select
from Space_OdT.softphones.session import RunLimits, SoftphoneSession
from Space_OdT.softphones.state import (
    RunState,
    divided,
    remember,
)
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.evidence import Evidence

INTERACTIVE = "interactive"
_STOP_CODES = {
    StopReason.INTERRUPTED: ExitCode.INTERRUPTED,
    StopReason.CIRCUIT_BREAKER: ExitCode.CIRCUIT_BREAKER,
    StopReason.TOKEN_REJECTED: ExitCode.CIRCUIT_BREAKER,
    StopReason.STORAGE: ExitCode.INCOMPLETE,
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SoftphoneRequest:
    """What the command line asks for, beside the settings.

    Attributes:
        layout: The folder of the run, locked.
        is_dry_run: Write a plan and change nothing.
        only_failures: Run only those that failed or were never tried.
        decisions_file: Where decisions are; None asks the operator.
        language: Language of the questions.
        say: Takes sentences for the operator.
    """

    layout: SoftphoneLayout
    is_dry_run: bool
    only_failures: bool
    decisions_file: Path | None
    language: Language
    say: Callable[[str], None]


class SoftphoneWork:
    """One run.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.

    Raises:
        StartupError: When policy or decisions cannot be used.
        InputFileError: When the input cannot be read.
        CheckpointError: When the state of earlier runs is damaged.
    """

    def __init__(self, settings: Settings, request: SoftphoneRequest) -> None:
        self._settings = settings
        self._request = request
        self._layout = request.layout
        self._say = request.say
        self._begun = time.monotonic()
        layout = request.layout
        self._policy = read_policy(layout.policy_json)
        self._intake = read_input(layout.input_csv, self._policy, max_rows=settings.max_rows)
        self._desk = DecisionDesk(layout.out_dir, self._intake.addresses)
        self._from_file = self._decisions_of_file()
        self._remembered = remember(layout)
        self._selection = select(
            self._intake.rows,
            self._policy,
            self._remembered,
            only_failures=request.only_failures,
            running=[stage for stage, one in (self._from_file or {}).items() if one.runs],
        )

    def _decisions_of_file(self) -> Decisions | None:
        given = self._request.decisions_file
        if given is None:
            return None
        beside = self._layout.out_dir / given
        path = given if given.exists() or not beside.exists() else beside
        return self._desk.decide_all(read_answers(path))

    @property
    def continues(self) -> bool:
        """Whether the run goes on with one that was not finished."""
        return self._selection.kind is Pass.RESUME

    def run(self, evidence: Evidence) -> ExitCode:
        """Do it.

        Args:
            evidence: Log and archive of the run.

        Returns:
            The exit code.

        Raises:
            StartupError: When the run must not begin.
        """
        write_rejected(self._layout, self._intake)
        tell_intake(self._intake, self._layout, self._say)
        if not self._intake.rows:
            if self._intake.rejected:
                return ExitCode.INCOMPLETE
            raise StartupError(
                f"{self._layout.input_csv} has no person below the header: add some."
            )
        tell_selection(self._selection, self._remembered, self._say)
        if not self._selection.works:
            return self._nothing_left()
        evidence.event(
            "run_started",
            settings=self._settings.describe(),
            dry_run=self._request.is_dry_run,
            kind=str(self._selection.kind),
        )
        with asyncio.Runner() as runner:
            stack = AsyncExitStack()
            try:
                return self._with_client(runner, stack, evidence)
            finally:
                runner.run(stack.aclose())

    def _nothing_left(self) -> ExitCode:
        self._say("Nobody is left to be run.")
        state = self._remembered.state
        failed = state.count(PersonStatus.FAILED) if state is not None else 0
        return ExitCode.INCOMPLETE if failed or self._intake.rejected else ExitCode.OK

    def _with_client(
        self, runner: asyncio.Runner, stack: AsyncExitStack, evidence: Evidence
    ) -> ExitCode:
        client = WebexClient.from_settings(self._settings, evidence=evidence)
        access = runner.run(_heard(self._open(stack, client)))
        exports = read_exports(self._layout.export_folders)
        self._say(exports.described(datetime.now(UTC)))
        session = SoftphoneSession(
            client,
            self._policy,
            exports,
            self._selection.works,
            RunLimits(self._settings.batch_size, self._settings.circuit_breaker_threshold),
            say=self._say,
        )
        try:
            runner.run(_heard(session.preflight()))
            if self._request.is_dry_run:
                return runner.run(_heard(self._plan(session)))
            approval = self._kept_approval() or self._given_approval(access)
            if approval is None:
                previews = runner.run(_heard(session.previews()))
                approval = self._asked(access, previews)
        except WebexError as error:
            raise unusable(error, client) from error
        tell_approval(approval, self._intake.rows, self._say)
        task = SoftphoneTask(
            self._settings, self._layout, self._intake, self._begun, evidence, self._say
        )
        state = self._begin(approval)
        return runner.run(task.apply(session, access, state, approval.decisions, self._remembered))

    async def _open(self, stack: AsyncExitStack, client: WebexClient) -> Access:
        await stack.enter_async_context(client)
        access = await check_access(client)
        check_organisation(access, self._settings.webex_org_id)
        environment = (self._settings.environment or "").upper() or "Environment not named"
        self._say(
            f"{environment}: organisation {access.organisation} at {self._settings.webex_base_url}"
        )
        return access

    # -- approvals -------------------------------------------------------------------------

    def _kept_approval(self) -> Approval | None:
        """Take over the decisions of the run that goes on, unless a file gives others."""
        state = self._remembered.state
        if not self.continues or state is None or self._from_file is not None:
            return None
        approval = approval_of(state, self._desk, self._intake, self._policy)
        if approval is None:
            self._say(
                "The input, the policy or a file of decisions has changed since the decisions "
                "were given, so they are asked for again."
            )
        return approval

    def _given_approval(self, access: Access) -> Approval | None:
        if self._from_file is None:
            return None
        path = self._request.decisions_file
        source = f"decisions file {path.name}" if path is not None else ""
        return Approval(self._from_file, operator_name(access.person), moment(), source)

    def _asked(self, access: Access, previews: Any) -> Approval:
        approver = Approver(self._desk, self._request.language)
        people = len(self._selection.works)
        decisions = approver.decide(previews, access.organisation, people)
        return Approval(decisions, operator_name(access.person), moment(), INTERACTIVE)

    def _begin(self, approval: Approval) -> RunState:
        """Make the state the run begins with; the files of the last one go to the history."""
        last, emails = self._remembered.state, (row.email for row in self._intake.rows)
        now, former = divided(last.records, last.former, emails) if last else ({}, {})
        if not self.continues and last is not None:
            archive(self._layout, last.started_at)
        goes_on = last if self.continues else None
        return RunState(
            run_id=goes_on.run_id if goes_on else str(uuid.uuid4()),
            started_at=goes_on.started_at if goes_on else moment(),
            approved=digest_of(self._intake, self._policy, approval.decisions),
            stage_decisions=approval.as_dict(),
            input={
                "path": str(self._intake.path),
                "sha256": self._intake.input_hash,
                "people": len(self._intake.rows),
                "rejected": len(self._intake.rejected),
            },
            records={} if self._selection.kind is Pass.NEW else now,
            former=former,
        )

    # -- a dry run -------------------------------------------------------------------------

    async def _plan(self, session: SoftphoneSession) -> ExitCode:
        lines, rejected = PlanLines(), len(self._intake.rejected)
        writer = PlanWriter(self._layout.plan_csv, self._layout.plan_jsonl, lines)
        decisions = self._from_file or ALL_YES
        async with shown(session.client, len(session.works), rejected) as view:
            totals = await session.plan(decisions, writer, view)
        lines.end()
        tell_plan(totals, self._layout)
        return ExitCode.INCOMPLETE if totals.reasons or rejected else ExitCode.OK


async def _heard(work: Coroutine[Any, Any, T]) -> T:
    """Do something before the first write; a signal ends it at once, for nothing is lost."""
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a run needs a task")
    with listening(Interrupts(task)):
        return await work
