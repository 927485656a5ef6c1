"""Turns what a write sends into what a read shows: ids into the things behind them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.filling.links import person_fields
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.protocol import JsonObject, Request
from Space_OdT.simulator.shapes import Kind, Shape

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World


def member_fields(world: World, request: Request, identifier: str) -> JsonObject | None:
    """Describe the person, workspace or virtual line behind an id.

    Returns:
        Everything a read may show of it, or None when nobody has the id.
    """
    organisation = world.organisation
    person = organisation.person(identifier)
    if person is not None:
        return person_fields(Subject(world, request.path, request.params), person)
    workspace = organisation.workspace(identifier)
    if workspace is not None:
        return {"id": workspace.id, "displayName": workspace.display_name, "type": "PLACE"}
    line = organisation.virtual_lines.get(canonical(identifier))
    if line is not None:
        return {"id": line.id, "displayName": line.display_name, "type": "VIRTUAL_LINE"}
    return None


def as_shown(
    world: World, request: Request, shapes: Iterable[Shape], body: JsonObject
) -> JsonObject:
    """Show objects in place of the ids that a write names in lists.

    Args:
        world: Where the things are.
        request: The write.
        shapes: What reads show.
        body: What the write sends.

    Returns:
        The body with lists of ids turned into lists of objects where a read has objects.
    """
    lists = {
        name: inner.item
        for shape in shapes
        for name, inner in shape.fields
        if inner.kind is Kind.LIST and inner.item and inner.item.kind is Kind.OBJECT
    }
    return {
        name: _objects(world, request, lists[name], value) if name in lists else value
        for name, value in body.items()
    }


def _objects(world: World, request: Request, shape: Shape, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [
        _object(world, request, shape, item) if isinstance(item, str) else item for item in value
    ]


def _object(world: World, request: Request, shape: Shape, identifier: str) -> JsonObject:
    known = member_fields(world, request, identifier) or {"id": identifier}
    return {name: known[name] for name, _ in shape.fields if isinstance(known.get(name), str)}
