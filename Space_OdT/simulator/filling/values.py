"""Plausible values for single fields, chosen by the name of the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from Space_OdT.simulator.filling.subject import Subject
from Space_OdT.simulator.shapes import Kind, Shape

Maker = Callable[[Subject, str], Any]

_FIRST_NAMES = ("Ana", "Bruno", "Clara", "David", "Elena", "Ferran", "Gemma", "Hugo", "Irene")
_LAST_NAMES = ("Alonso", "Bosch", "Casals", "Duran", "Esteve", "Ferrer", "Garcia", "Herrera")
_START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_MINUTES_A_YEAR = 365 * 24 * 60


def _extension(subject: Subject, place: str) -> str:
    return f"8{subject.draw(place, 10**7):07d}"


def _phone(subject: Subject, place: str) -> str:
    return f"+349{subject.draw(place, 10**8):08d}"


def _moment(subject: Subject, place: str) -> str:
    moment = _START + timedelta(minutes=subject.draw(place, _MINUTES_A_YEAR))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _date(subject: Subject, place: str) -> str:
    # Start and end of one thing share their place up to the last name; both days are the same.
    day = _START + timedelta(days=subject.draw(place.rpartition(".")[0], 365))
    return day.strftime("%Y-%m-%d")


def _url(subject: Subject, place: str) -> str:
    return f"https://www.example.com/{subject.draw(place, 10**6)}"


def _named(label: str) -> Maker:
    return lambda subject, place: f"{label} {1 + subject.draw(place, 99)}"


def _email(subject: Subject, place: str) -> str:
    return f"user{subject.draw(place, 10**5):05d}@example.com"


def _own_email(subject: Subject, place: str) -> str:
    return subject.person.email if subject.person else _email(subject, place)


def _mac(subject: Subject, place: str) -> str:
    return f"{subject.draw(place, 16**12):012X}"


def _ip(subject: Subject, place: str) -> str:
    return f"192.0.2.{1 + subject.draw(place, 254)}"


def _of_location(attribute: str, otherwise: str = "") -> Maker:
    return lambda subject, _place: str(getattr(subject.location, attribute) or otherwise)


def _main_number(subject: Subject, place: str) -> str:
    return subject.location.main_number or _phone(subject, place)


def _fixed(value: Any) -> Maker:
    return lambda _subject, _place: value


def _one_of(*values: Any) -> Maker:
    return lambda subject, place: subject.pick(place, values)


def _peer(attribute: str) -> Maker:
    def make(subject: Subject, place: str) -> Any:
        return getattr(subject.pick(place.rpartition(".")[0], subject.peers()), attribute)

    return make


TEXTS: Mapping[str, Maker] = {
    "activeInterface": _fixed("wired"),
    "address1": _of_location("address1"),
    "address2": _fixed(""),
    "agentId": _peer("id"),
    "announcementLanguage": _of_location("announcement_language", "es_es"),
    "avatar": _url,
    "callingLineIdPhoneNumber": _main_number,
    "city": _of_location("city"),
    "country": _of_location("country"),
    "countryCode": _of_location("country"),
    "adminRoles": _one_of("User", "Full_Admin"),
    "capabilities": _fixed("xapi"),
    "code": lambda subject, place: f"{subject.draw(place, 10**6):06d}",
    "created": _moment,
    "customExternalCallerIdName": _named("Office"),
    "customName": _named("Office"),
    "department": _one_of("Sales", "Support", "Finance", "Operations"),
    "description": _named("Description"),
    "destination": lambda subject, place: "" if subject.is_new else _extension(subject, place),
    "directNumber": _phone,
    "displayName": lambda subject, place: (
        f"{_one_of(*_FIRST_NAMES)(subject, place)} {_one_of(*_LAST_NAMES)(subject, place + '.')}"
    ),
    "email": _email,
    "emailAddress": _email,
    "emailId": _own_email,
    "esn": _extension,
    "extension": _extension,
    "extensionNumber": _extension,
    "external": _phone,
    "errorType": _one_of("WARN", "ERROR"),
    "exitCode": _fixed("COMPLETED"),
    "externalEmail": _email,
    "familyName": _one_of(*_LAST_NAMES),
    "fileName": lambda subject, place: f"announcement-{1 + subject.draw(place, 99)}.wav",
    "fileSize": lambda subject, place: str(10_000 + subject.draw(place, 90_000)),
    "firstName": _one_of(*_FIRST_NAMES),
    "format": _fixed("MP3"),
    "givenName": _one_of(*_FIRST_NAMES),
    "host": _one_of("gw1.example.com", "gw2.example.com"),
    "hostIP": _ip,
    "ip": _ip,
    "ipAddress": _ip,
    "kemModuleType": _one_of("KEM_14_KEYS", "KEM_18_KEYS", "KEM_20_KEYS"),
    "language": _of_location("announcement_language", "es_es"),
    "languageCode": _of_location("announcement_language", "es_es"),
    "latestExecutionExitCode": _fixed("COMPLETED"),
    "latestExecutionStatus": _fixed("COMPLETED"),
    "lastName": _one_of(*_LAST_NAMES),
    "latitude": _of_location("latitude", "41.3851"),
    "level": _one_of("ORGANIZATION", "LOCATION"),
    "locationId": _of_location("id"),
    "locationName": _of_location("name"),
    "longitude": _of_location("longitude", "2.1734"),
    "mac": _mac,
    "memberId": _peer("id"),
    "orgId": lambda subject, _place: subject.organisation.id,
    "organizationId": lambda subject, _place: subject.organisation.id,
    "ownerEmail": _peer("email"),
    "ownerId": _peer("id"),
    "permissions": _fixed("xapi:all"),
    "personId": _peer("id"),
    "port": _fixed("5060"),
    "postalCode": _of_location("postal_code"),
    "preferredLanguage": _of_location("preferred_language", "es_ES"),
    "routingPrefix": _of_location("routing_prefix"),
    "serviceType": _one_of("calling", "customerAssist"),
    "settingName": _one_of("HIDE_WEBEX_APP", "PRESENCE_SYNC"),
    "state": _of_location("state"),
    "statusMessage": _fixed("COMPLETED"),
    "target": _one_of("CUSTOMER", "LOCATION"),
    "telephonyType": _fixed("PSTN_NUMBER"),
    "timeZone": _of_location("time_zone"),
    "timezone": _of_location("time_zone"),
    "upgradeChannelList": _one_of("STABLE", "PREVIEW", "BETA"),
    "userId": _peer("id"),
    "version": _fixed("1.0"),
}

# Endings of field names, tried in this order.
TEXT_ENDINGS: tuple[tuple[str, Maker], ...] = (
    ("Url", _url),
    ("URL", _url),
    ("Uri", _url),
    ("Email", _email),
    ("Number", _phone),
    ("PhoneNumber", _phone),
    ("phoneNumber", _phone),
    ("Numbers", _phone),
    ("numbers", _phone),
    ("number", _phone),
    ("Extension", _extension),
    ("Mac", _mac),
    ("Time", _moment),
)

NUMBERS: Mapping[str, tuple[int, int]] = {
    "numberOfRings": (2, 20),
    "systemMaxNumberOfRings": (20, 20),
    "percentageComplete": (100, 100),
    "dayOfMonth": (1, 28),
    "queueSize": (10, 50),
    "port": (5060, 5060),
    "attempts": (3, 10),
    "days": (30, 180),
}
_USUAL_NUMBERS = (1, 5)
# Numbers that the API writes as texts.
_NUMBERS_AS_TEXT = frozenset(
    {
        "baseLocationNumberOfRings",
        "callToExtensionCount",
        "dialPlanCount",
        "index",
        "pstnConnectionCount",
        "routeListCount",
    }
)
_TRUTHS_AS_TEXT: Mapping[str, tuple[str, str]] = {
    "compression": ("OFF", "ON"),
    "defaultEnabled": ("false", "true"),
}
_MOMENTS_AS_NUMBER = frozenset({"lastUpdateTime"})
_TRUE_ONE_IN = 4
_ALWAYS_TRUE = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "supported"})


def plain_value(kind: Kind, subject: Subject, name: str, place: str) -> Any:
    """Give a text, number, truth or time."""
    return _PLAIN[kind](subject, name, place)


def _text(subject: Subject, name: str, place: str) -> str:
    maker = TEXTS.get(name)
    if maker is not None:
        return str(maker(subject, place))
    if name == "id":
        return subject.world.new_id(_type_name(place), subject.key, place)
    if name.endswith("Id"):
        return subject.world.new_id(name[:-2].upper(), subject.key, place)
    for ending, ending_maker in TEXT_ENDINGS:
        if name.endswith(ending):
            return str(ending_maker(subject, place))
    return f"{_words(name)} {1 + subject.draw(place, 99)}"


def _type_name(place: str) -> str:
    """The type of an id from the name of the object it stands in."""
    owner = place.rpartition(".")[0].rpartition(".")[2].partition("[")[0]
    return (owner.removesuffix("s") or "OBJECT").upper()


def _words(name: str) -> str:
    spaced = "".join(f" {char.lower()}" if char.isupper() else char for char in name)
    return spaced.strip().capitalize() or "Value"


def _integer(subject: Subject, name: str, place: str) -> int | str:
    low, high = NUMBERS.get(name, _USUAL_NUMBERS)
    value = low + subject.draw(place, high - low + 1)
    return str(value) if name in _NUMBERS_AS_TEXT else value


def _boolean(subject: Subject, name: str, place: str) -> bool | str:
    drawn = not subject.is_new and subject.draw(place, _TRUE_ONE_IN) == 0
    value = name in _ALWAYS_TRUE or drawn
    return _TRUTHS_AS_TEXT[name][value] if name in _TRUTHS_AS_TEXT else value


def _moment_of(subject: Subject, name: str, place: str) -> int | str:
    text = _moment(subject, place)
    if name in _MOMENTS_AS_NUMBER:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    return text


_PLAIN: Mapping[Kind, Callable[[Subject, str, str], Any]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: lambda subject, name, place: float(_integer(subject, name, place)),
    Kind.BOOLEAN: _boolean,
    Kind.MOMENT: _moment_of,
    Kind.DATE: lambda subject, _name, place: _date(subject, place),
    Kind.TIME: lambda _subject, name, _place: (
        "18:00" if name.lower().startswith("end") else "09:00"
    ),
    Kind.ANYTHING: _text,
}


# Of the values that the library knows for a field, those that the published API knows too.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "availableEndpointType": ("PRIMARY", "SHARED_CALL_APPEARANCE"),
    "audioMessageSelection": ("DEFAULT", "CUSTOM"),
    "callsFrom": ("ANY_PHONE_NUMBER", "SELECT_PHONE_NUMBERS"),
    "effectiveLevel": ("LOCATION_NUMBER", "NONE"),
    "event": ("created", "updated", "deleted"),
    "format": ("MP3",),
    "greeting": ("DEFAULT", "CUSTOM"),
    "includedTelephonyTypes": ("PSTN_NUMBER",),
    "level": ("ORGANIZATION", "LOCATION"),
    "lineType": ("PRIMARY", "SHARED_CALL_APPEARANCE"),
    "managedBy": ("CISCO", "CUSTOMER"),
    "mediaFileType": ("WAV",),
    "memberType": ("PEOPLE", "PLACE"),
    "mode": ("STANDARD",),
    "record": ("Always", "Never", "Always with Pause/Resume"),
    "resource": ("messages", "rooms", "memberships"),
    "scheduleLevel": ("GROUP", "LOCATION"),
    "selected": ("DIRECT_LINE", "LOCATION_NUMBER", "LOCATION_MEMBER_NUMBER"),
    "selection": ("CUSTOM_NAME", "DISPLAY_NAME"),
    "status": ("available",),
    "supportedFor": ("PEOPLE", "PLACE"),
    "type": ("PEOPLE", "PRIMARY"),
    "types": ("DIRECT_LINE", "LOCATION_NUMBER", "CUSTOM"),
}


def choice_value(shape: Shape, subject: Subject, name: str, place: str) -> str:
    """Give one of the values of a choice, of those preferred for the field if it has them."""
    preferred = [value for value in CHOICES.get(name, ()) if value in shape.choices]
    return subject.pick(place, preferred or shape.choices)
