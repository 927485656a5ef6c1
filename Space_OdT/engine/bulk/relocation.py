"""Move a calling user to another location, with the line that a row gives there."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import Call
from Space_OdT.engine.bulk.line_change import WantedLine, change_line, line_differs
from Space_OdT.engine.bulk.people import check_line_is_free, note_line, with_line
from Space_OdT.engine.move_bodies import MoveWish
from Space_OdT.engine.move_jobs import MoveJobs
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.records import Location, Person


@dataclass(frozen=True, slots=True)
class Relocation:
    """Moves people whose rows name another location than theirs.

    Attributes:
        moves: Shared by all rows of the run.
    """

    moves: MoveJobs

    async def move(
        self,
        person: Person,
        location: Location,
        wanted: WantedLine,
        call: Call,
        directory: Directory,
    ) -> tuple[str, ...]:
        """Move somebody, and see to the line there.

        Args:
            person: The person as known; somebody with calling.
            location: Where the person is to be.
            wanted: The line there; without an extension the present one is kept, without a number
                the present one stays behind.
            call: Sends `actions_registry.MOVES`, `USER_LOOKUP` and `ASSIGN_EXTENSION_OR_NUMBER`.
            directory: Remembers the person's new line.

        Returns:
            Remarks for the operator; empty when there are none.

        Raises:
            PendingError: When something stands in the way.
            WebexError: When a call failed.
        """
        await check_line_is_free(person, location, wanted.extension, wanted.phone_number, directory)
        wish = MoveWish(person.id, location.id, wanted.extension or None, wanted.phone_number)
        notes = await self._impacts(wish, call) if call.is_plan else ()
        moved = await self.moves.move(wish, call)
        if moved.person is None:
            extension = wanted.extension or person.extension
            after = with_line(person, location.id, extension, wanted.phone_number)
            note_line(directory, person, after)
            return notes
        # read again, for a job that nobody saw to its end may have given another line
        note_line(directory, person, moved.person)
        if await line_differs(moved.person, wanted, directory):
            await change_line(moved.person, location, wanted, call, directory)
        return notes

    async def _impacts(self, wish: MoveWish, call: Call) -> tuple[str, ...]:
        """Ask what a planned move would do, where the location is there already."""
        if wish.location_id.startswith(steps.NOT_MADE_YET):
            return ()
        try:
            check = await self.moves.check(wish, call)
        except WebexError as error:
            if error.reason_code is ReasonCode.AUTH_INVALID:
                raise
            return (f"Webex could not say what the move does: {error}",)
        obstacles = (f"as things are now: {text}" for text in check.errors)
        return (*obstacles, *check.impacts)
