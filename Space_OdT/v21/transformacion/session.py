"""One run of actions over prepared rows: what they share, and the lists that save lookups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.move_jobs import MoveJobs
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.run_log import EventLog
from Space_OdT.engine.row_runs.session import RowsSession, RunOptions, RunPhase, TakenIn
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.waiting_room import WaitingRoom
from Space_OdT.v21.transformacion.definition import (
    ActionContext,
    ActionDefinition,
    Dataset,
    LegacyFormulas,
)
from Space_OdT.v21.transformacion.parameters import Kind
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError

_NUMBERED = frozenset({Kind.PHONE, Kind.EXTENSION})


@dataclass(frozen=True, slots=True)
class ActionsOptions:
    """What a run of actions depends on besides the rows.

    Attributes:
        run: What every run depends on.
        formulas: How legacy numbers follow from extensions.
        profiles: Named sets of outgoing-call permissions.
        checks_routing: Whether a forwarding destination is tried with Webex's own routing test.
        numbers_per_call: Numbers added or activated by one request at most.
    """

    run: RunOptions
    formulas: LegacyFormulas
    profiles: Profiles
    checks_routing: bool = False
    numbers_per_call: int = 200


class ActionsSession(RowsSession):
    """The open parts of a run of actions; whoever uses it holds the folder's lock.

    Args:
        client: The client of the run.
        layout: The output folder.
        taken: The prepared rows.
        options: What else the run depends on.
        log: Takes the events of the run.
        definitions: The actions, one a phase, in order.
        plan: Takes the writes of a dry run; None sends them.
    """

    def __init__(
        self,
        client: WebexClient,
        layout: RowsLayout,
        taken: TakenIn,
        options: ActionsOptions,
        log: EventLog,
        *,
        definitions: Sequence[ActionDefinition],
        plan: PlanWriter | None = None,
    ) -> None:
        self.organisation = Directory(client)
        aside = WaitingRoom()
        context = ActionContext(
            formulas=options.formulas,
            profiles=options.profiles,
            numbers_per_call=options.numbers_per_call,
            checks_routing=options.checks_routing,
            moves=MoveJobs(client, aside=aside.sit),
        )
        self._definitions = {one.action_id: one for one in definitions}
        super().__init__(
            client,
            layout,
            taken,
            options.run,
            log,
            phases=[
                RunPhase(number, one.action_id, one.build(context))
                for number, one in enumerate(definitions, start=1)
            ],
            directory=self.organisation,
            aside=aside,
            plan=plan,
        )

    async def ready_for(self, phase: RunPhase) -> None:
        """Read the lists that cost fewer calls than asking for each row.

        Args:
            phase: The phase that is about to begin.

        Raises:
            WebexError: When the token was rejected.
        """
        definition = self._definitions[phase.kind]
        rows = self.taken.report.ready.get(phase.kind, 0)
        people = rows if definition.dataset is Dataset.USUARIOS else 0
        workspaces = rows if definition.dataset is Dataset.WORKSPACES else 0
        has_numbers = any(one.kind in _NUMBERED for one in definition.parameters)
        numbers = people + workspaces if has_numbers else 0
        try:
            await self.organisation.prepare(people=people, numbers=numbers, workspaces=workspaces)
        except WebexError as error:
            # a list that cannot be read is no obstacle: its keys are asked for one by one
            if error.reason_code is ReasonCode.AUTH_INVALID:
                raise
