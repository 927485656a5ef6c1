"""Where a column's value stands in an API object: small pure getters, one per documented field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Item = Mapping[str, Any]
Ids = Mapping[str, Any]
Getter = Callable[[Item, Ids], Any]

_PERSON_TYPES = frozenset({"PEOPLE", "PERSON", "USER"})
_WORKSPACE_TYPES = frozenset({"WORKSPACE", "PLACE"})


def own(*names: str) -> Getter:
    """Take the first non-empty field of the object itself.

    Args:
        names: Fields, most preferred first.

    Returns:
        The getter; it yields None when all are empty.
    """
    if len(names) == 1:
        name = names[0]
        return lambda item, _ids: item.get(name)

    def get(item: Item, _ids: Ids) -> Any:
        for name in names:
            value = item.get(name)
            if value is not None and value != "":
                return value
        return None

    return get


def inside(parent: str, *names: str) -> Getter:
    """Take the first non-empty field of an object inside the object.

    Args:
        parent: Field that holds the inner object.
        names: Fields of the inner object, most preferred first.

    Returns:
        The getter; it yields None when there is no such object.
    """
    inner = own(*names)

    def get(item: Item, ids: Ids) -> Any:
        value = item.get(parent)
        return inner(value, ids) if isinstance(value, dict) else None

    return get


def request(name: str) -> Getter:
    """Take an id of the request that brought the object.

    Args:
        name: Request id.

    Returns:
        The getter.
    """
    return lambda _item, ids: ids.get(name)


def first_of(*getters: Getter) -> Getter:
    """Try getters in order.

    Args:
        getters: Most preferred first.

    Returns:
        A getter for the first non-empty value.
    """

    def get(item: Item, ids: Ids) -> Any:
        for getter in getters:
            value = getter(item, ids)
            if value is not None and value != "":
                return value
        return None

    return get


def joined(name: str, separator: str = ";") -> Getter:
    """Join a list of texts.

    Args:
        name: Field that holds the list.
        separator: Text between two entries.

    Returns:
        The getter.
    """

    def get(item: Item, _ids: Ids) -> str:
        value = item.get(name)
        return separator.join(map(str, value)) if isinstance(value, list) else str(value or "")

    return get


def first_entry(name: str) -> Getter:
    """Take the first entry of a list.

    Args:
        name: Field that holds the list.

    Returns:
        The getter; it yields None for an empty list.
    """

    def get(item: Item, _ids: Ids) -> Any:
        value = item.get(name)
        return value[0] if isinstance(value, list) and value else None

    return get


def full_name(item: Item, _ids: Ids) -> str | None:
    """Build a name from first and last name, for objects without a name of their own."""
    parts = [item.get("firstName"), item.get("lastName")]
    return " ".join(part for part in parts if part and isinstance(part, str)) or None


def other_name(item: Item, ids: Ids) -> Any:
    """Find the name of an object that has no field `name`."""
    return item.get("displayName") or full_name(item, ids)


def _entries(item: Item, name: str) -> Iterable[Item]:
    value = item.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else ()


def address_field(*names: str) -> Getter:
    """Take a field of the address, which stands inside `address`, or first in `addresses`.

    Args:
        names: The field's spellings; people's addresses have other ones than locations'.

    Returns:
        The getter.
    """
    inner = own(*names)

    def get(item: Item, ids: Ids) -> Any:
        place = item.get("address")
        if not isinstance(place, dict):
            several = item.get("addresses")
            if not isinstance(several, list) or not several or not isinstance(several[0], dict):
                return None
            place = several[0]
        return inner(place, ids)

    return get


def direct_number(item: Item, _ids: Ids) -> Any:
    """Find the number of an object without a field `directNumber`: its own, or its primary one."""
    if number := item.get("phoneNumber"):
        return number
    if isinstance(number := item.get("number"), dict):
        return number.get("external")
    return _main_number(item) if "phoneNumbers" in item else None


def _main_number(item: Item) -> Any:
    """Take the primary one of several numbers, else the first that is a work number."""
    for entry in sorted(_entries(item, "phoneNumbers"), key=lambda one: not one.get("primary")):
        value = entry.get("directNumber") or entry.get("external")
        if not value and entry.get("type") in {"work", None}:
            value = entry.get("value")
        if value:
            return value
    return None


member_id = own("memberId", "id")
member_type = own("memberType", "type")


def _member_of(kinds: frozenset[str]) -> Getter:
    def get(item: Item, ids: Ids) -> Any:
        kind = member_type(item, ids)
        return member_id(item, ids) if isinstance(kind, str) and kind.upper() in kinds else None

    return get


person_of_member = _member_of(_PERSON_TYPES)
workspace_of_member = _member_of(_WORKSPACE_TYPES)


def owner_name(item: Item, ids: Ids) -> Any:
    """Name the owner of a number."""
    owner = item.get("owner")
    return any_name(owner, ids) if isinstance(owner, dict) else None


def route_group(item: Item, _ids: Ids) -> Any:
    """Find the route group of a PSTN connection; a trunk's id is none."""
    named = item.get("routeGroupId") or item.get("premiseRouteId")
    return named or (item.get("routeId") if item.get("routeType") == "ROUTE_GROUP" else None)


any_name = first_of(own("name"), other_name)
calling_location = first_of(inside("callingData", "locationId"), inside("calling", "locationId"))
