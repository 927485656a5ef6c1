"""Workbooks give every cell as the text that was meant."""

from __future__ import annotations

import datetime as dt

import pytest
import xlsxwriter

from Space_OdT.engine.input_reader import InputFileError, open_input


def workbook(path, *sheets):
    """Write sheets given as (name, top row, left column, rows, is hidden)."""
    book = xlsxwriter.Workbook(path)
    date = book.add_format({"num_format": "d/m/yyyy"})
    for name, top, left, rows, is_hidden in sheets:
        sheet = book.add_worksheet(name)
        sheet.hide() if is_hidden else sheet.activate()
        for line, row in enumerate(rows, start=top):
            for column, value in enumerate(row, start=left):
                if isinstance(value, dt.date):
                    sheet.write_datetime(line, column, value, date)
                elif value is not None:
                    sheet.write(line, column, value)
    book.close()
    return path


def cells_of(path):
    return [(line, cells) for line, _, cells, _ in open_input(path).rows()]


def test_numbers_dates_and_truths_become_text(tmp_path):
    path = workbook(
        tmp_path / "input.xlsx",
        (
            "Data",
            0,
            0,
            [
                ["extension", "flag", "when", "share", "note"],
                ["0101", True, dt.date(2026, 2, 1), 1.5, "two\nlines"],
                [101, False, dt.date(2026, 2, 2), 34910000001, "  "],
            ],
            False,
        ),
    )
    assert cells_of(path) == [
        (2, ["0101", "true", "2026-02-01", "1.5", "two lines"]),
        (3, ["101", "false", "2026-02-02", "34910000001", "  "]),
    ]


def test_lines_are_rows_of_the_sheet_wherever_the_table_begins(tmp_path):
    path = workbook(
        tmp_path / "input.xlsx", ("Data", 3, 2, [["a", "b"], ["1", "2"], [], ["3", "4"]], False)
    )
    opened = open_input(path)
    assert opened.header_line == 4
    assert cells_of(path) == [(5, ["1", "2"]), (7, ["3", "4"])]


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_named(tmp_path):
    path = workbook(
        tmp_path / "input.xlsx",
        ("Hidden", 0, 0, [["x"], ["1"]], True),
        ("Empty", 0, 0, [], False),
        ("Data", 0, 0, [["a"], ["1"]], False),
        ("Notes", 0, 0, [["n"]], False),
    )
    opened = open_input(path)
    assert opened.description == 'sheet "Data"'
    assert opened.notices == ('input.xlsx: only sheet "Data" is read; not read: "Notes"',)


def test_a_workbook_without_content_is_refused(tmp_path):
    with pytest.raises(InputFileError, match="no visible sheet"):
        open_input(workbook(tmp_path / "input.xlsx", ("Empty", 0, 0, [], False)))


def test_a_broken_workbook_is_refused(tmp_path):
    path = tmp_path / "input.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing of a workbook")
    with pytest.raises(InputFileError, match="cannot be read"):
        open_input(path)
