"""What phases 2 and 3 share about people: finding them, judging lines, remembering new ones."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Number, Person, extension_key


async def find_person(email: str, directory: Directory) -> Person:
    """Find somebody who must exist already.

    Args:
        email: E-mail address.
        directory: The organisation.

    Returns:
        The person.

    Raises:
        PendingError: `user_not_found`; people are never created here.
        WebexError: When the API cannot be asked.
    """
    person = await directory.person(email)
    if person is None:
        raise PendingError(
            ReasonCode.USER_NOT_FOUND,
            f"nobody in the organisation has the address {email}",
            fix="wait until the directory synchronisation has created the person, then run "
            "these rows again",
        )
    return person


async def find_calling_location(key: str, book: LocationBook) -> Location:
    """Find a location that people can be given calling in.

    Args:
        key: External id or name.
        book: Finds locations.

    Returns:
        The location.

    Raises:
        PendingError: `precondition_missing`, when it is missing or without calling.
        WebexError: When the API cannot be asked.
    """
    location = await book.find(key)
    if location is None:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"there is no location {key}",
            fix="its own row has to succeed first; or correct location_key",
        )
    if not location.has_calling:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the location {location.name} is not enabled for Webex Calling",
            fix="set calling_enabled in its row, or enable it in Control Hub",
        )
    return location


async def check_line_is_free(
    person: Person, location: Location, extension: str, phone_number: str, directory: Directory
) -> None:
    """Refuse a line that is known to belong to somebody else, without spending a call on it.

    Args:
        person: Who is to get it.
        location: Where.
        extension: Wanted extension, "" for none.
        phone_number: Wanted number in E.164, "" for none.
        directory: The organisation; where it has not read all numbers, the API has the last word.

    Raises:
        PendingError: `precondition_missing`, with what stands in the way.
        WebexError: When the API cannot be asked.
    """
    if not directory.numbers.is_complete:
        return
    if extension:
        taken = await directory.extension(location.id, extension)
        if taken is not None and not same_id(taken.owner_id, person.id):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"the extension {extension} of {location.name} belongs to another "
                f"{taken.owner_kind}",
                fix="choose another extension, or free this one",
            )
    if phone_number:
        known = await directory.number(phone_number)
        _check_number(known, phone_number, person, location)


def _check_number(
    known: Number | None, phone_number: str, person: Person, location: Location
) -> None:
    problem = ""
    if known is None:
        problem = "is in no location's inventory"
    elif not same_id(known.location_id, location.id):
        problem = "is in the inventory of another location"
    elif known.owner_id and not same_id(known.owner_id, person.id):
        problem = f"belongs to another {known.owner_kind}"
    if problem:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the number {phone_number} {problem}",
            fix="add the number to the location's inventory, or choose a free one from there",
        )


def note_line(directory: Directory, before: Person, after: Person) -> None:
    """Remember a person whose licences or line our own write has changed.

    Args:
        directory: The organisation as known so far.
        before: The person as known.
        after: The person as it is now.
    """
    for old in _known_lines(directory, before):
        directory.note_removal(old)
        if old.phone_number and old.phone_number not in after.phone_numbers:
            directory.note_write(replace(old, extension=None, owner_id=None, owner_type=None))
    number = after.phone_numbers[0] if after.phone_numbers else None
    if after.extension or number:
        line = Number(number, after.extension, after.location_id, "ACTIVE", after.id, "PEOPLE")
        directory.note_write(line)
    directory.note_write(after)


def _known_lines(directory: Directory, person: Person) -> list[Number]:
    keys: list[Hashable] = list(person.phone_numbers)
    if person.extension and person.location_id:
        keys.append(extension_key(person.location_id, person.extension))
    found = {number for key in keys for number in directory.numbers.find(key)}
    return [number for number in found if same_id(number.owner_id, person.id)]


def with_line(
    person: Person, location_id: str, extension: str | None, phone_number: str | None
) -> Person:
    """Give a person another line.

    Args:
        person: The person.
        location_id: Id of the location.
        extension: Extension; None or "" for none.
        phone_number: Main number in E.164; None or "" for none.

    Returns:
        The person with that line.
    """
    return replace(
        person,
        location_id=location_id,
        extension=extension or None,
        phone_numbers=(phone_number,) if phone_number else (),
    )
