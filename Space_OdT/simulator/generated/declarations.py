"""What a line of a route table says about a generated resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.protocol import JsonObject, PageStyle, Request, Route
from Space_OdT.simulator.shapes import Shape, shape_of

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

# A value of its own for a field: fixed, or made for the subject.
Value = Any
Maker = Callable[[Subject], Any]
BodyRule = Mapping[str, Any]
Translate = Callable[["World", Request, JsonObject], JsonObject]
Shown = Callable[[Subject, JsonObject], JsonObject]


@dataclass(slots=True, frozen=True)
class Scopes:
    """Scopes of an area, any one of which admits the caller."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Document:
    """A settings document: one object at one path.

    Attributes:
        template: Path below `/v1`.
        shape: Method of the SDK that reads it, or a shape of its own.
        list_key: Key of the list that the document consists of; its items have the shape.
        fixed: Values of fields, over the generated ones; all there is when there is no shape.
            None takes a field away.
        put: Status of a PUT that changes it; None when there is no PUT.
        body: Rules for the body of the PUT.
        translate: Turns a checked body into the fields that a read shows.
        shown: Last change of what a read shows.
        aliases: Other paths of the same document.
        embeds: Field -> collection whose items it lists.
        scopes: Scopes of its own, where the area's do not fit.
    """

    template: str
    shape: str | Shape = ""
    list_key: str = ""
    fixed: Mapping[str, Value | Maker] = field(default_factory=dict)
    put: int | None = None
    body: BodyRule | None = None
    translate: Translate | None = None
    shown: Shown | None = None
    aliases: tuple[str, ...] = ()
    embeds: Mapping[str, Collection] = field(default_factory=dict)
    scopes: Scopes | None = None


@dataclass(slots=True, frozen=True)
class Items:
    """A list whose items have no path of their own.

    Attributes:
        template: Path below `/v1`.
        list_key: Key that holds the items.
        shape: Method of the SDK that lists them, or a shape of its own.
        link: Name of the thing that the items stand for (see `filling.links`), or "".
        count: Number of items; linked items are never more than there are things.
        paging: How it is cut.
        fixed: Values of fields of every item; None takes a field away.
        beside: Fields beside the list.
        scopes: Scopes of its own, where the area's do not fit.
    """

    template: str
    list_key: str
    shape: str | Shape = ""
    link: str = ""
    count: int = 3
    paging: PageStyle = "none"
    fixed: Mapping[str, Value | Maker] = field(default_factory=dict)
    beside: Mapping[str, Value | Maker] = field(default_factory=dict)
    scopes: Scopes | None = None


Where = Literal["parent", "location"]


@dataclass(slots=True, frozen=True)
class Collection:
    """Items with a list and, mostly, details of each.

    Attributes:
        name: Word for one item; names and ids are made from it.
        list_template: Path of the list; "" when the items are listed inside a document.
        list_key: Key that holds the items of the list; "" for a bare array.
        list_shape: Method of the SDK that lists, or a shape.
        item_template: Path of one item; "" when it has none.
        item_shape: Method of the SDK that reads one, or a shape; that of the list when empty.
        id_type: Resource type inside the id; "" makes a bare UUID.
        id_field: Field that holds the id.
        name_field: Field that holds the name; names are unique under one parent.
        where: `parent`: the items belong to the path above them. `location`: the list is the
            organisation's and every item belongs to a calling location.
        per_parent: Number of generated items under each parent; None makes 0 to 2.
        every: Of so many locations one has generated items, and the first always
            (`where="location"`).
        create: Path of the POST; "" when nothing can be created.
        created_status: Status of a creation.
        put: Status of an update; None when items cannot be changed.
        update_method: HTTP method of an update.
        deletable: Whether DELETE of an item is possible.
        clear: Path of the DELETE that removes all items; "" when there is none.
        path_fields: Parameters of the path of an item that repeat one of its fields.
        fixed: Values of fields of every item; None takes a field away.
        body: Rules for the body of a creation.
        embeds: Field -> collection whose items it lists.
        also: Items of locations that the list of the organisation shows after its own.
        also_query: Query parameter that asks for them; "" shows them always.
        item_shown: Last change of what a read of an item shows.
        paging: How the list is cut.
        default_page: Items of a page when the caller names no size.
        beside: Fields beside the list.
        scopes: Scopes of its own, where the area's do not fit.
    """

    name: str
    list_template: str = ""
    list_key: str = ""
    list_shape: str | Shape = ""
    item_template: str = ""
    item_shape: str | Shape = ""
    id_type: str = ""
    id_field: str = "id"
    name_field: str = "name"
    where: Where = "parent"
    per_parent: int | None = 2
    every: int = 1
    create: str = ""
    created_status: int = 201
    put: int | None = 204
    update_method: str = "PUT"
    deletable: bool = True
    clear: str = ""
    path_fields: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Value | Maker] = field(default_factory=dict)
    body: BodyRule | None = None
    embeds: Mapping[str, Collection] = field(default_factory=dict)
    also: Collection | None = None
    also_query: str = ""
    item_shown: Callable[[JsonObject], JsonObject] | None = None
    paging: PageStyle = "start"
    default_page: int = 2000
    beside: Mapping[str, Value | Maker] = field(default_factory=dict)
    scopes: Scopes | None = None

    @property
    def id_param(self) -> str:
        """Name of the parameter that holds the id of an item."""
        return self.item_template.rpartition("/")[2].strip("{}")

    @property
    def store_key(self) -> str:
        """Where the world keeps the changes."""
        return self.list_template or self.item_template or self.name


@dataclass(slots=True, frozen=True)
class Action:
    """A call that changes nothing a read would show, or answers from its body alone.

    Attributes:
        method: HTTP method.
        template: Path below `/v1`.
        status: Status of the answer.
        body: Rules for the body.
        reply: Fields of the answer; none for an empty answer.
        scopes: Scopes of its own, where the area's do not fit.
    """

    method: str
    template: str
    status: int = 204
    body: BodyRule | None = None
    reply: Mapping[str, Value | Maker] = field(default_factory=dict)
    scopes: Scopes | None = None


Resource = Document | Items | Collection | Action | Route


@dataclass(slots=True, frozen=True)
class Area:
    """A part of the API with the scopes that its resources share."""

    scopes: Scopes
    resources: tuple[Resource, ...]


def resolved(shape: str | Shape) -> Shape:
    """The shape itself, read from the SDK when only its method is named.

    `method:field` means the items of a list in what the method returns.
    """
    if not isinstance(shape, str):
        return shape
    method, _, name = shape.partition(":")
    whole = shape_of(method)
    inner = whole.field(name) if name else whole
    if inner is None:
        raise LookupError(f"{method} returns no field {name}")
    return inner.item if name and inner.item else inner


def value_of(value: Value | Maker, subject: Subject) -> Any:
    """A fixed value, or the one made for the subject."""
    return value(subject) if callable(value) else value


def fix(found: JsonObject, fixed: Mapping[str, Value | Maker], subject: Subject) -> JsonObject:
    """Put fixed values over generated ones, in place.

    Args:
        found: The generated object.
        fixed: Values by field; None takes the field away.
        subject: What it is about.

    Returns:
        The same object.
    """
    for name, given in fixed.items():
        value = value_of(given, subject)
        if value is None:
            found.pop(name, None)
        else:
            found[name] = value
    return found
