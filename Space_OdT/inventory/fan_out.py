"""Read many entities at once and settle them in order, with bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from Space_OdT.inventory.resolver import Entity, EntityQueue

T = TypeVar("T")


class Slots:
    """How many entities are read at once, by all artifacts together.

    A worker keeps its slot from one entity to the next. With more workers than the client has
    places every call would wait in the pacer's queue, at a twentieth of its cost (measured).

    Args:
        count: Slots.
    """

    def __init__(self, count: int) -> None:
        self._semaphore = asyncio.Semaphore(count)
        self._lent = 0
        self._owed = 0

    async def take(self) -> None:
        """Wait for a slot."""
        await self._semaphore.acquire()

    def give(self) -> None:
        """Hand a slot back."""
        if self._owed:
            self._owed -= 1
        else:
            self._semaphore.release()

    def lend(self, count: int) -> None:
        """Make up for workers that hold a slot and only wait.

        Args:
            count: How many they are now.
        """
        change, self._lent = count - self._lent, count
        self._owed += max(0, -change)
        for _ in range(change):
            self.give()


class FanOut(Generic[T]):
    """Workers that take entities from a queue; what they fetch is handed over in queue order.

    Args:
        queue: The entities; may still be growing.
        fetch: Reads one entity.
        settle: Takes what was fetched, in order; returns False when the rest is not wanted.
        start: Entities that were settled before.
        workers: Entities fetched at the same time at most.
        window: How far the fastest may be ahead of the slowest; bounds what is kept in memory.
        slots: Held by workers while they read; as many as workers when None.
    """

    def __init__(
        self,
        queue: EntityQueue,
        fetch: Callable[[Entity], Awaitable[T]],
        settle: Callable[[Entity, T], bool],
        *,
        start: int,
        workers: int,
        window: int,
        slots: Slots | None = None,
    ) -> None:
        self._queue = queue
        self._fetch = fetch
        self._settle = settle
        self._next = start
        self._settled = start
        self._workers = workers
        self._window = window
        self._slots = slots or Slots(workers)
        self._fetched: dict[int, tuple[Entity, T]] = {}
        self._room = asyncio.Event()
        self._stopped = False
        self._ended = False

    async def run(self) -> None:
        """Read until the queue ends or the rest is not wanted.

        Raises:
            BaseExceptionGroup: With whatever a fetch or a settlement raised; all others are
                cancelled then, and what was settled before stays.
        """
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work())

    async def _work(self) -> None:
        await self._slots.take()
        await self._take_turns()
        self._slots.give()  # whatever is raised ends the whole run: then no slot is missed

    async def _take_turns(self) -> None:
        queue, fetch, fetched = self._queue, self._fetch, self._fetched
        while not self._stopped:
            index = self._next
            self._next += 1
            entity = queue.known(index)
            if entity is None or index - self._settled >= self._window:
                entity = await self._wait_for(index)
            if entity is None:
                self._ended = True
                self._room.set()  # whoever waits for room behind the end would wait for ever
            if entity is None or self._stopped:
                return
            fetched[index] = entity, await fetch(entity)
            if index == self._settled:
                self._settle_what_is_due()

    async def _wait_for(self, index: int) -> Entity | None:
        """Wait without a slot until an entity is known and there is room for it."""
        self._slots.give()
        while index - self._settled >= self._window and not (self._stopped or self._ended):
            self._room.clear()
            await self._room.wait()
        entity = await self._queue.at(index)
        await self._slots.take()
        return entity

    def _settle_what_is_due(self) -> None:
        settle, fetched = self._settle, self._fetched
        while not self._stopped and (due := fetched.pop(self._settled, None)) is not None:
            self._settled += 1
            if not settle(*due):
                self._stopped = True
        self._room.set()
