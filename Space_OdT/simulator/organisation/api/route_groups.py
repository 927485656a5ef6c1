"""Route groups, and the trunks and route groups a location may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    required,
)
from Space_OdT.simulator.organisation.api.tables import (
    Named,
    named,
    named_list,
    owner_of_all,
    refuse_in_use,
    refuse_taken,
)
from Space_OdT.simulator.organisation.entities import RouteGroup
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.routes import (
    route_in_use,
)
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_TRUNKS = 10


def group_item(organisation: Organisation, group: RouteGroup) -> JsonObject:
    """Write a route group as lists do."""
    return {"id": group.id, "name": group.name, "inUse": route_in_use(organisation, group.id)}


def list_groups(world: World, request: Request) -> LazyList[RouteGroup]:
    """Answer `GET .../routeGroups`."""
    organisation = world.organisation
    items = named_list(organisation.route_groups, request, "name")
    return LazyList(items, lambda item: group_item(organisation, item))


def read_group(world: World, request: Request) -> JsonObject:
    """Answer `GET .../routeGroups/{routeGroupId}`."""
    organisation = world.organisation
    group = named(organisation.route_groups, request, "routeGroupId", "route group")
    gateways = [
        {
            "id": trunk_id,
            "name": organisation.trunks[trunk_id].name,
            "locationId": organisation.trunks[trunk_id].location_id,
            "priority": priority,
        }
        for trunk_id, priority in group.trunks
    ]
    owner = owner_of_all(organisation)
    return {"id": group.id, "name": group.name, "organization": owner, "localGateways": gateways}


def _checked_gateways(organisation: Organisation, entries: Any) -> list[list[Any]]:
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_TRUNKS:
        raise errors.field_invalid("localGateways", f"one to {MAX_TRUNKS} trunks expected")
    gateways = []
    for entry in entries:
        required(entry, ("id", "priority"))
        trunk_id = canonical(entry["id"])
        if trunk_id not in organisation.trunks:
            raise errors.field_invalid("localGateways", "no trunk with this ID")
        gateways.append([trunk_id, entry["priority"]])
    return gateways


def create_group(world: World, request: Request) -> Reply:
    """Answer `POST .../routeGroups`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("name", "localGateways"))
    gateways = _checked_gateways(organisation, body["localGateways"])
    refuse_taken(organisation.route_groups.values(), body["name"])
    group = RouteGroup(world.next_id("ROUTE_GROUP"), body["name"], gateways)
    organisation.route_groups[group.id] = group
    return Reply(201, {"id": group.id})


def update_group(world: World, request: Request) -> None:
    """Answer `PUT .../routeGroups/{routeGroupId}`."""
    organisation = world.organisation
    group = named(organisation.route_groups, request, "routeGroupId", "route group")
    body = body_of(request)
    required(body, ("name", "localGateways"))
    gateways = _checked_gateways(organisation, body["localGateways"])
    refuse_taken(organisation.route_groups.values(), body["name"], group)
    group.name, group.trunks = body["name"], gateways


def delete_group(world: World, request: Request) -> None:
    """Answer `DELETE .../routeGroups/{routeGroupId}`."""
    organisation = world.organisation
    group = named(organisation.route_groups, request, "routeGroupId", "route group")
    refuse_in_use(organisation, group.id, group.name)
    del organisation.route_groups[group.id]


def list_choices(world: World, request: Request) -> LazyList[tuple[str, Named]]:
    """Answer `GET /telephony/config/routeChoices`."""
    organisation = world.organisation
    wanted = {
        "ROUTE_GROUP": request.query.get("routeGroupName"),
        "TRUNK": request.query.get("trunkName"),
    }
    asked = any(part is not None for part in wanted.values())
    routes: list[tuple[str, Named]] = [
        *(("ROUTE_GROUP", item) for item in organisation.route_groups.values()),
        *(("TRUNK", item) for item in organisation.trunks.values()),
    ]
    chosen = [
        (kind, item)
        for kind, item in routes
        if not asked
        or ((part := wanted[kind]) is not None and part.casefold() in item.name.casefold())
    ]
    return LazyList(chosen, lambda pair: {"id": pair[1].id, "name": pair[1].name, "type": pair[0]})


_GROUPS = "/telephony/config/premisePstn/routeGroups"
_GROUP = f"{_GROUPS}/{{routeGroupId}}"
_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE
_CHOICES = "/telephony/config/routeChoices"

ROUTES = (
    Route("GET", _CHOICES, list_choices, _READ, "routeIdentities", "start"),
    Route("GET", _GROUPS, list_groups, _READ, "routeGroups", "start"),
    Route("POST", _GROUPS, create_group, _WRITE),
    Route("GET", _GROUP, read_group, _READ),
    Route("PUT", _GROUP, update_group, _WRITE),
    Route("DELETE", _GROUP, delete_group, _WRITE),
)
