"""Serves the simulated API over HTTP on one event loop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from Space_OdT.simulator.control import CONTROL_PREFIX, Control
from Space_OdT.simulator.service import Incoming, Outgoing, Service
from Space_OdT.simulator.world import World

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024**3
BODY_SECONDS = 60.0
SHUTDOWN_SECONDS = 2.0
# Delays from here on are given up when the server stops.
LONG_DELAY_SECONDS = 1.0
LOOPBACK_PEERS = ("127.", "::1", "::ffff:127.")


@dataclass(slots=True, frozen=True)
class ServerOptions:
    """Where and how to serve.

    Attributes:
        host: Address to listen on.
        port: Port; 0 takes a free one.
        parent_watch: End when the standard input closes, as it does when the parent dies, and not
            by a Ctrl-C: the parent has it too, and may have calls to finish.
        state_file: World is saved here at a clean stop.
    """

    host: str = "127.0.0.1"
    port: int = 8790
    parent_watch: bool = False
    state_file: Path | None = None


class HttpServer:
    """Carries requests between the network and the service.

    Args:
        service: Answers.
        stop: Set when the server is to end, from here too.
    """

    def __init__(self, service: Service, stop: asyncio.Event) -> None:
        self._service = service
        self._stop = stop
        self._control = Control(service, stop.set)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, late or never when a fault says so."""
        target = request._message.path  # noqa: SLF001 - the raw target, without yarl's cost
        body = b""
        if request.body_exists:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body = await request.read()
            except TimeoutError:
                return web.Response(status=408, headers={"Connection": "close"})
        incoming = Incoming(request.method, target, request.headers, body, request.host)
        if target.startswith(CONTROL_PREFIX):
            peer = str(request.remote or "")
            outgoing = self._control.answer(incoming, from_loopback=peer.startswith(LOOPBACK_PEERS))
        else:
            outgoing = self._service.answer(incoming)
        if outgoing.delay_seconds:
            await self._delay(outgoing.delay_seconds)
        if outgoing.cut:
            _cut(request)
        return _response(outgoing)

    async def _delay(self, seconds: float) -> None:
        if seconds < LONG_DELAY_SECONDS:
            await asyncio.sleep(seconds)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()


def _cut(request: web.BaseRequest) -> None:
    transport = request.transport
    if transport is None:
        return
    plain = transport.get_extra_info("socket")
    if plain is not None:
        # Linger zero makes the close a reset, which is what a dying peer looks like.
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _response(outgoing: Outgoing) -> web.Response:
    return web.Response(status=outgoing.status or 500, body=outgoing.body, headers=outgoing.headers)


def make_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    """Build a request that may be as large as a saved state."""
    loop = asyncio.get_running_loop()
    return web.BaseRequest(
        message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY_BYTES
    )


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait in a thread for the standard input to end; works on every platform."""
    try:
        # Not sys.stdin: a thread inside its buffer keeps the interpreter from ending.
        while os.read(0, 4096):
            pass
    except OSError:
        log.debug("standard input is gone")
    loop.call_soon_threadsafe(stop.set)


def _stop_on_signals(
    loop: asyncio.AbstractEventLoop, stop: asyncio.Event, names: tuple[signal.Signals, ...]
) -> None:
    for name in names:
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:
            # Windows has no signal handlers on the loop; the plain handler wakes it up instead.
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))


async def serve(service: Service, options: ServerOptions, announce: Callable[[str], None]) -> None:
    """Serve until asked to stop, then save the state.

    Args:
        service: The simulated API.
        options: Where and how.
        announce: Told the base URL as soon as calls are accepted.

    Raises:
        OSError: The port is taken, or the state cannot be saved; the message says which.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    http = HttpServer(service, stop)
    server = web.Server(http.handle, request_factory=make_request, access_log=None)
    listener = await _listen(loop, server, options)
    if options.parent_watch:
        _stop_on_signals(loop, stop, (signal.SIGTERM,))
        # Not the default executor: closing the loop would wait for a read that may never end.
        _start_daemon(lambda: _watch_parent(loop, stop))
    else:
        _stop_on_signals(loop, stop, (signal.SIGINT, signal.SIGTERM))
    # What was generated lives as long as the process; the collector need not look at it again.
    gc.collect()
    gc.freeze()
    announce(_base_url(options.host, listener))
    try:
        await stop.wait()
    finally:
        listener.close()
        await server.shutdown(SHUTDOWN_SECONDS)
    if options.state_file is not None:
        save_state(service.world, options.state_file)


async def _listen(
    loop: asyncio.AbstractEventLoop, server: web.Server, options: ServerOptions
) -> asyncio.Server:
    try:
        return await loop.create_server(
            server, options.host, options.port, backlog=1024, reuse_address=os.name == "posix"
        )
    except OSError as error:
        # asyncio wraps the reason in a long sentence; names that do not resolve have no errno.
        known = error.errno is not None and error.errno > 0
        reason = os.strerror(error.errno or 0) if known else str(error.strerror or error)
        raise OSError(f"cannot listen on {options.host}:{options.port}: {reason}") from error


def _start_daemon(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="parent-watch", daemon=True).start()


def _base_url(host: str, listener: asyncio.Server) -> str:
    port = listener.sockets[0].getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/v1"


def save_state(world: World, path: Path) -> None:
    """Write the world to a file, completely or not at all.

    Raises:
        OSError: The file cannot be written.
    """
    path = path.absolute()
    try:
        _replace(path, orjson.dumps(world.to_state()))
    except OSError as error:
        raise OSError(f"the state cannot be saved to {path}: {error.strerror or error}") from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:  # whatever ends it, half a file must not stay; it goes on raising
        temporary.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        ValueError: It holds no JSON; names file, line and column.
        OSError: The file cannot be read.
    """
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise ValueError(
            f"{path}: line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error


def load_state(path: Path) -> World:
    """Read a world from a file.

    Raises:
        ValueError: The file holds no saved state; names the file.
        OSError: The file cannot be read.
    """
    state = read_json(path)
    try:
        return World.from_state(state)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
