"""Records by key, lean enough for a million of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, Protocol, TypeVar


class Record(Protocol):
    """An entity that knows the keys it is found under."""

    def keys(self) -> Iterator[Hashable]:
        """Give every key the entity is found under."""
        ...


R = TypeVar("R", bound=Record)


class Table(Generic[R]):
    """Records by key; several under one key are kept as a tuple, one alone bare, to stay lean.

    Attributes:
        is_complete: Whether every entity of the organisation is in it.
    """

    __slots__ = ("_absent", "_by_key", "is_complete")

    def __init__(self) -> None:
        self._by_key: dict[Hashable, R | tuple[R, ...]] = {}
        self._absent: set[Hashable] = set()
        self.is_complete = False

    def __len__(self) -> int:
        return len(self._by_key)

    def find(self, key: Hashable) -> tuple[R, ...]:
        """Give the records under a key.

        Args:
            key: Comparable key.

        Returns:
            All of them; empty when there is none.
        """
        found = self._by_key.get(key, ())
        return found if isinstance(found, tuple) else (found,)

    def knows(self, key: Hashable) -> bool:
        """Tell whether a key needs no call: it is there, or known not to be.

        Args:
            key: Comparable key.

        Returns:
            True when `find` gives the truth as far as this run knows it.
        """
        return self.is_complete or key in self._by_key or key in self._absent

    def add(self, record: R) -> None:
        """Put a record under all its keys.

        Args:
            record: The record; an equal one is not put twice.
        """
        for key in record.keys():  # noqa: SIM118 - not a mapping
            others = self.find(key)
            if record not in others:
                self._by_key[key] = (*others, record) if others else record
            self._absent.discard(key)

    def remove(self, record: R) -> None:
        """Take a record away from all its keys.

        Args:
            record: The record; one that is not there does no harm.
        """
        for key in record.keys():  # noqa: SIM118 - not a mapping
            rest = tuple(other for other in self.find(key) if other != record)
            if len(rest) == 1:
                self._by_key[key] = rest[0]
            elif rest:
                self._by_key[key] = rest
            else:
                self._by_key.pop(key, None)

    def replace(self, key: Hashable, records: list[R]) -> None:
        """Make what was just read the truth about one key.

        Args:
            key: Comparable key.
            records: What the API gave for it.
        """
        for old in self.find(key):
            self.remove(old)
        for record in records:
            self.add(record)
        if not self.find(key):
            self._absent.add(key)

    def records(self) -> Iterator[R]:
        """Give every record once, in the order read."""
        seen: set[int] = set()
        for key in self._by_key:
            for record in self.find(key):
                if id(record) not in seen:
                    seen.add(id(record))
                    yield record
