"""The list of all numbers and extensions of the organisation, filtered and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import LOCATION_NOT_FOUND, flag
from Space_OdT.simulator.organisation.entities import Line, Number
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.owners import FILTER_NAMES, owner_names, render_owner
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_PAGE = 2000
_COUNTS = (
    "assigned",
    "unAssigned",
    "inActive",
    "extensionOnly",
    "tollFreeNumbers",
    "total",
    "mobileNumber",
    "serviceNumber",
)
INVALID_COMBINATION = 25014

# A row of the list: a number of the inventory, or a line that has only an extension.
Entry = Number | Line
Predicate = Callable[[Organisation, Entry, str], bool]


def line_of(organisation: Organisation, entry: Entry) -> Line | None:
    """Give the line behind a row; a free number has none."""
    return entry if isinstance(entry, Line) else organisation.plan.owner_of(entry.phone_number)


def telephony_type(number: Number) -> str:
    """Tell mobile numbers from all others."""
    return "MOBILE_NUMBER" if number.number_type == "MOBILE" else "PSTN_NUMBER"


def render_entry(organisation: Organisation, entry: Entry) -> JsonObject:
    """Write one row of the numbers list."""
    line = line_of(organisation, entry)
    location = organisation.locations[entry.location_id]
    number = entry if isinstance(entry, Number) else None
    item: JsonObject = {
        "state": number.state if number else "ACTIVE",
        "phoneNumberType": line.role if line else "PRIMARY",
        "mainNumber": number is not None and location.main_number == number.phone_number,
        "includedTelephonyTypes": telephony_type(number) if number else "PSTN_NUMBER",
        "tollFreeNumber": number is not None and number.number_type == "TOLLFREE",
        "isServiceNumber": number is not None and number.service,
        "location": {"id": location.id, "name": location.name},
    }
    if number is not None:
        item["phoneNumber"] = number.phone_number
    if line is not None:
        item["owner"] = render_owner(organisation, line.owner_id, line.owner_kind)
    if line is not None and line.extension:
        item["extension"] = line.extension
        item["esn"] = (location.routing_prefix or "") + line.extension
        if location.routing_prefix:
            item["routingPrefix"] = location.routing_prefix
    return item


def _is_toll_free(entry: Entry) -> bool:
    return isinstance(entry, Number) and entry.number_type == "TOLLFREE"


def _is_service(entry: Entry) -> bool:
    return isinstance(entry, Number) and entry.service


def _as_wanted(value: str, holds: bool) -> bool:  # noqa: FBT001 - the fact to compare with
    return (value.lower() == "true") == holds


def _owner_named(organisation: Organisation, entry: Entry, value: str) -> bool:
    line = line_of(organisation, entry)
    if line is None:
        return False
    names = " ".join(owner_names(organisation, line.owner_id, line.owner_kind))
    return value.casefold() in names.casefold()


def _owner_typed(organisation: Organisation, entry: Entry, value: str) -> bool:
    line = line_of(organisation, entry)
    return line is not None and line.owner_kind == FILTER_NAMES.get(value, value)


def _owned_by(organisation: Organisation, entry: Entry, value: str) -> bool:
    line = line_of(organisation, entry)
    return line is not None and line.owner_id == canonical(value)


def _has_extension(organisation: Organisation, entry: Entry, value: str) -> bool:
    line = line_of(organisation, entry)
    return line is not None and line.extension in value.split(",")


def _has_role(organisation: Organisation, entry: Entry, value: str) -> bool:
    line = line_of(organisation, entry)
    return (line.role if line else "PRIMARY") == value


def _has_number(_: Organisation, entry: Entry, value: str) -> bool:
    return isinstance(entry, Number) and entry.phone_number in _e164(value)


_FILTERS: Mapping[str, Predicate] = {
    "locationId": lambda _, entry, value: entry.location_id == canonical(value),
    "phoneNumber": _has_number,
    "extension": _has_extension,
    "ownerId": _owned_by,
    "ownerName": _owner_named,
    "ownerType": _owner_typed,
    "phoneNumberType": _has_role,
    "numberType": lambda _, entry, value: isinstance(entry, Number) == (value == "NUMBER"),
    "state": lambda _, entry, value: isinstance(entry, Number) and entry.state == value,
    "available": lambda org, entry, value: _as_wanted(value, line_of(org, entry) is None),
    "assigned": lambda org, entry, value: _as_wanted(value, line_of(org, entry) is not None),
    "tollFreeNumbers": lambda _, entry, value: _as_wanted(value, _is_toll_free(entry)),
    "serviceNumber": lambda _, entry, value: _as_wanted(value, _is_service(entry)),
    "includedTelephonyTypes": lambda _, entry, value: (
        isinstance(entry, Number) and telephony_type(entry) in value.split(",")
    ),
}

_ORDERS: Mapping[str, Callable[[Organisation, Entry], str]] = {
    "phoneNumber": lambda _, entry: entry.phone_number or "",
    "extension": lambda org, entry: (line.extension or "") if (line := line_of(org, entry)) else "",
    "lastName": lambda org, entry: (
        owner_names(org, line.owner_id, line.owner_kind)[1] if (line := line_of(org, entry)) else ""
    ),
}


def _e164(text: str) -> list[str]:
    """Read one or more numbers; a plus sign lost in the URL has become a blank."""
    return ["+" + item.strip().lstrip("+") for item in text.split(",")]


def _candidates(organisation: Organisation, query: Mapping[str, str]) -> Iterable[Entry]:
    """Give the smallest set of rows that a dictionary can offer for a query."""
    plan = organisation.plan
    if "phoneNumber" in query:
        return [plan.numbers[item] for item in _e164(query["phoneNumber"]) if item in plan.numbers]
    if "ownerId" in query:
        return [plan.entry_of(line) for line in plan.of_owner(canonical(query["ownerId"]))]
    if "extension" in query and "locationId" in query:
        key = canonical(query["locationId"])
        lines = [plan.extension_line(key, item) for item in query["extension"].split(",")]
        return [plan.entry_of(line) for line in lines if line is not None]
    if "locationId" in query:
        return plan.entries_in(canonical(query["locationId"]))
    return plan.entries()


def _refuse_combinations(organisation: Organisation, query: Mapping[str, str]) -> None:
    if query.get("numberType") == "EXTENSION" and ("state" in query or "available" in query):
        raise ApiError(400, "state and available do not go with extensions", INVALID_COMBINATION)
    if flag(query, "available") and ("ownerType" in query or "ownerId" in query):
        raise ApiError(400, "available numbers have no owner to filter by", INVALID_COMBINATION)
    location = query.get("locationId")
    if location is not None and organisation.location(location) is None:
        raise ApiError(404, "Location not found", LOCATION_NOT_FOUND)


def select_entries(organisation: Organisation, query: Mapping[str, str]) -> list[Entry]:
    """Give the rows a query asks for, in its order.

    Args:
        organisation: The organisation.
        query: Filters of the numbers list.

    Returns:
        Numbers and extension-only lines.
    """
    entries = list(_candidates(organisation, query))
    for name, holds in _FILTERS.items():
        value = query.get(name)
        if value is not None:
            entries = [entry for entry in entries if holds(organisation, entry, value)]
    field, _, direction = query.get("order", "").partition("-")
    if field in _ORDERS:
        key = _ORDERS[field]
        entries.sort(key=lambda entry: key(organisation, entry), reverse=direction == "desc")
    return entries


def count_entries(organisation: Organisation, entries: Iterable[Entry]) -> JsonObject:
    """Count rows the way `details=true` shows them."""
    count = dict.fromkeys(_COUNTS, 0)
    for entry in entries:
        count["total"] += 1
        if isinstance(entry, Line):
            count["extensionOnly"] += 1
            continue
        owned = organisation.plan.owner_of(entry.phone_number) is not None
        count["assigned" if owned else "unAssigned"] += 1
        count["inActive"] += entry.state == "INACTIVE"
        count["tollFreeNumbers"] += entry.number_type == "TOLLFREE"
        count["mobileNumber"] += entry.number_type == "MOBILE"
        count["serviceNumber"] += entry.service
    return count


def list_numbers(world: World, request: Request) -> LazyList[Entry]:
    """Answer `GET /telephony/config/numbers`."""
    organisation = world.organisation
    _refuse_combinations(organisation, request.query)
    entries = select_entries(organisation, request.query)
    extra = None
    if flag(request.query, "details"):
        extra = {"count": count_entries(organisation, entries)}
    return LazyList(entries, lambda entry: render_entry(organisation, entry), extra)


ROUTES = (
    Route(
        "GET",
        "/telephony/config/numbers",
        list_numbers,
        scopes.TELEPHONY_READ,
        "phoneNumbers",
        "start",
        default_page=MAX_PAGE,
        max_page=MAX_PAGE,
    ),
)
