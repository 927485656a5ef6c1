"""The line of a calling user: compared, and changed with the whole person read and sent back."""

from __future__ import annotations

from typing import Any, Protocol

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_helpers import work_number
from Space_OdT.engine.action_model import Call, PendingError
from Space_OdT.engine.bulk.people import check_line_is_free, note_line, with_line
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Person, number_key


class WantedLine(Protocol):
    """What somebody asks for; "" leaves that part as it is."""

    @property
    def extension(self) -> str:
        """The extension."""
        ...

    @property
    def phone_number(self) -> str:
        """The main number in E.164."""
        ...


async def line_differs(person: Person, wanted: WantedLine, directory: Directory) -> bool:
    """Compare the line of a person with what is asked for.

    Args:
        person: The person as known.
        wanted: The line to have; what is "" there stays as it is.
        directory: The organisation.

    Returns:
        True when a change is due.

    Raises:
        WebexError: When the API cannot be asked.
    """
    if wanted.extension and wanted.extension != person.extension:
        return True
    number = wanted.phone_number
    if not number or number in person.phone_numbers:
        return False
    if directory.numbers.is_complete:  # the people list may show numbers in a national form
        known = await directory.number(number)
        return known is None or not same_id(known.owner_id, person.id)
    return True


async def change_line(
    person: Person,
    location: Location,
    wanted: WantedLine,
    call: Call,
    directory: Directory,
) -> None:
    """Change extension or main number: the whole person is read and sent back.

    Args:
        person: The person as known; somebody with calling.
        location: Where the person is.
        wanted: The line to have; what is "" there stays as it is.
        call: Sends `USER_LOOKUP` and `ASSIGN_EXTENSION_OR_NUMBER`.
        directory: Remembers the person's new line.

    Raises:
        PendingError: When the line belongs to somebody else, or is not kept as sent.
        WebexError: When a call failed.
    """
    await check_line_is_free(person, location, wanted.extension, wanted.phone_number, directory)
    current = (await call(steps.USER_LOOKUP, person_id=person.id)).body
    fresh = Person.parse(current)
    if await line_differs(fresh, wanted, directory):
        answer = await call(
            steps.ASSIGN_EXTENSION_OR_NUMBER,
            current,
            wanted.extension,
            wanted.phone_number,
            person_id=person.id,
        )
        if answer.body:
            _check_applied(answer.body, wanted)
    after = with_line(
        fresh,
        location.id,
        wanted.extension or fresh.extension,
        wanted.phone_number or number_key(work_number(current)),
    )
    note_line(directory, person, after)


def _check_applied(shown: dict[str, Any], wanted: WantedLine) -> None:
    """Compare the answer with what was sent: an update of a person may be kept in parts."""
    extension = str(shown.get("extension") or "")
    number = number_key(work_number(shown))
    if (wanted.extension and extension != wanted.extension) or (
        wanted.phone_number and number and number != wanted.phone_number
    ):
        raise PendingError(
            ReasonCode.HALF_APPLIED,
            f"Webex accepted the change but shows extension {extension or 'none'} and number "
            f"{number or 'none'}",
            fix="run these rows again; they are compared and completed",
        )
