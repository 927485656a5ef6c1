"""Read whole artifacts: lists, single objects, and one read for every entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from Space_OdT.inventory.artifact_run import ENCODED_TOGETHER, ArtifactRun
from Space_OdT.inventory.columns import Row
from Space_OdT.inventory.encoding import NOTHING, Chunk, Record, record_of
from Space_OdT.inventory.fan_out import FanOut, Slots
from Space_OdT.inventory.fetching import Fetched, Fetcher, Items
from Space_OdT.inventory.health import Health
from Space_OdT.inventory.manifest import Artifact
from Space_OdT.inventory.outcomes import meaning_of
from Space_OdT.inventory.resolver import Entity, EntityQueue
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ErrorClass, WebexError

_LIST_ATTEMPTS = 2
_WINDOW_PER_WORKER = 4
_NO_IDS: Entity = {}


class Reader:
    """Reads artifacts through the client of the run.

    Args:
        client: The one way to Webex.
        health: Answers and silences of the run.
        workers: Entities of one artifact in flight at most.
    """

    def __init__(self, client: WebexClient, health: Health, workers: int) -> None:
        self._fetcher = Fetcher(client, health)
        self._health = health
        self._workers = workers
        self.slots = Slots(workers)

    async def read_list(self, run: ArtifactRun, sinks: Sequence[ArtifactRun]) -> bool:
        """Read a list of the organisation, page by page.

        Args:
            run: The artifact.
            sinks: Artifacts its items answer as well.

        Returns:
            Whether it was read to its end; the tally says why not.

        Raises:
            RunStoppedError: When nothing more can be read at all.
            OSError: When the disk is full.
        """
        for attempt in range(1, _LIST_ATTEMPTS + 1):
            for one in (run, *sinks):
                one.begin()
            try:
                await self._read_readings(run, sinks)
            except WebexError as error:
                await self._health.check(error)
                passing = error.error_class is ErrorClass.RETRYABLE_EXTERNAL
                if passing and attempt < _LIST_ATTEMPTS:
                    continue
                run.state.tally.refused(error, meaning_of(error, run.entry), _NO_IDS)
                return False
            break
        run.state.tally.succeeded()
        return True

    async def _read_readings(self, run: ArtifactRun, sinks: Sequence[ArtifactRun]) -> None:
        entry = run.entry
        seen: set[str] | None = set() if len(entry.readings) > 1 else None
        for reading in entry.readings:
            path, query = entry.render(_NO_IDS)
            query.update(reading.query)
            async for items in self._fetcher.pages(run, path, query):
                for piece in _pieces(_not_seen(items, seen)):
                    await self._take(run, sinks, piece, reading.ids)

    async def read_object(self, run: ArtifactRun) -> bool:
        """Read one object of the organisation.

        Args:
            run: The artifact.

        Returns:
            Whether it was read; the tally says why not.

        Raises:
            RunStoppedError: When nothing more can be read at all.
            OSError: When the disk is full.
        """
        fetched = await self._fetcher.fetch(run, _NO_IDS)
        _settle(run, _NO_IDS, fetched)
        return not isinstance(fetched, WebexError)

    async def read_entities(self, run: ArtifactRun, queue: EntityQueue) -> None:
        """Read one object or list per entity, going on where an earlier attempt was cut off.

        Args:
            run: The artifact.
            queue: Its entities.

        Raises:
            BaseExceptionGroup: Holding a RunStoppedError when nothing more can be read at all, or
                an OSError when the disk is full.
        """
        if run.entry.page_in_order:
            await self._read_in_order(run, queue)
            return
        await FanOut(
            queue,
            partial(self._fetcher.fetch, run)
            if run.entry.list_key
            else self._fetcher.object_fetcher(run),
            partial(_settle, run),
            start=run.state.position,
            workers=self._workers,
            window=self._workers * _WINDOW_PER_WORKER,
            slots=self.slots,
        ).run()

    async def _read_in_order(self, run: ArtifactRun, queue: EntityQueue) -> None:
        """Read few entities with many pages each, one after the other, page by page."""
        while (entity := await queue.at(run.state.position)) is not None:
            fetched: Fetched = NOTHING
            run.entity_begins()
            try:
                path, query = run.entry.render(entity)
                async for items in self._fetcher.pages(run, path, query):
                    for piece in _pieces(items):
                        run.accept(*run.encoder.encode(list(map(record_of, piece)), entity))
            except WebexError as error:
                await self._health.check(error)
                fetched = error
            if not _settle(run, entity, fetched):
                return

    async def _take(
        self, run: ArtifactRun, sinks: Sequence[ArtifactRun], items: Items, ids: Entity
    ) -> None:
        records = list(map(record_of, items))
        chunk, rows = run.encoder.encode(records, ids)
        run.accept(chunk, rows)
        for sink in sinks:
            await self._serve(sink, rows, records)

    async def _serve(
        self, sink: ArtifactRun, rows: Sequence[Row], records: Sequence[Record]
    ) -> None:
        """Give an artifact its rows from the items of a list, reading singly what is not there."""
        feed, served = sink.entry.feed, sink.entry.served_by
        assert feed is not None and served is not None  # noqa: S101, PT018 - the manifest says so
        member = served.member
        entities = [{name: row[column] for name, column in feed.ids.items()} for row in rows]
        if not member:
            sink.accept(sink.encoder.encode_each(records, entities))
            sink.state.tally.good += len(records)
            return
        for record, entity in zip(records, entities, strict=True):
            if member in record.item:
                sink.state.tally.succeeded()
                sink.hold({member: record.item[member]}, entity)
                sink.entity_settled()
            else:
                _settle(sink, entity, await self._fetcher.fetch(sink, entity))


def _settle(run: ArtifactRun, entity: Entity, fetched: Fetched) -> bool:
    """Write what an entity brought, or count why it brought nothing; the entity is done then."""
    tally = run.state.tally
    if isinstance(fetched, WebexError):
        tally.refused(fetched, meaning_of(fetched, run.entry), entity)
        run.entity_settled()
        return not tally.must_stop
    tally.succeeded()
    if isinstance(fetched, Chunk):
        run.accept(fetched)
    elif fetched.body is not None:
        run.hold(fetched.body, entity)
    run.entity_settled()
    return True


def _not_seen(items: Items, seen: set[str] | None) -> Items:
    """Leave out what an earlier reading of the same list showed already."""
    if seen is None:
        return items
    fresh = [item for item in items if _id_of(item) not in seen]
    seen.update(_id_of(item) for item in fresh)
    seen.discard("")  # what has no id cannot be told from the others, so it is kept
    return fresh


def _id_of(item: Any) -> str:
    found = item.get("id") if isinstance(item, dict) else None
    return found if isinstance(found, str) else ""


def _pieces(items: Items) -> Iterator[Items]:
    """Cut a page into pieces whose encodings stay in the processor's cache."""
    for at in range(0, len(items), ENCODED_TOGETHER):
        yield items[at : at + ENCODED_TOGETHER]


def reads_per_entity(entry: Artifact) -> bool:
    """Tell whether an artifact needs calls of its own for every entity."""
    return entry.feed is not None and entry.served_by is None and not entry.no_api
