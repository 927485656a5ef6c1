"""The command line of a single transformation action, derived from its definition."""

from __future__ import annotations

import importlib
import inspect
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from Space_OdT.commands.action_options import RunChoices
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
from Space_OdT.commands.common import simulated
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


def run_action(
    definition: ActionDefinition, csv: Path | None, given: dict[str, str], choices: RunChoices
) -> ExitCode:
    """Run one action.

    Args:
        definition: The action.
        csv: File of its rows; None for the one row of the command line.
        given: Parameter -> value of the command line; beats the file.
        choices: What else the command line says.

    Returns:
        The exit code.
    """
    layout = RowsLayout.at(choices.out_dir or Path(".artifacts"), definition.action_id)

    def work() -> ExitCode:
        nonlocal layout
        _refuse(definition, csv, given, choices)
        with simulated(choices.simulator) as simulated_url:
            settings = choices.settings(simulated_url)
            folder = choices.out_dir or settings.output_dir / "actions" / definition.action_id
            layout = RowsLayout.at(folder, definition.action_id)
            with folder_of(layout):
                request = _request(definition, csv, layout, choices)
                return _run(settings, request, csv, given, choices)

    return guarded(work, lambda: layout)


def _refuse(
    definition: ActionDefinition, csv: Path | None, given: dict[str, str], choices: RunChoices
) -> None:
    """Refuse what cannot be meant, before anything is opened."""
    refuse_identity([definition], allowed=choices.allow_identity)
    if csv is None and not given:
        raise RequestError(
            f"Give --csv FILE, or the parameters of one row ({_needed(definition)}); --help "
            "lists them. / Indique --csv o los parámetros."
        )
    is_harmless = choices.dry_run or definition.is_read_only
    refuse_unasked(is_free_to_go=is_harmless or choices.auto_confirm)


def _request(
    definition: ActionDefinition, csv: Path | None, layout: RowsLayout, choices: RunChoices
) -> ActionsRequest:
    action_id = definition.action_id
    return ActionsRequest(
        layout=layout,
        names=RunNames(action_id, str(csv or "--param"), _rerun(action_id)),
        definitions=(definition,),
        profiles=known_profiles(choices.profiles, warn),
        is_dry_run=choices.dry_run,
        is_confirmed=choices.auto_confirm,
        is_verbose=choices.verbose_log,
        checks_routing=choices.check_routing,
    )


def _run(
    settings: Settings,
    request: ActionsRequest,
    csv: Path | None,
    given: dict[str, str],
    choices: RunChoices,
) -> ExitCode:
    """Take the rows in and run them; the folder is locked."""
    (definition,), layout = request.definitions, request.layout
    masters = _masters(csv, layout, definition)
    selection = Selection(params=given, formulas=formulas_of(settings))
    intake = take_in_rows(
        lambda: candidates(masters, definition, selection),
        masters.input_hash([definition.action_id], selection),
        columns_of([definition]),
        layout,
        intake_options(settings, [definition], repair=choices.repair_tail),
    )
    if not intake.report.rows:
        raise RequestError(f"{csv} holds no row for {definition.action_id}.")
    log_path = log_folder(settings, layout) / f"{definition.action_id}.log"
    har_path = layout.har if choices.debug_har else None
    is_verbose = choices.verbose_log
    with action_evidence(settings, log_path, har_path, is_verbose=is_verbose) as evidence:
        return ActionsWork(settings, request, intake, evidence).run()


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
        _keyword(
            _PREFIX + one.name,
            Annotated[
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
    hints = get_type_hints(RunChoices, include_extras=True)
    options = [
        _keyword(one.name, hints[one.name], one.default)
        for one in fields(RunChoices)
        if _concerns(one.name, definition)
    ]
    return inspect.Signature([_keyword("csv", CsvOption), *options, *own])


def _keyword(name: str, annotation: Any, default: Any = None) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


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
        csv = rest.pop("csv")
        raise typer.Exit(run_action(definition, csv, given, RunChoices(**rest)))

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
