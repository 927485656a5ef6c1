"""`site_activate`: the whole order that brings sites live, in one run that can be resumed."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.commands.action_options import (
    AllowIdentityOption,
    AutoConfirmOption,
    CheckRoutingOption,
    DebugHarOption,
    DryRunOption,
    OutDirOption,
    ProfilesOption,
    RepairTailOption,
    RunChoices,
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
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.row_runs.finish import RerunCommand
from Space_OdT.engine.row_runs.intake import kept_input, take_in_rows
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.masters.reading import (
    Masters,
    Selection,
    columns_of,
    read_masters,
)
from Space_OdT.v21.transformacion.masters.sources import SOURCES_FILE, traced
from Space_OdT.v21.transformacion.parts.outgoing_permissions import known_profiles
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
    site = SiteChoices(
        folder=input_data_dir,
        files=tuple(csv_path or ()),
        cut_over=cut_over,
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        matches=tuple(match or ()),
    )
    choices = RunChoices(
        dry_run=dry_run,
        auto_confirm=auto_confirm,
        out_dir=out_dir,
        profiles=profiles,
        verbose_log=verbose_log,
        allow_identity=allow_identity,
        check_routing=check_routing,
        repair_tail=repair_tail,
        debug_har=debug_har,
        max_rate=max_rate,
        concurrent_requests=concurrent_requests,
        token=token,
        base_url=base_url,
        simulator=simulator,
    )
    raise typer.Exit(activate(site, choices))


@dataclass(frozen=True, slots=True)
class SiteChoices:
    """What the command line says about sites.

    Attributes:
        folder: Folder of the masters, None for none.
        files: Further files.
        cut_over: Whether it is the day of the cut-over.
        only: Actions that are wanted; all when empty.
        skip: Actions to leave out.
        matches: `COLUMN=VALUE` that rows must fit.
    """

    folder: Path | None
    files: tuple[Path, ...]
    cut_over: bool
    only: tuple[str, ...]
    skip: tuple[str, ...]
    matches: tuple[str, ...]

    @property
    def named(self) -> str:
        """The inputs as given."""
        return ", ".join(str(one) for one in (self.folder, *self.files) if one is not None)


def activate(site: SiteChoices, choices: RunChoices) -> ExitCode:
    """Bring sites live.

    Args:
        site: Which ones, and what of their order.
        choices: What else the command line says.

    Returns:
        The exit code.
    """
    layout = RowsLayout.at(choices.out_dir or Path(".artifacts"), COMMAND)

    def work() -> ExitCode:
        nonlocal layout
        definitions, matches = _chosen(site, choices), tuple(map(_pair, site.matches))
        refuse_unasked(is_free_to_go=choices.dry_run or choices.auto_confirm)
        with simulated(choices.simulator) as simulated_url:
            settings = choices.settings(simulated_url)
            layout = RowsLayout.at(choices.out_dir or settings.output_dir / COMMAND, COMMAND)
            selection = Selection(
                matches=matches,
                formulas=formulas_of(settings),
                only_decided=not site.cut_over,
            )
            with folder_of(layout):
                request = _request(definitions, layout, site, choices)
                return _run(settings, request, selection, site, choices)

    return guarded(work, lambda: layout)


def _chosen(site: SiteChoices, choices: RunChoices) -> tuple[ActionDefinition, ...]:
    if site.folder is None and not site.files:
        raise RequestError("Give --input-data-dir DIR. / Indique --input-data-dir.")
    _check_ids([*site.only, *site.skip], site_order(cut_over=site.cut_over))
    return site_definitions(
        cut_over=site.cut_over,
        allow_identity=choices.allow_identity,
        only=site.only,
        skip=site.skip,
    )


def _request(
    definitions: tuple[ActionDefinition, ...],
    layout: RowsLayout,
    site: SiteChoices,
    choices: RunChoices,
) -> ActionsRequest:
    title = "Site cut-over" if site.cut_over else "Site activation"
    return ActionsRequest(
        layout=layout,
        names=RunNames(title, site.named, _rerun(choices.repeated, cut_over=site.cut_over)),
        definitions=definitions,
        profiles=known_profiles(choices.profiles, warn),
        is_dry_run=choices.dry_run,
        is_confirmed=choices.auto_confirm,
        plans_first=True,
        is_verbose=choices.verbose_log,
        checks_routing=choices.check_routing,
    )


def _run(
    settings: Settings,
    request: ActionsRequest,
    selection: Selection,
    site: SiteChoices,
    choices: RunChoices,
) -> ExitCode:
    """Take the rows of the masters in and run them; the folder is locked."""
    definitions, layout = request.definitions, request.layout
    masters = _masters(site.folder, site.files, layout)
    # a column of another day's action is no stray one
    everything = {one.action_id: one for one in (*ACTIONS, *definitions)}
    for unread in masters.unread_columns(everything.values()):
        say(f"Note: {unread}; these columns are ignored.")

    def candidates() -> Iterator[Candidate]:
        rows = site_candidates(masters, definitions, selection, cut_over=site.cut_over)
        return traced(layout.out_dir / SOURCES_FILE, rows)

    intake = take_in_rows(
        candidates,
        masters.input_hash([one.action_id for one in definitions], selection),
        columns_of(definitions),
        layout,
        intake_options(settings, definitions, repair=choices.repair_tail),
    )
    if not intake.report.rows:
        raise RequestError("The masters hold no row that asks for any action.")
    har_path = layout.har if choices.debug_har else None
    is_verbose = choices.verbose_log
    with action_evidence(settings, layout.event_log, har_path, is_verbose=is_verbose) as evidence:
        return ActionsWork(settings, request, intake, evidence).run()


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


def _rerun(options: str, *, cut_over: bool) -> RerunCommand:
    flag = " --cut-over" if cut_over else ""

    def command(input_path: str, out_dir: str) -> str:
        given = f"--csv-path {shlex.quote(input_path)} --out-dir {shlex.quote(out_dir)}"
        return f"python -m Space_OdT.cli {COMMAND} {given}{flag}{options}"

    return command
