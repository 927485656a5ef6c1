"""`inventory_run`: export the whole organisation, read-only, to CSV, JSON and an HTML report."""

from __future__ import annotations

import asyncio
import difflib
import signal
import sys
import traceback
import webbrowser
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from Space_OdT import __version__
from Space_OdT.commands.embedded import SimulatorStartError, embedded_simulator
from Space_OdT.commands.inventory_cost import print_cost
from Space_OdT.commands.inventory_progress import make_progress
from Space_OdT.engine.run_layout import DEFAULT_OUT_DIR, InventoryLayout
from Space_OdT.engine.run_lock import FolderLockedError, RunLock
from Space_OdT.inventory.cost import count, estimate
from Space_OdT.inventory.health import RunStoppedError
from Space_OdT.inventory.manifest import BY_NAME, DERIVED, MANIFEST, Group
from Space_OdT.inventory.runner import Selection
from Space_OdT.inventory.session import (
    InventorySession,
    Organisation,
    RunOptions,
    find_organisation,
)
from Space_OdT.inventory.state import DamagedStateError
from Space_OdT.inventory.summary import RunSummary
from Space_OdT.settings.config import Settings, SettingsError
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ReasonCode, WebexError, probe_hint
from Space_OdT.webex.evidence import Evidence
from Space_OdT.webex.redaction import redact_text

COMMAND = "inventory_run"
_T = TypeVar("_T")
GOES_ON = "What was read is kept: the same command goes on from there."
SIMULATOR_TOKEN = "sim-admin-token"  # noqa: S105 - the simulator's published token


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asks for, beside the settings."""

    options: RunOptions
    layout: InventoryLayout
    report: bool
    open_report: bool
    cost: bool
    har: bool
    simulated: bool


class _UsageError(Exception):
    """Something about the call is wrong; nothing was processed."""


def run(
    *,
    token: Annotated[
        str | None, typer.Option(help="Access token; beats .env files and the environment.")
    ] = None,
    out_dir: Annotated[
        Path | None,
        typer.Option(help="Output folder, relative to the current one.", show_default=".artifacts"),
    ] = None,
    open_report: Annotated[
        bool, typer.Option("--open-report", help="Open the report in a browser at the end.")
    ] = False,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Do not write report/index.html.")
    ] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Do not write cache.json.")] = False,
    skip_group_members: Annotated[
        bool, typer.Option("--skip-group-members", help="Do not read the members of groups.")
    ] = False,
    concurrent_requests: Annotated[
        int | None, typer.Option(min=1, help="Requests in flight at most.")
    ] = None,
    max_rate: Annotated[
        int | None,
        typer.Option(min=1, metavar="N/min", help="Calls a minute at most; found by itself."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="ARTIFACT", help="Read this artifact and what it needs; repeatable."),
    ] = None,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="Write exports/inventory.xlsx as well.")
    ] = False,
    cost: Annotated[
        bool, typer.Option("--cost", help="Print the calls it would take, and read nothing.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, even if an unfinished run could go on.")
    ] = False,
    debug_har: Annotated[
        bool, typer.Option("--debug-har", help="Write logs/inventory.har, secrets masked.")
    ] = False,
    simulator: Annotated[
        int | None,
        typer.Option(min=1, metavar="[SIZE]", help="Run against a simulated organisation."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Base URL of the API; beats WEBEX_BASE_URL.")
    ] = None,
) -> None:
    """Export the organisation."""
    layout = InventoryLayout.at(DEFAULT_OUT_DIR)
    try:
        options = RunOptions(
            only=_known(only or ()),
            skip_group_members=skip_group_members,
            cache=not no_cache,
            workbook=xlsx,
            fresh=fresh,
        )
        with _simulated(simulator) as simulated_url:
            settings = Settings.load(
                token=token if simulated_url is None else SIMULATOR_TOKEN,
                webex_base_url=simulated_url or base_url,
                output_dir=out_dir,
                concurrent_requests=concurrent_requests,
                max_rate_per_minute=max_rate,
            )
            settings.access_token()
            layout = InventoryLayout.at(settings.output_dir)
            wanted = _Wanted(
                options=options,
                layout=layout,
                report=not no_report,
                open_report=open_report,
                cost=cost,
                har=debug_har,
                simulated=simulated_url is not None,
            )
            code = _run(settings, wanted)
    except (SettingsError, SimulatorStartError, _UsageError) as error:
        _say(str(error))
        code = ExitCode.USAGE
    except WebexError as error:
        _say(f"{error}. {error.hint or ''}".rstrip())
        code = ExitCode.USAGE
    except (KeyboardInterrupt, asyncio.CancelledError):
        kept = layout.state_file.exists()
        _say(f"Interrupted. {GOES_ON}" if kept else "Interrupted; nothing was read.")
        code = ExitCode.INTERRUPTED
    except (FolderLockedError, DamagedStateError) as error:
        hint = " --fresh begins anew." if isinstance(error, DamagedStateError) else ""
        _say(f"{error}{hint}")
        code = ExitCode.DAMAGED_STATE
    except Exception as error:  # noqa: BLE001 - the last resort: an operator gets a line, not a trace
        _say(_crashed(layout, error))
        code = ExitCode.INCOMPLETE
    raise typer.Exit(code)


def _known(names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Check artifact names; several may stand in one argument, separated by commas."""
    wanted = [part.strip() for name in names for part in name.split(",") if part.strip()]
    for name in wanted:
        if name in DERIVED:
            raise _UsageError(f"--only {name}: it is computed from others and always written.")
        if name not in BY_NAME:
            close = difflib.get_close_matches(name, BY_NAME, n=3, cutoff=0.5)
            guess = f" Did you mean {' or '.join(close)}?" if close else ""
            raise _UsageError(f"--only {name}: there is no such artifact.{guess}")
    return tuple(dict.fromkeys(wanted))


@contextmanager
def _simulated(size: int | None) -> Iterator[str | None]:
    if size is None:
        yield None
        return
    _say(f"Starting a simulated organisation of {size} people ...")
    with embedded_simulator(size) as url:
        yield url


def _run(settings: Settings, wanted: _Wanted) -> ExitCode:
    for warning in settings.warnings:
        _say(f"Warning: {warning}.")
    organisation = asyncio.run(_until_told_otherwise(_preflight(settings)))
    if wanted.cost:
        asyncio.run(_cost(settings, wanted, organisation))
        return ExitCode.OK
    layout = wanted.layout
    try:
        layout.logs_dir.mkdir(parents=True, exist_ok=True)
        lock = RunLock(layout.lock_file, COMMAND)
        with lock:
            return _locked(settings, wanted, organisation)
    except OSError as error:
        raise _UsageError(f"cannot write to {layout.out_dir}: {error.strerror or error}") from error


def _locked(settings: Settings, wanted: _Wanted, organisation: Organisation) -> ExitCode:
    layout = wanted.layout
    session = InventorySession(
        layout, wanted.options, organisation, settings.webex_base_url, note=_say
    )
    session.open()
    evidence = Evidence(
        log_path=layout.event_log,
        har_path=layout.har if wanted.har else None,
        secrets=[settings.access_token()],
        level=settings.log_level,
        on_trouble=_say,
    )
    with evidence:
        try:
            summary = asyncio.run(_until_told_otherwise(_inventory(settings, session, evidence)))
        except RunStoppedError as stop:
            evidence.event("stopped", level="error", reason=stop.reason.value)
            _say(f"Stopped: {stop}")
            _say(GOES_ON)
            return ExitCode.INCOMPLETE
    reported = not wanted.report or _report(wanted, organisation, summary)
    _print_summary(summary, wanted)
    return ExitCode.OK if summary.is_complete and reported else ExitCode.INCOMPLETE


async def _preflight(settings: Settings) -> Organisation:
    """Make sure of token and base URL before anything is touched."""
    async with WebexClient.from_settings(settings) as client:
        try:
            return await find_organisation(client)
        except WebexError as error:
            raise _UsageError(
                f"Webex at {settings.webex_base_url} cannot be used: {_sentence(error)}"
                f"{_token_note(error, settings)}"
            ) from error


async def _cost(settings: Settings, wanted: _Wanted, organisation: Organisation) -> None:
    selection = Selection.of(
        wanted.options.only, skip_group_members=wanted.options.skip_group_members
    )
    entries = [one for one in selection.wanted if one.artifact not in selection.skipped]
    async with WebexClient.from_settings(settings) as client:
        counts = await count(client, organisation.id)
    print_cost(estimate(entries, counts), counts, settings.max_rate_per_minute)


async def _inventory(
    settings: Settings, session: InventorySession, evidence: Evidence
) -> RunSummary:
    evidence.event("started", resumed=session.resumed, settings=settings.describe())
    if session.resumed:
        _say(f"Going on with the run that was started at {session.state.started_at}.")
    async with WebexClient.from_settings(settings, evidence=evidence) as client:
        view = make_progress()
        if session.is_read:
            return session.publish()
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


async def _until_told_otherwise(work: Coroutine[Any, Any, _T]) -> _T:
    """Let SIGTERM end the run as Ctrl-C does: with everything saved."""
    task = asyncio.ensure_future(work)
    with suppress(NotImplementedError):  # Windows knows no such signal handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _report(wanted: _Wanted, organisation: Organisation, summary: RunSummary) -> bool:
    """Write the report; the exports stand whether that succeeds or not."""
    from Space_OdT.inventory.report import ArtifactInfo, ReportContext, write_report

    layout = wanted.layout
    artifacts = [ArtifactInfo(entry.artifact, entry.description, entry.group) for entry in MANIFEST]
    artifacts += [ArtifactInfo(name, text, Group.DERIVED) for name, text in DERIVED.items()]
    context = ReportContext(
        organisation_name=organisation.name,
        organisation_id=organisation.raw_id,
        generated_at=datetime.now(UTC),
        tool_version=__version__,
        artifacts=tuple(artifacts),
        calls=summary.calls,
        retries=summary.retries,
        seconds=summary.seconds,
        simulated=wanted.simulated,
    )
    try:
        write_report(layout.exports_dir, layout.report_html, context)
    except OSError as error:
        _say(f"The report could not be written: {error.strerror or error}. The exports are there.")
        return False
    if wanted.open_report and not webbrowser.open(layout.report_html.as_uri()):
        _say("No browser could be started.")
    return True


def _print_summary(summary: RunSummary, wanted: _Wanted) -> None:
    layout = wanted.layout
    results = ", ".join(
        f"{count} {result.value}" for result, count in sorted(summary.results.items())
    )
    print(f"artifacts  {summary.artifacts} of {summary.asked} read ({results})")
    print(f"rows       {summary.rows:,}")
    print(f"calls      {summary.calls:,}")
    print(f"seconds    {summary.seconds:.1f}")
    if summary.failures:
        print(f"failures   {summary.failures:,}, see {layout.exports_dir / 'status_failures.csv'}")
    if summary.missing_scopes:
        print(f"scopes     the token lacks {', '.join(summary.missing_scopes)}")
    print(f"exports    {layout.exports_dir}")
    if wanted.options.workbook:
        print(f"workbook   {layout.workbook}")
    if wanted.report:
        print(f"report     {layout.report_html}")


def _sentence(error: WebexError) -> str:
    text = str(error)
    hint = probe_hint(error)
    return " ".join(filter(None, [text if text.endswith(".") else f"{text}.", hint]))


def _token_note(error: WebexError, settings: Settings) -> str:
    """Name the source of a refused token: a forgotten `.env` file may be the one that counts."""
    if error.reason_code is not ReasonCode.AUTH_INVALID:
        return ""
    return f" The token came from {settings.token_source}."


def _crashed(layout: InventoryLayout, error: Exception) -> str:
    """Keep the traceback where it can be found, and say so in one line."""
    kind = type(error).__name__
    try:
        layout.logs_dir.mkdir(parents=True, exist_ok=True)
        with layout.crash_log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat()}\n{redact_text(traceback.format_exc())}\n")
    except OSError:
        return f"An error nobody foresaw ended the run: {kind}."
    return f"An error nobody foresaw ended the run ({kind}); please report {layout.crash_log}."


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
