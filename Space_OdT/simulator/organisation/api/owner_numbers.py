"""The numbers of one person or workspace: reading all, adding and deleting alternates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    NOT_A_CALLING_USER,
    body_of,
    calling_person_at,
    flag,
    one_of,
    professional_workspace_at,
    required,
    text_of,
    workspace_at,
)
from Space_OdT.simulator.organisation.documents import read_document, write_document
from Space_OdT.simulator.organisation.entities import Line, OwnerKind
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import (
    NUMBER_UNAVAILABLE,
    alternates,
    check_extension,
    check_number,
    normalised_number,
)
from Space_OdT.simulator.protocol import ApiError, JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_ALTERNATES = 10
RING_PATTERNS = ("NORMAL", "LONG_LONG", "SHORT_SHORT_LONG", "SHORT_LONG_SHORT")
DIALLING_CODES = {"ES": "+34", "PT": "+351", "FR": "+33", "DE": "+49", "US": "+1"}


@dataclass(slots=True, frozen=True)
class NumberChange:
    """One checked element of a change of alternates."""

    action: str
    phone_number: str
    extension: str | None
    ring_pattern: str


def _rings_distinctively(world: World, path: str) -> bool:
    document = read_document(world, path)
    return True if document is None else bool(document["distinctiveRingEnabled"])


def _person_path(person_id: str) -> str:
    return f"/people/{person_id}/features/numbers"


def _workspace_path(workspace_id: str) -> str:
    return f"/workspaces/{workspace_id}/features/numbers"


def _national(organisation: Organisation, line: Line) -> str | None:
    code = DIALLING_CODES.get(organisation.locations[line.location_id].country, "+")
    return line.phone_number.removeprefix(code) if line.phone_number else None


def _item(organisation: Organisation, line: Line, key: str, number: str | None) -> JsonObject:
    prefix = organisation.locations[line.location_id].routing_prefix
    item = {
        "primary": line.role == "PRIMARY",
        key: number,
        "extension": line.extension,
        "routingPrefix": prefix if line.extension else None,
        "esn": (prefix or "") + line.extension if line.extension else None,
    }
    return {name: value for name, value in item.items() if value is not None}


def read_person_numbers(world: World, request: Request) -> JsonObject:
    """Answer `GET /people/{personId}/features/numbers`.

    Without `preferE164Format` numbers are written the way the country of the location does.
    """
    organisation = world.organisation
    person = calling_person_at(world, request)
    international = flag(request.query, "preferE164Format")
    items = []
    for line in organisation.plan.of_owner(person.id):
        number = line.phone_number if international else _national(organisation, line)
        item = _item(organisation, line, "directNumber", number)
        items.append({**item, "ringPattern": line.ring_pattern})
    distinctive = _rings_distinctively(world, _person_path(person.id))
    return {"distinctiveRingEnabled": distinctive, "phoneNumbers": items}


def read_workspace_numbers(world: World, request: Request) -> JsonObject:
    """Answer `GET /workspaces/{workspaceId}/features/numbers`.

    The number stands under `external`, as the API's example and live answers have it.
    """
    organisation = world.organisation
    workspace = workspace_at(world, request)
    if organisation.calling_workspace_kind(workspace.id) in {"none", "hotdesk"}:
        raise ApiError(400, "Workspace not found or not a calling workspace", NOT_A_CALLING_USER)
    lines = organisation.plan.of_owner(workspace.id)
    location = organisation.locations[
        lines[0].location_id if lines else workspace.location_id or ""
    ]
    return {
        "distinctiveRingEnabled": _rings_distinctively(world, _workspace_path(workspace.id)),
        "phoneNumbers": [_item(organisation, i, "external", i.phone_number) for i in lines],
        "workspace": {"id": workspace.id},
        "location": {"id": location.id, "name": location.name},
        "organization": {"id": organisation.id, "name": organisation.name},
    }


def _checked_changes(
    organisation: Organisation, owner_id: str, location_id: str, body: JsonObject
) -> list[NumberChange]:
    required(body, ("phoneNumbers",))
    changes = [_checked_change(entry) for entry in body["phoneNumbers"]]
    own = {line.phone_number for line in alternates(organisation, owner_id)}
    for change in changes:
        if change.action == "DELETE":
            if change.phone_number not in own:
                text = f"Phone number {change.phone_number} is not an alternate number of the owner"
                raise ApiError(400, text, NUMBER_UNAVAILABLE)
            own.remove(change.phone_number)
            continue
        check_number(organisation, location_id, change.phone_number)
        if change.extension:
            check_extension(organisation, location_id, change.extension)
        if change.phone_number in own:
            text = f"Phone number {change.phone_number} is given twice"
            raise ApiError(400, text, NUMBER_UNAVAILABLE)
        own.add(change.phone_number)
    if len(own) > MAX_ALTERNATES:
        raise ApiError(400, f"At most {MAX_ALTERNATES} alternate numbers")
    return changes


def _checked_change(entry: Any) -> NumberChange:
    if not isinstance(entry, dict):
        raise errors.field_invalid("phoneNumbers", "a list of objects expected")
    required(entry, ("primary", "action"))
    if entry["primary"] is not False:
        raise errors.field_invalid("primary", "only alternate numbers can be changed here")
    # wxc_sdk writes `external` where the specification says `directNumber`.
    number = normalised_number(text_of(entry, "directNumber") or text_of(entry, "external"))
    if not number:
        raise errors.field_missing("directNumber")
    return NumberChange(
        one_of(entry, "action", ("ADD", "DELETE")),
        number,
        text_of(entry, "extension"),
        one_of(entry, "ringPattern", RING_PATTERNS, "NORMAL"),
    )


def _change(organisation: Organisation, owner: Line, changes: list[NumberChange]) -> None:
    plan = organisation.plan
    for change in changes:
        if change.action == "DELETE":
            line = plan.owner_of(change.phone_number)
            if line is not None:
                plan.detach(line)
            continue
        plan.attach(
            Line(
                owner.owner_id,
                owner.owner_kind,
                owner.location_id,
                change.phone_number,
                change.extension,
                "ALTERNATE",
                change.ring_pattern,
            )
        )


def _store_ring(world: World, path: str, body: Mapping[str, Any]) -> None:
    for name in ("distinctiveRingEnabled", "enableDistinctiveRingPattern"):
        if isinstance(body.get(name), bool):
            write_document(world, path, {"distinctiveRingEnabled": body[name]})


def update_person_numbers(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/people/{personId}/numbers`."""
    organisation = world.organisation
    person = calling_person_at(world, request)
    body = body_of(request)
    location_id = person.location_id or ""
    changes = _checked_changes(organisation, person.id, location_id, body)
    _change(organisation, Line(person.id, OwnerKind.PEOPLE, location_id), changes)
    _store_ring(world, _person_path(person.id), body)


def update_workspace_numbers(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/workspaces/{workspaceId}/numbers`: Professional only."""
    organisation = world.organisation
    workspace = professional_workspace_at(world, request)
    body = body_of(request)
    line = organisation.plan.primary(workspace.id)
    location_id = line.location_id if line else workspace.location_id or ""
    changes = _checked_changes(organisation, workspace.id, location_id, body)
    _change(organisation, Line(workspace.id, OwnerKind.PLACE, location_id), changes)
    _store_ring(world, _workspace_path(workspace.id), body)


ROUTES = (
    Route("GET", "/people/{personId}/features/numbers", read_person_numbers, scopes.PEOPLE_READ),
    Route(
        "GET",
        "/workspaces/{workspaceId}/features/numbers",
        read_workspace_numbers,
        scopes.WORKSPACES_READ,
    ),
    Route(
        "PUT",
        "/telephony/config/people/{personId}/numbers",
        update_person_numbers,
        scopes.TELEPHONY_WRITE,
    ),
    Route(
        "PUT",
        "/telephony/config/workspaces/{workspaceId}/numbers",
        update_workspace_numbers,
        (*scopes.TELEPHONY_WRITE, *scopes.WORKSPACES_WRITE),
    ),
)
