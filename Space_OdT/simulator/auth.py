"""Tokens of the simulator and the scopes they carry.

`sim-admin-token` may do everything, and so may `sim-admin-token-<anything>`, which stands for a
renewed token. `sim-readonly-token` may read, `sim-scopes:<scope,scope>` has just those scopes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from Space_OdT.simulator import errors
from Space_OdT.simulator.protocol import Route

ADMIN_TOKEN = "sim-admin-token"  # noqa: S105 - a documented token of a simulated organisation
READONLY_TOKEN = "sim-readonly-token"  # noqa: S105 - the same
SCOPES_PREFIX = "sim-scopes:"

READ_SCOPES = frozenset(
    {
        "analytics:read_all",
        "audit:events_read",
        "Identity:contact",
        "identity:groups_read",
        "identity:people_read",
        "identity:tokens_read",
        "spark-admin:calling_cdr_read",
        "spark-admin:devices_read",
        "spark-admin:hybrid_clusters_read",
        "spark-admin:hybrid_connectors_read",
        "spark-admin:licenses_read",
        "spark-admin:locations_read",
        "spark-admin:organizations_read",
        "spark-admin:people_read",
        "spark-admin:recordings_read",
        "spark-admin:telephony_config_read",
        "spark-admin:telephony_pstn_read",
        "spark-admin:workspace_locations_read",
        "spark-admin:workspaces_read",
    }
)


@dataclass(slots=True, frozen=True)
class Grant:
    """What a valid token allows; `scopes` None means everything."""

    token: str
    scopes: Collection[str] | None

    def admits(self, route: Route) -> bool:
        """Tell whether the token may use a route."""
        if self.scopes is None or not route.scopes:
            return True
        return any(scope in self.scopes for scope in route.scopes)


def grant_of(headers: Mapping[str, str]) -> Grant:
    """Read the token of a request.

    Args:
        headers: Request headers; names in any case.

    Returns:
        What the token allows.

    Raises:
        ApiError: 401 for a missing or unknown token.
    """
    kind, _, token = headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise errors.unauthorized()
    if token == ADMIN_TOKEN or token.startswith(f"{ADMIN_TOKEN}-"):
        return Grant(token, None)
    if token == READONLY_TOKEN:
        return Grant(token, READ_SCOPES)
    if token.startswith(SCOPES_PREFIX):
        named = token.removeprefix(SCOPES_PREFIX).replace(",", " ").split()
        return Grant(token, frozenset(named))
    raise errors.unauthorized()
