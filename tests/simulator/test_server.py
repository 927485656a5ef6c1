"""Over real connections: answers, cut connections, late answers, saved state."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import aiohttp
import orjson
import pytest
from aiohttp import web

from Space_OdT.simulator.assembly import build_service
from Space_OdT.simulator.faults import FaultRule
from Space_OdT.simulator.server import (
    HttpServer,
    ServerOptions,
    load_state,
    make_request,
    save_state,
    serve,
)
from Space_OdT.simulator.service import Service
from Space_OdT.simulator.world import World

ADMIN = {"Authorization": "Bearer sim-admin-token"}


@pytest.fixture
def service() -> Service:
    return build_service(World.generate(8, 1))


@pytest.fixture
def stop() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def base(service, stop) -> AsyncIterator[str]:
    server = web.Server(HttpServer(service, stop).handle, request_factory=make_request)
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    listener.close()
    await server.shutdown(1)


@pytest.fixture
async def session(base) -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(base, headers=ADMIN, timeout=timeout) as session:
        yield session


def strike(service, **rule):
    service.faults.clear()
    service.faults.add([FaultRule.from_json(rule)])


async def test_people_come_over_the_wire(session):
    async with session.get("/v1/people?max=3") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("application/json")
        assert len((await answer.json())["items"]) == 3
        next_link = str(answer.links["next"]["url"])
    async with session.get(next_link) as answer:
        assert len((await answer.json())["items"]) == 3


async def test_a_percent_sign_in_a_path_is_read(session, service):
    person = next(iter(service.world.organisation.people))
    async with session.get(f"/v1/people/{person}%3D") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
async def test_a_reset_is_seen_as_one(session, service, kind):
    strike(service, kind=kind)
    with pytest.raises(aiohttp.ClientConnectionError):
        await session.get("/v1/people")
    service.faults.clear()
    async with session.get("/v1/people") as answer:
        assert answer.status == 200


async def test_a_hanging_call_leaves_the_others_alone(session, service):
    strike(service, kind="hang", path="/licenses", seconds=60)
    short = aiohttp.ClientTimeout(total=0.2)
    hanging = asyncio.create_task(session.get("/v1/licenses", timeout=short).__aenter__())
    async with session.get("/v1/people") as answer:
        assert answer.status == 200
    with pytest.raises(TimeoutError):
        await hanging


async def test_a_hanging_call_is_cut_when_the_server_stops(session, service, stop):
    strike(service, kind="hang", path="/licenses", seconds=60)
    hanging = asyncio.create_task(session.get("/v1/licenses").__aenter__())
    async with session.get("/v1/people") as answer:
        assert answer.status == 200
    stop.set()
    with pytest.raises(aiohttp.ClientConnectionError):
        await hanging


async def test_a_body_that_never_comes_is_given_up(base, monkeypatch):
    monkeypatch.setattr("Space_OdT.simulator.server.BODY_SECONDS", 0.01)
    reader, writer = await asyncio.open_connection(*base.removeprefix("http://").split(":"))
    writer.write(b"POST /v1/people HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    async with asyncio.timeout(10):
        assert await reader.readline() == b"HTTP/1.1 408 Request Timeout\r\n"
    writer.close()


async def test_requests_sent_at_once_are_answered_in_order(base):
    reader, writer = await asyncio.open_connection(*base.removeprefix("http://").split(":"))
    lines = "GET {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sim-admin-token\r\n{}\r\n"
    asked = lines.format("/v1/people/me", "") + lines.format("/v1/no", "Connection: close\r\n")
    writer.write(asked.encode())
    async with asyncio.timeout(10):
        told = await reader.read()
    assert [part[:4] for part in told.split(b"HTTP/1.1 ")[1:]] == [b"200 ", b"404 "]
    writer.close()


async def test_late_answers_are_late_together(session, service):
    service.latency_seconds = 0.05
    loop = asyncio.get_running_loop()
    started = loop.time()
    answers = await asyncio.gather(*(session.get("/v1/people/me") for _ in range(40)))
    assert all(answer.status == 200 for answer in answers)
    assert loop.time() - started < 40 * 0.05
    for answer in answers:
        answer.release()


async def test_the_control_path_takes_bodies_larger_than_usual(session, service):
    state = orjson.dumps({**service.world.to_state(), "padding": "x" * 3_000_000})
    async with session.post("/_sim/state", data=io.BytesIO(state)) as answer:
        assert answer.status == 200


async def test_a_path_outside_the_api_is_not_found(session):
    async with session.get("/people") as answer:
        assert answer.status == 404
        assert (await answer.json())["trackingId"]


async def test_stopping_by_the_control_path_saves_the_state(service, tmp_path):
    target = tmp_path / "state.json"
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    options = ServerOptions(port=0, state_file=target)
    running = asyncio.create_task(serve(service, options, ready.set_result))
    base = await asyncio.wait_for(ready, 10)
    async with aiohttp.ClientSession(headers=ADMIN) as session:
        body = {"messageExpiryEnabled": True, "numberOfDaysForMessageExpiry": 33}
        async with session.put(f"{base}/telephony/config/voicemail/settings", json=body) as done:
            assert done.status == 204
        async with session.post(f"{base.removesuffix('/v1')}/_sim/stop") as answer:
            assert answer.status == 200
    await asyncio.wait_for(running, 10)
    again = load_state(target)
    assert again.to_state() == service.world.to_state()
    assert again.documents["/telephony/config/voicemail/settings"] == body


def test_a_state_that_cannot_be_written_leaves_the_old_one(service, tmp_path, monkeypatch):
    target = tmp_path / "state.json"
    save_state(service.world, target)
    before = target.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match=r"cannot be saved to .*state\.json: disk full"):
        save_state(service.world, target)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]
