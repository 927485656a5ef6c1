"""Shapes of replies, read from the return types of wxc_sdk's methods when they are first needed."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, reduce
from types import UnionType
from typing import Any

MAX_DEPTH = 7


class Kind(StrEnum):
    """What a value is in JSON, and how its text is to be read."""

    OBJECT = "object"
    LIST = "list"
    MAP = "map"
    CHOICE = "choice"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    DATE = "date"
    TIME = "time"
    ANYTHING = "anything"
    NOTHING = "nothing"


@dataclass(slots=True, frozen=True)
class Shape:
    """One value.

    Attributes:
        kind: What it is.
        fields: Members of an object, by the names the API uses.
        item: Shape of the items of a list or of the values of a map.
        choices: Values of a choice.
    """

    kind: Kind
    fields: tuple[tuple[str, Shape], ...] = ()
    item: Shape | None = None
    choices: tuple[str, ...] = ()

    def field(self, name: str) -> Shape | None:
        """The shape of a member, or None when the object has none of that name."""
        return next((shape for given, shape in self.fields if given == name), None)


_PLAIN: dict[Any, Kind] = {
    str: Kind.TEXT,
    bool: Kind.BOOLEAN,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    dt.datetime: Kind.MOMENT,
    dt.date: Kind.DATE,
    dt.time: Kind.TIME,
}
_ANYTHING = Shape(Kind.ANYTHING)
_NOTHING = Shape(Kind.NOTHING)


_VAGUE = frozenset({Kind.TEXT, Kind.ANYTHING, Kind.NOTHING})


@cache
def _sdk() -> Any:
    # Imported late: the library costs a second, and a simulator that only serves people does
    # not need it.
    from wxc_sdk import WebexSimpleApi

    return WebexSimpleApi(tokens="unused")


@cache
def shape_of(method: str) -> Shape:
    """Read what a method of the SDK returns.

    Args:
        method: Name below the API object, such as `person_settings.voicemail.read`.

    Returns:
        The shape of the object, or of one item for a method that lists.
    """
    function = reduce(getattr, method.split("."), _sdk())
    hints = typing.get_type_hints(getattr(function, "__func__", function))
    shape = _read(hints["return"], ())
    return shape.item if shape.kind is Kind.LIST and shape.item else shape


def _read(hint: Any, above: tuple[Any, ...]) -> Shape:
    if hint in _PLAIN:
        return Shape(_PLAIN[hint])
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (typing.Union, UnionType):
        return _read_union(arguments, above)
    if origin is typing.Annotated:
        return _read(arguments[0], above)
    if origin is typing.Literal:
        return Shape(Kind.CHOICE, choices=tuple(map(str, arguments)))
    if origin is not None:
        return _read_container(origin, arguments, above)
    return _read_class(hint, above)


def _read_union(arguments: tuple[Any, ...], above: tuple[Any, ...]) -> Shape:
    shapes = [_read(argument, above) for argument in arguments if argument is not type(None)]
    telling = [shape for shape in shapes if shape.kind not in _VAGUE]
    return (telling or shapes or [_ANYTHING])[0]


def _read_container(origin: Any, arguments: tuple[Any, ...], above: tuple[Any, ...]) -> Shape:
    if isinstance(origin, type) and issubclass(origin, Mapping):
        values = _read(arguments[1], above) if len(arguments) > 1 else _ANYTHING
        return Shape(Kind.MAP, item=values)
    return Shape(Kind.LIST, item=_read(arguments[0], above) if arguments else _ANYTHING)


def _read_class(hint: Any, above: tuple[Any, ...]) -> Shape:
    if hasattr(hint, "model_fields"):
        return _read_model(hint, above)
    if hasattr(hint, "__members__"):
        values = (member.value for member in hint.__members__.values())
        return Shape(Kind.CHOICE, choices=tuple(str(value) for value in values))
    return _ANYTHING


def _read_model(model: Any, above: tuple[Any, ...]) -> Shape:
    # A model inside itself, or too deep, is left out: the field simply does not appear.
    if model in above or len(above) >= MAX_DEPTH:
        return _NOTHING
    fields = []
    for name, info in model.model_fields.items():
        shape = _read(info.annotation, (*above, model))
        if _NOTHING not in (shape, shape.item):
            fields.append((info.alias or name, shape))
    return Shape(Kind.OBJECT, fields=tuple(fields))
