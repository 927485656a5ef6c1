"""Show how a softphone run gets on, in the views that all runs over rows share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rich.console import Console

from Space_OdT.commands.rows_progress import LiveProgress, PlainProgress
from Space_OdT.engine.row_runs.summary import PhaseName
from Space_OdT.softphones.rows import KIND
from Space_OdT.softphones.session import PHASE
from Space_OdT.webex.connection_client import WebexClient

NAMES = {PHASE: PhaseName("softphones", "softphones")}
KINDS = {PHASE: KIND}


@asynccontextmanager
async def shown(
    client: WebexClient, people: int, rejected: int
) -> AsyncIterator[PlainProgress | LiveProgress]:
    """Show progress while the block lasts, in the view that fits where stderr goes.

    Args:
        client: The client of the run.
        people: People to run.
        rejected: Rows refused before any call.

    Yields:
        The live panel on a terminal, plain lines elsewhere.
    """
    console = Console(stderr=True)
    view: PlainProgress | LiveProgress = (
        LiveProgress(NAMES, console) if console.is_terminal else PlainProgress(NAMES)
    )
    view.sized(people, rejected)
    follower = asyncio.create_task(view.follow(client.stats))
    try:
        yield view
    finally:
        follower.cancel()
        with suppress(asyncio.CancelledError):
            await follower
