"""Find what a row names: sites, people, workspaces and routes by name or by id."""

from __future__ import annotations

from collections.abc import Mapping

from Space_OdT.engine.action_model import Call, PendingError, StepSpec
from Space_OdT.engine.actions_registry import USER_LOOKUP
from Space_OdT.engine.bulk.people import find_person as find_person_by_email
from Space_OdT.webex.directory import AmbiguousNameError, Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Person, Route, Workspace, name_key

Cells = Mapping[str, str]

_NOT_FOUND = (400, 404)

WORKSPACE_READ = StepSpec("workspace_read", "GET", "/workspaces/{workspace_id}", required=("id",))


async def find_location(cells: Cells, directory: Directory) -> Location:
    """Find the location a row names by `location_id` or `location_name`.

    Args:
        cells: Normalised cells of the row.
        directory: The organisation.

    Returns:
        The location.

    Raises:
        PendingError: `precondition_missing`, when there is none.
        AmbiguousNameError: When several have the name.
        WebexError: When the API cannot be asked.
    """
    asked = cells.get("location_id") or cells["location_name"]
    location = await directory.location(asked)
    if location is None:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"there is no location {asked}",
            fix="correct the name, or create the location first",
        )
    return location


async def find_calling_location(cells: Cells, directory: Directory) -> Location:
    """Find a location that is enabled for Webex Calling.

    Args:
        cells: Normalised cells of the row.
        directory: The organisation.

    Returns:
        The location.

    Raises:
        PendingError: `precondition_missing`, when there is none or it lacks Calling.
        AmbiguousNameError: When several have the name.
        WebexError: When the API cannot be asked.
    """
    location = await find_location(cells, directory)
    if not location.has_calling:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the location {location.name} is not enabled for Webex Calling",
            fix="run ubicacion_configurar_pstn for it first",
        )
    return location


async def find_person(cells: Cells, call: Call, directory: Directory) -> Person:
    """Find the person a row names by `person_id` or `email`; an id costs one call.

    Args:
        cells: Normalised cells of the row.
        call: Sends the step `USER_LOOKUP`, which the action must declare.
        directory: The organisation.

    Returns:
        The person with licences, location, extension and numbers.

    Raises:
        PendingError: `user_not_found`.
        AmbiguousNameError: When several people have the address.
        WebexError: When the API cannot be asked.
    """
    person_id = cells.get("person_id", "")
    if not person_id:
        return await find_person_by_email(cells["email"], directory)
    try:
        answer = await call(USER_LOOKUP, person_id=person_id)
    except WebexError as error:
        if error.status not in _NOT_FOUND:
            raise
        raise PendingError(
            ReasonCode.USER_NOT_FOUND,
            f"nobody in the organisation has the id {person_id}",
            fix="correct person_id, or give the e-mail address instead",
            status=error.status,
        ) from error
    return Person.parse(answer.body)


async def find_workspace(cells: Cells, call: Call, directory: Directory) -> Workspace:
    """Find the workspace a row names by `workspace_id`, or by `display_name` and location.

    Args:
        cells: Normalised cells of the row.
        call: Sends the step `WORKSPACE_READ`, which the action must declare.
        directory: The organisation.

    Returns:
        The workspace.

    Raises:
        PendingError: `precondition_missing`, when there is none.
        AmbiguousNameError: When several of that location have the name.
        WebexError: When the API cannot be asked.
    """
    if workspace_id := cells.get("workspace_id", ""):
        try:
            return Workspace.parse((await call(WORKSPACE_READ, workspace_id=workspace_id)).body)
        except WebexError as error:
            if error.status not in _NOT_FOUND:
                raise
            raise _no_workspace(workspace_id, error.status) from error
    name = cells["display_name"]
    location = None
    if cells.get("location_id") or cells.get("location_name"):
        location = await find_location(cells, directory)
    found = await named_workspace(name, location, directory)
    if found is None:
        place = f"{name} in {location.name}" if location else name
        raise _no_workspace(place)
    return found


async def named_workspace(
    name: str, location: Location | None, directory: Directory
) -> Workspace | None:
    """Find a workspace by its exact name, within a location where one is given.

    Args:
        name: Display name.
        location: Where it must be; None for anywhere.
        directory: The organisation.

    Returns:
        The workspace, None when there is none.

    Raises:
        AmbiguousNameError: When several fit.
        WebexError: When the API cannot be asked.
    """
    try:
        found = await directory.workspace(name)
    except AmbiguousNameError:
        if location is None:
            raise
        here = [
            one
            for one in directory.workspaces.find(name_key(name))
            if same_id(one.location_id, location.id)
        ]
        if len(here) > 1:
            raise
        return here[0] if here else None
    if found is None or location is None or same_id(found.location_id, location.id):
        return found
    return None


def _no_workspace(asked: str, status: int | None = None) -> PendingError:
    return PendingError(
        ReasonCode.PRECONDITION_MISSING,
        f"there is no workspace {asked}",
        fix="correct the name, or create it first with workspaces_alta",
        status=status,
    )


async def find_route(cells: Cells, directory: Directory) -> Route:
    """Find the route group or trunk a row names; its type must be the one asked for.

    Args:
        cells: Normalised cells of the row: `premise_route_id` or `route_identity`, and
            `premise_route_type`.
        directory: The organisation.

    Returns:
        The route.

    Raises:
        PendingError: `precondition_missing`, when there is none of that type.
        AmbiguousNameError: When several have the name.
        WebexError: When the API cannot be asked.
    """
    asked = cells.get("premise_route_id") or cells["route_identity"]
    kind = cells["premise_route_type"]
    route = await directory.route(asked, kind=kind)
    if route is not None:
        return route
    other = await directory.route(asked)
    what = kind.lower().replace("_", " ")
    if other is not None:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{asked} is a {other.type.lower().replace('_', ' ')}, not a {what}",
            fix=f"set premise_route_type to {other.type}",
        )
    raise PendingError(
        ReasonCode.PRECONDITION_MISSING,
        f"there is no {what} {asked}",
        fix="correct the name, or create it in Control Hub",
    )
