"""The agents of call queues, and the supervisors of Customer Assist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import body_of, flag, one_of, required
from Space_OdT.simulator.organisation.entities import Feature, OwnerKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.members import NOT_AVAILABLE, member_item, owner_kind
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PAGE = 2000
PARTIAL = 206
NOT_A_MEMBER = 6613


def _queues(organisation: Organisation, agent_id: str, *, assist: bool) -> list[Feature]:
    return [
        feature
        for feature in organisation.memberships(agent_id)
        if feature.kind is OwnerKind.CALL_QUEUE and feature.customer_assist == assist
    ]


def _joined(feature: Feature, agent_id: str) -> bool:
    return any(agent["id"] == agent_id and agent["joined"] for agent in feature.agents)


def _location(organisation: Organisation, agent_id: str) -> JsonObject:
    line = organisation.plan.primary(agent_id)
    if line is None:
        return {}
    location = organisation.locations[line.location_id]
    return {"location": {"id": location.id, "name": location.name}}


def _agent_item(organisation: Organisation, agent_id: str, *, assist: bool) -> JsonObject:
    queues = _queues(organisation, agent_id, assist=assist)
    joins = sum(_joined(queue, agent_id) for queue in queues)
    return {
        **member_item(organisation, agent_id),
        "queueCount": len(queues),
        "locationCount": len({queue.location_id for queue in queues}),
        "joinCount": joins,
        "unjoinCount": len(queues) - joins,
        **_location(organisation, agent_id),
    }


def list_agents(world: World, request: Request) -> LazyList[str]:
    """Answer `GET /telephony/config/queues/agents`."""
    organisation = world.organisation
    query = request.query
    assist = flag(query, "hasCxEssentials")
    queues = [
        item
        for item in organisation.features_of(OwnerKind.CALL_QUEUE)
        if item.customer_assist == assist and _queue_wanted(item, query)
    ]
    found = dict.fromkeys(
        agent["id"] for queue in queues for agent in queue.agents if _join_wanted(agent, query)
    )
    agents = [agent for agent in found if _agent_wanted(organisation, agent, query)]
    return LazyList(agents, lambda agent: _agent_item(organisation, agent, assist=assist))


def _queue_wanted(queue: Feature, query: Mapping[str, str]) -> bool:
    location, identifier = query.get("locationId"), query.get("queueId")
    here = location is None or canonical(location) == queue.location_id
    return here and (identifier is None or canonical(identifier) == queue.id)


def _join_wanted(agent: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    return "joinEnabled" not in query or agent["joined"] == flag(query, "joinEnabled")


def _agent_wanted(organisation: Organisation, agent_id: str, query: Mapping[str, str]) -> bool:
    item = member_item(organisation, agent_id)
    names = f"{item['firstName']} {item['lastName']}".casefold()
    number = query.get("phoneNumber", "").strip().lstrip("+")
    return query.get("name", "").casefold() in names and number in item.get("phoneNumber", "")


def _agent_at(world: World, request: Request) -> str:
    agent_id = canonical(request.params["id"])
    if owner_kind(world.organisation, agent_id) is None:
        raise errors.not_found("The agent with the specified ID")
    return agent_id


def read_agent(world: World, request: Request) -> LazyList[Feature]:
    """Answer `GET /telephony/config/queues/agents/{id}`."""
    organisation = world.organisation
    agent_id = _agent_at(world, request)
    queues = _queues(organisation, agent_id, assist=flag(request.query, "hasCxEssentials"))
    agent = {**member_item(organisation, agent_id), **_location(organisation, agent_id)}
    return LazyList(
        queues, lambda queue: _queue_item(organisation, queue, agent_id), {"agent": agent}
    )


def _queue_item(organisation: Organisation, queue: Feature, agent_id: str) -> JsonObject:
    location = organisation.locations[queue.location_id]
    line = organisation.plan.primary(queue.id)
    item = {
        "id": queue.id,
        "name": queue.name,
        "phoneNumber": line.phone_number if line else None,
        "extension": line.extension if line else None,
        "routingPrefix": location.routing_prefix,
        "locationId": location.id,
        "locationName": location.name,
        "joinEnabled": _joined(queue, agent_id),
    }
    return {name: value for name, value in item.items() if value is not None}


def update_agent(world: World, request: Request) -> None:
    """Answer `PUT /telephony/config/queues/agents/{id}/settings`: join or leave own queues.

    Membership itself is changed at the queue.
    """
    organisation = world.organisation
    agent_id = _agent_at(world, request)
    body = body_of(request)
    required(body, ("settings",))
    assist = flag(request.query, "hasCxEssentials")
    own = {queue.id: queue for queue in _queues(organisation, agent_id, assist=assist)}
    changes = []
    for entry in body["settings"]:
        required(entry, ("queueId", "joinEnabled"))
        queue = own.get(canonical(entry["queueId"]))
        if queue is None:
            text = f"[Error {NOT_A_MEMBER}] The agent is not a member of the queue."
            raise ApiError(400, text, NOT_A_MEMBER)
        changes.append((queue, bool(entry["joinEnabled"])))
    for queue, joined in changes:
        for agent in queue.agents:
            if agent["id"] == agent_id:
                agent["joined"] = joined


# Supervisors exist with Customer Assist only: without the parameter there are none to see.


def list_supervisors(world: World, request: Request) -> LazyList[str]:
    """Answer `GET /telephony/config/supervisors`."""
    organisation = world.organisation
    found = organisation.supervisors if flag(request.query, "hasCxEssentials") else {}
    people = [key for key in found if _agent_wanted(organisation, key, request.query)]
    return LazyList(people, lambda key: _supervisor_item(organisation, key))


def _supervisor_item(organisation: Organisation, person_id: str) -> JsonObject:
    count = len(organisation.supervisors[person_id])
    item = member_item(organisation, person_id)
    item.pop("type")
    return {**item, "agentCount": count, "hasCxEssentials": True}


def _supervisor_at(world: World, request: Request) -> str:
    key = canonical(request.params["supervisorId"])
    if key not in world.organisation.supervisors:
        raise errors.not_found("The supervisor with the specified ID")
    return key


def read_supervisor(world: World, request: Request) -> LazyList[str]:
    """Answer `GET /telephony/config/supervisors/{supervisorId}`."""
    organisation = world.organisation
    key = _supervisor_at(world, request)
    agents = organisation.supervisors[key]
    wanted = [a for a in agents if _agent_wanted(organisation, a, request.query)]
    return LazyList(wanted, lambda agent: member_item(organisation, agent), {"id": key})


def _problem(agent_id: str, status: str, text: str) -> JsonObject:
    message = f"[Error {NOT_AVAILABLE}] Agent {agent_id} {text}."
    return {"id": agent_id, "status": status, "message": message}


def create_supervisor(world: World, request: Request) -> Reply:
    """Answer `POST /telephony/config/supervisors`: 201, or 206 when agents were left out."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("id", "agents"))
    person = organisation.person(body["id"])
    if person is None or not organisation.is_calling_person(person.id):
        raise ApiError(400, "The supervisor is not a calling user", NOT_AVAILABLE)
    if person.id in organisation.supervisors:
        raise ApiError(409, "The person is already a supervisor")
    for entry in body["agents"]:
        required(entry, ("id",))
    organisation.supervisors[person.id] = []
    entries = [{**entry, "action": "ADD"} for entry in body["agents"]]
    problems = _change(organisation, person.id, entries)
    if problems:
        return Reply(PARTIAL, {"supervisorAgentStatus": problems})
    return Reply(201, {"id": person.id})


def update_supervisor(world: World, request: Request) -> Reply:
    """Answer `PUT /telephony/config/supervisors/{supervisorId}`: 204, or 206 with problems."""
    key = _supervisor_at(world, request)
    body = body_of(request)
    required(body, ("agents",))
    for entry in body["agents"]:
        required(entry, ("id", "action"))
        one_of(entry, "action", ("ADD", "DELETE"))
    problems = _change(world.organisation, key, body["agents"])
    return Reply(PARTIAL, {"supervisorAgentStatus": problems}) if problems else Reply(204)


def _change(organisation: Organisation, key: str, entries: list[Any]) -> list[JsonObject]:
    agents = organisation.supervisors[key]
    problems: list[JsonObject] = []
    for entry in entries:
        agent_id = canonical(entry["id"])
        if entry["action"] == "DELETE":
            if agent_id in agents:
                agents.remove(agent_id)
        elif agent_id in agents:
            problems.append(_problem(agent_id, "DUPLICATE", "is already assigned"))
        elif owner_kind(organisation, agent_id) is None:
            problems.append(_problem(agent_id, "NOT_AVAILABLE", "is not available"))
        else:
            agents.append(agent_id)
    return problems


def delete_supervisor(world: World, request: Request) -> None:
    """Answer `DELETE /telephony/config/supervisors/{supervisorId}`."""
    del world.organisation.supervisors[_supervisor_at(world, request)]


def delete_supervisors(world: World, request: Request) -> None:
    """Answer `DELETE /telephony/config/supervisors`."""
    supervisors = world.organisation.supervisors
    body = body_of(request)
    if body.get("deleteAll"):
        supervisors.clear()
        return
    required(body, ("supervisorIds",))
    for identifier in body["supervisorIds"]:
        supervisors.pop(canonical(identifier), None)


_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE
_AGENTS = "/telephony/config/queues/agents"
_SUPERVISORS = "/telephony/config/supervisors"

ROUTES = (
    *(
        Route("GET", path, handler, _READ, key, "start", default_page=PAGE, max_page=PAGE)
        for path, handler, key in (
            (_AGENTS, list_agents, "agents"),
            (f"{_AGENTS}/{{id}}", read_agent, "queues"),
            (_SUPERVISORS, list_supervisors, "supervisors"),
            (f"{_SUPERVISORS}/{{supervisorId}}", read_supervisor, "agents"),
        )
    ),
    Route("PUT", f"{_AGENTS}/{{id}}/settings", update_agent, _WRITE),
    Route("POST", _SUPERVISORS, create_supervisor, _WRITE),
    Route("DELETE", _SUPERVISORS, delete_supervisors, _WRITE),
    Route("PUT", f"{_SUPERVISORS}/{{supervisorId}}", update_supervisor, _WRITE),
    Route("DELETE", f"{_SUPERVISORS}/{{supervisorId}}", delete_supervisor, _WRITE),
)
