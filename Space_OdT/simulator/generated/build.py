"""Turns declarations into routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from Space_OdT.simulator.generated.actions import action_route
from Space_OdT.simulator.generated.catalogue import CollectionHandler
from Space_OdT.simulator.generated.declarations import (
    Action,
    Area,
    Collection,
    Document,
    Items,
    Resource,
    Scopes,
)
from Space_OdT.simulator.generated.documents import DocumentHandler
from Space_OdT.simulator.generated.guards import Guard, guards_of
from Space_OdT.simulator.generated.lists import ItemsHandler
from Space_OdT.simulator.protocol import Route


def build_routes(areas: Iterable[Area]) -> tuple[Route, ...]:
    """Make the routes of all areas.

    Args:
        areas: The declarations.

    Returns:
        Routes; of everything that lies below an item of a collection, the item is checked first.
    """
    known = tuple(areas)
    parents = dict(_item_guards(known))
    return tuple(
        route
        for area in known
        for resource in area.resources
        for route in _routes(
            resource,
            area.scopes if isinstance(resource, Route) else resource.scopes or area.scopes,
            parents,
        )
    )


def _item_guards(areas: Iterable[Area]) -> Iterator[tuple[str, Guard]]:
    for area in areas:
        for resource in area.resources:
            if isinstance(resource, Collection) and resource.item_template:
                yield resource.item_template, CollectionHandler(resource, ()).exists


def _routes(resource: Resource, scopes: Scopes, parents: Mapping[str, Guard]) -> Iterator[Route]:
    if isinstance(resource, Route):
        yield resource
    elif isinstance(resource, Action):
        yield action_route(resource, scopes, guards_of(resource.template, parents))
    elif isinstance(resource, Document):
        yield from _document_routes(resource, scopes, parents)
    elif isinstance(resource, Items):
        handler = ItemsHandler(resource, guards_of(resource.template, parents))
        yield Route(
            "GET",
            resource.template,
            handler.list,
            scopes.read,
            list_key=resource.list_key,
            paging=resource.paging,
        )
    else:
        yield from _collection_routes(resource, scopes, parents)


def _document_routes(
    document: Document, scopes: Scopes, parents: Mapping[str, Guard]
) -> Iterator[Route]:
    handler = DocumentHandler(document, guards_of(document.template, parents))
    for template in (document.template, *document.aliases):
        if document.shape or document.fixed or document.embeds:
            yield Route("GET", template, handler.read, scopes.read)
        if document.put is not None:
            yield Route("PUT", template, handler.write, scopes.write)


def _collection_routes(
    collection: Collection, scopes: Scopes, parents: Mapping[str, Guard]
) -> Iterator[Route]:
    above = {
        template: guard
        for template, guard in parents.items()
        if template != collection.item_template
    }
    own_path = collection.list_template or collection.item_template.rpartition("/")[0]
    handler = CollectionHandler(collection, guards_of(own_path, above))
    if collection.list_template:
        yield Route(
            "GET",
            collection.list_template,
            handler.read_list,
            scopes.read,
            list_key=collection.list_key,
            paging=collection.paging,
            default_page=collection.default_page,
            max_page=max(collection.default_page, 2000),
        )
    if collection.clear:
        yield Route("DELETE", collection.clear, handler.clear, scopes.write)
    if collection.create:
        below = CollectionHandler(collection, guards_of(collection.create, above))
        yield Route("POST", collection.create, below.create, scopes.write)
    yield from _item_routes(collection, scopes, above)


def _item_routes(
    collection: Collection, scopes: Scopes, above: Mapping[str, Guard]
) -> Iterator[Route]:
    template = collection.item_template
    if not template:
        return
    handler = CollectionHandler(collection, guards_of(template, above))
    if collection.item_shape:
        yield Route("GET", template, handler.read, scopes.read)
    if collection.put is not None:
        yield Route(collection.update_method, template, handler.update, scopes.write)
    if collection.deletable:
        yield Route("DELETE", template, handler.delete, scopes.write)
