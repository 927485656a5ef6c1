"""One bulk run over validated rows: its parts, and the checks before the first write."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

from Space_OdT.engine.bulk.intake import Intake
from Space_OdT.engine.bulk.joins import Joins, calling_users
from Space_OdT.engine.bulk.parts import BulkParts
from Space_OdT.engine.bulk.preflight import (
    Preflight,
    ReferenceChecks,
    check_token_lasts,
    estimate,
    read_basics,
)
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.models import EntityType, Phase
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.run_log import EventLog
from Space_OdT.engine.row_runs.session import RowsSession, RunOptions, RunPhase, TakenIn
from Space_OdT.engine.row_runs.summary import PhaseName
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.engine.startup_checks import Access, unusable
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.sources import Kind

_PEOPLE = (EntityType.USER, EntityType.EXTENSION_ASSIGNMENT)
_NAMES = {
    Phase.LOCATIONS: PhaseName("locations", "1 Locations"),
    Phase.USERS_EXISTING_CALLING: PhaseName("users_existing_calling", "2 Users: calling"),
    Phase.EXTENSIONS_SETTINGS: PhaseName("extensions_settings", "3 Extensions, numbers, settings"),
}


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """What a run depends on besides the rows.

    Attributes:
        batch_size: Rows of a batch.
        threshold: Share of a batch that may fail for good.
        compensates: Whether to take back locations that failed rows created.
        max_rate: Calls a minute at most; None lets the limit be found.
        profiles: The outgoing profiles rows may name.
    """

    batch_size: int
    threshold: float
    compensates: bool
    max_rate: int | None
    profiles: Profiles


class BulkSession(RowsSession):
    """The open parts of a bulk run; whoever uses it holds the folder's lock.

    Args:
        client: The client of the run.
        layout: The output folder.
        intake: The validated rows.
        options: What else the run depends on.
        log: Takes the events of the run.
        plan: Takes the writes of a dry run; None sends them.
    """

    def __init__(
        self,
        client: WebexClient,
        layout: BulkLayout,
        intake: Intake,
        options: BulkOptions,
        log: EventLog,
        *,
        plan: PlanWriter | None = None,
    ) -> None:
        self.intake = intake
        self._profiles = options.profiles
        self._max_rate = options.max_rate
        ready = intake.report.ready
        self._joins = Joins(
            layout.ready_csv,
            sum(ready.get(kind, 0) for kind in _PEOPLE),
            has_locations=bool(ready.get(EntityType.LOCATION)),
        )
        self.parts = BulkParts(
            client, layout, self._joins, options.profiles, plan=plan.take if plan else None
        )
        phases = [
            RunPhase(phase.value, phase.entity_type.value, action, _NAMES[phase])
            for phase, action in self.parts.actions.items()
        ]
        super().__init__(
            client,
            layout,
            TakenIn(intake.report, intake.beginning, intake.store),
            RunOptions(options.batch_size, options.threshold, options.compensates),
            log,
            phases=phases,
            directory=self.parts.directory,
            aside=self.parts.aside,
            plan=plan,
        )

    async def ready_for(self, phase: RunPhase) -> None:
        """Wait for the numbers, which tell who has a line; people are found as they are read.

        Args:
            phase: The phase that is about to begin.

        Raises:
            WebexError: When the token was rejected.
        """
        if phase.number != Phase.LOCATIONS:
            await self.parts.numbers_read()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop reading ahead, close files, keep what was learned about the pace."""
        self.parts.stop_reading()
        self._joins.close()
        self.parts.book.close()
        super().__exit__(kind, error, trace)

    async def preflight(self, access: Access) -> Preflight:
        """Check what the rows refer to, and estimate calls and time.

        Args:
            access: What the token opens.

        Returns:
            What was found; reading ahead goes on in the background.

        Raises:
            StartupError: When the run must not begin.
        """
        found = Preflight(access)
        parts, report = self.parts, self.intake.report
        parts.read_ahead(report)
        routes = (Kind.ROUTE,) if report.routes else ()
        await read_basics(self.client, parts.directory, *routes)
        try:
            await self._check_references(found)
        except WebexError as error:
            raise unusable(error, self.client) from error
        licences = parts.directory.licences.records()
        users = max((one.consumed_by_users for one in licences), default=0)
        found.estimate = estimate(report, self.client, users=users, max_rate=self._max_rate)
        check_token_lasts(access, found.estimate, found)
        self.log.event(
            "startup_checks",
            result="pass",
            organisation=access.organisation,
            warnings=found.warnings,
            calls_least=found.estimate.least,
            calls_most=found.estimate.most,
        )
        return found

    async def _check_references(self, found: Preflight) -> None:
        parts = self.parts
        checks = ReferenceChecks(
            parts.directory,
            parts.book,
            parts.licences,
            self.intake.report,
            self._profiles,
        )
        await checks.run(found)
        if await checks.may_run_short():
            await parts.lists_read()
            await checks.check_units(calling_users(self.layout.ready_csv), found)
