"""An event loop whose clock jumps to the next timer, so that tests of waiting never wait."""

from __future__ import annotations

import asyncio
import selectors
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    """Polls its files and passes the time that it was asked to wait, or a little more."""

    def __init__(self, late: Callable[[], float]) -> None:
        super().__init__()
        self.now = 1000.0
        self.late = late

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("everything waits and no timer is set")
            if timeout > 0.0:
                self.now += timeout + self.late()
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A selector loop on virtual time; `late` gives the seconds by which timers fire late."""

    def __init__(self, late: Callable[[], float] = lambda: 0.0) -> None:
        self._jumping = _JumpingSelector(late)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run_virtual(main: Coroutine[Any, Any, T], late: Callable[[], float] = lambda: 0.0) -> T:
    """Run a coroutine to its end on a fresh virtual loop."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(late)) as runner:
        return runner.run(main)


@contextmanager
def untraced() -> Iterator[None]:
    """Measure no coverage in the block: it more than triples the work of a long run.

    For runs of thousands of calls over code whose every line other tests go through.
    """
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
