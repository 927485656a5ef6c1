"""Jobs of location runs: begun, gone on with, ended, and what came of them written down."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from Space_OdT.commands.actions_work import formulas_of
from Space_OdT.commands.rows_front import RequestError, folder_of
from Space_OdT.commands.rows_talk import counted
from Space_OdT.commands.telling import say, show
from Space_OdT.commands.v21_work import (
    NOTHING,
    LocationsRequest,
    LocationsWork,
    evidence_of,
    note,
    options_of,
    read_sites,
    run_names,
    take_in,
    tell_intake,
)
from Space_OdT.engine.row_runs.application import RunEnd
from Space_OdT.engine.stopping import StopReason
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.locations.job_run import (
    FailureWatch,
    JobKeeper,
    status_after,
    write_failure,
    write_final_state,
)
from Space_OdT.v21.locations.jobs import Job, JobError, JobStatus, JobStore
from Space_OdT.v21.locations.layout import LocationsLayout
from Space_OdT.v21.locations.planning import RunState
from Space_OdT.v21.locations.rows import definitions_of
from Space_OdT.v21.locations.templates import MANUAL_TASKS, Policy
from Space_OdT.webex.evidence import Evidence
from Space_OdT.webex.redaction import redact_text


def apply_input(settings: Settings, request: LocationsRequest) -> ExitCode:
    """Apply the input as a job: a new one, or the unfinished one of the same input.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.

    Returns:
        The exit code.

    Raises:
        InputFileError: When a file cannot be used.
        StartupError: When the run must not begin.
        RequestError: When there is no row.
    """
    sites, policy = read_sites(settings, request)
    store = JobStore(request.layout)
    job = store.unfinished(sites.input_hash)
    if job is not None:
        say(f"Job {job.job_id} goes on where it stopped ({store.view(job).shown_status}).")
        return run_job(settings, request, store, job)
    rows = list(sites.candidates(note))
    if not rows:
        raise RequestError(NOTHING.format(path=request.sites_csv))
    for other in store.waiting():
        note(f"the job {other.job_id} of another input waits; v21_jobs resumes or cancels it")
    job = store.create(
        rows,
        entity_type=request.entity_type,
        input_hash=sites.input_hash,
        source=request.sites_csv,
        policy=asdict(policy),
        profiles=request.profiles,
    )
    say(f"Job {job.job_id}: {counted(job.totals.total)}.")
    return run_job(settings, request, store, job)


def run_job(settings: Settings, request: LocationsRequest, store: JobStore, job: Job) -> ExitCode:
    """Run the rows of a job that have no outcome yet, with the policy it was made with.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.
        store: The jobs.
        job: The job.

    Returns:
        The exit code.

    Raises:
        JobError: When its rows are damaged.
        StartupError: When the run must not begin.
        FolderLockedError: When it runs already.
        DamagedOutputError: When outputs are not what a run writes.
        CheckpointError: When the checkpoint does not fit them.
    """
    if request.profiles is None and job.profiles:
        request = replace(request, profiles=Path(job.profiles))
    try:
        code = _run_locked(settings, request, store, job)
    finally:  # however it ended, and when nobody owns the job any more
        with suppress(OSError, JobError):
            _tell_state(request.layout, store, job.job_id)
    if Policy(**job.policy).manual_tasks_enabled:
        say(f"Tasks that stay manual: {len(MANUAL_TASKS)}, see {request.layout.out_of_scope_md}.")
    return code


def _run_locked(
    settings: Settings, request: LocationsRequest, store: JobStore, job: Job
) -> ExitCode:
    layout, secrets = store.layout_of(job), [settings.access_token()]
    with folder_of(layout), FailureWatch(store, job, secrets) as watch:
        layout.cancel_file.unlink(missing_ok=True)
        with evidence_of(settings, layout, request) as evidence:
            work, keeper = _prepared(settings, request, store, job, evidence)
            watch.keeper = keeper
            keeper.begin()
            code = asyncio.run(work.apply())
        return _conclude(work, keeper, code)


def _prepared(
    settings: Settings, request: LocationsRequest, store: JobStore, job: Job, evidence: Evidence
) -> tuple[LocationsWork, JobKeeper]:
    layout, policy = store.layout_of(job), Policy(**job.policy)
    definitions = definitions_of(job.entity_type, policy)
    formulas = replace(formulas_of(settings), forward_prefix=policy.legacy_forward_prefix)
    options = options_of(settings, request, formulas)
    rows = store.rows(job)
    repair = request.repairs_tail
    intake = take_in(settings, layout, rows, job.input_hash, definitions, repair=repair)
    tell_intake(intake, layout)
    started = datetime.now(UTC).isoformat(timespec="milliseconds")
    keeper = JobKeeper(
        store,
        replace(job, started_at=started, finished_at="", last_error={}),
        rows=intake.report.rows,
        rejected=intake.report.rejected_rows,
    )
    work = LocationsWork(
        settings,
        layout,
        intake,
        run_names(request, job.source),
        evidence=evidence,
        definitions=definitions,
        options=options,
        keeper=keeper,
    )
    return work, keeper


def _conclude(work: LocationsWork, keeper: JobKeeper, code: ExitCode) -> ExitCode:
    """Write down how the job stands; a full disk leaves it as it was last written."""
    try:
        _write_end(work, keeper)
    except OSError as error:
        say(
            f"The state of the job {keeper.job.job_id} cannot be written "
            f"({error.strerror or error}). Make room, then v21_jobs resume it."
        )
        return code or ExitCode.INCOMPLETE
    return code


def _write_end(work: LocationsWork, keeper: JobKeeper) -> None:
    end = work.end or RunEnd(StopReason.INTERRUPTED)
    status = status_after(keeper.totals, end.stop, is_cancelled=keeper.is_cancelled)
    store, job = keeper.store, keeper.job
    if status is JobStatus.FAILED and end.stop is not None:
        job = replace(job, totals=keeper.totals)
        job = write_failure(store, job, end.stop.value, redact_text(end.message))
    elif status is JobStatus.RUNNING:
        job = keeper.save()
    else:
        job = keeper.save(
            status=status, finished_at=datetime.now(UTC).isoformat(timespec="milliseconds")
        )
    if status is JobStatus.CANCELLED:
        say(f"The job {job.job_id} was cancelled; rows without an outcome are not run.")
    if end.stop is None:
        write_final_state(store, job, work.items)


def _tell_state(layout: LocationsLayout, store: JobStore, job_id: str) -> None:
    """Write `run_state.json` and tell how the job stands."""
    job = store.load(job_id)
    totals, status = job.totals, store.view(job).shown_status
    failed = totals.pending + totals.rejected
    RunState(
        mode="apply",
        completed_count=totals.success,
        failed_count=failed,
        planned_count=totals.total,
        rejected_count=totals.rejected,
        job_id=job.job_id,
        job_status=status,
    ).save(layout.run_state_json)
    show(
        f"mode=apply job={job.job_id} status={status} "
        f"planned={totals.total} completed={totals.success} failed={failed}"
    )
