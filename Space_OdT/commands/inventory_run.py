"""`inventory_run`: export the whole organisation, read-only, to CSV, JSON and an HTML report."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.commands.common import (
    SIMULATOR_TOKEN,
    BaseUrlOption,
    ConcurrentRequestsOption,
    MaxRateOption,
    SimulatorOption,
    TokenOption,
    crashed,
    simulated,
)
from Space_OdT.commands.embedded import SimulatorStartError
from Space_OdT.commands.inventory_ending import Ending
from Space_OdT.commands.inventory_work import GOES_ON, InventoryRequest, UsageError, work
from Space_OdT.commands.telling import say
from Space_OdT.engine.run_layout import DEFAULT_OUT_DIR, InventoryLayout
from Space_OdT.engine.run_lock import FolderLockedError
from Space_OdT.inventory.manifest import BY_NAME, DERIVED
from Space_OdT.inventory.session import RunOptions
from Space_OdT.inventory.state import DamagedStateError, UnfinishedRunError
from Space_OdT.settings.config import Settings, SettingsError
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.webex.error_handling import WebexError


def run(
    *,
    token: TokenOption = None,
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
    concurrent_requests: ConcurrentRequestsOption = None,
    max_rate: MaxRateOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="ARTIFACT...", help="Read only these artifacts, and what they need."),
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
    simulator: SimulatorOption = None,
    base_url: BaseUrlOption = None,
) -> None:
    """Export the organisation."""
    layout = InventoryLayout.at(DEFAULT_OUT_DIR)
    try:
        refuse_contradiction(open_report=open_report, no_report=no_report)
        options = RunOptions(
            only=known_artifacts(only),
            skip_group_members=skip_group_members,
            cache=not no_cache,
            workbook=xlsx,
            fresh=fresh,
        )
        with simulated(simulator) as simulated_url:
            settings = Settings.load(
                token=token if simulated_url is None else SIMULATOR_TOKEN,
                webex_base_url=simulated_url or base_url,
                output_dir=out_dir,
                concurrent_requests=concurrent_requests,
                max_rate_per_minute=max_rate,
            )
            settings.access_token()
            layout = InventoryLayout.at(settings.output_dir)
            ending = Ending(
                report=not no_report,
                open_report=open_report,
                workbook=xlsx,
                simulated=simulated_url is not None,
            )
            request = InventoryRequest(options, layout, ending, cost=cost, har=debug_har)
            code = work(settings, request)
    except (SettingsError, SimulatorStartError, UsageError) as error:
        say(str(error))
        code = ExitCode.USAGE
    except WebexError as error:
        say(f"{error}. {error.hint or ''}".rstrip())
        code = ExitCode.USAGE
    except (KeyboardInterrupt, asyncio.CancelledError):
        kept = layout.state_file.exists()
        say(f"Interrupted. {GOES_ON}" if kept else "Interrupted; nothing was read.")
        code = ExitCode.INTERRUPTED
    except (FolderLockedError, DamagedStateError, UnfinishedRunError) as error:
        hint = " --fresh begins anew." if isinstance(error, DamagedStateError) else ""
        say(f"{error}{hint}")
        code = ExitCode.DAMAGED_STATE
    except Exception as error:  # noqa: BLE001 - the last resort: an operator gets a line, not a trace
        say(crashed(layout.crash_log, error))
        code = ExitCode.INCOMPLETE
    raise typer.Exit(code)


def refuse_contradiction(*, open_report: bool, no_report: bool) -> None:
    """Refuse to open what is not to be written.

    Args:
        open_report: The option of this name.
        no_report: The option of this name.

    Raises:
        UsageError: When both are given.
    """
    if open_report and no_report:
        raise UsageError("--open-report and --no-report exclude each other.")


def known_artifacts(given: Sequence[str] | None) -> tuple[str, ...]:
    """Check artifact names; several may stand in one argument, separated by commas.

    Args:
        given: What follows `--only`; None when it was not given.

    Returns:
        The names, each once; empty for all artifacts.

    Raises:
        UsageError: When a name is unknown, or there is none.
    """
    wanted = [part.strip() for name in given or () for part in name.split(",") if part.strip()]
    if given and not wanted:
        raise UsageError("--only: name at least one artifact.")
    for name in wanted:
        if name in DERIVED:
            raise UsageError(f"--only {name}: it is computed from others and always written.")
        if name not in BY_NAME:
            close = difflib.get_close_matches(name, BY_NAME, n=3, cutoff=0.5)
            guess = f" Did you mean {' or '.join(close)}?" if close else ""
            raise UsageError(f"--only {name}: there is no such artifact.{guess}")
    return tuple(dict.fromkeys(wanted))
