"""Ids of one artifact's rows -> the entities another artifact is read for, while they arrive."""

from __future__ import annotations

import asyncio
import string
import zlib
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from Space_OdT.inventory.manifest import Artifact, Feed

Entity = Mapping[str, Any]

ALTERNATES = "alternates"
"""Key under which an entity that stands for several names the others."""
_MOST_ALTERNATES = 25


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


class EntityQueue:
    """Entities of one artifact, in order and each once; grows while its source is being read.

    Where one entity stands for all of a place, it is known only when the source has ended, and
    it brings along the others, for the case that it lacks the licence.

    Args:
        feed: Where the ids stand in the source rows.
        required: Request ids that must not be empty.

    Attributes:
        columns: Columns of the source rows that are looked at.
        nameless: Rows that had to be read for, but lack an id; where one entity stands for all of
            a place, those without a place do not count.
    """

    def __init__(self, feed: Feed, required: Iterable[str]) -> None:
        self.nameless = 0
        self.columns = frozenset({*feed.ids.values(), feed.where} - {""})
        self._feed = feed
        self._required = tuple(sorted(required))
        self._entities: list[Entity] = []
        self._seen: set[Any] = set()
        self._places: dict[Any, list[Entity]] = {}
        self._closed = False
        self._changed = asyncio.Event()
        self._summed = (0, 0)

    def __len__(self) -> int:
        return len(self._entities)

    @property
    def closed(self) -> bool:
        """Whether the source has been read to its end."""
        return self._closed

    def offer(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take source rows as they are exported.

        Args:
            rows: Rows in file order; those that name no entity to read are passed over.
        """
        feed, required, seen = self._feed, self._required, self._seen
        for row in rows:
            if feed.where and not row[feed.where]:
                continue
            entity = {name: row[column] for name, column in feed.ids.items()}
            key = tuple([entity[name] for name in required])
            if not all(isinstance(one, str | int) and one for one in key):
                self.nameless += not feed.one_per
                continue
            if key in seen:
                continue
            seen.add(key)
            if not feed.one_per:
                self._entities.append(entity)
            elif isinstance(place := entity[feed.one_per], str) and place:
                self._places.setdefault(place, []).append(entity)
        self._changed.set()

    def close(self) -> None:
        """Say that no more rows will come."""
        for first, *others in self._places.values():
            self._entities.append({**first, ALTERNATES: others[:_MOST_ALTERNATES]})
        self._places.clear()
        self._closed = True
        self._changed.set()

    def known(self, index: int) -> Entity | None:
        """Give an entity that is known already.

        Args:
            index: Position, from 0.

        Returns:
            The entity; None when it is not known, or not yet.
        """
        entities = self._entities
        return entities[index] if index < len(entities) else None

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
            count: How many; what was summed up before is not looked at again.

        Returns:
            A checksum of their ids in order.
        """
        summed, crc = self._summed if self._summed[0] <= count else (0, 0)
        ids = [
            str(value)
            for entity in islice(self._entities, summed, count)
            for name, value in entity.items()
            if name != ALTERNATES
        ]
        crc = zlib.crc32("".join([f"{one}\x1f" for one in ids]).encode(), crc)
        self._summed = count, crc
        return crc
