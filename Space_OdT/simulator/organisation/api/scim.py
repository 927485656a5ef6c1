"""Users of the organisation as SCIM 2.0 sees them; its paths stand outside `/v1`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.identifiers import encode_id
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import body_of, now, one_of, required, text_of
from Space_OdT.simulator.organisation.documents import forget_documents_of
from Space_OdT.simulator.organisation.entities import LicenceKind, Person
from Space_OdT.simulator.organisation.keys import uuid_of
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.scim_filter import parse_filter
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

CORE_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
CISCO_SCHEMA = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User"
ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PAGE = 100
USER_TYPES = ("user", "room", "external_calling", "calling_service")

# Attributes that are kept as written; the others have a place of their own.
_KEPT = ("nickName", "preferredLanguage", "locale", "profileUrl", "photos", ENTERPRISE_SCHEMA)


def check_organisation(world: World, request: Request) -> None:
    """Refuse a path that does not name the organisation by its bare UUID.

    Raises:
        ApiError: 404 for anything else, also for the base64 id.
    """
    if request.params["orgId"] != uuid_of(world.organisation.id):
        raise errors.not_found("The organization with the specified ID")


def render_user(organisation: Organisation, person: Person) -> JsonObject:
    """Write a person as a SCIM user."""
    org_uuid = uuid_of(organisation.id)
    identifier = uuid_of(person.id)
    item: JsonObject = {
        "schemas": [CORE_SCHEMA, CISCO_SCHEMA],
        "id": identifier,
        "userName": person.email,
        "active": person.login_enabled,
        "name": {"givenName": person.first_name, "familyName": person.last_name},
        "displayName": person.display_name,
        "nickName": person.first_name,
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "userType": "user",
        "title": person.title,
        "timezone": person.time_zone,
        "externalId": person.external_id,
        "phoneNumbers": [{"value": person.mobile, "type": "mobile"}] if person.mobile else None,
        "addresses": [dict(address) for address in person.addresses] or None,
        CISCO_SCHEMA: {"accountStatus": ["pending" if person.invite_pending else "active"]},
        ENTERPRISE_SCHEMA: {"department": person.department} if person.department else None,
        **person.identity,
        "meta": {
            "resourceType": "User",
            "organizationID": org_uuid,
            "created": person.created,
            "lastModified": person.modified,
            "version": f'W/"{person.modified}"',
            "location": f"/identity/scim/{org_uuid}/v2/Users/{identifier}",
        },
    }
    return {name: value for name, value in item.items() if value is not None}


def search_users(world: World, request: Request) -> LazyList[Person]:
    """Answer `GET .../Users`."""
    check_organisation(world, request)
    organisation = world.organisation
    people = list(organisation.people.values())
    text = request.query.get("filter")
    if text:
        people = _filtered(organisation, people, text)
    if request.query.get("sortBy", "").lower() in {"username", "displayname"}:
        by_name = request.query["sortBy"].lower() == "displayname"
        people.sort(key=lambda p: (p.display_name if by_name else p.email).casefold())
        if request.query.get("sortOrder", "").lower() == "descending":
            people.reverse()
    return LazyList(people, lambda person: render_user(organisation, person))


def _filtered(organisation: Organisation, people: list[Person], text: str) -> list[Person]:
    wanted = parse_filter(text)
    for attribute in ("userName", "emails.value", "emails"):
        email = wanted.equal(attribute)
        if email is not None:
            found = organisation.person_by_email(email)
            return [found] if found else []
    identifier = wanted.equal("id")
    if identifier is not None:
        found = organisation.person(encode_id("PEOPLE", identifier))
        return [found] if found else []
    return [person for person in people if wanted.holds(render_user(organisation, person))]


def _user_at(world: World, request: Request) -> Person:
    check_organisation(world, request)
    person = world.organisation.person(encode_id("PEOPLE", request.params["userId"]))
    if person is None:
        raise errors.not_found("The user with the specified ID")
    return person


def read_user(world: World, request: Request) -> JsonObject:
    """Answer `GET .../Users/{userId}`."""
    return render_user(world.organisation, _user_at(world, request))


def _checked_user(world: World, body: JsonObject, own: Person | None = None) -> str:
    required(body, ("schemas", "userName", "userType"))
    one_of(body, "userType", USER_TYPES)
    name = str(body["userName"]).strip()
    if "@" not in name:
        raise errors.field_invalid("userName", "an e-mail address expected")
    holder = world.organisation.person_by_email(name)
    if holder is not None and holder is not own:
        raise ApiError(409, f"User with userName {name} already exists")
    return name


def create_user(world: World, request: Request) -> Reply:
    """Answer `POST .../Users`."""
    check_organisation(world, request)
    organisation = world.organisation
    body = body_of(request)
    email = _checked_user(world, body)
    stamp = now(world)
    person = Person(world.next_id("PEOPLE"), email, "", "", email, stamp, stamp)
    person.status, person.invite_pending = "pending", True
    _store(person, body)
    person.licences = [i.id for i in organisation.licences_of_kind(LicenceKind.IMPLICIT)]
    organisation.add_person(person)
    return Reply(201, render_user(organisation, person))


def _store(person: Person, body: JsonObject) -> None:
    """Write all attributes of a full resource but the user name; absent ones are emptied."""
    name = body.get("name") or {}
    person.first_name = text_of(name, "givenName") or ""
    person.last_name = text_of(name, "familyName") or ""
    full = f"{person.first_name} {person.last_name}".strip()
    person.display_name = text_of(body, "displayName") or full or person.email
    person.login_enabled = body.get("active", True) is not False
    person.title = text_of(body, "title")
    person.time_zone = text_of(body, "timezone") or person.time_zone
    person.external_id = text_of(body, "externalId")
    person.addresses = list(body.get("addresses") or [])
    person.department = (body.get(ENTERPRISE_SCHEMA) or {}).get("department")
    mobiles = [i for i in body.get("phoneNumbers") or [] if i.get("type") == "mobile"]
    person.mobile = mobiles[0].get("value") if mobiles else None
    person.identity = {name: body[name] for name in _KEPT if body.get(name) is not None}


def replace_user(world: World, request: Request) -> JsonObject:
    """Answer `PUT .../Users/{userId}`."""
    person = _user_at(world, request)
    body = body_of(request)
    email = _checked_user(world, body, person)
    return _rewrite(world, person, email, body)


def _rewrite(world: World, person: Person, email: str, body: JsonObject) -> JsonObject:
    organisation = world.organisation
    _store(person, body)
    organisation.rename_person(person, email, person.display_name)
    person.modified = now(world)
    return render_user(organisation, person)


def patch_user(world: World, request: Request) -> JsonObject:
    """Answer `PATCH .../Users/{userId}`: add, replace and remove attributes."""
    person = _user_at(world, request)
    body = body_of(request)
    required(body, ("schemas", "Operations"))
    resource = render_user(world.organisation, person)
    for operation in body["Operations"]:
        _apply(resource, operation)
    email = _checked_user(world, resource, person)
    return _rewrite(world, person, email, resource)


def _apply(resource: JsonObject, operation: Any) -> None:
    if not isinstance(operation, dict):
        raise errors.field_invalid("Operations", "a list of objects expected")
    action = str(operation.get("op", "")).lower()
    if action not in _ACTIONS:
        raise errors.field_invalid("op", "add, replace or remove expected")
    path = operation.get("path")
    value = operation.get("value")
    if path is None:
        if not isinstance(value, dict):
            raise errors.field_invalid("value", "an object expected where there is no path")
        for name, item in value.items():
            _ACTIONS[action](resource, name, item)
        return
    *parents, name = _path(str(path))
    target = resource
    for parent in parents:
        target = target.setdefault(parent, {})
    _ACTIONS[action](target, name, value)


def _path(text: str) -> list[str]:
    """Split a dotted path; the colons and dots of a schema name belong together."""
    for schema in (ENTERPRISE_SCHEMA, CISCO_SCHEMA):
        if text.startswith(schema):
            return [schema, *filter(None, text[len(schema) :].lstrip(":").split("."))]
    return text.split("[", maxsplit=1)[0].split(".")


def _add(target: JsonObject, name: str, value: Any) -> None:
    if isinstance(target.get(name), list) and isinstance(value, list):
        target[name] = [*target[name], *value]
    else:
        target[name] = value


_ACTIONS: Mapping[str, Callable[[JsonObject, str, Any], None]] = {
    "add": _add,
    "replace": lambda target, name, value: target.__setitem__(name, value),
    "remove": lambda target, name, _: target.pop(name, None),
}


def delete_user(world: World, request: Request) -> Reply:
    """Answer `DELETE .../Users/{userId}`."""
    person = _user_at(world, request)
    world.organisation.remove_person(person)
    forget_documents_of(world, person.id)
    return Reply(204)


_USERS = "/identity/scim/{orgId}/v2/Users"

ROUTES = (
    Route(
        "GET",
        _USERS,
        search_users,
        scopes.SCIM_READ,
        "Resources",
        "scim",
        default_page=PAGE,
        max_page=PAGE,
    ),
    Route("POST", _USERS, create_user, scopes.SCIM_WRITE),
    Route("GET", f"{_USERS}/{{userId}}", read_user, scopes.SCIM_READ),
    Route("PUT", f"{_USERS}/{{userId}}", replace_user, scopes.SCIM_WRITE),
    Route("PATCH", f"{_USERS}/{{userId}}", patch_user, scopes.SCIM_WRITE),
    Route("DELETE", f"{_USERS}/{{userId}}", delete_user, scopes.SCIM_WRITE),
)
