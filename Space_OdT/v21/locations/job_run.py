"""Keeps a job's file true while the job runs, and writes down how everything stood at its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

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
from Space_OdT.webex.sources import Kind

_SAVED_EVERY_SECONDS = 1.0


def counted(
    rows: int, results: Mapping[str, int], rejected: Mapping[str, int]
) -> tuple[Totals, dict[str, int]]:
    """Count the rows of a job.

    Args:
        rows: All of them.
        results: Status -> rows, from the results.
        rejected: Reason code -> rows, from validation.

    Returns:
        The totals, and the cursor.
    """
    success = results.get(RowStatus.SUCCESS.value, 0)
    pending = results.get(RowStatus.PENDING.value, 0)
    refused = sum(rejected.values())
    totals = Totals(rows, success + pending + refused, success, pending, refused)
    return totals, {"offset": totals.processed}


class JobKeeper(SilentObserver):
    """Follows a run: counts into the job's file, and hands a wish to cancel on to the run.

    Args:
        store: The jobs.
        job: The job, as it was begun.
        totals: Its rows so far.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(
        self,
        store: JobStore,
        job: Job,
        totals: Totals,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.job = job
        self._success, self._pending = totals.success, totals.pending
        self._totals = totals
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
        owner = owner_of(self.store.layout_of(self.job).lock_file)
        return self.save(status=JobStatus.RUNNING, owner=asdict(owner) if owner else {})

    @property
    def totals(self) -> Totals:
        """Its rows at this moment."""
        done = self._success + self._pending + self._totals.rejected
        return replace(self._totals, processed=done, success=self._success, pending=self._pending)

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody wants it to stop for good."""
        return self._cancel.exists()

    def row_settled(self, outcome: Outcome) -> None:
        """Count a row; now and then write the counts down and look for a wish to cancel."""
        if outcome.status is RowStatus.SUCCESS:
            self._success += 1
        else:
            self._pending += 1
        now = self._clock()
        if now - self._saved_at < _SAVED_EVERY_SECONDS:
            return
        self._saved_at = now
        self.save()
        if self.is_cancelled and self.stop is not None and not self.stop.is_asked:
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


def status_after(totals: Totals, *, is_complete: bool, is_cancelled: bool) -> JobStatus:
    """Say how a job stands when its run has ended.

    Args:
        totals: Its rows.
        is_complete: Whether every row was run.
        is_cancelled: Whether somebody wanted it to stop for good.

    Returns:
        Its state; a run that stopped early leaves it running, for it can be resumed.
    """
    if not is_complete:
        return JobStatus.CANCELLED if is_cancelled else JobStatus.RUNNING
    is_clean = not totals.pending and not totals.rejected
    return JobStatus.COMPLETED if is_clean else JobStatus.COMPLETED_WITH_ERRORS


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
    path = store.layout_of(job).results_csv
    if not path.exists():
        return []
    records = stored_records(path)
    header = next(records).cells
    phase, remote = header.index("phase"), header.index("remote_id")
    found = (one.cells[remote] for one in records if one.cells[phase] == "1")
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


def write_failure(store: JobStore, job: Job, error: BaseException) -> Job:
    """Write down that a job failed as a whole.

    Args:
        store: The jobs.
        job: The job.
        error: What ended it; its text holds no secrets.

    Returns:
        The job, failed.

    Raises:
        OSError: When it cannot be written.
    """
    told = {"error_type": type(error).__name__, "error_message": str(error)}
    failed_at = datetime.now(UTC).isoformat(timespec="seconds")
    data = orjson.dumps({"failed_at": failed_at, **told}, option=orjson.OPT_INDENT_2)
    write_atomic(store.layout_of(job).failure_json, data)
    return store.save(replace(job, status=JobStatus.FAILED, last_error=told, finished_at=failed_at))
