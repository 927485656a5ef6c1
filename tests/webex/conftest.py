from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from Space_OdT.webex.connection_client import Timeouts, WebexClient
from Space_OdT.webex.pacing import Pacer, Ticket
from Space_OdT.webex.retry import RetryPolicy

TOKEN = "NDBkYzE3LXNhbXBsZV90b2tlbg"


@dataclass
class Seen:
    """One request as the server received it."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Reply:
    """One canned answer; `do` replaces it by something ruder."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    do: Callable[[web.Request], Awaitable[Any]] | None = None

    def render(self) -> web.Response:
        if isinstance(self.body, bytes):
            return web.Response(status=self.status, body=self.body, headers=self.headers)
        headers = {"Content-Type": "application/json;charset=UTF-8", **self.headers}
        body = b"" if self.body is None else json.dumps(self.body).encode()
        return web.Response(status=self.status, body=body, headers=headers)


async def hang(request: web.Request) -> None:
    """Answer nothing for as long as the client stays on the line."""
    while request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(0.005)


async def reset(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


class Server:
    """Answers from a list in order, the last answer for ever; or asks a function."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.replies: list[Reply] = [Reply(body={"id": "1"})]
        self.answer: Callable[[Seen], Reply] | None = None
        self.origin = ""

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        seen = Seen(
            request.method,
            request.rel_url.raw_path,
            dict(request.query),
            request.headers,
            await request.read(),
        )
        self.seen.append(seen)
        if self.answer is not None:
            reply = self.answer(seen)
        else:
            reply = self.replies[min(len(self.seen), len(self.replies)) - 1]
        if reply.do is not None:
            await reply.do(request)
        return reply.render()


@pytest.fixture(name="server")
async def a_server() -> AsyncIterator[Server]:
    made = Server()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.origin = f"http://{host}:{port}"
    yield made
    await runner.cleanup()


class InstantPacer(Pacer):
    """Admits at once and keeps what it was told, so that no test waits for a server's pause."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[float | None] = []
        self.passed = 0

    def throttled(self, ticket: Ticket, retry_after: float | None) -> float:
        wait = super().throttled(ticket, retry_after)
        self.told.append(retry_after)
        return wait

    async def readmit(self, ticket: Ticket) -> Ticket:
        return ticket

    def succeeded(self, ticket: Ticket) -> None:
        self.passed += 1
        super().succeeded(ticket)


class Naps:
    """A sleep that only takes notes."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture(name="naps")
def some_naps() -> Naps:
    return Naps()


@pytest.fixture(name="pacer")
def a_pacer() -> InstantPacer:
    return InstantPacer()


@pytest.fixture(name="client")
async def a_client(server: Server, naps: Naps, pacer: InstantPacer) -> AsyncIterator[WebexClient]:
    """A client of the server that never waits."""
    async with WebexClient(
        base_url=server.base_url,
        token=TOKEN,
        pacer=pacer,
        sleep=naps,
        retry=RetryPolicy(max_retries=2),
        timeouts=Timeouts(total=5, connect=2),
        uniform=lambda: 0.0,
        run_id="test",
    ) as made:
        yield made
