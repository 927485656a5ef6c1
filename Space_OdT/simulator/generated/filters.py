"""Filters of lists: by name, type and location, as query parameters name them."""

from __future__ import annotations

from collections.abc import Mapping

from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.protocol import JsonObject

_FILTERED = ("name", "displayName", "locationId", "type", "limitToLocationId")
_EVERYWHERE = "all"


def filters_of(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of a query, under the names of the fields they look at."""
    found = {name: query[name] for name in _FILTERED if query.get(name)}
    limit = found.pop("limitToLocationId", None)
    if limit is not None:
        found["locationId"] = limit
    if found.get("locationId") == _EVERYWHERE:
        del found["locationId"]
    return found


def passes(item: JsonObject, filters: Mapping[str, str]) -> bool:
    """Tell whether an item is what the filters ask for; what it does not tell passes."""
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
