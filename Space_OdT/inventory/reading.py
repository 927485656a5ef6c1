"""Send the reads of one artifact and turn the answers into rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any

from Space_OdT.inventory.artifact_run import ENCODED_TOGETHER, ArtifactRun
from Space_OdT.inventory.columns import Row
from Space_OdT.inventory.encoding import NOTHING, Chunk, Record, record_of
from Space_OdT.inventory.fan_out import FanOut, Slots
from Space_OdT.inventory.health import Health
from Space_OdT.inventory.manifest import Artifact, Query
from Space_OdT.inventory.outcomes import Meaning, meaning_of
from Space_OdT.inventory.resolver import ALTERNATES, Entity, EntityQueue
from Space_OdT.webex.answers import Response
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ErrorClass, WebexError

_NOT_FOUND = 404
_MAY_BE_THE_PATH = frozenset({403, 404, 405})
"""Where a read has two paths, the other one may be known, or stand under another scope."""
_LIST_ATTEMPTS = 2
_WINDOW_PER_WORKER = 4
_NO_IDS: Entity = {}

Items = list[dict[str, Any]]


Fetched = Chunk | Response | WebexError
"""What one entity brought: rows of a list, one object, or a refusal."""


class Reader:
    """Reads artifacts through the client of the run.

    Args:
        client: The one way to Webex.
        health: Answers and silences of the run.
        workers: Entities of one artifact in flight at most.
    """

    def __init__(self, client: WebexClient, health: Health, workers: int) -> None:
        self._client = client
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
        seen: set[Any] | None = set() if len(entry.readings) > 1 else None
        for reading in entry.readings:
            path, query = entry.render(_NO_IDS)
            query.update(reading.query)
            async for items in self._pages(run, path, query):
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
        fetched = await self._fetch(run, _NO_IDS)
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
            partial(self._fetch, run) if run.entry.list_key else self._object_fetcher(run),
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
                async for items in self._pages(run, path, query):
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
                _settle(sink, entity, await self._fetch(sink, entity))

    def _object_fetcher(self, run: ArtifactRun) -> Callable[[Entity], Awaitable[Fetched]]:
        """Make the shortest way to one object per entity: nearly all calls of a run go it."""
        entry, tally, request = run.entry, run.state.tally, self._client.request

        async def fetch(entity: Entity) -> Fetched:
            other = run.state.other_path
            path, query = entry.render(entity, other=other)
            tally.calls += 1
            try:
                return await request("GET", path, query=query)
            except WebexError as error:
                return await self._fetch_again(run, entity, error, other=other)

        return fetch

    async def _fetch(self, run: ArtifactRun, entity: Entity) -> Fetched:
        """Read one entity."""
        other = run.state.other_path
        try:
            return await self._fetch_at(run, entity, other=other)
        except WebexError as error:
            return await self._fetch_again(run, entity, error, other=other)

    async def _fetch_again(
        self, run: ArtifactRun, entity: Entity, error: WebexError, *, other: bool
    ) -> Fetched:
        """Try what may still help: the line once more, the other path, another entity."""
        await self._health.check(error)
        if meaning_of(error, run.entry) is Meaning.UNREACHABLE:
            try:  # something answers, so the line is good: what was lost is read once more
                return await self._fetch_at(run, entity, other=other)
            except WebexError as second:
                await self._health.check(second)
                return second
        if not other and error.status in _MAY_BE_THE_PATH and _is_unproven(run):
            try:
                chunk = await self._fetch_at(run, entity, other=True)
            except WebexError:
                return error
            run.state.other_path = True
            return chunk
        if others := entity.get(ALTERNATES):
            return await self._fetch_alternate(run, others, error)
        return error

    async def _fetch_alternate(
        self, run: ArtifactRun, others: Sequence[Entity], error: WebexError
    ) -> Fetched:
        """Read another entity that stands for the same place."""
        for other in others:
            if not _another_may_do(error, run.entry):
                break
            try:
                found = await self._fetch_at(run, other, other=False)
            except WebexError as refusal:
                await self._health.check(refusal)
                error = refusal
            else:  # its rows carry its own ids
                return found if isinstance(found, Chunk) else _encoded(run, found, other)
        return error

    async def _fetch_at(self, run: ArtifactRun, entity: Entity, *, other: bool) -> Chunk | Response:
        entry = run.entry
        path, query = entry.render(entity, other=other)
        if entry.list_key is None:
            run.state.tally.calls += 1
            return await self._client.request("GET", path, query=query)
        chunks = [
            run.encoder.encode(list(map(record_of, items)), entity)[0]
            async for items in self._pages(run, path, query)
        ]
        return chunks[0] if len(chunks) == 1 else _joined(chunks)

    async def _pages(self, run: ArtifactRun, path: str, query: Query) -> AsyncIterator[Items]:
        entry, tally = run.entry, run.state.tally
        page_size = entry.page_size
        if entry.page_parameter:
            query[entry.page_parameter], page_size = str(page_size), None
        tally.calls += 1
        first = True
        async for items in self._client.pages(
            path,
            list_key=entry.list_key or "",
            query=query,
            style=entry.paging.value,
            page_size=page_size,
        ):
            tally.calls += not first
            first = False
            yield items


def _is_unproven(run: ArtifactRun) -> bool:
    """Tell whether the first of two paths may be one that this edition of the API does not have."""
    return bool(run.entry.other_path) and (run.state.other_path or not run.rows)


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


def _encoded(run: ArtifactRun, response: Response, entity: Entity) -> Chunk:
    records = [] if response.body is None else [record_of(response.body)]
    return run.encoder.encode(records, entity)[0]


def _another_may_do(error: WebexError, entry: Artifact) -> bool:
    return error.status == _NOT_FOUND or meaning_of(error, entry) is Meaning.NOT_ENTITLED


def _not_seen(items: Items, seen: set[Any] | None) -> Items:
    """Leave out what an earlier reading of the same list showed already."""
    if seen is None:
        return items
    fresh = [item for item in items if item.get("id") not in seen]
    seen.update(item.get("id") for item in fresh)
    return fresh


def _pieces(items: Items) -> Iterator[Items]:
    """Cut a page into pieces whose encodings stay in the processor's cache."""
    for at in range(0, len(items), ENCODED_TOGETHER):
        yield items[at : at + ENCODED_TOGETHER]


def _joined(chunks: Sequence[Chunk]) -> Chunk:
    if not chunks:
        return NOTHING
    return Chunk(
        sum(chunk.rows for chunk in chunks),
        b"".join(chunk.csv for chunk in chunks),
        b"".join(chunk.json for chunk in chunks),
    )


def reads_per_entity(entry: Artifact) -> bool:
    """Tell whether an artifact needs calls of its own for every entity."""
    return entry.feed is not None and entry.served_by is None and not entry.no_api
