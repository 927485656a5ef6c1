"""The requests of location actions beside those the field's SDK sends for the same thing."""

from __future__ import annotations

import json
import warnings
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from Space_OdT.engine.action_helpers import LocationFacts
from Space_OdT.engine.action_model import StepSpec
from Space_OdT.engine.step_calls import StepCaller
from Space_OdT.sdk_client import create_api
from Space_OdT.v21.transformacion.parts import outgoing_permissions as permissions
from Space_OdT.v21.transformacion.parts import steps_location as steps
from tests.engine.doubles import row
from tests.webex.conftest import Reply, Seen, a_client, a_pacer, a_server, some_naps

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from wxc_sdk.as_api import AsWebexSimpleApi
    from wxc_sdk.common import NumberState, RouteIdentity, RouteType
    from wxc_sdk.locations import Location
    from wxc_sdk.person_settings.permissions_out import OutgoingPermissions
    from wxc_sdk.telephony.location import CallingLineId, TelephonyLocation
    from wxc_sdk.telephony.location.internal_dialing import InternalDialing
    from wxc_sdk.telephony.location.numbers import NumberUsageType, TelephoneNumberType

__all__ = ["a_client", "a_pacer", "a_server", "some_naps"]  # fixtures

ORG = "O1"
WHERE = {"location_id": "L1", "org_id": ORG}
NUMBERS = ["+34910000001", "+34910000002"]
ADDRESS = {
    "address1": "Calle Mayor 1",
    "city": "Girona",
    "state": "Girona",
    "postalCode": "17001",
    "country": "ES",
}
FACTS = LocationFacts("Girona", "Europe/Madrid", "es_es", "ca_es", ADDRESS)
PLACE = {
    "id": "L1",
    "name": "Girona",
    "timeZone": "Europe/Madrid",
    "preferredLanguage": "es_es",
    "announcementLanguage": "ca_es",
    "address": ADDRESS,
}
RULES = [{"callType": "NATIONAL", "action": "BLOCK", "transferEnabled": False}]
WANTED = (permissions.Permission("NATIONAL", "BLOCK", may_transfer=False),)


@dataclass(frozen=True)
class Pair:
    """One step, the SDK's call for the same, and what differs on purpose.

    Attributes:
        step: The step.
        parts: What its builder gets.
        sdk: Does the same with the SDK.
        unlike: Query parameters and fields of the body that differ on purpose.
        where: Values of the names in its path and query.
    """

    step: StepSpec
    parts: tuple[Any, ...]
    sdk: Callable[[AsWebexSimpleApi], Awaitable[Any]]
    unlike: frozenset[str] = frozenset()
    where: dict[str, str] | None = None


async def all_of(numbers: Any) -> list[Any]:
    return [one async for one in numbers]


PAIRS = (
    Pair(
        steps.ENABLE_CALLING,
        (FACTS, PLACE),
        lambda api: api.telephony.location.enable_for_calling(
            Location.model_validate(PLACE), org_id=ORG
        ),
    ),
    Pair(steps.CALLING_READ, (), lambda api: api.telephony.location.details("L1", org_id=ORG)),
    Pair(steps.PSTN_READ, (), lambda api: api.telephony.pstn.read("L1", org_id=ORG)),
    Pair(steps.PSTN_OPTIONS, (), lambda api: api.telephony.pstn.list("L1", org_id=ORG)),
    Pair(
        steps.PSTN_CONFIGURE,
        ("ROUTE_GROUP", "R1", ""),
        lambda api: api.telephony.pstn.configure(
            "L1", premise_route_type="ROUTE_GROUP", premise_route_id="R1", org_id=ORG
        ),
    ),
    Pair(
        steps.PSTN_CONFIGURE,
        ("", "", "C1"),
        lambda api: api.telephony.pstn.configure("L1", id="C1", org_id=ORG),
    ),
    Pair(
        steps.NUMBERS_AT,
        (),
        lambda api: all_of(
            api.telephony.phone_numbers_gen(
                location_id="L1", number_type="NUMBER", org_id=ORG, max=2000
            )
        ),
        frozenset({"start"}),  # the SDK follows links instead
        {**WHERE, "start": "0"},
    ),
    Pair(
        steps.NUMBER_READ,
        (),
        lambda api: all_of(
            api.telephony.phone_numbers_gen(phone_number="+34910000001", org_id=ORG)
        ),
        where={"phone_number": "+34910000001", "org_id": ORG},
    ),
    Pair(
        steps.NUMBERS_ADD,
        (NUMBERS, "DID", "NONE"),
        lambda api: api.telephony.location.number.add(
            "L1",
            NUMBERS,
            number_type=TelephoneNumberType.did,
            number_usage_type=NumberUsageType.none_,
            state=NumberState.inactive,
            org_id=ORG,
        ),
    ),
    Pair(
        steps.NUMBERS_ACTIVATE,
        (NUMBERS,),
        lambda api: api.telephony.location.number.activate("L1", NUMBERS, org_id=ORG),
    ),
    Pair(
        steps.HEAD_NUMBER,
        (NUMBERS[0], "Ajuntament"),
        lambda api: api.telephony.location.update(
            "L1",
            TelephonyLocation(
                calling_line_id=CallingLineId(phone_number=NUMBERS[0], name="Ajuntament")
            ),
            org_id=ORG,
        ),
    ),
    Pair(
        steps.INTERNAL_DIALING_READ,
        (),
        lambda api: api.telephony.location.internal_dialing.read("L1", org_id=ORG),
    ),
    Pair(
        steps.INTERNAL_DIALING_UPDATE,
        ({"id": "R1", "type": "TRUNK"},),
        lambda api: api.telephony.location.internal_dialing.update(
            "L1",
            InternalDialing(
                enable_unknown_extension_route_policy=True,
                unknown_extension_route_identity=RouteIdentity(
                    route_id="R1", route_type=RouteType.trunk
                ),
            ),
            org_id=ORG,
        ),
        frozenset({"name"}),  # the SDK sends the read-only name as null
    ),
    Pair(
        steps.INTERNAL_DIALING_UPDATE,
        (None,),
        lambda api: api.telephony.location.internal_dialing.update(
            "L1", InternalDialing(enable_unknown_extension_route_policy=False), org_id=ORG
        ),
        frozenset({"unknownExtensionRouteIdentity"}),  # the SDK sends null for no route
    ),
    Pair(
        steps.OUTGOING_READ,
        (),
        lambda api: api.telephony.location.permissions_out.read("L1", org_id=ORG),
    ),
    Pair(
        steps.OUTGOING_UPDATE,
        (permissions.compare(WANTED, ()),),
        lambda api: api.telephony.location.permissions_out.configure(
            "L1",
            OutgoingPermissions.model_validate({"callingPermissions": RULES}),
            org_id=ORG,
        ),
        # the SDK sends as null the read-only lock, and switches that a location does not have
        frozenset({"isCallTypeRestrictionEnabled", "useCustomEnabled", "useCustomPermissions"}),
    ),
)


def without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: without(inner, names) for key, inner in value.items() if key not in names}
    return [without(inner, names) for inner in value] if isinstance(value, list) else value


def told(seen: Seen, unlike: frozenset[str]) -> tuple[Any, ...]:
    body = json.loads(seen.body) if seen.body else {}
    return seen.method, seen.path, without(seen.query, unlike), without(body, unlike)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.step.name)
async def test_a_step_is_what_the_sdk_sends(server, client, pair: Pair) -> None:
    server.replies = [Reply(pair.step.success[0], dict.fromkeys(pair.step.required, "x"))]
    call = StepCaller(client, row(1), (pair.step,))
    await call(pair.step, *pair.parts, lookup=None, **(pair.where or WHERE))
    async with create_api(client=client) as api:
        # the SDK cannot read every canned answer; it has asked all the same
        with suppress(ValueError, TypeError, AttributeError, KeyError):
            await pair.sdk(api)
    ours, theirs = server.seen[0], server.seen[1]
    assert told(ours, pair.unlike) == told(theirs, pair.unlike)
