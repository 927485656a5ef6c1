"""The jobs that move people and numbers, disable calling and change routing prefixes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
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
from Space_OdT.simulator.organisation.entities import Job, Location, Person
from Space_OdT.simulator.organisation.jobs import JobFamily, poll_job, settle_jobs, start_job
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.location_removal import precheck
from Space_OdT.simulator.organisation.moves import Move, move_errors, move_impacts
from Space_OdT.simulator.organisation.rules import normalised_number
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, PageStyle, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_USERS = 100
MAX_NUMBERS = 1000
PAGE = 2000
USER_NOT_FOUND = 4007
OPERATIONS = ("MOVE", "NUMBER_USAGE_CHANGE")

_BASE = "/telephony/config/jobs"
PATHS: Mapping[JobFamily, str] = {
    JobFamily.MOVE_USERS: f"{_BASE}/person/moveLocation",
    JobFamily.MANAGE_NUMBERS: f"{_BASE}/numbers/manageNumbers",
    JobFamily.DISABLE_LOCATION: f"{_BASE}/locations/deleteCallingLocation",
    JobFamily.ROUTING_PREFIX: f"{_BASE}/updateRoutingPrefix",
}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _user_counts(_: World, job: Job) -> JsonObject:
    failed = len(job.errors)
    return {
        "totalMoves": len(job.items),
        "moved": job.done - failed,
        "failed": failed,
        "pending": len(job.items) - job.done,
        "skipped": 0,
    }


def _number_counts(_: World, job: Job) -> JsonObject:
    done = job.done - len(job.errors)
    moves = job.parameters["operation"] == "MOVE"
    return {
        "totalNumbers": len(job.items),
        "numbersDeleted": 0,
        "numbersMoved": done if moves else 0,
        "numbersFailed": len(job.errors),
        "numbersUsageChanged": 0 if moves else done,
    }


def _location_counts(_: World, job: Job) -> JsonObject:
    done = job.done - len(job.errors)
    return {
        "totalVirtualExtensionsAccount": 0,
        "virtualExtensionsDeleted": 0,
        "virtualExtensionsDeleteFailed": 0,
        "totalFeatureAccounts": len(job.items),
        "featureAccountsDeleted": done,
        "featureAccountsDeleteFailed": len(job.errors),
    }


def _prefix_counts(_: World, job: Job) -> JsonObject:
    return {
        "routingPrefixUpdated": job.done - len(job.errors),
        "routingPrefixFailed": len(job.errors),
    }


_COUNTS: Mapping[JobFamily, Callable[[World, Job], JsonObject]] = {
    JobFamily.MOVE_USERS: _user_counts,
    JobFamily.MANAGE_NUMBERS: _number_counts,
    JobFamily.DISABLE_LOCATION: _location_counts,
    JobFamily.ROUTING_PREFIX: _prefix_counts,
}


def render_job(world: World, job: Job) -> JsonObject:
    """Write a job as the status call of its family does."""
    organisation = world.organisation
    family = JobFamily(job.family)
    item: JsonObject = {
        "name": job.family.lower(),
        "id": job.id,
        "jobType": job.family.lower(),
        "trackingId": f"SIM_{job.id[-8:]}",
        "sourceUserId": organisation.me_id,
        "sourceCustomerId": organisation.id,
        "targetCustomerId": organisation.id,
        "instanceId": list(organisation.jobs).index(job.id) + 1,
        "jobExecutionStatus": [_execution(job)],
        "latestExecutionStatus": job.status,
        "latestExecutionExitCode": job.exit_code,
        "counts": _COUNTS[family](world, job),
    }
    if family is JobFamily.MANAGE_NUMBERS:
        item["operationType"] = job.parameters["operation"]
        item["sourceLocationId"] = job.items[0]["locationId"] if job.items else ""
        item["targetLocationId"] = job.parameters["target_location_id"] or ""
    location = organisation.locations.get(job.parameters.get("location_id", ""))
    if location is not None:
        item |= {"locationId": location.id, "locationName": location.name}
    return item


def _execution(job: Job) -> JsonObject:
    started = _moment(job.started)
    times = {"startTime": started, "lastUpdated": _moment(job.ended or job.started)}
    elapsed = {"timeElapsed": f"PT{(job.ended or job.started) - job.started:.0f}S"}
    if job.ended is not None:
        times["endTime"] = _moment(job.ended)
    state = {"statusMessage": job.status, "exitCode": job.exit_code}
    step = {"id": 2, "name": f"{job.family.lower()}Step", **times, **state, **elapsed}
    steps = [step] if job.done else []
    created = {"id": 1, "createdTime": started, "stepExecutionStatuses": steps}
    return {**created, **times, **state, **elapsed}


def _job_at(world: World, request: Request, family: JobFamily) -> Job:
    job = world.organisation.jobs.get(canonical(request.params["jobId"]))
    if job is None or job.family != family:
        raise errors.not_found("The job with the specified ID")
    return job


def _list_handler(family: JobFamily) -> Callable[[World, Request], LazyList[Job]]:
    def answer(world: World, request: Request) -> LazyList[Job]:
        del request
        settle_jobs(world)
        jobs = [job for job in world.organisation.jobs.values() if job.family == family]
        return LazyList(jobs[::-1], lambda job: render_job(world, job))

    return answer


def _status_handler(family: JobFamily) -> Callable[[World, Request], JsonObject]:
    def answer(world: World, request: Request) -> JsonObject:
        job = _job_at(world, request, family)
        poll_job(world, job)
        return render_job(world, job)

    return answer


def _errors_handler(family: JobFamily) -> Callable[[World, Request], LazyList[JsonObject]]:
    def answer(world: World, request: Request) -> LazyList[JsonObject]:
        settle_jobs(world)
        return LazyList(_job_at(world, request, family).errors, dict)

    return answer


def _pause_handler(family: JobFamily, *, pause: bool) -> Callable[[World, Request], Reply]:
    status = 204 if family is JobFamily.MANAGE_NUMBERS else 202

    def answer(world: World, request: Request) -> Reply:
        settle_jobs(world)
        job = _job_at(world, request, family)
        if job.ended is not None:
            raise ApiError(409, "The job has already ended")
        job.paused = pause
        return Reply(status)

    return answer


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


def _routes(family: JobFamily) -> tuple[Route, ...]:
    path = PATHS[family]
    read, write = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE
    paging: PageStyle = "none" if family is JobFamily.ROUTING_PREFIX else "start"
    routes = (
        Route(
            "GET",
            path,
            _list_handler(family),
            read,
            "items",
            paging,
            default_page=PAGE,
            max_page=PAGE,
        ),
        Route("GET", f"{path}/{{jobId}}", _status_handler(family), read),
        Route(
            "GET",
            f"{path}/{{jobId}}/errors",
            _errors_handler(family),
            read,
            "items",
            paging,
            default_page=PAGE,
            max_page=PAGE,
        ),
    )
    if family is JobFamily.ROUTING_PREFIX:
        return routes
    actions = f"{path}/{{jobId}}/actions"
    return (
        *routes,
        Route("POST", f"{actions}/pause/invoke", _pause_handler(family, pause=True), write),
        Route("POST", f"{actions}/resume/invoke", _pause_handler(family, pause=False), write),
    )


ROUTES = (
    *(route for family in JobFamily for route in _routes(family)),
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
