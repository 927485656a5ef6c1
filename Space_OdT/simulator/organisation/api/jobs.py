"""Starting the jobs that move people and numbers and disable calling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location,
    calling_location_at,
    one_of,
    required,
)
from Space_OdT.simulator.organisation.api.job_status import PATHS, render_job
from Space_OdT.simulator.organisation.entities import Location, Person
from Space_OdT.simulator.organisation.jobs import JobFamily, start_job
from Space_OdT.simulator.organisation.location_removal import precheck
from Space_OdT.simulator.organisation.moves import Move, move_errors, move_impacts
from Space_OdT.simulator.organisation.rules import normalised_number
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_USERS = 100
MAX_NUMBERS = 1000
USER_NOT_FOUND = 4007
OPERATIONS = ("MOVE", "NUMBER_USAGE_CHANGE")


def move_users(world: World, request: Request) -> Reply:
    """Answer `POST .../moveLocation`: validate one user, move one at once, or start a job."""
    body = body_of(request)
    required(body, ("usersList",))
    wanted = [_checked_list(world, entry) for entry in body["usersList"]]
    moves = [move for _, some in wanted for move in some]
    if len(moves) > MAX_USERS:
        raise ApiError(400, f"At most {MAX_USERS} users may be moved at once")
    organisation = world.organisation
    if any(validate for validate, _ in wanted):
        if len(moves) != 1:
            raise ApiError(400, "Only one calling user may be validated at once")
        return Reply(200, {"response": [_validation(world, moves[0])]})
    if len(moves) == 1 and not organisation.is_calling_person(moves[0].person.id):
        organisation.set_person_location(moves[0].person, moves[0].target.id)
        return Reply(200, {"response": [_outcome(moves[0].person, [], [])]})
    items = [_item(move) for move in moves]
    job = start_job(world, JobFamily.MOVE_USERS, {}, items)
    return Reply(201, {"response": render_job(world, job)})


def _checked_list(world: World, entry: Any) -> tuple[bool, list[Move]]:
    if not isinstance(entry, dict):
        raise errors.field_invalid("usersList", "a list of objects expected")
    required(entry, ("locationId", "validate", "users"))
    target = calling_location(world, entry["locationId"])
    return bool(entry["validate"]), [_checked_user(world, target, u) for u in entry["users"]]


def _checked_user(world: World, target: Location, user: Any) -> Move:
    if not isinstance(user, dict):
        raise errors.field_invalid("users", "a list of objects expected")
    required(user, ("userId",))
    person = world.organisation.person(user["userId"])
    if person is None:
        raise ApiError(400, f"[Error {USER_NOT_FOUND}] User not found", USER_NOT_FOUND)
    return Move.of(person, target, user)


def _item(move: Move) -> JsonObject:
    item = {"userId": move.person.id, "locationId": move.target.id}
    if move.extension is not None:
        item["extension"] = move.extension
    if move.phone_number is not None:
        item["phoneNumber"] = move.phone_number
    return item


def _outcome(person: Person, impacts: list[JsonObject], problems: list[JsonObject]) -> JsonObject:
    return {"userId": person.id, "impacts": impacts, "errors": problems}


def _validation(world: World, move: Move) -> JsonObject:
    if move.person.location_id == move.target.id:
        return _outcome(move.person, [], [])
    problems = move_errors(world.organisation, move)
    return _outcome(move.person, move_impacts(world, move), problems)


def manage_numbers(world: World, request: Request) -> Reply:
    """Answer `POST .../manageNumbers`: move free numbers, or change what they are used for."""
    body = body_of(request)
    required(body, ("operation", "numberList"))
    operation = one_of(body, "operation", OPERATIONS)
    target = None
    if operation == "MOVE":
        required(body, ("targetLocationId",))
        target = calling_location(world, body["targetLocationId"])
    else:
        required(body, ("numberUsageType",))
        one_of(body, "numberUsageType", ("NONE", "SERVICE"))
    items = [item for entry in body["numberList"] for item in _number_items(world, entry)]
    if not 1 <= len(items) <= MAX_NUMBERS:
        raise ApiError(400, f"Between 1 and {MAX_NUMBERS} numbers expected")
    parameters = {
        "operation": operation,
        "target_location_id": target.id if target else None,
        "usage": body.get("numberUsageType"),
    }
    job = start_job(world, JobFamily.MANAGE_NUMBERS, parameters, items)
    return Reply(201, render_job(world, job))


def _number_items(world: World, entry: Any) -> list[JsonObject]:
    if not isinstance(entry, dict):
        raise errors.field_invalid("numberList", "a list of objects expected")
    required(entry, ("locationId", "numbers"))
    source = calling_location(world, entry["locationId"])
    return [
        {"locationId": source.id, "number": normalised_number(number)}
        for number in entry["numbers"]
    ]


def disable_calling(world: World, request: Request) -> Reply:
    """Answer `POST .../deleteCallingLocation`."""
    body = body_of(request)
    required(body, ("locationId",))
    location = calling_location(world, body["locationId"])
    parameters = {"location_id": location.id, "force": bool(body.get("forceDelete"))}
    job = start_job(world, JobFamily.DISABLE_LOCATION, parameters, [location.id])
    return Reply(202, render_job(world, job))


def check_deletion(world: World, request: Request) -> JsonObject:
    """Answer `POST .../precheckForDeletion/invoke`."""
    return precheck(world.organisation, calling_location_at(world, request).id)


ROUTES = (
    Route("POST", PATHS[JobFamily.MOVE_USERS], move_users, scopes.TELEPHONY_WRITE),
    Route("POST", PATHS[JobFamily.MANAGE_NUMBERS], manage_numbers, scopes.TELEPHONY_WRITE),
    Route("POST", PATHS[JobFamily.DISABLE_LOCATION], disable_calling, scopes.TELEPHONY_WRITE),
    Route(
        "POST",
        "/telephony/config/locations/{locationId}/actions/precheckForDeletion/invoke",
        check_deletion,
        scopes.TELEPHONY_WRITE,
    ),
)
