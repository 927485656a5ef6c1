"""Who answers for hunt groups and queues: checking candidates, writing members."""

from __future__ import annotations

from typing import Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.entities import LicenceKind, OwnerKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.owners import owner_names
from Space_OdT.simulator.protocol import ApiError, JsonObject

NOT_AVAILABLE = 6612


def owner_kind(organisation: Organisation, owner_id: str) -> OwnerKind | None:
    """Tell what an id that may answer calls belongs to; None for anybody without calling."""
    if organisation.is_calling_person(owner_id):
        return OwnerKind.PEOPLE
    if organisation.calling_workspace_kind(owner_id) in {"basic", "professional"}:
        return OwnerKind.PLACE
    return OwnerKind.VIRTUAL_LINE if owner_id in organisation.virtual_lines else None


def checked_agents(
    organisation: Organisation, entries: Any, *, customer_assist: bool = False
) -> list[dict[str, Any]]:
    """Read the agents of a body.

    Args:
        organisation: The organisation.
        entries: `{id, weight?, joinEnabled?}` each.
        customer_assist: People need the Customer Assist licence.

    Returns:
        The members as a feature keeps them.

    Raises:
        ApiError: 400 for anybody who cannot be an agent.
    """
    if not isinstance(entries, list):
        raise errors.field_invalid("agents", "a list expected")
    agents: dict[str, dict[str, Any]] = {}
    for entry in entries:
        identifier = canonical(entry.get("id")) if isinstance(entry, dict) else ""
        if not _may_answer(organisation, identifier, customer_assist=customer_assist):
            text = f"[Error {NOT_AVAILABLE}] Agent {identifier} is not available."
            raise ApiError(400, text, NOT_AVAILABLE)
        joined = bool(entry.get("joinEnabled", True))
        agents[identifier] = {"id": identifier, "weight": entry.get("weight"), "joined": joined}
    return list(agents.values())


def _may_answer(organisation: Organisation, owner_id: str, *, customer_assist: bool) -> bool:
    kind = owner_kind(organisation, owner_id)
    if kind is not OwnerKind.PEOPLE or not customer_assist:
        return kind is not None
    assist = organisation.licences_of_kind(LicenceKind.CUSTOMER_ASSIST)[0]
    return assist.id in organisation.people[owner_id].licences


def member_item(organisation: Organisation, owner_id: str) -> JsonObject:
    """Write a member with names, number and extension."""
    kind = owner_kind(organisation, owner_id) or OwnerKind.PEOPLE
    first, last = owner_names(organisation, owner_id, kind)
    line = organisation.plan.primary(owner_id)
    item: JsonObject = {"id": owner_id, "firstName": first or ".", "lastName": last}
    item["type"] = kind.value
    if line is None:
        return item
    prefix = organisation.locations[line.location_id].routing_prefix
    if line.phone_number:
        item["phoneNumber"] = line.phone_number
    if line.extension:
        item["extension"] = line.extension
        item["esn"] = (prefix or "") + line.extension
        if prefix:
            item["routingPrefix"] = prefix
    return item
