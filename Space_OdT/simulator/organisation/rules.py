"""The rules by which numbers, extensions and licences may be given, wherever that is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from Space_OdT.simulator.organisation.entities import (
    Licence,
    Line,
    Location,
    OwnerKind,
    Person,
    PstnKind,
)
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.owners import owner_names
from Space_OdT.simulator.protocol import ApiError

E164 = re.compile(r"\+[1-9]\d{6,14}")
EXTENSION = re.compile(r"\d{2,10}")
EMERGENCY_NUMBERS = frozenset({"112", "911", "999", "000", "061", "091", "080"})

EXTENSION_TAKEN = 4202
EXTENSION_NOT_NUMERIC = 4910
EXTENSION_IS_EMERGENCY = 4911
EXTENSION_ASSIGNED = 9495
EXTENSION_REPEATED = 9498
NUMBER_UNAVAILABLE = 8361
NUMBER_EXISTS = 8363
NUMBERS_EXIST = 25223
NUMBER_NOT_IN_LOCATION = 27966

_ADDS_NUMBERS = frozenset({PstnKind.LOCAL_GATEWAY, PstnKind.NON_INTEGRATED_CCP})


@dataclass(slots=True, frozen=True)
class CallingRequest:
    """The calling data somebody is to have; a None keeps or leaves out, "" takes away."""

    location: Location
    extension: str | None
    phone_number: str | None


def normalised_number(text: str | None) -> str | None:
    """Write a number in E.164; the plus sign may be missing, "" stays as it is."""
    if not text:
        return text
    return text if text.startswith("+") else f"+{text}"


def extension_problem(
    organisation: Organisation, location_id: str, extension: str
) -> tuple[int, str] | None:
    """Tell why an extension cannot be used in a location.

    Args:
        organisation: The organisation.
        location_id: The location.
        extension: The wanted digits.

    Returns:
        Error code and text, or None for a free extension.
    """
    if not EXTENSION.fullmatch(extension):
        return EXTENSION_NOT_NUMERIC, "The extension must have two to ten digits"
    if extension in EMERGENCY_NUMBERS:
        return EXTENSION_IS_EMERGENCY, "The extension is an emergency number"
    line = organisation.plan.extension_line(location_id, extension)
    if line is not None:
        name = " ".join(owner_names(organisation, line.owner_id, line.owner_kind)).strip()
        return EXTENSION_ASSIGNED, _taken(extension, f"{line.owner_kind.value} {name}")
    for virtual in organisation.virtual_extensions.values():
        if virtual.extension == extension and virtual.location_id in {None, location_id}:
            return EXTENSION_ASSIGNED, _taken(extension, "a virtual extension")
    return None


def _taken(extension: str, owner: str) -> str:
    return f"The extension is not available. It is already assigned to {owner}: {extension}."


def check_extension(
    organisation: Organisation, location_id: str, extension: str, owner_id: str | None = None
) -> None:
    """Refuse an extension that its owner-to-be cannot have.

    Args:
        organisation: The organisation.
        location_id: The location.
        extension: The wanted digits.
        owner_id: Who wants it; he may have it already.

    Raises:
        ApiError: 400 with code 4202 when somebody else has it, 4910 or 4911 for bad digits.
    """
    line = organisation.plan.extension_line(location_id, extension)
    if line is not None and line.owner_id == owner_id:
        return
    problem = extension_problem(organisation, location_id, extension)
    if problem is None:
        return
    code = EXTENSION_TAKEN if problem[0] == EXTENSION_ASSIGNED else problem[0]
    raise ApiError(400, f"[Error {code}] {problem[1]}", code)


def check_number(
    organisation: Organisation, location_id: str, phone_number: str, owner_id: str | None = None
) -> None:
    """Refuse a number that is not free in the inventory of a location.

    Args:
        organisation: The organisation.
        location_id: The location.
        phone_number: The wanted number in E.164.
        owner_id: Who wants it; he may have it already.

    Raises:
        ApiError: 400 with code 27966 when it is not in the location, 8361 when it is in use.
    """
    number = organisation.plan.numbers.get(phone_number)
    if number is None or number.location_id != location_id:
        raise ApiError(
            400,
            f"[Error {NUMBER_NOT_IN_LOCATION}] Phone number {phone_number} is not available in the "
            "location",
            NUMBER_NOT_IN_LOCATION,
        )
    line = organisation.plan.owner_of(phone_number)
    if line is not None and line.owner_id != owner_id:
        raise ApiError(
            400,
            f"[Error {NUMBER_UNAVAILABLE}] Phone number {phone_number} is assigned to "
            f"{line.owner_kind.value}",
            NUMBER_UNAVAILABLE,
        )


def check_calling(
    organisation: Organisation, wanted: CallingRequest, owner_id: str | None = None
) -> None:
    """Refuse calling data that cannot be given as a whole.

    Raises:
        ApiError: 400 with the code of the first reason.
    """
    if wanted.extension:
        check_extension(organisation, wanted.location.id, wanted.extension, owner_id)
    if wanted.phone_number:
        check_number(organisation, wanted.location.id, wanted.phone_number, owner_id)


def give_calling(
    organisation: Organisation, person: Person, licence: Licence, wanted: CallingRequest
) -> None:
    """Make a person a Calling user; `check_calling` must have passed."""
    organisation.set_licences(person, [*person.licences, licence.id])
    organisation.set_person_location(person, wanted.location.id)
    organisation.plan.replace_primary(
        person.id, OwnerKind.PEOPLE, wanted.location.id, wanted.phone_number, wanted.extension
    )
    person.time_zone = person.time_zone or wanted.location.time_zone


def withdraw_calling(organisation: Organisation, person: Person) -> None:
    """Take numbers, location, memberships and phones from a person who lost the licence."""
    organisation.plan.release(person.id)
    organisation.set_person_location(person, None)
    organisation.leave_features(person.id)
    for device in organisation.devices_of(person.id):
        if device.calling_id:
            organisation.remove_device(device)


def adds_numbers(location: Location) -> bool:
    """Tell whether the numbers of a location are kept through this API."""
    return location.pstn in _ADDS_NUMBERS


def route_name(organisation: Organisation, route_type: str, route_id: str) -> str | None:
    """Give the name of a trunk or route group; None when there is none of that type and id."""
    table = organisation.trunks if route_type == "TRUNK" else organisation.route_groups
    route = table.get(route_id)
    return route.name if route is not None else None


def alternates(organisation: Organisation, owner_id: str) -> list[Line]:
    """Give the lines of an owner beside the main one."""
    return [line for line in organisation.plan.of_owner(owner_id) if line.role == "ALTERNATE"]
