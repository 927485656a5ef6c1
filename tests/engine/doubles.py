"""Stand-ins for what the engine is given from outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, Result, StepSpec
from Space_OdT.engine.breaker import BatchProgress
from Space_OdT.engine.models import Batch, EntityType, Outcome, Row
from Space_OdT.webex.answers import Response
from Space_OdT.webex.error_handling import Failure, WebexError, classify
from Space_OdT.webex.retry import RetryPolicy
from Space_OdT.webex.urls import Addresses

READ = StepSpec("read", "GET", "/things/{thing}", query={"max": "{size}", "all": "true"})
WRITE = StepSpec(
    "write",
    "POST",
    "/things",
    success=(200, 201),
    required=("id",),
    build=lambda name: {"name": name},
    assume=lambda body: {"id": f"NEW({body['name']})"},
)
CHECK = StepSpec("check", "POST", "/things/check", is_harmless=True)
STEPS = (READ, WRITE, CHECK)


def row(number: int, key: str = "", entity: EntityType = EntityType.USER, **cells: str) -> Row:
    return Row(number, number + 1, str(number), entity, key or f"k{number}", cells)


def batch(number: int, rows: tuple[Row, ...], phase: int = 2) -> Batch:
    return Batch(f"{phase}-{number:05d}", phase, number, tuple(one.number for one in rows), rows)


def refusal(status: int, *, unknown: bool = False) -> WebexError:
    return WebexError(
        classify(status),
        message="no",
        method="POST",
        path="/things",
        status=status,
        tracking_id="T1",
        unknown_outcome=unknown,
    )


def broken() -> WebexError:
    return WebexError(
        classify(failure=Failure.TIMEOUT), message="late", method="POST", path="/things"
    )


class FakeClient:
    """Answers with what it is told, or raises it; remembers what was asked."""

    def __init__(self, *answers: Any) -> None:
        self.addresses = Addresses("http://127.0.0.1:1/v1")
        self.retry = RetryPolicy()
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    async def request(self, method: str, path: str, **options: Any) -> Response:
        self.asked.append({"method": method, "path": path, **options})
        answer = self.answers.pop(0) if self.answers else {"id": "1"}
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Response) else Response(200, {}, answer, b"", "T9")


def action_of(run: Callable[[Row, Call, Any], Awaitable[Result]], **options: Any) -> Action[Row]:
    return Action(name="thing", steps=STEPS, params=lambda one: one, run=run, **options)


async def nothing_to_do(_row: Row, _call: Call, _directory: Any) -> Result:
    return Result(Effect.UNCHANGED, "r1")


class Notes:
    """An observer and a sink that only take notes."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.outcomes: list[Outcome] = []

    def record(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def phase_started(self, phase: int, rows: int) -> None:
        self.events.append(("phase", phase, rows))

    def phase_finished(self, phase: int) -> None:
        self.events.append(("phase over", phase))

    def batch_started(self, batch: Batch) -> None:
        self.events.append(("batch", batch.number))

    def batch_finished(self, progress: BatchProgress) -> None:
        self.events.append(("batch over", progress.batch.number, dict(progress.shown_counts())))

    def row_settled(self, outcome: Outcome) -> None:
        self.events.append(("row", outcome.row.number))

    def stopping(self, reason: Any, message: str) -> None:
        self.events.append(("stop", reason, message))
