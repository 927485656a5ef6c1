"""Judge whole rows of one type: cells, what must be blank, and rules between cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from Space_OdT.engine.cell_rules import CellRule, Surroundings, cell_rules
from Space_OdT.engine.cross_checks import CROSS_CHECKS, CROSS_TRIGGERS
from Space_OdT.engine.input_header import ColumnKind, Header
from Space_OdT.engine.input_schema import COLUMNS, ROW_RULES
from Space_OdT.engine.input_survey import Survey
from Space_OdT.engine.models import CellProblem, EntityType
from Space_OdT.webex.error_handling import ReasonCode

# Optional columns that most rows fill; they are looked at before asking whether any other is.
_USUAL = frozenset({"extension", "phone_number", "calling_enabled", "calling_license", "row_ref"})


@dataclass(slots=True)
class Verdict:
    """What the judgement of a row found; a row that is fine as it stands has none.

    Attributes:
        changes: Position -> normalised value of the cells that change.
        problems: Everything that is wrong.
    """

    changes: dict[int, str] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)


class EntityRules:
    """Everything a row of one type must obey, bound to the columns of one file.

    Args:
        entity: Type of row.
        header: Columns of the file.
        survey: What all rows tell together.
        profiles: Names of the outgoing profiles; None when they are not known yet.

    Attributes:
        entity: Type of row.
        required: Quick tests of the columns that must be filled.
        usual: Quick tests of the optional columns that most rows fill.
        others: Quick tests of the other columns the row may fill.
        may_be_odd: Picks the cells that must be blank, or need a look at others.
        rest_blanks: Number of the other columns of the schema and of those that must be blank.
    """

    def __init__(
        self,
        entity: EntityType,
        header: Header,
        survey: Survey,
        profiles: Collection[str] | None = None,
    ) -> None:
        self.entity = entity
        self._header = header
        self._survey = survey
        self._profiles = profiles
        rules = cell_rules(entity, header, survey)
        self.required = _quick(rule for rule in rules if rule.is_required)
        self.usual = _quick(r for r in rules if not r.is_required and r.column.name in _USUAL)
        self.others = _quick(r for r in rules if not r.is_required and r.column.name not in _USUAL)
        self._misfits = _misfits(entity, header)
        self._misfits_of = _getter(self._misfits)
        rest = [*(index for index, _, _ in self.others), *self._misfits]
        self._rest = _getter(rest)
        self.rest_blanks = len(rest)
        triggers = _positions(header, CROSS_TRIGGERS)
        self._triggers = _getter(triggers)
        self.may_be_odd = _getter({*self._misfits, *triggers})
        self._groups = tuple(
            (rule, _getter(_positions(header, rule.columns)))
            for rule in ROW_RULES
            if rule.entity is entity
        )
        self._absent = tuple(
            CellProblem(c.name, "", "this column", "add the column, its rows need it")
            for c in COLUMNS.values()
            if entity in c.required and c.name not in header.names
        )
        # a location has few rows and many rules between its cells, a person the other way round
        self._is_careful = entity is EntityType.LOCATION or bool(self._absent)

    def judge(self, cells: Sequence[str]) -> Verdict | None:
        """Judge a row.

        Args:
            cells: The cells as they stand, as many as the header.

        Returns:
            None when the row is fine as it stands.
        """
        verdict: Verdict | None = None
        for index, is_plain, rule in self.required:
            if not is_plain(cells[index]):
                verdict = self._judge_cell(rule, cells, verdict)
        blanks = self.rest_blanks
        for index, is_plain, rule in self.usual:
            cell = cells[index]
            if not cell:
                blanks += 1
            elif not is_plain(cell):
                verdict = self._judge_cell(rule, cells, verdict)
        # counting the blank cells of the whole row is the fastest look at the other columns
        if self._is_careful or cells.count("") != blanks:
            verdict = self._judge_rest(cells, verdict)
        if self._is_careful or blanks > self.rest_blanks:
            verdict = self._judge_whole(cells, verdict)
        return verdict

    def _judge_cell(self, rule: CellRule, cells: Sequence[str], verdict: Verdict | None) -> Verdict:
        verdict = verdict or Verdict()
        found = rule.judge(cells[rule.index], self._around(cells))
        if isinstance(found, CellProblem):
            verdict.problems.append(found)
        elif found != cells[rule.index]:
            verdict.changes[rule.index] = found
        return verdict

    def _around(self, cells: Sequence[str]) -> Surroundings:
        location = self._cell(cells, "location_key")
        if self.entity is EntityType.LOCATION:
            name = self._cell(cells, "location_name")
            location = self._cell(cells, "location_external_id") or name
        return Surroundings(self._survey, location, self._cell(cells, "address_country"))

    def _cell(self, cells: Sequence[str], name: str) -> str:
        index = self._header.position(name)
        return "" if index is None else cells[index]

    def _judge_rest(self, cells: Sequence[str], verdict: Verdict | None) -> Verdict | None:
        """Judge the columns that most rows leave blank, and the rules between cells."""
        if any(self._rest(cells)):
            for index, is_plain, rule in self.others:
                if cells[index] and not is_plain(cells[index]):
                    verdict = self._judge_cell(rule, cells, verdict)
            if any(self._misfits_of(cells)):
                verdict = verdict or Verdict()
                verdict.problems += self._misplaced(cells)
        return self._cross_check(cells, verdict)

    def _judge_whole(self, cells: Sequence[str], verdict: Verdict | None) -> Verdict | None:
        """Apply "at least one of these", and miss the columns that the file does not have."""
        problems = [
            CellProblem("", "", group.expected, group.fix)
            for group, getter in self._groups
            if not any(getter(cells))
        ]
        if problems or self._absent:
            verdict = verdict or Verdict()
            verdict.problems += (*problems, *self._absent)
        return verdict

    def _cross_check(self, cells: Sequence[str], verdict: Verdict | None) -> Verdict | None:
        """Apply the rules between cells; they presuppose cells that are right by themselves."""
        if verdict is not None and verdict.problems:
            return verdict
        if not self._is_careful and not any(self._triggers(cells)):
            return verdict
        values = self._normalised(cells, verdict)
        if problems := [*CROSS_CHECKS[self.entity](values, self._profiles)]:
            verdict = verdict or Verdict()
            verdict.problems += problems
        return verdict

    def _normalised(self, cells: Sequence[str], verdict: Verdict | None) -> dict[str, str]:
        changes = verdict.changes if verdict else {}
        return {
            name: value
            for index, name in enumerate(self._header.names)
            if self._header.kinds[index] is ColumnKind.SCHEMA
            and (value := changes.get(index, cells[index]))
        }

    def _misplaced(self, cells: Sequence[str]) -> Iterator[CellProblem]:
        for index in self._misfits:
            if not cells[index].strip():
                continue
            name, kind = self._header.names[index], self._header.kinds[index]
            if kind is ColumnKind.IDENTITY:
                yield CellProblem(
                    name,
                    cells[index],
                    "nothing here: the identity of a person is managed in the directory (LDAP)",
                    "clear the cell",
                    reason_code=ReasonCode.OUT_OF_SCOPE,
                )
            elif kind is ColumnKind.NAMELESS:
                expected = f"a name above column {index + 1}"
                yield CellProblem("", "", expected, "name the column, or clear it")
            else:
                where = " or ".join(COLUMNS[name].entities)
                expected = f"nothing here in a {self.entity} row"
                yield CellProblem(name, cells[index], expected, f"it belongs to a {where} row")


QuickRule = tuple[int, Callable[[str], object], CellRule]


def _quick(rules: Iterable[CellRule]) -> tuple[QuickRule, ...]:
    """Unpack what the loop over a million rows needs."""
    return tuple((rule.index, rule.is_plain, rule) for rule in rules)


def _misfits(entity: EntityType, header: Header) -> tuple[int, ...]:
    """Find the columns that must be blank in rows of a type."""
    return tuple(
        index
        for index, (name, kind) in enumerate(zip(header.names, header.kinds, strict=True))
        if kind in {ColumnKind.IDENTITY, ColumnKind.NAMELESS}
        or (kind is ColumnKind.SCHEMA and entity not in COLUMNS[name].entities)
    )


def _positions(header: Header, names: Iterable[str]) -> list[int]:
    """Find those of the columns that the file has."""
    return [header.names.index(name) for name in names if name in header.names]


def _getter(indexes: Iterable[int]) -> Callable[[Sequence[str]], tuple[Any, ...]]:
    """Make a function that picks cells, for any number of positions."""
    wanted = tuple(indexes)
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda cells: tuple(cells[index] for index in wanted)
