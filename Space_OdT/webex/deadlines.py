"""A total timeout for every request in flight, by one timer instead of one each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Deadline:
    """The deadline of one request.

    Attributes:
        task: Task that waits for the answer.
        at: Loop time when it is cancelled.
        cancelling: Cancellations the task had pending when it began, which are not ours.
        has_passed: Whether the task was cancelled for being late.
    """

    task: asyncio.Task[object]
    at: float
    cancelling: int
    has_passed: bool = False


class Deadlines:
    """Cancels tasks whose request takes longer than allowed.

    All requests have the same allowance, so the oldest one is always due first: a single timer,
    set for it, is enough. A timer and a guard per request, as the HTTP library sets them, cost
    about a tenth of a small call's processor time (measured).

    Args:
        seconds: What one request may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: dict[Deadline, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._time: Callable[[], float] = float

    def open(self) -> None:
        """Bind to the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._time = self._loop.time

    def close(self) -> None:
        """Stop the timer; requests still running are left alone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._running.clear()

    def begin(self) -> Deadline:
        """Start the clock for the current task's request.

        Returns:
            The deadline, to be handed to `end`.

        Raises:
            RuntimeError: When not called from a task.
        """
        task = asyncio.current_task(self._loop)
        if task is None:
            raise RuntimeError("requests are made from tasks")
        deadline = Deadline(task, self._time() + self._seconds, task.cancelling())
        self._running[deadline] = None
        if self._timer is None:
            self._arm(deadline.at)
        return deadline

    def end(self, deadline: Deadline) -> bool:
        """Stop the clock.

        Args:
            deadline: What `begin` gave.

        Returns:
            True when the task was cancelled because the time was up, and for no other reason:
            then the cancellation is ours to turn into a timeout.
        """
        self._running.pop(deadline, None)
        if not deadline.has_passed:
            return False
        deadline.has_passed = False  # the cancellation is taken back once
        return deadline.task.uncancel() <= deadline.cancelling

    def _arm(self, at: float) -> None:
        if self._loop is not None:
            self._timer = self._loop.call_at(at, self._check)

    def _check(self) -> None:
        """Cancel what is late, and set the timer for the oldest of the rest."""
        self._timer = None
        now = self._time()
        for deadline in list(self._running):
            if deadline.at > now:
                self._arm(deadline.at)
                return
            del self._running[deadline]
            deadline.has_passed = True
            deadline.task.cancel()
