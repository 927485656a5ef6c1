"""Adding, activating, deactivating and removing the numbers of a location; checking numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location_at,
    one_of,
    required,
)
from Space_OdT.simulator.organisation.entities import Location, Number, PstnKind
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import (
    E164,
    EXTENSION_REPEATED,
    NUMBER_EXISTS,
    NUMBER_NOT_IN_LOCATION,
    NUMBER_UNAVAILABLE,
    NUMBERS_EXIST,
    adds_numbers,
    extension_problem,
)
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_ADDED = 1000
MAX_MOBILE = 20
MAX_DEACTIVATED = 500
MAX_REMOVED = 5
NUMBER_NOT_THERE = 4251
NUMBER_INVALID = 8360
MAIN_NUMBER = 8376
NO_PSTN = 25404
TOLL_FREE_PREFIXES = ("+34900", "+34800", "+1800", "+1888", "+33800", "+49800", "+351800")


def _phone_numbers(body: JsonObject) -> list[str]:
    required(body, ("phoneNumbers",))
    numbers = body["phoneNumbers"]
    if not isinstance(numbers, list) or not all(isinstance(item, str) for item in numbers):
        raise errors.field_invalid("phoneNumbers", "a list of texts expected")
    return numbers


def _location_with_numbers(world: World, request: Request) -> Location:
    location = calling_location_at(world, request)
    if location.pstn is PstnKind.NONE:
        raise ApiError(400, "No PSTN connection is configured for the location", NO_PSTN)
    if not adds_numbers(location):
        raise ApiError(400, f"Numbers of a {location.pstn.value} location are not kept by API")
    return location


def add_numbers(world: World, request: Request) -> Reply:
    """Answer `POST .../numbers`: all of them are added, or none."""
    location = _location_with_numbers(world, request)
    body = body_of(request)
    numbers = _phone_numbers(body)
    kind = one_of(body, "numberType", ("DID", "TOLLFREE", "MOBILE"), "DID")
    usage = one_of(body, "numberUsageType", ("NONE", "SERVICE"), "NONE")
    state = one_of(body, "state", ("ACTIVE", "INACTIVE"), "ACTIVE")
    limit = MAX_MOBILE if kind == "MOBILE" else MAX_ADDED
    if len(numbers) > limit:
        raise ApiError(400, f"At most {limit} numbers may be added at once")
    invalid = _invalid_numbers(world.organisation, numbers)
    if invalid:
        return Reply(400, [{"errors": invalid}])
    plan = world.organisation.plan
    known = [number for number in numbers if number in plan.numbers]
    if known:
        raise _numbers_exist(known)
    for number in numbers:
        plan.add(Number(number, location.id, state, kind, service=usage == "SERVICE"))
    return Reply(201)


def _numbers_exist(known: list[str]) -> ApiError:
    text = f"[Error {NUMBER_EXISTS}] Number already exists"
    causes = [
        {"description": f"{text}: {number}", "errorCode": NUMBER_EXISTS, "number": number}
        for number in known
    ]
    return ApiError(409, "One or more numbers already exist", NUMBERS_EXIST, errors=causes)


def _invalid_numbers(organisation: Organisation, numbers: list[str]) -> list[JsonObject]:
    seen = Counter(numbers)
    causes: list[JsonObject] = []
    for number in seen:
        if not E164.fullmatch(number):
            causes.append(_cause(number, NUMBER_INVALID, "Invalid number format"))
        elif seen[number] > 1:
            causes.append(_cause(number, NUMBER_UNAVAILABLE, "Number is repeated in the list"))
        elif _is_virtual(organisation, number):
            text = "Number is used by a virtual extension"
            causes.append(_cause(number, NUMBER_UNAVAILABLE, text))
    return causes


def _is_virtual(organisation: Organisation, number: str) -> bool:
    return any(number == item.phone_number for item in organisation.virtual_extensions.values())


def _cause(number: str, code: int, text: str) -> JsonObject:
    return {
        "number": number,
        "errorType": "ERROR",
        "errorCode": str(code),
        "errorMessage": f"[Error {code}] {text}: {number}",
        "errorTitle": text,
    }


def _in_location(organisation: Organisation, location: Location, number: str) -> Number | None:
    entry = organisation.plan.numbers.get(number)
    return entry if entry is not None and entry.location_id == location.id else None


def manage_state(world: World, request: Request) -> None:
    """Answer `PUT .../numbers`: activate, or deactivate numbers that nobody uses."""
    organisation = world.organisation
    location = _location_with_numbers(world, request)
    body = body_of(request)
    numbers = _phone_numbers(body)
    action = one_of(body, "action", ("ACTIVATE", "DEACTIVATE"), "ACTIVATE")
    if action == "DEACTIVATE" and len(numbers) > MAX_DEACTIVATED:
        raise ApiError(400, f"At most {MAX_DEACTIVATED} numbers may be deactivated at once")
    entries = []
    for number in numbers:
        entry = _in_location(organisation, location, number)
        if entry is None:
            raise ApiError(400, f"Number {number} is not in the location", NUMBER_NOT_IN_LOCATION)
        if action == "DEACTIVATE":
            _check_deactivation(organisation, location, entry)
        entries.append(entry)
    for entry in entries:
        entry.state = "ACTIVE" if action == "ACTIVATE" else "INACTIVE"
    organisation.plan.changes += 1


def _check_deactivation(organisation: Organisation, location: Location, number: Number) -> None:
    if organisation.plan.owner_of(number.phone_number) is not None:
        text = f"Number {number.phone_number} is assigned and cannot be deactivated"
        raise ApiError(400, text, NUMBER_UNAVAILABLE)
    if location.main_number == number.phone_number or number.number_type == "MOBILE":
        text = f"Number {number.phone_number} cannot be deactivated"
        raise ApiError(400, text, MAIN_NUMBER)


def remove_numbers(world: World, request: Request) -> None:
    """Answer `DELETE .../numbers`: at most five free ones, not the main number."""
    organisation = world.organisation
    location = _location_with_numbers(world, request)
    numbers = _phone_numbers(body_of(request))
    if len(numbers) > MAX_REMOVED:
        raise ApiError(400, f"At most {MAX_REMOVED} numbers may be removed at once")
    for number in numbers:
        if _in_location(organisation, location, number) is None:
            text = f"[Error {NUMBER_NOT_THERE}] Number {number} is not in the location"
            raise ApiError(502, text, NUMBER_NOT_THERE)
        if location.main_number == number:
            raise ApiError(400, f"Number {number} is the main number of the location", MAIN_NUMBER)
        if organisation.plan.owner_of(number) is not None:
            raise ApiError(400, f"Number {number} is assigned", NUMBER_UNAVAILABLE)
    for number in dict.fromkeys(numbers):
        organisation.plan.remove(number)


def validate_numbers(world: World, request: Request) -> JsonObject:
    """Answer `POST .../validateNumbers/invoke`: may these numbers be added?"""
    numbers = _phone_numbers(body_of(request))
    seen: set[str] = set()
    items: list[JsonObject] = []
    for number in numbers:
        items.append(_validated_number(world.organisation, number, repeated=number in seen))
        seen.add(number)
    sound = all(item["state"] == "Available" for item in items)
    return {"status": "OK" if sound else "ERRORS", "numbers": items}


def _validated_number(organisation: Organisation, number: str, *, repeated: bool) -> JsonObject:
    state, detail = "Available", ""
    if not E164.fullmatch(number):
        state, detail = "Invalid", f"[Error {NUMBER_INVALID}] Invalid number: {number}"
    elif repeated:
        state, detail = "Duplicate In List", f"Number is repeated in the list: {number}"
    elif number in organisation.plan.numbers:
        state, detail = "Duplicate", f"[Error {NUMBER_EXISTS}] Number already exists: {number}"
    elif _is_virtual(organisation, number):
        state = "Unavailable"
        detail = f"[Error {NUMBER_UNAVAILABLE}] Number is used by a virtual extension: {number}"
    free = number.startswith(TOLL_FREE_PREFIXES)
    item: JsonObject = {"number": number, "state": state, "tollFreeNumber": free}
    return {**item, "detail": [detail]} if detail else item


def _extensions(body: JsonObject) -> list[Any]:
    required(body, ("extensions",))
    if not isinstance(body["extensions"], list):
        raise errors.field_invalid("extensions", "a list of texts expected")
    return list(body["extensions"])


def validate_extensions(world: World, request: Request) -> JsonObject:
    """Answer `POST .../validateExtensions/invoke` of the organisation.

    It only knows form, repetition and conflicts with virtual extensions of the organisation.
    """
    return _validated_extensions(world.organisation, _extensions(body_of(request)), "")


def validate_location_extensions(world: World, request: Request) -> JsonObject:
    """Answer `POST .../validateExtensions/invoke` of a location."""
    location = calling_location_at(world, request)
    return _validated_extensions(world.organisation, _extensions(body_of(request)), location.id)


def _validated_extensions(
    organisation: Organisation, extensions: list[Any], location_id: str
) -> JsonObject:
    seen: set[str] = set()
    items: list[JsonObject] = []
    for extension in map(str, extensions):
        problem = extension_problem(organisation, location_id, extension)
        if extension in seen and problem is None:
            problem = EXTENSION_REPEATED, f"The extension is repeated in the list: {extension}"
        seen.add(extension)
        items.append(_validated_extension(extension, problem))
    sound = all(item["state"] == "VALID" for item in items)
    return {"status": "OK" if sound else "ERRORS", "extensionStatus": items}


_STATES = {9495: "DUPLICATE", EXTENSION_REPEATED: "DUPLICATE_IN_LIST"}


def _validated_extension(extension: str, problem: tuple[int, str] | None) -> JsonObject:
    if problem is None:
        return {"extension": extension, "state": "VALID"}
    code, text = problem
    return {
        "extension": extension,
        "state": _STATES.get(code, "INVALID"),
        "errorCode": code,
        "message": f"[Error {code}] {text}",
    }


_TELEPHONY = "/telephony/config"
_NUMBERS = f"{_TELEPHONY}/locations/{{locationId}}/numbers"

ROUTES = tuple(
    Route(method, path, handler, scopes.TELEPHONY_WRITE)
    for method, path, handler in (
        ("POST", _NUMBERS, add_numbers),
        ("PUT", _NUMBERS, manage_state),
        ("DELETE", _NUMBERS, remove_numbers),
        ("POST", f"{_TELEPHONY}/actions/validateNumbers/invoke", validate_numbers),
        ("POST", f"{_TELEPHONY}/actions/validateExtensions/invoke", validate_extensions),
        (
            "POST",
            f"{_TELEPHONY}/locations/{{locationId}}/actions/validateExtensions/invoke",
            validate_location_extensions,
        ),
    )
)
