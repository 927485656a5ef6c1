"""Ctrl-C and SIGTERM: the first asks a run to stop in good order, the second stops it at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Counts signals and tells the run; belongs to one event loop.

    Attributes:
        gracefully: Called at the first signal; None cancels the run at once, as long as nothing
            is in flight that deserves to be finished.
    """

    def __init__(self, task: asyncio.Task[object]) -> None:
        self._task = task
        self._count = 0
        self.gracefully: Callable[[], None] | None = None

    def signalled(self) -> None:
        """Take a signal."""
        self._count += 1
        if self._count == 1 and self.gracefully is not None:
            self.gracefully()
        else:
            self._task.cancel()


@contextmanager
def listening(interrupts: Interrupts) -> Iterator[None]:
    """Let signals go to a run while the block lasts.

    Args:
        interrupts: Takes them.

    Yields:
        Nothing.
    """
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def handle(_number: int, _frame: FrameType | None) -> None:
        # signal.signal, unlike the loop's own handlers, exists on every system
        loop.call_soon_threadsafe(interrupts.signalled)

    for number in _SIGNALS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
