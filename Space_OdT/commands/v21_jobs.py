"""`v21_jobs`: look at the location jobs, go on with one, or stop one for good."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from Space_OdT.commands.common import (
    BaseUrlOption,
    ConcurrentRequestsOption,
    MaxRateOption,
    SimulatorOption,
    TokenOption,
    load_settings,
    simulated,
)
from Space_OdT.commands.rows_front import RequestError, guarded
from Space_OdT.commands.telling import say, show
from Space_OdT.commands.v21_apply import run_job
from Space_OdT.commands.v21_softphone_bulk_run import (
    DebugHarOption,
    OutDirOption,
    ProfilesOption,
    RepairTailOption,
)
from Space_OdT.commands.v21_work import LocationsRequest, whole_folder
from Space_OdT.engine.run_layout import DEFAULT_OUT_DIR
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.locations.jobs import JobError, JobStore, JobView
from Space_OdT.v21.locations.layout import LocationsLayout

_COLUMNS = ("job", "status", "created", "rows", "success", "pending", "rejected", "source")


class JobAction(StrEnum):
    """What is to be done with the jobs."""

    LIST = "list"
    SHOW = "show"
    RESUME = "resume"
    CANCEL = "cancel"


def run(
    *,
    action: Annotated[JobAction, typer.Argument(help="list, show, resume or cancel.")],
    job_id: Annotated[
        str, typer.Argument(metavar="[JOB]", help="Id of a job, or how it begins.")
    ] = "",
    out_dir: OutDirOption = None,
    profiles: ProfilesOption = None,
    repair_tail: RepairTailOption = False,
    debug_har: DebugHarOption = False,
    max_rate: MaxRateOption = None,
    concurrent_requests: ConcurrentRequestsOption = None,
    token: TokenOption = None,
    base_url: BaseUrlOption = None,
    simulator: SimulatorOption = None,
) -> None:
    """Look at location jobs, go on with one, or stop one for good."""
    layout = LocationsLayout.at(out_dir or DEFAULT_OUT_DIR)

    def work() -> ExitCode:
        nonlocal layout
        if out_dir is None:
            layout = LocationsLayout.at(Settings.load().output_dir)
        store = JobStore(layout)
        if action is JobAction.LIST:
            return _list(store)
        if not job_id:
            raise RequestError(f"v21_jobs {action} needs the id of a job: see v21_jobs list.")
        try:
            if action is JobAction.SHOW:
                return _show(store, job_id)
            if action is JobAction.CANCEL:
                return _cancel(store, job_id)
            return _resume()
        except (JobError, ValueError) as error:
            raise RequestError(str(error)) from error

    def _resume() -> ExitCode:
        store = JobStore(layout)
        job = store.load(job_id)
        if job.status.is_over:
            raise RequestError(
                f"The job {job.job_id} is {job.status}: nothing is left to resume. Its results "
                "stay; the same input applied again makes a new job."
            )
        with simulated(simulator) as simulated_url:
            settings = load_settings(
                simulated_url,
                token=token,
                base_url=base_url,
                concurrent_requests=concurrent_requests,
                max_rate_per_minute=max_rate,
            )
            settings.access_token()
            request = LocationsRequest(
                layout,
                job.entity_type,
                profiles=profiles,
                records_har=debug_har,
                repairs_tail=repair_tail,
            )
            with whole_folder(layout):
                return run_job(settings, request, store, job)

    raise typer.Exit(guarded(work, lambda: layout.planning))


def _list(store: JobStore) -> ExitCode:
    rows = [_line(view) for view in store.all()]
    for path in store.damaged():
        say(f"Warning: {path} is damaged and left out.")
    if not rows:
        say("There is no job yet. / Aún no hay ningún trabajo.")
        return ExitCode.OK
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for cells in (_COLUMNS, *rows):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        show("  ".join(padded).rstrip())
    return ExitCode.OK


def _line(view: JobView) -> tuple[str, ...]:
    job, totals = view.job, view.job.totals
    counts = (totals.total, totals.success, totals.pending, totals.rejected)
    source = Path(job.source).name
    return (job.job_id, view.shown_status, job.created_at, *map(str, counts), source)


def _show(store: JobStore, job_id: str) -> ExitCode:
    job = store.load(job_id)
    view = store.view(job)
    path = store.layout_of(job).job_json
    show(orjson.dumps(orjson.loads(path.read_bytes()), option=orjson.OPT_INDENT_2).decode())
    if view.is_interrupted:
        say(f"Its process is gone. Go on with it: v21_jobs resume {job.job_id}")
    elif view.owner is not None:
        say(f"It is run by {view.owner}.")
    return ExitCode.OK


def _cancel(store: JobStore, job_id: str) -> ExitCode:
    view = store.cancel(job_id)
    if view.owner is not None:
        say(f"The job {view.job.job_id} is asked to stop; rows in work are finished first.")
    else:
        say(f"The job {view.job.job_id} is cancelled.")
    return ExitCode.OK
