"""Route tables of the settings and collections that need no rules of their own."""

from __future__ import annotations

from Space_OdT.simulator.generated.build import build_routes
from Space_OdT.simulator.protocol import Route
from Space_OdT.simulator.tables import (
    features,
    locations,
    people,
    virtual_lines,
    workspaces,
)

SETTINGS_ROUTES: tuple[Route, ...] = build_routes(
    (
        *people.AREAS,
        *workspaces.AREAS,
        *virtual_lines.AREAS,
        *locations.AREAS,
        *features.AREAS,
    )
)
