"""Give licences to people and take them away: what differs, in one call, compared afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, PendingError, Result
from Space_OdT.engine.actions_registry import USER_LOOKUP
from Space_OdT.engine.bulk.people import note_line, with_line
from Space_OdT.engine.models import Row
from Space_OdT.v21.transformacion.parts.licence_refusals import explained
from Space_OdT.v21.transformacion.parts.licence_units import LicenceUnits, calling_licence_of
from Space_OdT.v21.transformacion.parts.licence_wishes import (
    LICENCES_CHANGE,
    STEPS,
    LicenceChange,
    LicenceWish,
    what_differs,
)
from Space_OdT.v21.transformacion.parts.line_checks import (
    check_line,
    location_of_line,
    names_location,
)
from Space_OdT.v21.transformacion.parts.lookups import find_calling_location, find_person
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Licence, Person

NOT_ASSIGNED = "remove_license_ids_not_assigned"


def licence_action(
    action_id: str, params: Callable[[Row], LicenceWish], units: LicenceUnits
) -> Action[LicenceWish]:
    """Make an action that changes licences.

    Args:
        action_id: Its id.
        params: Reads what a row wants.
        units: Units of the run.

    Returns:
        What runs for each row.
    """

    async def run(wish: LicenceWish, call: Call, directory: Directory) -> Result:
        return await change_licences(wish, units, call, directory)

    return Action(
        name=action_id,
        steps=STEPS,
        params=params,
        run=run,
        serial_key=lambda wish: wish.person_key,
        lookup=USER_LOOKUP.name,
    )


async def change_licences(
    wish: LicenceWish, units: LicenceUnits, call: Call, directory: Directory
) -> Result:
    """Bring the licences of one person to what a row wants; the only writer of licences.

    Args:
        wish: What the row wants.
        units: Units of the run.
        call: Sends the steps `STEPS`.
        directory: The organisation.

    Returns:
        What was done.

    Raises:
        PendingError: What stands in the way; `half_applied` when only a part was done.
        AmbiguousNameError: When a name has several meanings.
        WebexError: When a call failed.
    """
    person = await find_person(wish.cells, call, directory)
    call.prepare(LICENCES_CHANGE)
    change = await what_differs(wish, person, directory)
    if not change:
        return Result(Effect.UNCHANGED, person.id, await _why_nothing(wish, person, directory))
    had = await calling_licence_of(person.licences, directory)
    notes = ""
    if had is not None and change.gives_calling:
        notes = await _elsewhere(wish, person, directory)
    with_calling = await _with_wanted_line(wish, person, change, had, directory)
    after = await _send(with_calling, change, wish.cells.get("org_id", ""), units, call)
    has = await calling_licence_of(after.licences, directory)
    if had is not None and has is None:
        after = with_line(after, "", None, None)
    note_line(directory, person, after)
    if had is None and has is not None:
        await call.read_back(
            USER_LOOKUP,
            lambda body: _shows_line(Person.parse(body), after),
            "the location and extension of the person",
            person_id=person.id,
        )
    told = "; ".join(filter(None, (_told(change, had, has), notes)))
    return Result(Effect.CHANGED, person.id, told)


async def _why_nothing(wish: LicenceWish, person: Person, directory: Directory) -> str:
    if not wish.add:
        return NOT_ASSIGNED
    if await calling_licence_of(person.licences, directory) is None:
        return ""
    return await _elsewhere(wish, person, directory)


async def _elsewhere(wish: LicenceWish, person: Person, directory: Directory) -> str:
    """Say where the line of somebody who calls already differs: a licence does not change it."""
    wanted = wish.cells.get("extension", "")
    differs = f"the person has the extension {person.extension or 'none'}, not {wanted}"
    line = differs if wanted and wanted != person.extension else ""
    return "; ".join(filter(None, (await _other_location(wish, person, directory), line)))


async def _other_location(wish: LicenceWish, person: Person, directory: Directory) -> str:
    if not names_location(wish.cells):
        return ""
    location = await find_calling_location(wish.cells, directory)
    if same_id(location.id, person.location_id):
        return ""
    return (
        f"the person calls from another location than {location.name}; "
        "usuarios_asignar_location_desde_csv moves people"
    )


async def _with_wanted_line(
    wish: LicenceWish,
    person: Person,
    change: LicenceChange,
    had: Licence | None,
    directory: Directory,
) -> Person:
    """Give the person the line a new calling licence needs; whoever calls already keeps theirs."""
    if not change.gives_calling or had is not None:
        return person
    location = await location_of_line(wish.cells, directory)
    extension, number = wish.cells.get("extension", ""), wish.cells.get("phone_number", "")
    await check_line(person.id, location, extension, number, directory)
    return with_line(person, location.id, extension, number)


async def _send(
    person: Person, change: LicenceChange, org_id: str, units: LicenceUnits, call: Call
) -> Person:
    """Send the change and compare the answer; gives the person with the licences held then."""
    add = units.take(change.add)
    try:
        answer = await call(
            LICENCES_CHANGE,
            person,
            add,
            change.remove,
            org_id,
            lookup=lambda: _landed(person.id, add, change.remove, call),
        )
    except WebexError as error:
        units.hand_back(add)
        raise explained(error) from error.__cause__
    shown = tuple(str(one) for one in answer.body["licenses"])
    missing = [one for one in add if not _holds(shown, one)]
    surviving = [one for one in change.remove if _holds(shown, one)]
    units.hand_back([*missing, *(one for one in change.remove if one not in surviving)])
    _check_done(missing, surviving, answer.status)
    if call.is_plan:  # the assumed answer knows the licences given only
        shown = (*(one for one in person.licences if not _is_one_of(one, change.remove)), *shown)
    return replace(person, licences=shown)


async def _landed(
    person_id: str, add: Sequence[Licence], remove: Sequence[Licence], call: Call
) -> dict[str, Any] | None:
    """Tell whether a licence call of open outcome was carried out as a whole."""
    body = (await call(USER_LOOKUP, person_id=person_id)).body
    held = tuple(str(one) for one in body.get("licenses") or ())
    if all(_holds(held, one) for one in add) and not any(_holds(held, one) for one in remove):
        return {"personId": person_id, "licenses": list(held)}
    return None


def _check_done(missing: Sequence[Licence], surviving: Sequence[Licence], status: int) -> None:
    told = [f"did not give {one.name}" for one in missing]
    told += [f"did not take away {one.name}" for one in surviving]
    if told:
        raise PendingError(
            ReasonCode.HALF_APPLIED,
            f"Webex accepted the call but {', '.join(told)}",
            fix="check that units are left and that the person may have the licence, then run "
            "these rows again; what is done already is recognised",
            status=status,
        )


def _holds(licence_ids: Iterable[str], licence: Licence) -> bool:
    return any(same_id(one, licence.id) for one in licence_ids)


def _is_one_of(licence_id: str, licences: Iterable[Licence]) -> bool:
    return any(same_id(licence_id, one.id) for one in licences)


def _shows_line(shown: Person, wanted: Person) -> bool:
    in_place = same_id(shown.location_id, wanted.location_id)
    return in_place and (not wanted.extension or shown.extension == wanted.extension)


def _told(change: LicenceChange, had: Licence | None, has: Licence | None) -> str:
    told = [f"gave {some[0].name}" for some in change.add]
    told += [f"took away {one.name}" for one in change.remove]
    if had is not None and has is None:
        told.append("the person's numbers and calling settings went with it")
    return ", ".join(told)
