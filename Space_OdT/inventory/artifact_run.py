"""The live side of one artifact: its files, its counters, and who waits for its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from Space_OdT.inventory.columns import Row
from Space_OdT.inventory.encoding import Chunk, RowEncoder, record_of
from Space_OdT.inventory.exports import ExportWriter, is_true, read_rows
from Space_OdT.inventory.facts import LEARNED_COLUMNS, Facts
from Space_OdT.inventory.manifest import Artifact
from Space_OdT.inventory.outcomes import Result
from Space_OdT.inventory.resolver import (
    EntityQueue,
    required_ids,
)
from Space_OdT.inventory.state import ArtifactState
from Space_OdT.inventory.values import Ids

ENCODED_TOGETHER = 64
_TRUTH_COLUMNS = frozenset({"webex_calling_enabled", "has_cx_essentials", "main_number"})


class ArtifactRun:
    """One artifact of a run.

    Args:
        entry: Line of the manifest.
        folder: Where its files are written.
        facts: Extracts of other lists.
        state: How far it is; changed in place.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        entry: Artifact,
        folder: Path,
        facts: Facts,
        state: ArtifactState,
        clock: Callable[[], float],
    ) -> None:
        self.entry = entry
        self.state = state
        self._facts = facts if entry.artifact in LEARNED_COLUMNS else None
        self.encoder = RowEncoder(entry, facts)
        self.queue = EntityQueue(entry.feed, required_ids(entry)) if entry.feed else None
        self.listeners: list[EntityQueue] = []
        self.done = asyncio.Event()
        self.started = False
        self._csv_path = folder / f"{entry.artifact}.csv"
        self._writer = ExportWriter(folder, entry.artifact, self.encoder.columns)
        self._clock = clock
        self._since: float | None = None
        self._mid_entity = False
        self._dirty = False
        self._held_items: list[Any] = []
        self._held_ids: list[Ids] = []

    @property
    def rows(self) -> int:
        """Rows so far."""
        if self.state.complete:
            return self.state.rows
        return self._writer.rows + len(self._held_items)

    @property
    def known_total(self) -> int | None:
        """Entities to read in all; None while the source is still being read."""
        return len(self.queue) if self.queue is not None and self.queue.closed else None

    def verify(self) -> None:
        """Forget that an earlier attempt completed the artifact when its files are damaged."""
        state = self.state
        if state.complete and not self._writer.holds(state.csv, state.json):
            state.reset()

    def begin(self) -> None:
        """Start the files anew, forgetting what an earlier attempt did."""
        self.state.reset()
        self._held_items.clear()
        self._held_ids.clear()
        self._writer.begin()
        self._start()

    def resume(self) -> bool:
        """Go on where an earlier attempt was cut off.

        Returns:
            False when its files or its entities are not what they were.
        """
        state = self.state
        if self.queue is None or self.queue.fingerprint(state.position) != state.fingerprint:
            return False
        if not self._writer.resume(state.csv, state.json, state.rows):
            return False
        self._start()
        return True

    def _start(self) -> None:
        self._since = self._clock()
        self.started = True
        self._dirty = True

    def hold(self, item: Any, ids: Ids) -> None:
        """Take one API object as a row; rows are encoded together, which is far cheaper.

        Args:
            item: The object.
            ids: Request ids it was read with.
        """
        self._held_items.append(item)
        self._held_ids.append(ids)
        if len(self._held_items) >= ENCODED_TOGETHER:
            self._encode_held()

    def _encode_held(self) -> None:
        if self._held_items:
            records = list(map(record_of, self._held_items))
            self._writer.write(self.encoder.encode_each(records, self._held_ids))
            self._held_items.clear()
            self._held_ids.clear()

    def accept(self, chunk: Chunk, rows: Sequence[Row] = ()) -> None:
        """Write rows, and hand them to the artifacts that are read per row.

        Args:
            chunk: Encoded rows.
            rows: The same rows, when somebody listens.
        """
        self._encode_held()
        self._writer.write(chunk)
        self._dirty = True
        for listener in self.listeners:
            listener.offer(rows)
        if self._facts is not None:
            self._facts.learn(self.entry.artifact, rows)

    def entity_begins(self) -> None:
        """Say that rows of an entity will come in several pieces."""
        self._take_marks()
        self._mid_entity = True

    def entity_settled(self) -> None:
        """Say that everything about the next entity is written."""
        self.state.position += 1
        self._mid_entity = False
        self._dirty = True

    def checkpoint(self) -> bool:
        """Bring the state up to date with the files.

        Returns:
            Whether anything changed since the last time.

        Raises:
            OSError: When the disk is full.
        """
        if not self._dirty or self.state.complete:
            dirty, self._dirty = self._dirty, False
            return dirty
        self._count_time()
        self._take_marks()
        self._dirty = self._mid_entity
        return True

    def _take_marks(self) -> None:
        self._encode_held()
        csv_mark, json_mark = self._writer.flush()
        if not self._mid_entity:
            state = self.state
            state.csv, state.json, state.rows = csv_mark, json_mark, self._writer.rows
            if self.queue is not None:
                state.fingerprint = self.queue.fingerprint(state.position)

    def _count_time(self) -> None:
        now = self._clock()
        if self._since is not None:
            self.state.elapsed_ms += round((now - self._since) * 1000)
            self._since = now

    def complete(self, result: Result, error: str = "") -> None:
        """Finish the files.

        Args:
            result: How the read ended.
            error: Why, in words, when it did not end well.

        Raises:
            OSError: When the disk is full.
        """
        if not self.started:
            self._writer.begin()
        self._encode_held()
        self._count_time()
        self._since = None
        self._mid_entity = False
        state = self.state
        state.csv, state.json = self._writer.finish()
        state.rows = self._writer.rows
        state.complete = True
        state.result = result
        state.error = error
        state.read_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._dirty = True
        self._close()

    def replay(self) -> None:
        """Hand the rows of an artifact that is complete already to whoever listens."""
        learned = LEARNED_COLUMNS[self.entry.artifact] if self._facts is not None else ()
        columns = sorted(set(learned).union(*(listener.columns for listener in self.listeners)))
        for row in self._stored_rows(columns) if columns else ():
            for listener in self.listeners:
                listener.offer((row,))
            if self._facts is not None:
                self._facts.learn(self.entry.artifact, (row,))
        self._close()

    def _stored_rows(self, columns: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Read rows back from the file.

        Args:
            columns: Columns wanted.

        Yields:
            Rows with truth values as such.
        """
        for row in read_rows(self._csv_path, tuple(columns)):
            yield {
                name: is_true(value) if name in _TRUTH_COLUMNS else value
                for name, value in row.items()
            }

    def _close(self) -> None:
        if self._facts is not None and self.state.result in {Result.OK, Result.EMPTY}:
            self._facts.settle(self.entry.artifact)
        for listener in self.listeners:
            listener.close()
        self.done.set()

    def abandon(self) -> None:
        """Let go of the files as they are; the state says how much of them counts."""
        self._writer.close()
