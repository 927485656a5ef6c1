"""The same inventory reads, done by a bare aiohttp loop and by the SDK's async client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from wxc_sdk.as_api import AsWebexSimpleApi

PAGE = 100
NUMBERS_PAGE = 2000
PERSON_READS = (
    "/people/{person}/features/callForwarding",
    "/telephony/config/people/{person}/outgoingPermission",
)
"""The settings read of each person, at the addresses that the SDK asks."""


async def bounded(work: Iterable[Callable[[], Awaitable[Any]]], limit: int) -> None:
    """Run coroutines with at most `limit` in flight, without a task for each of them.

    Args:
        work: Starts the coroutines, one by one.
        limit: How many at a time.
    """
    queue = iter(work)

    async def drain() -> None:
        for start in queue:
            await start()

    await asyncio.gather(*(drain() for _ in range(limit)))


class BareReads:
    """aiohttp and nothing else: every answer is stored as the bytes that came."""

    def __init__(self, base_url: str, token: str, folder: Path, concurrency: int) -> None:
        self.base_url = base_url
        self.headers = {"Authorization": f"Bearer {token}"}
        self.folder = folder
        self.concurrency = concurrency
        self.calls = 0

    async def _get(self, session: aiohttp.ClientSession, path: str) -> tuple[bytes, str | None]:
        async with session.get(f"{self.base_url}{path}") as answer:
            body = await answer.read()
            answer.raise_for_status()
            self.calls += 1
            following = answer.links.get("next") if "Link" in answer.headers else None
            return body, str(following["url"]) if following else None

    async def _pages(self, session: aiohttp.ClientSession, path: str) -> AsyncIterator[bytes]:
        following: str | None = path
        while following:
            body, following = await self._get(session, following.removeprefix(self.base_url))
            yield body

    async def lists(self) -> None:
        """Store the pages of people and of numbers."""
        async with aiohttp.ClientSession(headers=self.headers) as session:
            await self._lists(session)

    async def _lists(self, session: aiohttp.ClientSession) -> list[str]:
        people: list[str] = []
        with (self.folder / "people.bytes").open("wb") as target:
            async for body in self._pages(session, f"/people?callingData=true&max={PAGE}"):
                target.write(body)
                people += [
                    item["id"] for item in orjson.loads(body)["items"] if item.get("locationId")
                ]
        with (self.folder / "numbers.bytes").open("wb") as target:
            path = f"/telephony/config/numbers?max={NUMBERS_PAGE}"
            async for body in self._pages(session, path):
                target.write(body)
        return people

    async def everything(self) -> None:
        """Store the lists, then each calling person's two settings."""
        async with aiohttp.ClientSession(headers=self.headers) as session:
            people = await self._lists(session)
            with (self.folder / "settings.bytes").open("wb") as target:

                async def read(path: str) -> None:
                    target.write((await self._get(session, path))[0])

                await bounded(
                    (
                        partial(read, path.format(person=person))
                        for path in PERSON_READS
                        for person in people
                    ),
                    self.concurrency,
                )


class SdkReads:
    """wxc_sdk's async client as its users write it; nothing is stored."""

    def __init__(self, base_url: str, token: str, folder: Path, concurrency: int) -> None:
        del folder
        self.base_url = base_url
        self.token = token
        self.concurrency = concurrency
        self.calls = 0

    def _api(self) -> AsWebexSimpleApi:
        api = AsWebexSimpleApi(tokens=self.token, concurrent_requests=self.concurrency)
        # The SDK knows one host only; each part of it carries its own copy of the address.
        return redirected(api, self.base_url, self._count)

    def _count(self) -> None:
        self.calls += 1

    async def lists(self) -> None:
        """Read the pages of people and of numbers."""
        async with self._api() as api:
            await self._lists(api)

    async def _lists(self, api: AsWebexSimpleApi) -> list[str | None]:
        people = [
            person.person_id
            async for person in api.people.list_gen(calling_data=True)
            if person.location_id
        ]
        async for _ in api.telephony.phone_numbers_gen(max=NUMBERS_PAGE):
            pass
        return people

    async def everything(self) -> None:
        """Read the lists, then each calling person's two settings."""
        async with self._api() as api:
            people = await self._lists(api)
            settings = api.person_settings
            await bounded(
                (
                    partial(read, entity_id=person)
                    for read in (settings.forwarding.read, settings.permissions_out.read)
                    for person in people
                ),
                self.concurrency,
            )


def redirected(
    api: AsWebexSimpleApi, base_url: str, counted: Callable[[], None]
) -> AsWebexSimpleApi:
    """Point an SDK client at another host.

    Args:
        api: Client as the SDK built it.
        base_url: Address that takes the place of the public one.
        counted: Called once for every request that leaves.

    Returns:
        The same client.
    """
    session = api.session
    send = session._request  # noqa: SLF001 - aiohttp's single door to the network

    async def elsewhere(method: str, url: Any, **arguments: Any) -> aiohttp.ClientResponse:
        counted()
        target = str(url).replace("https://webexapis.com/v1", base_url)
        return await send(method, target, **arguments)

    session._request = elsewhere  # type: ignore[assignment, method-assign]  # noqa: SLF001
    return api
