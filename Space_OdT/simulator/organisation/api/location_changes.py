"""Creating, changing and deleting locations, and the checks that enabling shares with it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import body_of, location_at, required, text_of
from Space_OdT.simulator.organisation.entities import Location
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

NAME_LENGTH = 256
CALLING_NAME_LENGTH = 80
ADDRESS_REQUIRED = ("address1", "city", "state", "postalCode", "country")
COUNTRY = re.compile(r"[A-Z]{2}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,4})+")
ANNOUNCEMENT_LANGUAGE = re.compile(r"[a-z]{2,3}(_[a-z0-9]{2,4})+")

# Field of the body -> attribute of the entity.
_ADDRESS_FIELDS = {
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "state": "state",
    "postalCode": "postal_code",
    "country": "country",
}
_FIELDS = {
    "timeZone": "time_zone",
    "preferredLanguage": "preferred_language",
    "announcementLanguage": "announcement_language",
    "latitude": "latitude",
    "longitude": "longitude",
    "notes": "notes",
}


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def check_announcement_language(value: Any) -> None:
    """Refuse an announcement language that is not written in lower case, like `es_es`.

    Raises:
        ApiError: 400 with code 25008.
    """
    if not isinstance(value, str) or not ANNOUNCEMENT_LANGUAGE.fullmatch(value):
        raise errors.field_invalid("announcementLanguage", "lower-case code such as es_es expected")


def check_location_body(body: JsonObject, *, complete: bool, name_length: int) -> None:
    """Refuse a location body with missing or impossible values.

    Args:
        body: Body of a create, change or enable request.
        complete: Everything mandatory must be there.
        name_length: Longest name.

    Raises:
        ApiError: 400 with code 25008.
    """
    if complete:
        required(body, ("name", "timeZone", "preferredLanguage", "announcementLanguage", "address"))
    name = text_of(body, "name")
    if name is not None and len(name) > name_length:
        raise errors.field_invalid("name", f"at most {name_length} characters")
    zone = text_of(body, "timeZone")
    if zone is not None and _time_zones() and zone not in _time_zones():
        raise errors.field_invalid("timeZone", f"{zone} is not a time zone")
    language = text_of(body, "preferredLanguage")
    if language is not None and not LANGUAGE.fullmatch(language):
        raise errors.field_invalid("preferredLanguage", "code such as es_ES expected")
    _check_address(body.get("address"), complete=complete)


def _check_address(address: Any, *, complete: bool) -> None:
    if address is None:
        return
    if not isinstance(address, dict):
        raise errors.field_invalid("address", "an object expected")
    if complete:
        required(address, ADDRESS_REQUIRED)
    country = text_of(address, "country")
    if country is not None and not COUNTRY.fullmatch(country):
        raise errors.field_invalid("country", "two upper-case letters expected")


def store_location(organisation: Organisation, location: Location, body: JsonObject) -> None:
    """Write the fields of a checked body to a location; absent fields stay."""
    name = body.get("name")
    if name and name != location.name:
        organisation.rename_location(location, name)
    for field, attribute in _FIELDS.items():
        if body.get(field) is not None:
            setattr(location, attribute, body[field])
    for field, attribute in _ADDRESS_FIELDS.items():
        if field in (body.get("address") or {}):
            setattr(location, attribute, body["address"][field])


def create_location(world: World, request: Request) -> Reply:
    """Answer `POST /locations`."""
    organisation = world.organisation
    body = body_of(request)
    check_location_body(body, complete=True, name_length=NAME_LENGTH)
    if organisation.location_by_name(body["name"]) is not None:
        raise errors.name_taken(body["name"])
    address = body["address"]
    location = Location(
        id=world.next_id("LOCATION"),
        name=body["name"],
        time_zone=body["timeZone"],
        preferred_language=body["preferredLanguage"],
        announcement_language=body["announcementLanguage"],
        address1=address["address1"],
        address2=address.get("address2"),
        city=address["city"],
        state=address["state"],
        postal_code=address["postalCode"],
        country=address["country"],
        latitude=body.get("latitude"),
        longitude=body.get("longitude"),
        notes=body.get("notes"),
    )
    organisation.add_location(location)
    return Reply(201, {"id": location.id})


def update_location(world: World, request: Request) -> None:
    """Answer `PUT /locations/{locationId}`."""
    organisation = world.organisation
    location = location_at(world, request)
    body = body_of(request)
    length = CALLING_NAME_LENGTH if location.calling else NAME_LENGTH
    check_location_body(body, complete=False, name_length=length)
    name = body.get("name")
    namesake = organisation.location_by_name(name) if name else None
    if namesake is not None and namesake is not location:
        raise errors.name_taken(namesake.name)
    store_location(organisation, location, body)


def delete_location(world: World, request: Request) -> None:
    """Answer `DELETE /locations/{locationId}`: only of one without calling and contents."""
    organisation = world.organisation
    location = location_at(world, request)
    if location.calling:
        raise ApiError(409, "Location is enabled for Webex Calling: disable calling first")
    workspaces = organisation.workspaces.values()
    if organisation.people_at(location.id) or any(w.location_id == location.id for w in workspaces):
        raise ApiError(409, "Location is in use by people or workspaces")
    organisation.remove_location(location)


ROUTES = (
    Route("POST", "/locations", create_location, scopes.LOCATIONS_WRITE),
    Route("PUT", "/locations/{locationId}", update_location, scopes.LOCATIONS_WRITE),
    Route("DELETE", "/locations/{locationId}", delete_location, scopes.LOCATIONS_WRITE),
)
