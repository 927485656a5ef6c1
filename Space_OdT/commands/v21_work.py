"""The work of location runs: bootstrap, plan, and jobs that are begun, gone on with and ended."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.commands.actions_work import formulas_of
from Space_OdT.commands.rows_talk import tell_beginning, tell_rows
from Space_OdT.commands.rows_work import RowsWork, RunNames
from Space_OdT.commands.telling import say, warn
from Space_OdT.engine.bulk.preflight import read_basics
from Space_OdT.engine.executor import RunObserver
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.application import RunEnd
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.row_runs.intake import RowsIntake, RowsIntakeOptions, take_in_rows
from Space_OdT.engine.row_runs.session import RowsSession, RunOptions
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.run_lock import RunLock
from Space_OdT.engine.startup_checks import Access, StartupError
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.locations.columns import UPSERT
from Space_OdT.v21.locations.job_run import (
    JobKeeper,
    remote_state,
    touched_locations,
)
from Space_OdT.v21.locations.layout import COMMAND, LocationsLayout
from Space_OdT.v21.locations.rows import SiteInput, read_input
from Space_OdT.v21.locations.session import LocationsOptions, LocationsSession
from Space_OdT.v21.locations.templates import Policy, missing_templates, read_policy
from Space_OdT.v21.transformacion.definition import ActionDefinition, LegacyFormulas
from Space_OdT.v21.transformacion.parts.outgoing_permissions import known_profiles
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.evidence import Evidence

NOTHING = "{path} has no row. Fill it, one site a row. / No tiene filas: una sede por fila."


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

    @property
    def sites_csv(self) -> Path:
        """The file of the sites."""
        return self.locations or self.layout.locations_csv


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
        with RunLock(layout.folder / ".v21-run.lock", COMMAND):
            yield
    except OSError as error:
        raise StartupError(f"cannot write to {layout.folder}: {error.strerror or error}") from error


def bootstrap(layout: LocationsLayout) -> bool:
    """Put missing templates down, and say what to fill in.

    Args:
        layout: The files.

    Returns:
        True when there was one missing: nothing can be run yet.

    Raises:
        OSError: When the folder cannot be written.
    """
    made = missing_templates(layout)
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
        request.sites_csv,
        request.entity_type,
        policy,
        formulas_of(settings),
    )
    for notice in sites.unread_columns():
        note(f"{notice}; these columns are ignored")
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
            session.belongs_to(access.organisation_id)
            await read_basics(session.client, session.organisation)
        environment = (self._settings.environment or "").upper() or "Whose"
        place = f"organisation {access.organisation} at {self._settings.webex_base_url}"
        self._say(f"{environment}: {place}")

    def watchers(self) -> tuple[RunObserver, ...]:
        """Have the job's file follow the run."""
        return (self._keeper,) if self._keeper is not None else ()

    async def apply(self) -> ExitCode:
        """Run every row that has no outcome yet; a wish to cancel is heard meanwhile."""
        watch = asyncio.create_task(self._keeper.watch()) if self._keeper is not None else None
        try:
            return await super().apply()
        finally:
            if watch is not None:
                watch.cancel()

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


def note(sentence: str) -> None:
    """Tell an operator something good to know.

    Args:
        sentence: The sentence, without its full stop.
    """
    say(f"Note: {sentence}.")


def take_in(
    settings: Settings,
    layout: RowsLayout,
    rows: Iterable[Candidate],
    name: str,
    definitions: tuple[ActionDefinition, ...],
    *,
    repair: bool = False,
) -> RowsIntake:
    """Write prepared rows down to be run, unless that was done before a resume.

    Args:
        settings: The settings of the run.
        layout: The output folder, locked.
        rows: The prepared rows.
        name: Names the input.
        definitions: What is done, in order.
        repair: Whether torn records may be cut off.

    Returns:
        What to run.

    Raises:
        LimitExceededError: When there are more rows than allowed.
        CheckpointError: When the folder holds a damaged, or another, unfinished run.
        DamagedOutputError: When outputs are torn or damaged.
        OSError: When the folder cannot be written.
    """
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


def tell_intake(intake: RowsIntake, layout: RowsLayout) -> None:
    """Tell how the run begins, and the first rows that are rejected.

    Args:
        intake: The rows.
        layout: The output folder.
    """
    tell_beginning(intake.beginning, say)
    tell_rows(intake.report, layout, say)
    for example in intake.report.examples:
        say(f"Rejected: {example}")


def run_names(request: LocationsRequest, source: str) -> RunNames:
    """Say what the run is called, and by which command it is repeated.

    Args:
        request: What the command line asks for.
        source: The file of the sites.

    Returns:
        The names.
    """
    words = ["--out-dir", str(request.layout.folder.parent), "--v21-apply"]
    words += ["--entity-type", request.entity_type] if request.entity_type != UPSERT else []
    words += ["--input", str(request.locations)] if request.locations else []
    words += ["--profiles", str(request.profiles)] if request.profiles else []

    def rerun(_pending: str, _folder: str) -> str:
        return f"python -m Space_OdT.cli {COMMAND} {shlex.join(words)}"

    return RunNames("Locations", source, rerun)


def options_of(
    settings: Settings, request: LocationsRequest, formulas: LegacyFormulas
) -> LocationsOptions:
    """Gather what a run depends on besides its rows.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.
        formulas: How legacy numbers follow from extensions.

    Returns:
        The options.

    Raises:
        ProfileFileError: When the file of profiles cannot be used.
    """
    return LocationsOptions(
        RunOptions(settings.batch_size, settings.circuit_breaker_threshold),
        formulas,
        known_profiles(request.profiles, warn),
        request.layout.location_map_csv,
    )


def evidence_of(settings: Settings, layout: RowsLayout, request: LocationsRequest) -> Evidence:
    """Make the log and the archive of a run.

    Args:
        settings: The settings of the run.
        layout: Where they go.
        request: What the command line asks for.

    Returns:
        The evidence; it masks the token.
    """
    return Evidence(
        log_path=layout.event_log,
        har_path=layout.har if request.records_har else None,
        secrets=[settings.access_token()],
        level=settings.log_level,
        on_trouble=say,
    )
