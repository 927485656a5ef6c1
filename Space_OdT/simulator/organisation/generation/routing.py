"""Trunks, route groups, dial plans and the PSTN connection of every site."""

from __future__ import annotations

from Space_OdT.simulator.organisation.entities import (
    DialPlan,
    Location,
    PstnKind,
    RouteGroup,
    RouteList,
    Trunk,
)
from Space_OdT.simulator.organisation.generation.sites import Sites
from Space_OdT.simulator.organisation.pstn import offer_of

TRUNK_EVERY = 3
INTEGRATED_EVERY = 17
CISCO_PSTN_EVERY = 23
CCP_EVERY = 9
UNCONNECTED_EVERY = 29
UNKNOWN_EXTENSIONS_EVERY = 4


def add_routing(sites: Sites) -> None:
    """File a trunk for each third site, two route groups and the dial plan of the old exchange."""
    organisation = sites.organisation
    for index, location in enumerate(sites.calling[::TRUNK_EVERY] or sites.calling):
        trunk = Trunk(sites.new_id("TRUNK", index), f"LGW {location.name}"[:80], location.id)
        organisation.trunks[trunk.id] = trunk
    trunks = list(organisation.trunks)
    for position, name in enumerate(("RG_PRE", "RG_PRO")):
        members = [[trunk_id, rank + 1] for rank, trunk_id in enumerate(trunks[position:10])]
        group = RouteGroup(sites.new_id("ROUTE_GROUP", name), name, members or [[trunks[0], 1]])
        organisation.route_groups[group.id] = group
    _add_dial_plans(sites)
    first = next(iter(organisation.route_groups))
    home = sites.calling[0].id
    route_list = RouteList(sites.new_id("ROUTE_LIST", 0), "RL_LEGACY", home, first)
    organisation.route_lists[route_list.id] = route_list


def _add_dial_plans(sites: Sites) -> None:
    groups = list(sites.organisation.route_groups)
    for name, route_id, patterns in (
        ("Legacy prefix 53", groups[0], ["53XXXXXXX", "53XXXXXXXX"]),
        ("Legacy site codes", groups[-1], ["7XXXXXXX", "6XX", "+34900123XXX"]),
    ):
        plan = DialPlan(sites.new_id("DIAL_PLAN", name), name, route_id, "ROUTE_GROUP", patterns)
        sites.organisation.dial_plans[plan.id] = plan


def connect_locations(sites: Sites) -> None:
    """Connect the calling sites: mostly through premises gateways, some through providers."""
    groups = list(sites.organisation.route_groups)
    trunks = list(sites.organisation.trunks)
    for index, location in enumerate(sites.calling):
        location.pstn = _kind(index, len(sites.calling))
        location.pstn_id = offer_of(sites.organisation.id, location.pstn)
        if location.pstn is PstnKind.LOCAL_GATEWAY:
            _route(location, index, groups, trunks)
        _set_main_number(sites, location)


def _kind(index: int, total: int) -> PstnKind:
    if index == total - 1 or index % CCP_EVERY == CCP_EVERY - 1:
        return PstnKind.NON_INTEGRATED_CCP
    for every, kind in (
        (UNCONNECTED_EVERY, PstnKind.NONE),
        (CISCO_PSTN_EVERY, PstnKind.CISCO_PSTN),
        (INTEGRATED_EVERY, PstnKind.INTEGRATED_CCP),
    ):
        if index % every == every // 3:
            return kind
    return PstnKind.LOCAL_GATEWAY


def _route(location: Location, index: int, groups: list[str], trunks: list[str]) -> None:
    if index % TRUNK_EVERY == 1:
        location.route_type, location.route_id = "TRUNK", trunks[index % len(trunks)]
    else:
        location.route_type, location.route_id = "ROUTE_GROUP", groups[index % len(groups)]
    if index % UNKNOWN_EXTENSIONS_EVERY == 0:
        location.unknown_extensions = True
        location.unknown_route_type, location.unknown_route_id = "ROUTE_GROUP", groups[0]


def _set_main_number(sites: Sites, location: Location) -> None:
    location.main_number = sites.next_number(location)
