"""Moving free numbers between locations and changing their use, one by one for a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

NOT_THERE = "BATCH-1017020"
NOT_UNASSIGNED = "BATCH-1017023"
OTHER_PSTN = "BATCH-1017026"


def change_number(
    world: World, parameters: Mapping[str, Any], item: Any
) -> tuple[str, str, int | str] | None:
    """Do one item of a manage-numbers job.

    Args:
        world: The world.
        parameters: `operation`, `target_location_id` and `usage` of the job.
        item: `{"locationId", "number"}`.

    Returns:
        The number, text and code of the obstacle, or None when it was changed.
    """
    organisation = world.organisation
    plan = organisation.plan
    number = plan.numbers.get(item["number"])
    if number is None or number.location_id != item["locationId"]:
        return item["number"], "Failed because it is not in the location.", NOT_THERE
    if parameters["operation"] == "NUMBER_USAGE_CHANGE":
        number.service = parameters["usage"] == "SERVICE"
        plan.changes += 1
        return None
    source = organisation.locations[number.location_id]
    target = organisation.locations[parameters["target_location_id"]]
    if plan.owner_of(number.phone_number) or source.main_number == number.phone_number:
        text = "Failed because it is not an unassigned number."
        return number.phone_number, text, NOT_UNASSIGNED
    if source.pstn is not target.pstn or source.country != target.country:
        text = "Failed because PSTN connection or country of the locations differ."
        return number.phone_number, text, OTHER_PSTN
    plan.remove(number.phone_number)
    number.location_id = target.id
    plan.add(number)
    return None
