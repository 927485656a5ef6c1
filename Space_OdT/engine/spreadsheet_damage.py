"""Recognise what a spreadsheet did to a value on its way into the file, and name it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AS_TEXT = "format the column as Text, enter the value again and export"


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage.

    Attributes:
        what: What happened, as the beginning of a sentence.
        fix: What to do about it.
    """

    what: str
    fix: str


_ERROR_VALUE = (
    re.compile(r"#(?:[¡¿]?[A-ZÁÉÍÓÚ0-9/_]+[!?]?)|#{2,}", re.IGNORECASE),
    Damage(
        "The spreadsheet could not work the cell out and wrote an error value",
        "repair the formula or enter the value itself",
    ),
)

# Tried in this order; all are matched against the whole cell.
_NUMERIC: tuple[tuple[re.Pattern[str], Damage], ...] = (
    (
        re.compile(r"[+-]?\d+(?:[.,]\d+)?\s*[eE]\s*[+-]?\d+"),
        Damage(
            "The spreadsheet shortened a long number to scientific notation, its digits are lost",
            f"{_AS_TEXT}; the digits have to come from the source",
        ),
    ),
    (
        re.compile(r"\d+[.,]0{1,2}"),
        Damage(
            "The value went through a decimal number, which also drops leading zeros",
            _AS_TEXT,
        ),
    ),
    (
        re.compile(
            r"\d{1,2}[-/. ](?:[^\W\d_]{3,10})\.?(?:[-/. ]\d{2,4})?"
            r"|[^\W\d_]{3,10}[-/. ]\d{2,4}"
            r"|\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\.0+)?)?"
            r"|\d{1,2}/\d{1,2}/\d{2,4}(?: \d{1,2}:\d{2}(?::\d{2})?)?"
            r"|\d{1,2}-\d{1,2}-\d{4}"
        ),
        Damage("The spreadsheet turned the value into a date", _AS_TEXT),
    ),
)

_FORMULA_TEXT = re.compile(r'=\s*"(?P<text>[^"]*)"')


def error_value(value: str) -> Damage | None:
    """Recognise `#REF!`, `#N/A`, `#¡VALOR!`, `####` and the like; meant for every column.

    Args:
        value: A trimmed cell.

    Returns:
        The damage, or None.
    """
    pattern, damage = _ERROR_VALUE
    return damage if value.startswith("#") and pattern.fullmatch(value) else None


def numeric_damage(value: str) -> Damage | None:
    """Recognise what happens to digits; meant for columns that hold digits as text.

    Args:
        value: A trimmed cell that is not valid as it stands.

    Returns:
        The damage, or None when the value is wrong in another way.
    """
    if found := error_value(value):
        return found
    return next((damage for pattern, damage in _NUMERIC if pattern.fullmatch(value)), None)


def strip_text_marker(value: str) -> tuple[str, bool]:
    """Take away how people force a spreadsheet to keep text: `'0123` or `="0123"`.

    Args:
        value: A trimmed cell.

    Returns:
        The text itself, and whether it was marked: a marked value stands as it is meant.
    """
    if formula := _FORMULA_TEXT.fullmatch(value):
        return formula["text"].strip(), True
    if value.startswith(("'", "\N{RIGHT SINGLE QUOTATION MARK}")) and len(value) > 1:
        return value[1:].strip(), True
    return value, False
