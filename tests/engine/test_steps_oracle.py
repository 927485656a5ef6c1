"""The requests of our steps beside those the field's SDK sends for the same thing."""

from __future__ import annotations

import json
import warnings
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_helpers import LocationFacts
from Space_OdT.engine.action_model import StepSpec
from Space_OdT.engine.move_bodies import MoveWish
from Space_OdT.engine.step_calls import StepCaller
from Space_OdT.sdk_client import create_api
from Space_OdT.webex.records import Person
from tests.engine.doubles import row
from tests.webex.conftest import Reply, Seen, a_client, a_pacer, a_server, some_naps

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from wxc_sdk.as_api import AsWebexSimpleApi
    from wxc_sdk.licenses import LicenseProperties, LicenseRequest
    from wxc_sdk.locations import Location, LocationAddress
    from wxc_sdk.person_settings.dnd import DND
    from wxc_sdk.telephony.jobs import MoveUser, MoveUsersList
    from wxc_sdk.telephony.location import CallingLineId, TelephonyLocation
    from wxc_sdk.telephony.location.numbers import TelephoneNumberType

__all__ = ["a_client", "a_pacer", "a_server", "some_naps"]  # fixtures

FACTS = LocationFacts(
    name="Girona",
    time_zone="Europe/Madrid",
    preferred_language="es_es",
    announcement_language="ca_es",
    address={
        "address1": "Calle Mayor 1",
        "city": "Girona",
        "state": "Girona",
        "postalCode": "17001",
        "country": "ES",
    },
)
PLACE = {
    "id": "L1",
    "name": "Girona",
    "timeZone": "Europe/Madrid",
    "preferredLanguage": "es_es",
    "announcementLanguage": "ca_es",
    "address": dict(FACTS.address),
}
LINE = Person("P1", ("a@example.com",), (), "L1", "100", ("+34910000001",))
NUMBERS = ["+34910000001", "+34910000002"]


@dataclass(frozen=True)
class Pair:
    """One step, and the SDK's call for the same.

    Attributes:
        step: The step.
        parts: What its builder gets.
        where: Values of the names in its path.
        sdk: Does the same with the SDK.
        unlike: Fields of the body that differ on purpose.
    """

    step: StepSpec
    parts: tuple[Any, ...]
    where: dict[str, str]
    sdk: Callable[[AsWebexSimpleApi], Awaitable[Any]]
    unlike: frozenset[str] = frozenset()


def _location() -> Location:
    return Location.model_validate(PLACE)


PAIRS = (
    Pair(
        steps.LOCATION_CREATE,
        (FACTS,),
        {},
        lambda api: api.locations.create(
            "Girona",
            "Europe/Madrid",
            "es_es",
            "ca_es",
            "Calle Mayor 1",
            "Girona",
            "Girona",
            "17001",
            "ES",
        ),
    ),
    Pair(
        steps.LOCATION_UPDATE,
        (FACTS, PLACE),
        {"location_id": "L1"},
        lambda api: api.locations.update(
            "L1",
            Location(
                name="Girona",
                time_zone="Europe/Madrid",
                preferred_language="es_es",
                address=LocationAddress.model_validate(PLACE["address"]),
            ),
        ),
    ),
    Pair(
        steps.CALLING_ENABLE,
        (FACTS, PLACE),
        {},
        lambda api: api.telephony.location.enable_for_calling(_location()),
    ),
    Pair(
        steps.CALLING_READ,
        (),
        {"location_id": "L1"},
        lambda api: api.telephony.location.details("L1"),
    ),
    Pair(steps.PSTN_READ, (), {"location_id": "L1"}, lambda api: api.telephony.pstn.read("L1")),
    Pair(
        steps.PSTN_CONFIGURE,
        ("ROUTE_GROUP", "R1"),
        {"location_id": "L1"},
        lambda api: api.telephony.pstn.configure(
            "L1", premise_route_type="ROUTE_GROUP", premise_route_id="R1"
        ),
    ),
    Pair(
        steps.NUMBERS_ADD,
        (NUMBERS,),
        {"location_id": "L1"},
        lambda api: api.telephony.location.number.add(
            "L1", NUMBERS, number_type=TelephoneNumberType.did
        ),
        # the SDK leaves new numbers inactive unless told otherwise
        frozenset({"state"}),
    ),
    Pair(
        steps.MAIN_NUMBER,
        ("+34910000001",),
        {"location_id": "L1"},
        lambda api: api.telephony.location.update(
            "L1",
            TelephonyLocation(calling_line_id=CallingLineId(phone_number="+34910000001")),
        ),
    ),
    Pair(
        steps.USER_LOOKUP,
        (),
        {"person_id": "P1"},
        lambda api: api.people.details("P1", calling_data=True),
    ),
    Pair(
        steps.USER_ENABLE_CALLING,
        (LINE, "C1"),
        {},
        lambda api: api.licenses.assign_licenses_to_users(
            person_id="P1",
            licenses=[
                LicenseRequest(
                    id="C1",
                    operation="add",
                    properties=LicenseProperties(
                        location_id="L1", extension="100", phone_number="+34910000001"
                    ),
                )
            ],
        ),
    ),
    Pair(
        steps.MOVE_START,
        (MoveWish("P1", "L2", "200", "+34910000002"),),
        {},
        lambda api: api.telephony.jobs.move_users.validate_or_initiate(
            [
                MoveUsersList(
                    location_id="L2",
                    validate_only=False,
                    users=[MoveUser(user_id="P1", extension="200", phone_number="+34910000002")],
                )
            ]
        ),
    ),
    Pair(
        steps.MOVE_CHECK,
        (MoveWish("P1", "L2"),),
        {},
        lambda api: api.telephony.jobs.move_users.validate_or_initiate(
            [MoveUsersList(location_id="L2", validate_only=True, users=[MoveUser(user_id="P1")])]
        ),
    ),
    Pair(
        steps.MOVE_ERRORS,
        (),
        {"job_id": "J1"},
        lambda api: api.telephony.jobs.move_users.errors("J1"),
    ),
    Pair(
        steps.MOVE_STATUS,
        (),
        {"job_id": "J1"},
        lambda api: api.telephony.jobs.move_users.status("J1"),
    ),
    Pair(
        steps.SETTING_WRITES["doNotDisturb"],
        ({"enabled": True, "ringSplashEnabled": False},),
        {"person_id": "P1"},
        lambda api: api.person_settings.dnd.configure(
            "P1", DND(enabled=True, ring_splash_enabled=False)
        ),
    ),
    Pair(
        steps.DELETE_PRECHECK,
        (),
        {"location_id": "L1"},
        lambda api: api.telephony.location.safe_delete_check_before_disabling_calling_location(
            "L1"
        ),
    ),
    Pair(
        steps.CALLING_DISABLE,
        ("L1",),
        {},
        lambda api: api.telephony.jobs.disable_calling_location.initiate("L1", force_delete=False),
    ),
    Pair(steps.LOCATION_DELETE, (), {"location_id": "L1"}, lambda api: api.locations.delete("L1")),
)


def told(seen: Seen, unlike: frozenset[str]) -> tuple[Any, ...]:
    body = json.loads(seen.body) if seen.body else {}
    kept = {name: value for name, value in body.items() if name not in unlike}
    return seen.method, seen.path, {k: v.lower() for k, v in seen.query.items()}, kept


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.step.name)
async def test_a_step_is_what_the_sdk_sends(server, client, pair: Pair) -> None:
    server.replies = [Reply(pair.step.success[0], dict.fromkeys(pair.step.required, "x"))]
    call = StepCaller(client, row(1), (pair.step,))
    await call(pair.step, *pair.parts, lookup=None, **pair.where)
    async with create_api(client=client) as api:
        # the SDK cannot read every canned answer; it has asked all the same
        with suppress(ValueError, TypeError, AttributeError, KeyError):
            await pair.sdk(api)
    ours, theirs = server.seen[0], server.seen[1]
    assert told(ours, pair.unlike) == told(theirs, pair.unlike)
