"""Rate limits a server may apply, as pure objects that are told the time."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Literal, Protocol

RetryAfter = Literal["exact"] | float

DEFAULT_LOCKOUT_SECONDS = 4.0


class LimiterKind(StrEnum):
    """The four shapes of a rate limit.

    BUCKET refills steadily and forgives: a refused call costs nothing. WINDOW counts from zero
    again at every full period. PENALTY is a bucket in which refused calls are paid for too.
    LOCKOUT is a bucket whose first refusal shuts everybody out for a while.
    """

    BUCKET = "bucket"
    WINDOW = "window"
    PENALTY = "penalty"
    LOCKOUT = "lockout"


class Limiter(Protocol):
    """Decides whether a call may pass at a given moment."""

    def admit(self, now: float) -> float | None:
        """Let one call pass or refuse it.

        Args:
            now: Seconds on a clock that never goes back.

        Returns:
            None when the call may pass, else the seconds of its Retry-After.
        """
        ...


def _whole_seconds(seconds: float) -> float:
    # The API sends whole seconds and never zero; 1e-9 absorbs the rounding of the refill.
    return float(max(1, math.ceil(seconds - 1e-9)))


class TokenBucket:
    """A store of tokens that refills at a steady rate; shared part of three limiters.

    Args:
        rate: Tokens a second.
        burst: Capacity, and the content at the start.
        floor: The deepest debt that `drain` may leave.
    """

    def __init__(self, rate: float, burst: float, floor: float = 0.0) -> None:
        self.rate = rate
        self._burst = burst
        self._floor = floor
        self._tokens = burst
        self._filled_at: float | None = None

    def refill(self, now: float) -> float:
        """Add what has grown since the last look, and return the content."""
        if self._filled_at is not None and now > self._filled_at:
            grown = (now - self._filled_at) * self.rate
            self._tokens = min(self._burst, self._tokens + grown)
        if self._filled_at is None or now > self._filled_at:
            self._filled_at = now
        return self._tokens

    def take(self, now: float) -> bool:
        """Take one token when there is one."""
        if self.refill(now) < 1.0 - 1e-9:
            return False
        self._tokens -= 1.0
        return True

    def drain(self) -> None:
        """Take one token even into debt, down to the floor."""
        self._tokens = max(self._floor, self._tokens - 1.0)

    def seconds_to_next(self) -> float:
        """Seconds until one whole token is there."""
        return max(0.0, (1.0 - self._tokens) / self.rate)


class BucketLimiter:
    """A token bucket: `rate` calls a second on average, `burst` at once."""

    def __init__(self, rate: float, burst: float, retry_after: RetryAfter = "exact") -> None:
        self._bucket = TokenBucket(rate, burst)
        self._retry_after = retry_after

    def admit(self, now: float) -> float | None:
        """Let one call pass or tell its Retry-After in seconds."""
        if self._bucket.take(now):
            return None
        if self._retry_after == "exact":
            return _whole_seconds(self._bucket.seconds_to_next())
        return self._retry_after


class WindowLimiter:
    """A fixed window: `burst` calls in every `burst / rate` seconds from the first call on."""

    def __init__(self, rate: float, burst: float, retry_after: RetryAfter = "exact") -> None:
        self._length = burst / rate
        self._allowed = int(burst)
        self._retry_after = retry_after
        self._started_at: float | None = None
        self._used = 0

    def admit(self, now: float) -> float | None:
        """Let one call pass or tell its Retry-After in seconds."""
        if self._started_at is None:
            self._started_at = now
        elapsed_windows = math.floor((now - self._started_at) / self._length)
        if elapsed_windows > 0:
            self._started_at += elapsed_windows * self._length
            self._used = 0
        if self._used < self._allowed:
            self._used += 1
            return None
        if self._retry_after == "exact":
            return _whole_seconds(self._started_at + self._length - now)
        return self._retry_after


class PenaltyLimiter:
    """A bucket that counts refused calls too, so that hammering keeps it shut.

    The Retry-After speaks of the next token only and not of the debt, as a server that counts
    every request does: obeying it one by one is not enough, the whole rate has to fall. The debt
    is bounded by one burst, so silence of `2 * burst / rate` seconds always heals it.
    """

    def __init__(self, rate: float, burst: float, retry_after: RetryAfter = "exact") -> None:
        self._bucket = TokenBucket(rate, burst, floor=-burst)
        self._retry_after = retry_after

    def admit(self, now: float) -> float | None:
        """Let one call pass or tell its Retry-After in seconds."""
        if self._bucket.take(now):
            return None
        self._bucket.drain()
        if self._retry_after == "exact":
            return _whole_seconds(1.0 / self._bucket.rate)
        return self._retry_after


class LockoutLimiter:
    """A bucket whose refusal shuts everybody out for a fixed time.

    Args:
        rate: Calls a second.
        burst: Calls at once.
        retry_after: Seconds of the lock-out; `exact` means four. The header tells what is left
            of it.
    """

    def __init__(self, rate: float, burst: float, retry_after: RetryAfter = "exact") -> None:
        self._bucket = TokenBucket(rate, burst)
        self._seconds = DEFAULT_LOCKOUT_SECONDS if retry_after == "exact" else retry_after
        self._closed_until: float | None = None

    def admit(self, now: float) -> float | None:
        """Let one call pass or tell its Retry-After in seconds."""
        if self._closed_until is not None and now < self._closed_until:
            return _whole_seconds(self._closed_until - now)
        self._closed_until = None
        if self._bucket.take(now):
            return None
        self._closed_until = now + self._seconds
        return _whole_seconds(self._seconds)


_KINDS: dict[LimiterKind, type[BucketLimiter | WindowLimiter | PenaltyLimiter | LockoutLimiter]] = {
    LimiterKind.BUCKET: BucketLimiter,
    LimiterKind.WINDOW: WindowLimiter,
    LimiterKind.PENALTY: PenaltyLimiter,
    LimiterKind.LOCKOUT: LockoutLimiter,
}


def _is_wait(value: object) -> bool:
    return isinstance(value, (int, float)) and 0 < value < math.inf


def make_limiter(
    kind: LimiterKind | str,
    rate: float,
    burst: float | None = None,
    retry_after: RetryAfter = "exact",
) -> Limiter:
    """Build a limiter.

    Args:
        kind: One of `LimiterKind`.
        rate: Calls a second.
        burst: Calls at once (window: calls per period); one second's worth when None.
        retry_after: `exact`, or the seconds every refusal names (lock-out: its length).

    Returns:
        A fresh limiter, full.

    Raises:
        ValueError: An unknown kind, or a number that is not positive.
    """
    capacity = max(1.0, rate) if burst is None else burst
    if not (0 < rate < math.inf and 1 <= capacity < math.inf):
        raise ValueError("rate must be positive and burst at least 1, both finite")
    if retry_after != "exact" and not _is_wait(retry_after):
        raise ValueError("retry_after must be 'exact' or positive seconds")
    return _KINDS[LimiterKind(kind)](rate, capacity, retry_after)
