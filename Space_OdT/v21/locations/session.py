"""The open parts of a location job: the sites' own action first, then people and workspaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.run_log import EventLog
from Space_OdT.engine.row_runs.session import RowsSession, RunOptions, RunPhase, TakenIn
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.v21.locations.upsert import LocationUpsert
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition, LegacyFormulas
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError


@dataclass(frozen=True, slots=True)
class LocationsOptions:
    """What a job depends on besides the rows.

    Attributes:
        run: What every run depends on.
        formulas: How legacy numbers follow from extensions.
        profiles: Named sets of outgoing-call permissions.
        map_csv: External id of a location -> its Webex id.
    """

    run: RunOptions
    formulas: LegacyFormulas
    profiles: Profiles
    map_csv: Path


class LocationsSession(RowsSession):
    """The open parts of a job; whoever uses it holds the folder's lock.

    Args:
        client: The client of the run.
        layout: The output folder.
        taken: The prepared rows.
        options: What else the run depends on.
        log: Takes the events of the run.
        definitions: What is done, one a phase; the sites come first.
        plan: Takes the writes of a dry run; None sends them.
    """

    def __init__(
        self,
        client: WebexClient,
        layout: RowsLayout,
        taken: TakenIn,
        options: LocationsOptions,
        log: EventLog,
        *,
        definitions: Sequence[ActionDefinition],
        plan: PlanWriter | None = None,
    ) -> None:
        self.organisation = Directory(client)
        self.book = LocationBook(self.organisation, None if plan else options.map_csv)
        if plan is not None:
            self.book.preload(options.map_csv)
        context = ActionContext(formulas=options.formulas, profiles=options.profiles)
        self._upsert = LocationUpsert(client, self.book, context)
        site, *others = definitions
        phases = [RunPhase(1, site.action_id, self._upsert.action(site.action_id))]
        phases += [
            RunPhase(number, one.action_id, one.build(context))
            for number, one in enumerate(others, start=2)
        ]
        super().__init__(
            client,
            layout,
            taken,
            options.run,
            log,
            phases=phases,
            directory=self.organisation,
            plan=plan,
        )

    def belongs_to(self, organisation_id: str) -> None:
        """Take note of whose token it is; rows of another organisation are left alone.

        Args:
            organisation_id: Id of the organisation.
        """
        self._upsert.organisation_id = organisation_id

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the map of external ids, and keep what was learned about the pace."""
        self.book.close()
        super().__exit__(kind, error, trace)

    async def ready_for(self, phase: RunPhase) -> None:
        """Read the lists that cost fewer calls than asking for each row.

        Args:
            phase: The phase that is about to begin.

        Raises:
            WebexError: When the token was rejected.
        """
        rows = self.taken.report.ready.get(phase.kind, 0)
        is_people = phase.kind.startswith("usuarios_")
        is_places = phase.kind.startswith("workspaces_")
        try:
            await self.organisation.prepare(
                people=rows if is_people else 0,
                workspaces=rows if is_places else 0,
                numbers=rows if phase.number == 1 else 0,
            )
        except WebexError as error:
            if error.reason_code is ReasonCode.AUTH_INVALID:
                raise
