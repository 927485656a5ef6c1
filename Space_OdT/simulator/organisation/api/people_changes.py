"""Creating, replacing and deleting people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location,
    flag,
    now,
    person_at,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.api.people import render_person
from Space_OdT.simulator.organisation.documents import forget_documents_of
from Space_OdT.simulator.organisation.entities import LicenceKind, OwnerKind, Person
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.licensing import (
    IMPLICIT,
    LicencePlan,
    carry_out,
    read_plan,
)
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.roles import ROLE_NAMES
from Space_OdT.simulator.organisation.rules import (
    CallingRequest,
    check_calling,
    normalised_number,
)
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Result, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

# Field of the body -> attribute; of a replaced person the ones left out are emptied.
_TEXTS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "displayName": "display_name",
    "avatar": "avatar",
    "department": "department",
    "manager": "manager",
    "managerId": "manager_id",
    "title": "title",
}


@dataclass(slots=True, frozen=True)
class CallingFields:
    """The calling part of a person's body: None where the body says nothing."""

    location_id: str | None
    extension: str | None
    phone_number: str | None

    @classmethod
    def of(cls, body: JsonObject) -> CallingFields:
        """Read location, extension and work number from a body."""
        work = [
            item.get("value")
            for item in body.get("phoneNumbers") or []
            if isinstance(item, dict) and item.get("type") == "work"
        ]
        location = text_of(body, "locationId")
        return cls(
            canonical(location) if location else None,
            text_of(body, "extension"),
            normalised_number(work[0]) if work else None,
        )


def _email(organisation: Organisation, body: JsonObject, own: Person | None = None) -> str:
    emails = body.get("emails")
    if not isinstance(emails, list) or len(emails) != 1:
        raise errors.field_invalid("emails", "exactly one address expected")
    email = str(emails[0]).strip()
    if not EMAIL.fullmatch(email):
        raise errors.field_invalid("emails", f"{email} is not an e-mail address")
    holder = organisation.person_by_email(email)
    if holder is not None and holder is not own:
        raise ApiError(409, f"User already exists: {email}")
    return email


def _display_name(body: JsonObject) -> str:
    names = [text_of(body, "firstName"), text_of(body, "lastName")]
    display = text_of(body, "displayName") or " ".join(name for name in names if name)
    if not display.strip():
        raise errors.field_missing("displayName, or firstName and lastName")
    return display


def _roles(body: JsonObject) -> list[str]:
    roles = [canonical(role) for role in body.get("roles") or []]
    unknown = [role for role in roles if role not in ROLE_NAMES]
    if unknown:
        raise errors.field_invalid("roles", f"{unknown[0]} is not a role")
    return roles


def _additions(
    world: World, person: Person, ids: list[Any], fields: CallingFields, *, calling: bool
) -> LicencePlan:
    """Plan the licences a body lists and the person lacks, with the calling data it gives."""
    organisation = world.organisation
    operations: list[JsonObject] = []
    for identifier in ids:
        licence = organisation.licence(identifier)
        entry: JsonObject = {"id": identifier}
        if licence is not None and organisation.calling_licence([licence.id]) and calling:
            wanted = {
                "locationId": fields.location_id,
                "extension": fields.extension,
                "phoneNumber": fields.phone_number,
            }
            entry["properties"] = {k: v for k, v in wanted.items() if v is not None}
        operations.append(entry)
    return read_plan(world, person, operations)


def create_person(world: World, request: Request) -> JsonObject:
    """Answer `POST /people`: licences without free units are silently left out."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("emails",))
    email = _email(organisation, body)
    stamp = now(world)
    person = Person(
        id=world.next_id("PEOPLE"),
        email=email,
        first_name=text_of(body, "firstName") or "",
        last_name=text_of(body, "lastName") or "",
        display_name=_display_name(body),
        created=stamp,
        modified=stamp,
        status="pending",
        invite_pending=True,
        roles=_roles(body),
        addresses=list(body.get("addresses") or []),
        site_urls=list(body.get("siteUrls") or []),
    )
    _set_texts(person, body)
    calling = flag(request.query, "callingData")
    fields = CallingFields.of(body)
    plan = _additions(world, person, body.get("licenses") or [], fields, calling=calling)
    plan.add = [item for item in plan.add if organisation.free_units(item) > 0]
    if plan.calling is not None:
        check_calling(organisation, plan.calling)
    person.licences = [i.id for i in organisation.licences_of_kind(LicenceKind.IMPLICIT)]
    organisation.add_person(person)
    carry_out(world, person, plan)
    return render_person(organisation, person, calling=calling)


def _set_texts(person: Person, body: JsonObject) -> None:
    for name, attribute in _TEXTS.items():
        value = text_of(body, name)
        if name == "displayName":
            continue
        mandatory = name in {"firstName", "lastName"}
        setattr(person, attribute, value or ("" if mandatory else None))


def replace_person(world: World, request: Request) -> Result:
    """Answer `PUT /people/{personId}`: everything is replaced by what the body says."""
    organisation = world.organisation
    person = person_at(world, request)
    body = body_of(request)
    required(body, ("displayName",))
    email = _email(organisation, body, person) if "emails" in body else person.email
    roles = _roles(body)
    calling = flag(request.query, "callingData")
    fields = CallingFields.of(body)
    plan = _changed_licences(world, person, body, fields, calling=calling)
    line_change = _checked_line(world, person, plan, fields) if calling else None
    carry_out(world, person, plan)
    if line_change is not None:
        organisation.plan.replace_primary(
            person.id,
            OwnerKind.PEOPLE,
            line_change.location.id,
            line_change.phone_number,
            line_change.extension,
        )
    organisation.rename_person(person, email, body["displayName"])
    _set_texts(person, body)
    person.roles = roles
    person.addresses = list(body.get("addresses") or [])
    person.site_urls = list(body.get("siteUrls") or [])
    person.login_enabled = body.get("loginEnabled", person.login_enabled) is not False
    person.modified = now(world)
    if flag(request.query, "minResponse"):
        return None
    return render_person(organisation, person, calling=calling)


def _changed_licences(
    world: World, person: Person, body: JsonObject, fields: CallingFields, *, calling: bool
) -> LicencePlan:
    organisation = world.organisation
    if "licenses" not in body:
        return LicencePlan()
    wanted = [canonical(item) for item in body["licenses"] or []]
    dropped = [organisation.licences[item] for item in person.licences if item not in wanted]
    for licence in dropped:
        if licence.kind is LicenceKind.IMPLICIT:
            raise ApiError(400, f"Implicit license {licence.name} cannot be removed", IMPLICIT)
    plan = _additions(world, person, wanted, fields, calling=calling)
    plan.remove = dropped
    return plan


def _checked_line(
    world: World, person: Person, plan: LicencePlan, fields: CallingFields
) -> CallingRequest | None:
    """Check the new extension and number of somebody who is a Calling user and stays one."""
    organisation = world.organisation
    stays = organisation.calling_licence(
        item for item in person.licences if item not in {gone.id for gone in plan.remove}
    )
    if stays is None or person.location_id is None:
        if fields.location_id not in {None, person.location_id} and plan.calling is None:
            text = "locationId is accepted only together with a calling license"
            raise ApiError(400, text)
        return None
    if fields.location_id not in {None, person.location_id}:
        raise ApiError(400, "The location of a calling user cannot be changed")
    if not fields.extension and not fields.phone_number:
        raise ApiError(400, "A calling user needs an extension or a phone number")
    location = calling_location(world, person.location_id)
    wanted = CallingRequest(location, fields.extension, fields.phone_number)
    check_calling(organisation, wanted, person.id)
    return wanted


def delete_person(world: World, request: Request) -> Reply:
    """Answer `DELETE /people/{personId}`."""
    person = person_at(world, request)
    if person.id == world.organisation.me_id:
        raise ApiError(403, "The owner of the token cannot delete himself")
    world.organisation.remove_person(person)
    forget_documents_of(world, person.id)
    return Reply(204)


ROUTES = (
    Route("POST", "/people", create_person, scopes.PEOPLE_WRITE),
    Route("PUT", "/people/{personId}", replace_person, scopes.PEOPLE_WRITE),
    Route("DELETE", "/people/{personId}", delete_person, scopes.PEOPLE_WRITE),
)
