"""The values that rows, batches and outcomes are made of; no behaviour beyond naming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from Space_OdT.webex.error_handling import ReasonCode


class EntityType(StrEnum):
    """What a row of the bulk input is about."""

    LOCATION = "location"
    USER = "user"
    EXTENSION_ASSIGNMENT = "extension_assignment"

    @property
    def phase(self) -> Phase:
        """The phase that works on rows of this type."""
        return _PHASES[self]


class Phase(IntEnum):
    """The fixed order of a bulk run (term sheet of the bulk bot, v1.1, section 3)."""

    LOCATIONS = 1
    USERS_EXISTING_CALLING = 2
    EXTENSIONS_SETTINGS = 3

    @property
    def entity_type(self) -> EntityType:
        """The only type of row this phase works on."""
        return _ENTITY_TYPES[self]


_PHASES = {
    EntityType.LOCATION: Phase.LOCATIONS,
    EntityType.USER: Phase.USERS_EXISTING_CALLING,
    EntityType.EXTENSION_ASSIGNMENT: Phase.EXTENSIONS_SETTINGS,
}
_ENTITY_TYPES = {phase: entity_type for entity_type, phase in _PHASES.items()}


class RowStatus(StrEnum):
    """How a row ends: in exactly one of the three."""

    SUCCESS = "success"
    PENDING = "pending"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Row:
    """One validated and normalised row, ready to be run.

    Attributes:
        number: Position among the rows of the input, from 1; identifies the row in every output.
        line: Line of the input file (row of the sheet) where it starts, from 1.
        row_id: `row_ref` of the input, or the number when the input gives none.
        entity_type: Value of that column; decides the phase.
        entity_key: Natural key, known before any call.
        cells: Column -> normalised text; blank cells are left out.
        originals: Column -> text as it stood, where the columns of the input are not those of
            `cells`; None when they are.
    """

    number: int
    line: int
    row_id: str
    entity_type: str
    entity_key: str
    cells: Mapping[str, str]
    originals: Mapping[str, str] | None = None

    def original(self, column: str) -> str:
        """Look up what an output carries along, so that it can be fed back.

        Args:
            column: Name of a column of the input.

        Returns:
            The text, "" when the cell is blank or the column is not there.
        """
        return (self.cells if self.originals is None else self.originals).get(column, "")

    def get(self, column: str) -> str:
        """Look a cell up.

        Args:
            column: Name of a column of the input schema.

        Returns:
            The normalised text, "" when the cell is blank or the column is not there.
        """
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Batch:
    """A bounded group of rows of one phase.

    Attributes:
        batch_id: Phase and sequential number, the same in every pass over the same input.
        phase: The phase.
        number: Sequential number inside the phase, from 1.
        row_numbers: Numbers of all rows of the batch, ascending, settled ones included.
        rows: The rows that still have to be run.
    """

    batch_id: str
    phase: int
    number: int
    row_numbers: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one row ended in its phase.

    Attributes:
        batch_id: The batch it ran in.
        phase: The phase it ran in.
        row: The row.
        status: `success` or `pending`; rejected rows never get this far.
        step: The last step that ran, or the one that failed.
        http_status: Status of the deciding answer, None when there was none.
        message: One sentence for the operator.
        remote_id: Id of the remote entity, "" when unknown.
        reason_code: Why the row is pending; None on success.
        tracking_id: Tracking id of the deciding answer, "" when there was none.
    """

    batch_id: str
    phase: int
    row: Row
    status: RowStatus
    step: str
    http_status: int | None = None
    message: str = ""
    remote_id: str = ""
    reason_code: ReasonCode | None = None
    tracking_id: str = ""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell, in words an operator can act on.

    Attributes:
        column: Name of the column; "" when the whole row is meant.
        value: The cell as it stands in the input.
        expected: What was expected, with an example.
        fix: What to do.
        damage: What a spreadsheet did to the value, "" when nothing of the kind shows.
        reason_code: The closed reason this problem leads to.
    """

    column: str
    value: str
    expected: str
    fix: str
    damage: str = ""
    reason_code: ReasonCode = ReasonCode.INVALID_INPUT_SCHEMA

    def text(self) -> str:
        """Say it in one sentence or two; the line number is added by the caller."""
        place = f'column {self.column}, value "{shortened(self.value)}": ' if self.column else ""
        damage = f" {self.damage}." if self.damage else ""
        return f"{place}expected {self.expected}.{damage} Fix: {self.fix}."


def shortened(value: str, limit: int = 80) -> str:
    """Make a cell fit for a message: one line, bounded.

    Args:
        value: Any text.
        limit: Longest result, in characters.

    Returns:
        The text on one line, cut with "…" when it is longer.
    """
    line = " ".join(value.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
