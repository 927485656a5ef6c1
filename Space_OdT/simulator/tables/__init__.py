"""Route tables of the settings and collections that need no rules of their own."""

from __future__ import annotations

from Space_OdT.simulator.protocol import Route

SETTINGS_ROUTES: tuple[Route, ...] = ()
