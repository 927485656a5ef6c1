"""The command line of a single transformation action, derived from its definition."""

from __future__ import annotations

import importlib
import inspect
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from Space_OdT.commands.actions_work import (
    ActionsRequest,
    ActionsWork,
    action_evidence,
    formulas_of,
    intake_options,
    log_folder,
    refuse_identity,
)
from Space_OdT.commands.arguments import PlainFlagsCommand, fill_optional_values
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
from Space_OdT.commands.process_title import hide_secrets
from Space_OdT.commands.rows_front import RequestError, folder_of, guarded
from Space_OdT.commands.rows_work import RunNames
from Space_OdT.commands.telling import say, warn
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.row_runs.finish import RerunCommand
from Space_OdT.engine.row_runs.intake import kept_input, take_in_rows
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.definition import ActionDefinition, Dataset
from Space_OdT.v21.transformacion.masters import (
    Masters,
    Selection,
    Unasked,
    columns_of,
    read_masters,
)
from Space_OdT.v21.transformacion.masters_files import Master
from Space_OdT.v21.transformacion.outgoing_permissions import known_profiles
from Space_OdT.v21.transformacion.parameters import Kind, Parameter

_PREFIX = "param_"
_OUR_OUTPUT = "rawrowminified"
_PANEL = "Parameters, or columns of the file"

CsvOption = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="CSV or XLSX; the action runs once a row."),
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Write plan.csv and plan.jsonl, and change nothing."),
]
AutoConfirmOption = Annotated[bool, typer.Option("--auto-confirm", help="Do not ask.")]
OutDirOption = Annotated[
    Path | None,
    typer.Option("--out-dir", metavar="DIR", help="Folder for results, checkpoint and reports."),
]
ProfilesOption = Annotated[
    Path | None,
    typer.Option("--profiles", metavar="FILE", help="JSON file of outgoing profiles by name."),
]
VerboseLogOption = Annotated[
    bool,
    typer.Option("--verbose-log", help="Log every call and all cells; holds personal data."),
]
AllowIdentityOption = Annotated[
    bool, typer.Option("--allow-identity", help="Allow actions that create people.")
]
CheckRoutingOption = Annotated[
    bool,
    typer.Option("--check-routing", help="Try forwarding destinations with Webex's routing test."),
]
RepairTailOption = Annotated[
    bool, typer.Option("--repair-tail", help="Cut a torn last record off; it is kept in *.torn.")
]
DebugHarOption = Annotated[
    bool, typer.Option("--debug-har", help="Write an HTTP archive below logs/, secrets masked.")
]


def run_action(
    definition: ActionDefinition,
    given: dict[str, str],
    *,
    csv: CsvOption = None,
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
) -> ExitCode:
    """Run one action; the options of the command line are those of this signature."""
    action_id = definition.action_id
    layout = RowsLayout.at(out_dir or Path(".artifacts"), action_id)

    def work() -> ExitCode:
        nonlocal layout
        refuse_identity([definition], allowed=allow_identity)
        if csv is None and not given:
            raise RequestError(
                f"Give --csv FILE, or the parameters of one row ({_needed(definition)}); --help "
                "lists them. / Indique --csv o los parámetros."
            )
        refuse_unasked(is_free_to_go=dry_run or auto_confirm or definition.is_read_only)
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
            folder = out_dir or settings.output_dir / "actions" / action_id
            layout = RowsLayout.at(folder, action_id)
            request = ActionsRequest(
                layout=layout,
                names=RunNames(action_id, str(csv or "--param"), _rerun(action_id)),
                definitions=(definition,),
                profiles=known_profiles(profiles, warn),
                is_dry_run=dry_run,
                is_confirmed=auto_confirm,
                is_verbose=verbose_log,
                checks_routing=check_routing,
            )
            with folder_of(layout):
                masters = _masters(csv, layout, definition)
                selection = Selection(params=given, formulas=formulas_of(settings))
                intake = take_in_rows(
                    lambda: candidates(masters, definition, selection),
                    masters.input_hash([action_id], selection),
                    columns_of([definition]),
                    layout,
                    intake_options(settings, [definition], repair=repair_tail),
                )
                if not intake.report.rows:
                    raise RequestError(f"{csv} holds no row for {action_id}.")
                log_path = log_folder(settings, layout) / f"{action_id}.log"
                har_path = layout.har if debug_har else None
                with action_evidence(
                    settings, log_path, har_path, is_verbose=verbose_log
                ) as evidence:
                    return ActionsWork(settings, request, intake, evidence).run()

    return guarded(work, lambda: layout)


def _needed(definition: ActionDefinition) -> str:
    required = [option_of(one) for one in definition.parameters if one.is_required]
    groups = (" or ".join(f"--{name.replace('_', '-')}" for name in g) for g in definition.needs)
    return ", ".join([*required, *groups])


def _rerun(action_id: str) -> RerunCommand:
    def command(input_path: str, out_dir: str) -> str:
        given = f"--csv {shlex.quote(input_path)} --out-dir {shlex.quote(out_dir)}"
        return f"python -m Space_OdT.v21.transformacion.{action_id} {given}"

    return command


def _masters(path: Path | None, layout: RowsLayout, definition: ActionDefinition) -> Masters:
    """Read the file; one that is named as another master holds rows of this action all the same."""
    if path is None:
        return Masters(())
    kept = kept_input(path, layout, open_input(path).input_hash)
    masters = read_masters(files=[kept])
    fitting = {Master.PARAMETERS, Master(definition.dataset)}
    if definition.dataset is Dataset.NUMERACIONES:
        fitting.add(Master.UBICACIONES)
    tables = masters.tables
    if not any(table.master in fitting for table in tables):
        tables = tuple(replace(table, master=Master.PARAMETERS) for table in tables[:1])
    found = Masters(tables, masters.notices)
    for notice in found.notices:
        say(f"Note: {notice}.")
    if not any(_OUR_OUTPUT in table.names for table in tables):
        for unread in found.unread_columns([definition]):
            say(f"Note: {unread}; these columns are ignored.")
    return found


def candidates(
    masters: Masters, definition: ActionDefinition, selection: Selection
) -> Iterator[Candidate]:
    """Prepare the rows of one action; a row that asks for nothing is rejected, not forgotten.

    Args:
        masters: The file.
        definition: The action.
        selection: What the command line puts on top.

    Yields:
        Every row of the file once.

    Raises:
        InputFileError: When the file cannot be read to its end.
    """
    waiting: list[Unasked] = []
    for prepared in masters.prepare(definition, selection, waiting.append):
        yield from map(_asks_nothing, waiting)
        waiting.clear()
        yield prepared.candidate
    yield from map(_asks_nothing, waiting)


def _asks_nothing(row: Unasked) -> Candidate:
    source, _, line = row.source.rpartition(":")
    if not line.isdecimal():
        source, line = row.source, "0"
    problem = CellProblem("", "", f"one of {', '.join(row.wants)}", "fill one of them")
    return Candidate(row.action_id, "", {}, {}, int(line), source, (problem,))


# -- the command line ------------------------------------------------------------------------


def option_of(parameter: Parameter) -> str:
    """Name the option of a parameter.

    Args:
        parameter: A parameter of an action.

    Returns:
        As `--location-id`.
    """
    return f"--{parameter.name.replace('_', '-')}"


def _help_of(parameter: Parameter) -> str:
    parts = [parameter.help]
    if parameter.choices:
        parts.append(f"One of {', '.join(parameter.choices)}.")
    if parameter.default:
        parts.append(f"Default {parameter.default}.")
    if parameter.aliases:
        parts.append(f"(Columns: {', '.join(parameter.aliases)})")
    if parameter.is_required:
        parts.append("Required.")
    return " ".join(parts)


def _metavar(parameter: Parameter) -> str:
    names = {Kind.FLAG: "true|false", Kind.PHONES: "LIST", Kind.NAMES: "LIST", Kind.CHOICES: "LIST"}
    return names.get(parameter.kind, parameter.kind.name)


def _concerns(option: str, definition: ActionDefinition) -> bool:
    """Leave out the options that mean nothing to an action."""
    kinds = {
        "allow_identity": definition.is_identity,
        "check_routing": definition.parameter("destination") is not None,
        "profiles": any("profile" in one.name for one in definition.parameters),
    }
    return kinds.get(option, True)


def _signature(definition: ActionDefinition) -> inspect.Signature:
    own = [
        inspect.Parameter(
            _PREFIX + one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                str | None,
                typer.Option(
                    option_of(one),
                    metavar=_metavar(one),
                    help=_help_of(one),
                    rich_help_panel=_PANEL,
                ),
            ],
        )
        for one in definition.parameters
    ]
    hints = get_type_hints(run_action, include_extras=True)
    options = [
        one.replace(annotation=hints[one.name])
        for one in inspect.signature(run_action).parameters.values()
        if one.kind is inspect.Parameter.KEYWORD_ONLY and _concerns(one.name, definition)
    ]
    return inspect.Signature([*own, *options])


def example_of(definition: ActionDefinition) -> str:
    """Write a command line worth copying.

    Args:
        definition: The action.

    Returns:
        One line.
    """
    values = " ".join(
        f"--{name.replace('_', '-')} {shlex.quote(value)}"
        for name, value in definition.example.items()
    )
    return f"python -m Space_OdT.v21.transformacion.{definition.action_id} {values} --dry-run"


def build_app(definition: ActionDefinition) -> typer.Typer:
    """Build the command line of an action.

    Args:
        definition: The action.

    Returns:
        The application, ready to be called with arguments.
    """

    def command(**options: Any) -> None:
        given = {
            name.removeprefix(_PREFIX): value
            for name, value in options.items()
            if name.startswith(_PREFIX) and value is not None
        }
        rest = {name: value for name, value in options.items() if not name.startswith(_PREFIX)}
        raise typer.Exit(run_action(definition, given, **rest))

    signature = _signature(definition)
    vars(command)["__signature__"] = signature
    command.__annotations__ = {
        name: parameter.annotation for name, parameter in signature.parameters.items()
    }
    warning = f"\n\n[yellow]{definition.warning}[/yellow]" if definition.warning else ""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    app.command(
        cls=PlainFlagsCommand,
        help=f"{definition.purpose}\n\n{definition.purpose_es}{warning}",
        epilog=f"Example:\n\n[bold]{example_of(definition)}[/bold]",
    )(command)
    return app


def _load(action_id: str) -> ActionDefinition:
    """Import the one action that is wanted: its neighbours' modules stay unloaded."""
    module = importlib.import_module(f"Space_OdT.v21.transformacion.{action_id}")
    definition: ActionDefinition = module.DEFINITION
    return definition


def main(action_id: str, arguments: Sequence[str] | None = None) -> None:
    """Run one action and leave with its exit code.

    Args:
        action_id: Id of an action of the catalogue.
        arguments: The command line without the program name; the process's own when None.

    Raises:
        SystemExit: Always, with a code of `ExitCode`.
    """
    given = sys.argv[1:] if arguments is None else arguments
    hide_secrets(given)
    app = build_app(_load(action_id))
    app(
        args=fill_optional_values(given),
        prog_name=f"python -m Space_OdT.v21.transformacion.{action_id}",
    )
