"""Read `input_softphones.csv`: good rows to be run, bad ones rejected with what to mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.engine.input_reader import InputFile, InputFileError, Record, open_input
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.engine.values import BadValueError
from Space_OdT.softphones.columns import (
    COLUMNS,
    FEATURE_PREFIXES,
    REQUIRED_COLUMNS,
    known_name,
)
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.stages import TRIGGERS, Stage, idle_columns, stages_of
from Space_OdT.webex.error_handling import ReasonCode

COMMENT = "#"
FREE_PREFIX = "x_"


@dataclass(frozen=True, slots=True)
class SoftphoneRow:
    """A person to make a softphone of.

    Attributes:
        number: Position among the rows of the file, from 1, comments left out.
        line: Line of the file, from 1.
        email: Address, lower case.
        cells: Column -> normalised text; blank cells are left out.
    """

    number: int
    line: int
    email: str
    cells: Mapping[str, str]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages the row has, in the order of work."""
        return stages_of(self.cells)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not run.

    Attributes:
        number: Position among the rows of the file, from 1.
        line: Line of the file, from 1.
        cells: The row as it stands.
        problems: What is wrong with it.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    problems: tuple[CellProblem, ...]


@dataclass(frozen=True, slots=True)
class SoftphoneIntake:
    """What an input file holds.

    Attributes:
        path: The file.
        input_hash: sha256 of its bytes.
        description: How it was read.
        header: Its header cells.
        rows: Rows to run.
        rejected: Rows that are not run.
        notices: What the operator should know.
        addresses: Every address in it, those of rejected rows too.
    """

    path: Path
    input_hash: str
    description: str
    header: tuple[str, ...]
    rows: tuple[SoftphoneRow, ...]
    rejected: tuple[RejectedRow, ...]
    notices: tuple[str, ...]
    addresses: frozenset[str]


def read_input(path: Path, policy: Policy, *, max_rows: int) -> SoftphoneIntake:
    """Read and judge an input file; one bad row never refuses the others.

    Args:
        path: CSV, in any encoding and with any separator a spreadsheet writes, or XLSX.
        policy: The policy of the run.
        max_rows: Most rows allowed.

    Returns:
        What it holds.

    Raises:
        InputFileError: When the file cannot be read, or its header cannot be used.
        LimitExceededError: When it has more rows than allowed.
    """
    file = open_input(path, may_be_empty=True)
    names, notices = _understood(file)
    judge = _Judge(names, policy)
    for record in file.rows():
        if not record[2][0].lstrip().startswith(COMMENT):
            judge.take(record)
        if judge.number > max_rows:
            raise LimitExceededError(f"{path} has more than {max_rows:,} rows", "MAX_ROWS")
    return SoftphoneIntake(
        path,
        file.input_hash,
        file.description,
        file.header,
        tuple(judge.rows),
        tuple(judge.rejected),
        (*file.notices, *notices),
        frozenset(judge.addresses),
    )


def _understood(file: InputFile) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Match the header with the known columns, or refuse it with all that is wrong."""
    names = tuple(map(known_name, file.header))
    problems = [f"the column {name} is missing" for name in REQUIRED_COLUMNS if name not in names]
    if not {"location_id", "location_name"} & set(names):
        problems.append("one of the columns location_id and location_name is missing")
    if not {"extension", "phone_number"} & set(names):
        problems.append("one of the columns extension and phone_number is missing")
    problems += [
        f"the column {name} stands in it twice"
        for name in dict.fromkeys(names)
        if name and names.count(name) > 1
    ]
    ignored = []
    for cell, name in zip(file.header, names, strict=True):
        plain = cell.strip().lower()
        if name or not plain or plain.startswith(FREE_PREFIX):
            continue
        meant = did_you_mean(plain, [one for one in COLUMNS if one not in names], whole=True)
        if meant or plain.startswith(FEATURE_PREFIXES):
            problems.append(f'the column "{cell.strip()}" is unknown: {meant}'.rstrip(": "))
        else:
            ignored.append(cell.strip())
    if problems:
        raise InputFileError(
            file.path,
            f"the header cannot be used: {'; '.join(problems)}",
            f"rename, add or remove these columns; your own ones may begin with {FREE_PREFIX}",
            line=file.header_line,
        )
    told = (f"columns that mean nothing here: {', '.join(ignored)}",) if ignored else ()
    return names, told


class _Judge:
    """Judges the rows of one file, in their order."""

    def __init__(self, names: Sequence[str], policy: Policy) -> None:
        self._names = names
        self._policy = policy
        self._lines: dict[str, int] = {}
        self.addresses: set[str] = set()
        self.number = 0
        self.rows: list[SoftphoneRow] = []
        self.rejected: list[RejectedRow] = []

    def take(self, record: Record) -> None:
        """Judge a row."""
        line, _, cells, broken = record
        self.number += 1
        if broken:
            problem = CellProblem("", "", "a row like the header", broken)
            self.rejected.append(RejectedRow(self.number, line, tuple(cells), (problem,)))
            return
        given = dict(zip(self._names, cells, strict=True))
        values, problems = normalised({name: cell for name, cell in given.items() if name})
        self.addresses.add(values.get("user_email", ""))
        if not problems:
            problems = [*_row_problems(values, self._policy), *self._repeated(values)]
        if problems:
            self.rejected.append(RejectedRow(self.number, line, tuple(cells), tuple(problems)))
            return
        email = values["user_email"]
        self._lines[email] = line
        self.rows.append(SoftphoneRow(self.number, line, email, values))

    def _repeated(self, values: Mapping[str, str]) -> list[CellProblem]:
        email = values.get("user_email", "")
        first = self._lines.get(email)
        if first is None:
            return []
        return [
            CellProblem(
                "user_email",
                email,
                "each person once",
                f"line {first} has the same address; keep one of the two",
                reason_code=ReasonCode.DUPLICATE_KEY,
            )
        ]


def normalised(cells: Mapping[str, str]) -> tuple[dict[str, str], list[CellProblem]]:
    """Bring cells into their one form.

    Args:
        cells: Column -> cell as it stands.

    Returns:
        Column -> normalised text without the blank ones, and what is wrong.
    """
    values: dict[str, str] = {}
    problems = []
    for name, cell in cells.items():
        if not cell.strip():
            continue
        try:
            values[name] = COLUMNS[name].normalise(cell)
        except BadValueError as error:
            problems.append(CellProblem(name, cell, error.expected, error.fix, error.damage))
    return {name: value for name, value in values.items() if value}, problems


def _row_problems(values: Mapping[str, str], policy: Policy) -> list[CellProblem]:
    problems = [
        CellProblem(name, "", COLUMNS[name].meaning.rstrip(".").lower(), "fill it, it is required")
        for name in REQUIRED_COLUMNS
        if name not in values
    ]
    for one, other in (("location_id", "location_name"), ("extension", "phone_number")):
        if one not in values and other not in values:
            problems.append(CellProblem(one, "", f"{one} or {other}", f"fill {one} or {other}"))
    problems += [
        CellProblem(
            name,
            values[name],
            f"{' or '.join(TRIGGERS[stage].columns)} beside it",
            f"without it {stage} does not run and nobody reads {name}: fill it too, or clear this",
        )
        for name, stage in idle_columns(values)
    ]
    problems += [
        _nothing_to_apply(direction, values)
        for direction in ("incoming", "outgoing")
        if f"{direction}_permissions_mode" in values
        and f"{direction}_permissions_json" not in values
        and not policy.defaults(f"{direction}Permission")
    ]
    return problems


def _nothing_to_apply(direction: str, values: Mapping[str, str]) -> CellProblem:
    mode = f"{direction}_permissions_mode"
    return CellProblem(
        mode,
        values[mode],
        f"{direction} permissions to apply",
        f"fill {direction}_permissions_json, or {direction}_permissions_defaults of "
        "static_policy.json",
    )
