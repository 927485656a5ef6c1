"""`site_activate`: the whole order that brings sites live, in one run that can be resumed."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.commands.action_run import (
    AllowIdentityOption,
    AutoConfirmOption,
    CheckRoutingOption,
    DebugHarOption,
    DryRunOption,
    OutDirOption,
    ProfilesOption,
    RepairTailOption,
    VerboseLogOption,
)
from Space_OdT.commands.actions_work import (
    ActionsRequest,
    ActionsWork,
    action_evidence,
    formulas_of,
    intake_options,
)
from Space_OdT.commands.common import (
    SIMULATOR_TOKEN,
    BaseUrlOption,
    ConcurrentRequestsOption,
    MaxRateOption,
    SimulatorOption,
    TokenOption,
    simulated,
)
from Space_OdT.commands.confirm import refuse_unasked
from Space_OdT.commands.rows_front import RequestError, folder_of, guarded
from Space_OdT.commands.rows_work import RunNames
from Space_OdT.commands.telling import say, warn
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.row_runs.finish import RerunCommand
from Space_OdT.engine.row_runs.intake import kept_input, take_in_rows
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.masters import Masters, Selection, columns_of, read_masters
from Space_OdT.v21.transformacion.masters_sources import SOURCES_FILE, traced
from Space_OdT.v21.transformacion.outgoing_permissions import known_profiles
from Space_OdT.v21.transformacion.site import site_candidates, site_definitions, site_order

COMMAND = "site_activate"


def run(
    *,
    input_data_dir: Annotated[
        Path | None,
        typer.Option(
            "--input-data-dir",
            metavar="DIR",
            help="Folder with Global, Ubicaciones, Usuarios, Numeraciones, Workspaces (CSV, XLSX).",
        ),
    ] = None,
    csv_path: Annotated[
        list[Path] | None,
        typer.Option(
            "--csv-path", metavar="FILE", help="Further files, as the pending rows of a run."
        ),
    ] = None,
    cut_over: Annotated[
        bool,
        typer.Option("--cut-over", help="The day itself: activate numbers, end the forwarding."),
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="ACTION", help="These actions only.")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option("--skip", metavar="ACTION", help="Without these actions.")
    ] = None,
    match: Annotated[
        list[str] | None,
        typer.Option("--match", metavar="COLUMN=VALUE", help="Rows that fit only, as one site."),
    ] = None,
    dry_run: DryRunOption = False,
    auto_confirm: AutoConfirmOption = False,
    out_dir: OutDirOption = None,
    profiles: ProfilesOption = None,
    verbose_log: VerboseLogOption = False,
    allow_identity: AllowIdentityOption = False,
    check_routing: CheckRoutingOption = False,
    repair_tail: RepairTailOption = False,
    debug_har: DebugHarOption = False,
    max_rate: MaxRateOption = None,
    concurrent_requests: ConcurrentRequestsOption = None,
    token: TokenOption = None,
    base_url: BaseUrlOption = None,
    simulator: SimulatorOption = None,
) -> None:
    """Bring one or many sites live from their masters."""
    layout = RowsLayout.at(out_dir or Path(".artifacts"), COMMAND)

    def work() -> ExitCode:
        nonlocal layout
        if input_data_dir is None and not csv_path:
            raise RequestError("Give --input-data-dir DIR. / Indique --input-data-dir.")
        _check_ids([*(only or ()), *(skip or ())], site_order(cut_over=cut_over))
        matches = tuple(_pair(text) for text in match or ())
        definitions = site_definitions(
            cut_over=cut_over, allow_identity=allow_identity, only=only or (), skip=skip or ()
        )
        refuse_unasked(is_free_to_go=dry_run or auto_confirm)
        with simulated(simulator) as simulated_url:
            settings = Settings.load(
                token=token if simulated_url is None else SIMULATOR_TOKEN,
                webex_base_url=simulated_url or base_url,
                environment="lab" if simulated_url is not None else None,
                concurrent_requests=concurrent_requests,
                max_rate_per_minute=max_rate,
            )
            for warning in settings.warnings:
                say(f"Warning: {warning}.")
            settings.access_token()
            layout = RowsLayout.at(out_dir or settings.output_dir / COMMAND, COMMAND)
            named = [str(one) for one in (input_data_dir, *(csv_path or ())) if one is not None]
            request = ActionsRequest(
                layout=layout,
                names=RunNames(
                    "Site cut-over" if cut_over else "Site activation",
                    ", ".join(named),
                    _rerun(cut_over=cut_over),
                ),
                definitions=definitions,
                profiles=known_profiles(profiles, warn),
                is_dry_run=dry_run,
                is_confirmed=auto_confirm,
                plans_first=True,
                is_verbose=verbose_log,
                checks_routing=check_routing,
            )
            with folder_of(layout):
                masters = _masters(input_data_dir, csv_path or (), layout)
                for unread in masters.unread_columns(definitions):
                    say(f"Note: {unread}; these columns are ignored.")
                formulas = formulas_of(settings)
                selection = Selection(matches=matches, formulas=formulas, only_decided=not cut_over)
                sources = layout.out_dir / SOURCES_FILE
                intake = take_in_rows(
                    lambda: traced(
                        sources,
                        site_candidates(masters, definitions, selection, cut_over=cut_over),
                    ),
                    masters.input_hash([one.action_id for one in definitions], selection),
                    columns_of(definitions),
                    layout,
                    intake_options(settings, definitions, repair=repair_tail),
                )
                if not intake.report.rows:
                    raise RequestError("The masters hold no row that asks for any action.")
                with action_evidence(
                    settings,
                    layout.event_log,
                    layout.har if debug_har else None,
                    is_verbose=verbose_log,
                ) as evidence:
                    return ActionsWork(settings, request, intake, evidence).run()

    raise typer.Exit(guarded(work, lambda: layout))


def _check_ids(given: Collection[str], known: Sequence[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        hint = did_you_mean(unknown[0], known)
        raise RequestError(
            f"There is no action {unknown[0]} here: {hint}The actions are {', '.join(known)}."
        )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise RequestError(f"--match {text}: expected COLUMN=VALUE, as name=CUV00000000101.")
    return name.strip(), value


def _masters(folder: Path | None, files: Sequence[Path], layout: RowsLayout) -> Masters:
    kept = [kept_input(one, layout, open_input(one).input_hash) for one in files]
    masters = read_masters(folder, kept)
    for notice in masters.notices:
        say(f"Note: {notice}.")
    return masters


def _rerun(*, cut_over: bool) -> RerunCommand:
    flag = " --cut-over" if cut_over else ""

    def command(input_path: str, out_dir: str) -> str:
        given = f"--csv-path {shlex.quote(input_path)} --out-dir {shlex.quote(out_dir)}"
        return f"python -m Space_OdT.cli {COMMAND} {given}{flag}"

    return command
