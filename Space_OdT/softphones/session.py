"""One softphone run: preflight, previews, plan or work, with everything it needs in one place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from Space_OdT.engine.breaker import BreakerPolicy
from Space_OdT.engine.executor import Executor, RunObserver
from Space_OdT.engine.models import Batch, Outcome
from Space_OdT.engine.planner import PlanTotals, PlanWriter
from Space_OdT.engine.row_runner import OnDefect
from Space_OdT.engine.row_runs.run_log import Observers
from Space_OdT.engine.stopping import StopReason, StopSignal
from Space_OdT.softphones.book import IdBook
from Space_OdT.softphones.decisions import Decisions
from Space_OdT.softphones.exports import ExportedIds
from Space_OdT.softphones.ledger import AuditLedger, PlanLedger
from Space_OdT.softphones.parts import SoftphoneParts
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.preflight import prepare
from Space_OdT.softphones.preview import StagePreview, ignore_request, preview_stages
from Space_OdT.softphones.records import PersonWork
from Space_OdT.softphones.rows import STAGES_A_ROW, SoftphoneRows, person_row
from Space_OdT.softphones.state import StateKeeper
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.directory import Directory

# More people than calls: while one waits for a backoff, another uses the connection.
PEOPLE_PER_CALL = 2
PHASE = 1
# How often what was written is made to survive a power failure, and the whole state is written.
SYNC_SECONDS = 1.0
SNAPSHOT_SYNCS = 5


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How a run is cut and stopped.

    Attributes:
        batch_size: People of a batch, by which the breaker judges.
        threshold: Share of a batch that may fail for good.
    """

    batch_size: int
    threshold: float


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How the work ended.

    Attributes:
        stop: Why it stopped early; None when everybody was run.
        message: The reason in words, "" when there is none.
    """

    stop: StopReason | None = None
    message: str = ""


class SoftphoneSession:
    """The open parts of a run; whoever uses it holds the folder's lock.

    Args:
        client: The client of the run.
        policy: The policy.
        exports: What an inventory knew.
        works: The people to run.
        limits: How the run is cut and stopped.
        say: Takes sentences for the operator.
    """

    def __init__(
        self,
        client: WebexClient,
        policy: Policy,
        exports: ExportedIds,
        works: Sequence[PersonWork],
        limits: RunLimits,
        *,
        say: Callable[[str], None],
    ) -> None:
        self.client = client
        self.works = works
        self.stop = StopSignal()
        self._policy = policy
        self._limits = limits
        self._say = say
        self._directory = Directory(client)
        self._book = IdBook(
            exports, client, self._directory, lambda what: say(f"Note: {what}; looked up again.")
        )

    async def preflight(self) -> None:
        """Read what every run needs, and say what will not work; see `preflight.prepare`."""
        await prepare(self._directory, self._book, self.works, self._say)

    def _parts(self, plan: PlanWriter | None = None, *, is_preview: bool = False) -> SoftphoneParts:
        taker = plan.take if plan is not None else ignore_request
        is_plan = plan is not None or is_preview
        return SoftphoneParts(
            self.client,
            self._directory,
            self._book,
            self._policy,
            plan=taker if is_plan else None,
        )

    def names(self) -> dict[str, str]:
        """Give the names behind the ids that are known so far."""
        return self._book.names()

    async def previews(self) -> tuple[StagePreview, ...]:
        """Find out what each stage would do; see `preview.preview_stages`."""
        return await preview_stages(self._parts(is_preview=True), self.works, self._book.names)

    # -- a dry run -------------------------------------------------------------------------

    async def plan(
        self, decisions: Decisions, writer: PlanWriter, observer: RunObserver
    ) -> PlanTotals:
        """Walk through everybody without writing.

        Args:
            decisions: Which stages run.
            writer: Takes the plan.
            observer: Told how it gets on.

        Returns:
            What the plan comes to.

        Raises:
            OSError: When the plan cannot be written.
        """
        parts = self._parts(writer)
        runner = self._runner(parts, decisions, PlanLedger(writer))
        # a plan is told to the end: more rows would have to fail than a batch has
        policy = BreakerPolicy(2.0, self._limits.batch_size)
        executor = Executor(
            runner, self.stop, policy, rows_at_once=self._rows_at_once, observer=observer
        )
        observer.phase_started(PHASE, len(self.works))
        with writer:
            for batch in self._batches():
                await executor.run_phase([batch], parts.person, _Nowhere())
                writer.write_settled(up_to=batch.row_numbers[-1] * STAGES_A_ROW + STAGES_A_ROW - 1)
        observer.phase_finished(PHASE)
        return writer.totals

    # -- the work --------------------------------------------------------------------------

    async def apply(
        self,
        decisions: Decisions,
        ledger: AuditLedger,
        keeper: StateKeeper,
        observer: RunObserver,
        *,
        on_defect: OnDefect,
    ) -> RunEnd:
        """Run everybody, and keep how each one ended.

        Args:
            decisions: What the operator decided.
            ledger: Keeps the stages.
            keeper: Keeps the people.
            observer: Told how it gets on.
            on_defect: Told about exceptions that are defects of ours.

        Returns:
            How the work ended; what was written counts.
        """
        parts = self._parts()
        runner = self._runner(parts, decisions, ledger, on_defect=on_defect)
        sink = _People(runner, {work.row.number: work for work in self.works}, ledger)
        policy = BreakerPolicy(self._limits.threshold, self._limits.batch_size)
        told = _Settled(observer, runner)
        executor = Executor(
            runner, self.stop, policy, rows_at_once=self._rows_at_once, observer=told
        )
        observer.phase_started(PHASE, len(self.works))
        saver = asyncio.create_task(_save_from_time_to_time(ledger, keeper, self.stop))
        try:
            await executor.run_phase(self._batches(), parts.person, sink)
        except OSError as error:
            self.stop.ask(StopReason.STORAGE, f"outputs cannot be written: {error.strerror}")
        finally:
            saver.cancel()
            with suppress(asyncio.CancelledError):
                await saver
        observer.phase_finished(PHASE)
        return RunEnd(self.stop.reason, self.stop.message)

    def interrupt(self) -> None:
        """Stop in good order: stages in flight are finished, no other begins."""
        self.stop.ask(StopReason.INTERRUPTED, "interrupted")

    @property
    def _rows_at_once(self) -> int:
        return PEOPLE_PER_CALL * self.client.concurrency

    def _runner(
        self,
        parts: SoftphoneParts,
        decisions: Decisions,
        ledger: AuditLedger | PlanLedger,
        *,
        on_defect: OnDefect | None = None,
    ) -> SoftphoneRows:
        works = {work.row.number: work for work in self.works}
        return SoftphoneRows(parts, works, decisions, ledger, self.stop, on_defect=on_defect)

    def _batches(self) -> Iterator[Batch]:
        size = self._limits.batch_size
        for number, start in enumerate(range(0, len(self.works), size), 1):
            rows = tuple(person_row(work) for work in self.works[start : start + size])
            numbers = tuple(row.number for row in rows)
            yield Batch(f"{PHASE}-{number:05d}", PHASE, number, numbers, rows)


class _Nowhere:
    """Takes the outcomes of people in a plan; their stages are in it already."""

    def record(self, outcome: Outcome) -> None:
        """Need nothing."""


class _Settled(Observers):
    """Tells an observer of the people whose stages have ended, not of interrupted ones."""

    def __init__(self, observer: RunObserver, runner: SoftphoneRows) -> None:
        super().__init__(observer)
        self._runner = runner

    def row_settled(self, outcome: Outcome) -> None:
        """Pass it on, unless the person goes on another time."""
        if outcome.row.number not in self._runner.unfinished:
            super().row_settled(outcome)


class _People:
    """Keeps how a person ended, unless the person's stages were interrupted."""

    def __init__(
        self, runner: SoftphoneRows, works: dict[int, PersonWork], ledger: AuditLedger
    ) -> None:
        self._runner = runner
        self._works = works
        self._ledger = ledger

    def record(self, outcome: Outcome) -> None:
        """Keep it, or raise `OSError`."""
        if outcome.row.number not in self._runner.unfinished:
            self._ledger.person_ended(self._works[outcome.row.number])


async def _save_from_time_to_time(
    ledger: AuditLedger, keeper: StateKeeper, stop: StopSignal
) -> None:
    """Sync the audit trail every second and write the whole state every few, off the loop."""
    rounds = 0
    while True:
        await asyncio.sleep(SYNC_SECONDS)
        rounds += 1
        try:
            await asyncio.to_thread(ledger.sync)
            if rounds % SNAPSHOT_SYNCS == 0 and (content := keeper.snapshot()) is not None:
                await asyncio.to_thread(keeper.save, content)
        except OSError as error:
            stop.ask(StopReason.STORAGE, f"outputs cannot be written: {error.strerror}")
            return
