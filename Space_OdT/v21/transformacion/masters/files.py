"""Find the master files of a site in a folder or a workbook, and tell which is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.engine.input_reader import InputFile, open_input
from Space_OdT.engine.input_workbook import filled_sheets
from Space_OdT.v21.transformacion.definition import Dataset
from Space_OdT.v21.transformacion.parameters import fold_header

_TEXTS = frozenset({".csv", ".tsv", ".txt"})
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
# what a spreadsheet program leaves beside an open file, and what the system hides
_NOT_MEANT = re.compile(r"^(?:~\$|\.)")


class Master(StrEnum):
    """What a table holds."""

    GLOBAL = "Global"
    UBICACIONES = Dataset.UBICACIONES.value
    USUARIOS = Dataset.USUARIOS.value
    NUMERACIONES = Dataset.NUMERACIONES.value
    WORKSPACES = Dataset.WORKSPACES.value
    PARAMETERS = "parameters"
    """No master: values of parameters, for whatever action is run."""


_NAMES = MappingProxyType(
    {
        "global": Master.GLOBAL,
        "ubicaciones": Master.UBICACIONES,
        "ubicacions": Master.UBICACIONES,
        "usuarios": Master.USUARIOS,
        "usuaris": Master.USUARIOS,
        "numeraciones": Master.NUMERACIONES,
        "numeracions": Master.NUMERACIONES,
        "workspaces": Master.WORKSPACES,
        "espacios": Master.WORKSPACES,
        "espais": Master.WORKSPACES,
    }
)
"""Folded name of a file or sheet -> what it holds."""

_SIGNATURES = (
    (frozenset({"cognoms", "usuari"}), Master.USUARIOS),
    (frozenset({"capcalera", "nomdelaseu"}), Master.UBICACIONES),
    (frozenset({"numeracio", "extensiollargaasociada"}), Master.NUMERACIONES),
    (frozenset({"numeraciosortint", "codiseu"}), Master.NUMERACIONES),
)
"""Folded headers that only one table of the documented workbook has; tried in this order."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table as it stands.

    Attributes:
        number: Its number among the rows of the table, from 1.
        line: Its line in the file, or row of the sheet, from 1.
        cells: Its cells, as many as the header has.
        problem: Why it cannot be used, "" when it can.
    """

    number: int
    line: int
    cells: Sequence[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a CSV file or a sheet.

    Attributes:
        master: What it holds.
        label: How messages name it: `Usuarios.csv`, `libro.xlsx [Hoja3]`.
        file: The opened file.
        names: Its headers, folded.
    """

    master: Master
    label: str
    file: InputFile
    names: tuple[str, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """Its headers as they stand."""
        return self.file.header

    def rows(self) -> Iterator[TableRow]:
        """Stream its rows, each time from the first.

        Yields:
            The rows that are not blank.

        Raises:
            InputFileError: When a quote is never closed.
        """
        for number, (line, _, cells, problem) in enumerate(self.file.rows(), start=1):
            yield TableRow(number, line, cells, problem)


def open_folder(folder: Path) -> tuple[list[Table], list[str]]:
    """Open all masters of a folder; without any, its CSV files are tables of parameters.

    Args:
        folder: The folder.

    Returns:
        The tables in alphabetical order of the files, and notices for the operator.

    Raises:
        InputFileError: When it is no folder, or a file cannot be used.
    """
    if not folder.is_dir():
        raise InputFileError(folder, "there is no such folder", "check the path")
    paths = sorted(
        (path for path in folder.iterdir() if path.is_file() and not _NOT_MEANT.match(path.name)),
        key=lambda path: path.name.casefold(),
    )
    found, notices = open_files(path for path in paths if path.suffix.casefold() in _TEXTS)
    books, more = open_files(path for path in paths if path.suffix.casefold() in _WORKBOOKS)
    notices += more
    masters = [one for one in (*found, *books) if one.master is not Master.PARAMETERS]
    if not masters and not found:
        names = ", ".join(one for one in Master if one is not Master.PARAMETERS)
        raise InputFileError(
            folder, "no file here can be read as a table", f"put {names} there, as CSV or XLSX"
        )
    if not masters:
        return found, notices
    others = [one.label for one in found if one.master is Master.PARAMETERS]
    if others:
        notices.append(
            f"{folder.name}: not read, as their names are no master's: {', '.join(others)}; "
            "give one with --csv-path to use it"
        )
    return masters, notices


def open_files(paths: Iterable[Path]) -> tuple[list[Table], list[str]]:
    """Open files, whatever master or table of parameters each is.

    Args:
        paths: CSV files or workbooks.

    Returns:
        The tables in the order of the files, and notices for the operator.

    Raises:
        InputFileError: When one cannot be used.
    """
    tables: list[Table] = []
    notices: list[str] = []
    for path in paths:
        if path.suffix.casefold() in _WORKBOOKS:
            found, ignored = _open_workbook(path)
            tables += found
            if ignored:
                notices.append(f"{path.name}: sheets that are no master's: {', '.join(ignored)}")
        else:
            tables.append(_table(path.name, open_input(path, may_be_empty=True), path.stem))
        notices += [notice for one in tables[-1:] for notice in one.file.notices]
    return tables, notices


def _open_workbook(path: Path) -> tuple[list[Table], list[str]]:
    """Open the sheet a file is named after, else every sheet that is a master."""
    sheets = filled_sheets(path)
    if not sheets:
        raise InputFileError(path, "no visible sheet has a filled cell", "check the workbook")
    if (master := _NAMES.get(fold_header(path.stem))) is not None:
        named = next((one for one in sheets if _NAMES.get(fold_header(one)) is master), sheets[0])
        return [_table(path.name, open_input(path, sheet=named, may_be_empty=True), path.stem)], []
    found = [
        _table(f"{path.name} [{name}]", open_input(path, sheet=name, may_be_empty=True), name)
        for name in sheets
    ]
    masters = [one for one in found if one.master is not Master.PARAMETERS]
    if not masters and len(found) == 1:
        return found, []
    ignored = [one.label for one in found if one.master is Master.PARAMETERS]
    return masters, ignored


def _table(label: str, file: InputFile, name: str) -> Table:
    names = tuple(map(fold_header, file.header))
    master = _NAMES.get(fold_header(name)) or _by_headers(frozenset(names))
    return Table(master, label, file, names)


def _by_headers(names: frozenset[str]) -> Master:
    found = (master for signature, master in _SIGNATURES if signature <= names)
    return next(found, Master.PARAMETERS)
