"""`bulk_run`: locations, existing users, extensions and settings from one file, unattended."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.commands.bulk_talk import tell_validation
from Space_OdT.commands.bulk_work import BulkRequest, BulkWork
from Space_OdT.commands.common import SIMULATOR_TOKEN, simulated
from Space_OdT.commands.rows_front import folder_of, guarded
from Space_OdT.commands.telling import say
from Space_OdT.engine.bulk.intake import IntakeOptions, take_in
from Space_OdT.engine.outgoing_profiles import load_profiles
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.engine.startup_checks import StartupError
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.webex.evidence import Evidence

DEFAULT_OUT_DIR = Path(".artifacts") / "bulk"
# Both names mean the same; the bot's own specification knows the second one only.
TOKEN_VARIABLES = ("WEBEX_TOKEN", "WEBEX_ACCESS_TOKEN")


def run(
    *,
    input_path: Annotated[
        Path,
        typer.Option("--input", metavar="FILE", help="CSV or XLSX with all rows of the run."),
    ],
    output_dir: Annotated[
        Path | None,
        typer.Option(
            "--output-dir",
            metavar="DIR",
            help="Folder for results, checkpoint and reports; beats OUTPUT_DIR.",
            show_default=str(DEFAULT_OUT_DIR),
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Write plan.csv and plan.jsonl, and change nothing."),
    ] = False,
    validate_only: Annotated[
        bool, typer.Option("--validate-only", help="Check the file, and call nothing.")
    ] = False,
    max_rate: Annotated[
        int | None,
        typer.Option(min=1, metavar="N/min", help="Calls a minute at most; found by itself."),
    ] = None,
    repair_tail: Annotated[
        bool,
        typer.Option("--repair-tail", help="Cut a torn last record off; it is kept in *.torn."),
    ] = False,
    debug_har: Annotated[
        bool, typer.Option("--debug-har", help="Write logs/bulk_run.har, secrets masked.")
    ] = False,
    outgoing_profiles: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON file of the outgoing profiles that rows may name."),
    ] = None,
    concurrent_requests: Annotated[
        int | None, typer.Option(min=1, help="Requests in flight at most.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Access token; beats .env files and the environment.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Base URL of the API; beats WEBEX_BASE_URL.")
    ] = None,
    simulator: Annotated[
        int | None,
        typer.Option(min=1, metavar="[SIZE]", help="Run against a simulated organisation."),
    ] = None,
) -> None:
    """Provision a site, or two hundred, from one file."""
    layout = BulkLayout.at(output_dir or DEFAULT_OUT_DIR)

    def work() -> ExitCode:
        nonlocal layout
        with simulated(None if validate_only else simulator) as simulated_url:
            settings = Settings.load(
                token=token if simulated_url is None else SIMULATOR_TOKEN,
                token_variables=TOKEN_VARIABLES,
                webex_base_url=simulated_url or base_url,
                environment="lab" if simulated_url is not None else None,
                output_dir=output_dir,
                concurrent_requests=concurrent_requests,
                max_rate_per_minute=max_rate,
            )
            layout = BulkLayout.at(_folder(settings))
            request = BulkRequest(
                input_path=input_path,
                layout=layout,
                profiles=load_profiles(outgoing_profiles) if outgoing_profiles else {},
                is_dry_run=dry_run,
                is_validation=validate_only,
                repairs_tail=repair_tail,
                records_har=debug_har,
                say=say,
            )
            return _run(settings, request)

    raise typer.Exit(guarded(work, lambda: layout))


def _folder(settings: Settings) -> Path:
    """Choose the output folder; beside an inventory the bot keeps to a folder of its own."""
    given = "output_dir" in settings.model_fields_set
    return settings.output_dir if given else DEFAULT_OUT_DIR


def _run(settings: Settings, request: BulkRequest) -> ExitCode:
    for warning in settings.warnings:
        say(f"Warning: {warning}.")
    if not request.is_validation:
        settings.access_token()
        if settings.environment is None:
            raise StartupError(
                "ENVIRONMENT is not set: say whether the token belongs to a lab or to production "
                "with ENVIRONMENT=lab or ENVIRONMENT=prod (environment or .env)."
            )
    with folder_of(request.layout):
        return _locked(settings, request)


def _locked(settings: Settings, request: BulkRequest) -> ExitCode:
    layout = request.layout
    intake = take_in(
        request.input_path,
        layout,
        IntakeOptions(
            max_rows=settings.max_rows,
            batch_size=settings.batch_size,
            max_batches=settings.max_batches,
            pipeline_version=settings.pipeline_version,
            profiles=tuple(request.profiles),
            repair=request.repairs_tail,
        ),
    )
    tell_validation(intake, layout, say)
    if request.is_validation:
        return ExitCode.INCOMPLETE if intake.report.rejected_rows else ExitCode.OK
    secrets = [settings.access_token()]
    with Evidence(
        log_path=layout.event_log,
        har_path=layout.har if request.records_har else None,
        secrets=secrets,
        level=settings.log_level,
        on_trouble=say,
    ) as evidence:
        return asyncio.run(BulkWork(settings, request, intake, evidence).run())
