"""What every handler needs: entities from path parameters, typed query and body values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.identifiers import decode_id
from Space_OdT.simulator.organisation.entities import Location, Person, Workspace
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

NOT_A_CALLING_USER = 4003
LOCATION_NOT_FOUND = 4152
INVALID_PROFESSIONAL_PLACE = 25409
TRUE_WORDS = frozenset({"true", "1", "yes"})


def flag(query: Mapping[str, str], name: str) -> bool:
    """Read a boolean query parameter; what is absent is false."""
    return query.get(name, "").lower() in TRUE_WORDS


def now(world: World) -> str:
    """Give the world's time the way the API writes it."""
    moment = datetime.fromtimestamp(world.clock(), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def body_of(request: Request) -> JsonObject:
    """Give the body as an object.

    Raises:
        ApiError: 400 when it is missing or something else.
    """
    if not isinstance(request.body, dict):
        raise errors.malformed_body()
    return request.body


def required(body: JsonObject, names: Iterable[str]) -> None:
    """Check that fields are there and not blank.

    Raises:
        ApiError: 400 with code 25008, naming the first one missing.
    """
    for name in names:
        value = body.get(name)
        if value is None or value in ("", []) or (isinstance(value, str) and not value.strip()):
            raise errors.field_missing(name)


def text_of(body: JsonObject, name: str) -> str | None:
    """Read an optional text field.

    Raises:
        ApiError: 400 when the value is no text.
    """
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.field_invalid(name, "text expected")
    return value


def one_of(body: JsonObject, name: str, allowed: Iterable[str], default: str | None = None) -> Any:
    """Read an enumerated field.

    Raises:
        ApiError: 400 when the value is none of the allowed ones.
    """
    value = default if body.get(name) is None else body[name]
    choices = tuple(allowed)
    if value is not None and value not in choices:
        raise errors.field_invalid(name, f"one of {', '.join(choices)} expected")
    return value


def _not_found(what: str) -> ApiError:
    return errors.not_found(f"{what} with the specified ID")


def person_at(world: World, request: Request) -> Person:
    """Find the person of the path.

    Raises:
        ApiError: 404 for an unknown id.
    """
    person = world.organisation.person(request.params["personId"])
    if person is None:
        raise _not_found("The person")
    return person


def calling_person_at(world: World, request: Request) -> Person:
    """Find the person of the path, who must have Webex Calling.

    Raises:
        ApiError: 404 for an unknown id, 400 with code 4003 without Webex Calling.
    """
    person = person_at(world, request)
    if world.organisation.calling_licence(person.licences) is None:
        raise ApiError(400, "User not found or not a calling user", NOT_A_CALLING_USER)
    return person


def workspace_at(world: World, request: Request) -> Workspace:
    """Find the workspace of the path.

    Raises:
        ApiError: 404 for an unknown id.
    """
    workspace = world.organisation.workspace(request.params["workspaceId"])
    if workspace is None:
        raise _not_found("The workspace")
    return workspace


def professional_workspace_at(world: World, request: Request) -> Workspace:
    """Find the workspace of the path, which must have a Professional licence.

    Raises:
        ApiError: 404 for an unknown id, 400 with code 4003 without Webex Calling settings, 405
            with code 25409 for another licence.
    """
    workspace = workspace_at(world, request)
    kind = world.organisation.calling_workspace_kind(workspace.id)
    if kind in {"none", "hotdesk"}:
        raise ApiError(400, "Workspace not found or not a calling workspace", NOT_A_CALLING_USER)
    if kind != "professional":
        raise ApiError(405, "Invalid Professional Place", INVALID_PROFESSIONAL_PLACE)
    return workspace


def location_at(world: World, request: Request) -> Location:
    """Find the location of the path, enabled for Webex Calling or not.

    Raises:
        ApiError: 400 for a text that is no id, 404 for an unknown id.
    """
    identifier = request.params["locationId"]
    location = world.organisation.location(identifier)
    if location is None:
        if decode_id(canonical(identifier)) is None:
            raise ApiError(400, "Invalid location ID", LOCATION_NOT_FOUND)
        raise ApiError(404, "Location not found", LOCATION_NOT_FOUND)
    return location


def calling_location_at(world: World, request: Request) -> Location:
    """Find the location of the path, which must be enabled for Webex Calling.

    Raises:
        ApiError: 400 for a text that is no id, 404 for an unknown or not enabled location.
    """
    location = location_at(world, request)
    if not location.calling:
        raise ApiError(404, "Location is not enabled for Webex Calling", LOCATION_NOT_FOUND)
    return location


def calling_location(world: World, identifier: object) -> Location:
    """Find the calling location that a body or query names.

    Raises:
        ApiError: 400 with code 4152 when there is none.
    """
    location = world.organisation.location(identifier)
    if location is None or not location.calling:
        raise ApiError(400, "Location not found or not enabled for Calling", LOCATION_NOT_FOUND)
    return location
