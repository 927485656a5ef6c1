"""Show on stderr how a run over rows gets on: a live panel on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from Space_OdT.commands.rows_talk import counted
from Space_OdT.commands.telling import operator_console, say
from Space_OdT.engine.breaker import BatchProgress
from Space_OdT.engine.models import Batch, Outcome, RowStatus
from Space_OdT.engine.row_runs.session import RowsSession
from Space_OdT.engine.row_runs.summary import PhaseName
from Space_OdT.engine.stopping import StopReason
from Space_OdT.engine.waiting_room import WaitingRoom
from Space_OdT.webex.stats import ClientStats

REFRESH_SECONDS = 0.5
HEARTBEAT_SECONDS = 30.0
RATE_WINDOW_SECONDS = 15.0
_SAMPLES = 2


@dataclass(slots=True)
class RunCounts:
    """How far a run is.

    Attributes:
        total: Rows to run in all phases together.
        rejected: Rows refused before any call.
        phase: Phase at work, "" between phases.
        phase_rows: Rows the phase has to run.
        phase_settled: Rows of it with an outcome.
        batch_id: Batch begun last.
        outcomes: `success` or `pending` -> rows.
        reasons: Reason code -> pending rows.
    """

    total: int = 0
    rejected: int = 0
    phase: str = ""
    phase_rows: int = 0
    phase_settled: int = 0
    batch_id: str = ""
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def settled(self) -> int:
        """Rows with an outcome in this run."""
        return self.outcomes.total()


class Pace:
    """Calls a minute and rows a second over the last seconds.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._samples: deque[tuple[float, int, int]] = deque()

    def measure(self, calls: int, rows: int) -> tuple[float, float]:
        """Add a sample.

        Args:
            calls: Calls sent so far.
            rows: Rows with an outcome so far.

        Returns:
            Calls a minute, rows a second.
        """
        now = self._clock()
        self._samples.append((now, calls, rows))
        while len(self._samples) > _SAMPLES and now - self._samples[0][0] > RATE_WINDOW_SECONDS:
            self._samples.popleft()
        since, calls_before, rows_before = self._samples[0]
        span = max(now - since, REFRESH_SECONDS)
        return (calls - calls_before) / span * 60, (rows - rows_before) / span


class _Counting:
    """Keeps the counts; the two views only differ in how they show them.

    Args:
        names: Number of a phase -> what it is called.
        aside: Where rows wait for a job of Webex; None when none ever do.
    """

    def __init__(self, names: Mapping[int, PhaseName], aside: WaitingRoom | None = None) -> None:
        self._names = names
        self._aside = aside or WaitingRoom()
        self.counts = RunCounts()
        self.pace = Pace()

    def sized(self, total: int, rejected: int) -> None:
        """Take note."""
        self.counts.total, self.counts.rejected = total, rejected

    def phase_started(self, phase: int, rows: int) -> None:
        """Take note."""
        self.counts.phase, self.counts.phase_rows = self._names[phase].title, rows
        self.counts.phase_settled = 0

    def phase_finished(self, phase: int) -> None:
        """Take note."""
        del phase
        self.counts.phase = ""

    def batch_started(self, batch: Batch) -> None:
        """Take note."""
        self.counts.batch_id = batch.batch_id

    def batch_finished(self, progress: BatchProgress) -> None:
        """Take note."""

    def row_settled(self, outcome: Outcome) -> None:
        """Take note."""
        self.counts.phase_settled += 1
        self.counts.outcomes[outcome.status] += 1
        if outcome.status is RowStatus.PENDING:
            self.counts.reasons[str(outcome.reason_code)] += 1

    def stopping(self, reason: StopReason, message: str) -> None:
        """Say why no more rows are handed out."""
        if reason is StopReason.INTERRUPTED:
            self.say(
                "Stopping (interrupted): rows in flight are finished. Ctrl-C again stops at once."
            )
            return
        told = f"{reason.replace('_', ' ')}): {message.rstrip('.')}"
        self.say(f"Stopping ({told}. Rows in flight are finished.")

    def say(self, text: str) -> None:
        """Print a line on stderr."""
        say(text)

    @property
    def _waiting(self) -> str:
        rows = self._aside.rows
        return f", {rows:,} waiting for a job of Webex" if rows else ""

    def _left(self, rows_per_second: float) -> str:
        rest = self.counts.total - self.counts.settled
        if rest <= 0 or rows_per_second <= 0:
            return "..."
        return str(timedelta(seconds=round(rest / rows_per_second)))


class PlainProgress(_Counting):
    """One line a phase and a batch, and a heartbeat."""

    def phase_started(self, phase: int, rows: int) -> None:
        """Print one line."""
        super().phase_started(phase, rows)
        if not rows:
            return
        self.say(f"phase {self.counts.phase}: {counted(rows)}")

    def batch_finished(self, progress: BatchProgress) -> None:
        """Print one line."""
        shown = ", ".join(f"{rows} {name}" for name, rows in progress.shown_counts().items())
        self.say(f"batch {progress.batch.batch_id}: {shown}")

    async def follow(self, stats: ClientStats) -> None:
        """Print a heartbeat now and then."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            per_minute, per_second = self.pace.measure(stats.calls, self.counts.settled)
            counts = self.counts
            self.say(
                f"... {counts.settled:,} of {counts.total:,} rows, {stats.calls:,} calls, "
                f"{per_minute:.0f} a minute, {stats.responses_429} throttled, "
                f"{self._left(per_second)} left{self._waiting}"
            )


class LiveProgress(_Counting):
    """A panel that is drawn again twice a second.

    Args:
        names: Number of a phase -> what it is called.
        console: Where to draw.
        aside: Where rows wait for a job of Webex; None when none ever do.
    """

    def __init__(
        self, names: Mapping[int, PhaseName], console: Console, aside: WaitingRoom | None = None
    ) -> None:
        super().__init__(names, aside)
        self._console = console

    def say(self, text: str) -> None:
        """Print above the panel."""
        self._console.print(Text(text, style="yellow"))

    async def follow(self, stats: ClientStats) -> None:
        """Draw until cancelled."""
        with Live(console=self._console, transient=True, auto_refresh=False) as live:
            while True:
                live.update(self._picture(stats), refresh=True)
                await asyncio.sleep(REFRESH_SECONDS)

    def _picture(self, stats: ClientStats) -> Group:
        counts = self.counts
        per_minute, per_second = self.pace.measure(stats.calls, counts.settled)
        table = Table.grid(padding=(0, 2))
        phase = f"{counts.phase_settled:,} of {counts.phase_rows:,}"
        table.add_row("phase", Text(counts.phase or "preparing", style="bold"), phase)
        table.add_row("batch", counts.batch_id, "")
        table.add_row(
            "rows",
            Text.assemble(
                (f"{counts.outcomes[RowStatus.SUCCESS]:,} success", "green"),
                "  ",
                (f"{counts.outcomes[RowStatus.PENDING]:,} pending", "yellow"),
                "  ",
                (f"{counts.rejected:,} rejected", "red"),
            ),
            f"{self._left(per_second)} left",
        )
        table.add_row(
            "calls", f"{per_minute:,.0f} a minute", f"{stats.responses_429:,} throttled (429)"
        )
        if self._aside.rows:
            table.add_row("waiting", f"{self._aside.rows:,} for a job of Webex", "")
        for reason, rows in counts.reasons.most_common(4):
            table.add_row("", Text(reason, style="yellow"), f"{rows:,}")
        bar = ProgressBar(total=max(1, counts.total), completed=counts.settled, width=60)
        return Group(table, bar)


@asynccontextmanager
async def shown(session: RowsSession) -> AsyncIterator[PlainProgress | LiveProgress]:
    """Show progress while the block lasts, in the view that fits where stderr goes.

    Args:
        session: The run.

    Yields:
        The live panel on a terminal, plain lines elsewhere.
    """
    console, names = operator_console(), session.phase_names
    aside = session.aside
    live = console.is_terminal
    view = LiveProgress(names, console, aside) if live else PlainProgress(names, aside)
    follower = asyncio.create_task(view.follow(session.client.stats))
    try:
        yield view
    finally:
        follower.cancel()
        with suppress(asyncio.CancelledError):
            await follower
