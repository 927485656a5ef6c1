"""Ask for one entity, or for the pages of a list, and try what helps against a refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from Space_OdT.inventory.artifact_run import ArtifactRun
from Space_OdT.inventory.encoding import NOTHING, Chunk, record_of
from Space_OdT.inventory.health import Health
from Space_OdT.inventory.manifest import Artifact, Query
from Space_OdT.inventory.outcomes import Meaning, meaning_of
from Space_OdT.inventory.resolver import ALTERNATES, Entity
from Space_OdT.webex.answers import Response
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import WebexError

_NOT_FOUND = 404
_MAY_BE_THE_PATH = frozenset({403, 404, 405})
"""Where a read has two paths, the other one may be known, or stand under another scope."""

Items = list[dict[str, Any]]
Fetched = Chunk | Response | WebexError
"""What one entity brought: rows of a list, one object, or a refusal."""


class Fetcher:
    """Sends the calls of artifacts through the client of the run.

    Args:
        client: The one way to Webex.
        health: Answers and silences of the run.
    """

    def __init__(self, client: WebexClient, health: Health) -> None:
        self._client = client
        self._health = health

    def object_fetcher(self, run: ArtifactRun) -> Callable[[Entity], Awaitable[Fetched]]:
        """Make the shortest way to one object per entity: nearly all calls of a run go it.

        Args:
            run: The artifact.

        Returns:
            What `fetch` does, for this artifact.
        """
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

    async def fetch(self, run: ArtifactRun, entity: Entity) -> Fetched:
        """Read one entity.

        Args:
            run: The artifact.
            entity: Its request ids.

        Returns:
            What came, a refusal included.

        Raises:
            RunStoppedError: When nothing more can be read at all.
        """
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
            async for items in self.pages(run, path, query)
        ]
        return chunks[0] if len(chunks) == 1 else _joined(chunks)

    async def pages(self, run: ArtifactRun, path: str, query: Query) -> AsyncIterator[Items]:
        """Read a list page by page.

        Args:
            run: The artifact, whose tally counts the calls.
            path: Path below the base URL.
            query: Query parameters; the page size is added.

        Yields:
            The items of one page.

        Raises:
            WebexError: When a page is refused.
        """
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


def _encoded(run: ArtifactRun, response: Response, entity: Entity) -> Chunk:
    records = [] if response.body is None else [record_of(response.body)]
    return run.encoder.encode(records, entity)[0]


def _another_may_do(error: WebexError, entry: Artifact) -> bool:
    return error.status == _NOT_FOUND or meaning_of(error, entry) is Meaning.NOT_ENTITLED


def _joined(chunks: Sequence[Chunk]) -> Chunk:
    if not chunks:
        return NOTHING
    return Chunk(
        sum(chunk.rows for chunk in chunks),
        b"".join(chunk.csv for chunk in chunks),
        b"".join(chunk.json for chunk in chunks),
    )
