"""Scopes of the areas of the API."""

from __future__ import annotations

from Space_OdT.simulator.generated.declarations import Scopes

PEOPLE = Scopes(("spark-admin:people_read",), ("spark-admin:people_write",))
TELEPHONY = Scopes(("spark-admin:telephony_config_read",), ("spark-admin:telephony_config_write",))
WORKSPACES = Scopes(("spark-admin:workspaces_read",), ("spark-admin:workspaces_write",))
LOCATIONS = Scopes(
    ("spark-admin:locations_read", "spark-admin:people_read"), ("spark-admin:locations_write",)
)
PEOPLE_CONFIG = Scopes(("spark-admin:people_read",), ("spark-admin:telephony_config_write",))
WORKSPACE_CONFIG = Scopes(("spark-admin:workspaces_read",), ("spark-admin:telephony_config_write",))
