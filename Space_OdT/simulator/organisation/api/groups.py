"""Groups of people, at the Groups API and at SCIM."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.identifiers import encode_id
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import TRUE_WORDS, body_of, flag, now, required
from Space_OdT.simulator.organisation.api.scim import check_organisation
from Space_OdT.simulator.organisation.entities import Group
from Space_OdT.simulator.organisation.keys import canonical, uuid_of
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.scim_filter import parse_filter
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

CORE_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
CISCO_SCHEMA = "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group"
MEMBERS_SCHEMA = "urn:scim:schemas:extension:cisco:webexidentity:2.0:GroupMembers"
GROUPS_PAGE = 100
MEMBERS_PAGE = 500


def render_group(organisation: Organisation, group: Group, *, members: bool = False) -> JsonObject:
    """Write a group, with its first members when asked for."""
    item: JsonObject = {
        "id": group.id,
        "displayName": group.display_name,
        "orgId": organisation.id,
        "created": group.created,
        "lastModified": group.modified,
        "memberSize": len(group.members),
    }
    if members:
        item["members"] = [_member(organisation, key) for key in group.members[:MEMBERS_PAGE]]
    return item


def _member(organisation: Organisation, person_id: str) -> JsonObject:
    person = organisation.people[person_id]
    return {"id": person_id, "type": "user", "displayName": person.display_name}


def list_groups(world: World, request: Request) -> LazyList[Group]:
    """Answer `GET /groups`."""
    organisation = world.organisation
    groups = _selected(organisation, request)
    members = flag(request.query, "includeMembers")
    return LazyList(groups, lambda group: render_group(organisation, group, members=members))


def _selected(organisation: Organisation, request: Request) -> list[Group]:
    groups = list(organisation.groups.values())
    if request.query.get("filter"):
        wanted = parse_filter(request.query["filter"])
        groups = [item for item in groups if wanted.holds(render_group(organisation, item))]
    if request.query.get("sortBy", "").lower() == "displayname":
        reverse = request.query.get("sortOrder", "").lower() == "descending"
        groups.sort(key=lambda item: item.display_name.casefold(), reverse=reverse)
    return groups


def _group_at(world: World, request: Request) -> Group:
    identifier = canonical(request.params["groupId"])
    group = world.organisation.groups.get(identifier)
    if group is None:
        raise errors.not_found("The group with the specified ID")
    return group


def read_group(world: World, request: Request) -> JsonObject:
    """Answer `GET /groups/{groupId}`."""
    members = flag(request.query, "includeMembers")
    return render_group(world.organisation, _group_at(world, request), members=members)


def list_members(world: World, request: Request) -> LazyList[str]:
    """Answer `GET /groups/{groupId}/members`."""
    organisation = world.organisation
    group = _group_at(world, request)
    beside = render_group(organisation, group)
    return LazyList(group.members, lambda key: _member(organisation, key), beside)


def _member_ids(organisation: Organisation, members: Any) -> list[tuple[str, str]]:
    if not isinstance(members, list):
        raise errors.field_invalid("members", "a list expected")
    wanted: list[tuple[str, str]] = []
    for member in members:
        person = organisation.person(member.get("id")) if isinstance(member, dict) else None
        if person is None:
            raise errors.field_invalid("members", "not a user of this organization")
        wanted.append((person.id, str(member.get("operation", "add"))))
    return wanted


def create_group(world: World, request: Request) -> Reply:
    """Answer `POST /groups`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("displayName",))
    if any(item.display_name == body["displayName"] for item in organisation.groups.values()):
        raise errors.name_taken(body["displayName"])
    members = [person_id for person_id, _ in _member_ids(organisation, body.get("members") or [])]
    stamp = now(world)
    identifier = world.next_id("SCIM_GROUP")
    group = Group(identifier, body["displayName"], stamp, stamp, list(dict.fromkeys(members)))
    organisation.groups[group.id] = group
    return Reply(201, render_group(organisation, group, members=True))


def update_group(world: World, request: Request) -> JsonObject:
    """Answer `PATCH /groups/{groupId}`: a new name, members to add or delete."""
    organisation = world.organisation
    group = _group_at(world, request)
    body = body_of(request)
    changes = _member_ids(organisation, body.get("members") or [])
    group.display_name = body.get("displayName") or group.display_name
    for person_id, operation in changes:
        if operation == "delete" and person_id in group.members:
            group.members.remove(person_id)
        elif operation != "delete" and person_id not in group.members:
            group.members.append(person_id)
    group.modified = now(world)
    return render_group(organisation, group, members=True)


def delete_group(world: World, request: Request) -> Reply:
    """Answer `DELETE /groups/{groupId}`."""
    del world.organisation.groups[_group_at(world, request).id]
    return Reply(204)


def render_scim_group(
    organisation: Organisation, group: Group, *, members: bool = True
) -> JsonObject:
    """Write a group as a SCIM group."""
    org_uuid = uuid_of(organisation.id)
    item: JsonObject = {
        "schemas": [CORE_SCHEMA, CISCO_SCHEMA],
        "displayName": group.display_name,
        "id": uuid_of(group.id),
        "meta": {
            "resourceType": "Group",
            "organizationID": org_uuid,
            "created": group.created,
            "lastModified": group.modified,
            "version": f'W/"{group.modified}"',
            "location": f"/identity/scim/{org_uuid}/v2/Groups/{uuid_of(group.id)}",
        },
        CISCO_SCHEMA: {"usage": "group", "provisionSource": "ONPREM"},
    }
    if members:
        item["members"] = [_scim_member(organisation, key) for key in group.members[:MEMBERS_PAGE]]
    return item


def _scim_member(organisation: Organisation, person_id: str) -> JsonObject:
    person = organisation.people[person_id]
    return {"type": "user", "value": uuid_of(person_id), "display": person.display_name}


def _scim_group_at(world: World, request: Request) -> Group:
    check_organisation(world, request)
    group = world.organisation.groups.get(encode_id("SCIM_GROUP", request.params["groupId"]))
    if group is None:
        raise errors.not_found("The group with the specified ID")
    return group


def search_scim_groups(world: World, request: Request) -> LazyList[Group]:
    """Answer `GET .../Groups` of SCIM."""
    check_organisation(world, request)
    organisation = world.organisation
    members = request.query.get("includeMembers", "true").lower() in TRUE_WORDS
    groups = _selected(organisation, request)
    return LazyList(groups, lambda group: render_scim_group(organisation, group, members=members))


def read_scim_group(world: World, request: Request) -> JsonObject:
    """Answer `GET .../Groups/{groupId}` of SCIM."""
    members = "members" not in request.query.get("excludedAttributes", "")
    group = _scim_group_at(world, request)
    return render_scim_group(world.organisation, group, members=members)


def list_scim_members(world: World, request: Request) -> LazyList[str]:
    """Answer `GET .../Groups/{groupId}/Members` of SCIM."""
    organisation = world.organisation
    group = _scim_group_at(world, request)
    beside = {
        "schemas": [MEMBERS_SCHEMA],
        "displayName": group.display_name,
        "memberSize": len(group.members),
    }
    return LazyList(group.members, lambda key: _scim_member(organisation, key), beside)


_Handler = Callable[["World", Request], Any]


def _scim_list(
    path: str, handler: _Handler, key: str, page: int, allowed: tuple[str, ...]
) -> Route:
    return Route("GET", path, handler, allowed, key, "scim", default_page=page, max_page=page)


_SCIM = "/identity/scim/{orgId}/v2/Groups"

ROUTES = (
    _scim_list("/groups", list_groups, "groups", GROUPS_PAGE, scopes.GROUPS_READ),
    Route("POST", "/groups", create_group, scopes.GROUPS_WRITE),
    Route("GET", "/groups/{groupId}", read_group, scopes.GROUPS_READ),
    Route("PATCH", "/groups/{groupId}", update_group, scopes.GROUPS_WRITE),
    Route("DELETE", "/groups/{groupId}", delete_group, scopes.GROUPS_WRITE),
    # The specification writes the last part in lower case, wxc_sdk with a capital.
    *(
        _scim_list(path, list_members, "members", MEMBERS_PAGE, scopes.GROUPS_READ)
        for path in ("/groups/{groupId}/members", "/groups/{groupId}/Members")
    ),
    _scim_list(_SCIM, search_scim_groups, "Resources", GROUPS_PAGE, scopes.GROUPS_READ),
    Route("GET", f"{_SCIM}/{{groupId}}", read_scim_group, scopes.GROUPS_READ),
    _scim_list(
        f"{_SCIM}/{{groupId}}/Members",
        list_scim_members,
        "members",
        MEMBERS_PAGE,
        scopes.GROUPS_READ,
    ),
)
