"""Virtual extensions and ranges of them: stand-ins for numbers outside Webex."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location,
    flag,
    one_of,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.api.tables import refuse_taken
from Space_OdT.simulator.organisation.entities import VirtualExtension, VirtualExtensionRange
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import (
    E164,
    EXTENSION_TAKEN,
    extension_problem,
    normalised_number,
)
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

DEFAULT_PAGE = 10
MAX_PAGE = 2000
PATTERN = re.compile(r"\d+X+")
PREFIX = re.compile(r"\+[1-9]\d{0,13}")

Placed = VirtualExtension | VirtualExtensionRange


def _level(organisation: Organisation, item: Placed) -> JsonObject:
    if item.location_id is None:
        return {"level": "ORGANIZATION"}
    location = organisation.locations[item.location_id]
    return {"level": "LOCATION", "locationId": location.id, "locationName": location.name}


def render_extension(organisation: Organisation, item: VirtualExtension) -> JsonObject:
    """Write a virtual extension."""
    location = organisation.locations.get(item.location_id or "")
    prefix = location.routing_prefix if location else None
    shown = {
        "id": item.id,
        "extension": item.extension,
        "routingPrefix": prefix,
        "esn": (prefix or "") + item.extension,
        "phoneNumber": item.phone_number,
        "firstName": item.first_name or None,
        "lastName": item.last_name or None,
        "displayName": item.display_name,
        **_level(organisation, item),
    }
    return {name: value for name, value in shown.items() if value is not None}


def _placed(items: Sequence[Any], request: Request) -> list[Any]:
    if flag(request.query, "orgLevelOnly"):
        return [item for item in items if item.location_id is None]
    if "locationId" in request.query:
        wanted = canonical(request.query["locationId"])
        return [item for item in items if item.location_id == wanted]
    return list(items)


def list_extensions(world: World, request: Request) -> LazyList[VirtualExtension]:
    """Answer `GET /telephony/config/virtualExtensions`."""
    organisation = world.organisation
    query = request.query
    items = _placed(list(organisation.virtual_extensions.values()), request)
    number = query.get("phoneNumber", "").strip().lstrip("+")
    place = query.get("locationName", "").casefold()
    name = query.get("name", "").casefold()
    chosen = [
        item
        for item in items
        if query.get("extension", "") in item.extension
        and number in item.phone_number
        and name in item.display_name.casefold()
        and place in _level(organisation, item).get("locationName", "").casefold()
    ]
    return LazyList(chosen, lambda item: render_extension(organisation, item))


def _extension_at(world: World, request: Request) -> VirtualExtension:
    item = world.organisation.virtual_extensions.get(canonical(request.params["extensionId"]))
    if item is None:
        raise errors.not_found("The virtual extension with the specified ID")
    return item


def read_extension(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/virtualExtensions/{extensionId}`."""
    return render_extension(world.organisation, _extension_at(world, request))


def _location_of(world: World, body: JsonObject) -> str | None:
    given = body.get("locationId")
    return calling_location(world, given).id if given else None


def _check_extension(organisation: Organisation, location_id: str | None, extension: str) -> None:
    """Refuse an extension that is taken in its location, or anywhere for the organisation."""
    places = [location_id] if location_id else organisation.calling_location_ids()
    for place in places:
        problem = extension_problem(organisation, place, extension)
        if problem is not None:
            raise ApiError(400, f"[Error {EXTENSION_TAKEN}] {problem[1]}", EXTENSION_TAKEN)


def _checked_number(text: str | None) -> str:
    number = normalised_number(text) or ""
    if not E164.fullmatch(number):
        raise errors.field_invalid("phoneNumber", "E.164 number expected")
    return number


def create_extension(world: World, request: Request) -> Reply:
    """Answer `POST /telephony/config/virtualExtensions`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("displayName", "phoneNumber", "extension"))
    location_id = _location_of(world, body)
    number = _checked_number(text_of(body, "phoneNumber"))
    extension = text_of(body, "extension") or ""
    _check_extension(organisation, location_id, extension)
    item = VirtualExtension(
        world.next_id("VIRTUAL_EXTENSION"),
        extension,
        number,
        text_of(body, "firstName") or "",
        text_of(body, "lastName") or "",
        body["displayName"],
        location_id,
    )
    organisation.virtual_extensions[item.id] = item
    return Reply(201, {"id": item.id})


def update_extension(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/virtualExtensions/{extensionId}`."""
    item = _extension_at(world, request)
    body = body_of(request)
    extension = text_of(body, "extension") or item.extension
    if extension != item.extension:
        _check_extension(world.organisation, item.location_id, extension)
    if body.get("phoneNumber"):
        item.phone_number = _checked_number(text_of(body, "phoneNumber"))
    item.extension = extension
    for name, attribute in (
        ("firstName", "first_name"),
        ("lastName", "last_name"),
        ("displayName", "display_name"),
    ):
        value = text_of(body, name)
        if value is not None:
            setattr(item, attribute, value)


def delete_extension(world: World, request: Request) -> Reply:
    """Answer `DELETE /telephony/config/virtualExtensions/{extensionId}`."""
    del world.organisation.virtual_extensions[_extension_at(world, request).id]
    return Reply(204)


def validate_numbers(world: World, request: Request) -> JsonObject:
    """Answer `POST /telephony/config/virtualExtensions/actions/validateNumbers/invoke`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("phoneNumbers",))
    known = {item.phone_number for item in organisation.virtual_extensions.values()}
    seen: set[str] = set()
    problems: list[JsonObject] = []
    for number in map(str, body["phoneNumbers"]):
        state = "VALID"
        if not E164.fullmatch(number):
            state = "INVALID"
        elif number in known or number in organisation.plan.numbers:
            state = "DUPLICATE"
        elif number in seen:
            state = "DUPLICATE_IN_LIST"
        seen.add(number)
        if state != "VALID":
            message = f"{state}: {number}"
            problems.append({"phoneNumber": number, "state": state, "message": message})
    status = "ERRORS" if problems else "OK"
    return {"status": status, "phoneNumberStatus": problems} if problems else {"status": status}


# Ranges --------------------------------------------------------------------------------------


def render_range(organisation: Organisation, item: VirtualExtensionRange) -> JsonObject:
    """Write a range of virtual extensions as its list does."""
    place = _level(organisation, item)
    return {"id": item.id, "name": item.name, "prefix": item.prefix, **place}


def list_ranges(world: World, request: Request) -> LazyList[VirtualExtensionRange]:
    """Answer `GET /telephony/config/virtualExtensionRanges`."""
    organisation = world.organisation
    items = _placed(list(organisation.virtual_extension_ranges.values()), request)
    name = request.query.get("name", "").casefold()
    prefix = request.query.get("prefix", "").strip().lstrip("+")
    chosen = [item for item in items if name in item.name.casefold() and prefix in item.prefix]
    return LazyList(chosen, lambda item: render_range(organisation, item))


def _range_at(world: World, request: Request) -> VirtualExtensionRange:
    key = canonical(request.params["extensionRangeId"])
    item = world.organisation.virtual_extension_ranges.get(key)
    if item is None:
        raise errors.not_found("The virtual extension range with the specified ID")
    return item


def read_range(world: World, request: Request) -> JsonObject:
    """Answer `GET /telephony/config/virtualExtensionRanges/{extensionRangeId}`."""
    item = _range_at(world, request)
    return {**render_range(world.organisation, item), "patterns": list(item.patterns)}


def _pattern_states(
    organisation: Organisation, patterns: Sequence[Any], own: str
) -> list[tuple[str, str]]:
    taken = {
        pattern
        for item in organisation.virtual_extension_ranges.values()
        if item.id != own
        for pattern in item.patterns
    }
    states: list[tuple[str, str]] = []
    for position, pattern in enumerate(map(str, patterns)):
        state = "VALID"
        if not PATTERN.fullmatch(pattern):
            state = "INVALID"
        elif pattern in taken:
            state = "DUPLICATE"
        elif pattern in patterns[:position]:
            state = "DUPLICATE_IN_LIST"
        states.append((pattern, state))
    return states


def _checked_patterns(
    organisation: Organisation, patterns: Sequence[Any], own: str = ""
) -> list[str]:
    for pattern, state in _pattern_states(organisation, patterns, own):
        if state != "VALID":
            raise errors.field_invalid("patterns", f"{pattern} is {state}")
    return [str(pattern) for pattern in patterns]


def _checked_prefix(text: Any) -> str:
    if not isinstance(text, str) or not PREFIX.fullmatch(text):
        raise errors.field_invalid("prefix", "a plus sign and digits expected")
    return text


def create_range(world: World, request: Request) -> Reply:
    """Answer `POST /telephony/config/virtualExtensionRanges`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("name", "prefix"))
    location_id = _location_of(world, body)
    prefix = _checked_prefix(body["prefix"])
    patterns = _checked_patterns(organisation, body.get("patterns") or [])
    refuse_taken(organisation.virtual_extension_ranges.values(), body["name"])
    item = VirtualExtensionRange(
        world.next_id("VIRTUAL_EXTENSION_RANGE"), body["name"], prefix, patterns, location_id
    )
    organisation.virtual_extension_ranges[item.id] = item
    return Reply(201, {"id": item.id})


def update_range(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/virtualExtensionRanges/{extensionRangeId}`."""
    organisation = world.organisation
    item = _range_at(world, request)
    body = body_of(request)
    action = one_of(body, "action", ("ADD", "REMOVE", "REPLACE"), "REPLACE")
    name = text_of(body, "name") or item.name
    refuse_taken(organisation.virtual_extension_ranges.values(), name, item)
    prefix = _checked_prefix(body.get("prefix") or item.prefix)
    patterns = item.patterns
    if body.get("patterns") is not None:
        given = [str(pattern) for pattern in body["patterns"]]
        combined = {
            "ADD": [*patterns, *given],
            "REMOVE": [pattern for pattern in patterns if pattern not in given],
            "REPLACE": given,
        }[action]
        patterns = _checked_patterns(organisation, combined, item.id)
    item.name, item.prefix, item.patterns = name, prefix, patterns


def delete_range(world: World, request: Request) -> Reply:
    """Answer `DELETE /telephony/config/virtualExtensionRanges/{extensionRangeId}`."""
    del world.organisation.virtual_extension_ranges[_range_at(world, request).id]
    return Reply(204)


def validate_range(world: World, request: Request) -> JsonObject:
    """Answer `POST /telephony/config/virtualExtensionRanges/actions/validate/invoke`."""
    body = body_of(request)
    own = canonical(body.get("rangeId"))
    prefix = str(body.get("prefix", ""))
    states = _pattern_states(world.organisation, body.get("patterns") or [], own)
    if prefix and not PREFIX.fullmatch(prefix):
        states = [(pattern, "INVALID") for pattern, _ in states]
    problems = [
        {"prefix": prefix, "pattern": pattern, "status": state, "message": f"{state}: {pattern}"}
        for pattern, state in states
        if state != "VALID"
    ]
    if not problems:
        return {"status": "OK"}
    return {"status": "ERRORS", "virtualExtensionRangeValidationStatus": problems}


_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE
_EXTENSIONS = "/telephony/config/virtualExtensions"
_EXTENSION = f"{_EXTENSIONS}/{{extensionId}}"
_RANGES = "/telephony/config/virtualExtensionRanges"
_RANGE = f"{_RANGES}/{{extensionRangeId}}"

ROUTES = (
    *(
        Route("GET", path, handler, _READ, key, "start", DEFAULT_PAGE, MAX_PAGE)
        for path, handler, key in (
            (_EXTENSIONS, list_extensions, "virtualExtensions"),
            (_RANGES, list_ranges, "virtualExtensionRanges"),
        )
    ),
    *(
        Route(method, path, handler, _READ if method == "GET" else _WRITE)
        for method, path, handler in (
            ("POST", _EXTENSIONS, create_extension),
            ("POST", f"{_EXTENSIONS}/actions/validateNumbers/invoke", validate_numbers),
            ("GET", _EXTENSION, read_extension),
            ("PUT", _EXTENSION, update_extension),
            ("DELETE", _EXTENSION, delete_extension),
            ("POST", _RANGES, create_range),
            ("POST", f"{_RANGES}/actions/validate/invoke", validate_range),
            ("GET", _RANGE, read_range),
            ("PUT", _RANGE, update_range),
            ("DELETE", _RANGE, delete_range),
        )
    ),
)
