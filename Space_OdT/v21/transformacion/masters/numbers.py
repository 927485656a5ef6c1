"""Numbers stand one a row; the actions on numbers want one list a location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import orjson

from Space_OdT.engine.models import CellProblem
from Space_OdT.v21.transformacion.definition import ActionDefinition, LegacyFormulas
from Space_OdT.v21.transformacion.masters.models import Prepared
from Space_OdT.v21.transformacion.masters.rows import RowJudge
from Space_OdT.v21.transformacion.masters.values import Given
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, is_true, values_of
from Space_OdT.v21.transformacion.parts.shared_parameters import EXTENSION

NUMBERS_PER_ROW = 1000
"""Numbers of one prepared row at most: a cell of a file stays readable for every program."""

_TYPE = "number_type"
_DIRECT = "DID"
_WITH_INTERCOM = "intercom_from_extension"


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

    def add(self, prepared: Prepared, *, derives: bool) -> Prepared | None:
        """Take a good row in.

        Args:
            prepared: The row.
            derives: Whether its extension means an intercom number.

        Returns:
            The row itself when it is about a location and not about single numbers, or when its
            extension is too short to mean one; else None.
        """
        values = {value.name: value for value in prepared.values}
        cells = dict(prepared.candidate.cells)
        phones = [value for value in prepared.values if value.name == self._numbers.name]
        numbers = values_of(cells.pop(self._numbers.name, ""))
        extension = cells.pop(EXTENSION.name, "")
        wants_intercom = is_true(cells.pop(_WITH_INTERCOM, ""))
        is_direct = cells.get(_TYPE, _DIRECT) == _DIRECT
        intercom = extension if derives and wants_intercom and is_direct else ""
        is_long_enough = len(intercom) >= self._formulas.intercom_tail
        if not numbers and not is_long_enough:
            return self._without_numbers(prepared, values, intercom)
        group = self._group(prepared, cells)
        for number in numbers:
            origin = next((one for one in phones if number.lstrip("+") in one.text), phones[0])
            self._keep(group, number, origin, origin.column)
        if intercom and is_long_enough:
            origin = values[EXTENSION.name]
            column = f"{origin.column} (intercom)"
            self._keep(group, self._formulas.intercom(extension), origin, column)
        return None

    def _without_numbers(
        self, prepared: Prepared, values: Mapping[str, Given], intercom: str
    ) -> Prepared:
        if not intercom:
            return prepared
        problem = CellProblem(
            values[EXTENSION.name].column or EXTENSION.name,
            intercom,
            f"at least {self._formulas.intercom_tail} digits, to make an intercom number of them",
            "give the number itself, or remove the row",
        )
        candidate = replace(prepared.candidate, cells={}, problems=(problem,))
        return replace(prepared, candidate=candidate)

    def _group(self, prepared: Prepared, cells: Mapping[str, str]) -> _Group:
        key = tuple(sorted(cells.items()))
        group = self._groups.get(key)
        if group is None:
            own = {self._numbers.name, EXTENSION.name, _WITH_INTERCOM}
            rest = {one.name: (one,) for one in prepared.values if one.name not in own}
            candidate = prepared.candidate
            group = _Group(cells, rest, candidate.line, candidate.source)
            self._groups[key] = group
        return group

    def _keep(self, group: _Group, number: str, origin: Given, column: str) -> None:
        group.numbers.setdefault(number, Given(self._numbers.name, number, origin.source, column))

    def rows(self) -> Iterator[Prepared]:
        """Give one row a location, or several when it has very many numbers.

        Yields:
            Rows, each number once.
        """
        for group in self._groups.values():
            numbers = tuple(group.numbers)
            for start in range(0, len(numbers), NUMBERS_PER_ROW):
                yield self._row(group, numbers[start : start + NUMBERS_PER_ROW])

    def _row(self, group: _Group, numbers: Sequence[str]) -> Prepared:
        name = self._numbers.name
        given = {**group.given, name: tuple(group.numbers[number] for number in numbers)}
        cells = {**group.cells, name: orjson.dumps(numbers).decode()}
        source = f"{group.source}:{group.line}" if group.line else group.source
        return self._judge.prepared(given, cells, (), source, group.line)
