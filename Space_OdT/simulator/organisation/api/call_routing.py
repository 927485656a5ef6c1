"""Test of where a dialled string goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import body_of, one_of, required
from Space_OdT.simulator.organisation.api.tables import place
from Space_OdT.simulator.organisation.entities import Line, Location, OwnerKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.owners import owner_names
from Space_OdT.simulator.organisation.routes import Destination, route_call
from Space_OdT.simulator.organisation.rules import EMERGENCY_NUMBERS
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

ORIGINATORS = ("PEOPLE", "TRUNK")
_AGENTS = frozenset({OwnerKind.PEOPLE, OwnerKind.PLACE, OwnerKind.VIRTUAL_LINE})


def _origin(world: World, body: JsonObject) -> Location:
    organisation = world.organisation
    identifier = canonical(body["originatorId"])
    if one_of(body, "originatorType", ORIGINATORS) == "TRUNK":
        trunk = organisation.trunks.get(identifier)
        location_id = trunk.location_id if trunk else None
    else:
        person = organisation.people.get(identifier)
        calling = person is not None and organisation.is_calling_person(identifier)
        location_id = person.location_id if person is not None and calling else None
    if location_id is None:
        raise errors.field_invalid("originatorId", "a calling person or a trunk expected")
    return organisation.locations[location_id]


def _route_fields(organisation: Organisation, kind: str | None, route_id: str | None) -> JsonObject:
    """Name a trunk, with its location, or a route group."""
    if not kind or not route_id:
        return {}
    if kind == "ROUTE_GROUP":
        group = organisation.route_groups[route_id]
        return {"routeGroupName": group.name, "routeGroupId": group.id}
    trunk = organisation.trunks[route_id]
    location = organisation.locations[trunk.location_id]
    return {
        "trunkName": trunk.name,
        "trunkId": trunk.id,
        "trunkLocationName": location.name,
        "trunkLocationId": location.id,
    }


def _answered(organisation: Organisation, line: Line) -> JsonObject:
    location = organisation.locations[line.location_id]
    first, last = owner_names(organisation, line.owner_id, line.owner_kind)
    common = {
        "id": line.owner_id,
        "type": line.owner_kind.value,
        "locationName": location.name,
        "locationId": location.id,
        **({"phoneNumber": line.phone_number} if line.phone_number else {}),
        **({"extension": line.extension} if line.extension else {}),
    }
    if line.owner_kind not in _AGENTS:
        return {"destinationType": "HOSTED_FEATURE", "hostedFeature": {**common, "name": last}}
    names = {"firstName": first or ".", "lastName": last}
    return {"destinationType": "HOSTED_AGENT", "hostedAgent": {**common, **names}}


def _described(organisation: Organisation, found: Destination, origin: Location) -> JsonObject:
    if found.emergency:
        return {"destinationType": "EMERGENCY"}
    if found.line is not None:
        return _answered(organisation, found.line)
    if found.virtual is not None:
        item = found.virtual
        names = {"firstName": item.first_name, "lastName": item.last_name}
        shown = {"id": item.id, "extension": item.extension, "phoneNumber": item.phone_number}
        home = organisation.locations.get(item.location_id or "", origin)
        where = {"locationName": home.name, "locationId": home.id}
        described = {**shown, **names, **where, "displayName": item.display_name}
        return {"destinationType": "VIRTUAL_EXTENSION", "virtualExtension": described}
    if found.virtual_range is not None:
        block, pattern = found.virtual_range
        home = organisation.locations.get(block.location_id or "", origin)
        where = {"locationName": home.name, "locationId": home.id}
        shown = {"id": block.id, "name": block.name, "prefix": block.prefix}
        described = {**shown, **where, "pattern": pattern}
        return {"destinationType": "VIRTUAL_EXTENSION_RANGE", "virtualExtensionRange": described}
    return _outside(organisation, found, origin)


def _outside(organisation: Organisation, found: Destination, origin: Location) -> JsonObject:
    if found.plan is not None:
        plan, pattern = found.plan
        shown = {"dialPlanName": plan.name, "dialPlanId": plan.id, "dialPattern": pattern}
        route = _route_fields(organisation, plan.route_type, plan.route_id)
        return {"destinationType": "PBX_USER", "pbxUser": {**shown, **route}}
    if found.unknown_route is not None:
        home = found.unknown_route
        route = _route_fields(organisation, home.unknown_route_type, home.unknown_route_id)
        return {"destinationType": "UNKNOWN_EXTENSION", "unknownExtension": route}
    if found.pstn_location is not None:
        route = _route_fields(organisation, origin.route_type, origin.route_id)
        return {"destinationType": "PSTN_NUMBER", "pstnNumber": route}
    return {"destinationType": "UNKNOWN_NUMBER", "unknownNumber": {}}


def test_call_routing(world: World, request: Request) -> JsonObject:
    """Answer `POST /telephony/config/actions/testCallRouting/invoke`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("originatorId", "originatorType", "destination"))
    origin = _origin(world, body)
    dialled = str(body["destination"]).strip()
    digits = dialled.removeprefix("tel:").replace(" ", "").replace("-", "")
    if not digits.lstrip("+").isdigit():
        raise ApiError(400, "The destination has no digits that could be dialled")
    found = route_call(organisation, origin, digits, EMERGENCY_NUMBERS)
    described = _described(organisation, found, origin)
    return {
        "language": origin.announcement_language,
        "timeZone": origin.time_zone,
        "routingAddress": digits,
        "outsideAccessCode": origin.outside_dial_digit,
        "isRejected": described["destinationType"] == "UNKNOWN_NUMBER",
        "originatorLocation": place(origin),
        **described,
    }


ROUTES = (
    Route(
        "POST",
        "/telephony/config/actions/testCallRouting/invoke",
        test_call_routing,
        scopes.TELEPHONY_WRITE,
    ),
)
