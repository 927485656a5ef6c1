"""What rows of masters are on their way to an action: a case to judge, a prepared row, none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.v21.transformacion.masters.values import Given, Layer


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row as an action will get it, with the origin of everything in it.

    Attributes:
        candidate: The row.
        values: Every value, those of defaults too, in the order of the parameters.
    """

    candidate: Candidate
    values: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class RowCase:
    """A row with everything its values come from.

    Attributes:
        layers: Where its values come from, the strongest first.
        origin: The layer of the row itself.
        line: Its line.
        is_header: Tells whether a value is a header of its file.
        columns: Folded header -> header as it stands, of its file.
        is_of_numbers: Whether it stands in the sheet of numbers.
        is_meant: Whether the row itself names the action.
    """

    layers: Sequence[Layer]
    origin: Layer
    line: int
    is_header: Callable[[str], bool]
    columns: Mapping[str, str] = field(default_factory=dict)
    is_of_numbers: bool = False
    is_meant: bool = False


@dataclass(frozen=True, slots=True)
class Unasked:
    """A row that does not ask for an action, which is no mistake.

    Attributes:
        action_id: The action.
        source: The row: `Usuarios.csv:12`.
        wants: Parameters of which the row fills none.
    """

    action_id: str
    source: str
    wants: tuple[str, ...]


def place_of(candidate: Candidate) -> str:
    """Say where a row stands: `Usuarios.csv:12`, or `--param`."""
    return f"{candidate.source}:{candidate.line}" if candidate.line else candidate.source


def joined(values: Sequence[Given]) -> str:
    """Write what was given for a parameter as one cell.

    Args:
        values: Its values.

    Returns:
        The text of one; several as a list.
    """
    if len(values) == 1:
        return values[0].text
    return ";".join(value.text for value in values)
