"""Where rows wait for something that takes minutes, so that others can use their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Rows that may wait at once without a place among the rows in work: bounds memory, no more.
SEATS = 400


class WaitingRoom:
    """Counts the rows that wait aside, and tells who hands out rows that a place is free.

    Attributes:
        rows: Rows that wait now.
        on_enter: Called when a row has sat down.
    """

    def __init__(self, seats: int = SEATS) -> None:
        """Furnish it.

        Args:
            seats: Rows that may wait here; further ones wait at their place.
        """
        self._seats = seats
        self.rows = 0
        self.on_enter: Callable[[], None] = _nobody_cares

    @contextmanager
    def sit(self) -> Iterator[None]:
        """Sit down for the length of the block."""
        if self.rows >= self._seats:
            yield
            return
        self.rows += 1
        try:
            self.on_enter()
            yield
        finally:
            self.rows -= 1


def _nobody_cares() -> None:
    """Stand in for somebody who hands out rows."""
