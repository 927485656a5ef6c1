"""The simulated organisation and the part of the API that reads and changes it."""

from __future__ import annotations

from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.protocol import Route

ROUTES: tuple[Route, ...] = ()

__all__ = ["ROUTES", "Organisation"]
