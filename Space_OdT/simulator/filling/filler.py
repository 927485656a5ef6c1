"""Walks a shape and gives every part of it a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from Space_OdT.simulator.filling.links import LINKS
from Space_OdT.simulator.filling.subject import Subject
from Space_OdT.simulator.filling.values import choice_value, plain_value
from Space_OdT.simulator.protocol import JsonObject
from Space_OdT.simulator.shapes import Kind, Shape

LONGEST_LIST = 3
# Fields of the library's models that only writes have.
_WRITE_ONLY = frozenset({"newName"})


def fill(shape: Shape, subject: Subject, name: str = "", place: str = "") -> Any:
    """Give a shape a value.

    Args:
        shape: What is wanted.
        subject: What it is about; the same subject gives the same value.
        name: Name of the field that holds it.
        place: Where in the reply it stands.

    Returns:
        Plain JSON.
    """
    if shape.kind is Kind.OBJECT:
        return fill_object(shape, subject, name, place)
    if shape.kind is Kind.LIST and shape.item is not None:
        return _fill_list(shape.item, subject, name, place)
    if shape.kind is Kind.MAP and shape.item is not None:
        return {"example": fill(shape.item, subject, name, f"{place}.example")}
    if shape.kind is Kind.CHOICE:
        return choice_value(shape, subject, name, place)
    return plain_value(shape.kind, subject, name, place)


def fill_object(
    shape: Shape,
    subject: Subject,
    name: str = "",
    place: str = "",
    *,
    index: int = 0,
    list_place: str | None = None,
) -> JsonObject:
    """Give every member of an object a value, or that of the thing it stands for.

    Args:
        shape: What is wanted.
        subject: What it is about.
        name: Name of the field, or of the list, that holds it; says what it stands for.
        place: Where it stands.
        index: Position in its list.
        list_place: Where the list stands, so that its items stand for different things.

    Returns:
        The object.
    """
    link = LINKS.get(name)
    where = place if list_place is None else list_place
    known = link.resolve(subject, where, index) if link else None
    found: JsonObject = {}
    for member, inner in shape.fields:
        if member in _WRITE_ONLY:
            continue
        told = known is not None and member in known
        if known is not None and told and known[member] is None:
            continue
        if known is not None and told and _suits(inner, known[member]):
            found[member] = _cut_to(inner, known[member])
        else:
            found[member] = fill(inner, subject, member, f"{place}.{member}")
    return found


def _suits(shape: Shape, value: Any) -> bool:
    if shape.kind is Kind.LIST:
        of_objects = shape.item is not None and shape.item.kind is Kind.OBJECT
        return of_objects and isinstance(value, list)
    if shape.kind is Kind.OBJECT:
        return isinstance(value, Mapping)
    if shape.kind is Kind.CHOICE:
        return value in shape.choices
    return isinstance(value, str) and shape.kind is Kind.TEXT


def _cut_to(shape: Shape, value: Any) -> Any:
    if isinstance(value, list) and shape.item is not None:
        return [project(shape.item, item) for item in value]
    return value


def _fill_list(item: Shape, subject: Subject, name: str, place: str) -> list[Any]:
    if item.kind is Kind.CHOICE:
        return [choice_value(item, subject, name, f"{place}[0]")]
    if item.kind is Kind.OBJECT and subject.is_new:
        return []
    length = 1 + subject.draw(f"{place}#", LONGEST_LIST)
    link = LINKS.get(name)
    if link is not None:
        length = min(length, link.count(subject)) or length
    places = [f"{place}[{index}]" for index in range(length)]
    if item.kind is not Kind.OBJECT:
        return [fill(item, subject, name, own) for own in places]
    return [
        fill_object(item, subject, name, own, index=index, list_place=place)
        for index, own in enumerate(places)
    ]


def project(shape: Shape, full: JsonObject) -> JsonObject:
    """Show of an object what a list shows: the members of the shape that the object has."""
    return {member: full[member] for member, _ in shape.fields if member in full}
