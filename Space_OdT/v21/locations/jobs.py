"""Jobs on disk: their state, their owner, and what became of them; nothing of it is in memory."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.run_lock import LockOwner, owner_of
from Space_OdT.v21.locations.layout import JobLayout, LocationsLayout, is_job_id
from Space_OdT.v21.locations.rows import as_json, from_json
from Space_OdT.v21.locations.templates import Policy

INTERRUPTED = "interrupted"
"""Shown for a job that says it runs, but whose process is gone."""


class JobStatus(StrEnum):
    """How a job stands."""

    CREATED = "created"
    RUNNING = "running"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether it is never run again; one that failed can be resumed."""
        return self in {
            JobStatus.COMPLETED,
            JobStatus.COMPLETED_WITH_ERRORS,
            JobStatus.CANCELLED,
        }


class JobError(Exception):
    """A job cannot be used as asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows of a job.

    Attributes:
        total: All of them.
        processed: Those with an outcome.
        success: Those that are as asked.
        pending: Those left to be done.
        rejected: Those refused before any call.
    """

    total: int = 0
    processed: int = 0
    success: int = 0
    pending: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    Attributes:
        job_id: Its id.
        created_at: When it was made, ISO 8601 in UTC.
        input_path: Its prepared rows.
        status: How it stands, as it was last written.
        entity_type: What is done with the sites.
        input_hash: Names the input it was made of.
        source: The file it was made of.
        policy: What held for all rows then.
        profiles: File of outgoing profiles it was begun with, "" for those of the product.
        totals: Its rows.
        cursor: `offset`: rows with an outcome.
        last_error: Type and message of what ended it, `{}` when nothing did.
        started_at: When it was last begun, "" before.
        finished_at: When it last ended, "" before.
        owner: Process that last ran it: pid, host, started_at, command; `{}` before.
    """

    job_id: str
    created_at: str
    input_path: str
    status: JobStatus
    entity_type: str
    input_hash: str = ""
    source: str = ""
    policy: Mapping[str, Any] = field(default_factory=dict)
    profiles: str = ""
    totals: Totals = field(default_factory=Totals)
    cursor: Mapping[str, int] = field(default_factory=lambda: {"offset": 0})
    last_error: Mapping[str, str] = field(default_factory=dict)
    started_at: str = ""
    finished_at: str = ""
    owner: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as somebody who looks from outside sees it.

    Attributes:
        job: As it was last written.
        owner: Who runs it at this moment, None when nobody does.
    """

    job: Job
    owner: LockOwner | None

    @property
    def is_interrupted(self) -> bool:
        """Whether it says it runs, but its process is gone: it can be resumed."""
        return self.job.status is JobStatus.RUNNING and self.owner is None

    @property
    def shown_status(self) -> str:
        """Its state in one word for operators."""
        return INTERRUPTED if self.is_interrupted else self.job.status.value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class JobStore:
    """The jobs of one output folder.

    Args:
        layout: Where they are.
        new_id: Makes the id of a new job; injected by tests.
    """

    def __init__(
        self, layout: LocationsLayout, *, new_id: Callable[[], str] = lambda: str(uuid.uuid4())
    ) -> None:
        self._layout = layout
        self._new_id = new_id

    def create(
        self,
        rows: Iterable[Candidate],
        *,
        entity_type: str,
        input_hash: str,
        source: Path,
        policy: Mapping[str, Any],
        profiles: Path | None = None,
    ) -> Job:
        """Make a job and keep its rows.

        Args:
            rows: Its prepared rows.
            entity_type: What is done with the sites.
            input_hash: Names the input.
            source: The file it is made of.
            policy: What holds for all rows.
            profiles: The operator's file of outgoing profiles, if any.

        Returns:
            The job.

        Raises:
            OSError: When it cannot be written.
        """
        layout = self._layout.job(self._new_id())
        layout.out_dir.mkdir(parents=True)
        kept = [{"row_number": number, **as_json(row)} for number, row in enumerate(rows, start=1)]
        data = orjson.dumps(kept, option=orjson.OPT_INDENT_2)
        write_atomic(layout.input_rows_json, data, durable=True)
        rejected = sum(1 for row in kept if row["problems"])
        job = Job(
            job_id=layout.out_dir.name,
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            input_path=str(layout.input_rows_json),
            status=JobStatus.CREATED,
            entity_type=entity_type,
            input_hash=input_hash,
            source=str(source.absolute()),
            policy=policy,
            profiles=str(profiles.absolute()) if profiles else "",
            totals=Totals(total=len(kept), rejected=rejected),
        )
        return self.save(job)

    def save(self, job: Job) -> Job:
        """Write a job, whole or not at all.

        Args:
            job: The job.

        Returns:
            The same.

        Raises:
            OSError: When it cannot be written.
        """
        data = orjson.dumps(asdict(job), option=orjson.OPT_INDENT_2)
        write_atomic(self._layout.job(job.job_id).job_json, data, durable=True)
        return job

    def layout_of(self, job: Job) -> JobLayout:
        """Say where a job keeps its files.

        Args:
            job: The job.

        Returns:
            Its layout.
        """
        return self._layout.job(job.job_id)

    def load(self, job_id: str) -> Job:
        """Read a job.

        Args:
            job_id: Its id, or the beginning of it when only one begins so.

        Returns:
            The job.

        Raises:
            JobError: When there is none, or its file is damaged.
        """
        found = [name for name in self._names() if name.startswith(job_id)] if job_id else []
        if job_id in found:
            found = [job_id]
        if len(found) != 1:
            many = f"{len(found)} jobs begin with" if found else "there is no job"
            known = ", ".join(self._names()) or "none"
            raise JobError(f"{many} {job_id}. Jobs: {known}.")
        path = self._layout.job(found[0]).job_json
        try:
            return _parse(orjson.loads(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise JobError(
                f"{path} is damaged ({error}). Restore it, or plan and apply again: what exists "
                "in Webex is found."
            ) from None

    def rows(self, job: Job) -> Iterator[Candidate]:
        """Read the rows of a job.

        Args:
            job: The job.

        Returns:
            Its prepared rows.

        Raises:
            JobError: When they are damaged.
        """
        path = self._layout.job(job.job_id).input_rows_json
        try:
            return iter(list(from_json(orjson.loads(path.read_bytes()))))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise JobError(f"{path} is damaged ({error}). Apply the input file again.") from None

    def all(self) -> list[JobView]:
        """List the jobs, the newest last; a damaged one is left out.

        Returns:
            The jobs as they stand at this moment.
        """
        found = []
        for name in self._names():
            try:
                found.append(self.view(self.load(name)))
            except JobError:
                continue
        return sorted(found, key=lambda view: (view.job.created_at, view.job.job_id))

    def view(self, job: Job) -> JobView:
        """Look whether somebody runs a job.

        Args:
            job: The job.

        Returns:
            The job and its present owner.
        """
        return JobView(job, owner_of(self._layout.job(job.job_id).lock_file))

    def unfinished(self, input_hash: str) -> Job | None:
        """Find the job of an input that was begun and not finished.

        Args:
            input_hash: Names the input.

        Returns:
            The newest such job, None when there is none.
        """
        open_jobs = [
            view.job
            for view in self.all()
            if view.job.input_hash == input_hash and not view.job.status.is_over
        ]
        return open_jobs[-1] if open_jobs else None

    def waiting(self) -> list[Job]:
        """List the jobs that can be resumed.

        Returns:
            Those that are not over and that nobody runs.
        """
        return [one.job for one in self.all() if one.owner is None and not one.job.status.is_over]

    def cancel(self, job_id: str) -> JobView:
        """Ask a running job to stop for good, or mark one that does not run.

        Args:
            job_id: Its id.

        Returns:
            The job as it stands now; one that runs stops within seconds.

        Raises:
            JobError: When there is none, or it is over.
        """
        job = self.load(job_id)
        view = self.view(job)
        if job.status.is_over:
            raise JobError(f"The job {job.job_id} is {job.status}: there is nothing to cancel.")
        if view.owner is not None:
            write_atomic(self._layout.job(job.job_id).cancel_file, _now().encode())
            return view
        ended = replace(job, status=JobStatus.CANCELLED, finished_at=_now())
        return JobView(self.save(ended), None)

    def damaged(self) -> list[Path]:
        """List the files of jobs that cannot be read.

        Returns:
            Their paths.
        """
        return [self._layout.job(name).job_json for name in self._names() if not self._reads(name)]

    def _reads(self, name: str) -> bool:
        try:
            self.load(name)
        except JobError:
            return False
        return True

    def _names(self) -> list[str]:
        folder = self._layout.jobs_dir
        if not folder.is_dir():
            return []
        return sorted(
            one.name
            for one in folder.iterdir()
            if is_job_id(one.name) and (one / "job.json").is_file()
        )


def _parse(data: Any) -> Job:
    if not isinstance(data, dict):
        raise TypeError("it is no JSON object")
    known = {item.name for item in fields(Job)}
    values = {name: value for name, value in data.items() if name in known}
    values["status"] = JobStatus(data["status"])
    values["totals"] = Totals(**data["totals"])
    Policy(**data["policy"])  # says what is wrong with it
    return Job(**values)
