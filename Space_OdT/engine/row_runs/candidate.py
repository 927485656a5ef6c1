"""A row before its run, as whoever read it hands it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from Space_OdT.engine.models import CellProblem


@dataclass(frozen=True, slots=True)
class Candidate:
    """One prepared row.

    Attributes:
        kind: What is done with it; becomes `entity_type` and decides the phase.
        key: Natural key of the entity, "" when none is known.
        cells: Column -> normalised value; blank ones are left out.
        originals: Column -> value as it was given, carried into the files that are fed back.
        line: Line in its source, 0 when it comes from the command line.
        source: Name of the file it stands in, or `--param`.
        problems: What is wrong with it; a row with any is rejected before any call.
    """

    kind: str
    key: str
    cells: Mapping[str, str]
    originals: Mapping[str, str]
    line: int
    source: str
    problems: tuple[CellProblem, ...] = ()
