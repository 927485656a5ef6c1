"""The open parts of one run over rows: client, phases, stop signal, learned pace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import orjson

from Space_OdT.engine.action_model import Action, StepSpec
from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.models import Row
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runner import RowRunner
from Space_OdT.engine.row_runs.run_log import EventLog
from Space_OdT.engine.row_runs.summary import PhaseName
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.run_state import Beginning, Verdicts
from Space_OdT.engine.state_store import StateStore
from Space_OdT.engine.step_calls import StepCaller
from Space_OdT.engine.stopping import StopSignal
from Space_OdT.engine.waiting_room import WaitingRoom
from Space_OdT.webex.connection_client import WebexClient

OnDefect = Callable[[Row, BaseException], None]

# More rows than calls: while one waits for a backoff or the pacer, another uses the connection.
ROWS_PER_CALL = 2


@dataclass(frozen=True, slots=True)
class RunPhase:
    """One step of the fixed order of a run.

    Attributes:
        number: Its number, ascending from 1 without gaps.
        kind: Type of its rows.
        action: What is done with each of them.
        name: What it is called; number and kind when None.
    """

    number: int
    kind: str
    action: Action[Any]
    name: PhaseName | None = None

    @property
    def called(self) -> PhaseName:
        """What it is called."""
        return self.name or PhaseName(self.kind, f"{self.number} {self.kind}")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Validated rows, and how the run begins.

    Attributes:
        report: What validation found.
        beginning: New, resumed, or once more after a finished pass.
        store: Keeps the checkpoint.
    """

    report: Verdicts
    beginning: Beginning
    store: StateStore


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run depends on besides the rows.

    Attributes:
        batch_size: Rows of a batch.
        threshold: Share of a batch that may fail for good.
        compensates: Whether to take back what failed rows created.
    """

    batch_size: int
    threshold: float
    compensates: bool = False


class RowsSession:
    """The open parts of a run; whoever uses it holds the folder's lock.

    Args:
        client: The client of the run.
        layout: The output folder.
        taken: The validated rows.
        options: What else the run depends on.
        log: Takes the events of the run.
        phases: What is done with the rows, in order.
        directory: What actions get as `directory`.
        aside: Where rows wait for a remote job, when the actions use one.
        plan: Takes the writes of a dry run; None sends them.
    """

    def __init__(
        self,
        client: WebexClient,
        layout: RowsLayout,
        taken: TakenIn,
        options: RunOptions,
        log: EventLog,
        *,
        phases: Sequence[RunPhase],
        directory: Any,
        aside: WaitingRoom | None = None,
        plan: PlanWriter | None = None,
    ) -> None:
        self.client = client
        self.layout = layout
        self.taken = taken
        self.options = options
        self.log = log
        self.phases = tuple(phases)
        self.directory = directory
        self.aside = aside or WaitingRoom()
        self.stop = StopSignal()
        self._plan = plan

    @property
    def rows_at_once(self) -> int:
        """Rows in work at most."""
        return ROWS_PER_CALL * self.client.concurrency

    @property
    def phase_of(self) -> Mapping[str, int]:
        """Type of row -> phase that works on it."""
        return {phase.kind: phase.number for phase in self.phases}

    @property
    def phase_names(self) -> Mapping[int, PhaseName]:
        """Number of a phase -> what it is called."""
        return {phase.number: phase.called for phase in self.phases}

    def runner(self, *, compensates: bool, on_defect: OnDefect) -> RowRunner:
        """Make what runs single rows.

        Args:
            compensates: Whether to take back what a failed row has created.
            on_defect: Told about exceptions that are defects of ours.

        Returns:
            The runner.
        """
        return RowRunner(self._call, self.directory, compensates=compensates, on_defect=on_defect)

    def _call(self, row: Row, steps: Sequence[StepSpec]) -> StepCaller:
        take = self._plan.take if self._plan is not None else None
        return StepCaller(self.client, row, steps, plan=take)

    async def ready_for(self, phase: RunPhase) -> None:
        """Wait for what a phase needs to be read before; nothing, unless a kind of run says so.

        Args:
            phase: The phase that is about to begin.

        Raises:
            WebexError: When the token was rejected.
        """

    def __enter__(self) -> Self:
        """Begin at the pace that an earlier run has learned."""
        self._recall_pace()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Keep what was learned about the pace."""
        self._keep_pace()

    def _recall_pace(self) -> None:
        try:
            saved = orjson.loads(self.layout.pace_json.read_bytes())
        except (OSError, ValueError):  # a hint: without it the limit is found again
            return
        if isinstance(saved, dict) and saved.get("base_url") == self.client.addresses.base_url:
            self.client.pacer.restore(saved)

    def _keep_pace(self) -> None:
        learned = {**self.client.pacer.snapshot(), "base_url": self.client.addresses.base_url}
        try:
            write_atomic(self.layout.pace_json, orjson.dumps(learned))
        except OSError:  # only a hint for the next run
            return
