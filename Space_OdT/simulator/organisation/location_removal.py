"""Taking Webex Calling from a location: what blocks it and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator.organisation.documents import forget_documents_of
from Space_OdT.simulator.organisation.entities import OwnerKind, PstnKind
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.protocol import JsonObject

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

SAFE_DELETE_FAILED = "BATCH-1012004"


def precheck(organisation: Organisation, location_id: str) -> JsonObject:
    """Tell what stands in the way of disabling calling in a location.

    Args:
        organisation: The organisation.
        location_id: A calling location.

    Returns:
        The answer of the precheck: BLOCKED, FORCE_REQUIRED or UNBLOCKED, with counts.
    """
    plan = organisation.plan
    workspaces = sum(
        1
        for item in organisation.workspaces.values()
        if item.location_id == location_id and plan.primary(item.id)
    )
    trunks = [item for item in organisation.trunks.values() if item.location_id == location_id]
    in_use = [item for item in trunks if trunk_in_use(organisation, item.id, location_id)]
    lines = [i for i in organisation.virtual_lines.values() if i.location_id == location_id]
    blocking = {
        "lastLocation": len(organisation.calling_location_ids()) == 1,
        "trunksInUseCount": len(in_use),
        "usersInUseCount": len(organisation.people_at(location_id)),
        "workspacesInUseCount": workspaces,
        "virtualLineInUseCount": len(lines),
        "numbersOrderPending": False,
    }
    features = any(
        item.location_id == location_id and item.kind is not OwnerKind.VOICE_MESSAGING
        for item in organisation.features.values()
    )
    forced = {"nonUserEntitiesInUse": features, "trunksCount": len(trunks) - len(in_use)}
    status = "BLOCKED" if any(blocking.values()) else "UNBLOCKED"
    if status == "UNBLOCKED" and any(forced.values()):
        status = "FORCE_REQUIRED"
    return {
        "locationDeleteStatus": status,
        "blocking": blocking,
        "nonBlocking": {"numbersPresent": any(plan.in_location(location_id))},
        "blockingUnlessForced": forced,
    }


def trunk_in_use(organisation: Organisation, trunk_id: str, except_location: str = "") -> bool:
    """Tell whether a connection, route group or dial plan uses a trunk.

    Args:
        organisation: The organisation.
        trunk_id: The trunk.
        except_location: A location whose own connection does not count.

    Returns:
        True when something would lose its way out.
    """
    by_location = any(
        item.route_id == trunk_id and item.id != except_location
        for item in organisation.locations.values()
    )
    groups = organisation.route_groups.values()
    by_group = any(trunk_id == member[0] for group in groups for member in group.trunks)
    by_plan = any(item.route_id == trunk_id for item in organisation.dial_plans.values())
    return by_location or by_group or by_plan


def remove_calling(
    world: World, parameters: Mapping[str, Any], item: Any
) -> tuple[str, str, int | str] | None:
    """Do the item of a job that disables calling: the location itself.

    Args:
        world: The world.
        parameters: `force` of the job.
        item: Id of the location.

    Returns:
        Location, text and code of the obstacle, or None when calling is gone.
    """
    organisation = world.organisation
    location = organisation.locations.get(item)
    if location is None or not location.calling:
        return item, "The location has no Webex Calling.", SAFE_DELETE_FAILED
    status = precheck(organisation, location.id)["locationDeleteStatus"]
    if status == "BLOCKED" or (status == "FORCE_REQUIRED" and not parameters["force"]):
        return item, "Safe delete checks failed.", SAFE_DELETE_FAILED
    _clear(organisation, location.id)
    location.calling = False
    location.pstn, location.pstn_id = PstnKind.NONE, None
    location.route_type = location.route_id = None
    location.main_number = location.routing_prefix = location.charge_number = None
    forget_documents_of(world, location.id)
    return None


def _clear(organisation: Organisation, location_id: str) -> None:
    plan = organisation.plan
    for feature in [i for i in organisation.features.values() if i.location_id == location_id]:
        organisation.remove_feature(feature)
    for trunk in [i for i in organisation.trunks.values() if i.location_id == location_id]:
        del organisation.trunks[trunk.id]
    for table in (
        organisation.virtual_extensions,
        organisation.virtual_extension_ranges,
        organisation.route_lists,
    ):
        for key in [key for key, row in table.items() if row.location_id == location_id]:
            del table[key]
    for number in list(plan.in_location(location_id)):
        plan.remove(number.phone_number)
