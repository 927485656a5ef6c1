"""After a write: the state is read again, as evidence and to see that the change shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from Space_OdT.engine.action_model import Call, StepSpec
from Space_OdT.softphones.context import Trace
from Space_OdT.webex.error_handling import ReasonCode, WebexError


async def shown_after(
    call: Call,
    step: StepSpec,
    trace: Trace,
    holds: Callable[[Any], bool],
    what: str,
    /,
    **where: str,
) -> Any:
    """Read the state after a write into the trace; a read that fails never undoes a success.

    Args:
        call: Sends the step.
        step: The step that reads.
        trace: Takes the state.
        holds: Whether a state shows the change.
        what: What should be there, for the message.
        **where: Values of the names in braces of the step's path.

    Returns:
        The state; None in a plan, or when it could not be read.

    Raises:
        PendingError: `half_applied`, when the change does not show after a few reads.
        WebexError: When the token was rejected.
    """
    if call.is_plan:
        return None
    seen: list[Any] = []

    def judged(body: Any) -> bool:
        seen[:] = [body]
        trace.after = body
        return holds(body)

    trace.after = None
    try:
        await call.read_back(step, judged, what, **where)
    except WebexError as error:
        if error.reason_code is ReasonCode.AUTH_INVALID:
            raise
        trace.not_read(error)
        return None
    return seen[0] if seen else None
