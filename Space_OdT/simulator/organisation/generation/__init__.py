"""Generates an organisation of any size from a seed, everything linked and consistent."""

from __future__ import annotations

from Space_OdT.simulator.identifiers import encode_id, seeded_uuid
from Space_OdT.simulator.organisation.generation.features import add_features
from Space_OdT.simulator.organisation.generation.past_jobs import add_past_jobs
from Space_OdT.simulator.organisation.generation.people import add_groups, add_people
from Space_OdT.simulator.organisation.generation.rooms import add_devices, add_workspaces
from Space_OdT.simulator.organisation.generation.routing import add_routing, connect_locations
from Space_OdT.simulator.organisation.generation.sites import Sites, add_inventory, add_locations
from Space_OdT.simulator.organisation.generation.subscription import add_licences, buy_units
from Space_OdT.simulator.organisation.organisation import Organisation

__all__ = ["generate_organisation"]


def generate_organisation(size: int, seed: int) -> Organisation:
    """Create the organisation that belongs to a size and a seed.

    Args:
        size: Number of people, at least one.
        seed: The same seed and size give the same organisation, to the byte.

    Returns:
        The organisation.

    Raises:
        ValueError: The size is not positive.
    """
    if size < 1:
        raise ValueError("an organisation has at least one person")
    org_uuid = seeded_uuid(seed, "organisation")
    organisation = Organisation(encode_id("ORGANIZATION", org_uuid), "Space Simulated Org")
    add_licences(organisation, seed, str(org_uuid))
    add_locations(organisation, seed, size)
    sites = Sites(organisation, seed)
    add_routing(sites)
    connect_locations(sites)
    add_people(sites, size)
    add_workspaces(sites, max(8, size // 20))
    add_devices(sites)
    add_features(sites)
    add_inventory(sites)
    add_groups(sites)
    add_past_jobs(sites)
    buy_units(organisation)
    return organisation
