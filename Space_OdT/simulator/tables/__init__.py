"""Route tables of the settings and collections that need no rules of their own."""

from __future__ import annotations

from Space_OdT.simulator.generated.build import build_routes
from Space_OdT.simulator.generated.declarations import Area
from Space_OdT.simulator.protocol import Route
from Space_OdT.simulator.tables import (
    administration,
    announcements,
    assistants,
    devices,
    features,
    identity,
    jobs,
    locations,
    organisation_settings,
    people_config,
    people_features,
    queues,
    routing,
    virtual_lines,
    workspaces,
)

_TABLES = (
    people_config,
    people_features,
    workspaces,
    virtual_lines,
    locations,
    features,
    identity,
    jobs,
    announcements,
    devices,
    queues,
    routing,
    organisation_settings,
    assistants,
    administration,
)
AREAS: tuple[Area, ...] = tuple(area for table in _TABLES for area in table.AREAS)
SETTINGS_ROUTES: tuple[Route, ...] = build_routes(AREAS)
