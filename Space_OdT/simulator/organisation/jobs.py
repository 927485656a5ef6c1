"""Background jobs: started by a request, advanced by reading their state and by time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator.organisation.entities import Job
from Space_OdT.simulator.organisation.location_removal import remove_calling
from Space_OdT.simulator.organisation.moves import move_user
from Space_OdT.simulator.organisation.number_moves import change_number
from Space_OdT.simulator.protocol import ApiError

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

STEPS = 2
SECONDS_PER_STEP = 2.0
FINAL_STATES = frozenset({"COMPLETED", "FAILED"})


class JobFamily(StrEnum):
    """The kinds of job; the value is the last part of their path."""

    MOVE_USERS = "moveLocation"
    MANAGE_NUMBERS = "manageNumbers"
    DISABLE_LOCATION = "deleteCallingLocation"
    ROUTING_PREFIX = "updateRoutingPrefix"


Worker = Callable[["World", Mapping[str, Any], Any], "tuple[str, str, int | str] | None"]


def _set_prefix(
    world: World, parameters: Mapping[str, Any], item: Any
) -> tuple[str, str, int | str] | None:
    location = world.organisation.locations.get(item)
    if location is None:
        return item, "The location is gone", "BATCH-1012001"
    location.routing_prefix = parameters["prefix"] or None
    return None


WORKERS: Mapping[JobFamily, Worker] = {
    JobFamily.MOVE_USERS: move_user,
    JobFamily.MANAGE_NUMBERS: change_number,
    JobFamily.DISABLE_LOCATION: remove_calling,
    JobFamily.ROUTING_PREFIX: _set_prefix,
}


def start_job(world: World, family: JobFamily, parameters: dict[str, Any], items: list[Any]) -> Job:
    """Start a job, unless one of its family is still running.

    Args:
        world: The world.
        family: Kind of job.
        parameters: What the whole job is about.
        items: What is to be worked off.

    Returns:
        The job, in state STARTING.

    Raises:
        ApiError: 409 while another job of the family runs.
    """
    settle_jobs(world)
    running = [
        job
        for job in world.organisation.jobs.values()
        if job.family == family and job.status not in FINAL_STATES
    ]
    if running:
        raise ApiError(409, f"Another {family.value} job is in progress: {running[0].id}")
    job = Job(world.next_id("JOB_ID"), family.value, world.clock(), parameters, items, STEPS)
    world.organisation.jobs[job.id] = job
    return job


def settle_jobs(world: World) -> None:
    """Work off what the time since their start allows, for all jobs."""
    for job in world.organisation.jobs.values():
        elapsed = world.clock() - job.started
        while _runs(job) and elapsed >= SECONDS_PER_STEP * (STEPS - job.steps_left + 1):
            _step(world, job)


def poll_job(world: World, job: Job) -> None:
    """Advance a job by the step that a reading of its state is worth."""
    settle_jobs(world)
    if job.status == "STARTING" and not job.paused:
        job.status = "STARTED"
    elif _runs(job):
        _step(world, job)


def _runs(job: Job) -> bool:
    return not job.paused and job.status not in FINAL_STATES


def _step(world: World, job: Job) -> None:
    job.status = "STARTED"
    share = -(-(len(job.items) - job.done) // max(1, job.steps_left))
    job.steps_left -= 1
    worker = WORKERS[JobFamily(job.family)]
    for item in job.items[job.done : job.done + share]:
        problem = worker(world, job.parameters, item)
        job.done += 1
        if problem is not None:
            job.errors.append(_error_item(job, problem))
    if job.done == len(job.items) and job.steps_left <= 0:
        job.status = "COMPLETED"
        job.exit_code = "COMPLETED_WITH_ERRORS" if job.errors else "COMPLETED"
        job.ended = world.clock()


def _error_item(job: Job, problem: tuple[str, str, int | str]) -> dict[str, Any]:
    item, description, code = problem
    number = len(job.errors) + 1
    message = {"description": description, "code": str(code)}
    return {
        "itemNumber": number,
        "item": item,
        "errorType": "ERROR",
        "error": {"key": "400", "message": [message]},
        "trackingId": f"SIM_{job.id[-8:]}_{number}",
    }
