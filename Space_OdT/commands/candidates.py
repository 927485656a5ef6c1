"""`generar_csv_candidatos_desde_artifacts`: masters to be edited, from an inventory."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.commands.arguments import PlainFlagsCommand
from Space_OdT.commands.telling import say, show
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.candidates.exports import SOURCES, Exports
from Space_OdT.v21.transformacion.candidates.files import (
    ExistingFilesError,
    refuse_existing,
    write_csv,
    write_workbook,
)
from Space_OdT.v21.transformacion.candidates.rows import MasterTable, master_tables
from Space_OdT.v21.transformacion.candidates.single import SINGLE_ROW_COLUMNS, single_row

NAME = "generar_csv_candidatos_desde_artifacts"
SINGLE_ROW_FILE = "v21_transformacion_candidatos.csv"
_ARTIFACTS = Path(".artifacts")
_PLACES = (_ARTIFACTS / "exports", Path("Space_OdT") / _ARTIFACTS / "exports")
_HELP = """\
Write master files from the exports of an inventory: one row an entity, decisions left blank.

Genera los CSV maestros (Global, Ubicaciones, Usuarios, Numeraciones, Workspaces) a partir de los \
exports del inventario: una fila por entidad, con las decisiones en blanco.
"""
_EXAMPLES = (
    f"python -m Space_OdT.v21.transformacion.{NAME} --output masters",
    f"python -m Space_OdT.v21.transformacion.{NAME} --output masters.xlsx",
    f"python -m Space_OdT.v21.transformacion.{NAME} --output .artifacts/exports/{SINGLE_ROW_FILE}",
)


class _UnusableError(Exception):
    """The command cannot do what it is asked for; the message says what to change."""


def run(
    *,
    exports_dir: Annotated[
        Path | None,
        typer.Option(
            "--exports-dir",
            metavar="DIR",
            help="Exports of inventory_run.",
            show_default=str(_PLACES[0]),
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="PATH",
            help="A folder for CSV masters; a name in .xlsx for one workbook; a name in .csv for "
            "the CSV of one row.",
            show_default="masters beside the exports",
        ),
    ] = None,
    single_row: Annotated[
        bool,
        typer.Option(
            "--single-row", help="The CSV of one row with every parameter, instead of masters."
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that are there already.")
    ] = False,
) -> None:
    """Write masters, or the CSV of one row."""
    try:
        _write(_exports(exports_dir), output, wants_single_row=single_row, may_replace=overwrite)
    except (_UnusableError, ExistingFilesError) as error:
        say(str(error))
        raise typer.Exit(ExitCode.USAGE) from None
    except (OSError, UnicodeDecodeError) as error:
        say(f"Nothing more was written: {error}.")
        raise typer.Exit(ExitCode.USAGE) from None
    raise typer.Exit(ExitCode.OK)


def _exports(folder: Path | None) -> Exports:
    found = folder or next((path for path in _PLACES if path.is_dir()), _PLACES[0])
    if not found.is_dir():
        raise _UnusableError(
            f"{found} is no folder of exports: run inventory_run first, or give --exports-dir. / "
            "Ejecute antes inventory_run."
        )
    exports = Exports(found)
    if len(exports.missing) == len(SOURCES):
        raise _UnusableError(f"{found} holds none of {', '.join(f'{one}.csv' for one in SOURCES)}.")
    for name in exports.missing:
        say(f"Note: {name}.csv is not there, so there are no {SOURCES[name]}.")
    return exports


def _write(
    exports: Exports, output: Path | None, *, wants_single_row: bool, may_replace: bool
) -> None:
    suffix = output.suffix.casefold() if output else ""
    if wants_single_row or suffix == ".csv":
        if suffix == ".xlsx":
            raise _UnusableError("--single-row writes a CSV: give a name in .csv, or a folder.")
        folder = output if output and suffix != ".csv" else exports.folder
        path = output if output and suffix == ".csv" else folder / SINGLE_ROW_FILE
        _write_single_row(exports, path, may_replace=may_replace)
        return
    tables = master_tables(exports)
    if not tables:
        raise _UnusableError(
            f"The exports in {exports.folder} hold no entity; nothing was written."
        )
    if suffix == ".xlsx" and output:
        refuse_existing([output], may_replace=may_replace)
        output.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(output, tables)
        _tell(tables, output)
        return
    _write_folder(tables, output or exports.folder.parent / "masters", may_replace=may_replace)


def _write_single_row(exports: Exports, path: Path, *, may_replace: bool) -> None:
    refuse_existing([path], may_replace=may_replace)
    path.parent.mkdir(parents=True, exist_ok=True)
    row = single_row(exports)
    write_csv(path, SINGLE_ROW_COLUMNS, [row])
    blank = [name for name, value in row.items() if not value]
    show(f"row        {path}")
    show(f"blank      {', '.join(blank)}")


def _write_folder(tables: Sequence[MasterTable], folder: Path, *, may_replace: bool) -> None:
    paths = {table.master: folder / f"{table.master}.csv" for table in tables}
    refuse_existing(paths.values(), may_replace=may_replace)
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        write_csv(paths[table.master], table.columns, table.rows)
    _tell(tables, folder)


def _tell(tables: Sequence[MasterTable], place: Path) -> None:
    for table in tables:
        show(f"{table.master:<13}{len(table.rows):,}")
    show(f"masters    {place}")
    show("next       keep the rows that are meant, fill what is to be decided, then run")
    show(
        "           python -m Space_OdT.v21.transformacion.launcher_csv_dependencias "
        f"{'--csv-path' if place.suffix else '--input-data-dir'} {place} --dry-run"
    )


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
    epilog = "Examples:\n\n" + "\n\n".join(f"[bold]{one}[/bold]" for one in _EXAMPLES)
    app.command(cls=PlainFlagsCommand, help=_HELP, epilog=epilog)(run)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the generator and leave with its exit code.

    Args:
        arguments: The command line without the program name; the process's own when None.

    Raises:
        SystemExit: Always, with a code of `ExitCode`.
    """
    given = sys.argv[1:] if arguments is None else arguments
    build_app()(args=list(given), prog_name=f"python -m Space_OdT.v21.transformacion.{NAME}")
