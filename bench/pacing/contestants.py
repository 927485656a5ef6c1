"""Three ways to make the same calls: ours, wxc_sdk's async client, and a bare gate on aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import aiohttp
from wxc_sdk.as_api import AsWebexSimpleApi

from bench.peers.reads import redirected
from Space_OdT.webex.connection_client import WebexClient

TOKEN = "sim-admin-token"

# The SDK logs a line for each refusal, and there are thousands.
logging.getLogger("wxc_sdk").setLevel(logging.ERROR)

Contestant = Callable[[str, list[str], int], Awaitable[None]]


async def ours(base_url: str, people: list[str], in_flight: int) -> None:
    """Read each person through our client, with no setting beyond the calls in flight."""
    async with WebexClient(base_url=base_url, token=TOKEN, concurrency=in_flight) as client:
        await asyncio.gather(*(client.request("GET", f"/people/{person}") for person in people))


async def sdk(base_url: str, people: list[str], in_flight: int) -> None:
    """Read each person through wxc_sdk, whose own policy repeats refused calls."""
    api = AsWebexSimpleApi(tokens=TOKEN, concurrent_requests=in_flight)
    async with redirected(api, base_url, lambda: None) as client:
        await asyncio.gather(*(client.people.details(person_id=person) for person in people))


async def gate(base_url: str, people: list[str], in_flight: int) -> None:
    """Read each person with fixed concurrency; a refused call waits its own Retry-After."""
    slots = asyncio.Semaphore(in_flight)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:

        async def read(person: str) -> None:
            async with slots:
                while True:
                    async with session.get(f"{base_url}/people/{person}") as answer:
                        await answer.read()
                    if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
                        answer.raise_for_status()
                        return
                    await asyncio.sleep(float(answer.headers["Retry-After"]))

        await asyncio.gather(*(read(person) for person in people))


CONTESTANTS: dict[str, Contestant] = {"ours": ours, "sdk": sdk, "gate": gate}


async def within(seconds: float, work: Awaitable[None]) -> bool:
    """Run some work, but not for ever.

    Args:
        seconds: When to give up.
        work: What to run.

    Returns:
        True when it was finished in time.
    """
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(work, seconds)
        return True
    return False
