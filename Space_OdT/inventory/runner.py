"""Read all wanted artifacts, as many at once as their ids allow, and keep the state on disk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from Space_OdT.inventory.artifact_run import ArtifactRun
from Space_OdT.inventory.facts import Facts
from Space_OdT.inventory.health import Health, RunStoppedError, StopReason
from Space_OdT.inventory.manifest import BY_NAME, MANIFEST, Artifact
from Space_OdT.inventory.outcomes import Result
from Space_OdT.inventory.reading import Reader, reads_per_entity
from Space_OdT.inventory.state import ArtifactState, RunState
from Space_OdT.inventory.status import conclude
from Space_OdT.webex.connection_client import WebexClient

ARTIFACTS_AT_ONCE = 8
CHECKPOINT_SECONDS = 1.0


class Observer(Protocol):
    """Whoever wants to know how a run gets on; called from inside the run, so it must be quick."""

    def artifact_finished(self, run: ArtifactRun) -> None:
        """Take note of an artifact that is complete."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """What to read.

    Attributes:
        wanted: Lines of the manifest, sources included, in manifest order.
        skipped: Artifacts among them that are left out as asked.
    """

    wanted: tuple[Artifact, ...] = MANIFEST
    skipped: frozenset[str] = frozenset()

    @classmethod
    def of(cls, only: Iterable[str], *, skip_group_members: bool) -> Selection:
        """Select artifacts by name, with everything they need.

        Args:
            only: Names in the manifest; empty for all.
            skip_group_members: Leave out the members of groups.

        Returns:
            The selection.
        """
        names = closure(only) or {entry.artifact for entry in MANIFEST}
        return cls(
            tuple(entry for entry in MANIFEST if entry.artifact in names),
            frozenset({"group_members"} if skip_group_members else ()),
        )


def closure(names: Iterable[str]) -> set[str]:
    """Add the artifacts that others need for their ids or columns.

    Args:
        names: Names in the manifest.

    Returns:
        The names and all they need.
    """
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            entry = BY_NAME[name]
            pending += [*entry.after, *([entry.feed.source] if entry.feed else ())]
    return found


class InventoryRunner:
    """One run over the wanted artifacts.

    Args:
        client: The one way to Webex.
        folder: Where the files are written; must exist.
        state: How far an earlier attempt came; changed in place.
        state_file: Where the state is kept.
        selection: What to read.
        observer: Told about finished artifacts.
        clock: Monotonic seconds.
        sleep: Awaitable sleep between two checkpoints.
    """

    def __init__(
        self,
        client: WebexClient,
        folder: Path,
        state: RunState,
        state_file: Path,
        selection: Selection,
        *,
        observer: Observer | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._facts = Facts()
        self._state = state
        self._state_file = state_file
        self._selection = selection
        self._observer = observer
        self._sleep = sleep
        self._clock = clock
        self._started = clock()
        self._earlier = state.seconds, state.calls, state.retries
        self._client = client
        self._reader = Reader(client, Health(client), client.concurrency)
        self._lanes = asyncio.Semaphore(ARTIFACTS_AT_ONCE)
        self.runs: dict[str, ArtifactRun] = {
            entry.artifact: ArtifactRun(
                entry,
                folder,
                self._facts,
                state.artifacts.setdefault(entry.artifact, ArtifactState()),
                clock,
            )
            for entry in selection.wanted
        }
        for run in self.runs.values():
            if run.entry.feed is not None and run.queue is not None:
                self.runs[run.entry.feed.source].listeners.append(run.queue)

    async def run(self) -> None:
        """Read everything that is not complete yet.

        Raises:
            RunStoppedError: When the run had to stop as a whole; the state is saved.
            asyncio.CancelledError: When it was interrupted; the state is saved.
        """
        for run in self.runs.values():
            run.verify()
        try:
            async with asyncio.TaskGroup() as group:
                keeper = group.create_task(self._keep_state())
                async with asyncio.TaskGroup() as readers:
                    for run in self._own_reads():
                        readers.create_task(self._read(run), name=run.entry.artifact)
                keeper.cancel()
        except BaseExceptionGroup as group_error:
            raise _foremost(group_error) from group_error
        finally:
            self._let_go()

    def checkpoint(self) -> None:
        """Write down how far every artifact is.

        Raises:
            OSError: When the disk is full; the state before stays.
        """
        changed = [run.checkpoint() for run in self.runs.values()]
        if any(changed):
            state, stats = self._state, self._client.stats
            seconds, calls, retries = self._earlier
            state.seconds = seconds + self._clock() - self._started
            state.calls = calls + stats.calls
            state.retries = retries + stats.retries
            state.save(self._state_file)

    async def _keep_state(self) -> None:
        while True:
            await self._sleep(CHECKPOINT_SECONDS)
            self._reader.slots.lend(self._client.pacer.held_back)
            self.checkpoint()

    def _let_go(self) -> None:
        """Save what is certain and close all files; a full disk was reported already."""
        try:
            self.checkpoint()
        except OSError:  # the state of the last checkpoint still holds
            return
        finally:
            for run in self.runs.values():
                run.abandon()

    def _own_reads(self) -> Iterator[ArtifactRun]:
        """List the artifacts with calls of their own; the others come with a list."""
        return (run for run in self.runs.values() if run.entry.served_by is None)

    async def _read(self, run: ArtifactRun) -> None:
        entry = run.entry
        try:
            for name in entry.after:
                await self.runs[name].done.wait()
            if entry.no_api:
                self._complete(run, Result.NO_API, entry.no_api)
            elif entry.artifact in self._selection.skipped:
                self._complete(run, Result.SKIPPED, "left out with --skip-group-members")
            elif reads_per_entity(entry):
                await self._read_entities(run)
            else:
                await self._read_whole(run)
        except OSError as error:
            raise storage_stop(error, entry.artifact) from error

    async def _read_whole(self, run: ArtifactRun) -> None:
        """Read a list or an object of the organisation, and the artifacts it answers."""
        sinks = [
            other
            for other in self.runs.values()
            if (served := other.entry.served_by) and served.artifact == run.entry.artifact
        ]
        if run.state.complete and all(sink.state.complete for sink in sinks):
            for one in (*sinks, run):
                one.replay()
            return
        if run.entry.list_key is None:
            run.begin()
            await self._reader.read_object(run)
        else:
            await self._reader.read_list(run, sinks)
        self._conclude(run, None)
        for sink in sinks:
            self._conclude(sink, run)

    async def _read_entities(self, run: ArtifactRun) -> None:
        queue, feed = run.queue, run.entry.feed
        assert queue is not None and feed is not None  # noqa: S101, PT018 - it reads per entity
        if run.state.complete:
            run.replay()
            return
        # an artifact holds a lane only while it has something to read
        known = await queue.prepared(max(1, run.state.position))
        async with self._lanes:
            if not (known and run.state.position and run.resume()):
                run.begin()
            await self._reader.read_entities(run, queue)
        await self.runs[feed.source].done.wait()
        self._conclude(run, self.runs[feed.source])

    def _conclude(self, run: ArtifactRun, source: ArtifactRun | None) -> None:
        source_state = source.state if source is not None else None
        nameless = 0 if run.queue is None or run.entry.served_by else run.queue.nameless
        result, error = conclude(run.entry, run.state, run.rows, source_state, nameless)
        self._complete(run, result, error)

    def _complete(self, run: ArtifactRun, result: Result, error: str) -> None:
        if not run.state.complete:
            run.complete(result, error)
            if self._observer is not None:
                self._observer.artifact_finished(run)


def storage_stop(error: OSError, what: str) -> RunStoppedError:
    """Make the end of a run that cannot write any more.

    Args:
        error: What the system says.
        what: What was being written, when the system does not name a file.

    Returns:
        What to raise.
    """
    return RunStoppedError(
        StopReason.STORAGE, f"cannot write {error.filename or what}: {error.strerror or error}"
    )


def _foremost(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Find what ended a run among everything that was raised while it ended."""
    leaves = list(_leaves(group))
    stops = [leaf for leaf in leaves if isinstance(leaf, RunStoppedError)]
    storage = [leaf for leaf in leaves if isinstance(leaf, OSError)]
    if stops:
        return stops[0]
    if storage:
        return storage_stop(storage[0], "the state of the run")
    return leaves[0]


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
