"""A world in virtual time: workers, the pacer under test, a limiter, and what came of them."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from bench.pacing.shapes import Shape
from Space_OdT.simulator.limiters import Limiter
from Space_OdT.webex.pacing import Pacer
from tests.webex.virtual_time import run_virtual, untraced

LATENCY_SECONDS = 0.05


@dataclass
class Outcome:
    """What came of one run: seconds of virtual time, and counts.

    Attributes:
        sent_at: When calls reached the server, from the start on.
        left_at: When the pacer gave leave, on its clock.
    """

    wall: float
    ideal: float
    calls: int
    refused: int
    events: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    left_at: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return self.wall / self.ideal

    @property
    def share(self) -> float:
        return self.refused / (self.calls + self.refused)

    def sent_between(self, begin: float, end: float) -> int:
        return sum(begin <= moment < end for moment in self.sent_at)


class Server:
    """Answers after a latency that varies; refused calls take as long as others.

    A server that is `kept` from running now and then takes what came meanwhile all at once.
    """

    def __init__(
        self,
        limiter: Limiter | None,
        latency: float,
        noise: float,
        seed: int,
        *,
        kept: bool = False,
    ) -> None:
        self.kept = kept
        self.kept_from = self.kept_until = 0.0
        self.limiter = limiter
        self.latency = latency
        self.spread = latency * noise
        self.random = random.Random(seed)
        self.refused = 0
        self.sent_at: list[float] = []
        self.left_at: list[float] = []

    def jitter(self) -> float:
        return self.random.expovariate(2.0 / self.spread) if self.spread else 0.0

    def still_kept(self, now: float) -> float:
        while self.kept_until < now:
            self.kept_from = max(self.kept_until, now - 2.0) + self.random.expovariate(1.0)
            self.kept_until = self.kept_from + self.random.uniform(0.05, 0.3)
        return self.kept_until - now if self.kept_from <= now else 0.0

    async def answer(self) -> float | None:
        """Take one call: None when it passes, else its Retry-After."""
        await asyncio.sleep(self.jitter())
        now = asyncio.get_running_loop().time()
        if self.kept and (pause := self.still_kept(now)) > 0.0:
            await asyncio.sleep(pause)
            now += pause
        self.sent_at.append(now)
        verdict = self.limiter.admit(now) if self.limiter else None
        await asyncio.sleep(self.latency + self.jitter())
        self.refused += verdict is not None
        return verdict


async def call(pacer: Pacer, server: Server, family: str) -> None:
    """Make one call as the client does."""
    ticket = await pacer.admit(family)
    server.left_at.append(ticket.sent_at)
    try:
        wait = await server.answer()
        while wait is not None:
            pacer.throttled(ticket, wait)
            await pacer.readmit(ticket)
            server.left_at.append(ticket.sent_at)
            wait = await server.answer()
        pacer.succeeded(ticket)
    finally:
        pacer.release(ticket)


async def make_calls(pacer: Pacer, server: Server, calls: int, family: str, room: int) -> None:
    """Make many calls, `room` of them at a time on their way or waiting for leave."""
    left = iter(range(calls))

    async def worker() -> None:
        for _ in left:
            await call(pacer, server, family)

    await asyncio.gather(*(worker() for _ in range(min(room, calls))))


class Limits(Protocol):
    """What builds a limiter."""

    def build(self) -> Limiter | None: ...


@dataclass
class Changing:
    """A limit that is replaced at given seconds after the first call."""

    steps: Iterable[tuple[float, Shape]]

    def build(self) -> Limiter:
        return _ChangingLimiter(list(self.steps))


class _ChangingLimiter:
    def __init__(self, steps: list[tuple[float, Shape]]) -> None:
        self.steps = steps
        self.started_at: float | None = None
        self.current: Limiter | None = None

    def admit(self, now: float) -> float | None:
        self.started_at = now if self.started_at is None else self.started_at
        while self.steps and now - self.started_at >= self.steps[0][0]:
            self.current = self.steps.pop(0)[1].build()
        return self.current.admit(now) if self.current else None


def run_shape(
    shape: Limits | None,
    *,
    calls: int = 4200,
    in_flight: int = 20,
    latency: float = LATENCY_SECONDS,
    noise: float = 0.1,
    seed: int = 1,
    room: int = 400,
    stalls: bool = False,
    measured: bool = False,
    **options: Any,
) -> Outcome:
    """Make calls against a limiter.

    Args:
        shape: The limiter; None for none.
        calls: Number of calls.
        in_flight: Most of them in flight.
        latency: Seconds of an answer, to which about `noise` of it is added at random.
        noise: See above.
        seed: Of the randomness.
        room: Calls begun at a time.
        stalls: Whether both machines are busy: timers late by 2 ms, every thousandth by 200,
            and the server kept from running for a sixth of the time.
        measured: Whether the coverage of the run is measured, which takes three times as long.
        **options: For the pacer.

    Returns:
        What came of it.
    """
    mean = latency * (1.0 + noise)

    async def main() -> Outcome:
        loop = asyncio.get_running_loop()
        start = loop.time()
        events: list[tuple[float, str, dict[str, Any]]] = []
        pacer = Pacer(
            concurrency=in_flight,
            rand=random.Random(seed).random,
            on_event=lambda name, **facts: events.append((loop.time() - start, name, facts)),
            **options,
        )
        limiter = shape.build() if shape else None
        server = Server(limiter, latency, noise, seed, kept=stalls)
        await make_calls(pacer, server, calls, "people", room)
        if isinstance(shape, Shape):
            ideal = shape.ideal_seconds(calls, in_flight, mean)
        else:
            ideal = math.ceil(calls / in_flight) * mean
        wall = loop.time() - start
        sent_at = [moment - start for moment in server.sent_at]
        return Outcome(wall, ideal, calls, server.refused, events, sent_at, server.left_at)

    dice = random.Random(seed)

    def late() -> float:
        return dice.expovariate(500.0) + (0.2 if dice.random() < 0.001 else 0.0)

    with nullcontext() if measured else untraced():
        return run_virtual(main(), late) if stalls else run_virtual(main())


@dataclass
class FamilyOutcome:
    """What came of a run of several families."""

    done_at: dict[str, float]
    refused: dict[str, int]
    limits: dict[str, float]


class _Both:
    def __init__(self, own: Limiter | None, shared: Limiter | None) -> None:
        self.limiters = [limiter for limiter in (own, shared) if limiter]

    def admit(self, now: float) -> float | None:
        for limiter in self.limiters:
            wait = limiter.admit(now)
            if wait is not None:
                return wait
        return None


def run_families(
    limits: dict[str, Shape],
    plan: list[tuple[float, str, int]],
    *,
    in_flight: int = 20,
    seed: int = 1,
) -> FamilyOutcome:
    """Let several families call; `limits["*"]` is shared, `plan` is (delay, family, calls)."""

    async def main() -> FamilyOutcome:
        loop = asyncio.get_running_loop()
        start = loop.time()
        pacer = Pacer(concurrency=in_flight, rand=random.Random(seed).random)
        built = {family: shape.build() for family, shape in limits.items()}
        done_at: dict[str, float] = {}
        refused: dict[str, int] = {}

        async def one(delay: float, family: str, calls: int, number: int) -> None:
            limiter = _Both(built.get(family), built.get("*"))
            server = Server(limiter, LATENCY_SECONDS, 0.1, seed + number)
            await asyncio.sleep(delay)
            await make_calls(pacer, server, calls, family, 400)
            done_at[family] = loop.time() - start
            refused[family] = refused.get(family, 0) + server.refused

        await asyncio.gather(*(one(*step, number) for number, step in enumerate(plan)))
        return FamilyOutcome(done_at, refused, pacer.limits)

    return run_virtual(main())
