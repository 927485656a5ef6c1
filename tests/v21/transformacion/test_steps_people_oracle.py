"""The requests that create people and workspaces and change licences, beside those of the SDK."""

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
from Space_OdT.v21.transformacion import usuarios_alta_people as people
from Space_OdT.v21.transformacion import usuarios_alta_scim as scim
from Space_OdT.v21.transformacion.parts import workspace_steps as workspaces
from Space_OdT.v21.transformacion.parts.licence_wishes import LICENCES_CHANGE
from Space_OdT.webex.records import Licence, Location, Person
from tests.engine.doubles import row
from tests.webex.conftest import Reply, Seen, a_client, a_pacer, a_server, some_naps

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from wxc_sdk.as_api import AsWebexSimpleApi
    from wxc_sdk.licenses import LicenseProperties, LicenseRequest
    from wxc_sdk.people import Person as SdkPerson
    from wxc_sdk.people import PhoneNumber, PhoneNumberType
    from wxc_sdk.scim.users import EmailObject, NameObject, ScimUser
    from wxc_sdk.workspaces import (
        CallingType,
        Workspace,
        WorkspaceCalling,
        WorkspaceWebexCalling,
    )

__all__ = ["a_client", "a_pacer", "a_server", "some_naps"]  # fixtures

ORG = "O1"
ORG_UUID = "00000000-0000-4000-8000-000000000001"
EMAIL, NUMBER = "ana.soler@example.com", "+34910000001"
CALLING = Licence("C1", "Webex Calling - Professional")
MEETINGS = Licence("M1", "Meeting - Webex Meeting Center")
LINE = Person("P1", (EMAIL,), (), "L1", "80000001", (NUMBER,))
HOME = Location("L1", "Girona", has_calling=True)
NEW_PERSON = people.NewPerson(
    {
        "email": EMAIL,
        "first_name": "Ana",
        "last_name": "Soler",
        "extension": "80000001",
        "phone_number": NUMBER,
        "org_id": ORG,
    },
    (),
)
NEW_IDENTITY = scim.NewIdentity(ORG_UUID, EMAIL, "Ana", "Soler", "Ana Soler", is_active=True)
ROOM = workspaces.WorkspaceLine("L1", "80000001", NUMBER, ("C1",))
READ = {"id": "W1", "displayName": "Sala 1", "locationId": "L1", "capacity": 8, "type": "desk"}


@dataclass(frozen=True)
class Pair:
    """One step, the SDK's call for the same, and what differs on purpose.

    Attributes:
        step: The step.
        parts: What its builder gets.
        where: Values of the names in its path and query.
        sdk: Does the same with the SDK.
        unlike: Fields of the body that differ on purpose.
    """

    step: StepSpec
    parts: tuple[Any, ...]
    where: dict[str, str]
    sdk: Callable[[AsWebexSimpleApi], Awaitable[Any]]
    unlike: frozenset[str] = frozenset()


def _calling() -> WorkspaceCalling:
    return WorkspaceCalling(
        type=CallingType.webex,
        webex_calling=WorkspaceWebexCalling(
            location_id="L1", extension="80000001", phone_number=NUMBER, licenses=["C1"]
        ),
    )


PAIRS = (
    Pair(
        LICENCES_CHANGE,
        (LINE, [CALLING, MEETINGS], [Licence("X1", "Webex Calling - Standard")], ORG),
        {},
        lambda api: api.licenses.assign_licenses_to_users(
            person_id="P1",
            org_id=ORG,
            licenses=[
                LicenseRequest(id="X1", operation="remove"),
                LicenseRequest(
                    id="C1",
                    operation="add",
                    properties=LicenseProperties(
                        location_id="L1", extension="80000001", phone_number=NUMBER
                    ),
                ),
                LicenseRequest(id="M1", operation="add"),
            ],
        ),
    ),
    Pair(
        people.PERSON_CREATE,
        (NEW_PERSON, [CALLING], HOME),
        {},
        lambda api: api.people.create(
            SdkPerson(
                emails=[EMAIL],
                first_name="Ana",
                last_name="Soler",
                display_name="Ana Soler",
                org_id=ORG,
                licenses=["C1"],
                location_id="L1",
                extension="80000001",
                phone_numbers=[PhoneNumber(number_type=PhoneNumberType.work, value=NUMBER)],
            ),
            calling_data=True,
        ),
    ),
    Pair(
        scim.USER_SEARCH,
        (),
        {"org_uuid": ORG_UUID, "filter": scim.user_filter(EMAIL)},
        lambda api: api.scim.users.search(ORG_UUID, filter=f'userName eq "{EMAIL}"', count=1),
    ),
    Pair(
        scim.USER_CREATE,
        (NEW_IDENTITY,),
        {"org_uuid": ORG_UUID},
        lambda api: api.scim.users.create(
            ORG_UUID,
            ScimUser(
                schemas=["urn:ietf:params:scim:schemas:core:2.0:User"],
                user_name=EMAIL,
                user_type="user",
                active=True,
                display_name="Ana Soler",
                name=NameObject(given_name="Ana", family_name="Soler"),
                emails=[EmailObject(value=EMAIL, type="work", primary=True)],
            ),
        ),
        # the SDK names the schemas of extensions, too, of which nothing is sent
        frozenset({"schemas"}),
    ),
    Pair(
        workspaces.WORKSPACE_CREATE,
        (workspaces.NewWorkspace("Sala 1", ROOM),),
        {},
        # the SDK leaves `orgId` out of the body, where the API documents it
        lambda api: api.workspaces.create(
            Workspace(display_name="Sala 1", location_id="L1", calling=_calling())
        ),
    ),
    Pair(
        workspaces.WORKSPACE_UPDATE,
        (READ, ROOM),
        {"workspace_id": "W1"},
        lambda api: api.workspaces.update(
            "W1",
            Workspace(
                display_name="Sala 1",
                location_id="L1",
                capacity=8,
                type="desk",
                calling=_calling(),
            ),
        ),
    ),
    Pair(
        workspaces.WORKSPACE_NUMBERS,
        (),
        # the SDK writes the organisation `org_id` here, the API documents `orgId`
        {"workspace_id": "W1", "org_id": ""},
        lambda api: api.workspace_settings.numbers.read("W1"),
    ),
)


def told(seen: Seen, unlike: frozenset[str]) -> tuple[Any, ...]:
    body = json.loads(seen.body) if seen.body else {}
    kept = {name: value for name, value in body.items() if name not in unlike}
    path = seen.path.rstrip("/")  # the SDK ends some paths with a slash
    return seen.method, path, {k: v.lower() for k, v in seen.query.items()}, kept


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
