"""One walk over the rows that an action runs over, whichever tables they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.normalise import clean_text
from Space_OdT.v21.transformacion.definition import ActionDefinition, Dataset, LegacyFormulas
from Space_OdT.v21.transformacion.masters.files import Master, Table, TableRow
from Space_OdT.v21.transformacion.masters.models import Prepared, RowCase, Unasked
from Space_OdT.v21.transformacion.masters.numbers import NumberGroups, number_list
from Space_OdT.v21.transformacion.masters.rows import RowJudge
from Space_OdT.v21.transformacion.masters.values import (
    FROM_DEFAULT,
    Layer,
    RowReader,
    command_layer,
    feeds,
)
from Space_OdT.v21.transformacion.parameters import fold_header
from Space_OdT.v21.transformacion.parts.number_parameters import WITH_INTERCOM

_ACTION_COLUMN = "entitytype"
"""Column of our own outputs that says which action a row was for."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is taken from the masters, and what is put on top.

    Attributes:
        params: Parameter -> value that beats every file.
        columns: Parameter -> header of the column that feeds it, where no alias says so.
        rows: Numbers of rows, from 1, inside their table; empty for all.
        matches: Header or parameter, and the text it must have; all must fit.
        formulas: How legacy numbers follow from extensions.
        only_decided: Whether a row asks for an action that is somebody's decision only by filling
            a column that decides it (destination, mode, profile), not by having an extension.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: frozenset[int] = frozenset()
    matches: tuple[tuple[str, str], ...] = ()
    formulas: LegacyFormulas = field(default_factory=LegacyFormulas)
    only_decided: bool = False


class Walk:
    """The rows of one action.

    Args:
        tables: All tables, in the order in which they count.
        definition: The action.
        selection: What is taken and put on top.
        unasked: Told of every row that does not ask for the action.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        definition: ActionDefinition,
        selection: Selection,
        unasked: Callable[[Unasked], None],
    ) -> None:
        self._tables = tables
        self._definition = definition
        self._selection = selection
        self._unasked = unasked
        self._judge = RowJudge(
            definition,
            only_decided=selection.only_decided,
            one_each=definition.dataset is not Dataset.NUMERACIONES,
        )
        self._command = command_layer(selection.params)
        self._global = list(self._global_layers())
        numbers = number_list(definition)
        self._groups = None
        if numbers is not None and definition.dataset is Dataset.NUMERACIONES:
            self._groups = NumberGroups(self._judge, numbers, selection.formulas)

    def _of(self, *masters: Master) -> list[Table]:
        return [table for table in self._tables if table.master in masters]

    def _reader(self, table: Table) -> RowReader:
        """Read a table, unless two columns of one name feed something: which counts is a guess."""
        seen: dict[str, int] = {}
        for place, name in enumerate(table.names):
            first = seen.setdefault(name, place)
            if name and first != place and self._feeds_something(name):
                header = table.headers[place].strip()
                raise InputFileError(
                    table.file.path,
                    f'columns {first + 1} and {place + 1} are both "{header}"',
                    "rename or remove one of them",
                    line=table.file.header_line,
                )
        return RowReader(table, self._selection.columns)

    def _feeds_something(self, name: str) -> bool:
        return any(feeds(one, name) for one in self._definition.parameters)

    def _global_layers(self) -> Iterator[Layer]:
        for table in self._of(Master.GLOBAL):
            reader = self._reader(table)
            yield from (reader.layer(row) for row in table.rows())

    def rows(self) -> Iterator[Prepared]:
        """Judge every row.

        Yields:
            The rows; lists of numbers come last, when all of a location are known.

        Raises:
            InputFileError: When a file cannot be read to its end.
        """
        masters = [Master(self._definition.dataset)]
        if self._groups is not None:
            masters.append(Master.UBICACIONES)  # phone_number_1, phone_numbers: beside the site
        if self._command.cells and not self._of(*masters, Master.PARAMETERS):
            layers = [self._command, *self._global]
            yield from self._judged(RowCase(layers, self._command, 0, _never))
        yield from self._of_parameters()
        for table in self._of(*masters):
            reader = self._reader(table)
            for row in table.rows():
                yield from self._row(reader, table, row)
        if self._groups is not None:
            yield from self._groups.rows()

    # -- tables of parameters --------------------------------------------------------------

    def _of_parameters(self) -> Iterator[Prepared]:
        """Take tables of one row together as one row; a longer table row by row.

        The table named earlier counts, column by column, as documented for these files.
        """
        tables = self._of(Master.PARAMETERS)
        single: list[tuple[int, Layer, RowReader, TableRow]] = []
        long: list[tuple[int, Table]] = []
        for place, table in enumerate(tables):
            reader = self._reader(table)
            first = list(islice(table.rows(), 2))
            if len(first) == 1 and not first[0].problem:
                single.append((place, reader.layer(first[0]), reader, first[0]))
            elif first:
                long.append((place, table))
        if single and not long:
            place, layer, reader, row = single[0]
            columns = {k: v for _, _, one, _ in single for k, v in one.columns.items()}
            if self._is_for_this_action(layer) and self._is_selected(layer, row):
                layers = [self._command, *(one[1] for one in single), *self._global]
                case = RowCase(layers, layer, row.line, reader.is_header, columns)
                is_meant = _ACTION_COLUMN in layer.cells
                yield from self._judged(replace(case, is_meant=is_meant))
        for place, table in long:
            before = [layer for at, layer, _, _ in single if at < place]
            after = [layer for at, layer, _, _ in single if at > place]
            reader = self._reader(table)
            for row in table.rows():
                yield from self._row(reader, table, row, before, after)

    def _is_for_this_action(self, layer: Layer) -> bool:
        asked = clean_text(layer.cells.get(_ACTION_COLUMN, ("", ""))[1])
        return asked in {"", self._definition.action_id}

    # -- one row ---------------------------------------------------------------------------

    def _row(
        self,
        reader: RowReader,
        table: Table,
        row: TableRow,
        before: Sequence[Layer] = (),
        after: Sequence[Layer] = (),
    ) -> Iterator[Prepared]:
        if row.problem:
            if self._selection.matches or not self._is_wanted(row):
                return
            problem = CellProblem("", "", "a whole row", row.problem)
            source = f"{table.label}:{row.line}"
            yield self._judge.prepared({}, {}, (problem,), source, row.line)
            return
        layer = reader.layer(row)
        if not self._is_for_this_action(layer) or not self._is_selected(layer, row):
            return
        layers = [self._command, *before, layer, *after, *self._global]
        case = RowCase(
            layers,
            layer,
            row.line,
            reader.is_header,
            reader.columns,
            is_of_numbers=table.master is Master.NUMERACIONES,
            is_meant=_ACTION_COLUMN in layer.cells,
        )
        yield from self._judged(case)

    def _is_selected(self, layer: Layer, row: TableRow) -> bool:
        matches = self._selection.matches
        return self._is_wanted(row) and all(self._fits(layer, *match) for match in matches)

    def _is_wanted(self, row: TableRow) -> bool:
        return not self._selection.rows or row.number in self._selection.rows

    def _fits(self, layer: Layer, name: str, text: str) -> bool:
        wanted = clean_text(text).casefold()
        cell = layer.cells.get(fold_header(name))
        found = [cell[1]] if cell else []
        for parameter in self._definition.parameters:
            if feeds(parameter, fold_header(name)):
                found += [given.text for given in layer.given(parameter)]
        return any(clean_text(one).casefold() == wanted for one in found)

    def _judged(self, case: RowCase) -> Iterator[Prepared]:
        found = self._judge.judge(case)
        if isinstance(found, Unasked):
            self._unasked(found)
        elif self._groups is None or found.candidate.problems:
            yield from self._judge.apart(found)
        elif alone := self._groups.add(found, derives=self._means_intercom(case, found)):
            yield alone

    def _means_intercom(self, case: RowCase, found: Prepared) -> bool:
        """Tell whether an extension is there for its number; a row of parameters may be mixed."""
        if case.is_of_numbers or "phone_numbers" not in found.candidate.cells:
            return True
        said = (one.source for one in found.values if one.name == WITH_INTERCOM.name)
        return any(source != FROM_DEFAULT for source in said)


def _never(_: str) -> bool:
    return False
