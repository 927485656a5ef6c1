"""Alternate numbers of a person: the column that asks for them, and what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from Space_OdT.engine import digits, normalise
from Space_OdT.engine.values import BadValueError
from Space_OdT.webex.records import number_key

ADD, DELETE = "ADD", "DELETE"
_RING_PATTERNS = ("NORMAL", "LONG_LONG", "SHORT_SHORT_LONG", "SHORT_LONG_SHORT")
_EXPECTED = 'alternate numbers as {"phoneNumbers":[{"action":"ADD","directNumber":"+34910000002"}]}'
_RING = "distinctiveRingEnabled"


def alternate_numbers(value: str) -> str:
    """Normalise the column `alternate_numbers`.

    Args:
        value: A JSON object in the shape of `PUT /telephony/config/people/{personId}/numbers`;
            `primary` may be left out, for only alternate numbers go there, and `action` too: ADD.

    Returns:
        Compact JSON with every field the API takes.

    Raises:
        BadValueError: When it is another shape.
    """
    given = orjson.loads(normalise.json_object(value))
    if unknown := given.keys() - {"phoneNumbers", _RING}:
        raise BadValueError(_EXPECTED, f"there is no field {', '.join(sorted(unknown))}")
    if not isinstance(given.get(_RING, False), bool):
        raise BadValueError(_EXPECTED, f"{_RING} must be true or false")
    entries = given.get("phoneNumbers", [])
    if not isinstance(entries, list) or not (entries or _RING in given):
        raise BadValueError(_EXPECTED, "phoneNumbers must be a list that is not empty")
    body = {"phoneNumbers": [_entry(entry) for entry in entries]}
    numbers = [entry["directNumber"] for entry in body["phoneNumbers"]]
    if len(numbers) != len(set(numbers)):
        raise BadValueError(_EXPECTED, "a number stands in it twice")
    ring = {_RING: given[_RING]} if _RING in given else {}
    return orjson.dumps({**ring, **body}, option=orjson.OPT_SORT_KEYS).decode()


def _entry(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise BadValueError(_EXPECTED, "every element of phoneNumbers is an object")
    known = {"primary", "action", "directNumber", "external", "extension", "ringPattern"}
    if unknown := given.keys() - known:
        raise BadValueError(_EXPECTED, f"there is no field {', '.join(sorted(unknown))}")
    if given.get("primary", False) is not False:
        raise BadValueError(_EXPECTED, "the main number belongs in the column phone_number")
    entry = {
        "primary": False,
        "action": _choice(given, "action", (ADD, DELETE), ADD),
        "directNumber": digits.phone_number(
            str(given.get("directNumber") or given.get("external") or "")
        ),
    }
    if given.get("extension"):
        entry["extension"] = digits.extension(str(given["extension"]))
    if given.get("ringPattern"):
        entry["ringPattern"] = _choice(given, "ringPattern", _RING_PATTERNS, "NORMAL")
    return entry


def _choice(given: Mapping[str, Any], name: str, values: tuple[str, ...], usual: str) -> str:
    value = str(given.get(name) or usual).upper()
    if value not in values:
        raise BadValueError(_EXPECTED, f"{name} must be one of {', '.join(values)}")
    return value


def left_to_do(wanted: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any] | None:
    """Compare what a row asks for with the numbers a person has.

    Args:
        wanted: The normalised column, decoded.
        current: The answer of `GET /people/{personId}/features/numbers` in E.164.

    Returns:
        The body that changes the rest; None when nothing is left to do.
    """
    has = {
        number_key(str(item.get("directNumber") or item.get("external") or ""))
        for item in current.get("phoneNumbers") or []
    }
    entries = [
        entry
        for entry in wanted["phoneNumbers"]
        if (entry["action"] == ADD) != (entry["directNumber"] in has)
    ]
    ring = wanted.get(_RING)
    rings = {} if ring is None or ring == current.get(_RING) else {_RING: ring}
    return {**rings, "phoneNumbers": entries} if entries or rings else None
