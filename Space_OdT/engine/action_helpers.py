"""Pure builders: from normalised parameters and present state to the bodies of the bot's steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from Space_OdT.webex.records import Person

# Numbers one call may add; the interface states no limit, so the calls stay of moderate size.
NUMBERS_PER_CALL = 200

_ADDRESS_FIELDS = MappingProxyType(
    {
        "address_line1": "address1",
        "address_line2": "address2",
        "address_city": "city",
        "address_state": "state",
        "address_postal_code": "postalCode",
        "address_country": "country",
    }
)
# What PUT /people/{personId} takes (Webex API reference, "Update a Person"); everything else of
# the answer is read-only there.
_PERSON_FIELDS = (
    "emails",
    "extension",
    "locationId",
    "displayName",
    "firstName",
    "lastName",
    "nickName",
    "avatar",
    "orgId",
    "roles",
    "licenses",
    "department",
    "manager",
    "managerId",
    "title",
    "addresses",
    "siteUrls",
    "loginEnabled",
)
WORK_NUMBER = "work"


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """What a row says about a location.

    Attributes:
        name: Name in Webex, "" when the row gives none.
        time_zone: IANA name.
        preferred_language: Language of phones and e-mails; "" leaves it as it is.
        announcement_language: Language of announcements; "" leaves it as it is.
        address: Fields of the address under their API names.
    """

    name: str
    time_zone: str
    preferred_language: str = ""
    announcement_language: str = ""
    address: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> LocationFacts:
        """Read the cells of a location row.

        Args:
            cells: Normalised cells.

        Returns:
            What they say.
        """
        address = {api: cells[name] for name, api in _ADDRESS_FIELDS.items() if cells.get(name)}
        return cls(
            name=cells.get("location_name", ""),
            time_zone=cells.get("time_zone", ""),
            preferred_language=cells.get("preferred_language", ""),
            announcement_language=cells.get("announcement_language", ""),
            address=address,
        )


def location_body(facts: LocationFacts) -> dict[str, Any]:
    """Build the body that creates a location; one language stands for the other.

    Args:
        facts: What the row says; complete.

    Returns:
        The body of `POST /locations`.
    """
    return {
        "name": facts.name,
        "timeZone": facts.time_zone,
        "preferredLanguage": facts.preferred_language or facts.announcement_language,
        "announcementLanguage": facts.announcement_language or facts.preferred_language,
        "address": dict(facts.address),
    }


def location_update_body(facts: LocationFacts, current: Mapping[str, Any]) -> dict[str, Any]:
    """Lay what a row says over a location as it was read.

    Args:
        facts: What the row says.
        current: The location as listed.

    Returns:
        The body of `PUT /locations/{locationId}`, the address complete.
    """
    body: dict[str, Any] = {"name": facts.name or current.get("name", "")}
    for name, value in (
        ("timeZone", facts.time_zone),
        ("preferredLanguage", facts.preferred_language),
    ):
        if kept := value or current.get(name):
            body[name] = kept
    address = {name: value for name, value in (current.get("address") or {}).items() if value}
    body["address"] = {**address, **facts.address}
    return body


def location_differs(facts: LocationFacts, current: Mapping[str, Any]) -> bool:
    """Compare only what the row says.

    Args:
        facts: What the row says.
        current: The location as listed.

    Returns:
        True when an update is due. Languages compare without case, and not at all when the list
        does not show them.
    """
    if facts.name and facts.name != current.get("name"):
        return True
    if facts.time_zone and facts.time_zone != current.get("timeZone"):
        return True
    if language_differs(facts.preferred_language, current.get("preferredLanguage")):
        return True
    address = current.get("address") or {}
    return any(_plain(address.get(name)) != _plain(value) for name, value in facts.address.items())


def language_differs(wanted: str, current: object) -> bool:
    """Compare a language with the present one.

    Args:
        wanted: The code asked for, "" when the row says nothing.
        current: What the API shows; it may hide a language that is set.

    Returns:
        True when both are known and differ.
    """
    if not wanted or not isinstance(current, str) or not current:
        return False
    return wanted.lower() != current.lower().replace("-", "_")


def _plain(value: object) -> str:
    return " ".join(str(value or "").split())


def enable_calling_body(facts: LocationFacts, location: Mapping[str, Any]) -> dict[str, Any]:
    """Build the body that enables a location for Webex Calling: the whole location once more.

    Args:
        facts: What the row says.
        location: The location with at least `id` and `name`.

    Returns:
        The body of `POST /telephony/config/locations`.
    """
    return {
        "id": location["id"],
        **location_body(facts),
        "name": facts.name or location["name"],
    }


def announcement_language_body(language: str) -> dict[str, Any]:
    """Build the body that changes the language of announcements.

    Args:
        language: Code as `es_es`.

    Returns:
        The body of `PUT /telephony/config/locations/{locationId}`.
    """
    return {"announcementLanguage": language}


def pstn_body(*route_or_option: str) -> dict[str, Any]:
    """Build the body that connects a location to the public network.

    Args:
        *route_or_option: Type and id of a premises route, or the id of a connection option alone.

    Returns:
        The body of `PUT /telephony/pstn/locations/{locationId}/connection`.
    """
    if len(route_or_option) == 1:
        return {"id": route_or_option[0]}
    route_type, route_id = route_or_option
    return {"premiseRouteType": route_type, "premiseRouteId": route_id}


def numbers_body(numbers: Iterable[str]) -> dict[str, Any]:
    """Build the body that adds numbers to a location.

    Args:
        numbers: Numbers in E.164.

    Returns:
        The body of `POST .../numbers`; the state is said, since its default depends on the type.
    """
    return {"phoneNumbers": list(numbers), "numberType": "DID", "state": "ACTIVE"}


def main_number_body(number: str) -> dict[str, Any]:
    """Build the body that sets the main number of a location.

    Args:
        number: Number in E.164.

    Returns:
        The body of `PUT /telephony/config/locations/{locationId}`; everything left out stays.
    """
    return {"callingLineId": {"phoneNumber": number}}


def licence_body(person: Person, licence_id: str) -> dict[str, Any]:
    """Build the one call that gives a person calling: licence, location and number together.

    Args:
        person: The person with the location, extension and number to have.
        licence_id: Id of the calling licence.

    Returns:
        The body of `PATCH /licenses/users`.
    """
    line = {
        "locationId": person.location_id,
        "extension": person.extension,
        "phoneNumber": next(iter(person.phone_numbers), None),
    }
    properties = {name: value for name, value in line.items() if value}
    licence = {"id": licence_id, "operation": "add", "properties": properties}
    return {"personId": person.id, "licenses": [licence]}


def person_body(person: Mapping[str, Any], extension: str, phone_number: str) -> dict[str, Any]:
    """Put another extension or number into a person as read; identity is sent back unchanged.

    Args:
        person: The answer of `GET /people/{personId}?callingData=true`.
        extension: New extension, "" keeps the present one.
        phone_number: New main number in E.164, "" keeps the present one.

    Returns:
        The body of `PUT /people/{personId}?callingData=true`.
    """
    body = {name: person[name] for name in _PERSON_FIELDS if person.get(name) is not None}
    if "loginEnabled" in body:  # read as a text, written as a truth value
        body["loginEnabled"] = str(body["loginEnabled"]).lower() == "true"
    if extension:
        body["extension"] = extension
    number = phone_number or work_number(person)
    body["phoneNumbers"] = [{"type": WORK_NUMBER, "value": number}] if number else []
    return body


def work_number(person: Mapping[str, Any]) -> str:
    """Find the main number of a person.

    Args:
        person: A person as read with calling data.

    Returns:
        The number as shown, "" when there is none.
    """
    numbers = person.get("phoneNumbers") or []
    return next((str(item["value"]) for item in numbers if item.get("type") == WORK_NUMBER), "")


def alternate_number_body(number: str) -> dict[str, Any]:
    """Build the body that adds a second number to a person.

    Args:
        number: Number in E.164.

    Returns:
        The body of `PUT /telephony/config/people/{personId}/numbers`.
    """
    entry = {"primary": False, "action": "ADD", "directNumber": number}
    return {"phoneNumbers": [entry]}


def settings_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """Hand on the body of a feature; `feature_bodies.merge_body` has made it.

    Args:
        body: The merged body.

    Returns:
        The body of the feature's PUT.
    """
    return dict(body)


def disable_calling_body(location_id: str) -> dict[str, Any]:
    """Build the body that takes Webex Calling from a location.

    Args:
        location_id: Id of the location.

    Returns:
        The body of `POST /telephony/config/jobs/locations/deleteCallingLocation`; never forced.
    """
    return {"locationId": location_id, "forceDelete": False}
