"""Documented entry point: parses the command line, dispatches, and does nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__" and not __package__:
    # Started as a script: the package folder stands first on the search path and would shadow
    # names of the standard library. Put the project root in its place and hand over to the
    # imported module, so that no module lives twice.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from Space_OdT.cli import main as _main

    _main()
    sys.exit(0)

from collections.abc import Sequence

import typer

from Space_OdT import __version__
from Space_OdT.commands import COMMANDS, Command
from Space_OdT.commands.arguments import PlainFlagsCommand, fill_optional_values
from Space_OdT.commands.process_title import hide_secrets
from Space_OdT.settings.exit_codes import ExitCode

HELP = """\
From spreadsheet to live site on Cisco Webex Calling: see, plan, run and prove.

Try it without an organisation: [bold]space-odt inventory_run --simulator[/bold]
"""
EPILOG = "\n\n".join(["Exit codes:", *(f"{code.value:>3}  {code.meaning}" for code in ExitCode)])

# Options that may be followed by several values.
REPEATED_VALUES = {"--only"}


def epilog(command: Command) -> str | None:
    """Write the examples of a command for the end of its help.

    Args:
        command: A line of the command table.

    Returns:
        One paragraph an example; None when there are none.
    """
    lines = [f"[bold]space-odt {line}[/bold]   {purpose}" for line, purpose in command.examples]
    return "\n\n".join(["Examples:", *lines]) if lines else None


def build_app(wanted: Sequence[Command] = COMMANDS) -> typer.Typer:
    """Build the command line application from the command table.

    Args:
        wanted: Commands to register; all of them by default.

    Returns:
        The application, ready to be called with arguments.
    """
    app = typer.Typer(
        name="space-odt",
        help=HELP,
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    app.callback()(_root)
    for command in wanted:
        register = app.command(
            name=command.name,
            cls=PlainFlagsCommand,
            help=command.help,
            epilog=epilog(command),
            rich_help_panel=command.panel,
        )
        register(command.load())
    return app


def _root(
    version: bool = typer.Option(  # noqa: FBT001 - a flag of the command line
        False,  # noqa: FBT003
        "--version",
        help="Print the version and leave.",
        is_eager=True,
        callback=lambda value: _print_version(wanted=value),
    ),
) -> None:
    del version


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"space-odt {__version__}")
        raise typer.Exit


def repeat_options(arguments: Sequence[str]) -> list[str]:
    """Write options that may be followed by several values once for each value.

    Args:
        arguments: The command line without the program name.

    Returns:
        The same arguments; `--only A B` becomes `--only A --only B`.
    """
    repeated: list[str] = []
    option = ""
    for position, argument in enumerate(arguments):
        if argument.startswith("-"):
            option = argument if argument in REPEATED_VALUES else ""
        elif option and arguments[position - 1] != option:
            repeated.append(option)
        repeated.append(argument)
    return repeated


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code.

    Args:
        arguments: The command line without the program name; the process's own when None.

    Raises:
        SystemExit: Always, with a code of `ExitCode`.
    """
    given = sys.argv[1:] if arguments is None else arguments
    hide_secrets(given)
    # A named command needs only its own module: its neighbours' libraries stay unloaded.
    named = [command for command in COMMANDS if given and command.name == given[0]]
    try:
        app = build_app(named or COMMANDS)
    except KeyboardInterrupt:  # the commands have their own words once they are loaded
        typer.echo("Interrupted before anything was done.", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    app(args=repeat_options(fill_optional_values(given)), prog_name="space-odt")


if __name__ == "__main__":
    main()
