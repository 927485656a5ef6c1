"""Numbers of people and workspaces as the API has them: read, looked through, changed by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from Space_OdT.engine.action_model import StepSpec
from Space_OdT.v21.transformacion.parts.calling_entities import PEOPLE, EntityKind
from Space_OdT.v21.transformacion.parts.entity_settings import Setting
from Space_OdT.webex.records import number_key

ADD, DELETE = "ADD", "DELETE"
RING_FLAG = "distinctiveRingEnabled"
# The same flag has one name in every answer and in the write for workspaces, another in the write
# for people (Webex API reference, "Assign or Unassign numbers to a person", its example).
_RING_WRITE: Mapping[str, str] = {
    "people": "enableDistinctiveRingPattern",
    "workspaces": RING_FLAG,
}


def number_body(owner: str, action: str, number: str, distinctive: bool | None) -> dict[str, Any]:  # noqa: FBT001 - a flag as read
    """Build the body that adds or removes one secondary number.

    Args:
        owner: `people` or `workspaces`; the flag is named after it.
        action: `ADD` or `DELETE`.
        number: Number in E.164.
        distinctive: Whether secondary numbers ring differently, sent back as read; None leaves it.

    Returns:
        The body of `PUT /telephony/config/people|workspaces/{id}/numbers`.
    """
    entry = {"primary": False, "action": action, "directNumber": number}
    flag = {} if distinctive is None else {_RING_WRITE[owner]: distinctive}
    return {**flag, "phoneNumbers": [entry]}


def numbers_setting(kind: EntityKind) -> Setting:
    """Declare the numbers of a kind of entity.

    Args:
        kind: People or workspaces.

    Returns:
        The setting with its steps.
    """
    query = {"orgId": "{org_id}"}
    # without it, people's numbers come in a national form in some regions
    international = {"preferE164Format": "true"} if kind.owner == PEOPLE.owner else {}
    return Setting(
        kind,
        "secondary numbers",
        StepSpec(
            "numbers_read",
            "GET",
            f"/{kind.owner}/{{entity_id}}/features/numbers",
            required=("phoneNumbers",),
            query={**international, **query},
        ),
        StepSpec(
            "numbers_write",
            "PUT",
            f"/telephony/config/{kind.owner}/{{entity_id}}/numbers",
            success=(200, 204),
            build=number_body,
            query=query,
            is_delta=True,
        ),
    )


def available_step(kind: EntityKind) -> StepSpec:
    """Declare the step that lists what may become a secondary number.

    Args:
        kind: People or workspaces.

    Returns:
        The step, narrowed to one number.
    """
    return StepSpec(
        "secondary_available",
        "GET",
        f"/telephony/config/{kind.owner}/{{entity_id}}/secondary/availableNumbers",
        required=("phoneNumbers",),
        query={"phoneNumber": "{phone_number}", "orgId": "{org_id}"},
    )


def is_main(body: Mapping[str, Any] | None, number: str) -> bool | None:
    """Look for a number among those of an entity.

    Args:
        body: The answer of `numbers_read`; None for an entity that has none yet.
        number: Number in E.164.

    Returns:
        True when it is the main one, False when it is a secondary one, None when it is not there.
    """
    for item in (body or {}).get("phoneNumbers") or []:
        # workspaces show it under `external`, although the specification says otherwise
        shown = item.get("directNumber") or item.get("external") or ""
        if number_key(str(shown)) == number:
            return bool(item.get("primary"))
    return None


def calling_location_id(body: Mapping[str, Any] | None, otherwise: str) -> str:
    """Find the location an entity calls from; a workspace may stand in another one.

    Args:
        body: The answer of `numbers_read`, which shows it for workspaces only.
        otherwise: Id to take where it does not.

    Returns:
        The id.
    """
    location = (body or {}).get("location") or {}
    return str(location.get("id") or otherwise)
