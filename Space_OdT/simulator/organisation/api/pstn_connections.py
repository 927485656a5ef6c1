"""The PSTN connection of a location: what there is, what may be chosen, choosing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location_at,
    one_of,
    required,
)
from Space_OdT.simulator.organisation.api.available_numbers import render_available
from Space_OdT.simulator.organisation.entities import Location, Number, PstnKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.pstn import OFFERS, PstnOffer, offer_of
from Space_OdT.simulator.organisation.rules import adds_numbers, route_name
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

NO_CONNECTION = 25404
ROUTE_TYPES = ("ROUTE_GROUP", "TRUNK")
_BASE = "/telephony/pstn/locations/{locationId}"


def read_connection(world: World, request: Request) -> JsonObject:
    """Answer `GET .../connection`; a location without one answers 404."""
    location = calling_location_at(world, request)
    if location.pstn is PstnKind.NONE:
        raise ApiError(404, "No PSTN connection is configured for the location", NO_CONNECTION)
    offer = next(item for item in OFFERS if item.kind is location.pstn)
    item = {**_option(world, offer), "pstnConnectionType": location.pstn.value}
    if location.route_type and location.route_id:
        item |= {"routeType": location.route_type, "routeId": location.route_id}
    return item


def _option(world: World, offer: PstnOffer) -> JsonObject:
    return {
        "id": offer_of(world.organisation.id, offer.kind),
        "displayName": offer.display_name,
        "pstnServices": list(offer.services),
    }


def list_options(world: World, request: Request) -> list[JsonObject]:
    """Answer `GET .../connectionOptions`."""
    calling_location_at(world, request)
    service = request.query.get("serviceTypes")
    offers = [item for item in OFFERS if service is None or service in item.services]
    return [_option(world, offer) for offer in offers]


def configure(world: World, request: Request) -> None:
    """Answer `PUT .../connection`: only premises and non-integrated carriers can be set."""
    location = calling_location_at(world, request)
    body = body_of(request)
    kind = _wanted_kind(world, body)
    if location.pstn is not PstnKind.NONE and not adds_numbers(location):
        raise ApiError(400, "The PSTN connection of this location cannot be changed by API")
    if kind is PstnKind.LOCAL_GATEWAY:
        route = _checked_route(world, body)
        location.route_type, location.route_id = route
    else:
        location.route_type = location.route_id = None
    location.pstn = kind
    location.pstn_id = offer_of(world.organisation.id, kind)


def _wanted_kind(world: World, body: JsonObject) -> PstnKind:
    if body.get("id") is None:
        required(body, ("premiseRouteType", "premiseRouteId"))
        return PstnKind.LOCAL_GATEWAY
    wanted = canonical(body["id"])
    offers = {offer_of(world.organisation.id, item.kind): item for item in OFFERS}
    offer = offers.get(wanted)
    if offer is None:
        raise errors.field_invalid("id", "not a PSTN connection option of this location")
    if offer.kind not in {PstnKind.LOCAL_GATEWAY, PstnKind.NON_INTEGRATED_CCP}:
        raise ApiError(400, f"{offer.display_name} cannot be configured by API")
    return offer.kind


def _checked_route(world: World, body: JsonObject) -> tuple[str, str]:
    required(body, ("premiseRouteType", "premiseRouteId"))
    kind = one_of(body, "premiseRouteType", ROUTE_TYPES)
    route_id = canonical(body["premiseRouteId"])
    if route_name(world.organisation, kind, route_id) is None:
        raise errors.field_invalid("premiseRouteId", f"no {kind} with this ID")
    return kind, route_id


def list_modifiable(world: World, request: Request) -> LazyList[Number]:
    """Answer `GET .../numbers/availableNumbers`: what a change of state or a removal may name."""
    organisation = world.organisation
    location = calling_location_at(world, request)
    inventory = organisation.plan.in_location(location.id)
    numbers = [number for number in inventory if _modifiable(world, location, number)]
    action = request.query.get("action")
    if action in {"ACTIVATE", "DEACTIVATE"}:
        state = "INACTIVE" if action == "ACTIVATE" else "ACTIVE"
        numbers = [number for number in numbers if number.state == state]
    return LazyList(numbers, lambda number: _modifiable_item(world, number))


def _modifiable(world: World, location: Location, number: Number) -> bool:
    free = world.organisation.plan.owner_of(number.phone_number) is None
    return adds_numbers(location) and free and location.main_number != number.phone_number


def _modifiable_item(world: World, number: Number) -> JsonObject:
    item = render_available(world.organisation, number, owner=False)
    main = item.pop("isMainNumber")
    return {**item, "mainNumber": main, "isELIN": False, "isReservedNumber": False}


ROUTES = (
    Route("GET", f"{_BASE}/connection", read_connection, scopes.PSTN_READ),
    Route("PUT", f"{_BASE}/connection", configure, scopes.PSTN_WRITE),
    Route("GET", f"{_BASE}/connectionOptions", list_options, scopes.PSTN_READ, "items"),
    Route(
        "GET",
        f"{_BASE}/numbers/availableNumbers",
        list_modifiable,
        scopes.TELEPHONY_READ,
        "phoneNumbers",
    ),
)
