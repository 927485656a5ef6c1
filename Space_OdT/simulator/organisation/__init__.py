"""The simulated organisation and the part of the API that reads and changes it."""

from __future__ import annotations

from Space_OdT.simulator.organisation.api import devices, licences, locations, people, workspaces
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.protocol import Route

# Of two routes for one path the first counts; these stand before the generic ones.
ROUTES: tuple[Route, ...] = (
    *people.ROUTES,
    *licences.ROUTES,
    *locations.ROUTES,
    *workspaces.ROUTES,
    *devices.ROUTES,
)

__all__ = ["ROUTES", "Organisation"]
