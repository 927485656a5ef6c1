"""Collections: generated items by their place, and over them what was created and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.filling import Subject, fill, project
from Space_OdT.simulator.generated.bodies import body_object, check_body
from Space_OdT.simulator.generated.declarations import Collection, fix, resolved, value_of
from Space_OdT.simulator.generated.guards import Guard
from Space_OdT.simulator.organisation.keys import canonical, uuid_of
from Space_OdT.simulator.organisation.merging import laid_over
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request
from Space_OdT.simulator.world import CollectionChanges

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PARENT = "_parent"
_FILTERED = ("name", "displayName", "locationId", "type", "limitToLocationId")
_EVERYWHERE = "all"


@dataclass(slots=True, frozen=True)
class Key:
    """Finds one item.

    Attributes:
        id: Its id.
        parent: Where it belongs: id of the location, or path of the thing above it.
        index: Number of a generated item; None for a created one.
        params: Path parameters that its content refers to.
    """

    id: str
    parent: str
    index: int | None
    params: Mapping[str, str]


class CollectionHandler:
    """Answers for one collection.

    Args:
        collection: Its declaration.
        guards: What has to exist above the list and the items.
    """

    def __init__(self, collection: Collection, guards: tuple[Guard, ...]) -> None:
        self.collection = collection
        self.guards = guards
        self._embedded = {
            name: CollectionHandler(inner, ()) for name, inner in collection.embeds.items()
        }
        self._also = CollectionHandler(collection.also, ()) if collection.also else None

    # Which items there are ---------------------------------------------------------------------

    def _changes(self, world: World) -> CollectionChanges:
        return world.collections.get(self.collection.store_key) or CollectionChanges()

    def _changes_to_write(self, world: World) -> CollectionChanges:
        return world.collections.setdefault(self.collection.store_key, CollectionChanges())

    def _parent(self, request: Request) -> str:
        if self.collection.where == "location":
            return canonical(request.params.get("locationId", ""))
        names = self.collection.item_template or self.collection.list_template
        left_out = {self.collection.id_param, *self.collection.path_fields}
        return "/".join(
            canonical(value)
            for name, value in request.params.items()
            if name not in left_out and f"{{{name}}}" in names
        )

    def _keys_under(self, world: World, parent: str, params: Mapping[str, str]) -> list[Key]:
        """All items of one parent, generated ones first."""
        changes = self._changes(world)
        found = [
            key
            for key in self._generated_keys(world, parent, params)
            if key.id not in changes.deleted
        ]
        known = {key.id for key in found}
        for item_id, item in changes.changed.items():
            if item_id not in known and item.get(PARENT) == parent:
                found.append(Key(item_id, parent, None, params))
        return found

    def _generated_keys(self, world: World, parent: str, params: Mapping[str, str]) -> list[Key]:
        collection = self.collection
        count = collection.per_parent
        if count is None:
            count = Subject(world, f"{collection.name}|{parent}").draw("count", 3)
        return [
            Key(self._new_id(world, parent, index), parent, index, params) for index in range(count)
        ]

    def _new_id(self, world: World, *keys: object) -> str:
        return self._formed_id(
            world.new_id(self.collection.id_type or "X", self.collection.name, *keys)
        )

    def _formed_id(self, public_id: str) -> str:
        return public_id if self.collection.id_type else uuid_of(public_id)

    def _all_keys(self, world: World) -> list[Key]:
        """Items of all locations, in their order."""
        return [
            key
            for location_id in world.organisation.calling_location_ids()
            for key in self._keys_at(world, location_id)
        ]

    def _keys_at(self, world: World, location_id: str) -> list[Key]:
        """Items of one location; generated ones only where the location has some."""
        keys = self._keys_under(world, location_id, {"locationId": location_id})
        if self.collection.every == 1 or self._has_generated(world, location_id):
            return keys
        return [key for key in keys if key.index is None]

    def _has_generated(self, world: World, location_id: str) -> bool:
        subject = Subject(world, f"{self.collection.name}|{location_id}")
        first = world.organisation.calling_location_ids()[0]
        return location_id == first or subject.draw("has", self.collection.every) == 0

    def _candidates(self, world: World, request: Request, parent: str) -> list[Key]:
        if self.collection.where == "parent":
            return self._keys_under(world, parent, request.params)
        return self._keys_at(world, parent) if parent else self._all_keys(world)

    def _find(self, world: World, request: Request) -> Key:
        parent = self._parent(request)
        wanted = canonical(request.params[self.collection.id_param])
        for key in self._candidates(world, request, parent):
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

    # What an item says -------------------------------------------------------------------------

    def full(self, world: World, key: Key) -> JsonObject:
        """Everything about one item."""
        collection = self.collection
        subject = Subject(world, f"{collection.name}|{key.parent}|{key.id}", key.params)
        subject.index = key.index or 0
        found: JsonObject = {}
        for shape in (collection.list_shape, collection.item_shape):
            if shape:
                found.update(fill(resolved(shape), subject))
        found[collection.id_field] = key.id
        if collection.name_field and key.index is not None:
            found[collection.name_field] = f"{collection.name.capitalize()} {key.index + 1}"
        fix(found, collection.fixed, subject)
        changed = self._changes(world).changed.get(key.id, {})
        return laid_over(found, {name: value for name, value in changed.items() if name != PARENT})

    def listed(self, world: World, key: Key) -> JsonObject:
        """One item as a list shows it."""
        full = self.full(world, key)
        shape = self.collection.list_shape
        if not shape:
            return full
        shown = project(resolved(shape), full)
        shown[self.collection.id_field] = key.id
        return shown

    def listed_under(self, world: World, request: Request) -> list[JsonObject]:
        """The items as a document above them lists them."""
        parent = self._parent(request)
        return [self.listed(world, key) for key in self._keys_under(world, parent, request.params)]

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
        filters = _filters(request.query)
        if not filters:
            return LazyList(sources, lambda source: source[0].listed(world, source[1]), beside)
        items = (handler.listed(world, key) for handler, key in sources)
        shown = [item for item in items if _passes(item, filters)]
        return LazyList(shown, lambda item: item, beside)

    def keys_of_list(self, world: World, request: Request) -> list[Key]:
        """The items that the list shows."""
        if self.collection.where == "location":
            return self._all_keys(world)
        return self._keys_under(world, self._parent(request), request.params)

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
        parent = self._parent(request)
        self._refuse_duplicate(world, request, parent, body)
        item_id = self._formed_id(world.next_id(collection.id_type or "X"))
        item = {**body, collection.id_field: item_id, PARENT: parent}
        self._changes_to_write(world).changed[item_id] = item
        return Reply(collection.created_status, {"id": item_id})

    def _refuse_duplicate(
        self, world: World, request: Request, parent: str, body: JsonObject, own_id: str = ""
    ) -> None:
        field = self.collection.name_field
        wanted = body.get(field)
        if not field or not isinstance(wanted, str):
            return
        for key in self._keys_under(world, parent, request.params):
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
        changes = self._changes_to_write(world)
        before = changes.changed.get(key.id, {PARENT: key.parent})
        body.pop(self.collection.id_field, None)
        changes.changed[key.id] = laid_over(before, body)
        status = self.collection.put or 204
        return Reply(status, None if status == 204 else {"id": key.id})  # noqa: PLR2004

    def delete(self, world: World, request: Request) -> None:
        """Answer a DELETE of one item."""
        self._check(world, request)
        self._remove(world, self._find(world, request))

    def clear(self, world: World, request: Request) -> None:
        """Answer a DELETE of the whole list."""
        self._check(world, request)
        for key in self._keys_under(world, self._parent(request), request.params):
            self._remove(world, key)

    def _remove(self, world: World, key: Key) -> None:
        changes = self._changes_to_write(world)
        changes.changed.pop(key.id, None)
        if key.index is not None:
            changes.deleted.add(key.id)


def _filters(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of a query, under the names of the fields they look at."""
    found = {name: query[name] for name in _FILTERED if query.get(name)}
    limit = found.pop("limitToLocationId", None)
    if limit is not None:
        found["locationId"] = limit
    if found.get("locationId") == _EVERYWHERE:
        del found["locationId"]
    return found


def _passes(item: JsonObject, filters: Mapping[str, str]) -> bool:
    for name, wanted in filters.items():
        value = item.get(name)
        if value is None and name == "locationId":
            value = (item.get("location") or {}).get("id", "")
        if isinstance(value, str) and not _matches(name, value, wanted):
            return False
    return True


def _matches(name: str, value: str, wanted: str) -> bool:
    if name in ("name", "displayName"):
        return wanted.casefold() in value.casefold()
    return canonical(value) == canonical(wanted)
