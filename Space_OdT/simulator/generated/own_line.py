"""Caller id and emergency callback number of an owner, told from its own line and its location."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.makers import Maker
from Space_OdT.simulator.organisation.entities import Line, OwnerKind
from Space_OdT.simulator.organisation.owners import owner_names
from Space_OdT.simulator.protocol import JsonObject

if TYPE_CHECKING:
    from Space_OdT.simulator.organisation import Organisation

_OWNERS = (
    ("personId", OwnerKind.PEOPLE),
    ("workspaceId", OwnerKind.PLACE),
    ("virtualLineId", OwnerKind.VIRTUAL_LINE),
)


def _line(subject: Subject) -> Line | None:
    return subject.organisation.plan.primary(subject.owner_id)


def _number(subject: Subject) -> str | None:
    line = _line(subject)
    return line.phone_number if line else None


def _names(subject: Subject) -> tuple[str, str]:
    kind = next(kind for name, kind in _OWNERS if name in subject.params)
    first, last = owner_names(subject.organisation, subject.owner_id, kind)
    # Things have no first name; the API writes a full stop in its place.
    return first or ".", last


def _display_name(subject: Subject) -> str:
    return " ".join(_names(subject)).removeprefix(". ")


def _caller_id_types(subject: Subject) -> list[str]:
    own = ["DIRECT_LINE"] if _number(subject) else []
    location = ["LOCATION_NUMBER"] if subject.location.main_number else []
    return [*own, *location, "CUSTOM"]


# Fields of the caller id; the numbers of the owner are shown as they are now.
CALLER_ID: Mapping[str, Maker | object] = {
    "types": _caller_id_types,
    "selected": lambda subject: _caller_id_types(subject)[0],
    "firstName": lambda subject: _names(subject)[0],
    "lastName": lambda subject: _names(subject)[1],
    "displayName": _display_name,
    "displayDetail": ".",
    "customNumber": None,
    "mobileNumber": None,
    "additionalExternalCallerIdCustomNumber": None,
    "tollFreeLocationNumber": False,
    "customExternalCallerIdName": "",
    "externalCallerIdNamePolicy": "DIRECT_LINE",
    "locationExternalCallerIdName": lambda subject: subject.location.external_caller_name,
    "directLineCallerIdName": {"selection": "DISPLAY_NAME"},
    "dialByName": _display_name,
    "dialByFirstName": lambda subject: _names(subject)[0],
    "dialByLastName": lambda subject: _names(subject)[1],
}


def with_own_numbers(subject: Subject, document: JsonObject) -> JsonObject:
    """Show in a caller id the numbers that its owner has now."""
    line = _line(subject)
    numbers = {
        "directNumber": line.phone_number if line else None,
        "extensionNumber": line.extension if line else None,
        "locationNumber": subject.location.main_number,
    }
    rest = {name: value for name, value in document.items() if name not in numbers}
    shown = {name: value for name, value in numbers.items() if value}
    return {**rest, **shown, "types": _caller_id_types(subject)}


def _effective(level: str, number: str | None) -> JsonObject:
    return {
        "effectiveLevel": level if number else "NONE",
        "effectiveValue": number or "",
        "quality": "RECOMMENDED" if number else "INVALID",
    }


def _location_callback(subject: Subject) -> tuple[str | None, JsonObject]:
    """The number that emergency calls of the location show, and whose it is."""
    location = subject.location
    member = location.emergency_member
    line = subject.organisation.plan.primary(member) if member else None
    if line is None or not line.phone_number:
        return location.main_number, {"firstName": ".", "lastName": location.name}
    first, last = owner_names(subject.organisation, line.owner_id, line.owner_kind)
    return line.phone_number, {"firstName": first or ".", "lastName": last}


CALLBACK: Mapping[str, Maker | object] = {
    "selected": lambda subject: "DIRECT_LINE" if _number(subject) else "LOCATION_ECBN",
    "locationMemberInfo": {"effectiveLevel": "NONE", "effectiveValue": "", "quality": "INVALID"},
}


def member_with_number(organisation: Organisation, line: Line) -> JsonObject:
    """Write a member whose number an emergency call shows."""
    first, last = owner_names(organisation, line.owner_id, line.owner_kind)
    return {
        "phoneNumber": line.phone_number,
        "firstName": first or ".",
        "lastName": last,
        "memberId": line.owner_id,
        "memberType": line.owner_kind.value,
        **_effective("LOCATION_MEMBER_NUMBER", line.phone_number),
    }


def with_own_callback(subject: Subject, document: JsonObject) -> JsonObject:
    """Show in an emergency callback number what its owner and the location have now."""
    own = _number(subject)
    of_location, holder = _location_callback(subject)
    first, last = _names(subject)
    return {
        **document,
        "directLineInfo": {
            **({"phoneNumber": own} if own else {}),
            "firstName": first,
            "lastName": last,
            **_effective("DIRECT_LINE", own),
        },
        "locationECBNInfo": {
            **({"phoneNumber": of_location} if of_location else {}),
            **holder,
            **_effective("LOCATION_NUMBER", of_location),
        },
        "defaultInfo": {
            "effectiveValue": own or of_location or "",
            "quality": "RECOMMENDED" if own or of_location else "INVALID",
        },
    }
