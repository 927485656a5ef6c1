"""Write the reference pages that derive from the code's own tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from Space_OdT.cli import build_app
from Space_OdT.commands import COMMANDS, candidates, launcher
from Space_OdT.commands.candidates import build_app as build_generator
from Space_OdT.commands.launcher import build_app as build_launcher
from Space_OdT.engine.input_schema import render_markdown
from Space_OdT.inventory.manifest import MANIFEST
from Space_OdT.settings.config import SETTINGS_TABLE
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.softphones.reference import render_markdown as render_softphones
from Space_OdT.v21.transformacion.masters.reference import render_markdown as render_masters
from Space_OdT.v21.transformacion.reference import render_markdown as render_actions
from Space_OdT.webex.error_handling import RULES, ReasonCode

REFERENCE = Path(__file__).resolve().parent / "reference"
ACTIONS_PACKAGE = "Space_OdT.v21.transformacion"
MODULES = (
    (build_launcher, launcher.NAME, "run transformation actions over masters, in their order."),
    (build_generator, candidates.NAME, "write masters from the exports of an inventory."),
)
NOTE = "<!-- Written by `make docs` from the code's own tables: change those, not this page. -->\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Render a Markdown table.

    Args:
        head: Column titles.
        rows: Cells; bars are escaped, line ends become spaces.

    Returns:
        The table with a trailing line end.
    """

    def line(cells: Sequence[object]) -> str:
        texts = (" ".join(str(cell).split()).replace("|", "\\|") for cell in cells)
        return f"| {' | '.join(texts)} |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)]) + "\n"


def _option_rows(command: Any) -> Iterable[tuple[str, str, str]]:
    for option in command.params:
        if getattr(option, "hidden", False) or option.name == "help":
            continue
        names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
        told = getattr(option, "show_default", None)  # words that stand for a default
        default = told if isinstance(told, str) else option.default
        is_none = default is None or default is False or default == "" or callable(default)
        shown = "" if is_none else f"`{default}`"
        yield names, shown, getattr(option, "help", None) or ""


def _only(app: typer.Typer) -> Any:
    """Take the one command of an application that has no other."""
    return typer.main.get_command(app)


def cli_page() -> str:
    """Render the page of commands and options.

    Returns:
        Markdown, from the same typer application that parses the command line.
    """
    group: Any = typer.main.get_command(build_app())
    parts = [NOTE, "# Commands\n"]
    for command in COMMANDS:
        parsed = group.commands[command.name]
        parts.append(f"\n## {command.name}\n\n{command.help}\n\n")
        parts.append(table(["Option", "Default", "Meaning"], _option_rows(parsed)))
    for app, name, purpose in MODULES:
        parts.append(f"\n## {name}\n\n`python -m {ACTIONS_PACKAGE}.{name}`: {purpose}\n\n")
        parts.append(table(["Option", "Default", "Meaning"], _option_rows(_only(app()))))
    parts.append("\n## Exit codes\n\n")
    parts.append(table(["Code", "Meaning"], ((code.value, code.meaning) for code in ExitCode)))
    return "".join(parts)


def settings_page() -> str:
    """Render the page of settings.

    Returns:
        Markdown, one row a variable.
    """
    rows = (
        (f"`{entry.variable}`", f"`{entry.default}`" if entry.default else "", entry.description)
        for entry in SETTINGS_TABLE
    )
    return f"{NOTE}# Settings\n\n{table(['Variable', 'Default', 'Meaning'], rows)}"


def artifacts_page() -> str:
    """Render the page of inventory artifacts.

    Returns:
        Markdown, one row an artifact of the manifest.
    """
    rows = (
        (f"`{entry.artifact}`", f"`{entry.method}`", f"`{entry.path}`", entry.description)
        for entry in MANIFEST
    )
    head = ["Artifact", "Method", "GET", "What it holds"]
    return f"{NOTE}# Inventory artifacts\n\n{table(head, rows)}"


def reason_codes_page() -> str:
    """Render the page of reason codes and the table that assigns them.

    Returns:
        Markdown, the closed list of codes, then the rules in the order they are tried.
    """
    codes = ((f"`{code.value}`", code.status, code.meaning) for code in ReasonCode)
    rules = ((rule.when, rule.error_class.value, f"`{rule.reason_code.value}`") for rule in RULES)
    return (
        f"{NOTE}# Reason codes\n\n{table(['Code', 'Row ends as', 'Meaning'], codes)}\n"
        f"## Which answer gets which code\n\n{table(['When', 'Class', 'Code'], rules)}"
    )


def actions_page() -> str:
    """Render the page of the transformation actions.

    Returns:
        Markdown, from their catalogue.
    """
    return NOTE + render_actions()


def masters_page() -> str:
    """Render the page of the masters of a site.

    Returns:
        Markdown, from the parameters of the catalogue.
    """
    return NOTE + render_masters()


def softphones_page() -> str:
    """Render the page of the softphone run.

    Returns:
        Markdown, from its stages and columns.
    """
    return NOTE + render_softphones()


PAGES: dict[str, Callable[[], str]] = {
    "actions.md": actions_page,
    "artifacts.md": artifacts_page,
    "cli.md": cli_page,
    "input_schema.md": render_markdown,
    "masters.md": masters_page,
    "reason_codes.md": reason_codes_page,
    "settings.md": settings_page,
    "softphones.md": softphones_page,
}


def main() -> int:
    """Write every page that is not current.

    Returns:
        The number of pages that changed; 0 after a second run.
    """
    changed = 0
    for name, render in PAGES.items():
        target = REFERENCE / name
        text = render()
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
            changed += 1
    return changed


if __name__ == "__main__":
    written = main()
    sys.stdout.write(f"{written} of {len(PAGES)} reference pages written\n")
