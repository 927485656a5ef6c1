"""Numbers stand one a row; the actions on numbers want one list a location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from Space_OdT.engine import digits
from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.normalise import clean_text
from Space_OdT.engine.values import BadValueError
from Space_OdT.v21.transformacion.definition import ActionDefinition, LegacyFormulas
from Space_OdT.v21.transformacion.masters_rows import Prepared, RowJudge
from Space_OdT.v21.transformacion.masters_values import Given, Layer
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, values_of
from Space_OdT.v21.transformacion.shared_parameters import EXTENSION

NUMBERS_PER_ROW = 1000
"""Numbers of one prepared row at most: a cell of a file stays readable for every program."""

_NUMBER_TYPE = "number_type"
_DIRECT = "DID"


def number_list(definition: ActionDefinition) -> Parameter | None:
    """Find the list of numbers of an action that runs over numbers.

    Args:
        definition: The action.

    Returns:
        Its parameter, None when it has no such list.
    """
    return next((one for one in definition.parameters if one.kind is Kind.PHONES), None)


@dataclass(slots=True)
class _Group:
    """The numbers of one location that are added in the same way."""

    cells: Mapping[str, str]
    given: Mapping[str, tuple[Given, ...]]
    line: int
    source: str
    numbers: dict[str, Given] = field(default_factory=dict)


class NumberGroups:
    """Collects the rows of numbers by location.

    Args:
        judge: Judges rows for the action.
        numbers: Its list of numbers.
        formulas: How intercom numbers follow from extensions.
    """

    def __init__(self, judge: RowJudge, numbers: Parameter, formulas: LegacyFormulas) -> None:
        self._judge = judge
        self._numbers = numbers
        self._formulas = formulas
        self._groups: dict[tuple[tuple[str, str], ...], _Group] = {}

    @property
    def parameter(self) -> str:
        """Name of the list of numbers."""
        return self._numbers.name

    def add(self, prepared: Prepared, given: Mapping[str, tuple[Given, ...]]) -> None:
        """Take a good row in.

        Args:
            prepared: The row.
            given: Parameter -> its values.
        """
        cells = dict(prepared.candidate.cells)
        numbers = values_of(cells.pop(self._numbers.name))
        key = tuple(sorted(cells.items()))
        group = self._groups.get(key)
        if group is None:
            rest = {name: values for name, values in given.items() if name != self._numbers.name}
            source = prepared.candidate.source
            group = _Group(cells, rest, prepared.candidate.line, source)
            self._groups[key] = group
        origin = given[self._numbers.name]
        for number in numbers:
            first = next((one for one in origin if number.lstrip("+") in one.text), origin[0])
            group.numbers.setdefault(
                number, Given(self._numbers.name, number, first.source, first.column)
            )

    def intercom(self, row: Layer) -> tuple[Given | None, CellProblem | None]:
        """Work the intercom number of a row out of its extension.

        Args:
            row: The row.

        Returns:
            The number, None where the extension is too short to have one; and what is wrong.
        """
        found = row.given(EXTENSION)
        number_type = clean_text(row.cells.get(_NUMBER_TYPE.replace("_", ""), ("", ""))[1])
        if not found or number_type.upper() not in {"", _DIRECT}:
            return None, None
        try:
            extension = digits.extension(found[0].text)
        except BadValueError as error:
            return None, CellProblem(
                found[0].column, found[0].text, error.expected, error.fix, error.damage
            )
        if len(extension) < self._formulas.intercom_tail:
            return None, None
        number = self._formulas.intercom(extension)
        column = f"{found[0].column} (intercom)"
        return Given(self._numbers.name, number, found[0].source, column), None

    def rows(self) -> Iterator[Prepared]:
        """Give one row a location, or several when it has very many numbers.

        Yields:
            Rows, each number once.
        """
        for group in self._groups.values():
            numbers = list(group.numbers)
            for start in range(0, len(numbers), NUMBERS_PER_ROW):
                yield self._row(group, numbers[start : start + NUMBERS_PER_ROW])

    def _row(self, group: _Group, numbers: Sequence[str]) -> Prepared:
        name = self._numbers.name
        given = {**group.given, name: tuple(group.numbers[number] for number in numbers)}
        cells = {**group.cells, name: orjson.dumps(numbers).decode()}
        source = f"{group.source}:{group.line}" if group.line else group.source
        return self._judge.prepared(given, cells, (), source, group.line)
