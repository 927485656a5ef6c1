"""From the input files to prepared rows: sites first, then people and workspaces of the sites."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.v21.locations.columns import definition_of
from Space_OdT.v21.locations.layout import LocationsLayout
from Space_OdT.v21.locations.templates import Policy
from Space_OdT.v21.transformacion.catalog import BY_ID
from Space_OdT.v21.transformacion.definition import ActionDefinition, LegacyFormulas
from Space_OdT.v21.transformacion.masters.files import Master, Table, open_files
from Space_OdT.v21.transformacion.masters.reading import Masters, Selection, Unasked
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.records import name_key

# What the columns of input_users and input_workspaces ask for, in the order of a site's activation.
FURTHER = (
    "usuarios_anadir_intercom_legacy",
    "usuarios_configurar_perfil_saliente_custom",
    "usuarios_configurar_desvio_prefijo53",
    "workspaces_anadir_intercom_legacy",
    "workspaces_configurar_perfil_saliente_custom",
    "workspaces_configurar_desvio_prefijo53",
)
# Each row of people, and each of workspaces, is looked at by so many of them.
ACTIONS_OF_A_ROW = len(FURTHER) // 2
_NAMES_A_SITE = ("location_external_id", "location_id", "name")
_SHOWN_LINES = 10
_FORM = 1


def _forget(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class SiteInput:
    """The input files of a run, read.

    Attributes:
        masters: The rows as they stand.
        definitions: What is done with them, in order: the sites first.
        formulas: How legacy numbers follow from extensions.
        input_hash: Names files, kind of work and policy together.
    """

    masters: Masters
    definitions: tuple[ActionDefinition, ...]
    formulas: LegacyFormulas
    input_hash: str

    def candidates(self, tell: Callable[[str], None] = _forget) -> Iterator[Candidate]:
        """Prepare all rows.

        Args:
            tell: Told, a sentence a file, of rows of people or workspaces that ask for nothing.

        Yields:
            Sites, then people, then workspaces; a second row of a site is rejected.

        Raises:
            InputFileError: When a file cannot be read to its end.
        """
        first: dict[tuple[str, str], int] = {}
        selection = Selection(formulas=self.formulas, only_decided=True)
        site, *others = self.definitions
        waiting: list[Unasked] = []
        for prepared in self.masters.prepare(site, selection, waiting.append):
            yield from map(_nameless, waiting)
            waiting.clear()
            yield _once(prepared.candidate, first)
        yield from map(_nameless, waiting)
        idle: list[str] = []
        for definition in others:
            unasked: list[Unasked] = []
            for prepared in self.masters.prepare(definition, selection, unasked.append):
                yield prepared.candidate
            idle += [one.source for one in unasked]
        for sentence in _told_idle(Counter(idle)):
            tell(sentence)

    def unread_columns(self) -> list[str]:
        """Say which columns feed nothing.

        Returns:
            One sentence a file that has such columns.
        """
        return [*self.masters.unread_columns(self.definitions)]


def read_input(
    layout: LocationsLayout, locations: Path, kind: str, policy: Policy, formulas: LegacyFormulas
) -> SiteInput:
    """Read the input files.

    Args:
        layout: Where people and workspaces stand.
        locations: The sites.
        kind: What is done with the sites: `location` or `location_webex_calling`.
        policy: What holds for all rows.
        formulas: How legacy numbers follow from extensions, as the settings have it.

    Returns:
        The input.

    Raises:
        InputFileError: When a file cannot be used.
    """
    files = {
        Master.UBICACIONES: locations,
        Master.USUARIOS: layout.users_csv,
        Master.WORKSPACES: layout.workspaces_csv,
    }
    tables: list[Table] = []
    notices: list[str] = []
    for master, path in files.items():
        found, more = open_files([path])
        tables += [replace(table, master=master) for table in found]
        notices += more
    masters = Masters(tuple(tables), tuple(notices))
    formulas = replace(formulas, forward_prefix=policy.legacy_forward_prefix)
    definitions = definitions_of(kind, policy)
    selection = Selection(formulas=formulas, only_decided=True)
    name = masters.input_hash([one.action_id for one in definitions], selection)
    facts = [name, policy.default_outgoing_profile, _FORM]
    input_hash = hashlib.sha256(orjson.dumps(facts)).hexdigest()
    return SiteInput(masters, definitions, formulas, input_hash)


def definitions_of(kind: str, policy: Policy) -> tuple[ActionDefinition, ...]:
    """List what is done, in order.

    Args:
        kind: What is done with the sites.
        policy: What holds for all rows.

    Returns:
        The sites' own action, then those of people and workspaces.
    """
    site = definition_of(kind, policy.default_outgoing_profile)
    return (site, *(BY_ID[name] for name in FURTHER))


def _nameless(row: Unasked) -> Candidate:
    """Reject a row that names no site: every row of the file has an end."""
    source, _, line = row.source.rpartition(":")
    if not line.isdecimal():
        source, line = row.source, "0"
    problem = CellProblem("name", "", "the name of a location", "fill it, it is required")
    return Candidate(row.action_id, "", {}, {}, int(line), source, (problem,))


def _once(row: Candidate, first: dict[tuple[str, str], int]) -> Candidate:
    """Reject a second row of the same site: both would look for it, and both create it."""
    if row.problems:
        return row
    named = {(one, name_key(row.cells[one])) for one in _NAMES_A_SITE if row.cells.get(one)}
    for column, key in sorted(named & first.keys()):
        problem = CellProblem(
            column,
            row.cells[column],
            "a location once in the file",
            f"line {first[column, key]} is about the same location: keep one of the two",
            reason_code=ReasonCode.DUPLICATE_KEY,
        )
        return replace(row, cells={}, problems=(problem,))
    first.update(dict.fromkeys(named, row.line))
    return row


def _told_idle(unasked: Mapping[str, int]) -> Iterator[str]:
    """Say which rows of people and workspaces none of their actions is asked by."""
    lines: dict[str, list[str]] = {}
    for source, times in unasked.items():
        file, _, line = source.rpartition(":")
        if times == ACTIONS_OF_A_ROW:
            lines.setdefault(file, []).append(line)
    for file, found in lines.items():
        shown = ", ".join(found[:_SHOWN_LINES])
        more = f" and {len(found) - _SHOWN_LINES:,} more" if len(found) > _SHOWN_LINES else ""
        yield (
            f"{file}: line {shown}{more} asks for nothing; fill legacy_secondary_number, "
            "legacy_forward_target, outgoing_profile or mode"
        )


def as_json(row: Candidate) -> dict[str, Any]:
    """Write a prepared row down for a job.

    Args:
        row: The row.

    Returns:
        JSON values.
    """
    return {
        "entity_type": row.kind,
        "location_key": row.key,
        "line": row.line,
        "source": row.source,
        "row": dict(row.cells),
        "original": dict(row.originals),
        "problems": [
            {
                "column": one.column,
                "value": one.value,
                "expected": one.expected,
                "fix": one.fix,
                "damage": one.damage,
                "reason_code": one.reason_code.value,
            }
            for one in row.problems
        ],
    }


def from_json(rows: Iterable[Mapping[str, Any]]) -> Iterator[Candidate]:
    """Read the rows of a job.

    Args:
        rows: What `as_json` gave.

    Yields:
        The rows.

    Raises:
        KeyError: When something is missing.
        ValueError: When a reason code is unknown.
    """
    for one in rows:
        problems = tuple(
            CellProblem(**{**problem, "reason_code": ReasonCode(problem["reason_code"])})
            for problem in one["problems"]
        )
        yield Candidate(
            kind=one["entity_type"],
            key=one["location_key"],
            cells=one["row"],
            originals=one["original"],
            line=one["line"],
            source=one["source"],
            problems=problems,
        )
