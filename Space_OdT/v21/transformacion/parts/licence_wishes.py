"""What rows want of licences, compared with what people hold; the one call that mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import PendingError, StepSpec
from Space_OdT.engine.actions_registry import USER_LOOKUP
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.v21.transformacion.parts.licence_units import licences_named
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import id_key
from Space_OdT.webex.records import Licence, Person, name_key

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
