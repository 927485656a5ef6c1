"""The course of an inventory run: preflight, cost or reading, and everything put in its place."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from Space_OdT.commands.inventory_cost import print_cost
from Space_OdT.commands.inventory_ending import Ending, end
from Space_OdT.commands.inventory_progress import make_progress
from Space_OdT.commands.telling import say
from Space_OdT.engine.run_layout import InventoryLayout
from Space_OdT.engine.run_lock import RunLock
from Space_OdT.inventory.cost import count, estimate
from Space_OdT.inventory.health import RunStoppedError
from Space_OdT.inventory.runner import Selection
from Space_OdT.inventory.session import (
    InventorySession,
    Organisation,
    RunOptions,
    find_organisation,
)
from Space_OdT.inventory.summary import RunSummary
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ReasonCode, WebexError, probe_hint
from Space_OdT.webex.evidence import Evidence

COMMAND = "inventory_run"
GOES_ON = "What was read is kept: the same command goes on from there."
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class InventoryRequest:
    """What the command line asks for, beside the settings.

    Attributes:
        options: What to read and to write.
        layout: Where everything is.
        ending: What follows the exports.
        cost: Only count the calls.
        har: Record the HTTP traffic.
    """

    options: RunOptions
    layout: InventoryLayout
    ending: Ending
    cost: bool = False
    har: bool = False


class UsageError(Exception):
    """Something about the call, the token or the folder is wrong; nothing was processed."""


def work(settings: Settings, request: InventoryRequest) -> ExitCode:
    """Do what was asked for.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.

    Returns:
        What it came to.

    Raises:
        UsageError: When token, base URL or folder cannot be used.
        FolderLockedError: When another run works on the folder.
        DamagedStateError: When the state of an unfinished run cannot be read.
        UnfinishedRunError: When the folder holds an unfinished run of other artifacts.
    """
    for warning in settings.warnings:
        say(f"Warning: {warning}.")
    organisation = asyncio.run(_until_told_otherwise(_preflight(settings)))
    if request.cost:
        asyncio.run(_until_told_otherwise(_cost(settings, request.options, organisation)))
        return ExitCode.OK
    layout = request.layout
    try:
        layout.logs_dir.mkdir(parents=True, exist_ok=True)
        with RunLock(layout.lock_file, COMMAND):
            return _locked(settings, request, organisation)
    except OSError as error:
        place = error.filename or layout.out_dir
        raise UsageError(f"cannot write to {place}: {error.strerror or error}") from error


def _locked(settings: Settings, request: InventoryRequest, organisation: Organisation) -> ExitCode:
    layout = request.layout
    session = InventorySession(
        layout, request.options, organisation, settings.webex_base_url, note=say
    )
    session.open()
    evidence = Evidence(
        log_path=layout.event_log,
        har_path=layout.har if request.har else None,
        secrets=[settings.access_token()],
        level=settings.log_level,
        on_trouble=say,
    )
    with evidence:
        try:
            summary = asyncio.run(_until_told_otherwise(_read(settings, session, evidence)))
        except RunStoppedError as stop:
            evidence.event("stopped", level="error", reason=stop.reason.value)
            say(f"Stopped: {stop}")
            say(GOES_ON)
            return ExitCode.INCOMPLETE
    return end(request.ending, layout, organisation, summary)


async def _preflight(settings: Settings) -> Organisation:
    """Make sure of token and base URL before anything is touched."""
    async with WebexClient.from_settings(settings) as client:
        try:
            return await find_organisation(client)
        except WebexError as error:
            raise UsageError(
                f"Webex at {settings.webex_base_url} cannot be used: {_sentence(error)}"
                f"{_token_note(error, settings)}"
            ) from error


async def _cost(settings: Settings, options: RunOptions, organisation: Organisation) -> None:
    selection = Selection.of(options.only, skip_group_members=options.skip_group_members)
    entries = [one for one in selection.wanted if one.artifact not in selection.skipped]
    async with WebexClient.from_settings(settings) as client:
        counts = await count(client, organisation.id, entries)
    print_cost(estimate(entries, counts), counts, settings.max_rate_per_minute)


async def _read(settings: Settings, session: InventorySession, evidence: Evidence) -> RunSummary:
    evidence.event("started", resumed=session.resumed, settings=settings.describe())
    if session.resumed:
        say(f"Going on with the run that was started at {session.state.started_at}.")
    if session.is_read:
        return session.publish()
    async with WebexClient.from_settings(settings, evidence=evidence) as client:
        view = make_progress()
        runner = session.runner(client, view)
        watcher = asyncio.create_task(view.follow(runner, client.stats))
        try:
            await runner.run()
        finally:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher
        evidence.event("read", facts=client.stats.as_dict())
    return session.publish()


async def _until_told_otherwise(task_body: Coroutine[Any, Any, _T]) -> _T:
    """Let SIGTERM end the run as Ctrl-C does: with everything saved."""
    task = asyncio.ensure_future(task_body)
    with suppress(NotImplementedError):  # Windows knows no such signal handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _sentence(error: WebexError) -> str:
    text = str(error)
    hint = probe_hint(error)
    return " ".join(filter(None, [text if text.endswith(".") else f"{text}.", hint]))


def _token_note(error: WebexError, settings: Settings) -> str:
    """Name the source of a refused token: a forgotten `.env` file may be the one that counts."""
    if error.reason_code is not ReasonCode.AUTH_INVALID:
        return ""
    return f" The token came from {settings.token_source}."
