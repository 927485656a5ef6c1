"""What a cell of the input may hold: its one form, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson

from Space_OdT.engine import digits, normalise
from Space_OdT.engine.calling_features import BOOL, FEATURES, NUMBER
from Space_OdT.engine.feature_bodies import check_body
from Space_OdT.engine.spreadsheet_damage import numeric_damage
from Space_OdT.engine.values import BadValueError

Normaliser = Callable[[str], str]

_MOST_RINGS = 100
_PHONE = re.compile(r"\+?[0-9]+")


def phone_number(value: str) -> str:
    """Normalise a number: `+digits` stays, `digits` gets its `+`, anything else is an error.

    Args:
        value: A cell that is not blank.

    Returns:
        The number in E.164.

    Raises:
        BadValueError: When it is neither, or no country has such numbers.
    """
    cleaned = normalise.clean_text(value)
    if _PHONE.fullmatch(cleaned):
        return digits.phone_number(f"+{cleaned.lstrip('+')}")
    damage = numeric_damage(cleaned)
    raise BadValueError(
        "a number as +34910000001",
        damage.fix if damage else "write + and the digits, nothing else",
        damage.what if damage else "",
    )


def permissions(feature: str) -> Normaliser:
    """Make the normaliser of a permissions column.

    Args:
        feature: Name of the feature.

    Returns:
        From a cell to compact JSON that the API takes.
    """

    def judge(value: str) -> str:
        text = normalise.json_object(value)
        if problem := check_body(FEATURES[feature].writable, orjson.loads(text), feature):
            raise BadValueError(f"the fields of {feature} as the API takes them", problem)
        return text

    return judge


def text(value: str) -> str:
    """Normalise free text; see `normalise.text`."""
    return normalise.text(value)


def names(value: str) -> str:
    """Normalise values separated by `|`: trimmed, each once."""
    found = (normalise.clean_text(name) for name in value.split("|"))
    return "|".join(dict.fromkeys(name for name in found if name))


def destination(value: str) -> str:
    """Normalise where calls go: a number to dial, or an address with `@`.

    Raises:
        BadValueError: When it is neither; being switched off has a column of its own.
    """
    if "@" in value:
        return normalise.text(value)
    number = digits.destination(value)
    if number == digits.OFF:
        raise BadValueError(
            "a number to dial as +34910000001", "set the column that ends in _enabled to false"
        )
    return number


def of_kind(name: str, kind: Any) -> Normaliser:
    """Choose the normaliser of a field of the API.

    Args:
        name: Name of its column.
        kind: Its shape.

    Returns:
        From a cell that is not blank to the one form of the value.
    """
    if kind == BOOL:
        return normalise.boolean
    if kind == NUMBER:
        return digits.whole_number(0, _MOST_RINGS)
    if isinstance(kind, tuple):
        return normalise.choice(kind)
    if name.endswith(("email", "email_id")):
        return normalise.email
    return destination if name.endswith("destination") else text
