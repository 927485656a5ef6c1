"""The command line of a single transformation action, derived from its definition."""

from __future__ import annotations

import importlib
import inspect
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from Space_OdT.commands.action_options import RunChoices
from Space_OdT.commands.action_rows import option_of, run_action
from Space_OdT.commands.arguments import PlainFlagsCommand, fill_optional_values
from Space_OdT.commands.process_title import hide_secrets
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.parameters import Kind, Parameter

_PREFIX = "param_"
_NUMBERED = re.compile(r"_\d$")
_PANEL = "Parameters, or columns of the file"

CsvOption = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="CSV or XLSX; the action runs once a row."),
]


def _help_of(parameter: Parameter) -> str:
    parts = [parameter.help]
    if parameter.choices:
        parts.append(f"One of {', '.join(parameter.choices)}.")
    if parameter.default:
        parts.append(f"Default {parameter.default}.")
    # numbered columns are told by the sentence itself; sixteen names would bury the rest
    if columns := [name for name in parameter.aliases if not _NUMBERED.search(name)]:
        parts.append(f"(Columns: {', '.join(columns)})")
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
    flags = "--allow-identity --dry-run" if definition.is_identity else "--dry-run"
    return f"python -m Space_OdT.v21.transformacion.{definition.action_id} {values} {flags}"


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
