"""Reading people: one, many, by e-mail, by name, by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import flag, person_at
from Space_OdT.simulator.organisation.entities import Person
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_IDS = 85
PAGE = 100
LOCATION_PAGE = 50


def render_person(
    organisation: Organisation, person: Person, *, calling: bool, presence: bool = True
) -> JsonObject:
    """Write a person as the People API does.

    Args:
        organisation: The organisation of the person.
        person: The person.
        calling: Add location, extension and Calling numbers (`callingData=true`).
        presence: Add status and last activity.

    Returns:
        The person object.
    """
    item: JsonObject = {
        "id": person.id,
        "emails": [person.email],
        "phoneNumbers": _phone_numbers(organisation, person, calling=calling),
        "displayName": person.display_name,
        "nickName": person.first_name,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "userName": person.email,
        "orgId": organisation.id,
        "roles": list(person.roles),
        "licenses": list(person.licences),
        "addresses": [dict(address) for address in person.addresses],
        "created": person.created,
        "lastModified": person.modified,
        "siteUrls": list(person.site_urls),
        "sipAddresses": _sip_addresses(organisation, person),
        "invitePending": str(person.invite_pending).lower(),
        "loginEnabled": str(person.login_enabled).lower(),
        "type": "person",
    }
    if calling:
        item |= _calling_fields(organisation, person)
    if presence:
        item["status"] = person.status
        item["lastActivity"] = person.last_activity
    item |= {
        "avatar": person.avatar,
        "department": person.department,
        "manager": person.manager,
        "managerId": person.manager_id,
        "title": person.title,
        "timezone": person.time_zone,
    }
    return {name: value for name, value in item.items() if value is not None}


def _calling_fields(organisation: Organisation, person: Person) -> JsonObject:
    line = organisation.plan.primary(person.id)
    return {
        "locationId": person.location_id,
        "extension": line.extension if line else None,
    }


def _phone_numbers(
    organisation: Organisation, person: Person, *, calling: bool
) -> list[JsonObject]:
    numbers: list[JsonObject] = []
    line = organisation.plan.primary(person.id) if calling else None
    if line and line.phone_number:
        numbers.append({"type": "work", "value": line.phone_number, "primary": True})
    if line and line.extension:
        prefix = organisation.locations[line.location_id].routing_prefix or ""
        numbers.append({"type": "work_extension", "value": prefix + line.extension})
    if person.mobile:
        numbers.append({"type": "mobile", "value": person.mobile, "primary": not numbers})
    return numbers


def _sip_addresses(organisation: Organisation, person: Person) -> list[JsonObject]:
    if person.invite_pending:
        return []
    local = person.email.partition("@")[0]
    addresses: list[JsonObject] = [
        {"type": "enterprise", "value": f"{local}@calls.example.com", "primary": True}
    ]
    if organisation.calling_licence(person.licences):
        value = f"{local}@calling.example.com"
        addresses.insert(0, {"type": "cloud-calling", "value": value, "primary": False})
    return addresses


def list_people(world: World, request: Request) -> LazyList[Person]:
    """Answer `GET /people`."""
    organisation = world.organisation
    query = request.query
    missing: list[str] = []
    if "email" in query:
        found = organisation.person_by_email(query["email"])
        people = [found] if found else []
    elif "displayName" in query:
        people = organisation.people_named(query["displayName"])
    else:
        people, missing = _selected(organisation, query.get("id"))
    location = query.get("locationId")
    if location is not None:
        people = _in_location(organisation, people, location, narrowed=_is_narrowed(query))
    if "roles" in query:
        wanted = set(query["roles"].split(","))
        people = [person for person in people if wanted.issubset(person.roles)]
    calling = flag(query, "callingData")
    presence = not flag(query, "excludeStatus")
    return LazyList(
        people,
        lambda person: render_person(organisation, person, calling=calling, presence=presence),
        {"notFoundIds": missing},
        max_page=LOCATION_PAGE if location is not None else None,
    )


def _is_narrowed(query: object) -> bool:
    return any(name in query for name in ("id", "email", "displayName"))  # type: ignore[operator]


def _selected(organisation: Organisation, ids: str | None) -> tuple[list[Person], list[str]]:
    if ids is None:
        return list(organisation.people.values()), []
    wanted = [item for item in ids.split(",") if item]
    if len(wanted) > MAX_IDS:
        raise ApiError(400, f"At most {MAX_IDS} person IDs may be asked for at once")
    found = [(item, organisation.person(item)) for item in wanted]
    people = [person for _, person in found if person is not None]
    return people, [item for item, person in found if person is None]


def _in_location(
    organisation: Organisation, people: list[Person], location_id: str, *, narrowed: bool
) -> list[Person]:
    there = organisation.people_at(location_id)
    if not narrowed:
        return there
    ids = {person.id for person in there}
    return [person for person in people if person.id in ids]


def read_person(world: World, request: Request) -> JsonObject:
    """Answer `GET /people/{personId}`."""
    calling = flag(request.query, "callingData")
    return render_person(world.organisation, person_at(world, request), calling=calling)


def read_me(world: World, request: Request) -> JsonObject:
    """Answer `GET /people/me`: the administrator whose token calls."""
    organisation = world.organisation
    me = organisation.people.get(organisation.me_id)
    if me is None:
        raise ApiError(404, "The owner of the token could not be found")
    return render_person(organisation, me, calling=flag(request.query, "callingData"))


ROUTES = (
    Route(
        "GET",
        "/people",
        list_people,
        scopes.PEOPLE_READ,
        "items",
        "link",
        default_page=PAGE,
        max_page=PAGE,
    ),
    Route("GET", "/people/me", read_me),
    Route("GET", "/people/{personId}", read_person, scopes.PEOPLE_READ),
)
