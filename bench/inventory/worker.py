"""One contestant in a process of its own; prints what it did and what it cost."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from bench.peers.exports import SdkExports
from bench.peers.reads import (
    NUMBERS_PAGE,
    PAGE,
    PERSON_READS,
    BareReads,
    SdkReads,
    bounded,
)
from Space_OdT.engine.run_layout import InventoryLayout
from Space_OdT.inventory.session import InventorySession, Organisation, RunOptions
from Space_OdT.webex.connection_client import WebexClient

LISTS = ("people", "numbers")
EVERYTHING = (*LISTS, "person_call_forwarding", "person_permissions_out")


class ClientReads:
    """Our client alone: paced, timed, checked and decoded, but nothing is written."""

    def __init__(self, base_url: str, token: str, folder: Path, concurrency: int) -> None:
        del folder
        self.base_url = base_url
        self.token = token
        self.concurrency = concurrency
        self.calls = 0

    def _client(self) -> WebexClient:
        return WebexClient(base_url=self.base_url, token=self.token, concurrency=self.concurrency)

    async def lists(self) -> None:
        """Read the pages of people and of numbers."""
        async with self._client() as client:
            await self._lists(client)
            self.calls = client.stats.calls

    async def _lists(self, client: WebexClient) -> list[str]:
        people: list[str] = []
        query = {"callingData": True}
        async for items in client.pages("/people", list_key="items", query=query, page_size=PAGE):
            people += [item["id"] for item in items if item.get("locationId")]
        path, size = "/telephony/config/numbers", NUMBERS_PAGE
        async for _ in client.pages(path, list_key="phoneNumbers", style="start", page_size=size):
            pass
        return people

    async def everything(self) -> None:
        """Read the lists, then each calling person's two settings."""
        async with self._client() as client:
            people = await self._lists(client)
            await bounded(
                (
                    partial(client.request, "GET", path.format(person=person))
                    for path in PERSON_READS
                    for person in people
                ),
                self.concurrency,
            )
            self.calls = client.stats.calls


class OurReads:
    """`inventory_run` without its command line: reads, rows, CSV and JSON files, journal."""

    def __init__(self, base_url: str, token: str, folder: Path, concurrency: int) -> None:
        self.base_url = base_url
        self.token = token
        self.folder = folder
        self.concurrency = concurrency
        self.calls = 0

    async def lists(self) -> None:
        """Export people and numbers."""
        await self._export(LISTS)

    async def everything(self) -> None:
        """Export the lists and two settings of each calling person."""
        await self._export(EVERYTHING)

    async def _export(self, only: tuple[str, ...]) -> None:
        session = InventorySession(
            InventoryLayout.at(self.folder),
            RunOptions(only=only, cache=False, fresh=True),
            Organisation(id="bench", raw_id="bench"),
            self.base_url,
            note=_silent,
        )
        session.open()
        async with WebexClient(
            base_url=self.base_url, token=self.token, concurrency=self.concurrency
        ) as client:
            runner = session.runner(client)
            await runner.run()
            if not session.publish().is_complete:
                sys.exit("the export is not complete")
            self.calls = client.stats.calls


CONTESTANTS: dict[str, type[BareReads | SdkReads | ClientReads | OurReads]] = {
    "bare": BareReads,
    "sdk": SdkReads,
    "sdk+files": SdkExports,
    "client": ClientReads,
    "ours": OurReads,
}


def _silent(text: str) -> None:
    """Take the session's remarks; this folder is always new."""


def measure(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Run one piece of work.

    Args:
        work: Starts it.

    Returns:
        Processor seconds (user and system) and wall seconds.
    """
    gc.collect()
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    asyncio.run(_as_coroutine(work))
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return cpu, wall


async def _as_coroutine(work: Callable[[], Awaitable[None]]) -> None:
    await work()


def main() -> None:
    """Measure the contestant named on the command line and print one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("contestant", choices=CONTESTANTS)
    parser.add_argument("scenario", choices=["lists", "everything"])
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--token", default="sim-admin-token")
    parser.add_argument("--concurrency", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reader = CONTESTANTS[given.contestant](
            given.base_url, given.token, Path(folder), given.concurrency
        )
        cpu, wall = measure(getattr(reader, given.scenario))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    json.dump({"calls": reader.calls, "cpu": cpu, "wall": wall, "peak_mb": peak / 1024}, sys.stdout)


if __name__ == "__main__":
    main()
