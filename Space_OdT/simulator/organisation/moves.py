"""Moving people to another location: what prevents it, what it changes, how it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator.organisation.documents import forget_document, read_document
from Space_OdT.simulator.organisation.entities import Line, Location, OwnerKind, Person, PstnKind
from Space_OdT.simulator.organisation.keys import uuid_of
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import (
    EXTENSION_TAKEN,
    check_number,
    extension_problem,
    normalised_number,
)
from Space_OdT.simulator.protocol import ApiError, JsonObject

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PREMISES_NUMBER = 10050010
NUMBER_INACTIVE = 10030004
NUMBER_IS_MAIN = 10030005
OTHER_GATEWAY = 27976
DEVICES_MOVED = 19701
PERMISSIONS_RESET = 19703
LEFT_GROUPS = 19705
EXTENSION_CLEARED = 19713
CALLER_ID_CHANGED = 19722


@dataclass(slots=True, frozen=True)
class Move:
    """One person's move; None keeps an extension or number, "" drops it."""

    person: Person
    target: Location
    extension: str | None
    phone_number: str | None

    @classmethod
    def of(cls, person: Person, target: Location, user: Mapping[str, Any]) -> Move:
        """Read the wishes for one user from a request."""
        return cls(
            person, target, user.get("extension"), normalised_number(user.get("phoneNumber"))
        )

    def new_extension(self, line: Line | None) -> str | None:
        """Give the extension after the move."""
        kept = line.extension if line else None
        return kept if self.extension is None else self.extension or None

    def new_number(self, line: Line | None) -> str | None:
        """Give the main number after the move."""
        kept = line.phone_number if line else None
        return kept if self.phone_number is None else self.phone_number or None


def _message(kind: str, code: int, text: str) -> JsonObject:
    return {"code": code, "message": f"[{kind} {code}] {text}"}


def move_errors(organisation: Organisation, move: Move) -> list[JsonObject]:
    """Tell what prevents a move.

    Args:
        organisation: The organisation.
        move: The wanted move.

    Returns:
        `{code, message}` of every obstacle.
    """
    line = organisation.plan.primary(move.person.id)
    problems: list[JsonObject] = []
    extension = move.new_extension(line)
    if extension:
        found = extension_problem(organisation, move.target.id, extension)
        if found is not None:
            problems.append(_message("Error", EXTENSION_TAKEN, found[1]))
    if not extension and not move.new_number(line):
        problems.append(_message("Error", EXTENSION_TAKEN, "Extension or number is mandatory."))
    if move.phone_number:
        try:
            check_number(organisation, move.target.id, move.phone_number)
        except ApiError as refusal:
            problems.append({"code": refusal.code, "message": refusal.message})
    elif move.phone_number is None and line is not None and line.phone_number:
        problems += _kept_number_errors(organisation, move.target, line)
    return problems


def _kept_number_errors(
    organisation: Organisation, target: Location, line: Line
) -> list[JsonObject]:
    source = organisation.locations[line.location_id]
    number = organisation.plan.numbers[line.phone_number or ""]
    if source.main_number == number.phone_number:
        text = "The main number of a location cannot be moved."
        return [_message("Error", NUMBER_IS_MAIN, text)]
    if number.state != "ACTIVE":
        return [_message("Error", NUMBER_INACTIVE, "An inactive number cannot be moved.")]
    if PstnKind.LOCAL_GATEWAY in {source.pstn, target.pstn}:
        text = f"Phone number {number.phone_number} of a premises location cannot be moved."
        return [_message("Error", PREMISES_NUMBER, text)]
    if source.pstn is not target.pstn:
        return [_message("Error", OTHER_GATEWAY, "The PSTN connections of the locations differ.")]
    return []


def move_impacts(world: World, move: Move) -> list[JsonObject]:
    """Tell what a move changes besides the location.

    Args:
        world: The world, for the settings of the person.
        move: The wanted move.

    Returns:
        `{code, message}` of every consequence.
    """
    organisation = world.organisation
    person = move.person
    impacts: list[JsonObject] = []
    if organisation.devices_of(person.id):
        text = "The devices the user is using are moved to the new group."
        impacts.append(_message("Informational", DEVICES_MOVED, text))
    if _has_custom_permissions(world, person):
        text = "Custom outgoing permissions are reset."
        impacts.append(_message("Informational", PERMISSIONS_RESET, text))
    if organisation.memberships(person.id):
        text = "The user is removed from the hunt groups and queues of the old group."
        impacts.append(_message("Informational", LEFT_GROUPS, text))
    if move.extension == "":
        impacts.append(_message("Informational", EXTENSION_CLEARED, "The extension is cleared."))
    text = f"User CLID number is set to use the new group CLID number: {move.target.main_number}."
    return [*impacts, _message("Informational", CALLER_ID_CHANGED, text)]


def _permissions_path(person: Person) -> str:
    return f"/people/{person.id}/features/outgoingPermission"


def _has_custom_permissions(world: World, person: Person) -> bool:
    document = read_document(world, _permissions_path(person))
    return document is not None and bool(document.get("useCustomEnabled"))


def carry_out(world: World, move: Move) -> None:
    """Move a person; there must be no errors."""
    organisation = world.organisation
    plan = organisation.plan
    person = move.person
    line = plan.primary(person.id)
    extension, number = move.new_extension(line), move.new_number(line)
    plan.release(person.id)
    if number and plan.numbers[number].location_id != move.target.id:
        entry = plan.numbers[number]
        plan.remove(number)
        entry.location_id = move.target.id
        plan.add(entry)
    organisation.leave_features(person.id)
    organisation.set_person_location(person, move.target.id)
    if number or extension:
        plan.attach(Line(person.id, OwnerKind.PEOPLE, move.target.id, number, extension))
    for device in organisation.devices_of(person.id):
        device.location_id = move.target.id
    forget_document(world, _permissions_path(person))


def move_user(
    world: World, parameters: Mapping[str, Any], item: Any
) -> tuple[str, str, int | str] | None:
    """Do one item of a move job.

    Args:
        world: The world.
        parameters: Of the job; not needed.
        item: `{"userId", "locationId", "extension"?, "phoneNumber"?}`.

    Returns:
        The user's UUID, text and code of the obstacle, or None when it was moved.
    """
    del parameters
    organisation = world.organisation
    person = organisation.people.get(item["userId"])
    target = organisation.locations.get(item["locationId"])
    if person is None or target is None:
        return uuid_of(item["userId"]), "The user or location is gone", 4007
    if person.location_id == target.id:
        return None
    move = Move.of(person, target, item)
    problems = move_errors(organisation, move)
    if problems:
        return uuid_of(person.id), problems[0]["message"], problems[0]["code"]
    carry_out(world, move)
    return None
