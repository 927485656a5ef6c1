"""Lists that render an item only when a page asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, overload

from Space_OdT.simulator.protocol import JsonObject

T = TypeVar("T")


class LazyList(Sequence[JsonObject], Generic[T]):
    """A list of entities that answers with their rendered form.

    Attributes:
        extra: Members of the answer beside the list, such as `notFoundIds` or `count`.
        max_page: Largest page of this answer, where it is smaller than that of the route.
    """

    def __init__(
        self,
        items: Sequence[T],
        render: Callable[[T], JsonObject],
        extra: JsonObject | None = None,
        max_page: int | None = None,
    ) -> None:
        self._items = items
        self._render = render
        self.extra: JsonObject = extra or {}
        self.max_page = max_page

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> JsonObject: ...

    @overload
    def __getitem__(self, index: slice) -> list[JsonObject]: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self._render(item) for item in self._items[index]]
        return self._render(self._items[index])
