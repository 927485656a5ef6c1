"""What a run knows of one person while the stages run, and the trace each stage leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.models import Row
from Space_OdT.softphones.differences import differences
from Space_OdT.webex.error_handling import ReasonCode

Intent = Callable[[Any], None]
Again = Callable[[], Awaitable[Any]]


def _nobody(_before: Any) -> None:
    return None


@dataclass(slots=True)
class Trace:
    """The state before and after one stage of one person.

    Attributes:
        before: The state as read first; None when it could not be read.
        after: The state as read last.
        notes: Remarks for the operator.
        written_before: State before a write that an interrupted run sent without seeing it
            through; None when there is no such.
        intent: Told the state before, when a write is about to be sent.
        again: Reads the state once more; None until it was read first.
        is_written: Whether a write was begun.
        unread: Why the state after a write could not be read at once, "" when it was.
        is_doubtful: Whether the change was not seen in the state after it.
    """

    before: Any = None
    after: Any = None
    notes: list[str] = field(default_factory=list)
    written_before: Any = None
    intent: Intent = _nobody
    again: Again | None = None
    is_written: bool = False
    unread: str = ""
    is_doubtful: bool = False

    def read(self, state: Any, again: Again | None = None) -> None:
        """Take the state as it is now, before any write of this stage.

        Args:
            state: The state.
            again: Reads it once more.
        """
        self.before = self.after = state
        self.again = again

    def writing(self) -> None:
        """Say that a write is about to be sent: from here on the state is open."""
        if not self.is_written:
            self.intent(self.before)
        self.is_written = True
        self.after = None

    def not_read(self, error: Exception) -> None:
        """Take note that the state after a write could not be read."""
        self.unread, self.is_doubtful = f"the state after it could not be read: {error}", True

    @property
    def remarks(self) -> tuple[str, ...]:
        """What an operator should know about the stage."""
        return (*self.notes, self.unread) if self.unread and self.after is None else (*self.notes,)

    @property
    def is_verified(self) -> bool:
        """Whether the state after the stage was read, and shows what was asked for."""
        return self.after is not None and not self.is_doubtful

    @property
    def is_from_before(self) -> bool:
        """Whether an interrupted run had changed what this one found."""
        if self.written_before is None or self.before is None:
            return False
        return bool(differences(self.written_before, self.before))


@dataclass(slots=True)
class Subject:
    """One person while the stages run.

    Attributes:
        email: Address, lower case.
        body: The person as read last; None before.
        is_new: Whether a plan gives calling to the person: there is nothing to read yet.
        trace: The trace of the running stage.
    """

    email: str
    body: Mapping[str, Any] | None = None
    is_new: bool = False
    trace: Trace = field(default_factory=Trace)

    @property
    def known(self) -> Mapping[str, Any]:
        """The person as read last.

        Raises:
            PendingError: `user_not_found`, when nobody has been found.
        """
        if self.body is None:
            raise PendingError(ReasonCode.USER_NOT_FOUND, f"nobody has the address {self.email}")
        return self.body

    @property
    def person_id(self) -> str:
        """Id of the person."""
        return str(self.known["id"])

    @property
    def calling_person_id(self) -> str:
        """Id of the person, who has or is just given calling.

        Raises:
            PendingError: `precondition_missing`: without calling there are no settings of it.
        """
        if not self.is_new and not self.known.get("locationId"):
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{self.email} has no Webex Calling, so there is nothing to set",
                fix="let the stage assign_calling_license run for this person",
            )
        return self.person_id


@dataclass(frozen=True, slots=True)
class StageParams:
    """What a stage works from.

    Attributes:
        cells: Normalised cells of the person's row, those of a `yesbut` laid over them.
        subject: The person.
    """

    cells: Mapping[str, str]
    subject: Subject

    def get(self, column: str) -> str:
        """Look a cell up; "" when it is blank."""
        return self.cells.get(column, "")


class Subjects:
    """The people in work, by address."""

    def __init__(self) -> None:
        self._by_email: dict[str, Subject] = {}

    def begin(self, email: str) -> Subject:
        """Take somebody into work."""
        return self._by_email.setdefault(email, Subject(email))

    def end(self, email: str) -> None:
        """Forget somebody whose stages have ended."""
        self._by_email.pop(email, None)

    def params(self, row: Row) -> StageParams:
        """Make the parameters of a stage.

        Args:
            row: The row of the stage.

        Returns:
            Its cells, and the person.
        """
        return StageParams(row.cells, self._by_email[row.entity_key])
