"""When to try again: Retry-After, backoff with jitter, and the bounded repeat (tenacity)."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import AsyncRetrying, RetryCallState, stop_after_attempt

Sleep = Callable[[float], Awaitable[None]]
Random = Callable[[], float]

MAX_RETRY_AFTER_SECONDS = 300.0
_PROBE_RETRIES, _PROBE_PATIENCE_SECONDS, _PROBE_BUDGET_SECONDS = 2, 3.0, 60.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of one call's repeats.

    Attributes:
        max_retries: Repeats after passing failures; 0 means one attempt.
        base_seconds: Wait before the first repeat; doubles each time.
        cap_seconds: Longest wait between two attempts.
        throttle_budget_seconds: What one call may wait out in 429 and 423 answers; a server error
            that asks for a longer wait is final.
        max_refusals: Refusals one call may collect, whatever they ask to wait.
        patience_seconds: What attempts without an answer may cost together; a call that lost more
            is not sent again.
        final_statuses: Statuses after which the same call is not worth repeating, because the
            caller has a better one to try.
    """

    max_retries: int = 5
    base_seconds: float = 0.5
    cap_seconds: float = 30.0
    throttle_budget_seconds: float = 600.0
    max_refusals: int = 200
    patience_seconds: float = math.inf
    final_statuses: Collection[int] = ()

    def for_probe(self) -> RetryPolicy:
        """Tighten the bounds for a first call, whose failure the operator sits waiting for.

        Returns:
            A policy that survives a passing failure, but not a line that is dead.
        """
        return replace(
            self,
            max_retries=min(self.max_retries, _PROBE_RETRIES),
            patience_seconds=min(self.patience_seconds, _PROBE_PATIENCE_SECONDS),
            throttle_budget_seconds=min(self.throttle_budget_seconds, _PROBE_BUDGET_SECONDS),
        )

    def backoff(self, repeat: int, random: Random) -> float:
        """Compute the wait before a repeat.

        Args:
            repeat: 1 for the first repeat.
            random: Source of uniform numbers in [0, 1).

        Returns:
            Seconds: exponential, capped, with up to half of it taken off at random so that
            workers that failed together do not come back together.
        """
        ceiling = min(self.cap_seconds, self.base_seconds * 2.0 ** min(repeat - 1, 30))
        return ceiling * (1.0 - 0.5 * random())


class FailedAttemptError(Exception):
    """One attempt did not succeed.

    Attributes:
        may_repeat: Whether another attempt may follow.
        retry_after: How long the server wants to be left alone, in seconds.
    """

    may_repeat: bool = False
    retry_after: float | None = None


def repeating(
    policy: RetryPolicy,
    *,
    sleep: Sleep,
    random: Random,
    before_sleep: Callable[[RetryCallState], None],
) -> AsyncRetrying:
    """Build the bounded repeat of one call.

    Args:
        policy: Bounds and waits.
        sleep: Awaitable sleep, injected so that tests never wait.
        random: Source of jitter.
        before_sleep: Told about each repeat before its wait.

    Returns:
        A tenacity controller: repeats on `FailedAttemptError` that may be repeated, and reraises
        the last one when the bound is reached.
    """

    def wait(state: RetryCallState) -> float:
        asked = _failure(state).retry_after or 0.0
        return max(policy.backoff(state.attempt_number, random), asked)

    return AsyncRetrying(
        stop=stop_after_attempt(policy.max_retries + 1),
        wait=wait,
        retry=lambda state: _failure(state).may_repeat,
        sleep=sleep,
        before_sleep=before_sleep,
        reraise=True,
    )


def _failure(state: RetryCallState) -> FailedAttemptError:
    """Give the failure of an attempt; one that is not ours must not be repeated."""
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, FailedAttemptError) else FailedAttemptError()


def parse_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header.

    Args:
        value: Header value: seconds, fractional seconds, or an HTTP date (RFC 9110, 10.2.3).
        now: The present, for dates; the clock's when None.

    Returns:
        Seconds from 0 to `MAX_RETRY_AFTER_SECONDS`; None when absent or junk.
    """
    if value is None:
        return None
    seconds = _as_number(value.strip())
    if seconds is None:
        seconds = _as_date(value.strip(), now or datetime.now(UTC))
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)


def _as_number(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if seconds >= 0 and math.isfinite(seconds) else math.nan


def _as_date(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()
