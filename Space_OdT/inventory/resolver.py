"""Ids of one artifact's rows -> the entities another artifact is read for, while they arrive."""

from __future__ import annotations

import asyncio
import string
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from Space_OdT.inventory.manifest import Artifact, Feed

Entity = Mapping[str, Any]
EntityFilter = Callable[[Mapping[str, Any]], Entity | None]


def required_ids(entry: Artifact) -> frozenset[str]:
    """List the request ids without which a read cannot be sent.

    Args:
        entry: Line of the manifest.

    Returns:
        The names in the templates of its path and its query.
    """
    templates = (entry.path, *(value for _, value in entry.query))
    return frozenset(
        field
        for template in templates
        for _, field, _, _ in string.Formatter().parse(template)
        if field
    )


def entity_filter(feed: Feed, required: Iterable[str]) -> EntityFilter:
    """Compile a feed into a function that turns source rows into entities.

    Args:
        feed: Where the ids stand.
        required: Request ids that must not be empty.

    Returns:
        A function with a memory: it yields None for rows that name no entity to read, among them
        every repetition.
    """
    seen: set[Any] = set()
    needed = tuple(sorted(required))

    def entity_of(row: Mapping[str, Any]) -> Entity | None:
        if feed.where and not row.get(feed.where):
            return None
        entity = {name: row.get(column) for name, column in feed.ids.items()}
        if not all(entity[name] for name in needed):
            return None
        key = entity[feed.one_per] if feed.one_per else tuple(entity[name] for name in needed)
        if not key or key in seen:
            return None
        seen.add(key)
        return entity

    return entity_of


class EntityQueue:
    """Entities of one artifact, in order; grows while its source is still being read.

    Args:
        feed: Where the ids stand in the source rows.
        required: Request ids that must not be empty.
    """

    def __init__(self, feed: Feed, required: Iterable[str]) -> None:
        self.columns = frozenset({*feed.ids.values(), feed.where} - {""})
        self._entity_of = entity_filter(feed, required)
        self._entities: list[Entity] = []
        self._closed = False
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._entities)

    @property
    def closed(self) -> bool:
        """Whether the source has been read to its end."""
        return self._closed

    def offer(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take source rows as they are exported.

        Args:
            rows: Rows in file order.
        """
        before = len(self._entities)
        for row in rows:
            entity = self._entity_of(row)
            if entity is not None:
                self._entities.append(entity)
        if len(self._entities) > before:
            self._changed.set()

    def close(self) -> None:
        """Say that no more rows will come."""
        self._closed = True
        self._changed.set()

    async def at(self, index: int) -> Entity | None:
        """Wait for an entity.

        Args:
            index: Position, from 0.

        Returns:
            The entity; None when the source has fewer.
        """
        while index >= len(self._entities):
            if self._closed:
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._entities[index]

    async def prepared(self, count: int) -> bool:
        """Wait until a number of entities is known.

        Args:
            count: How many.

        Returns:
            False when the source has fewer.
        """
        return count == 0 or await self.at(count - 1) is not None

    def fingerprint(self, count: int) -> int:
        """Sum up the first entities, to recognise them in a later run.

        Args:
            count: How many.

        Returns:
            A checksum of their ids in order.
        """
        crc = 0
        for entity in self._entities[:count]:
            crc = fingerprint_step(crc, entity)
        return crc


def fingerprint_step(crc: int, entity: Entity) -> int:
    """Extend the checksum of a sequence of entities.

    Args:
        crc: Checksum so far, 0 at the beginning.
        entity: The next one.

    Returns:
        The checksum including it.
    """
    return zlib.crc32("\x1f".join(str(value) for value in entity.values()).encode(), crc)
