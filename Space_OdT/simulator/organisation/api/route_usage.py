"""What uses a trunk or a route group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.route_groups import group_item
from Space_OdT.simulator.organisation.api.route_lists import route_list_item
from Space_OdT.simulator.organisation.api.tables import (
    named,
)
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.routes import (
    connected_locations,
    dial_plans_of,
    groups_of_trunk,
    lists_of_group,
    unknown_extension_locations,
)
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World


def read_group_usage(world: World, request: Request) -> JsonObject:
    """Answer `GET .../routeGroups/{routeGroupId}/usage`: the counts are texts."""
    organisation = world.organisation
    group = named(organisation.route_groups, request, "routeGroupId", "route group")
    return {
        "pstnConnectionCount": str(len(connected_locations(organisation, group.id))),
        "callToExtensionCount": str(len(unknown_extension_locations(organisation, group.id))),
        "dialPlanCount": str(len(dial_plans_of(organisation, group.id))),
        "routeListCount": str(len(lists_of_group(organisation, group.id))),
    }


def read_trunk_usage(world: World, request: Request) -> JsonObject:
    """Answer `GET .../trunks/{trunkId}/usage`: the counts are numbers."""
    organisation = world.organisation
    trunk = named(organisation.trunks, request, "trunkId", "trunk")
    return {
        "pstnConnectionCount": len(connected_locations(organisation, trunk.id)),
        "callToExtensionCount": len(unknown_extension_locations(organisation, trunk.id)),
        "dialPlanCount": len(dial_plans_of(organisation, trunk.id)),
        "routeGroupCount": len(groups_of_trunk(organisation, trunk.id)),
    }


Find = Callable[[Organisation, str], Sequence[Any]]
Render = Callable[[Organisation, Any], JsonObject]


@dataclass(slots=True, frozen=True)
class Usage:
    """One list of users of a trunk or route group."""

    path: str
    list_key: str
    find: Find
    render: Render


def _usage_handler(
    param: str, table: str, usage: Usage
) -> Callable[[World, Request], LazyList[Any]]:
    def answer(world: World, request: Request) -> LazyList[Any]:
        organisation = world.organisation
        route = named(getattr(organisation, table), request, param, "route")
        part = request.query.get("locationName", request.query.get("name", "")).casefold()
        found = usage.find(organisation, route.id)
        return LazyList(
            [item for item in found if part in item.name.casefold()],
            lambda item: usage.render(organisation, item),
        )

    return answer


def _name_only(_: Organisation, item: Any) -> JsonObject:
    return {"id": item.id, "name": item.name}


_EVERYWHERE = (
    Usage("usagePstnConnection", "locations", connected_locations, _name_only),
    Usage("usageCallToExtension", "locations", unknown_extension_locations, _name_only),
)
_OF_GROUPS = (
    *_EVERYWHERE,
    Usage("usageDialPlan", "locations", dial_plans_of, _name_only),
    Usage("usageRouteList", "routeLists", lists_of_group, route_list_item),
)
_OF_TRUNKS = (
    *_EVERYWHERE,
    Usage("usageDialPlan", "dialPlans", dial_plans_of, _name_only),
    Usage("usageRouteGroup", "routeGroup", groups_of_trunk, group_item),
)
# The specification cuts neither of these lists of a trunk into pages.
_UNCUT = frozenset({"usagePstnConnection", "usageRouteGroup"})

_BASE = "/telephony/config/premisePstn"
_GROUP = f"{_BASE}/routeGroups/{{routeGroupId}}"
_TRUNK = f"{_BASE}/trunks/{{trunkId}}"

ROUTES = (
    Route("GET", f"{_GROUP}/usage", read_group_usage, scopes.TELEPHONY_READ),
    Route("GET", f"{_TRUNK}/usage", read_trunk_usage, scopes.TELEPHONY_READ),
    *(
        Route(
            "GET",
            f"{path}/{usage.path}",
            _usage_handler(param, table, usage),
            scopes.TELEPHONY_READ,
            usage.list_key,
            "none" if table == "trunks" and usage.path in _UNCUT else "start",
        )
        for path, param, table, usages in (
            (_GROUP, "routeGroupId", "route_groups", _OF_GROUPS),
            (_TRUNK, "trunkId", "trunks", _OF_TRUNKS),
        )
        for usage in usages
    ),
)
