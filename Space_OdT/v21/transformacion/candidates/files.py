"""Write tables so that a spreadsheet program shows them as they are, and runs nothing in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.v21.transformacion.candidates.rows import MasterTable

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# a number alone is no formula, and loses no more than its plus, which is put back when it is read
_NUMBER = re.compile(r"\+\d{5,15}")
_WIDEST = 40


class ExistingFilesError(Exception):
    """Files are there already and may not be replaced; the message names them."""


def refuse_existing(paths: Iterable[Path], *, may_replace: bool) -> None:
    """Protect files that somebody may have edited.

    Args:
        paths: Files that are going to be written.
        may_replace: Whether existing ones may be replaced.

    Raises:
        ExistingFilesError: When one exists and may not.
    """
    there = [str(path) for path in paths if path.exists()]
    if there and not may_replace:
        raise ExistingFilesError(
            f"{', '.join(there)} exists already, and may hold somebody's work. Choose another "
            "--output, or give --overwrite. / Ya existe: use --overwrite."
        )


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a table as CSV: UTF-8 with a mark, commas, CRLF.

    Args:
        path: The file; its folder must exist.
        columns: Headers.
        rows: Rows.

    Raises:
        OSError: When it cannot be written; an old file stays.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([safe(row.get(name, "")) for name in columns] for row in rows)
    # without the mark a spreadsheet program takes accents for other letters
    write_atomic(path, text.getvalue().encode("utf-8-sig"))


def safe(text: str) -> str:
    """Keep a spreadsheet program from taking a value for a formula.

    Args:
        text: A value.

    Returns:
        The value, behind an apostrophe where it begins like a formula.
    """
    plain = " ".join(text.split())
    is_number = _NUMBER.fullmatch(plain) is not None
    return f"'{plain}" if text.startswith(_FORMULA_SIGNS) and not is_number else plain


def write_workbook(path: Path, tables: Iterable[MasterTable]) -> None:
    """Write masters as the sheets of one workbook, every cell a text: nothing loses a zero.

    Args:
        path: The file; its folder must exist.
        tables: The masters.

    Raises:
        OSError: When it cannot be written; an old file stays.
    """
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(memory, options) as book:
        as_text = book.add_format({"num_format": "@"})
        head = book.add_format({"num_format": "@", "bold": True})
        for table in tables:
            sheet = book.add_worksheet(str(table.master))
            sheet.freeze_panes(1, 0)
            for place, name in enumerate(table.columns):
                longest = max((len(row.get(name, "")) for row in table.rows), default=0)
                width = min(_WIDEST, max(len(name), longest) + 2)
                sheet.set_column(place, place, width, as_text)
                sheet.write_string(0, place, name, head)
                for line, row in enumerate(table.rows, start=1):
                    sheet.write_string(line, place, row.get(name, ""), as_text)
    write_atomic(path, memory.getvalue())
