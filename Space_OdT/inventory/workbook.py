"""The exported tables as one workbook whose cells are text, so that numbers stay as they are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
_SHEET_NAME = 31
_CUT = " [cut: the CSV has it all]"
_LARGEST_CELL = 2**31 - 1
_COLUMN_WIDTH = 22
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - the same bytes for the same rows


def write_workbook(path: Path, exports: Path, names: Iterable[str]) -> None:
    """Write one sheet per exported CSV, and an index in front.

    Args:
        path: The workbook to write.
        exports: Folder of the exports.
        names: Tables in order; those without a file are left out.

    Raises:
        OSError: When the disk is full.
    """
    tables = [name for name in names if (exports / f"{name}.csv").is_file()]
    book = xlsxwriter.Workbook(
        path,
        {
            "constant_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"created": _EPOCH, "title": "Webex inventory"})
    head = book.add_format({"bold": True, "bg_color": "#E7EEF7", "bottom": 1})
    try:
        index = book.add_worksheet("index")
        listing = [("sheet", "table", "rows")]
        for name, sheet_name in zip(tables, sheet_names(tables), strict=True):
            rows = _write_sheets(book, sheet_name, exports / f"{name}.csv", head)
            listing.append((sheet_name, name, str(rows)))
        _write_rows(index, listing, head)
    finally:
        _close(book)


def _close(book: Any) -> None:
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:  # wraps what the system said
        raise OSError(*error.args) from error


def sheet_names(tables: Iterable[str]) -> list[str]:
    """Give every table a sheet name that Excel accepts.

    Args:
        tables: Names of tables.

    Returns:
        Distinct names of at most 31 characters, in the same order.
    """
    names: list[str] = []
    for table in tables:
        short = table if len(table) <= _SHEET_NAME else _shortened(table)
        serial, name = 2, short
        while name.lower() in {known.lower() for known in names}:
            name = f"{short[: _SHEET_NAME - 3]}~{serial}"
            serial += 1
        names.append(name)
    return names


def _shortened(table: str) -> str:
    """Keep the beginnings of all words, and the whole last one: it tells similar tables apart."""
    words = table.split("_")
    for length in range(max(map(len, words)), 0, -1):
        name = "_".join([*(word[:length] for word in words[:-1]), words[-1]])
        if len(name) <= _SHEET_NAME:
            return name
    return table[:_SHEET_NAME]


def _write_sheets(book: Any, name: str, source: Path, head: Any) -> int:
    """Write one table; rows beyond Excel's limit go on in further sheets."""
    csv.field_size_limit(_LARGEST_CELL)
    total, part = 0, 1
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        while True:
            sheet_name = name if part == 1 else f"{name[: _SHEET_NAME - 4]} ({part})"
            sheet = book.add_worksheet(sheet_name)
            rows = _write_rows(sheet, _chain(header, islice(reader, SHEET_ROWS - 1)), head) - 1
            total += rows
            part += 1
            if rows < SHEET_ROWS - 1:
                return total


def _chain(header: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield header
    yield from rows


def _write_rows(sheet: Any, rows: Iterable[Iterable[str]], head: Any) -> int:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 40, _COLUMN_WIDTH)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            if text:
                cell = text if len(text) <= CELL_CHARACTERS else _cut(text)
                sheet.write_string(count - 1, column, cell, head if count == 1 else None)
    return count


def _cut(text: str) -> str:
    return text[: CELL_CHARACTERS - len(_CUT)] + _CUT
