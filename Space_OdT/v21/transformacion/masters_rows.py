"""Judge one row for one action: is it meant, is it whole, and what is it in the one form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType

import orjson

from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.normalise import text_list
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.values import BadValueError
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.masters_values import (
    FROM_DEFAULT,
    Given,
    Layer,
    feeds,
    resolve,
)
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, fold_header
from Space_OdT.v21.transformacion.shared_parameters import (
    EXTENSION,
    LOCATION_NEED,
    PERSON_NEED,
    WORKSPACE_NEED,
)
from Space_OdT.webex.error_handling import ReasonCode

_WHO_OR_WHERE = frozenset({*LOCATION_NEED, *PERSON_NEED, *WORKSPACE_NEED, "org_id"})

MANDATORY = frozenset({"ubicacion_configurar_pstn", "ubicacion_actualizar_cabecera"})
"""Actions no site can do without: every row of their master asks for them."""

_MODE = "mode"
_FORWARDING = ("destination", _MODE)
_INTERCOM = ("legacy_phone_number", _MODE)

DECISIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ubicacion_configurar_permisos_salientes_defecto": ("default_outgoing_profile",),
        "usuarios_anadir_intercom_legacy": _INTERCOM,
        "usuarios_configurar_desvio_prefijo53": _FORWARDING,
        "workspaces_anadir_intercom_legacy": _INTERCOM,
        "workspaces_configurar_desvio_prefijo53": _FORWARDING,
        "workspaces_configurar_desvio_prefijo53_telephony": _FORWARDING,
    }
)
"""Columns that decide on actions which could be worked out for everybody."""

_ADDED, _REMOVED = "add_license_ids", "remove_license_ids"
# texts that may well be a word that is a header too
_FREE = frozenset({Kind.TEXT, Kind.JSON_LIST, Kind.FLAG, Kind.CHOICE, Kind.CHOICES})


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
        columns: Folded headers of its file.
        is_of_numbers: Whether it stands in the sheet of numbers.
    """

    layers: Sequence[Layer]
    origin: Layer
    line: int
    is_header: Callable[[str], bool]
    columns: tuple[str, ...] = ()
    is_of_numbers: bool = False


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


def wanted_by(definition: ActionDefinition, *, only_decided: bool = False) -> tuple[str, ...]:
    """List what a row must fill, beside who or where, to ask for an action.

    Args:
        definition: The action.
        only_decided: Whether only columns that decide something count.

    Returns:
        Parameters of which one is enough; empty when every row asks.
    """
    action_id = definition.action_id
    if action_id in MANDATORY:
        return ()
    if only_decided and action_id in DECISIONS:
        return DECISIONS[action_id]
    required = (one.name for one in definition.parameters if one.is_required)
    if own := tuple(name for name in required if name not in _WHO_OR_WHERE):
        return own
    in_groups = chain.from_iterable(definition.needs)
    names = tuple(dict.fromkeys(name for name in in_groups if name not in _WHO_OR_WHERE))
    return (*names, _MODE) if names and definition.parameter(_MODE) else names


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
        self._one_each = one_each
        self._mode = definition.parameter(_MODE)
        self._seen: dict[tuple[str, ...], str] = {}

    def judge(self, case: RowCase) -> Prepared | Unasked:
        """Judge a row.

        Args:
            case: The row.

        Returns:
            The row with all that is wrong with it; or that it does not ask for the action.
        """
        given = resolve(self.definition.parameters, case.layers)
        source = case.origin.source
        if not self._asks(given, case):
            return Unasked(self.definition.action_id, source, self.wants)
        cells, problems = self.prepare(given, case.is_header)
        if not problems:
            problems = [*self._both_ways(case.origin), *self._taken(cells, source)]
        return self.prepared(given, cells, problems, source, case.line)

    def _asks(self, given: Mapping[str, tuple[Given, ...]], case: RowCase) -> bool:
        asked = [name for name in self.wants if name in given]
        if not self.wants or self._mode is None or asked != [EXTENSION.name]:
            return bool(asked) or not self.wants
        # the column that decides is there, and was left blank
        mode = self._mode
        return not any(feeds(mode, name) for name in case.columns)

    def prepare(
        self, given: Mapping[str, tuple[Given, ...]], is_header: Callable[[str], bool]
    ) -> tuple[dict[str, str], list[CellProblem]]:
        """Bring the values of a row into their one form.

        Args:
            given: Parameter -> its values.
            is_header: Tells whether a value is a header of its file.

        Returns:
            The cells, and everything that is wrong, in terms of the columns as they stand.
        """
        if problems := list(self._stray_headers(given, is_header)):
            return {}, problems
        texts: dict[str, str] = {}
        for name, values in given.items():
            if (parameter := self.definition.parameter(name)) is not None:
                texts[name], wrong = _one_text(parameter, values)
                problems += wrong
        if problems:
            return {}, problems
        cells, problems = self.definition.prepare(texts)
        return cells, [_in_columns_as_they_stand(one, given) for one in problems]

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


def _one_text(parameter: Parameter, values: Sequence[Given]) -> tuple[str, list[CellProblem]]:
    """Make one text of what stands in several columns, each judged where it stands."""
    if parameter.kind is not Kind.PHONES or len(values) == 1:
        return values[0].text, []
    numbers: list[str] = []
    problems: list[CellProblem] = []
    for value in values:
        found = parameter.judge(value.text)
        if isinstance(found, CellProblem):
            problems.append(replace(found, column=value.column or parameter.name))
        elif found:
            numbers += orjson.loads(found)
    return orjson.dumps(list(dict.fromkeys(numbers))).decode(), problems


def _in_columns_as_they_stand(
    problem: CellProblem, given: Mapping[str, tuple[Given, ...]]
) -> CellProblem:
    """Name the header of the file where the problem names the parameter."""
    values = given.get(problem.column, ())
    column = values[0].column if values else ""
    return replace(problem, column=column) if column else problem
