"""Route lists: numbers reached through a route group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location,
    one_of,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.api.route_groups import group_item
from Space_OdT.simulator.organisation.api.tables import (
    named,
    named_list,
    place,
    refuse_taken,
)
from Space_OdT.simulator.organisation.entities import RouteList
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import E164
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World


def route_list_item(organisation: Organisation, item: RouteList) -> JsonObject:
    """Write a route list as lists do."""
    location = organisation.locations[item.location_id]
    return {
        "id": item.id,
        "name": item.name,
        "locationId": location.id,
        "locationName": location.name,
        "routeGroupId": item.route_group_id,
        "routeGroupName": organisation.route_groups[item.route_group_id].name,
    }


def list_route_lists(world: World, request: Request) -> LazyList[RouteList]:
    """Answer `GET .../routeLists`."""
    organisation = world.organisation
    items = named_list(organisation.route_lists, request, "name")
    if "locationId" in request.query:
        wanted = canonical(request.query["locationId"])
        items = [item for item in items if item.location_id == wanted]
    return LazyList(items, lambda item: route_list_item(organisation, item))


def read_route_list(world: World, request: Request) -> JsonObject:
    """Answer `GET .../routeLists/{routeListId}`."""
    organisation = world.organisation
    item = named(organisation.route_lists, request, "routeListId", "route list")
    return {
        "id": item.id,
        "name": item.name,
        "location": place(organisation.locations[item.location_id]),
        "routeGroup": group_item(organisation, organisation.route_groups[item.route_group_id]),
    }


def _checked_group(organisation: Organisation, identifier: Any) -> str:
    group_id = canonical(identifier)
    if group_id not in organisation.route_groups:
        raise errors.field_invalid("routeGroupId", "no route group with this ID")
    return group_id


def create_route_list(world: World, request: Request) -> Reply:
    """Answer `POST .../routeLists`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("name", "locationId", "routeGroupId"))
    location = calling_location(world, body["locationId"])
    group_id = _checked_group(organisation, body["routeGroupId"])
    refuse_taken(organisation.route_lists.values(), body["name"])
    item = RouteList(world.next_id("ROUTE_LIST"), body["name"], location.id, group_id)
    organisation.route_lists[item.id] = item
    return Reply(201, {"id": item.id})


def update_route_list(world: World, request: Request) -> None:
    """Answer `PUT .../routeLists/{routeListId}`."""
    organisation = world.organisation
    item = named(organisation.route_lists, request, "routeListId", "route list")
    body = body_of(request)
    group_id = item.route_group_id
    if body.get("routeGroupId"):
        group_id = _checked_group(organisation, body["routeGroupId"])
    name = text_of(body, "name") or item.name
    refuse_taken(organisation.route_lists.values(), name, item)
    item.name, item.route_group_id = name, group_id


def delete_route_list(world: World, request: Request) -> None:
    """Answer `DELETE .../routeLists/{routeListId}`."""
    organisation = world.organisation
    item = named(organisation.route_lists, request, "routeListId", "route list")
    del organisation.route_lists[item.id]


def list_route_list_numbers(world: World, request: Request) -> list[Any]:
    """Answer `GET .../routeLists/{routeListId}/numbers`."""
    item = named(world.organisation.route_lists, request, "routeListId", "route list")
    part = request.query.get("number", "").lstrip("+ ")
    return [number for number in item.numbers if part in number]


def change_route_list_numbers(world: World, request: Request) -> JsonObject:
    """Answer `PUT .../routeLists/{routeListId}/numbers`: what cannot be done is listed."""
    item = named(world.organisation.route_lists, request, "routeListId", "route list")
    body = body_of(request)
    if body.get("deleteAllNumbers"):
        item.numbers = []
    problems = []
    for entry in body.get("numbers") or []:
        required(entry, ("number", "action"))
        number = str(entry["number"])
        if one_of(entry, "action", ("ADD", "DELETE")) == "DELETE":
            item.numbers = [known for known in item.numbers if known != number]
        elif not E164.fullmatch(number):
            problems.append(_number_problem(number, "INVALID"))
        elif number in item.numbers:
            problems.append(_number_problem(number, "DUPLICATE"))
        else:
            item.numbers.append(number)
    return {"numberStatus": problems}


def _number_problem(number: str, status: str) -> JsonObject:
    return {"phoneNumber": number, "numberStatus": status, "message": f"{status}: {number}"}


_LISTS = "/telephony/config/premisePstn/routeLists"
_LIST = f"{_LISTS}/{{routeListId}}"
_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE

ROUTES = (
    Route("GET", _LISTS, list_route_lists, _READ, "routeLists", "start"),
    Route("POST", _LISTS, create_route_list, _WRITE),
    Route("GET", _LIST, read_route_list, _READ),
    Route("PUT", _LIST, update_route_list, _WRITE),
    Route("DELETE", _LIST, delete_route_list, _WRITE),
    Route("GET", f"{_LIST}/numbers", list_route_list_numbers, _READ, "numbers", "start"),
    Route("PUT", f"{_LIST}/numbers", change_route_list_numbers, _WRITE),
)
