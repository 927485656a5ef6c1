"""Take back a location that a failed row created: only when Webex's own check says it is safe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Call, Compensation
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.records import Location

_UNBLOCKED = "UNBLOCKED"
_DONE = "COMPLETED"
_ENDED = frozenset({_DONE, "FAILED", "ABANDONED"})
_CONFLICT = 409
_WAITS = (0.5, 1.0, 2.0, 3.0, 5.0)
_LOOKS = 30
# Deleting may be refused for a moment after calling was disabled.
_DELETE_WAITS = (1.0, 3.0, 6.0, 10.0)


async def remove_location(
    location: Location, call: Call, sleep: Callable[[float], Awaitable[None]]
) -> Compensation:
    """Remove a location that was made a moment ago.

    Args:
        location: The location.
        call: Sends the steps.
        sleep: Awaitable sleep between looks.

    Returns:
        What came of it.

    Raises:
        WebexError: When a call failed otherwise than by a refusal to delete.
    """
    if steps.CALLING_ENABLE.name in call.done:
        obstacle = await _disable_calling(location, call, sleep)
        if obstacle:
            return Compensation(is_complete=False, message=f"not taken back: {obstacle}")
    for wait in (*_DELETE_WAITS, None):
        try:
            await call(steps.LOCATION_DELETE, location_id=location.id)
        except WebexError as error:
            if error.status != _CONFLICT:
                raise
            if wait is not None:
                await sleep(wait)
        else:
            return Compensation(is_complete=True, message=f"{location.name} was taken back")
    return Compensation(
        is_complete=False, message="not taken back: Webex still refuses to delete the location"
    )


async def _disable_calling(
    location: Location, call: Call, sleep: Callable[[float], Awaitable[None]]
) -> str:
    """Take calling from the location; say what prevents it, "" when it is done."""
    check = await call(steps.DELETE_PRECHECK, location_id=location.id)
    status = str(check.body["locationDeleteStatus"])
    if status != _UNBLOCKED:
        return f"the check before deleting says {status}"
    started = await call(steps.CALLING_DISABLE, location.id)
    for look in range(_LOOKS):
        answer = await call(steps.CALLING_DISABLE_STATUS, job_id=str(started.body["id"]))
        state = answer.body["latestExecutionStatus"]
        if state in _ENDED:
            is_done = answer.body.get("latestExecutionExitCode") == _DONE
            return "" if is_done else f"disabling calling ended as {state}"
        await sleep(_WAITS[min(look, len(_WAITS) - 1)])
    return "disabling calling has not ended in time"
