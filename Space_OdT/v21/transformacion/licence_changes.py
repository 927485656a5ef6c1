"""Give licences to people and take them away: what differs, in one call, compared afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine.action_model import Call, Effect, PendingError, Result, StepSpec
from Space_OdT.engine.actions_registry import USER_LOOKUP
from Space_OdT.engine.bulk.people import note_line, with_line
from Space_OdT.v21.transformacion.licence_refusals import explained
from Space_OdT.v21.transformacion.licence_units import (
    LicenceUnits,
    calling_licence_of,
    licences_named,
)
from Space_OdT.v21.transformacion.line_checks import (
    check_line,
    location_of_line,
    names_location,
)
from Space_OdT.v21.transformacion.lookups import find_calling_location, find_person
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import id_key, same_id
from Space_OdT.webex.records import Licence, Person, name_key

NOT_ASSIGNED = "remove_license_ids_not_assigned"
REMOVAL_WARNING = (
    "Taking a Webex Calling licence from a person deletes the person's numbers and calling settings"
)
# Calling licences that people cannot hold; the names are those of the licences list.
_NOT_FOR_PEOPLE = ("workspace", "hot desk", "common area")

ADD_LICENCES = Parameter(
    "add_license_ids",
    Kind.NAMES,
    "Licences to give, by name or id; calling ones need the location and an extension or number.",
    aliases=("licenses", "licenses_id", "webex_calling", "llicències", "licencias"),
    example="Webex Calling - Professional",
)
REMOVE_LICENCES = Parameter(
    "remove_license_ids",
    Kind.NAMES,
    "Licences to take away, by name or id.",
    aliases=("remove_license_id",),
    example="Webex Calling - Standard",
)


@dataclass(frozen=True, slots=True)
class LicenceWish:
    """What a row wants of one person's licences.

    Attributes:
        cells: Normalised cells of the row: person; location, extension and number for a new
            calling licence; organisation.
        add: Names or ids of licences the person shall hold.
        remove: Names or ids of licences the person shall not hold.
    """

    cells: Mapping[str, str]
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def person_key(self) -> str:
        """What names the person; rows of one person wait for each other."""
        return self.cells.get("person_id") or self.cells.get("email", "")


@dataclass(frozen=True, slots=True)
class LicenceChange:
    """What is left to do, compared with what the person holds.

    Attributes:
        add: For each licence to give: one candidate a subscription.
        remove: Licences to take away.
    """

    add: tuple[tuple[Licence, ...], ...]
    remove: tuple[Licence, ...]

    def __bool__(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.add or self.remove)

    @property
    def gives_calling(self) -> bool:
        """Whether one of the licences to give is for calling."""
        return any(candidates[0].is_calling for candidates in self.add)


def licences_body(
    person: Person, add: Iterable[Licence], remove: Iterable[Licence], org_id: str = ""
) -> dict[str, Any]:
    """Build the one call that changes the licences of a person.

    Args:
        person: The person with the location, extension and number that go with calling.
        add: Licences to give; those for calling carry the line, each its own.
        remove: Licences to take away.
        org_id: Id of the organisation, "" for the token's own; this call takes it in the body.

    Returns:
        The body of `PATCH /licenses/users` (Webex API reference, "Assign Licenses to Users").
    """
    number = next(iter(person.phone_numbers), None)
    line = {
        "locationId": person.location_id,
        "extension": person.extension,
        "phoneNumber": number if number and number.startswith("+") else None,
    }
    known = {name: value for name, value in line.items() if value}
    operations: list[dict[str, Any]] = [{"id": one.id, "operation": "remove"} for one in remove]
    for one in add:
        entry: dict[str, Any] = {"id": one.id, "operation": "add"}
        operations.append({**entry, "properties": dict(known)} if one.is_calling else entry)
    organisation = {"orgId": org_id} if org_id else {}
    return {"personId": person.id, **organisation, "licenses": operations}


def _as_asked(body: Any) -> dict[str, Any]:
    given = [one["id"] for one in body["licenses"] if one["operation"] == "add"]
    return {"personId": body["personId"], "licenses": given}


LICENCES_CHANGE = StepSpec(
    "licenses_change",
    "PATCH",
    "/licenses/users",
    success=(200, 206),
    required=("personId", "licenses"),
    build=licences_body,
    assume=_as_asked,
)
STEPS = (USER_LOOKUP, LICENCES_CHANGE)


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
    return Result(Effect.CHANGED, person.id, _told(change, had, has))


async def what_differs(wish: LicenceWish, person: Person, directory: Directory) -> LicenceChange:
    """Compare what a row wants with what the person holds.

    Args:
        wish: What the row wants.
        person: The person.
        directory: The organisation.

    Returns:
        What is left to do.

    Raises:
        PendingError: When the row contradicts itself, or names what people cannot hold.
        WebexError: When the licences cannot be read.
    """
    held = {id_key(one) for one in person.licences}
    add = [await licences_named(asked, directory) for asked in wish.add]
    remove = [one for asked in wish.remove for one in await licences_named(asked, directory)]
    unwanted = {id_key(one.id) for one in remove}
    for candidates in add:
        _check_candidates(candidates, unwanted)
    return LicenceChange(
        add=tuple(some for some in add if not any(id_key(one.id) in held for one in some)),
        remove=tuple({one.id: one for one in remove if id_key(one.id) in held}.values()),
    )


def _check_candidates(candidates: tuple[Licence, ...], unwanted: set[str]) -> None:
    if any(id_key(one.id) in unwanted for one in candidates):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the row asks to give and to take the same licence, {candidates[0].name}",
            fix="leave it in one of the two lists",
        )
    check_for_people(candidates[0])


def check_for_people(licence: Licence) -> None:
    """Refuse a calling licence that people cannot hold.

    Args:
        licence: The licence.

    Raises:
        PendingError: `precondition_missing`, when it is for workspaces or hot desks.
    """
    if licence.is_calling and any(word in name_key(licence.name) for word in _NOT_FOR_PEOPLE):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{licence.name} is not for people",
            fix="choose a calling licence for people, such as Webex Calling - Professional",
        )


async def _why_nothing(wish: LicenceWish, person: Person, directory: Directory) -> str:
    if not wish.add:
        return NOT_ASSIGNED
    if (
        not names_location(wish.cells)
        or await calling_licence_of(person.licences, directory) is None
    ):
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
