"""Virtual extensions: stand-ins for numbers outside Webex."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location,
    flag,
    required,
    text_of,
)
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

Placed = VirtualExtension | VirtualExtensionRange


def level_of(organisation: Organisation, item: Placed) -> JsonObject:
    """Tell whether something belongs to a location, and to which, or to the organisation."""
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
        **level_of(organisation, item),
    }
    return {name: value for name, value in shown.items() if value is not None}


def placed(items: Sequence[Any], request: Request) -> list[Any]:
    """Narrow things to the level or location that a query asks for."""
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
    items = placed(list(organisation.virtual_extensions.values()), request)
    number = query.get("phoneNumber", "").strip().lstrip("+")
    place = query.get("locationName", "").casefold()
    name = query.get("name", "").casefold()
    chosen = [
        item
        for item in items
        if query.get("extension", "") in item.extension
        and number in item.phone_number
        and name in item.display_name.casefold()
        and place in level_of(organisation, item).get("locationName", "").casefold()
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


def location_of(world: World, body: JsonObject) -> str | None:
    """Give the id of the calling location a body names; None for the organisation.

    Raises:
        ApiError: 400 with code 4152 for an unknown location.
    """
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
    location_id = location_of(world, body)
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


_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE
_EXTENSIONS = "/telephony/config/virtualExtensions"
_EXTENSION = f"{_EXTENSIONS}/{{extensionId}}"

ROUTES = (
    Route(
        "GET",
        _EXTENSIONS,
        list_extensions,
        _READ,
        "virtualExtensions",
        "start",
        DEFAULT_PAGE,
        MAX_PAGE,
    ),
    Route("POST", _EXTENSIONS, create_extension, _WRITE),
    Route("POST", f"{_EXTENSIONS}/actions/validateNumbers/invoke", validate_numbers, _WRITE),
    Route("GET", _EXTENSION, read_extension, _READ),
    Route("PUT", _EXTENSION, update_extension, _WRITE),
    Route("DELETE", _EXTENSION, delete_extension, _WRITE),
)
