"""Checks bodies of writes against rules that are plain data.

A rule is a mapping of field names to what is expected: a type (`str`, `bool`, `int`, `float`), a
tuple of allowed values, a `range` of whole numbers, a list with one rule for the items, or a
mapping for an object. A name that ends in `!` must be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.protocol import JsonObject, Request
from Space_OdT.simulator.shapes import Kind, Shape

BodyRule = Mapping[str, Any]

_TYPE_NAMES = {str: "text", bool: "true or false", int: "whole number", float: "number"}


def body_object(request: Request) -> JsonObject:
    """The body as an object.

    Raises:
        ApiError: 400 when it is missing or something else.
    """
    if not isinstance(request.body, dict):
        raise errors.malformed_body()
    return request.body


def check_body(body: JsonObject, rule: BodyRule, place: str = "") -> None:
    """Check an object against a rule.

    Args:
        body: The object.
        rule: What is expected.
        place: Where it stands, for the message.

    Raises:
        ApiError: 400 naming the first field that is missing or wrong.
    """
    for name, wanted in rule.items():
        field = name.removesuffix("!")
        value = body.get(field)
        if value is None:
            if name.endswith("!"):
                raise errors.field_missing(f"{place}{field}")
            continue
        _check(value, wanted, f"{place}{field}")


def _check(value: Any, wanted: Any, place: str) -> None:
    if isinstance(wanted, Mapping):
        if not isinstance(value, dict):
            raise errors.field_invalid(place, "object expected")
        check_body(value, wanted, f"{place}.")
    elif isinstance(wanted, list):
        if not isinstance(value, list):
            raise errors.field_invalid(place, "list expected")
        for index, item in enumerate(value):
            _check(item, wanted[0], f"{place}[{index}]")
    else:
        _check_plain(value, wanted, place)


def _check_plain(value: Any, wanted: Any, place: str) -> None:
    if isinstance(wanted, range):
        if not _is_a(value, int) or value not in wanted:
            limits = f"{wanted[0]} to {wanted[-1]}"
            raise errors.field_invalid(place, f"whole number from {limits} expected")
    elif isinstance(wanted, tuple):
        if value not in wanted:
            raise errors.field_invalid(place, f"one of {', '.join(map(str, wanted))} expected")
    elif not _is_a(value, wanted):
        raise errors.field_invalid(place, f"{_TYPE_NAMES[wanted]} expected")


def _is_a(value: Any, wanted: type) -> bool:
    if isinstance(value, bool):
        return wanted is bool
    if wanted is float:
        return isinstance(value, (int, float))
    return isinstance(value, wanted)


_JSON_CLASSES: Mapping[Kind, tuple[type, ...]] = {
    Kind.OBJECT: (dict,),
    Kind.BOOLEAN: (bool,),
    Kind.INTEGER: (int, str),
    Kind.NUMBER: (int, float, str),
}


def check_types(body: JsonObject, shape: Shape) -> None:
    """Refuse fields whose JSON type cannot be that of the field a read shows.

    Lists and texts are left alone: several writes take ids where the read shows objects.

    Raises:
        ApiError: 400 naming the first wrong field.
    """
    for name, inner in shape.fields:
        value = body.get(name)
        classes = _JSON_CLASSES.get(inner.kind)
        if value is None or classes is None:
            continue
        wrong_truth = isinstance(value, bool) and bool not in classes
        if wrong_truth or not isinstance(value, classes):
            raise errors.field_invalid(name, f"{inner.kind.value} expected")
