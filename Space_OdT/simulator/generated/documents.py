"""Settings documents: generated at first, and as they were last written from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from Space_OdT.simulator.bodies import body_object, check_body, check_types
from Space_OdT.simulator.filling import Subject, fill
from Space_OdT.simulator.generated.catalogue import CollectionHandler
from Space_OdT.simulator.generated.declarations import Document, fix, resolved
from Space_OdT.simulator.generated.guards import Guard
from Space_OdT.simulator.generated.writes import as_shown
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.merging import laid_over
from Space_OdT.simulator.protocol import JsonObject, Reply, Request
from Space_OdT.simulator.shapes import Kind, Shape

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World


def path_of(template: str, params: Mapping[str, str]) -> str:
    """The path of a thing, the same however its ids were padded."""
    return template.format_map({name: canonical(value) for name, value in params.items()})


class DocumentHandler:
    """Reads and writes one kind of document.

    Args:
        document: Its declaration.
        guards: What has to exist.
    """

    def __init__(self, document: Document, guards: tuple[Guard, ...]) -> None:
        self.document = document
        self.guards = guards
        self._embedded = {
            name: CollectionHandler(collection, ()) for name, collection in document.embeds.items()
        }

    def read(self, world: World, request: Request) -> JsonObject:
        """Answer a GET."""
        for guard in self.guards:
            guard(world, request)
        path = path_of(self.document.template, request.params)
        generated = self.generated(Subject(world, path, request.params))
        found = laid_over(generated, world.documents.get(path, {}))
        for name, handler in self._embedded.items():
            found[name] = handler.listed_under(world, request)
        shown = self.document.shown
        return shown(Subject(world, path, request.params), found) if shown else found

    def generated(self, subject: Subject) -> JsonObject:
        """The document as nobody has touched it."""
        document = self.document
        found: JsonObject = {}
        if document.list_key:
            items = Shape(Kind.LIST, item=resolved(document.shape))
            found[document.list_key] = fill(items, subject, document.list_key)
        elif document.shape:
            found = fill(resolved(document.shape), subject)
        return fix(found, document.fixed, subject)

    def write(self, world: World, request: Request) -> Reply:
        """Answer a PUT: lay the body over what is there."""
        for guard in self.guards:
            guard(world, request)
        document = self.document
        body = body_object(request)
        if document.body is not None:
            check_body(body, document.body)
        elif document.shape and not document.list_key:
            check_types(body, resolved(document.shape))
        if document.translate is not None:
            body = document.translate(world, request, body)
        elif document.shape:
            body = as_shown(world, request, [resolved(document.shape)], body)
        path = path_of(document.template, request.params)
        world.documents[path] = laid_over(world.documents.get(path, {}), body)
        status = document.put or 204
        return Reply(status, None if status == 204 else self.read(world, request))  # noqa: PLR2004
