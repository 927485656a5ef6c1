"""Supervisors of queue agents: people, and the agents they look after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.filling.links import person_fields
from Space_OdT.simulator.generated.bodies import body_object, check_body
from Space_OdT.simulator.generated.declarations import Area
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route
from Space_OdT.simulator.tables.scopes import TELEPHONY

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PATH = "/telephony/config/supervisors"
_FIRST_SUPERVISORS = 4
_FIRST_AGENTS = 2
_AGENT_RULE = {"id!": str}
_SHOWN = ("id", "firstName", "lastName", "displayName", "phoneNumber", "extension", "esn")

Table = dict[str, JsonObject]


def _table(world: World) -> Table:
    """Supervisor -> whether of Customer Assist, and agents; as generated or as written."""
    stored = world.documents.get(PATH)
    return stored if stored is not None else _generated(world)


def _generated(world: World) -> Table:
    people = world.organisation.calling_person_ids()
    found: Table = {}
    for index, person_id in enumerate(people[:_FIRST_SUPERVISORS]):
        start = _FIRST_SUPERVISORS + index * _FIRST_AGENTS
        agents = people[start : start + _FIRST_AGENTS]
        if agents:
            found[person_id] = {"cx": bool(index % 2), "agents": agents}
    return found


def _wants_cx(request: Request) -> bool:
    return request.query.get("hasCxEssentials", "").lower() == "true"


def _person(world: World, person_id: str) -> JsonObject:
    person = world.organisation.person(person_id)
    if person is None:
        return {"id": person_id}
    fields = person_fields(Subject(world, PATH), person)
    return {name: fields[name] for name in _SHOWN if name in fields}


def _list(world: World, request: Request) -> LazyList[tuple[str, JsonObject]]:
    wanted = _wants_cx(request)
    entries = [item for item in _table(world).items() if item[1]["cx"] == wanted]
    return LazyList(entries, lambda item: _supervisor(world, *item))


def _supervisor(world: World, person_id: str, entry: Mapping[str, list[str]]) -> JsonObject:
    counts = {"agentCount": len(entry["agents"]), "hasCxEssentials": entry["cx"]}
    return {**_person(world, person_id), **counts}


def _find(world: World, request: Request) -> tuple[str, JsonObject]:
    person_id = canonical(request.params["supervisorId"])
    entry = _table(world).get(person_id)
    if entry is None:
        raise errors.not_found("The supervisor with the specified ID")
    return person_id, entry


def _read(world: World, request: Request) -> LazyList[str]:
    person_id, entry = _find(world, request)
    return LazyList(entry["agents"], lambda agent: _person(world, agent), {"id": person_id})


def _calling_id(world: World, identifier: str) -> str:
    if not world.organisation.is_calling_person(identifier):
        raise errors.field_invalid("id", "nobody with Webex Calling has this id")
    return canonical(identifier)


def _create(world: World, request: Request) -> Reply:
    body = body_object(request)
    check_body(body, {"id!": str, "agents!": [_AGENT_RULE]})
    person_id = _calling_id(world, body["id"])
    table = dict(_table(world))
    if person_id in table:
        raise errors.name_taken(person_id)
    agents = [_calling_id(world, agent["id"]) for agent in body["agents"]]
    world.documents[PATH] = {**table, person_id: {"cx": _wants_cx(request), "agents": agents}}
    return Reply(201)


def _assign(world: World, request: Request) -> None:
    person_id, entry = _find(world, request)
    body = body_object(request)
    check_body(body, {"agents!": [{**_AGENT_RULE, "action": ("ADD", "DELETE")}]})
    agents = list(entry["agents"])
    for given in body["agents"]:
        agent = _calling_id(world, given["id"])
        if given.get("action") == "DELETE":
            agents = [known for known in agents if known != agent]
        elif agent not in agents:
            agents.append(agent)
    world.documents[PATH] = {**_table(world), person_id: {**entry, "agents": agents}}


def _delete(world: World, request: Request) -> None:
    person_id, _ = _find(world, request)
    table = _table(world)
    world.documents[PATH] = {key: entry for key, entry in table.items() if key != person_id}


def _delete_many(world: World, request: Request) -> Reply:
    body = body_object(request)
    check_body(body, {"supervisorIds!": [str]})
    gone = {canonical(identifier) for identifier in body["supervisorIds"]}
    table = _table(world)
    world.documents[PATH] = {key: entry for key, entry in table.items() if key not in gone}
    return Reply(204)


_ONE = f"{PATH}/{{supervisorId}}"
AREAS = (
    Area(
        TELEPHONY,
        (
            Route("GET", PATH, _list, TELEPHONY.read, list_key="supervisors", paging="start"),
            Route("POST", PATH, _create, TELEPHONY.write),
            Route("DELETE", PATH, _delete_many, TELEPHONY.write),
            Route("GET", _ONE, _read, TELEPHONY.read, list_key="agents", paging="start"),
            Route("PUT", _ONE, _assign, TELEPHONY.write),
            Route("DELETE", _ONE, _delete, TELEPHONY.write),
        ),
    ),
)
