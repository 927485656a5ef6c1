"""What writes answer is read by the models of the field's SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wxc_sdk.licenses import UserLicensesResponse
from wxc_sdk.people import Person
from wxc_sdk.scim.users import ScimUser
from wxc_sdk.telephony import (
    TestCallRoutingResult as RoutingResult,
)
from wxc_sdk.telephony import (
    ValidateExtensionsResponse,
    ValidatePhoneNumbersResponse,
)
from wxc_sdk.telephony.jobs import (
    MoveUserJobDetails,
    NumberJob,
    StartJobResponse,
    StartMoveUsersJobResponse,
)
from wxc_sdk.telephony.location import SafeDeleteCheckResponse
from wxc_sdk.workspaces import Workspace

from Space_OdT.simulator.organisation.keys import uuid_of
from tests.simulator.organisation.scene import Answer, Scene, T


def licence(scene: Scene) -> Answer:
    properties = {"locationId": scene.premises.id, "extension": "80008000"}
    entry = {"id": scene.pro.id, "properties": properties}
    return scene.call(
        "PATCH", "/licenses/users", {"personId": scene.nobody.id, "licenses": [entry]}
    )


def person(scene: Scene) -> Answer:
    body = {"emails": ["new@example.com"], "firstName": "New", "lastName": "Person"}
    return scene.call("POST", "/people", body)


def user(scene: Scene) -> Answer:
    body = {"schemas": ["x"], "userName": "new@example.com", "userType": "user"}
    return scene.call("POST", f"/identity/scim/{uuid_of(scene.org.id)}/v2/Users", body)


def workspace(scene: Scene) -> Answer:
    details = {"locationId": scene.premises.id, "extension": "80008000"}
    calling = {"type": "webexCalling", "webexCalling": details}
    return scene.call("POST", "/workspaces", {"displayName": "Room", "calling": calling})


def _move(scene: Scene, *, validate: bool) -> Answer:
    users = [{"userId": scene.caller.id, "phoneNumber": ""}]
    entry = {"locationId": scene.trunked.id, "validate": validate, "users": users}
    return scene.call("POST", f"{T}/jobs/person/moveLocation", {"usersList": [entry]})


def validation(scene: Scene) -> Answer:
    answer = _move(scene, validate=True)
    assert answer.body["response"][0]["impacts"]
    return answer


def move(scene: Scene) -> Answer:
    answer = _move(scene, validate=False)
    return Answer(answer.status, answer.body["response"])


def numbers(scene: Scene) -> Answer:
    entry = {"locationId": scene.premises.id, "numbers": [scene.free_number(scene.premises)]}
    body = {"operation": "MOVE", "targetLocationId": scene.trunked.id, "numberList": [entry]}
    return scene.call("POST", f"{T}/jobs/numbers/manageNumbers", body)


def prefix(scene: Scene) -> Answer:
    body = {"routingPrefix": "7701"}
    job = scene.call("PUT", f"{T}/locations/{scene.premises.id}", body).body["batchJobId"]
    return scene.call("GET", f"{T}/jobs/updateRoutingPrefix/{job}")


def precheck(scene: Scene) -> Answer:
    path = f"{T}/locations/{scene.premises.id}/actions/precheckForDeletion/invoke"
    return scene.call("POST", path)


def phone_numbers(scene: Scene) -> Answer:
    body = {"phoneNumbers": ["+34919990001", "x", scene.free_number(scene.premises)]}
    return scene.call("POST", f"{T}/actions/validateNumbers/invoke", body)


def extensions(scene: Scene) -> Answer:
    body = {"extensions": ["80008000", "x", scene.line(scene.caller).extension]}
    path = f"{T}/locations/{scene.premises.id}/actions/validateExtensions/invoke"
    return scene.call("POST", path, body)


def _dialled(scene: Scene, destination: str) -> Answer:
    body = {"originatorId": scene.caller.id, "originatorType": "PEOPLE"}
    path = f"{T}/actions/testCallRouting/invoke"
    return scene.call("POST", path, {**body, "destination": destination})


ANSWERS: dict[str, tuple[Callable[[Scene], Answer], Any]] = {
    "a licence": (licence, UserLicensesResponse),
    "a person": (person, Person),
    "a user": (user, ScimUser),
    "a workspace": (workspace, Workspace),
    "the validation of a move": (validation, StartMoveUsersJobResponse),
    "a move": (move, MoveUserJobDetails),
    "a move of numbers": (numbers, NumberJob),
    "a change of prefix": (prefix, StartJobResponse),
    "the precheck of a removal": (precheck, SafeDeleteCheckResponse),
    "numbers": (phone_numbers, ValidatePhoneNumbersResponse),
    "extensions": (extensions, ValidateExtensionsResponse),
    "the way of an extension": (
        lambda s: _dialled(s, s.line(s.standard).extension),
        RoutingResult,
    ),
    "the way of a prefix": (lambda s: _dialled(s, "530000001"), RoutingResult),
    "the way of a number": (lambda s: _dialled(s, "+390612345678"), RoutingResult),
    "the way of a block of extensions": (lambda s: _dialled(s, "70123"), RoutingResult),
    "the way of a virtual extension": (lambda s: _dialled(s, "900000"), RoutingResult),
    "the way to an emergency": (lambda s: _dialled(s, "112"), RoutingResult),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_about(name: str, scene: Scene) -> None:
    ask, model = ANSWERS[name]
    answer = ask(scene)
    assert answer.status in {200, 201}, answer.body
    assert model.model_validate(answer.body)
