"""Virtual lines: list, details, number, devices, creating, changing, deleting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.api.locations import render_location
from Space_OdT.simulator.organisation.documents import forget_documents_of
from Space_OdT.simulator.organisation.entities import Line, Location, OwnerKind, VirtualLine
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import (
    CallingRequest,
    check_calling,
    normalised_number,
)
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PAGE = 2000
MAX_DEVICES = 35
# Field of the body -> attribute.
_TEXTS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "displayName": "display_name",
    "announcementLanguage": "announcement_language",
    "timeZone": "time_zone",
    "callerIdFirstName": "caller_first_name",
    "callerIdLastName": "caller_last_name",
    "callerIdNumber": "caller_number",
}


def _line(organisation: Organisation, item: VirtualLine) -> Line:
    found = organisation.plan.primary(item.id)
    return found or Line(item.id, OwnerKind.VIRTUAL_LINE, item.location_id)


def _number(organisation: Organisation, item: VirtualLine) -> JsonObject:
    line = _line(organisation, item)
    prefix = organisation.locations[item.location_id].routing_prefix
    number = {
        "external": line.phone_number,
        "extension": line.extension,
        "routingPrefix": prefix if line.extension else None,
        "esn": (prefix or "") + line.extension if line.extension else None,
        "primary": True,
    }
    return {name: value for name, value in number.items() if value is not None}


def render_item(organisation: Organisation, item: VirtualLine) -> JsonObject:
    """Write a virtual line as its list does."""
    location = organisation.locations[item.location_id]
    number = item.caller_number or _line(organisation, item).phone_number
    shown = {
        "id": item.id,
        "lastName": item.last_name,
        "firstName": item.first_name,
        "callerIdLastName": item.caller_last_name,
        "callerIdFirstName": item.caller_first_name,
        "callerIdNumber": number or location.main_number,
        "externalCallerIdNamePolicy": "DIRECT_LINE",
        "number": _number(organisation, item),
        "location": {"id": location.id, "name": location.name},
        "numberOfDevicesAssigned": 0,
    }
    return {name: value for name, value in shown.items() if value is not None}


_FILTERS: Mapping[str, Callable[[Organisation, VirtualLine, str], bool]] = {
    "locationId": lambda _, item, value: item.location_id == canonical(value),
    "id": lambda _, item, value: item.id in {canonical(key) for key in value.split(",")},
    "ownerName": lambda _, item, value: (
        value.casefold() in f"{item.first_name} {item.last_name}".casefold()
    ),
    "phoneNumber": lambda org, item, value: (
        value.strip().lstrip("+") in (_line(org, item).phone_number or "")
    ),
    "locationName": lambda org, item, value: (
        value.casefold() in org.locations[item.location_id].name.casefold()
    ),
    "hasDeviceAssigned": lambda _, __, value: value.lower() == "false",
    "hasExtensionAssigned": lambda org, item, value: (
        (value.lower() == "true") == bool(_line(org, item).extension)
    ),
    "hasDnAssigned": lambda org, item, value: (
        (value.lower() == "true") == bool(_line(org, item).phone_number)
    ),
}


def list_lines(world: World, request: Request) -> LazyList[VirtualLine]:
    """Answer `GET /telephony/config/virtualLines`."""
    organisation = world.organisation
    items = list(organisation.virtual_lines.values())
    for name, matches in _FILTERS.items():
        value = request.query.get(name)
        if value is not None:
            items = [item for item in items if matches(organisation, item, value)]
    return LazyList(items, lambda item: render_item(organisation, item))


def _line_at(world: World, request: Request) -> VirtualLine:
    item = world.organisation.virtual_line(request.params["virtualLineId"])
    if item is None:
        raise errors.not_found("The virtual line with the specified ID")
    return item


def read_line(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/virtualLines/{virtualLineId}`."""
    organisation = world.organisation
    item = _line_at(world, request)
    location = organisation.locations[item.location_id]
    address = render_location(organisation, location)["address"]
    return {
        "id": item.id,
        "firstName": item.first_name,
        "lastName": item.last_name,
        "displayName": item.display_name,
        "directorySearchEnabled": item.directory_search,
        "announcementLanguage": item.announcement_language or location.announcement_language,
        "timeZone": item.time_zone or location.time_zone,
        "number": _number(organisation, item),
        "devices": [],
        "location": {"id": location.id, "name": location.name, "address": address},
    }


def read_number(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/virtualLines/{virtualLineId}/number`."""
    line = _line(world.organisation, _line_at(world, request))
    item = {"directNumber": line.phone_number, "extension": line.extension, "primary": True}
    return {"phoneNumber": {name: value for name, value in item.items() if value is not None}}


def read_devices(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/virtualLines/{virtualLineId}/devices`."""
    _line_at(world, request)
    return {
        "devices": [],
        "availableEndpointType": "SHARED_CALL_APPEARANCE",
        "maxDeviceCount": MAX_DEVICES,
    }


def _checked_line(
    organisation: Organisation, location: Location, body: JsonObject, own: VirtualLine | None
) -> CallingRequest:
    line = _line(organisation, own) if own else None
    number, extension = (line.phone_number, line.extension) if line else (None, None)
    if body.get("phoneNumber") is not None:
        number = normalised_number(text_of(body, "phoneNumber"))
    if body.get("extension") is not None:
        extension = text_of(body, "extension")
    if not number and not extension:
        raise errors.field_missing("phoneNumber or extension")
    wanted = CallingRequest(location, extension or None, number or None)
    check_calling(organisation, wanted, own.id if own else None)
    return wanted


def _store(
    organisation: Organisation, item: VirtualLine, body: JsonObject, line: CallingRequest
) -> None:
    for name, attribute in _TEXTS.items():
        value = text_of(body, name)
        if value is not None:
            setattr(item, attribute, value)
    number, extension = line.phone_number, line.extension
    kind = OwnerKind.VIRTUAL_LINE
    organisation.plan.replace_primary(item.id, kind, item.location_id, number, extension)


def create_line(world: World, request: Request) -> Reply:
    """Answer `POST /telephony/config/virtualLines`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("firstName", "lastName", "locationId"))
    location = calling_location(world, body["locationId"])
    wanted = _checked_line(organisation, location, body, None)
    first, last = str(body["firstName"]), str(body["lastName"])
    identifier = world.next_id("VIRTUAL_LINE")
    item = VirtualLine(identifier, first, last, f"{first} {last}", location.id)
    organisation.virtual_lines[item.id] = item
    _store(organisation, item, body, wanted)
    return Reply(201, {"id": item.id})


def update_line(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/virtualLines/{virtualLineId}`."""
    organisation = world.organisation
    item = _line_at(world, request)
    body = body_of(request)
    location = organisation.locations[item.location_id]
    wanted = _checked_line(organisation, location, body, item)
    _store(organisation, item, body, wanted)


def update_search(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/virtualLines/{virtualLineId}/directorySearch`."""
    item = _line_at(world, request)
    body = body_of(request)
    required(body, ("enabled",))
    item.directory_search = body["enabled"] is True


def delete_line(world: World, request: Request) -> Reply:
    """Answer `DELETE /telephony/config/virtualLines/{virtualLineId}`."""
    organisation = world.organisation
    item = _line_at(world, request)
    organisation.plan.release(item.id)
    organisation.leave_features(item.id)
    del organisation.virtual_lines[item.id]
    forget_documents_of(world, item.id)
    return Reply(204)


_LINES = "/telephony/config/virtualLines"
_LINE = f"{_LINES}/{{virtualLineId}}"
_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE

ROUTES = (
    Route(
        "GET",
        _LINES,
        list_lines,
        _READ,
        "virtualLines",
        "start",
        default_page=PAGE,
        max_page=PAGE,
    ),
    Route("POST", _LINES, create_line, _WRITE),
    Route("GET", _LINE, read_line, _READ),
    Route("PUT", _LINE, update_line, _WRITE),
    Route("DELETE", _LINE, delete_line, _WRITE),
    Route("GET", f"{_LINE}/number", read_number, _READ),
    Route("GET", f"{_LINE}/devices", read_devices, _READ),
    Route("PUT", f"{_LINE}/directorySearch", update_search, _WRITE),
)
