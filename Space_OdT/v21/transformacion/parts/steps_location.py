"""The calls that location actions send, as data, and how a setting of a location is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from Space_OdT.engine.action_helpers import LocationFacts, enable_calling_body
from Space_OdT.engine.action_model import Call, StepSpec
from Space_OdT.v21.transformacion.parts.outgoing_permissions import location_body
from Space_OdT.webex.records import Location

NUMBERS_PAGE = 2000
_LOCATION = "/telephony/config/locations/{location_id}"
_PSTN = "/telephony/pstn/locations/{location_id}"
_ORG = MappingProxyType({"orgId": "{org_id}"})
_PLANNED = "isPlanned"
# A location that has just been enabled may take a moment to be known everywhere.
_JUST_ENABLED = (404,)


def connection_body(route_type: str, route_id: str, option_id: str) -> dict[str, Any]:
    """Build the body that connects a location to the public network.

    Args:
        route_type: Kind of the premises route, "" for a carrier.
        route_id: Its id.
        option_id: Id of the connection option of a carrier, "" for premises.

    Returns:
        The body of `PUT /telephony/pstn/locations/{locationId}/connection`: the route for a local
        gateway, the option for a carrier (Webex API reference, "Setup PSTN Connection").
    """
    if option_id:
        return {"id": option_id}
    return {"premiseRouteType": route_type, "premiseRouteId": route_id}


def inactive_numbers_body(numbers: Sequence[str], number_type: str, usage: str) -> dict[str, Any]:
    """Build the body that loads numbers without putting them into service.

    Args:
        numbers: Numbers in E.164.
        number_type: DID, TOLLFREE or MOBILE.
        usage: NONE or SERVICE.

    Returns:
        The body of `POST .../numbers`; the state is always said, for its default is ACTIVE.
    """
    return {
        "phoneNumbers": list(numbers),
        "numberType": number_type,
        "numberUsageType": usage,
        "state": "INACTIVE",
    }


def activation_body(numbers: Sequence[str]) -> dict[str, Any]:
    """Build the body that puts numbers into service.

    Args:
        numbers: Numbers in E.164.

    Returns:
        The body of `PUT .../numbers`.
    """
    return {"phoneNumbers": list(numbers), "action": "ACTIVATE"}


def head_number_body(number: str, name: str) -> dict[str, Any]:
    """Build the body that sets the head number of a location.

    Args:
        number: Number in E.164.
        name: Name shown with it, "" leaves it as it is.

    Returns:
        The body of `PUT /telephony/config/locations/{locationId}`; all else is left out, so stays.
    """
    return {"callingLineId": {"phoneNumber": number, **({"name": name} if name else {})}}


def internal_dialing_body(route: Mapping[str, str] | None) -> dict[str, Any]:
    """Build the body that sends unknown extensions to a route, or nowhere.

    Args:
        route: `id` and `type` of the route; None switches the policy off.

    Returns:
        The body of `PUT .../internalDialing`.
    """
    if route is None:
        return {"enableUnknownExtensionRoutePolicy": False}
    return {
        "enableUnknownExtensionRoutePolicy": True,
        "unknownExtensionRouteIdentity": {"id": route["id"], "type": route["type"]},
    }


def calling_body(facts: LocationFacts, location: Mapping[str, Any]) -> dict[str, Any]:
    """Build the body that enables a location for Webex Calling.

    Args:
        facts: Complete facts of the location.
        location: Its `id` and `name`.

    Returns:
        The body of `POST /telephony/config/locations`.
    """
    return enable_calling_body(facts, location)


CALLING_READ = StepSpec(
    "calling_read", "GET", _LOCATION, required=("id", "name"), query=_ORG, passing=_JUST_ENABLED
)
CALLING_CHECK = StepSpec("calling_check", "GET", _LOCATION, required=("id",), query=_ORG)
ENABLE_CALLING = StepSpec(
    "enable_calling",
    "POST",
    "/telephony/config/locations",
    success=(200, 201),
    required=("id",),
    build=calling_body,
    query=_ORG,
    assume=lambda body: {"id": body["id"]},
)
PSTN_READ = StepSpec("pstn_read", "GET", f"{_PSTN}/connection", query=_ORG)
PSTN_OPTIONS = StepSpec(
    "pstn_options",
    "GET",
    f"{_PSTN}/connectionOptions",
    required=("items",),
    query=_ORG,
    passing=_JUST_ENABLED,
)
PSTN_CONFIGURE = StepSpec(
    "pstn_configure",
    "PUT",
    f"{_PSTN}/connection",
    success=(200, 204),
    build=connection_body,
    query=_ORG,
    passing=_JUST_ENABLED,
)
NUMBERS_AT = StepSpec(
    "numbers_read",
    "GET",
    "/telephony/config/numbers",
    required=("phoneNumbers",),
    query={
        **_ORG,
        "locationId": "{location_id}",
        "numberType": "NUMBER",
        "max": str(NUMBERS_PAGE),
        "start": "{start}",
    },
)
NUMBER_READ = StepSpec(
    "number_read",
    "GET",
    "/telephony/config/numbers",
    required=("phoneNumbers",),
    query={**_ORG, "phoneNumber": "{phone_number}"},
)
NUMBERS_ADD = StepSpec(
    "numbers_add",
    "POST",
    f"{_LOCATION}/numbers",
    success=(200, 201, 204),
    build=inactive_numbers_body,
    query=_ORG,
)
NUMBERS_ACTIVATE = StepSpec(
    "numbers_activate",
    "PUT",
    f"{_LOCATION}/numbers",
    success=(200, 204),
    build=activation_body,
    query=_ORG,
)
HEAD_NUMBER = StepSpec(
    "head_number_update",
    "PUT",
    _LOCATION,
    success=(200, 204, 206),
    build=head_number_body,
    query=_ORG,
)
INTERNAL_DIALING_READ = StepSpec(
    "internal_dialing_read",
    "GET",
    f"{_LOCATION}/internalDialing",
    required=("enableUnknownExtensionRoutePolicy",),
    query=_ORG,
    passing=_JUST_ENABLED,
)
INTERNAL_DIALING_UPDATE = StepSpec(
    "internal_dialing_update",
    "PUT",
    f"{_LOCATION}/internalDialing",
    success=(200, 204),
    build=internal_dialing_body,
    query=_ORG,
)
OUTGOING_READ = StepSpec(
    "outgoing_permission_read",
    "GET",
    f"{_LOCATION}/outgoingPermission",
    required=("callingPermissions",),
    query=_ORG,
    passing=_JUST_ENABLED,
)
OUTGOING_UPDATE = StepSpec(
    "outgoing_permission_update",
    "PUT",
    f"{_LOCATION}/outgoingPermission",
    success=(200, 204),
    build=location_body,
    query=_ORG,
)


async def read_setting(
    call: Call, step: StepSpec, location: Location, org_id: str
) -> dict[str, Any]:
    """Read a setting of a location; empty for one that only the plan has enabled so far.

    Args:
        call: Sends the steps.
        step: The step that reads.
        location: The location, enabled for calling.
        org_id: Id of the organisation, "" for that of the token.

    Returns:
        The answer; `{}` in a plan when there is nothing to read yet.

    Raises:
        WebexError: When it cannot be read.
    """
    if call.is_plan and is_planned(location):
        return {}
    answer = await call(step, location_id=location.id, org_id=org_id)
    return dict(answer.body or {})


def planned(location: Location) -> Location:
    """Mark a location as one that a plan has enabled for calling.

    Args:
        location: The location.

    Returns:
        The same with the mark.
    """
    return replace(location, raw={**(location.raw or {}), _PLANNED: True})


def is_planned(location: Location) -> bool:
    """Tell whether a location is enabled for calling in a plan only.

    Args:
        location: The location.

    Returns:
        True when there is nothing to read of it yet.
    """
    return bool((location.raw or {}).get(_PLANNED))
