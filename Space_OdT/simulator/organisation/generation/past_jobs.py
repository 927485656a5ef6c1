"""The jobs that ran before anybody asked: one of each kind, so that their lists are not empty."""

from __future__ import annotations

from typing import Any

from Space_OdT.simulator.organisation.entities import Job
from Space_OdT.simulator.organisation.generation.people import some_moment
from Space_OdT.simulator.organisation.generation.sites import Sites

_DURATION_SECONDS = 9.0


def add_past_jobs(sites: Sites) -> None:
    """File a finished job of every kind; the move of numbers left one number where it was."""
    home = sites.calling[0]
    location_id = home.id
    number = home.main_number or ""
    usage = {"operation": "MOVE", "target_location_id": sites.calling[-1].id, "usage": None}
    problem = {
        "itemNumber": 1,
        "item": number,
        "errorType": "ERROR",
        "error": {
            "key": "400",
            "message": [
                {
                    "description": "Failed because it is not an unassigned number.",
                    "code": "BATCH-1017023",
                }
            ],
        },
        "trackingId": "SIM_past_1",
    }
    user = {"userId": sites.organisation.me_id, "locationId": location_id}
    past: tuple[tuple[str, dict[str, Any], list[Any], list[dict[str, Any]]], ...] = (
        ("moveLocation", {}, [user], []),
        ("manageNumbers", usage, [{"locationId": location_id, "number": number}], [problem]),
        ("deleteCallingLocation", {"location_id": location_id, "force": False}, [location_id], []),
        ("updateRoutingPrefix", {"location_id": location_id, "prefix": ""}, [location_id], []),
    )
    rng = sites.rng("jobs")
    for family, parameters, items, problems in past:
        started = some_moment(rng).timestamp()
        job = Job(sites.new_id("JOB_ID", family), family, started, parameters, items, 0)
        job.status, job.done, job.ended = "COMPLETED", len(items), started + _DURATION_SECONDS
        job.exit_code = "COMPLETED_WITH_ERRORS" if problems else "COMPLETED"
        job.errors = problems
        sites.organisation.jobs[job.id] = job
