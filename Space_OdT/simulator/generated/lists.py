"""Lists whose items have no path of their own: candidates, usages, catalogues of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.filling.filler import fill, fill_object
from Space_OdT.simulator.filling.links import LINKS
from Space_OdT.simulator.generated.declarations import Items, fix, resolved, value_of
from Space_OdT.simulator.generated.documents import path_of
from Space_OdT.simulator.generated.guards import Guard
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Request
from Space_OdT.simulator.shapes import Kind

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World


class ItemsHandler:
    """Answers for one list.

    Args:
        items: Its declaration.
        guards: What has to exist.
    """

    def __init__(self, items: Items, guards: tuple[Guard, ...]) -> None:
        self.items = items
        self.guards = guards

    def list(self, world: World, request: Request) -> Sequence[JsonObject]:
        """Answer a GET."""
        for guard in self.guards:
            guard(world, request)
        items = self.items
        params = {**request.query, **request.params}
        subject = Subject(world, path_of(items.template, request.params), params)
        link = LINKS.get(items.link)
        count = min(items.count, link.count(subject)) if link else items.count
        beside = {name: value_of(value, subject) for name, value in items.beside.items()}
        return LazyList(range(count), lambda index: self._item(subject, index), beside)

    def _item(self, subject: Subject, index: int) -> JsonObject:
        items = self.items
        shape = resolved(items.shape)
        place = f"{items.list_key}[{index}]"
        if shape.kind is not Kind.OBJECT:
            plain: JsonObject = fill(shape, subject, items.list_key, place)
            return plain
        found = fill_object(
            shape, subject, items.link, place, index=index, list_place=items.list_key
        )
        return fix(found, items.fixed, subject)
