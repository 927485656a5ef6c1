"""Send the steps of one row: to the network when applying, into the plan when planning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import PendingError, StepSpec
from Space_OdT.engine.invariants import invariant
from Space_OdT.engine.models import Row
from Space_OdT.webex.answers import Response
from Space_OdT.webex.connection_client import WebexClient
from Space_OdT.webex.error_handling import ReasonCode, WebexError

# A change may show late: reads between which it waits, and the seconds before each repeat.
READ_BACK_WAITS = (0.5, 1.0, 2.0)
_NOT_THERE = 404

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """A write that a plan holds back: exactly what apply sends.

    Attributes:
        row: The row it is for.
        step: Name of the step.
        method: Upper-case HTTP method.
        url: The whole address.
        body: The JSON body; None when it has none.
    """

    row: Row
    step: str
    method: str
    url: str
    body: Any


async def send_step(
    client: WebexClient,
    step: StepSpec,
    /,
    *parts: Any,
    lookup: Callable[[], Awaitable[Any]] | None = None,
    **where: str,
) -> Response:
    """Send a step as it is declared; a row sends its own through `StepCaller`.

    Args:
        client: The one way to Webex.
        step: What to send.
        *parts: What its builder makes the body from.
        lookup: Tells whether a write of open outcome landed; see `action_model.Call`.
        **where: Values of the names in braces of its path and query.

    Returns:
        The checked answer.

    Raises:
        WebexError: When it did not succeed.
    """
    return await client.request(
        step.method,
        step.path_of(where),
        query=step.query_of(where) or None,
        body=step.build(*parts) if step.build is not None else None,
        expect=step.success,
        required=step.required,
        lookup=lookup,
        passing=step.passing,
        idempotent=step.may_repeat,
    )


class StepCaller:
    """What an action gets as `call`; one per row. See `action_model.Call`.

    Args:
        client: The one way to Webex.
        row: The row that is run.
        steps: The action's declared steps.
        plan: Takes the writes of a plan; None sends them.
        sleep: Awaitable sleep between reads that check a change.

    Attributes:
        done: Names of the writes that were carried out, in order.
        current: Name of the last step begun, "" before the first.
        status: Status of the last answer, None when there was none.
        write_status: Status of the last write's answer, None before the first.
        tracking_id: Tracking id of the last answer, "" when it had none.
    """

    __slots__ = (
        "_client",
        "_plan",
        "_row",
        "_sleep",
        "_steps",
        "current",
        "done",
        "status",
        "tracking_id",
        "write_status",
    )

    def __init__(
        self,
        client: WebexClient,
        row: Row,
        steps: Sequence[StepSpec],
        *,
        plan: Callable[[PlannedRequest], None] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = client
        self._row = row
        self._steps = steps
        self._plan = plan
        self._sleep = sleep
        self.done: list[str] = []
        self.current = ""
        self.status: int | None = None
        self.write_status: int | None = None
        self.tracking_id = ""

    @property
    def is_plan(self) -> bool:
        """True when writes are recorded instead of sent."""
        return self._plan is not None

    def prepare(self, step: StepSpec, /) -> None:
        """Say which step comes next; see `action_model.Call`."""
        self.current = step.name

    async def __call__(
        self,
        step: StepSpec,
        /,
        *parts: Any,
        lookup: Callable[[], Awaitable[Any]] | None = None,
        **where: str,
    ) -> Response:
        """Send a step, or record it; see `action_model.Call`."""
        invariant(step in self._steps, "an action sends only steps it declares", step=step.name)
        self.current = step.name
        if step.is_write and self._plan is not None:
            body = step.build(*parts) if step.build is not None else None
            url = str(self._client.addresses.target(step.path_of(where), step.query_of(where)))
            self._plan(PlannedRequest(self._row, step.name, step.method, url, body))
            assumed = step.assume(body) if step.assume is not None else None
            answer = Response(step.success[0], {}, assumed, b"")
        else:
            self.status, self.tracking_id = None, ""
            try:
                answer = await send_step(self._client, step, *parts, lookup=lookup, **where)
            finally:
                self.current = step.name  # a lookup on the way was a step of its own
        self._take(step, answer)
        return answer

    def joined(self, step: StepSpec, answer: Response, /) -> None:
        """Count a step that was sent for several rows at once; see `action_model.Call`."""
        invariant(step in self._steps, "an action sends only steps it declares", step=step.name)
        self.current = step.name
        self._take(step, answer)

    def _take(self, step: StepSpec, answer: Response) -> None:
        self.status, self.tracking_id = answer.status, answer.tracking_id or ""
        if step.is_write:
            self.done.append(step.name)
            self.write_status = answer.status

    async def read_back(
        self, step: StepSpec, holds: Callable[[Any], bool], what: str, /, **where: str
    ) -> None:
        """Check a change by reading it again; see `action_model.Call`."""
        if self.is_plan:
            return
        for wait in (*READ_BACK_WAITS, None):
            if await self._shows(step, holds, where):
                return
            if wait is not None:
                await self._sleep(wait)
        raise PendingError(
            ReasonCode.HALF_APPLIED,
            f"Webex accepted the change, but {what} does not show",
            fix="run the same file again; the row is compared and completed",
            status=self.status,
        )

    async def _shows(
        self, step: StepSpec, holds: Callable[[Any], bool], where: Mapping[str, str]
    ) -> bool:
        try:
            answer = await self(step, lookup=None, **where)
        except WebexError as error:
            if error.status != _NOT_THERE:
                raise
            return False
        return holds(answer.body)
