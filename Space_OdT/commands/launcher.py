"""`launcher_csv_dependencias`: several actions in one run, over masters or CSV files."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.commands.action_options import (
    AllowIdentityOption,
    AutoConfirmOption,
    CheckRoutingOption,
    DebugHarOption,
    OutDirOption,
    ProfilesOption,
    RepairTailOption,
    VerboseLogOption,
)
from Space_OdT.commands.arguments import PlainFlagsCommand, fill_optional_values
from Space_OdT.commands.common import (
    BaseUrlOption,
    ConcurrentRequestsOption,
    MaxRateOption,
    SimulatorOption,
    TokenOption,
)
from Space_OdT.commands.launcher_request import NAME, LauncherRequest, layout_of
from Space_OdT.commands.launcher_run import LauncherRun
from Space_OdT.commands.process_title import hide_secrets
from Space_OdT.commands.rows_front import RequestError, guarded
from Space_OdT.commands.telling import show
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.launcher_choice import HANDLERS

_ROWS = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_LONGEST_RANGE = 1_000_000
_HELP = """\
Run transformation actions over the masters of a site: one run a row, in the order in which a \
site is brought live.

Ejecuta acciones de transformación sobre los maestros de una sede: una ejecución por fila, en el \
orden de dependencias.
"""
_EXAMPLE = (
    f"python -m Space_OdT.v21.transformacion.{NAME} --input-data-dir masters "
    "--script-name ubicacion_configurar_pstn --dry-run"
)


def run(
    *,
    csv_path: Annotated[
        list[Path] | None,
        typer.Option(
            "--csv-path",
            metavar="FILE",
            help="CSV or XLSX; may be repeated, the earlier one counts.",
        ),
    ] = None,
    input_data_dir: Annotated[
        Path | None,
        typer.Option(
            "--input-data-dir",
            metavar="DIR",
            help="Folder with Global, Ubicaciones, Usuarios, Numeraciones, Workspaces.",
        ),
    ] = None,
    script_name: Annotated[
        list[str] | None,
        typer.Option(
            "--script-name", metavar="ACTION", help="Action to run; may be repeated. Else all."
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Change nothing: show the prepared rows and, with a token, the exact requests.",
        ),
    ] = False,
    auto_confirm: AutoConfirmOption = False,
    precheck_workspace_permissions: Annotated[
        bool,
        typer.Option(
            "--precheck-workspace-permissions",
            help="Diagnose workspaces before actions on workspaces; not in a dry run.",
        ),
    ] = False,
    row: Annotated[
        list[str] | None,
        typer.Option("--row", metavar="N[-M]", help="Only these rows of each file, from 1."),
    ] = None,
    match: Annotated[
        list[str] | None,
        typer.Option("--match", metavar="NAME=VALUE", help="Only rows with this value; all fit."),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A value that beats every file."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="NAME=HEADER", help="The column of a parameter, by its header."
        ),
    ] = None,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Stop at the first row that is not done.")
    ] = False,
    out_dir: OutDirOption = None,
    profiles: ProfilesOption = None,
    allow_identity: AllowIdentityOption = False,
    check_routing: CheckRoutingOption = False,
    verbose_log: VerboseLogOption = False,
    repair_tail: RepairTailOption = False,
    debug_har: DebugHarOption = False,
    max_rate: MaxRateOption = None,
    concurrent_requests: ConcurrentRequestsOption = None,
    token: TokenOption = None,
    base_url: BaseUrlOption = None,
    simulator: SimulatorOption = None,
) -> None:
    """Run actions over masters; the summary is one JSON object on stdout."""
    runs: list[LauncherRun] = []

    def work() -> ExitCode:
        request = LauncherRequest(
            csv_paths=tuple(csv_path or ()),
            input_data_dir=input_data_dir,
            script_names=tuple(script_name or ()),
            params=dict(_pairs("--param", param)),
            columns=dict(_pairs("--column", column)),
            matches=tuple(_pairs("--match", match)),
            rows=_rows(row or ()),
            is_dry_run=dry_run,
            is_confirmed=auto_confirm,
            prechecks=precheck_workspace_permissions,
            fails_fast=fail_fast,
            out_dir=out_dir,
            profiles=profiles,
            allows_identity=allow_identity,
            checks_routing=check_routing,
            is_verbose=verbose_log,
            repairs=repair_tail,
            records_har=debug_har,
            max_rate=max_rate,
            concurrent_requests=concurrent_requests,
            token=token,
            base_url=base_url,
            simulator=simulator,
        )
        runs.append(LauncherRun(request))
        return runs[0].run()

    # whatever is told on the way goes to stderr: stdout holds the summary and nothing else
    with redirect_stdout(sys.stderr):
        code = guarded(work, lambda: runs[0].layout if runs else layout_of(Path(".artifacts")))
        summary = runs[0].summary(code) if runs else None
    if summary is not None:
        show(summary)
    raise typer.Exit(code)


def _pairs(option: str, given: Sequence[str] | None) -> list[tuple[str, str]]:
    pairs = []
    for text in given or ():
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise RequestError(f"{option} {text}: write it as {option} name=value.")
        pairs.append((name.strip(), value))
    return pairs


def _rows(given: Sequence[str]) -> frozenset[int]:
    rows: set[int] = set()
    for text in given:
        found = _ROWS.fullmatch(text.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 0 < first <= last or last - first >= _LONGEST_RANGE:
            raise RequestError(f"--row {text}: write a number from 1, or a range as 5-9.")
        rows.update(range(first, last + 1))
    return frozenset(rows)


def build_app() -> typer.Typer:
    """Build the command line.

    Returns:
        The application, ready to be called with arguments.
    """
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    actions = ", ".join(HANDLERS)
    app.command(
        cls=PlainFlagsCommand,
        help=_HELP,
        epilog=f"Example:\n\n[bold]{_EXAMPLE}[/bold]\n\nActions: {actions}",
    )(run)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the launcher and leave with its exit code.

    Args:
        arguments: The command line without the program name; the process's own when None.

    Raises:
        SystemExit: Always, with a code of `ExitCode`.
    """
    given = sys.argv[1:] if arguments is None else arguments
    hide_secrets(given)
    build_app()(
        args=fill_optional_values(given), prog_name=f"python -m Space_OdT.v21.transformacion.{NAME}"
    )
