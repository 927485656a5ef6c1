"""Watch the jobs that Webex runs by itself: is one running, how did it end, what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.engine.action_model import PendingError, StepSpec
from Space_OdT.engine.step_calls import Sleep, send_step
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ErrorClass, ReasonCode, WebexError
from Space_OdT.webex.ids import id_key

# Looked at after these seconds, then at the last interval until patience ends.
JOB_WAITS = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
PATIENCE_SECONDS = 1800.0
# Looks in a row that may fail in passing; each of them was repeated by the client already.
_FAILED_LOOKS = 3
_ENDED = frozenset({"COMPLETED", "FAILED", "ABANDONED"})
_COMPLETED = "COMPLETED"


@dataclass(frozen=True, slots=True)
class JobSteps:
    """How the jobs of one kind are asked about.

    Attributes:
        listing: Lists the jobs.
        status: Reads one.
        errors: Lists what went wrong in one.
    """

    listing: StepSpec
    status: StepSpec
    errors: StepSpec


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job ended.

    Attributes:
        status: COMPLETED, FAILED or ABANDONED.
        exit_code: COMPLETED, COMPLETED_WITH_ERRORS and so on; "" when the answer has none.
        counts: Its counters, as Webex names them.
    """

    status: str
    exit_code: str
    counts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """True when the job has worked off all it was given, with or without errors."""
        return self.status == _COMPLETED

    @property
    def is_clean(self) -> bool:
        """True when nothing went wrong."""
        return self.status == self.exit_code == _COMPLETED

    def __str__(self) -> str:
        return self.exit_code if self.is_complete and self.exit_code else self.status


class JobWatch:
    """Watches jobs of one kind, of which only one runs at a time.

    Args:
        client: The one way to Webex.
        steps: How they are asked about.
        sleep: Awaitable sleep between looks.
        patience_seconds: How long one job is waited for.
    """

    def __init__(
        self,
        client: WebexClient,
        steps: JobSteps,
        *,
        sleep: Sleep = asyncio.sleep,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._client = client
        self._steps = steps
        self._sleep = sleep
        self._patience = patience_seconds

    async def running(self) -> str:
        """Find the job that is running.

        Returns:
            Its id, "" when none is.

        Raises:
            WebexError: When the list cannot be read.
        """
        answer = await send_step(self._client, self._steps.listing)
        open_jobs = (job for job in answer.body["items"] if not _has_ended(job))
        return next((str(job["id"]) for job in open_jobs if job.get("id")), "")

    async def ended(self, job_id: str) -> JobEnd:
        """Wait until a job has ended.

        Args:
            job_id: Id of the job.

        Returns:
            How it ended.

        Raises:
            PendingError: `retry_exhausted`, when patience ends before the job.
            WebexError: When its state cannot be read.
        """
        failed = 0
        for wait in growing_waits(self._patience):
            try:
                answer = await send_step(self._client, self._steps.status, job_id=job_id)
            except WebexError as error:
                failed += 1
                if failed > _FAILED_LOOKS or not _may_pass(error):
                    raise
            else:
                failed = 0
                if _has_ended(answer.body):
                    return _end(answer.body)
            await self._sleep(wait)
        raise PendingError(
            ReasonCode.RETRY_EXHAUSTED,
            f"the job {job_id} has not ended in {self._patience / 60:.0f} minutes",
            fix="run these rows again when it has; what it has done by then is recognised",
            is_final=True,
        )

    async def errors(self, job_id: str) -> dict[str, str]:
        """Read what went wrong in a job.

        Args:
            job_id: Id of the job.

        Returns:
            Comparable id of an item -> causes, in words; "" stands for items without an id.

        Raises:
            WebexError: When the errors cannot be read.
        """
        answer = await send_step(self._client, self._steps.errors, job_id=job_id)
        found: dict[str, list[str]] = {}
        for problem in answer.body["items"]:
            key = id_key(str(problem.get("item") or ""))
            found.setdefault(key, []).extend(_causes(problem))
        return {key: "; ".join(causes) or "no cause given" for key, causes in found.items()}


def growing_waits(patience_seconds: float) -> Iterator[float]:
    """Give the waits between looks at a job: short at first, bounded together.

    Args:
        patience_seconds: What they come to at most.

    Yields:
        Seconds.
    """
    waited, index = 0.0, 0
    while waited < patience_seconds:
        wait = JOB_WAITS[min(index, len(JOB_WAITS) - 1)]
        yield wait
        waited += wait
        index += 1


def _has_ended(job: Mapping[str, Any]) -> bool:
    return str(job.get("latestExecutionStatus")) in _ENDED


def _end(job: Mapping[str, Any]) -> JobEnd:
    counts = job.get("counts")
    return JobEnd(
        str(job["latestExecutionStatus"]),
        str(job.get("latestExecutionExitCode") or ""),
        counts if isinstance(counts, dict) else {},
    )


def _causes(problem: Mapping[str, Any]) -> list[str]:
    messages = (problem.get("error") or {}).get("message") or []
    return [str(one.get("description") or one.get("code") or "no cause given") for one in messages]


def _may_pass(error: WebexError) -> bool:
    return error.error_class is ErrorClass.RETRYABLE_EXTERNAL
