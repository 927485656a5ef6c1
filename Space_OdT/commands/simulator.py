"""`simulator`: serve a Webex Calling organisation in a box on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.simulator.assembly import build_service
from Space_OdT.simulator.auth import ADMIN_TOKEN, READONLY_TOKEN, SCOPES_PREFIX
from Space_OdT.simulator.faults import FaultRule, read_rules
from Space_OdT.simulator.limiters import Limiter, LimiterKind, RetryAfter, make_limiter
from Space_OdT.simulator.server import ServerOptions, load_state, read_json, serve
from Space_OdT.simulator.world import DEFAULT_SEED, DEFAULT_SIZE, World

READY = "simulator listening on"
MAX_LATENCY_MS = 300_000


def run(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8790,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    size: Annotated[int, typer.Option(min=1, help="Number of people.")] = DEFAULT_SIZE,
    seed: Annotated[
        int, typer.Option(help="The same seed and size give the same organisation.")
    ] = DEFAULT_SEED,
    latency_ms: Annotated[
        float,
        typer.Option(min=0, max=MAX_LATENCY_MS, help="Delay of every answer, in milliseconds."),
    ] = 0.0,
    rate: Annotated[
        float | None, typer.Option(min=0.001, help="Rate limit, in calls a second.")
    ] = None,
    burst: Annotated[
        float | None,
        typer.Option(min=1, help="Calls at once (window: per period); one second's worth."),
    ] = None,
    limiter: Annotated[
        LimiterKind,
        typer.Option(metavar="SHAPE", help=f"Shape of the rate limit: {', '.join(LimiterKind)}."),
    ] = LimiterKind.BUCKET,
    retry_after: Annotated[
        str,
        typer.Option(metavar="exact|N", help="Seconds that a 429 names; lockout: its length."),
    ] = "exact",
    faults: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="JSON file with faults to inject."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Load this file when it exists; save at a clean stop."),
    ] = None,
    parent_watch: Annotated[
        bool, typer.Option("--parent-watch", hidden=True, help="End when stdin closes.")
    ] = False,
) -> None:
    """Serve a Webex Calling organisation in a box on this machine."""
    if parent_watch:
        # A Ctrl-C in the terminal is for the parent, which ends this process when it is done.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        gate = _limiter(limiter, rate, burst, retry_after)
        rules = _rules(faults)
        world = _world(state, size, seed)
    except (ValueError, OSError) as error:
        raise _refusal(str(error)) from error
    service = build_service(world, limiter=gate, faults=rules, latency_seconds=latency_ms / 1000)
    options = ServerOptions(host, port, parent_watch=parent_watch, state_file=state)
    try:
        asyncio.run(serve(service, options, _announcer(world, state)))
    except OSError as error:
        raise _refusal(str(error)) from error


def _refusal(message: str) -> typer.Exit:
    typer.echo(f"simulator: {message}", err=True)
    return typer.Exit(ExitCode.USAGE)


def _limiter(
    kind: LimiterKind, rate: float | None, burst: float | None, retry_after: str
) -> Limiter | None:
    wait = _wait(retry_after)
    if rate is not None:
        return make_limiter(kind, rate, burst, wait)
    if burst is not None or wait != "exact" or kind is not LimiterKind.BUCKET:
        raise ValueError("--burst, --limiter and --retry-after need --rate")
    return None


def _wait(text: str) -> RetryAfter:
    if text == "exact":
        return "exact"
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"--retry-after is 'exact' or a number of seconds, not {text!r}") from None


def _rules(path: Path | None) -> list[FaultRule]:
    if path is None:
        return []
    given = read_json(path)
    try:
        return read_rules(given)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _world(path: Path | None, size: int, seed: int) -> World:
    if path is None:
        return World.generate(size, seed)
    # Said now and not when everything that was done is to be saved.
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise OSError(f"the state cannot be saved to {path}: {folder} is no writable folder")
    return load_state(path) if path.exists() else World.generate(size, seed)


def _announcer(world: World, state: Path | None) -> Callable[[str], None]:
    people = len(world.organisation.people)
    kept = f", kept in {state}" if state else ""

    def announce(base_url: str) -> None:
        lines = (
            f"{READY} {base_url}",
            f"organisation:              {people} people, seed {world.seed}{kept}",
            f"token, everything allowed: {ADMIN_TOKEN}",
            f"token, reading only:       {READONLY_TOKEN}",
            f"token, chosen scopes:      {SCOPES_PREFIX}<scope,scope>",
            "try it from another terminal:",
            f"  curl -H 'Authorization: Bearer {ADMIN_TOKEN}' {base_url}/people/me",
            f"  WEBEX_BASE_URL={base_url} space-odt inventory_run --token {ADMIN_TOKEN}",
            "Ctrl-C ends it.",
        )
        for line in lines:
            print(line, flush=True)

    return announce
