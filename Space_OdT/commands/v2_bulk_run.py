"""`v2_bulk_run`: existing people become softphones, stage by stage, with approvals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.commands.common import (
    BaseUrlOption,
    ConcurrentRequestsOption,
    MaxRateOption,
    SimulatorOption,
    TokenOption,
    load_settings,
    simulated,
)
from Space_OdT.commands.rows_front import RequestError, folder_of, guarded
from Space_OdT.commands.telling import say
from Space_OdT.commands.v2_talk import tell_templates
from Space_OdT.commands.v2_work import SoftphoneRequest, SoftphoneWork
from Space_OdT.engine.run_layout import DEFAULT_OUT_DIR
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.settings.language import Language, operator_language
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.templates import missing_templates
from Space_OdT.webex.evidence import Evidence


def run(
    *,
    out_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Output folder; the run works in its folder v2. Beats OUTPUT_DIR.",
            show_default=str(DEFAULT_OUT_DIR),
        ),
    ] = None,
    only_failures: Annotated[
        bool,
        typer.Option(
            "--only-failures", help="Run failed people from the failed stage, and untried ones."
        ),
    ] = False,
    decisions_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON of decisions per stage; asks nothing then."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Write plan.csv and plan.jsonl, and change nothing."),
    ] = False,
    debug_har: Annotated[
        bool, typer.Option("--debug-har", help="Write v2/http.har, secrets masked.")
    ] = False,
    lang: Annotated[
        str | None, typer.Option(metavar="es|en", help="Language of the questions; beats LANG.")
    ] = None,
    max_rate: MaxRateOption = None,
    concurrent_requests: ConcurrentRequestsOption = None,
    token: TokenOption = None,
    base_url: BaseUrlOption = None,
    simulator: SimulatorOption = None,
) -> None:
    """Give existing people calling and their settings, with an approval per stage."""
    layout = SoftphoneLayout.at(out_dir or DEFAULT_OUT_DIR)

    def work() -> ExitCode:
        nonlocal layout
        language = _language(lang)
        layout = SoftphoneLayout.at(Settings.load(output_dir=out_dir).output_dir)
        with folder_of(layout):
            written = missing_templates(layout)
            if written:
                tell_templates(written, say)
                return ExitCode.USAGE
            with simulated(simulator) as simulated_url:
                settings = load_settings(
                    simulated_url,
                    token=token,
                    base_url=base_url,
                    output_dir=out_dir,
                    concurrent_requests=concurrent_requests,
                    max_rate_per_minute=max_rate,
                )
                request = SoftphoneRequest(
                    layout, dry_run, only_failures, decisions_file, language, say
                )
                return _locked(settings, request, records_har=debug_har)

    raise typer.Exit(guarded(work, lambda: layout))


def _language(given: str | None) -> Language:
    try:
        return operator_language(given)
    except ValueError as error:
        raise RequestError(f"{error}.") from None


def _locked(settings: Settings, request: SoftphoneRequest, *, records_har: bool) -> ExitCode:
    secret = settings.access_token()
    layout = request.layout
    softphones = SoftphoneWork(settings, request)
    if records_har and not softphones.continues:
        layout.har.unlink(missing_ok=True)
    with Evidence(
        log_path=layout.event_log,
        har_path=layout.har if records_har else None,
        secrets=[secret],
        level=settings.log_level,
        on_trouble=say,
    ) as evidence:
        return softphones.run(evidence)
