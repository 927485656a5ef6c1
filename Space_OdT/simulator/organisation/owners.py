"""Who owns a number or a device, in the words of the telephony API."""

from __future__ import annotations

from Space_OdT.simulator.organisation.entities import OwnerKind
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.protocol import JsonObject

# The filter of the numbers list calls some owners differently from its answer.
FILTER_NAMES = {"PAGING_GROUP": "GROUP_PAGING", "BROADWORKS_ANYWHERE": "OFFICE_ANYWHERE"}


def owner_names(organisation: Organisation, owner_id: str, kind: OwnerKind) -> tuple[str, str]:
    """Give the first and last name under which an owner is listed.

    Things have no first name: their whole name stands as the last one.
    """
    if kind is OwnerKind.PEOPLE:
        person = organisation.people[owner_id]
        return person.first_name, person.last_name
    if kind is OwnerKind.VIRTUAL_LINE:
        line = organisation.virtual_lines[owner_id]
        return line.first_name, line.last_name
    if kind is OwnerKind.PLACE:
        return "", organisation.workspaces[owner_id].display_name
    return "", organisation.features[owner_id].name


def render_owner(organisation: Organisation, owner_id: str, kind: OwnerKind) -> JsonObject:
    """Write an owner as `{id, type, firstName, lastName}`."""
    first, last = owner_names(organisation, owner_id, kind)
    owner: JsonObject = {"id": owner_id, "type": kind.value, "lastName": last}
    return {**owner, "firstName": first} if first else owner
