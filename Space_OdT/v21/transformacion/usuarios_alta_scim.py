"""Create people through SCIM 2.0, without calling; identity work, off by default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, Result, StepSpec
from Space_OdT.engine.models import CellProblem, Row
from Space_OdT.v21.transformacion.definition import (
    ActionContext,
    ActionDefinition,
    Cells,
    Dataset,
)
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true
from Space_OdT.v21.transformacion.parts import shared_parameters as shared
from Space_OdT.v21.transformacion.parts.new_people import (
    DISPLAY_NAME,
    EMAIL,
    EXISTS,
    FIRST_NAME,
    IDENTITY_WARNING,
    LAST_NAME,
)
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.ids import encode_id, id_key
from Space_OdT.webex.records import Person, email_key

_EXISTS_STATUS = 409
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_USERS = "/identity/scim/{org_uuid}/v2/Users"
_CORE = "urn:ietf:params:scim:schemas:core:2.0:User"

ORG_ID = replace(
    shared.ORG_ID,
    help="Id of the organisation, as the API gives it or as a bare UUID.",
    is_required=True,
)
ACTIVE = Parameter(
    "active",
    Kind.FLAG,
    "Whether the person may sign in.",
    aliases=("actiu", "activo"),
    default="true",
)
INACTIVE = Parameter("inactive", Kind.FLAG, "Whether the person may not sign in, as `--inactive`.")


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """What a row says about somebody to create.

    Attributes:
        org_uuid: Bare UUID of the organisation; SCIM knows no other form.
        email: E-mail address, lower case; also the user name.
        first_name: Given name.
        last_name: Family name.
        display_name: Name as shown.
        is_active: Whether the person may sign in.
    """

    org_uuid: str
    email: str
    first_name: str
    last_name: str
    display_name: str
    is_active: bool

    @classmethod
    def of(cls, row: Row) -> NewIdentity:
        """Read a prepared row."""
        first, last = row.get("first_name"), row.get("last_name")
        return cls(
            org_uuid=id_key(row.get("org_id")),
            email=row.get("email"),
            first_name=first,
            last_name=last,
            display_name=row.get("display_name") or f"{first} {last}",
            is_active=is_true(row.get("active")) and not is_true(row.get("inactive")),
        )


def identity_body(new: NewIdentity) -> dict[str, Any]:
    """Build the body that creates a user.

    Args:
        new: What the row says.

    Returns:
        The body of `POST /identity/scim/{orgId}/v2/Users` (Webex API reference, "Create a user");
        `schemas`, `userName` and `userType` are mandatory.
    """
    return {
        "schemas": [_CORE],
        "userName": new.email,
        "userType": "user",
        "active": new.is_active,
        "displayName": new.display_name,
        "name": {"givenName": new.first_name, "familyName": new.last_name},
        "emails": [{"value": new.email, "type": "work", "primary": True}],
    }


def user_filter(email: str) -> str:
    """Write the filter that finds one user name.

    Args:
        email: The user name.

    Returns:
        The filter; quotes and backslashes are escaped (RFC 7644, section 3.4.2.2).
    """
    escaped = email.replace("\\", "\\\\").replace('"', '\\"')
    return f'userName eq "{escaped}"'


def _as_asked(body: Any) -> dict[str, Any]:
    return {**body, "id": f"NEW-PERSON({body['userName']})"}


USER_SEARCH = StepSpec(
    "scim_user_search",
    "GET",
    _USERS,
    required=("schemas",),
    query={"filter": "{filter}", "count": "1"},
)
USER_CREATE = StepSpec(
    "scim_user_create",
    "POST",
    _USERS,
    success=(200, 201),
    required=("id",),
    build=identity_body,
    assume=_as_asked,
)


async def _search(new: NewIdentity, call: Call) -> Mapping[str, Any] | None:
    answer = await call(USER_SEARCH, org_uuid=new.org_uuid, filter=user_filter(new.email))
    for found in answer.body.get("Resources") or ():
        if email_key(str(found.get("userName"))) == email_key(new.email):
            return dict(found)
    return None


async def _create(new: NewIdentity, call: Call, directory: Directory) -> Result:
    """Create one user, unless there is one."""
    found = await _search(new, call)
    if found is not None:
        return _exists(found, new)

    async def landed() -> Mapping[str, Any] | None:
        return await _search(new, call)

    try:
        answer = await call(USER_CREATE, new, lookup=landed, org_uuid=new.org_uuid)
    except WebexError as error:
        if error.status != _EXISTS_STATUS:
            raise
        found = await _search(new, call)
        if found is None:
            raise
        return _exists(found, new)
    person_id = _public_id(answer.body["id"])
    directory.note_write(Person(person_id, (email_key(new.email),)))
    return Result(Effect.CHANGED, person_id, "usuarios_modificar_licencias gives calling")


def _exists(found: Mapping[str, Any], new: NewIdentity) -> Result:
    told = [EXISTS]
    if (found.get("active") is not False) != new.is_active:
        told.append(f"is {'inactive' if new.is_active else 'active'}, unlike the row")
    return Result(Effect.UNCHANGED, _public_id(str(found["id"])), "; ".join(told))


def _public_id(scim_id: str) -> str:
    """Give the id that the other APIs know a user by."""
    return encode_id("PEOPLE", scim_id) if _UUID.fullmatch(scim_id.lower()) else scim_id


def _check(cells: Cells) -> Iterator[CellProblem]:
    if not _UUID.fullmatch(id_key(cells["org_id"])):
        yield CellProblem(
            "org_id",
            cells["org_id"],
            "the id of an organisation, which holds a UUID",
            "copy it from Control Hub (Account) or from the export people.csv",
        )


def build(_: ActionContext) -> Action[NewIdentity]:
    """Make the action.

    Returns:
        What runs for each row.
    """
    return Action(
        name=DEFINITION.action_id,
        steps=(USER_SEARCH, USER_CREATE),
        params=NewIdentity.of,
        run=_create,
        serial_key=lambda params: params.email,
        lookup=USER_SEARCH.name,
    )


DEFINITION = ActionDefinition(
    action_id="usuarios_alta_scim",
    purpose="Create people through SCIM, without licences; calling is given afterwards.",
    purpose_es="Da de alta personas por SCIM, sin licencias; las llamadas se asignan después.",
    dataset=Dataset.USUARIOS,
    parameters=(EMAIL, FIRST_NAME, LAST_NAME, DISPLAY_NAME, ACTIVE, INACTIVE, ORG_ID),
    build=build,
    key=("email",),
    check=_check,
    example={
        "org_id": "00000000-0000-4000-8000-000000000001",
        "email": "ana.soler@example.com",
        "first_name": "Ana",
        "last_name": "Soler",
    },
    outcomes={
        "changed": "the person was created",
        "unchanged: user_already_exists": "somebody has the user name, also when that shows only "
        "by the refusal of a second create (409); nothing is changed",
    },
    is_identity=True,
    warning=IDENTITY_WARNING,
)

if __name__ == "__main__":
    from Space_OdT.commands.action_run import main

    main(DEFINITION.action_id)
