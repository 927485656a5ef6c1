"""Judge single cells: the schema's normalisers, made fast for files of a million rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from Space_OdT.engine.digits import EXTENSION, destination
from Space_OdT.engine.input_header import ColumnKind, Header
from Space_OdT.engine.input_schema import COLUMNS, Column, Context
from Space_OdT.engine.input_survey import Survey
from Space_OdT.engine.models import CellProblem, EntityType
from Space_OdT.engine.normalise import EMAIL
from Space_OdT.engine.phone_numbers import is_possible
from Space_OdT.engine.values import BadValueError

# Values of a column that were found to be in their one form already; names of sites and licences
# repeat, so that nearly every cell is answered from here.
_REMEMBERED = 20_000
_PLAIN_DESTINATION = re.compile(r"\+?[0-9][0-9*#]{1,29}")
_PLAIN_REFERENCE = re.compile(r"[\w./:-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a cell may need to know about the row it stands in.

    Attributes:
        survey: What all rows tell together.
        location_key: The location the row belongs to, as it stands there.
        country: Country of the same row, as it stands there.
    """

    survey: Survey
    location_key: str
    country: str


@dataclass(frozen=True, slots=True)
class CellRule:
    """The rule of one column, at its place in one file.

    Attributes:
        index: Position of the column.
        column: Its definition.
        is_required: Whether a blank cell is a problem.
        is_plain: Quick test: true only for a value that is in its one form already.
        known: Values that were found to be in their one form, whatever surrounds them.
    """

    index: int
    column: Column
    is_required: bool
    is_plain: Callable[[str], object]
    known: set[str]

    def judge(self, cell: str, around: Surroundings) -> str | CellProblem:
        """Judge a cell that is not plain.

        Args:
            cell: The cell as it stands.
            around: Its surroundings.

        Returns:
            The one form of the value, "" for a blank cell; or what is wrong.
        """
        if not cell.strip():
            return self.missing(cell) if self.is_required else ""
        if cell.strip().casefold() == self.column.name:
            return CellProblem(
                self.column.name,
                cell,
                self.column.pattern,
                "a header was repeated below the first row; remove this row",
            )
        try:
            value = self.column.normalise(cell, **_context(self.column.context, around))
        except BadValueError as error:
            return CellProblem(self.column.name, cell, error.expected, error.fix, error.damage)
        is_free = self.column.context is Context.NONE
        if value == cell and is_free and len(self.known) < _REMEMBERED:
            self.known.add(cell)
        return value

    def missing(self, cell: str) -> CellProblem:
        """Say that a required cell is blank.

        Args:
            cell: The cell as it stands.

        Returns:
            The problem.
        """
        example = f" as {self.column.example}" if self.column.example else ""
        return CellProblem(
            self.column.name, cell, f"{self.column.pattern}{example}", "fill it, it is required"
        )


def _context(context: Context, around: Surroundings) -> dict[str, object]:
    if context is Context.CALLING_CODES:
        return {"calling_codes": around.survey.codes_at(around.location_key)}
    if context is Context.NEIGHBOUR_LENGTHS:
        return {"usual_digits": around.survey.digits_at(around.location_key)}
    if context is Context.COUNTRY:
        return {"country_code": around.country.strip().upper()}
    return {}


def _quick_test(
    column: Column, survey: Survey, header: Header, known: set[str]
) -> Callable[[str], object]:
    """Choose how to recognise a value that needs no more work; a C function wherever possible."""
    if column.name == "email":
        return EMAIL.fullmatch
    if column.name == "row_ref":
        return _PLAIN_REFERENCE.fullmatch
    if column.context is Context.CALLING_CODES:
        return is_possible
    if column.normalise is destination:
        return _PLAIN_DESTINATION.fullmatch
    if column.context is Context.NEIGHBOUR_LENGTHS:
        return _never if survey.usual_digits and not header.was_judged else EXTENSION.fullmatch
    return known.__contains__


def _never(_: str) -> bool:
    return False


def cell_rules(entity: EntityType, header: Header, survey: Survey) -> tuple[CellRule, ...]:
    """Collect the rules of the columns that one type of row may fill.

    Args:
        entity: Type of row.
        header: Columns of the file.
        survey: What all rows tell together.

    Returns:
        One rule a column, in the order of the file; `entity_type` is not among them.
    """
    rules = []
    for index in header.positions(ColumnKind.SCHEMA):
        column = COLUMNS[header.names[index]]
        if entity in column.entities and column.name != "entity_type":
            known: set[str] = set()
            test = _quick_test(column, survey, header, known)
            rules.append(CellRule(index, column, entity in column.required, test, known))
    return tuple(rules)
