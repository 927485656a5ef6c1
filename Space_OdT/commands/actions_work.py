"""The work of commands that run transformation actions: session, log, question, plan, run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Space_OdT.commands.confirm import is_confirmed, refuse_unasked
from Space_OdT.commands.rows_front import RequestError
from Space_OdT.commands.rows_talk import tell_beginning, tell_rows
from Space_OdT.commands.rows_work import RowsWork, RunNames
from Space_OdT.commands.telling import say
from Space_OdT.engine.bulk.preflight import read_basics
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.executor import RunObserver
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.intake import RowsIntake, RowsIntakeOptions
from Space_OdT.engine.row_runs.run_log import SilentObserver
from Space_OdT.engine.row_runs.session import RowsSession, RunOptions
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.startup_checks import Access
from Space_OdT.engine.state_store import Start
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.definition import ActionDefinition, LegacyFormulas
from Space_OdT.v21.transformacion.session import ActionsOptions, ActionsSession
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.evidence import Evidence

ACTIONS_FOLDER = Path(__file__).resolve().parents[1] / "v21" / "transformacion"
# Up to here a plan before the question costs little; beyond, --dry-run is there for it.
ROWS_PLANNED_FIRST = 200
_LINES_BEFORE_QUESTION = 20


@dataclass(frozen=True, slots=True)
class ActionsRequest:
    """What a command line asks for, beside the settings.

    Attributes:
        layout: The output folder.
        names: What the run is called.
        definitions: The actions, one a phase, in order.
        profiles: Named sets of outgoing-call permissions.
        is_dry_run: Write a plan and change nothing.
        is_confirmed: Whether nobody is to be asked.
        plans_first: Whether a plan is made before the question, however many rows there are.
        is_verbose: Whether the log may hold more of the rows than their keys.
        checks_routing: Whether forwarding destinations are tried with Webex's routing test.
    """

    layout: RowsLayout
    names: RunNames
    definitions: tuple[ActionDefinition, ...]
    profiles: Profiles
    is_dry_run: bool = False
    is_confirmed: bool = False
    plans_first: bool = False
    is_verbose: bool = False
    checks_routing: bool = False


def formulas_of(settings: Settings) -> LegacyFormulas:
    """Take the formulas of legacy numbers from the settings.

    Args:
        settings: The settings of the run.

    Returns:
        The formulas.
    """
    return LegacyFormulas(
        forward_prefix=settings.legacy_forward_prefix,
        forward_tail=settings.legacy_forward_tail,
        intercom_prefix=settings.legacy_intercom_prefix,
        intercom_tail=settings.legacy_intercom_tail,
    )


def intake_options(
    settings: Settings, definitions: Sequence[ActionDefinition], *, repair: bool
) -> RowsIntakeOptions:
    """Say what the intake of rows depends on.

    Args:
        settings: The settings of the run.
        definitions: The actions, in order.
        repair: Whether torn tails may be cut off.

    Returns:
        The options.
    """
    return RowsIntakeOptions(
        kinds=tuple(one.action_id for one in definitions),
        max_rows=settings.max_rows,
        batch_size=settings.batch_size,
        max_batches=settings.max_batches,
        pipeline_version=settings.pipeline_version,
        repair=repair,
    )


def refuse_identity(definitions: Sequence[ActionDefinition], *, allowed: bool) -> None:
    """Refuse to create people unless that was allowed.

    Args:
        definitions: The actions that are asked for.
        allowed: Whether `--allow-identity` was given.

    Raises:
        RequestError: When one of them creates people.
    """
    creating = [one.action_id for one in definitions if one.is_identity]
    if creating and not allowed:
        raise RequestError(
            f"{', '.join(creating)} creates people, which is normally the directory's to do. Give "
            "--allow-identity when it is meant. / Crea personas: añada --allow-identity."
        )


def log_folder(settings: Settings, layout: RowsLayout) -> Path:
    """Choose the folder of the logs of actions.

    Args:
        settings: The settings of the run.
        layout: The output folder.

    Returns:
        SPACE_ODT_LOG_DIR; else `logs` beside the actions, in a checkout that can be written; else
        `logs` in the output folder.
    """
    if settings.space_odt_log_dir is not None:
        return Path.cwd() / settings.space_odt_log_dir.expanduser()
    is_checkout = (ACTIONS_FOLDER.parents[2] / "pyproject.toml").is_file()
    if is_checkout and os.access(ACTIONS_FOLDER, os.W_OK):
        return ACTIONS_FOLDER / "logs"
    return layout.logs_dir


@contextmanager
def action_evidence(
    settings: Settings, log_path: Path, har_path: Path | None, *, is_verbose: bool
) -> Iterator[Evidence]:
    """Open log and archive while the block lasts.

    Args:
        settings: The settings of the run.
        log_path: The log.
        har_path: The HTTP archive; None records none.
        is_verbose: Whether every call is logged.

    Yields:
        Where evidence goes.

    Raises:
        RequestError: When the log cannot be written.
    """
    try:
        log_path.parent.mkdir(parents=True, exist_ok=True)
        evidence = Evidence(
            log_path=log_path,
            har_path=har_path,
            secrets=[settings.access_token()],
            level="debug" if is_verbose else settings.log_level,
            on_trouble=say,
        )
    except OSError as error:
        raise RequestError(f"{log_path} cannot be written: {error.strerror or error}.") from error
    with evidence:
        yield evidence
    say(f"Log: {log_path}")


class _RowEvents(SilentObserver):
    """Logs the rows that were done; those that failed are logged for every run."""

    def __init__(self, evidence: Evidence, *, is_verbose: bool) -> None:
        self._evidence = evidence
        self._is_verbose = is_verbose

    def row_settled(self, outcome: Outcome) -> None:
        """Log a row that is done."""
        if outcome.status is not RowStatus.SUCCESS:
            return
        more: dict[str, Any] = {"message": outcome.message, "cells": dict(outcome.row.cells)}
        self._evidence.event(
            "row_done",
            action_id=outcome.row.entity_type,
            row_number=outcome.row.number,
            entity_key=outcome.row.entity_key,
            step=outcome.step,
            http_status=outcome.http_status,
            effect=outcome.message.partition(":")[0].partition(";")[0],
            **(more if self._is_verbose else {}),
        )


class ActionsWork(RowsWork):
    """One run of actions over prepared rows.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.
        intake: The prepared rows.
        evidence: Log and archive of the run.
    """

    def __init__(
        self, settings: Settings, request: ActionsRequest, intake: RowsIntake, evidence: Evidence
    ) -> None:
        super().__init__(
            settings, request.layout, intake, request.names, evidence=evidence, say=say
        )
        self._request = request
        self._intake = intake

    def session(self, client: WebexClient, plan: PlanWriter | None) -> RowsSession:
        """Make the session with the actions as its phases."""
        settings, request = self._settings, self._request
        options = ActionsOptions(
            RunOptions(settings.batch_size, settings.circuit_breaker_threshold),
            formulas_of(settings),
            request.profiles,
            request.checks_routing,
            settings.numbers_per_call,
        )
        return ActionsSession(
            client,
            request.layout,
            self._intake,
            options,
            self._evidence,
            definitions=request.definitions,
            plan=plan,
        )

    async def preflight(self, session: RowsSession, access: Access) -> None:
        """Read what every action needs, and tell whose organisation it is."""
        if isinstance(session, ActionsSession):
            await read_basics(session.client, session.organisation)
        environment = (self._settings.environment or "").upper()
        place = f"organisation {access.organisation} at {self._settings.webex_base_url}"
        self._say(f"{environment}: {place}" if environment else f"Whose: {place}")

    def watchers(self) -> tuple[RunObserver, ...]:
        """Have the rows that are done logged, too."""
        return (_RowEvents(self._evidence, is_verbose=self._request.is_verbose),)

    # -- plan, question, run ---------------------------------------------------------------

    def run(self) -> ExitCode:
        """Tell what is going to be done, ask, and do it.

        Returns:
            The exit code.

        Raises:
            RequestError: When somebody would have to be asked and nobody is there.
            StartupError: When the run must not begin.
            DamagedOutputError: When outputs are not what a run writes.
            CheckpointError: When the checkpoint does not fit them.
        """
        self._tell_rows()
        request, report = self._request, self._intake.report
        if request.is_dry_run:
            code, _ = asyncio.run(self.plan())
            return code
        writes = any(not one.is_read_only for one in request.definitions if self._has_rows(one))
        asks = writes and not request.is_confirmed
        refuse_unasked(is_free_to_go=not asks)
        is_new = self._intake.beginning.start is not Start.RESUME
        is_small = report.ready_rows <= ROWS_PLANNED_FIRST
        if is_new and report.ready_rows and (request.plans_first or (asks and is_small)):
            asyncio.run(self.plan(_LINES_BEFORE_QUESTION))
        if asks and report.ready_rows and not is_confirmed():
            return ExitCode.OK
        if writes and is_new and request.plans_first:
            self._say("Applying: what follows is done.")
        return asyncio.run(self.apply())

    def _has_rows(self, definition: ActionDefinition) -> bool:
        return bool(self._intake.report.ready.get(definition.action_id))

    def _tell_rows(self) -> None:
        intake, layout = self._intake, self._request.layout
        tell_beginning(intake.beginning, self._say)
        tell_rows(intake.report, layout, self._say)
        for example in intake.report.examples:
            self._say(f"Rejected: {example}")
        for definition in self._request.definitions:
            if definition.warning and self._has_rows(definition):
                self._say(f"Warning: {definition.action_id}: {definition.warning}")
