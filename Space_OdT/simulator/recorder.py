"""Remembers the calls that were made, within bounds."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import orjson

from Space_OdT.simulator.protocol import JsonObject

READS_KEPT = 10_000
WRITES_KEPT = 50_000


@dataclass(slots=True, frozen=True)
class Call:
    """One call as it came in and what it was answered.

    Attributes:
        number: Position among all calls since the last clearing, from 1.
        method: HTTP method.
        path: Path below `/v1`.
        query: Query string as sent.
        body: Body as sent; empty for none.
        status: Status of the answer; 0 when the connection was cut instead.
        committed: Whether the request reached its handler.
        fault: Name of the fault that was injected, if any.
    """

    number: int
    method: str
    path: str
    query: str
    body: bytes
    status: int
    committed: bool
    fault: str | None

    def to_json(self) -> JsonObject:
        """Everything, with the body decoded when it is JSON."""
        return {**asdict(self), "body": _decoded(self.body)}


def _decoded(body: bytes) -> object:
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")


class Recorder:
    """Keeps the latest calls and counts all of them; writes are kept longer than reads."""

    def __init__(self) -> None:
        self._reads: deque[Call] = deque(maxlen=READS_KEPT)
        self._writes: deque[Call] = deque(maxlen=WRITES_KEPT)
        self.clear()

    def clear(self) -> None:
        """Forget everything and count from zero."""
        self._reads.clear()
        self._writes.clear()
        self.total = 0
        self.by_method: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()

    def record(
        self,
        method: str,
        path: str,
        query: str,
        body: bytes,
        status: int,
        *,
        committed: bool,
        fault: str | None = None,
    ) -> None:
        """Remember one call."""
        self.total += 1
        self.by_method[method] += 1
        self.by_status[status] += 1
        kept = self._reads if method == "GET" else self._writes
        kept.append(Call(self.total, method, path, query, body, status, committed, fault))

    def calls(self, method: str | None = None, path: str | None = None) -> Iterator[Call]:
        """The kept calls in their order, all or those of a method and a beginning of a path."""
        kept = sorted((*self._reads, *self._writes), key=lambda call: call.number)
        for call in kept:
            if method in (None, call.method) and call.path.startswith(path or ""):
                yield call

    def counts(self) -> JsonObject:
        """Totals since the last clearing."""
        return {
            "total": self.total,
            "by_method": dict(self.by_method),
            "by_status": {str(status): count for status, count in self.by_status.items()},
        }
