"""Puts a simulator together from its options."""

from __future__ import annotations

from collections.abc import Sequence

from Space_OdT.simulator.faults import FaultInjector, FaultRule
from Space_OdT.simulator.limiters import Limiter
from Space_OdT.simulator.organisation import ROUTES
from Space_OdT.simulator.router import Router
from Space_OdT.simulator.service import Service
from Space_OdT.simulator.tables import SETTINGS_ROUTES
from Space_OdT.simulator.world import World


def build_router() -> Router:
    """All routes; what the organisation answers itself comes before the generated settings."""
    return Router((*ROUTES, *SETTINGS_ROUTES))


def build_service(
    world: World,
    *,
    limiter: Limiter | None = None,
    faults: Sequence[FaultRule] = (),
    latency_seconds: float = 0.0,
) -> Service:
    """Build the simulated API around a world.

    Args:
        world: The organisation.
        limiter: Rate limit; None for none.
        faults: Rules that hold from the start.
        latency_seconds: Delay of every answer.

    Returns:
        A service ready to answer.
    """
    return Service(
        world,
        build_router(),
        limiter=limiter,
        faults=FaultInjector(world.seed, faults),
        latency_seconds=latency_seconds,
    )
