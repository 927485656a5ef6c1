"""Reading, pausing and resuming jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.entities import Job
from Space_OdT.simulator.organisation.jobs import JobFamily, poll_job, settle_jobs
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, PageStyle, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PAGE = 2000

_BASE = "/telephony/config/jobs"
PATHS: Mapping[JobFamily, str] = {
    JobFamily.MOVE_USERS: f"{_BASE}/person/moveLocation",
    JobFamily.MANAGE_NUMBERS: f"{_BASE}/numbers/manageNumbers",
    JobFamily.DISABLE_LOCATION: f"{_BASE}/locations/deleteCallingLocation",
    JobFamily.ROUTING_PREFIX: f"{_BASE}/updateRoutingPrefix",
}

NAMES: Mapping[JobFamily, str] = {
    JobFamily.MOVE_USERS: "moveusers",
    JobFamily.MANAGE_NUMBERS: "managenumbers",
    JobFamily.DISABLE_LOCATION: "deletecallinglocation",
    JobFamily.ROUTING_PREFIX: "updateroutingprefix",
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
        "name": NAMES[family],
        "id": job.id,
        "jobType": NAMES[family],
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
    step = {"id": 2, "name": f"{NAMES[JobFamily(job.family)]}Step", **times, **state, **elapsed}
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


ROUTES = tuple(route for family in JobFamily for route in _routes(family))
