"""Rows of a spreadsheet workbook, every cell as the text that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from Space_OdT.engine.input_encoding import InputFileError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from Space_OdT.engine.input_reader import Record


# From here on a spreadsheet's numbers skip whole numbers, so their digits cannot be trusted.
_LEAST_INEXACT = 1e16


def filled_sheets(path: Path) -> tuple[str, ...]:
    """Name the sheets of a workbook that can be read.

    Args:
        path: An XLSX file (XLS, XLSB and ODS are understood too).

    Returns:
        The visible sheets with a filled cell, in the order of the workbook.

    Raises:
        InputFileError: When it is no workbook, or protected by a password.
    """
    return tuple(sheet.name for sheet in _filled(_open(path)))


class WorkbookSource:
    """One sheet; the first visible one with anything in it where none is named.

    The sheet is kept in memory by the reader library: its format cannot be streamed.

    Args:
        path: An XLSX file (XLS, XLSB and ODS are understood too).
        sheet: Name of the sheet as `filled_sheets` gives it; "" for the first.

    Raises:
        InputFileError: When it is no workbook, protected by a password, or has no filled sheet.
    """

    def __init__(self, path: Path, sheet: str = "") -> None:
        self._path = path
        filled = [one for one in _filled(_open(path)) if sheet in {"", one.name}]
        if not filled:
            raise InputFileError(path, "no visible sheet has a filled cell", "check the workbook")
        self._sheet: CalamineSheet = filled[0]
        self.description = f'sheet "{self._sheet.name}"'
        self.notices: tuple[str, ...] = ()
        if len(filled) > 1:
            others = ", ".join(f'"{one.name}"' for one in filled[1:])
            self.notices = (f"{path.name}: only {self.description} is read; not read: {others}",)

    def records(self) -> Iterator[Record]:
        """Stream all rows, the header too, without blank ones.

        Yields:
            One record a row of the sheet.
        """
        # the library drops blank columns on the left, but gives blank rows above the first
        for line, values in enumerate(self._sheet.iter_rows(), start=1):
            cells = [_as_text(value) for value in values]
            if any(map(str.strip, cells)):
                yield line, line, cells, ""


def _open(path: Path) -> CalamineWorkbook:
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except python_calamine.PasswordError:
        raise InputFileError(
            path, "the workbook is protected by a password", "save it without one"
        ) from None
    except python_calamine.CalamineError as error:
        raise InputFileError(
            path, f"the workbook cannot be read ({error})", "save it again as XLSX, or as CSV"
        ) from None


def _filled(workbook: CalamineWorkbook) -> list[CalamineSheet]:
    sheets = [workbook.get_sheet_by_name(name) for name in _visible_sheets(workbook)]
    return [sheet for sheet in sheets if sheet.start is not None]


def _visible_sheets(workbook: CalamineWorkbook) -> list[str]:
    import python_calamine

    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible
        and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]


def _as_text(value: Any) -> str:
    """Write a cell as the text a person sees, on one line; damage stays recognisable."""
    if isinstance(value, str):
        return " ".join(value.splitlines())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        is_exact = value.is_integer() and abs(value) < _LEAST_INEXACT
        return str(int(value)) if is_exact else repr(value)
    return str(value)
