"""What a bulk run is to leave behind, without ids that depend on the order of calls."""

from __future__ import annotations

from typing import Any

from Space_OdT.simulator.world import World


def fingerprint(world: World) -> dict[str, Any]:
    """Describe locations, people, numbers and written settings by their names."""
    organisation = world.organisation
    emails = {one.id: one.email for one in organisation.people.values()}
    names = {one.id: one.name for one in organisation.locations.values()}
    return {
        "locations": sorted(
            (
                one.name,
                one.time_zone,
                one.address1,
                one.calling,
                str(one.pstn),
                one.route_id or "",
                one.main_number or "",
            )
            for one in organisation.locations.values()
        ),
        "numbers": sorted(
            (one.phone_number, names[one.location_id]) for one in organisation.plan.numbers.values()
        ),
        "people": sorted(
            (
                one.email,
                names.get(one.location_id or "", ""),
                sorted(one.licences),
                sorted(
                    (line.extension or "", line.phone_number or "", line.role)
                    for line in organisation.plan.of_owner(one.id)
                ),
            )
            for one in organisation.people.values()
        ),
        "settings": sorted(
            (emails.get(path.split("/")[2], path), path.rpartition("/")[2], repr(document))
            for path, document in world.documents.items()
            if path.startswith("/people/")
        ),
    }
