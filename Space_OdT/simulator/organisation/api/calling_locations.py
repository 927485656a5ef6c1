"""Locations as Webex Calling sees them: list, details, enabling, changing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    LOCATION_NOT_FOUND,
    body_of,
    calling_location_at,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.api.location_changes import (
    check_announcement_language,
    check_location_body,
    store_location,
)
from Space_OdT.simulator.organisation.entities import Feature, Location, OwnerKind, PstnKind
from Space_OdT.simulator.organisation.jobs import JobFamily, settle_jobs, start_job
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.pstn import offer_of
from Space_OdT.simulator.organisation.rules import (
    NUMBER_NOT_IN_LOCATION,
    adds_numbers,
    normalised_number,
    route_name,
)
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Result, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

CALLING_NAME_LENGTH = 80
CALLER_NAME_LENGTH = 30
PAGE = 1000
USER_LIMIT = 500_000
ROUTING_PREFIX = re.compile(r"\d{2,7}")
OUTSIDE_DIGIT = re.compile(r"\d{0,4}")


def _caller_id(location: Location) -> JsonObject:
    caller: JsonObject = {"phoneNumber": location.main_number}
    return {"name": location.caller_name, **caller} if location.caller_name else caller


def render_item(location: Location) -> JsonObject:
    """Write a location as the list of calling locations does."""
    item: JsonObject = {
        "id": location.id,
        "name": location.name,
        "outsideDialDigit": location.outside_dial_digit,
        "enforceOutsideDialDigit": location.enforce_outside_dial_digit,
        "callingLineId": _caller_id(location),
        "e911SetupRequired": False,
    }
    if location.routing_prefix:
        item["routingPrefix"] = location.routing_prefix
    return item


def render_details(location: Location) -> JsonObject:
    """Write a location as its calling details do."""
    item: JsonObject = {
        "id": location.id,
        "name": location.name,
        "announcementLanguage": location.announcement_language,
        "callingLineId": _caller_id(location),
        "subscriptionId": "Sub-sim000001",
        "externalCallerIdName": location.external_caller_name,
        "userLimit": USER_LIMIT,
        "pAccessNetworkInfo": location.p_access_network_info,
        "outsideDialDigit": location.outside_dial_digit,
        "enforceOutsideDialDigit": location.enforce_outside_dial_digit,
        "routingPrefix": location.routing_prefix,
        "defaultDomain": "calling.example.com",
        "chargeNumber": location.charge_number,
        "useChargeNumberForPChargeInfo": False,
    }
    if location.route_type and location.route_id:
        item["connection"] = {"type": location.route_type, "id": location.route_id}
    return {name: value for name, value in item.items() if value is not None}


def list_calling_locations(world: World, request: Request) -> LazyList[Location]:
    """Answer `GET /telephony/config/locations`."""
    items = [item for item in world.organisation.locations.values() if item.calling]
    part = request.query.get("name", "").casefold()
    items = [item for item in items if part in item.name.casefold()]
    order = request.query.get("order", "").lower()
    if order:
        items.sort(key=lambda item: item.name.casefold(), reverse="desc" in order)
    return LazyList(items, render_item)


def read_details(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/locations/{locationId}`."""
    settle_jobs(world)
    return render_details(calling_location_at(world, request))


def enable(world: World, request: Request) -> Reply:
    """Answer `POST /telephony/config/locations`: enable a location for Webex Calling."""
    body = body_of(request)
    required(body, ("id", "name", "timeZone", "preferredLanguage", "announcementLanguage"))
    check_location_body(body, complete=True, name_length=CALLING_NAME_LENGTH)
    check_announcement_language(body["announcementLanguage"])
    organisation = world.organisation
    location = organisation.location(body["id"])
    if location is None:
        raise ApiError(404, "Location not found", LOCATION_NOT_FOUND)
    if location.calling:
        raise ApiError(409, "Location is already enabled for Webex Calling")
    namesake = organisation.location_by_name(body["name"])
    if namesake is not None and namesake is not location:
        raise errors.name_taken(body["name"])
    store_location(organisation, location, body)
    location.calling = True
    world.newcomers.add(location.id)
    location.caller_name = organisation.name[:CALLER_NAME_LENGTH]
    location.external_caller_name = location.name[:CALLER_NAME_LENGTH]
    _add_voice_portal(world, location)
    return Reply(201, {"id": location.id})


def _add_voice_portal(world: World, location: Location) -> None:
    portal = Feature(
        world.next_id("VOICE_PORTAL"),
        OwnerKind.VOICE_MESSAGING,
        f"Voice portal {location.name}"[:CALLER_NAME_LENGTH],
        location.id,
    )
    world.organisation.add_feature(portal)


def _main_number(organisation: Organisation, location: Location, value: Any) -> str | None:
    number = normalised_number(value)
    entry = organisation.plan.numbers.get(number or "")
    if number and (entry is None or entry.location_id != location.id):
        raise ApiError(
            400,
            f"Phone number {number} is not in the inventory of the location",
            NUMBER_NOT_IN_LOCATION,
        )
    return number or None


def update(world: World, request: Request) -> Result:
    """Answer `PUT /telephony/config/locations/{locationId}`.

    A change of the routing prefix starts a job and answers 200 with its id, or 206 with the reason
    why only the rest of the change was made; any other change answers 204.
    """
    organisation = world.organisation
    location = calling_location_at(world, request)
    body = body_of(request)
    changes = _checked_changes(organisation, location, body)
    connection = _checked_connection(organisation, location, body.get("connection"))
    for name, value in changes.items():
        setattr(location, name, value)
    if connection is not None:
        location.pstn = PstnKind.LOCAL_GATEWAY
        location.pstn_id = offer_of(organisation.id, location.pstn)
        location.route_type, location.route_id = connection
    prefix = text_of(body, "routingPrefix")
    if prefix is None or prefix == (location.routing_prefix or ""):
        return None
    return _change_prefix(world, location, prefix)


def _checked_changes(
    organisation: Organisation, location: Location, body: JsonObject
) -> JsonObject:
    changes: JsonObject = {}
    caller = body.get("callingLineId") or {}
    if "phoneNumber" in caller:
        changes["main_number"] = _main_number(organisation, location, caller["phoneNumber"])
    if "name" in caller:
        changes["caller_name"] = _short(caller, "name")
    if "chargeNumber" in body:
        changes["charge_number"] = _main_number(organisation, location, body["chargeNumber"])
    if "externalCallerIdName" in body:
        changes["external_caller_name"] = _short(body, "externalCallerIdName") or ""
    if body.get("announcementLanguage"):
        check_announcement_language(body["announcementLanguage"])
        changes["announcement_language"] = body["announcementLanguage"]
    if "outsideDialDigit" in body:
        digit = text_of(body, "outsideDialDigit") or ""
        if not OUTSIDE_DIGIT.fullmatch(digit):
            raise errors.field_invalid("outsideDialDigit", "up to four digits expected")
        changes["outside_dial_digit"] = digit
    if "enforceOutsideDialDigit" in body:
        changes["enforce_outside_dial_digit"] = bool(body["enforceOutsideDialDigit"])
    if "pAccessNetworkInfo" in body:
        changes["p_access_network_info"] = text_of(body, "pAccessNetworkInfo")
    return changes


def _short(body: JsonObject, name: str) -> str | None:
    text = text_of(body, name)
    if text is not None and len(text) > CALLER_NAME_LENGTH:
        raise errors.field_invalid(name, f"at most {CALLER_NAME_LENGTH} characters")
    return text


def _checked_connection(
    organisation: Organisation, location: Location, connection: Any
) -> tuple[str, str] | None:
    if connection is None:
        return None
    required(connection, ("type", "id"))
    route_id = canonical(connection["id"])
    if route_name(organisation, connection["type"], route_id) is None:
        raise errors.field_invalid("connection", "no trunk or route group of that type and id")
    if location.pstn is not PstnKind.NONE and not adds_numbers(location):
        raise ApiError(400, "The PSTN connection of this location cannot be changed by API")
    return connection["type"], route_id


def _change_prefix(world: World, location: Location, prefix: str) -> Reply:
    organisation = world.organisation
    if prefix and not ROUTING_PREFIX.fullmatch(prefix):
        return Reply(206, {"failureReason": "The routing prefix must have two to seven digits"})
    for other in organisation.locations.values():
        if prefix and other is not location and other.routing_prefix == prefix:
            reason = f"The routing prefix is already used by location {other.name}"
            return Reply(206, {"failureReason": reason})
    parameters = {"location_id": location.id, "prefix": prefix}
    job = start_job(world, JobFamily.ROUTING_PREFIX, parameters, [location.id])
    return Reply(200, {"batchJobId": job.id})


_LIST = "/telephony/config/locations"

ROUTES = (
    Route(
        "GET",
        _LIST,
        list_calling_locations,
        scopes.TELEPHONY_READ,
        "locations",
        "start",
        default_page=PAGE,
        max_page=PAGE,
    ),
    Route("POST", _LIST, enable, scopes.TELEPHONY_WRITE),
    Route("GET", _LIST + "/{locationId}", read_details, scopes.TELEPHONY_READ),
    Route("PUT", _LIST + "/{locationId}", update, scopes.TELEPHONY_WRITE),
)
