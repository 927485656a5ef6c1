"""What spreadsheets do to digits is recognised and named."""

from __future__ import annotations

import pytest

from Space_OdT.engine.spreadsheet_damage import error_value, numeric_damage, strip_text_marker


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("1.4E+10", "scientific"),
        ("3,491E+10", "scientific"),
        ("5e8", "scientific"),
        ("1001.0", "decimal"),
        ("1001,00", "decimal"),
        ("01-feb", "date"),
        ("feb-26", "date"),
        ("2026-02-01", "date"),
        ("2026-02-01 00:00:00", "date"),
        ("1/2/2026", "date"),
        ("#N/A", "error value"),
        ("#¡REF!", "error value"),
        ("#¿NOMBRE?", "error value"),
        ("########", "error value"),
    ],
)
def test_damage_is_named(cell, word):
    assert word in numeric_damage(cell).what


@pytest.mark.parametrize("cell", ["1001", "0101", "+34910000001", "abc", "", "12-34"])
def test_other_cells_are_not_called_damaged(cell):
    assert numeric_damage(cell) is None


def test_texts_may_begin_with_a_hash():
    assert error_value("# 12 bis") is None
    assert error_value("#VALUE!") is not None


@pytest.mark.parametrize(
    ("cell", "text", "is_marked"),
    [
        ("'0123", "0123", True),
        ("\N{RIGHT SINGLE QUOTATION MARK}0123", "0123", True),
        ('="0123"', "0123", True),
        ('= "0123"', "0123", True),
        ("0123", "0123", False),
        ("'", "'", False),
    ],
)
def test_marks_that_force_text_are_understood(cell, text, is_marked):
    assert strip_text_marker(cell) == (text, is_marked)
