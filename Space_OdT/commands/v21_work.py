"""The work of location runs: bootstrap, plan, and jobs that are begun, gone on with and ended."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from Space_OdT.commands.actions_work import formulas_of
from Space_OdT.commands.rows_front import RequestError, folder_of
from Space_OdT.commands.rows_progress import shown
from Space_OdT.commands.rows_talk import PLAN_LINES, PlanLines, tell_beginning, tell_rows
from Space_OdT.commands.rows_work import RowsWork, RunNames
from Space_OdT.commands.telling import say, show, warn
from Space_OdT.engine.bulk.preflight import read_basics
from Space_OdT.engine.executor import RunObserver
from Space_OdT.engine.planner import PlanTotals, PlanWriter
from Space_OdT.engine.row_runs.application import RunEnd
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.row_runs.intake import RowsIntake, RowsIntakeOptions, take_in_rows
from Space_OdT.engine.row_runs.planning import plan_rows
from Space_OdT.engine.row_runs.session import RowsSession, RunOptions
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.run_lock import RunLock
from Space_OdT.engine.startup_checks import Access, StartupError
from Space_OdT.engine.state_store import CheckpointError
from Space_OdT.engine.writers import DamagedOutputError
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.locations.job_run import (
    JobKeeper,
    remote_state,
    status_after,
    touched_locations,
    write_failure,
    write_final_state,
)
from Space_OdT.v21.locations.jobs import Job, JobStatus, JobStore, Totals
from Space_OdT.v21.locations.layout import COMMAND, LocationsLayout
from Space_OdT.v21.locations.planning import LocationPlan, RunState, write_plan
from Space_OdT.v21.locations.rows import SiteInput, definitions_of, read_input
from Space_OdT.v21.locations.session import LocationsOptions, LocationsSession
from Space_OdT.v21.locations.templates import MANUAL_TASKS, Policy, missing_templates, read_policy
from Space_OdT.v21.transformacion.definition import ActionDefinition, LegacyFormulas
from Space_OdT.v21.transformacion.outgoing_permissions import known_profiles
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.evidence import Evidence


@dataclass(frozen=True, slots=True)
class LocationsRequest:
    """What a command line asks for, beside the settings.

    Attributes:
        layout: The files.
        entity_type: What is done with the sites.
        locations: The sites; None for `input_locations.csv`.
        profiles: JSON file of outgoing profiles, None for those that come with the product.
        records_har: Write the HTTP archive.
        repairs_tail: Cut torn records off.
    """

    layout: LocationsLayout
    entity_type: str
    locations: Path | None = None
    profiles: Path | None = None
    records_har: bool = False
    repairs_tail: bool = False


@contextmanager
def whole_folder(layout: LocationsLayout) -> Iterator[None]:
    """Hold the folder while the block lasts: one plan or apply at a time.

    Args:
        layout: The files.

    Yields:
        Nothing.

    Raises:
        StartupError: When it cannot be written.
        FolderLockedError: When another run works on it.
    """
    try:
        layout.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartupError(f"cannot write to {layout.folder}: {error.strerror or error}") from error
    with RunLock(layout.folder / ".v21-run.lock", COMMAND):
        yield


def bootstrap(layout: LocationsLayout) -> bool:
    """Put missing templates down, and say what to fill in.

    Args:
        layout: The files.

    Returns:
        True when there was one missing: nothing can be run yet.

    Raises:
        StartupError: When the folder cannot be written.
    """
    try:
        made = missing_templates(layout)
    except OSError as error:
        raise StartupError(f"cannot write to {layout.folder}: {error.strerror or error}") from error
    if not made:
        return False
    say("Templates were created: / Se han creado plantillas:")
    for path in made:
        say(f"  {path}")
    say(
        f"Fill {layout.locations_csv.name}, one site a row (name is required; a new site needs its "
        f"time zone, language and address), then run the same command again. "
        f"/ Rellene {layout.locations_csv.name}, una sede por fila, y repita el mismo comando."
    )
    return True


def read_sites(settings: Settings, request: LocationsRequest) -> tuple[SiteInput, Policy]:
    """Read the input files and what holds for all rows.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.

    Returns:
        The input and the policy.

    Raises:
        InputFileError: When a file cannot be used.
    """
    layout = request.layout
    policy = read_policy(layout.policy_json)
    sites = read_input(
        layout,
        request.locations or layout.locations_csv,
        request.entity_type,
        policy,
        formulas_of(settings),
    )
    for notice in sites.unread_columns():
        say(f"Note: {notice}; these columns are ignored.")
    return sites, policy


class LocationsWork(RowsWork):
    """One plan or one pass of a job.

    Args:
        settings: The settings of the run.
        layout: The output folder of the rows.
        intake: The prepared rows.
        names: What the run is called.
        evidence: Log and archive of the run.
        definitions: What is done, in order.
        options: What else the run depends on.
        keeper: Keeps the job's file true; None for a plan.
    """

    def __init__(
        self,
        settings: Settings,
        layout: RowsLayout,
        intake: RowsIntake,
        names: RunNames,
        *,
        evidence: Evidence,
        definitions: tuple[ActionDefinition, ...],
        options: LocationsOptions,
        keeper: JobKeeper | None = None,
    ) -> None:
        super().__init__(settings, layout, intake, names, evidence=evidence, say=say)
        self._definitions = definitions
        self._options = options
        self._keeper = keeper
        self.end: RunEnd | None = None
        self.items: list[dict[str, object]] = []

    def session(self, client: WebexClient, plan: PlanWriter | None) -> RowsSession:
        """Make the session: sites first, then people and workspaces."""
        session = LocationsSession(
            client,
            self._layout,
            self._taken,
            self._options,
            self._evidence,
            definitions=self._definitions,
            plan=plan,
        )
        if self._keeper is not None:
            self._keeper.stop = session.stop
        return session

    async def preflight(self, session: RowsSession, access: Access) -> None:
        """Read what every action needs, and tell whose organisation it is."""
        if isinstance(session, LocationsSession):
            await read_basics(session.client, session.organisation)
        environment = (self._settings.environment or "").upper() or "Whose"
        place = f"organisation {access.organisation} at {self._settings.webex_base_url}"
        self._say(f"{environment}: {place}")

    def watchers(self) -> tuple[RunObserver, ...]:
        """Have the job's file follow the run."""
        return (self._keeper,) if self._keeper is not None else ()

    async def after(self, session: RowsSession, end: RunEnd) -> None:
        """Read how Webex shows the locations of the job now."""
        self.end = end
        if self._keeper is None or end.stop is not None:
            return
        if not isinstance(session, LocationsSession):
            return
        ids = touched_locations(self._keeper.store, self._keeper.job)
        try:
            self.items = await remote_state(ids, session.organisation)
        except WebexError as error:
            self._say(f"Warning: the final state cannot be read: {error}.")

    async def plan_locations(
        self, layout: LocationsLayout, rows: Sequence[Candidate]
    ) -> PlanTotals:
        """Write `plan.csv`, `plan.jsonl` and `run_state.json`, and change nothing.

        Args:
            layout: The files.
            rows: All prepared rows, the rejected ones too.

        Returns:
            What the plan comes to.

        Raises:
            StartupError: When the run must not begin.
        """
        lines = PlanLines(PLAN_LINES)
        async with self._client(dry_run=True) as (client, access, _):
            writer = LocationPlan(self._layout.plan_csv, layout.plan_jsonl, lines)
            with self.session(client, writer) as session:
                await self.preflight(session, access)
                async with shown(session) as view:
                    report = self._taken.report
                    view.sized(report.ready_rows, report.rejected_rows)
                    totals = await plan_rows(session, writer, view)
        lines.end()
        actions = writer.actions(rows)
        write_plan(layout.plan_csv, actions)
        effects: dict[str, int] = {}
        for one in actions:
            effects[one.effect] = effects.get(one.effect, 0) + 1
        failed = effects.get("pending", 0) + effects.get("rejected", 0)
        RunState(
            mode="dry_run",
            completed_count=len(actions) - failed,
            failed_count=failed,
            planned_count=len(actions),
            planned_actions=actions,
            rejected_count=self._taken.report.rejected_rows,
            effects=effects,
        ).save(layout.run_state_json)
        told = ", ".join(f"{count:,} {name}" for name, count in sorted(effects.items()))
        show(f"mode=dry_run planned={len(actions)} failed={failed}")
        say(f"Plan: {told or 'no rows'}; {totals.calls:,} writes. {layout.plan_csv}")
        return totals


def plan(settings: Settings, request: LocationsRequest) -> ExitCode:
    """Plan all rows from the organisation's real state.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.

    Returns:
        The exit code.

    Raises:
        InputFileError: When a file cannot be used.
        StartupError: When the run must not begin.
    """
    sites, _ = read_sites(settings, request)
    layout = request.layout.planning
    with folder_of(layout):
        _start_over(layout)
        rows = list(sites.candidates())
        intake = _take_in(settings, layout, rows, sites.input_hash, sites.definitions)
        _tell(intake, layout)
        if not intake.report.rows:
            raise RequestError(_NOTHING.format(path=request.layout.locations_csv))
        with _evidence(settings, layout, request) as evidence:
            work = LocationsWork(
                settings,
                layout,
                intake,
                _names(request, str(request.layout.locations_csv)),
                evidence=evidence,
                definitions=sites.definitions,
                options=_options(settings, request, sites.formulas),
            )
            totals = asyncio.run(work.plan_locations(request.layout, rows))
    is_incomplete = totals.reasons or intake.report.rejected_rows
    return ExitCode.INCOMPLETE if is_incomplete else ExitCode.OK


_NOTHING = "{path} has no row. Fill it, one site a row. / No tiene filas: una sede por fila."


def _start_over(layout: RowsLayout) -> None:
    """A plan is made anew each time: nothing of an earlier one is gone on with."""
    for path in (layout.validation_json, layout.ready_csv, layout.checkpoint_json):
        path.unlink(missing_ok=True)


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
    if job is None:
        job = store.create(
            sites.candidates(),
            entity_type=request.entity_type,
            input_hash=sites.input_hash,
            source=request.locations or request.layout.locations_csv,
            policy=asdict(policy),
        )
        say(f"Job {job.job_id}: {job.totals.total:,} rows.")
    else:
        say(f"Job {job.job_id} goes on where it stopped ({store.view(job).shown_status}).")
    if not job.totals.total:
        raise RequestError(_NOTHING.format(path=request.layout.locations_csv))
    return run_job(settings, request, store, job)


def run_job(settings: Settings, request: LocationsRequest, store: JobStore, job: Job) -> ExitCode:
    """Run the rows of a job that have no outcome yet.

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
    policy = Policy(**job.policy) if job.policy else Policy()
    layout = store.layout_of(job)
    definitions = definitions_of(job.entity_type, policy)
    formulas = replace(formulas_of(settings), forward_prefix=policy.legacy_forward_prefix)
    with folder_of(layout):
        layout.cancel_file.unlink(missing_ok=True)
        intake = _take_in(
            settings,
            layout,
            store.rows(job),
            job.input_hash,
            definitions,
            repair=request.repairs_tail,
        )
        _tell(intake, layout)
        started = datetime.now(UTC).isoformat(timespec="seconds")
        totals = _totals_so_far(job, intake)
        keeper = JobKeeper(store, replace(job, started_at=started, last_error={}), totals)
        keeper.begin()
        try:
            with _evidence(settings, layout, request) as evidence:
                work = LocationsWork(
                    settings,
                    layout,
                    intake,
                    _names(request, job.source),
                    evidence=evidence,
                    definitions=definitions,
                    options=_options(settings, request, formulas),
                    keeper=keeper,
                )
                code = asyncio.run(work.apply())
        except (StartupError, DamagedOutputError, CheckpointError) as error:
            write_failure(store, keeper.job, error)
            raise
        _conclude(request.layout, store, keeper, work)
    if policy.manual_tasks_enabled:
        say(f"Tasks that stay manual: {len(MANUAL_TASKS)}, see {request.layout.out_of_scope_md}.")
    return code


def _conclude(
    layout: LocationsLayout, store: JobStore, keeper: JobKeeper, work: LocationsWork
) -> None:
    is_complete = work.end is not None and work.end.stop is None
    status = status_after(keeper.totals, is_complete=is_complete, is_cancelled=keeper.is_cancelled)
    ended = "" if status is JobStatus.RUNNING else datetime.now(UTC).isoformat(timespec="seconds")
    job = keeper.save(status=status, finished_at=ended)
    if is_complete:
        write_final_state(store, job, work.items)
    totals = job.totals
    RunState(
        mode="apply",
        completed_count=totals.success,
        failed_count=totals.pending,
        planned_count=totals.total,
        rejected_count=totals.rejected,
        job_id=job.job_id,
        job_status=status.value,
    ).save(layout.run_state_json)
    show(
        f"mode=apply job={job.job_id} status={store.view(job).shown_status} "
        f"planned={totals.total} completed={totals.success} failed={totals.pending}"
    )


def _totals_so_far(job: Job, intake: RowsIntake) -> Totals:
    return replace(job.totals, total=intake.report.rows, rejected=intake.report.rejected_rows)


def _take_in(
    settings: Settings,
    layout: RowsLayout,
    rows: Iterable[Candidate],
    name: str,
    definitions: tuple[ActionDefinition, ...],
    *,
    repair: bool = False,
) -> RowsIntake:
    kept = list(rows)
    columns = list(dict.fromkeys(column for row in kept for column in row.originals))
    return take_in_rows(
        lambda: kept,
        name,
        columns,
        layout,
        RowsIntakeOptions(
            kinds=tuple(one.action_id for one in definitions),
            max_rows=settings.max_rows,
            batch_size=settings.batch_size,
            max_batches=settings.max_batches,
            pipeline_version=settings.pipeline_version,
            repair=repair,
        ),
    )


def _tell(intake: RowsIntake, layout: RowsLayout) -> None:
    tell_beginning(intake.beginning, say)
    tell_rows(intake.report, layout, say)
    for example in intake.report.examples:
        say(f"Rejected: {example}")


def _names(request: LocationsRequest, source: str) -> RunNames:
    out_dir = shlex.quote(str(request.layout.folder.parent))

    def rerun(_pending: str, _folder: str) -> str:
        return f"python -m Space_OdT.cli {COMMAND} --out-dir {out_dir} --v21-apply"

    return RunNames("Locations", source, rerun)


def _options(
    settings: Settings, request: LocationsRequest, formulas: LegacyFormulas
) -> LocationsOptions:
    return LocationsOptions(
        RunOptions(settings.batch_size, settings.circuit_breaker_threshold),
        formulas,
        known_profiles(request.profiles, warn),
        request.layout.location_map_csv,
    )


def _evidence(settings: Settings, layout: RowsLayout, request: LocationsRequest) -> Evidence:
    return Evidence(
        log_path=layout.event_log,
        har_path=layout.har if request.records_har else None,
        secrets=[settings.access_token()],
        level=settings.log_level,
        on_trouble=say,
    )
