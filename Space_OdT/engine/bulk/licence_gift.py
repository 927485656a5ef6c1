"""Give a person a calling licence together with the line: one call, counted and checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Call, PendingError
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.bulk.people import note_line
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Licence, Person


async def give_licence(
    licence: Licence,
    licences: CallingLicences,
    call: Call,
    directory: Directory,
    *,
    before: Person,
    after: Person,
) -> None:
    """Give a calling licence, with the line that the person is to have.

    Args:
        licence: The licence; one with a unit left.
        licences: Counts the units this run gives out.
        call: Sends `USER_ENABLE_CALLING`, and `USER_LOOKUP` when its outcome is open.
        directory: Remembers the person's new line.
        before: The person as known.
        after: The person with the location, extension and number to have.

    Raises:
        PendingError: `half_applied`, when Webex accepted the call but gave nothing.
        WebexError: When the call failed; the unit is free again.
    """
    licences.take(licence)
    try:
        answer = await call(
            steps.USER_ENABLE_CALLING,
            after,
            licence.id,
            lookup=lambda: _landed(before.id, licence.id, call),
        )
        _check_given(answer.body, licence, answer.status)
    except (WebexError, PendingError):
        licences.take(licence, -1)
        raise
    held = tuple(str(one) for one in answer.body["licenses"])
    note_line(directory, before, replace(after, licences=held))


async def _landed(person_id: str, licence_id: str, call: Call) -> dict[str, Any] | None:
    """Tell whether a licence call of open outcome was carried out."""
    answer = await call(steps.USER_LOOKUP, person_id=person_id)
    licences = answer.body.get("licenses") or []
    if not any(same_id(one, licence_id) for one in licences):
        return None
    return {"personId": person_id, "licenses": licences}


def _check_given(answer: Any, licence: Licence, status: int) -> None:
    """Compare what was given with what was asked: 206 means only a part was done."""
    if not any(same_id(str(one), licence.id) for one in answer["licenses"]):
        raise PendingError(
            ReasonCode.HALF_APPLIED,
            f"Webex accepted the call but did not give {licence.name}",
            fix="check that units are left and the person may have the licence, then run these "
            "rows again",
            status=status,
        )
