"""Unknown extensions, voice portal and emergency callback number of a location."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location_at,
    one_of,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.entities import Feature, Line, Location, OwnerKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.merging import laid_over
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.owners import owner_names
from Space_OdT.simulator.organisation.rules import (
    CallingRequest,
    check_calling,
    normalised_number,
    route_name,
)
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

ROUTE_TYPES = ("ROUTE_GROUP", "TRUNK")
ELIN_MINUTES = range(5, 1441)
PASSCODE_LENGTH = 6
_SELECTED = ("LOCATION_NUMBER", "LOCATION_MEMBER_NUMBER")
_EMERGENCY_KINDS = frozenset(
    {OwnerKind.PEOPLE, OwnerKind.PLACE, OwnerKind.VIRTUAL_LINE, OwnerKind.HUNT_GROUP}
)
_PORTAL_TEXTS = ("name", "languageCode", "firstName", "lastName", "dialByName")


# Unknown extensions --------------------------------------------------------------------------


def read_internal_dialing(world: World, request: Request) -> JsonObject:
    """Answer `GET .../internalDialing`."""
    location = calling_location_at(world, request)
    item: JsonObject = {"enableUnknownExtensionRoutePolicy": location.unknown_extensions}
    kind, route_id = location.unknown_route_type, location.unknown_route_id
    if kind and route_id:
        name = route_name(world.organisation, kind, route_id)
        item["unknownExtensionRouteIdentity"] = {"id": route_id, "name": name, "type": kind}
    return item


def update_internal_dialing(world: World, request: Request) -> None:
    """Answer `PUT .../internalDialing`: enabling needs a route that exists with that type."""
    location = calling_location_at(world, request)
    body = body_of(request)
    enabled = body.get("enableUnknownExtensionRoutePolicy", location.unknown_extensions)
    if not isinstance(enabled, bool):
        raise errors.field_invalid("enableUnknownExtensionRoutePolicy", "true or false expected")
    identity = body.get("unknownExtensionRouteIdentity")
    route: tuple[str | None, str | None] = location.unknown_route_type, location.unknown_route_id
    if identity is not None:
        route = _checked_identity(world.organisation, identity)
    elif enabled and location.unknown_route_id is None:
        raise errors.field_missing("unknownExtensionRouteIdentity")
    location.unknown_extensions = enabled
    location.unknown_route_type, location.unknown_route_id = route if enabled else (None, None)


def _checked_identity(organisation: Organisation, identity: Any) -> tuple[str, str]:
    if not isinstance(identity, dict):
        raise errors.field_invalid("unknownExtensionRouteIdentity", "an object expected")
    required(identity, ("id", "type"))
    kind = one_of(identity, "type", ROUTE_TYPES)
    route_id = canonical(identity["id"])
    if route_name(organisation, kind, route_id) is None:
        raise errors.field_invalid("unknownExtensionRouteIdentity.id", f"no {kind} with this ID")
    return kind, route_id


# Voice portal --------------------------------------------------------------------------------


def _portal(organisation: Organisation, location: Location) -> Feature:
    for feature in organisation.features_of(OwnerKind.VOICE_MESSAGING):
        if feature.location_id == location.id:
            return feature
    raise errors.not_found("The voice portal of the location")


def read_voice_portal(world: World, request: Request) -> JsonObject:
    """Answer `GET .../voicePortal`."""
    organisation = world.organisation
    location = calling_location_at(world, request)
    portal = _portal(organisation, location)
    line = organisation.plan.primary(portal.id)
    item: JsonObject = {
        "id": portal.id,
        "name": portal.name,
        "language": "Spanish",
        "languageCode": location.announcement_language,
        "extension": line.extension if line else None,
        "phoneNumber": line.phone_number if line else None,
        "firstName": ".",
        "lastName": portal.name,
        "directLineCallerIdName": {"selection": "DISPLAY_NAME"},
        "dialByName": portal.name,
        **portal.settings,
    }
    return {name: value for name, value in item.items() if value is not None}


def update_voice_portal(world: World, request: Request) -> None:
    """Answer `PUT .../voicePortal`: number and extension must be free in the location."""
    organisation = world.organisation
    location = calling_location_at(world, request)
    portal = _portal(organisation, location)
    body = body_of(request)
    _check_passcode(body.get("passcode"))
    line = organisation.plan.primary(portal.id)
    number, extension = (line.phone_number, line.extension) if line else (None, None)
    if body.get("phoneNumber") is not None:
        number = normalised_number(text_of(body, "phoneNumber"))
    if body.get("extension") is not None:
        extension = text_of(body, "extension")
    wanted = CallingRequest(location, extension or None, number or None)
    check_calling(organisation, wanted, portal.id)
    written: JsonObject = {n: text_of(body, n) for n in _PORTAL_TEXTS if body.get(n) is not None}
    if isinstance(body.get("directLineCallerIdName"), dict):
        written["directLineCallerIdName"] = body["directLineCallerIdName"]
    portal.name = written.pop("name", portal.name)
    portal.settings = laid_over(portal.settings, written)
    organisation.plan.replace_primary(
        portal.id, portal.kind, location.id, wanted.phone_number, wanted.extension
    )


def _check_passcode(passcode: Any) -> None:
    if passcode is None:
        return
    required(passcode, ("newPasscode", "confirmPasscode"))
    new = str(passcode["newPasscode"])
    if new != str(passcode["confirmPasscode"]):
        raise errors.field_invalid("passcode", "the two passcodes differ")
    if not new.isdigit() or len(new) < PASSCODE_LENGTH:
        raise errors.field_invalid("passcode", f"at least {PASSCODE_LENGTH} digits expected")


# Emergency callback number -------------------------------------------------------------------


def _emergency_line(organisation: Organisation, location: Location, member: str) -> Line | None:
    for line in organisation.plan.of_owner(member):
        if line.location_id == location.id and line.owner_kind in _EMERGENCY_KINDS:
            return line
    return None


def read_emergency(world: World, request: Request) -> JsonObject:
    """Answer `GET .../features/emergencyCallbackNumber`."""
    organisation = world.organisation
    location = calling_location_at(world, request)
    main = location.main_number
    level = "LOCATION_NUMBER" if main else "NONE"
    quality = "RECOMMENDED" if main else "INVALID"
    own = {"effectiveLevel": level, "effectiveValue": main or "", "quality": quality}
    item: JsonObject = {
        "locationInfo": {"phoneNumber": main or "", "name": location.name, **own},
        "locationMemberInfo": {"effectiveLevel": "NONE", "quality": "INVALID"},
        "selected": _SELECTED[0],
        "elinExpiryTimeMinutes": location.elin_minutes,
    }
    member = location.emergency_member
    line = _emergency_line(organisation, location, member) if member else None
    if line is not None:
        item["selected"] = _SELECTED[1]
        item["locationMemberInfo"] = _member_info(organisation, line)
    return item


def _member_info(organisation: Organisation, line: Line) -> JsonObject:
    first, last = owner_names(organisation, line.owner_id, line.owner_kind)
    number = line.phone_number
    return {
        "phoneNumber": number or "",
        "firstName": first,
        "lastName": last,
        "memberId": line.owner_id,
        "memberType": line.owner_kind.value,
        "effectiveLevel": _SELECTED[1] if number else "NONE",
        "effectiveValue": number or "",
        "quality": "RECOMMENDED" if number else "NOT_RECOMMENDED",
    }


def update_emergency(world: World, request: Request) -> None:
    """Answer `PUT .../features/emergencyCallbackNumber`: the number must belong to the location."""
    organisation = world.organisation
    location = calling_location_at(world, request)
    body = body_of(request)
    required(body, ("selected",))
    selected = one_of(body, "selected", _SELECTED)
    minutes = body.get("elinExpiryTimeMinutes", location.elin_minutes)
    if not isinstance(minutes, int) or minutes not in ELIN_MINUTES:
        raise errors.field_invalid("elinExpiryTimeMinutes", "5 to 1440 minutes expected")
    member = None
    if selected == _SELECTED[1]:
        required(body, ("locationMemberId",))
        member = canonical(body["locationMemberId"])
        line = _emergency_line(organisation, location, member)
        if line is None or not line.phone_number:
            text = "has no number in the location"
            raise errors.field_invalid("locationMemberId", text)
    elif not location.main_number:
        raise ApiError(400, "The location has no main number")
    location.emergency_member, location.elin_minutes = member, minutes


_LOCATION = "/telephony/config/locations/{locationId}"
_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE

ROUTES = tuple(
    route
    for path, read, write in (
        ("internalDialing", read_internal_dialing, update_internal_dialing),
        ("voicePortal", read_voice_portal, update_voice_portal),
        ("features/emergencyCallbackNumber", read_emergency, update_emergency),
    )
    for route in (
        Route("GET", f"{_LOCATION}/{path}", read, _READ),
        Route("PUT", f"{_LOCATION}/{path}", write, _WRITE),
    )
)
