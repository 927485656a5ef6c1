"""Judge one row for one action: is it meant, is it whole, and what is it in the one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import orjson

from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.normalise import clean_text, text_list
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.spreadsheet_damage import numeric_damage
from Space_OdT.engine.values import BadValueError
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.masters.asking import MODE, wanted_by
from Space_OdT.v21.transformacion.masters.models import (
    Prepared,
    RowCase,
    Unasked,
    joined,
    place_of,
)
from Space_OdT.v21.transformacion.masters.values import (
    FROM_COMMAND,
    FROM_DEFAULT,
    Given,
    Layer,
    feeds,
    resolve,
)
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, fold_header
from Space_OdT.v21.transformacion.parts.shared_parameters import (
    EXTENSION,
    LOCATION_NEED,
    WORKSPACE_NEED,
)
from Space_OdT.webex.error_handling import ReasonCode

_ADDED, _REMOVED = "add_license_ids", "remove_license_ids"
# texts that may well be a word that is a header too
_FREE = frozenset({Kind.TEXT, Kind.JSON_LIST, Kind.FLAG, Kind.CHOICE, Kind.CHOICES})


class RowJudge:
    """Judges rows for one action; keeps in mind which entities it has seen.

    Args:
        definition: The action.
        only_decided: Whether a row asks only by a column that decides something.
        one_each: Whether an entity may have one row only.
    """

    def __init__(
        self, definition: ActionDefinition, *, only_decided: bool = False, one_each: bool = True
    ) -> None:
        self.definition = definition
        self.wants = wanted_by(definition, only_decided=only_decided)
        self._wanted = [one for one in definition.parameters if one.name in self.wants]
        self._one_each = one_each
        self._mode = definition.parameter(MODE)
        self._seen: dict[tuple[str, ...], str] = {}

    def judge(self, case: RowCase) -> Prepared | Unasked:
        """Judge a row.

        Args:
            case: The row.

        Returns:
            The row with all that is wrong with it; or that it does not ask for the action.
        """
        source = case.origin.source
        if not case.is_meant and not self._may_ask(case):
            return Unasked(self.definition.action_id, source, self.wants)
        given = resolve(self.definition.parameters, case.layers)
        if not case.is_meant and not self._asks(given, case):
            return Unasked(self.definition.action_id, source, self.wants)
        cells, problems = self._prepare(given, case)
        if not problems:
            problems = list(self._both_ways(case.origin))
        if not problems and self.definition.expand is None:
            problems = list(self._taken(cells, source))
        return self.prepared(given, cells, problems, source, case.line)

    def apart(self, row: Prepared) -> Iterator[Prepared]:
        """Take a row that stands for several apart.

        Args:
            row: A judged row.

        Yields:
            The rows it stands for; itself when it is one row.
        """
        candidate = row.candidate
        expand = self.definition.expand
        if expand is None or candidate.problems:
            yield row
            return
        items = expand(candidate.cells)
        if not items:
            taken = tuple(self._taken(candidate.cells, place_of(candidate)))
            yield replace(row, candidate=replace(candidate, problems=taken)) if taken else row
            return
        source = place_of(candidate)
        for place, item in enumerate(items, start=1):
            given = {name: (Given(name, text, source),) for name, text in item.items() if text}
            cells, problems = self.definition.prepare(item)
            if not problems:
                problems = list(self._taken(cells, f"{source} (item {place})"))
            yield self.prepared(given, cells, problems, source, candidate.line)

    def _may_ask(self, case: RowCase) -> bool:
        """Look at the few columns that ask first: most rows of a large table ask for nothing."""
        layers = case.layers
        wanted = self._wanted
        return not wanted or any(layer.given(one) for one in wanted for layer in layers)

    def _asks(self, given: Mapping[str, tuple[Given, ...]], case: RowCase) -> bool:
        if not self.wants:
            return True
        asked = [name for name in self.wants if name in given]
        mode = given.get(MODE)
        if mode and mode[0].source == FROM_COMMAND and MODE in asked:
            asked.remove(MODE)  # said of all rows: it is no wish of this one
        if mode or self._mode is None or asked != [EXTENSION.name]:
            return bool(asked)
        # the column that decides is there, and was left blank
        return not any(feeds(self._mode, name) for name in case.columns)

    def _prepare(
        self, given: Mapping[str, tuple[Given, ...]], case: RowCase
    ) -> tuple[dict[str, str], list[CellProblem]]:
        """Bring values into their one form; problems name the columns as they stand."""
        if problems := list(self._stray_headers(given, case.is_header)):
            return {}, problems
        texts: dict[str, str] = {}
        for name, values in given.items():
            if (parameter := self.definition.parameter(name)) is not None:
                texts[name], wrong = _one_text(parameter, values)
                problems += wrong
        if problems:
            return {}, problems
        cells, problems = self.definition.prepare(texts)
        return cells, [self._in_columns_as_they_stand(one, given, case) for one in problems]

    def _in_columns_as_they_stand(
        self, problem: CellProblem, given: Mapping[str, tuple[Given, ...]], case: RowCase
    ) -> CellProblem:
        """Name the header of the file where the problem names a parameter, or several."""
        if values := given.get(problem.column, ()):
            return replace(problem, column=values[0].column or problem.column)
        if problem.column:
            headers = self._headers_for((problem.column,), case)
            return replace(problem, column=headers[0]) if headers else problem
        for group in self.definition.needs:
            if problem.expected == f"one of {', '.join(group)}":
                headers = self._headers_for(group, case)
                fix = f"fill the column {' or '.join(headers)}" if headers else problem.fix
                return replace(problem, fix=fix)
        return problem

    def _headers_for(self, names: Iterable[str], case: RowCase) -> list[str]:
        """Find the columns of the file that could feed parameters, and are blank."""
        parameters = [one for name in names if (one := self.definition.parameter(name))]
        headers = (
            header
            for parameter in parameters
            for name, header in case.columns.items()
            if feeds(parameter, name)
        )
        return list(dict.fromkeys(headers))

    def prepared(
        self,
        given: Mapping[str, tuple[Given, ...]],
        cells: Mapping[str, str],
        problems: Sequence[CellProblem],
        source: str,
        line: int,
    ) -> Prepared:
        """Put a judged row together.

        Args:
            given: Parameter -> its values.
            cells: Its normalised cells.
            problems: What is wrong with it.
            source: Where the row stands, with its line.
            line: Its line.

        Returns:
            The row with the origin of its values.
        """
        originals = {name: joined(values) for name, values in given.items()}
        definition = self.definition
        key = definition.key_of(cells) or definition.key_of(originals)
        file, _, _ = source.rpartition(":") if line else (source, "", "")
        candidate = Candidate(
            kind=definition.action_id,
            key=key,
            cells={} if problems else cells,
            originals=originals,
            line=line,
            source=file or source,
            problems=tuple(problems),
        )
        return Prepared(candidate, tuple(self._values(given, cells)))

    def _values(
        self, given: Mapping[str, tuple[Given, ...]], cells: Mapping[str, str]
    ) -> Iterator[Given]:
        for parameter in self.definition.parameters:
            if parameter.name in given:
                yield from given[parameter.name]
            elif parameter.name in cells:
                yield Given(parameter.name, cells[parameter.name], FROM_DEFAULT)

    def _stray_headers(
        self, given: Mapping[str, tuple[Given, ...]], is_header: Callable[[str], bool]
    ) -> Iterator[CellProblem]:
        for name, values in given.items():
            parameter = self.definition.parameter(name)
            if parameter is None or parameter.kind in _FREE:
                continue
            for value in values:
                if is_header(value.text):
                    yield CellProblem(
                        value.column or name,
                        value.text,
                        f"a value ({parameter.kind})",
                        "the name of a column stands in place of a value; empty the cell",
                    )

    def _both_ways(self, row: Layer) -> Iterator[CellProblem]:
        """Refuse a row that adds and removes one licence; an action may look at one of the two."""
        columns = [row.cells.get(fold_header(name), ("", "")) for name in (_ADDED, _REMOVED)]
        if not all(text for _, text in columns) or self.definition.parameter(_REMOVED) is None:
            return
        try:
            added, removed = (set(map(str.casefold, text_list(text))) for _, text in columns)
        except BadValueError:  # the action that reads the list says what is wrong with it
            return
        if added & removed:
            yield CellProblem(
                columns[1][0],
                columns[1][1],
                f"other licences than in {columns[0][0]}",
                "the row adds and removes the same licence; keep one of the two",
            )

    def _taken(self, cells: Mapping[str, str], source: str) -> Iterator[CellProblem]:
        key = self._identity(cells)
        if not self._one_each or not any(key):
            return
        first = self._seen.setdefault(key, source)
        if first != source:
            name = next(one for one in self.definition.key if cells.get(one))
            yield CellProblem(
                name,
                cells[name],
                f"one row for each in {self.definition.action_id}",
                f"keep this one or {first}",
                reason_code=ReasonCode.DUPLICATE_KEY,
            )

    def _identity(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        names = self.definition.key
        if set(names) & set(WORKSPACE_NEED):  # a name of a workspace counts inside its location
            names = tuple(dict.fromkeys((*names, *LOCATION_NEED)))
        return tuple(cells.get(name, "").casefold() for name in names)


def _one_text(parameter: Parameter, values: Sequence[Given]) -> tuple[str, list[CellProblem]]:
    """Make one text of what stands in several columns, each judged where it stands."""
    if parameter.kind is not Kind.PHONES:
        return values[0].text, []
    numbers: list[str] = []
    problems: list[CellProblem] = []
    for value in values:
        # 3,491E+10 would be taken for two numbers: the comma is a spreadsheet's, not a list's
        damage = numeric_damage(clean_text(value.text))
        found: str | CellProblem = parameter.judge(value.text)
        if damage is not None:
            found = CellProblem(
                parameter.name,
                value.text,
                "an international number (E.164) as +34910000001",
                damage.fix,
                damage.what,
            )
        if isinstance(found, CellProblem):
            problems.append(replace(found, column=value.column or parameter.name))
        elif found:
            numbers += orjson.loads(found)
    return orjson.dumps(list(dict.fromkeys(numbers))).decode(), problems
