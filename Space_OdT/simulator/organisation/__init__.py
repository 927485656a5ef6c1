"""The simulated organisation and the part of the API that reads and changes it."""

from __future__ import annotations

from dataclasses import replace

from Space_OdT.simulator.organisation.api import (
    agents,
    available_numbers,
    call_routing,
    calling_locations,
    device_changes,
    devices,
    dial_plans,
    feature_forwarding,
    features,
    groups,
    job_status,
    jobs,
    licence_changes,
    licences,
    location_changes,
    location_settings,
    locations,
    number_inventory,
    numbers,
    owner_numbers,
    people,
    people_changes,
    pstn_connections,
    route_groups,
    route_lists,
    route_usage,
    scim,
    scim_bulk,
    trunks,
    virtual_extension_ranges,
    virtual_extensions,
    virtual_lines,
    workspace_changes,
    workspaces,
)
from Space_OdT.simulator.organisation.api.body_types import BODY_TYPES
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.protocol import Route

_MODULES = (
    people,
    people_changes,
    groups,
    licence_changes,
    licences,
    locations,
    location_changes,
    calling_locations,
    pstn_connections,
    numbers,
    number_inventory,
    available_numbers,
    owner_numbers,
    workspaces,
    workspace_changes,
    devices,
    job_status,
    jobs,
    scim,
    scim_bulk,
    trunks,
    route_groups,
    route_lists,
    route_usage,
    dial_plans,
    features,
    feature_forwarding,
    agents,
    virtual_lines,
    virtual_extensions,
    virtual_extension_ranges,
    location_settings,
    call_routing,
    device_changes,
)

# Of two routes for one path the first counts; these stand before the generated ones.
ROUTES: tuple[Route, ...] = tuple(
    replace(route, body=BODY_TYPES.get((route.method, route.template)))
    for module in _MODULES
    for route in module.ROUTES
)

__all__ = ["ROUTES", "Organisation"]
