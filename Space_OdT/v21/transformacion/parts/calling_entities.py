"""People and workspaces with Webex Calling: finding them, and saying why they are not eligible."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import Call, PendingError, StepSpec
from Space_OdT.engine.actions_registry import USER_LOOKUP
from Space_OdT.v21.transformacion.definition import Cells
from Space_OdT.v21.transformacion.parts.lookups import WORKSPACE_READ, find_person, find_workspace
from Space_OdT.v21.transformacion.parts.shared_parameters import PERSON_NEED, WORKSPACE_NEED
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.records import Person, Workspace

WEBEX_CALLING = "webexCalling"
_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class CallingEntity:
    """Somebody or something that has calling settings.

    Attributes:
        id: Id as the API gave it.
        name: E-mail address or display name, for messages.
        noun: `person` or `workspace`.
        location_id: Id of its location, "" when unknown.
        extension: The extension it has, "" when unknown.
    """

    id: str
    name: str
    noun: str
    location_id: str
    extension: str = ""


async def calling_person(cells: Cells, call: Call, directory: Directory) -> CallingEntity:
    """Find the person a row names, who must have a calling service.

    Args:
        cells: Normalised cells of the row.
        call: Sends the step `USER_LOOKUP`, which the action must declare.
        directory: The organisation.

    Returns:
        The person.

    Raises:
        PendingError: `calling_eligibility_…`: not found, not allowed to look, without calling.
        AmbiguousNameError: When several people have the address.
        WebexError: When the API cannot be asked.
    """
    with _eligibility("person"):
        person = await find_person(cells, call, directory)
    name = cells.get("email") or next(iter(person.emails), person.id)
    if not _has_line(person):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"calling_eligibility_user_without_calling: {name} has no location with an extension "
            "or a number",
            fix="give a calling licence with location and extension first "
            "(usuarios_modificar_licencias)",
        )
    return CallingEntity(
        person.id, name, "person", person.location_id or "", person.extension or ""
    )


def _has_line(person: Person) -> bool:
    return bool(person.location_id and (person.extension or person.phone_numbers))


async def calling_workspace(cells: Cells, call: Call, directory: Directory) -> CallingEntity:
    """Find the workspace a row names, which must have Webex Calling.

    Args:
        cells: Normalised cells of the row.
        call: Sends the step `WORKSPACE_READ`, which the action must declare.
        directory: The organisation.

    Returns:
        The workspace.

    Raises:
        PendingError: `calling_eligibility_…`: not found, not allowed to look, without calling.
        AmbiguousNameError: When several workspaces have the name.
        WebexError: When the API cannot be asked.
    """
    workspace = await existing_workspace(cells, call, directory)
    if workspace.calling != WEBEX_CALLING:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"calling_eligibility_workspace_without_calling: {workspace.name} has "
            f"{workspace.calling or 'no calling'}, not {WEBEX_CALLING}",
            fix="give it Webex Calling with a licence and an extension or number first "
            "(workspaces_alta)",
        )
    return as_entity(workspace)


@dataclass(frozen=True, slots=True)
class EntityKind:
    """People or workspaces, to actions that do the same for both.

    Attributes:
        owner: Their segment in paths of the API.
        lookup: The step that `find` sends for an id.
        has_calling: Tells from the answer of `lookup` whether one has calling.
        find: Finds the one a row names, which must have calling.
        key: Parameters that name one; the first filled one counts.
    """

    owner: str
    lookup: StepSpec
    has_calling: Callable[[dict[str, Any]], bool]
    find: Callable[[Cells, Call, Directory], Awaitable[CallingEntity]]
    key: tuple[str, ...]

    def key_of(self, cells: Cells) -> str:
        """Name the entity of a row, so that no two rows change it at once.

        Args:
            cells: Normalised cells of the row.

        Returns:
            The first filled of the key parameters.
        """
        return next((cells[name] for name in self.key if cells.get(name)), "")


PEOPLE = EntityKind(
    "people",
    USER_LOOKUP,
    lambda body: _has_line(Person.parse(body)),
    calling_person,
    PERSON_NEED,
)
WORKSPACES = EntityKind(
    "workspaces",
    WORKSPACE_READ,
    lambda body: Workspace.parse(body).calling == WEBEX_CALLING,
    calling_workspace,
    WORKSPACE_NEED,
)


async def existing_workspace(cells: Cells, call: Call, directory: Directory) -> Workspace:
    """Find the workspace a row names, whatever calling it has.

    Args:
        cells: Normalised cells of the row.
        call: Sends the step `WORKSPACE_READ`, which the action must declare.
        directory: The organisation.

    Returns:
        The workspace.

    Raises:
        PendingError: `calling_eligibility_…`: not found, or not allowed to look.
        AmbiguousNameError: When several workspaces have the name.
        WebexError: When the API cannot be asked.
    """
    with _eligibility("workspace"):
        return await find_workspace(cells, call, directory)


def as_entity(workspace: Workspace) -> CallingEntity:
    """Say of a workspace what the settings actions need.

    Args:
        workspace: The workspace.

    Returns:
        It as an entity.
    """
    return CallingEntity(workspace.id, workspace.name, "workspace", workspace.location_id or "")


@contextmanager
def _eligibility(noun: str) -> Iterator[None]:
    """Name what stands in the way of finding an entity; a rejected token is not the row's."""
    try:
        yield
    except PendingError as error:  # the lookups give up only where there is nothing of the name
        raise PendingError(
            error.reason_code,
            f"calling_eligibility_{noun}_not_found: {error.message}",
            fix=error.fix,
            status=error.status,
        ) from error
    except WebexError as error:
        if error.status != _FORBIDDEN:
            raise
        raise PendingError(
            ReasonCode.PERMISSION_DENIED,
            f"calling_eligibility_permission_denied: the token may not read the {noun}",
            fix=error.hint or "",
            status=error.status,
        ) from error
