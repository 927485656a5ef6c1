"""Keeps a job's file true while the job runs, and writes down how everything stood at its end."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import orjson

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.csv_lines import stored_records
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.row_runs.run_log import SilentObserver
from Space_OdT.engine.run_lock import owner_of
from Space_OdT.engine.stopping import StopReason, StopSignal
from Space_OdT.v21.locations.jobs import Job, JobStatus, JobStore, Totals
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.ids import id_key
from Space_OdT.webex.redaction import redact_text
from Space_OdT.webex.sources import Kind

SAVED_EVERY_SECONDS = 1.0
LOOKED_EVERY_SECONDS = 0.5
SITES_PHASE = "1"


def settled_rows(store: JobStore, job: Job) -> dict[int, RowStatus]:
    """Read which rows of a job have an outcome: its own file may be older than a kill.

    Args:
        store: The jobs.
        job: The job.

    Returns:
        Number of a row -> how it ended.

    Raises:
        OSError: When the results cannot be read.
    """
    return {
        int(record["row_number"]): RowStatus(record["status"]) for record in _results(store, job)
    }


def _results(store: JobStore, job: Job) -> Iterator[dict[str, str]]:
    path = store.layout_of(job).results_csv
    if not path.exists():
        return
    records = stored_records(path)
    header = next(records, None)
    if header is not None:
        yield from (dict(zip(header.cells, one.cells, strict=True)) for one in records)


class JobKeeper(SilentObserver):
    """Follows a run: counts into the job's file, and hands a wish to cancel on to the run.

    Args:
        store: The jobs.
        job: The job, as it was begun.
        rows: Its rows.
        rejected: Those refused before any call.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        stop: What the run is asked to stop by; None before there is one.
    """

    def __init__(
        self,
        store: JobStore,
        job: Job,
        *,
        rows: int,
        rejected: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.job = job
        self._rows, self._rejected = rows, rejected
        self._ends = settled_rows(store, job)
        self._clock = clock
        self._saved_at = clock()
        self._cancel = store.layout_of(job).cancel_file
        self.stop: StopSignal | None = None

    def begin(self) -> Job:
        """Write down that the job runs, and whose process it is.

        Returns:
            The job.

        Raises:
            OSError: When it cannot be written.
        """
        layout = self.store.layout_of(self.job)
        layout.failure_json.unlink(missing_ok=True)
        owner = owner_of(layout.lock_file)
        return self.save(status=JobStatus.RUNNING, owner=asdict(owner) if owner else {})

    @property
    def totals(self) -> Totals:
        """Its rows at this moment."""
        counts = Counter(self._ends.values())
        return Totals(
            total=self._rows,
            processed=len(self._ends) + self._rejected,
            success=counts[RowStatus.SUCCESS],
            pending=counts[RowStatus.PENDING],
            rejected=self._rejected,
        )

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody wants it to stop for good."""
        return self._cancel.exists()

    def row_settled(self, outcome: Outcome) -> None:
        """Count a row; now and then write the counts down."""
        self._ends[outcome.row.number] = outcome.status
        now = self._clock()
        if now - self._saved_at >= SAVED_EVERY_SECONDS:
            self._saved_at = now
            self.save()

    async def watch(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look for a wish to cancel until there is one, or nobody needs to know any more.

        Args:
            sleep: Awaitable sleep; injected by tests.
        """
        while not self.is_cancelled:
            await sleep(LOOKED_EVERY_SECONDS)
        if self.stop is not None:
            self.stop.ask(StopReason.INTERRUPTED, "the job was cancelled")

    def save(self, **changes: Any) -> Job:
        """Write the job with the counts of this moment.

        Args:
            **changes: Fields of the job that change.

        Returns:
            The job.

        Raises:
            OSError: When it cannot be written.
        """
        totals = self.totals
        cursor = {"offset": totals.processed}
        self.job = self.store.save(replace(self.job, totals=totals, cursor=cursor, **changes))
        return self.job


def status_after(totals: Totals, stop: StopReason | None, *, is_cancelled: bool) -> JobStatus:
    """Say how a job stands when its run has ended.

    Args:
        totals: Its rows.
        stop: Why the run ended early, None when every row was run.
        is_cancelled: Whether somebody wanted it to stop for good.

    Returns:
        Its state; an interrupted run leaves it running without an owner, so it can be resumed.
    """
    if stop is None:
        is_clean = not totals.pending and not totals.rejected
        return JobStatus.COMPLETED if is_clean else JobStatus.COMPLETED_WITH_ERRORS
    if is_cancelled:
        return JobStatus.CANCELLED
    return JobStatus.RUNNING if stop is StopReason.INTERRUPTED else JobStatus.FAILED


def touched_locations(store: JobStore, job: Job) -> list[str]:
    """List the locations that the rows of a job were about.

    Args:
        store: The jobs.
        job: The job.

    Returns:
        Their ids, as far as they are known, in the order of the results.

    Raises:
        OSError: When the results cannot be read.
    """
    found = (one["remote_id"] for one in _results(store, job) if one["phase"] == SITES_PHASE)
    return list(dict.fromkeys(filter(None, found)))


async def remote_state(ids: Iterable[str], directory: Directory) -> list[dict[str, Any]]:
    """Read how Webex shows some locations now.

    Args:
        ids: Their ids.
        directory: The organisation; its locations are read again.

    Returns:
        The locations, with their Calling part.

    Raises:
        WebexError: When they cannot be read.
    """
    await directory.load(Kind.LOCATION, refresh=True)
    known = {id_key(one.id): one for one in directory.locations.records()}
    items = []
    for one in ids:
        location = known.get(id_key(one))
        if location is not None:
            items.append(
                {
                    **(location.raw or {}),
                    "id": location.id,
                    "name": location.name,
                    "callingEnabled": location.has_calling,
                    "mainNumber": location.main_number,
                    "routingPrefix": location.routing_prefix,
                }
            )
    return items


def write_final_state(store: JobStore, job: Job, items: list[dict[str, Any]]) -> None:
    """Write how a job ended, after its own file says so.

    Args:
        store: The jobs.
        job: The job at its end.
        items: The locations as Webex shows them.

    Raises:
        OSError: When it cannot be written.
    """
    state = {
        "job": asdict(job),
        "totals": asdict(job.totals),
        "remote_final_state": {"items": items},
    }
    path = store.layout_of(job).final_state_json
    write_atomic(path, orjson.dumps(state, option=orjson.OPT_INDENT_2), durable=True)


def write_failure(store: JobStore, job: Job, kind: str, message: str, trace: str = "") -> Job:
    """Write down that a job failed as a whole; it can be resumed.

    Args:
        store: The jobs.
        job: The job.
        kind: What ended it, in one word.
        message: The same in words, without secrets.
        trace: Where in the program it happened, "" when that says nothing.

    Returns:
        The job, failed.

    Raises:
        OSError: When it cannot be written.
    """
    failed_at = datetime.now(UTC).isoformat(timespec="milliseconds")
    told = {"error_type": kind, "error_message": message}
    data = {"failed_at": failed_at, **told, "traceback": trace}
    path = store.layout_of(job).failure_json
    write_atomic(path, orjson.dumps(data, option=orjson.OPT_INDENT_2))
    return store.save(replace(job, status=JobStatus.FAILED, last_error=told, finished_at=failed_at))


class FailureWatch:
    """Writes down why a job failed when the block ends with an error; the error goes on.

    Args:
        store: The jobs.
        job: The job, as it was before the run.
        secrets: What must not be written down.

    Attributes:
        keeper: Who keeps the job's file meanwhile; None before there is one.
    """

    def __init__(self, store: JobStore, job: Job, secrets: Sequence[str] = ()) -> None:
        self._store = store
        self._job = job
        self._secrets = tuple(secrets)
        self.keeper: JobKeeper | None = None

    def __enter__(self) -> Self:
        """Begin to watch."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write an error down; an interruption is none."""
        if not isinstance(error, Exception):
            return
        job = self._job
        if self.keeper is not None:
            job = replace(self.keeper.job, totals=self.keeper.totals)
        message, told = (
            redact_text(text, self._secrets)
            for text in (str(error), "".join(traceback.format_exception(error)))
        )
        with suppress(OSError):  # a full disk is what ended it: the job stays as last written
            write_failure(self._store, job, type(error).__name__, message, told)
