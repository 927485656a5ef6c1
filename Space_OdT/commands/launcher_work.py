"""The work of a launcher run: whether it was applied at all, and how it may end early."""

from __future__ import annotations

from Space_OdT.commands.actions_work import ActionsWork
from Space_OdT.engine.executor import RunObserver
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.run_log import SilentObserver
from Space_OdT.engine.row_runs.session import RowsSession
from Space_OdT.engine.stopping import StopReason
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.webex.connection_client import WebexClient


class FailFast(SilentObserver):
    """Ends a run at the first row that is not done."""

    def __init__(self) -> None:
        self.session: RowsSession | None = None

    def row_settled(self, outcome: Outcome) -> None:
        """Take note of an outcome."""
        if outcome.status is not RowStatus.SUCCESS and self.session is not None:
            row = outcome.row
            where = f"row {row.number}, {row.entity_type} {row.entity_key}"
            self.session.stop.ask(
                StopReason.FAIL_FAST, f"{where} was not done, and --fail-fast is given"
            )


class LauncherWork(ActionsWork):
    """The work of actions that knows whether it was applied, and may end early."""

    fails_fast: FailFast | None = None
    was_applied = False

    def session(self, client: WebexClient, plan: PlanWriter | None) -> RowsSession:
        """Make the session, and let whoever may end the run know it."""
        session = super().session(client, plan)
        if self.fails_fast is not None and plan is None:
            self.fails_fast.session = session
        return session

    def watchers(self) -> tuple[RunObserver, ...]:
        """Have the first failure noticed, too, when it ends the run."""
        more = () if self.fails_fast is None else (self.fails_fast,)
        return (*super().watchers(), *more)

    async def apply(self) -> ExitCode:
        """Run every row that has no outcome yet."""
        self.was_applied = True
        return await super().apply()
