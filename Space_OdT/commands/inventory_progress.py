"""Show on stderr how an inventory gets on: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from Space_OdT.commands.telling import operator_console, say
from Space_OdT.inventory.artifact_run import ArtifactRun
from Space_OdT.inventory.runner import InventoryRunner
from Space_OdT.webex.stats import ClientStats

REFRESH_SECONDS = 0.5
HEARTBEAT_SECONDS = 30.0
RATE_WINDOW_SECONDS = 15.0
_SHOWN = 10
_BAD = {"partial", "forbidden", "not_found", "error"}


class Speedometer:
    """Calls a minute over the last seconds.

    Args:
        stats: Counters of the client.
    """

    def __init__(self, stats: ClientStats) -> None:
        self._stats = stats
        self._samples: deque[tuple[float, int]] = deque([(time.monotonic(), stats.calls)])

    def per_minute(self) -> float:
        """Measure now."""
        now, calls = time.monotonic(), self._stats.calls
        self._samples.append((now, calls))
        while len(self._samples) > 2 and now - self._samples[0][0] > RATE_WINDOW_SECONDS:  # noqa: PLR2004
            self._samples.popleft()
        since, before = self._samples[0]
        return (calls - before) / max(now - since, REFRESH_SECONDS) * 60


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is left: reads that are known of, and whether more will become known."""

    reads: int
    open_ended: bool

    @classmethod
    def of(cls, runner: InventoryRunner) -> Outlook:
        """Add up the artifacts that are not complete."""
        reads, open_ended = 0, False
        for run in runner.runs.values():
            if run.state.complete or run.entry.served_by or run.entry.no_api:
                continue
            if run.queue is None:
                open_ended = True
                continue
            reads += max(0, len(run.queue) - run.state.position)
            open_ended |= not run.queue.closed
        return cls(reads, open_ended)

    def time_left(self, per_minute: float) -> str:
        """Say how long the rest takes at a pace."""
        if not self.reads or per_minute <= 0:
            return "..."
        seconds = round(self.reads / per_minute * 60)
        return f"{'over ' if self.open_ended else ''}{timedelta(seconds=seconds)}"


class PlainProgress:
    """One line per finished artifact, and a heartbeat."""

    def artifact_finished(self, run: ArtifactRun) -> None:
        """Print one line."""
        state = run.state
        result = state.result.value if state.result else ""
        line = f"{run.entry.artifact}: {result}, {state.rows} rows, {state.tally.calls} calls"
        say(f"{line}; {state.error}" if state.error else line)

    async def follow(self, runner: InventoryRunner, stats: ClientStats) -> None:
        """Print a heartbeat now and then."""
        speed = Speedometer(stats)
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            pace = speed.per_minute()
            left = Outlook.of(runner)
            say(
                f"... {stats.calls} calls, {pace:.0f} a minute, {stats.responses_429} throttled, "
                f"{left.reads} reads left, {left.time_left(pace)}"
            )


class LiveProgress:
    """A table that is drawn again twice a second, and whenever an artifact is complete.

    Args:
        console: Where to draw.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._redraw: Callable[[], None] | None = None

    def artifact_finished(self, run: ArtifactRun) -> None:
        """Print what did not end well above the table; the rest just leaves it."""
        state = run.state
        if state.result is not None and state.result.value in _BAD:
            self._console.print(
                Text(f"{run.entry.artifact}: {state.result.value}; {state.error}", style="yellow")
            )
        if self._redraw is not None:
            self._redraw()

    async def follow(self, runner: InventoryRunner, stats: ClientStats) -> None:
        """Draw until cancelled."""
        speed = Speedometer(stats)
        with Live(console=self._console, transient=True, auto_refresh=False) as live:

            def redraw() -> None:
                live.update(self._picture(runner, stats, speed.per_minute()), refresh=True)

            self._redraw = redraw
            try:
                while True:
                    redraw()
                    await asyncio.sleep(REFRESH_SECONDS)
            finally:
                redraw()
                self._redraw = None

    def _picture(self, runner: InventoryRunner, stats: ClientStats, pace: float) -> Group:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title in ("artifact", "rows", "done", "of"):
            table.add_column(title, justify="left" if title == "artifact" else "right")
        runs = runner.runs.values()
        active = [run for run in runs if run.started and not run.state.complete]
        for run in active[:_SHOWN]:
            total = run.known_total
            table.add_row(
                run.entry.artifact,
                f"{run.rows:,}",
                f"{run.state.position:,}" if run.queue is not None else "",
                f"{total:,}" if total is not None else "",
            )
        done = sum(run.state.complete for run in runs)
        left = Outlook.of(runner)
        footer = Text.assemble(
            (f"{done} of {len(runner.runs)} artifacts", "bold"),
            f"  {stats.calls:,} calls  {pace:,.0f}/min  {stats.responses_429} throttled",
            f"  left: {left.time_left(pace)}",
        )
        return Group(table, footer)


def make_progress() -> PlainProgress | LiveProgress:
    """Choose the view that stderr can show.

    Returns:
        A live table on a terminal, plain lines elsewhere.
    """
    console = operator_console()
    return LiveProgress(console) if console.is_terminal else PlainProgress()
