"""What the handlers of named things share: finding one, listing some, unique names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.entities import Location
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.routes import route_in_use
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request


class Named(Protocol):
    """Anything with an id and a name."""

    id: str
    name: str


N = TypeVar("N", bound=Named)


def named(table: Mapping[str, N], request: Request, param: str, what: str) -> N:
    """Find the thing of the path.

    Args:
        table: Things by id.
        request: The request.
        param: Name of the path segment with the id.
        what: Word for the refusal.

    Returns:
        The thing.

    Raises:
        ApiError: 404 for an unknown id.
    """
    item = table.get(canonical(request.params[param]))
    if item is None:
        raise errors.not_found(f"The {what} with the specified ID")
    return item


def named_list(table: Mapping[str, N], request: Request, parameter: str) -> list[N]:
    """Give the things whose name contains what a query parameter says, in the asked order."""
    part = request.query.get(parameter, "").casefold()
    items = [item for item in table.values() if part in item.name.casefold()]
    order = request.query.get("order", "").lower()
    if order:
        items.sort(key=lambda item: item.name.casefold(), reverse="desc" in order)
    return items


def refuse_taken(items: Iterable[Named], name: Any, own: Named | None = None) -> None:
    """Refuse a name that another thing has.

    Raises:
        ApiError: 400 when it is no text, 409 when it is taken.
    """
    if not isinstance(name, str):
        raise errors.field_invalid("name", "text expected")
    if any(item is not own and item.name.casefold() == name.casefold() for item in items):
        raise errors.name_taken(name)


def refuse_in_use(organisation: Organisation, route_id: str, name: str) -> None:
    """Refuse to delete a trunk or route group that something uses.

    Raises:
        ApiError: 409.
    """
    if route_in_use(organisation, route_id):
        raise ApiError(409, f"{name} is in use and cannot be deleted")


def place(location: Location) -> JsonObject:
    """Write a location as `{id, name}`."""
    return {"id": location.id, "name": location.name}


def owner_of_all(organisation: Organisation) -> JsonObject:
    """Write the organisation as `{id, name}`."""
    return {"id": organisation.id, "name": organisation.name}
