"""Collections: generated items by their place, and over them what was created and changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.bodies import body_object, check_body
from Space_OdT.simulator.filling import Subject, fill, project
from Space_OdT.simulator.generated.declarations import Collection, fix, resolved, value_of
from Space_OdT.simulator.generated.filters import filters_of, passes
from Space_OdT.simulator.generated.guards import Guard
from Space_OdT.simulator.generated.item_keys import PARENT, ItemKeys, Key
from Space_OdT.simulator.generated.writes import as_shown
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.merging import laid_over
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request
from Space_OdT.simulator.shapes import Shape

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World


class CollectionHandler:
    """Answers for one collection.

    Args:
        collection: Its declaration.
        guards: What has to exist above the list and the items.
    """

    def __init__(self, collection: Collection, guards: tuple[Guard, ...]) -> None:
        self.collection = collection
        self.guards = guards
        self._keys = ItemKeys(collection)
        self._embedded = {
            name: CollectionHandler(inner, ()) for name, inner in collection.embeds.items()
        }
        self._also = CollectionHandler(collection.also, ()) if collection.also else None

    def _find(self, world: World, request: Request) -> Key:
        parent = self._keys.parent_of(request)
        wanted = canonical(request.params[self.collection.id_param])
        for key in self._keys.candidates(world, request, parent):
            if (
                key.id == wanted
                and (not parent or key.parent == parent)
                and self._fits_path(world, key, request)
            ):
                return key
        raise errors.not_found(f"The {self.collection.name} with the specified ID")

    def _fits_path(self, world: World, key: Key, request: Request) -> bool:
        fields = self.collection.path_fields
        if not fields:
            return True
        full = self.full(world, key)
        return all(full.get(field) == request.params[name] for name, field in fields.items())

    def _shapes(self) -> list[Shape]:
        given = (self.collection.list_shape, self.collection.item_shape)
        return [resolved(shape) for shape in given if shape]

    # What an item says -------------------------------------------------------------------------

    def full(self, world: World, key: Key) -> JsonObject:
        """Everything about one item."""
        collection = self.collection
        subject = Subject(world, f"{collection.name}|{key.parent}|{key.id}", key.params)
        subject.index = key.index or 0
        subject.is_new = key.index is None
        found: JsonObject = {}
        for shape in self._shapes():
            found.update(fill(shape, subject))
        found[collection.id_field] = key.id
        if collection.name_field and key.index is not None:
            found[collection.name_field] = f"{collection.name.capitalize()} {key.index + 1}"
        fix(found, collection.fixed, subject)
        changed = self._keys.changes(world).changed.get(key.id, {})
        return laid_over(found, {name: value for name, value in changed.items() if name != PARENT})

    def listed(self, world: World, key: Key) -> JsonObject:
        """One item as a list shows it."""
        full = self.full(world, key)
        shape = self.collection.list_shape
        if not shape:
            return full
        shown = project(resolved(shape), full)
        # The library has one model for list and details; what lies below is in the details only.
        for name in self.collection.embeds:
            shown.pop(name, None)
        shown[self.collection.id_field] = key.id
        return shown

    def listed_under(self, world: World, request: Request) -> list[JsonObject]:
        """The items as a document above them lists them."""
        parent = self._keys.parent_of(request)
        return [self.listed(world, key) for key in self._keys.under(world, parent, request.params)]

    # Requests ----------------------------------------------------------------------------------

    def _check(self, world: World, request: Request) -> None:
        for guard in self.guards:
            guard(world, request)

    def read_list(self, world: World, request: Request) -> Sequence[JsonObject]:
        """Answer a GET of the list."""
        self._check(world, request)
        sources = [(self, key) for key in self.keys_of_list(world, request)]
        also = self._also
        if also is not None and self.collection.also_query in ("", *request.query):
            sources += [(also, key) for key in also.keys_of_list(world, request)]
        subject = Subject(world, self.collection.store_key, request.params)
        beside = {name: value_of(value, subject) for name, value in self.collection.beside.items()}
        filters = filters_of(request.query)
        if not filters:
            return LazyList(sources, lambda source: source[0].listed(world, source[1]), beside)
        items = (handler.listed(world, key) for handler, key in sources)
        shown = [item for item in items if passes(item, filters)]
        return LazyList(shown, lambda item: item, beside)

    def keys_of_list(self, world: World, request: Request) -> list[Key]:
        """The items that the list shows."""
        if self.collection.where == "location":
            return self._keys.everywhere(world)
        return self._keys.under(world, self._keys.parent_of(request), request.params)

    def exists(self, world: World, request: Request) -> None:
        """Check the item of the path, for what lies below it.

        Raises:
            ApiError: 404.
        """
        self._find(world, request)

    def read(self, world: World, request: Request) -> JsonObject:
        """Answer a GET of one item."""
        self._check(world, request)
        found = self.full(world, self._find(world, request))
        for name, handler in self._embedded.items():
            found[name] = handler.listed_under(world, request)
        shown = self.collection.item_shown
        return shown(found) if shown else found

    def create(self, world: World, request: Request) -> Reply:
        """Answer a POST."""
        self._check(world, request)
        collection = self.collection
        body = body_object(request)
        if collection.body is not None:
            check_body(body, collection.body)
        parent = self._keys.parent_of(request)
        self._refuse_duplicate(world, request, parent, body)
        item_id = self._keys.formed_id(world.next_id(collection.id_type or "X"))
        world.newcomers.add(item_id)
        shown = as_shown(world, request, self._shapes(), body)
        item = {**shown, collection.id_field: item_id, PARENT: parent}
        self._keys.changes_to_write(world).changed[item_id] = item
        return Reply(collection.created_status, {"id": item_id})

    def _refuse_duplicate(
        self, world: World, request: Request, parent: str, body: JsonObject, own_id: str = ""
    ) -> None:
        field = self.collection.name_field
        wanted = body.get(field)
        if not field or not isinstance(wanted, str):
            return
        for key in self._keys.under(world, parent, request.params):
            if key.id != own_id and str(self.full(world, key).get(field)) == wanted:
                raise errors.name_taken(wanted)

    def update(self, world: World, request: Request) -> Reply:
        """Answer a PUT of one item."""
        self._check(world, request)
        key = self._find(world, request)
        body = dict(body_object(request))
        if "newName" in body:
            body[self.collection.name_field] = body.pop("newName")
        self._refuse_duplicate(world, request, key.parent, body, key.id)
        changes = self._keys.changes_to_write(world)
        before = changes.changed.get(key.id, {PARENT: key.parent})
        body.pop(self.collection.id_field, None)
        shown = as_shown(world, request, self._shapes(), body)
        changes.changed[key.id] = laid_over(before, shown)
        status = self.collection.put or 204
        return Reply(status, None if status == 204 else {"id": key.id})  # noqa: PLR2004

    def delete(self, world: World, request: Request) -> None:
        """Answer a DELETE of one item."""
        self._check(world, request)
        self._remove(world, self._find(world, request))

    def clear(self, world: World, request: Request) -> None:
        """Answer a DELETE of the whole list."""
        self._check(world, request)
        for key in self._keys.under(world, self._keys.parent_of(request), request.params):
            self._remove(world, key)

    def _remove(self, world: World, key: Key) -> None:
        changes = self._keys.changes_to_write(world)
        changes.changed.pop(key.id, None)
        if key.index is not None:
            changes.deleted.add(key.id)
