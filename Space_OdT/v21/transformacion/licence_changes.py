"""Give licences to people and take them away: what differs, in one call, compared afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from Space_OdT.engine.action_model import Call, Effect, PendingError, Result, StepSpec
from Space_OdT.engine.actions_registry import USER_LOOKUP
from Space_OdT.engine.bulk.people import note_line, with_line
from Space_OdT.v21.transformacion.licence_units import (
    LicenceUnits,
    calling_licence_of,
    licences_named,
)
from Space_OdT.v21.transformacion.line_checks import check_line, number_in_inventory
from Space_OdT.v21.transformacion.lookups import find_calling_location, find_person
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import id_key, same_id
from Space_OdT.webex.records import Licence, Location, Person, name_key

NOT_ASSIGNED = "remove_license_ids_not_assigned"
REMOVAL_WARNING = (
    "Taking a Webex Calling licence from a person deletes the person's numbers and calling settings"
)
# Calling licences that people cannot hold; the names are those of the licences list.
_NOT_FOR_PEOPLE = ("workspace", "hot desk", "common area")

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
        cells: Normalised cells of the row, which name person and location.
        add: Names or ids of licences the person shall hold.
        remove: Names or ids of licences the person shall not hold.
        extension: Extension for a new calling licence, "" for none.
        phone_number: Main number for a new calling licence in E.164, "" for none.
        org_id: Id of the organisation, "" for the token's own.
    """

    cells: Mapping[str, str]
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    extension: str = ""
    phone_number: str = ""
    org_id: str = ""

    @property
    def person_key(self) -> str:
        """What names the person; rows of one person wait for each other."""
        return self.cells.get("person_id") or self.cells.get("email", "")

    @property
    def has_location(self) -> bool:
        """Whether the row names a location."""
        return bool(self.cells.get("location_id") or self.cells.get("location_name"))


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error code of the licences call means to an operator."""

    reason_code: ReasonCode
    meaning: str
    fix: str


# Codes of `PATCH /licenses/users` (Webex API reference, "Assign Licenses to Users").
REFUSALS: Mapping[str, Refusal] = MappingProxyType(
    {
        "400112": Refusal(
            ReasonCode.NON_RETRYABLE_EXTERNAL,
            "a Professional licence cannot become a Standard one",
            "leave the person on Professional, or take the calling licence away in a first run",
        ),
        "400404": Refusal(
            ReasonCode.NON_RETRYABLE_EXTERNAL,
            "Professional and Standard cannot be given together",
            "ask for one of the two",
        ),
        "400408": Refusal(
            ReasonCode.PRECONDITION_MISSING,
            "Attendant Console needs Webex Calling Professional",
            "give Webex Calling - Professional as well, or take Attendant Console away first",
        ),
        "400411": Refusal(
            ReasonCode.PRECONDITION_MISSING,
            "a calling licence needs a location and an extension or number of its own",
            "fill location and extension or phone_number",
        ),
        "400413": Refusal(
            ReasonCode.NON_RETRYABLE_EXTERNAL,
            "this licence excludes another one, or is not for people",
            "remove the other licence in the same row, or choose another one",
        ),
        "700006": Refusal(
            ReasonCode.NON_RETRYABLE_EXTERNAL,
            "an implicit licence comes with the person and cannot be removed",
            "leave it out of remove_license_ids",
        ),
    }
)


def explained(error: WebexError) -> Exception:
    """Say what a refused licence call means.

    Args:
        error: How the call failed.

    Returns:
        Its explanation where the code is a known one; else the error itself.
    """
    refusal = next((REFUSALS[code] for code in error.codes if code in REFUSALS), None)
    if refusal is None:
        return error
    return PendingError(
        refusal.reason_code, f"{refusal.meaning}: {error}", fix=refusal.fix, status=error.status
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
    with_calling = await _with_wanted_line(wish, person, change, had, directory)
    after = await _send(with_calling, change, wish.org_id, units, call)
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
    name = candidates[0].name
    if any(id_key(one.id) in unwanted for one in candidates):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the row asks to give and to take the same licence, {name}",
            fix="leave it in one of the two lists",
        )
    if candidates[0].is_calling and any(word in name_key(name) for word in _NOT_FOR_PEOPLE):
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"{name} is not for people",
            fix="choose a calling licence for people, such as Webex Calling - Professional",
        )


async def _why_nothing(wish: LicenceWish, person: Person, directory: Directory) -> str:
    if not wish.add:
        return NOT_ASSIGNED
    if not wish.has_location or await calling_licence_of(person.licences, directory) is None:
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
    if not wish.extension and not wish.phone_number:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            "a calling licence cannot be given without an extension or a number",
            fix="fill extension or phone_number, and the location",
        )
    location = await _location_of(wish, directory)
    await check_line(person.id, location, wish.extension, wish.phone_number, directory)
    return with_line(person, location.id, wish.extension, wish.phone_number)


async def _location_of(wish: LicenceWish, directory: Directory) -> Location:
    if wish.has_location:
        return await find_calling_location(wish.cells, directory)
    if not wish.phone_number:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            "an extension alone does not tell the location of a new calling licence",
            fix="fill location_id or location_name",
        )
    number = await number_in_inventory(wish.phone_number, directory)
    return await find_calling_location({"location_id": number.location_id or ""}, directory)


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
