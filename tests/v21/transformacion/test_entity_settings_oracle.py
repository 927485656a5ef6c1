"""The requests of person and workspace actions beside those of the field's SDK."""

from __future__ import annotations

import json
import warnings
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from Space_OdT.engine.action_model import StepSpec
from Space_OdT.engine.step_calls import StepCaller
from Space_OdT.sdk_client import create_api
from Space_OdT.v21.transformacion.parts import outgoing_permissions as permissions
from Space_OdT.v21.transformacion.parts.calling_entities import PEOPLE, WORKSPACES
from Space_OdT.v21.transformacion.parts.forwarding_state import Always, forwarding_setting
from Space_OdT.v21.transformacion.parts.numbers_state import available_step, numbers_setting
from Space_OdT.v21.transformacion.parts.own_permissions import permission_setting
from Space_OdT.v21.transformacion.parts.routing_check import PEOPLE_OF_LOCATION, ROUTING_TEST
from tests.engine.doubles import row
from tests.v21.transformacion.forwarding_cases import OFF, READ_ONLY, on, settings
from tests.webex.conftest import Reply, Seen, a_client, a_pacer, a_server, some_naps

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from wxc_sdk.as_api import AsWebexSimpleApi
    from wxc_sdk.common import PatternAction
    from wxc_sdk.person_settings.forwarding import CallForwardingAlways, PersonForwardingSetting
    from wxc_sdk.person_settings.numbers import UpdatePersonNumbers, UpdatePersonPhoneNumber
    from wxc_sdk.person_settings.permissions_out import OutgoingPermissions
    from wxc_sdk.telephony import OriginatorType
    from wxc_sdk.workspace_settings.numbers import UpdateWorkspacePhoneNumber

__all__ = ["a_client", "a_pacer", "a_server", "some_naps"]  # fixtures

ORG, NUMBER, TARGET = "O1", "+34510000004", "530000004"
WHERE = {"entity_id": "E1", "org_id": ORG, "location_id": "L1", "phone_number": NUMBER}
READ = settings(OFF, **READ_ONLY)
WANTED = Always(enabled=True, destination=TARGET)
RULES = [{"callType": "NATIONAL", "action": "BLOCK", "transferEnabled": False}]
CHANGE = permissions.compare((permissions.Permission("NATIONAL", "BLOCK", may_transfer=False),), ())


@dataclass(frozen=True)
class Pair:
    """One step, the SDK's call for the same, and what differs on purpose.

    Attributes:
        step: The step.
        parts: What its builder gets.
        sdk: Does the same with the SDK.
        unlike: Query parameters and fields of the body that differ on purpose.
        sdk_path: Start of the SDK's path -> ours, where the API documents both.
        renamed: The SDK's name of a field -> ours.
    """

    step: StepSpec
    parts: tuple[Any, ...]
    sdk: Callable[[AsWebexSimpleApi], Awaitable[Any]]
    unlike: frozenset[str] = frozenset()
    sdk_path: tuple[str, str] = ("", "")
    renamed: tuple[str, str] = ("", "")


def forwarding() -> PersonForwardingSetting:
    made = PersonForwardingSetting.model_validate(READ)
    made.call_forwarding.always = CallForwardingAlways.model_validate(on(TARGET))
    return made


def own_rules() -> OutgoingPermissions:
    switches = {"useCustomEnabled": True, "useCustomPermissions": True}
    return OutgoingPermissions.model_validate({**switches, "callingPermissions": RULES})


async def people_of_location(api: AsWebexSimpleApi) -> list[Any]:
    found = api.people.list_gen(location_id="L1", calling_data=True, org_id=ORG, max=50)
    return [one async for one in found]


async def secondary(api: Any) -> list[Any]:
    found = api.available_numbers.secondary_gen("E1", phone_number=[NUMBER], org_id=ORG)
    return [one async for one in found]


# Since its release 1.41 the SDK uses the second documented path of a person's permissions.
_OTHER_PATH = ("/v1/telephony/config/people/E1/", "/v1/people/E1/features/")
_LOCK = frozenset({"isCallTypeRestrictionEnabled"})  # the SDK sends the read-only lock as null
PAIRS = (
    Pair(
        forwarding_setting(PEOPLE).reading,
        (),
        lambda api: api.person_settings.forwarding.read("E1", org_id=ORG),
    ),
    Pair(
        forwarding_setting(PEOPLE).writing,
        (READ, WANTED),
        lambda api: api.person_settings.forwarding.configure("E1", forwarding(), org_id=ORG),
    ),
    Pair(
        forwarding_setting(WORKSPACES).reading,
        (),
        lambda api: api.workspace_settings.forwarding.read("E1", org_id=ORG),
    ),
    Pair(
        forwarding_setting(WORKSPACES).writing,
        (READ, WANTED),
        lambda api: api.workspace_settings.forwarding.configure("E1", forwarding(), org_id=ORG),
    ),
    Pair(
        numbers_setting(PEOPLE).reading,
        (),
        lambda api: api.person_settings.numbers.read("E1", prefer_e164_format=True, org_id=ORG),
    ),
    Pair(
        numbers_setting(PEOPLE).writing,
        ("people", "ADD", NUMBER, True),
        lambda api: api.person_settings.numbers.update(
            "E1",
            UpdatePersonNumbers(
                enable_distinctive_ring_pattern=True,
                phone_numbers=[UpdatePersonPhoneNumber(action=PatternAction.add, external=NUMBER)],
            ),
            org_id=ORG,
        ),
        frozenset({"extension", "ringPattern"}),  # the SDK sends null for what is not asked for
        renamed=("external", "directNumber"),  # the name in the API's schema and example
    ),
    Pair(
        numbers_setting(WORKSPACES).reading,
        (),
        lambda api: api.workspace_settings.numbers.read("E1", org_id=ORG),
        frozenset({"orgId", "org_id"}),  # the SDK spells the parameter against the specification
        sdk_path=("/v1/workspaces/E1/features/numbers/", "/v1/workspaces/E1/features/numbers"),
    ),
    Pair(
        numbers_setting(WORKSPACES).writing,
        ("workspaces", "DELETE", NUMBER, True),
        lambda api: api.workspace_settings.numbers.update(
            "E1",
            [
                UpdateWorkspacePhoneNumber(
                    primary=False, action=PatternAction.delete, direct_number=NUMBER
                )
            ],
            distinctive_ring_enabled=True,
            org_id=ORG,
        ),
    ),
    Pair(available_step(PEOPLE), (), lambda api: secondary(api.person_settings)),
    Pair(available_step(WORKSPACES), (), lambda api: secondary(api.workspace_settings)),
    Pair(
        permission_setting(PEOPLE).reading,
        (),
        lambda api: api.person_settings.permissions_out.read("E1", org_id=ORG),
        sdk_path=_OTHER_PATH,
    ),
    Pair(
        permission_setting(PEOPLE).writing,
        (CHANGE, (True, True)),
        lambda api: api.person_settings.permissions_out.configure("E1", own_rules(), org_id=ORG),
        _LOCK,
        sdk_path=_OTHER_PATH,
    ),
    Pair(
        permission_setting(WORKSPACES).reading,
        (),
        lambda api: api.workspace_settings.permissions_out.read("E1", org_id=ORG),
    ),
    Pair(
        permission_setting(WORKSPACES).writing,
        (CHANGE, (True, True)),
        lambda api: api.workspace_settings.permissions_out.configure("E1", own_rules(), org_id=ORG),
        _LOCK,
    ),
    Pair(
        ROUTING_TEST,
        ("P1", TARGET),
        lambda api: api.telephony.test_call_routing(
            "P1", OriginatorType.user, TARGET, include_applied_services=True, org_id=ORG
        ),
        frozenset({"originatorType"}),  # the SDK says USER, the specification PEOPLE
    ),
    Pair(PEOPLE_OF_LOCATION, (), people_of_location),
)


def without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: without(inner, names) for key, inner in value.items() if key not in names}
    return [without(inner, names) for inner in value] if isinstance(value, list) else value


def renamed(value: Any, names: tuple[str, str]) -> Any:
    if isinstance(value, dict):
        old, new = names
        return {new if key == old else key: renamed(one, names) for key, one in value.items()}
    return [renamed(one, names) for one in value] if isinstance(value, list) else value


def told(seen: Seen, unlike: frozenset[str]) -> tuple[Any, ...]:
    body = json.loads(seen.body) if seen.body else {}
    return seen.method, seen.path, without(seen.query, unlike), without(body, unlike)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.step.method}{pair.step.path}")
async def test_a_step_is_what_the_sdk_sends(server, client, pair: Pair) -> None:
    answer: Any = {"callForwarding": {"always": {}}, "businessContinuity": {}}
    answer |= dict.fromkeys(pair.step.required, "x") | answer
    server.replies = [Reply(pair.step.success[0], answer)]
    call = StepCaller(client, row(1), (pair.step,))
    await call(pair.step, *pair.parts, lookup=None, **WHERE)
    async with create_api(client=client) as api:
        # the SDK cannot read every canned answer; it has asked all the same
        with suppress(ValueError, TypeError, AttributeError, KeyError):
            await pair.sdk(api)
    ours, theirs = server.seen[0], server.seen[1]
    theirs.path = theirs.path.replace(*pair.sdk_path) if pair.sdk_path[0] else theirs.path
    method, path, query, body = told(theirs, pair.unlike)
    assert told(ours, pair.unlike) == (method, path, query, renamed(body, pair.renamed))
