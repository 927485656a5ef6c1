"""The numbers of a location: added where nobody has them, and the main one among them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_helpers import NUMBERS_PER_CALL
from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.bulk.location_connection import ConnectionWork
from Space_OdT.engine.bulk.location_work import BAD_REQUEST, CONFLICT, KEEPS_NUMBERS, LocationWork
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Number


class NumbersWork:
    """The numbers of one location.

    Args:
        work: The work on the location.
        connection: Knows how the location is connected.
        numbers_known: Awaited before numbers are asked for, while their list is still being read.
    """

    def __init__(
        self,
        work: LocationWork,
        connection: ConnectionWork,
        numbers_known: Callable[[], Awaitable[None]] | None,
    ) -> None:
        self.work = work
        self.connection = connection
        self.numbers_known = numbers_known

    async def load(self, location: Location) -> None:
        """Add the numbers nobody has yet, all in as few calls as possible.

        Args:
            location: The location, enabled for calling.

        Raises:
            WebexError: When a call failed.
        """
        params = self.work.params
        wanted = dict.fromkeys(filter(None, (params.main_number, *params.numbers)))
        if wanted and self.numbers_known is not None:
            await self.numbers_known()
        missing = [one for one in wanted if await self.work.directory.number(one) is None]
        if not missing:
            return
        kind = params.pstn_type or await self.connection.kind_of(location)
        if kind not in KEEPS_NUMBERS:
            return  # the main number is judged below, the others by their own rows
        for start in range(0, len(missing), NUMBERS_PER_CALL):
            await self._add(location, missing[start : start + NUMBERS_PER_CALL])

    async def _add(self, location: Location, numbers: list[str]) -> None:
        """Add numbers; those that are refused by name are left out, and the rest is added."""

        async def added() -> Any:
            answer = await self.work.call(steps.NUMBERS_READ, phone_number=numbers[0])
            found = (item.get("phoneNumber") for item in answer.body["phoneNumbers"])
            return {} if numbers[0] in found else None

        try:
            await self.work.call(steps.NUMBERS_ADD, numbers, lookup=added, location_id=location.id)
        except WebexError as error:
            refused = _named_in(error.detail, numbers)
            if error.status not in {BAD_REQUEST, CONFLICT} or not refused:
                raise
            self.work.notes.append(f"not added: {', '.join(sorted(refused))} ({error.message})")
            for number in refused:
                await self.work.directory.number(number, refresh=True)
            if rest := [one for one in numbers if one not in refused]:
                await self._add(location, rest)
            return
        for number in numbers:
            self.work.directory.note_write(Number(number, None, location.id, "ACTIVE"))

    async def set_main(self, location: Location) -> Location:
        """Make a number of the location its main one.

        Args:
            location: The location, enabled for calling.

        Returns:
            The location as it is now.

        Raises:
            PendingError: `precondition_missing`, when it is no number of the location.
            WebexError: When a call failed.
        """
        wanted = self.work.params.main_number
        if not wanted or location.main_number == wanted:
            return location
        self.work.call.prepare(steps.MAIN_NUMBER)
        known = await self.work.directory.number(wanted)
        if known is None or not same_id(known.location_id, location.id):
            where = "another location has it" if known else "it is not in its inventory"
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{wanted} cannot be the main number: {where}",
                fix="add the number to the location (Control Hub, or pstn_connection_type with a "
                "connection whose numbers are kept through the API)",
            )
        await self.work.call(steps.MAIN_NUMBER, wanted, location_id=location.id)
        return replace(location, main_number=wanted)


def _named_in(detail: object, numbers: list[str]) -> set[str]:
    """Find the numbers an error body names as its causes, wherever it lists them."""
    wanted = set(numbers)
    found: set[str] = set()
    pending: list[object] = [detail]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            found |= {str(value.get("number"))} & wanted
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return found
