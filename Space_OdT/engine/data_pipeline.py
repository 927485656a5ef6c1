"""From the bulk input to `ready_to_load.csv` and `rejected_rows.csv`: each row in exactly one."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from Space_OdT.engine.atomic import replacing
from Space_OdT.engine.csv_lines import line_maker, one_line
from Space_OdT.engine.fast_lane import Lane, fast_lane
from Space_OdT.engine.input_header import Header, resolve_header
from Space_OdT.engine.input_reader import InputFile, open_input
from Space_OdT.engine.input_schema import COLUMNS, INPUT_SCHEMA_VERSION
from Space_OdT.engine.input_survey import Survey, survey
from Space_OdT.engine.invariants import invariant
from Space_OdT.engine.models import CellProblem, EntityType
from Space_OdT.engine.output_columns import READY_EXTRA, original_columns, rejected_columns
from Space_OdT.engine.rejections import reason_of, text_of
from Space_OdT.engine.row_keys import EntityKeys, RowKeys
from Space_OdT.engine.row_rules import EntityRules
from Space_OdT.engine.validation_report import Tally, ValidationReport
from Space_OdT.engine.values import BadValueError
from Space_OdT.engine.writers import minify_row

PIPELINE_VERSION = 1


@dataclass(frozen=True, slots=True)
class PipelineTargets:
    """Where the pipeline writes; each file appears whole or not at all.

    Attributes:
        ready_csv: Rows to run, normalised.
        rejected_csv: Rows that cannot be run, with the reason and the original cells.
        report_json: What was found, written last: it vouches for the other two.
    """

    ready_csv: Path
    rejected_csv: Path
    report_json: Path


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """What the judgement of rows depends on besides the file.

    Attributes:
        max_rows: Most rows allowed.
        pipeline_version: Kept in report and checkpoint; another one starts over.
        profiles: Names of the outgoing profiles; None when they are not known yet.
        clock: Gives the present moment; injected by tests.
    """

    max_rows: int
    pipeline_version: int = PIPELINE_VERSION
    profiles: Collection[str] | None = None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


def run_pipeline(
    path: Path, targets: PipelineTargets, options: PipelineOptions
) -> ValidationReport:
    """Validate and normalise a bulk input.

    Args:
        path: CSV or XLSX.
        targets: The files to write; their folders must exist.
        options: Limits and version.

    Returns:
        What was found; rows = ready + rejected.

    Raises:
        InputFileError: When the file as a whole cannot be used; nothing is written.
        LimitExceededError: When it has more rows than allowed; nothing is written.
        OSError: When the outputs cannot be written; the old ones stay.
    """
    file = open_input(path)
    header = resolve_header(file)
    overview = survey(file, header, max_rows=options.max_rows)
    judge = _Judge(file, header, overview, options)
    with (
        _text_file(targets.ready_csv) as ready,
        _text_file(targets.rejected_csv) as rejected,
    ):
        judge.run(ready, rejected)
    report = judge.report()
    report.save(targets.report_json)
    return report


@contextmanager
def _text_file(path: Path) -> Iterator[IO[str]]:
    with ExitStack() as stack:
        raw = stack.enter_context(replacing(path))
        text = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False)
        yield text
        text.detach()


@dataclass(slots=True)
class _Desk:
    """Where the rows of one type are judged and counted."""

    rules: EntityRules
    keys: EntityKeys
    count: Callable[[Sequence[str]], None]
    lane: Lane | None


class _Judge:
    """One walk over all rows."""

    def __init__(
        self, file: InputFile, header: Header, overview: Survey, options: PipelineOptions
    ) -> None:
        self._file = file
        self._header = header
        self._options = options
        self._survey = overview
        keys = RowKeys(header, overview)
        self._tally = Tally(header)
        self._desks = {entity.value: self._desk(entity, keys) for entity in EntityType}
        self._moment = options.clock().isoformat(timespec="seconds")
        self._type_at = header.names.index("entity_type")
        self._originals = [
            header.names.index(name) for name in original_columns(header.carried_names)
        ]
        # how the cells of a ready row are laid out
        self._carries_all = len(header.carried) == len(header.names)
        self._key_at = header.carried_names.index("entity_key") if self._has_key else None

    def _desk(self, entity: EntityType, keys: RowKeys) -> _Desk:
        header = self._header
        rules = EntityRules(entity, header, self._survey, self._options.profiles)
        own, count = keys.of(entity), self._tally.counter(entity)
        return _Desk(rules, own, count, fast_lane(rules, own, self._tally, header))

    @property
    def _has_key(self) -> bool:
        return "entity_key" in self._header.carried_names

    def run(self, ready: IO[str], rejected: IO[str]) -> None:
        """Judge every row and write it to one of the two files."""
        line_of = line_maker()
        names = self._header.carried_names
        key = () if self._has_key else ("entity_key",)
        ready.write(line_of((*names, *key, *READY_EXTRA)))
        rejected.write(line_of(rejected_columns(names)))
        judge, kind = self._judge, self._type_at
        write_ready, write_rejected = ready.write, rejected.write
        lanes = {name: desk.lane for name, desk in self._desks.items() if desk.lane}
        for number, (line, _, cells, problem) in enumerate(self._file.rows(), start=1):
            if (
                not problem
                and (lane := lanes.get(cells[kind])) is not None
                and (plain := lane(cells, line, number))
            ):
                write_ready(plain)
                continue
            found = judge(number, line, cells, problem)
            if isinstance(found, list):
                write_ready(line_of(found))
            else:
                write_rejected(line_of(self._rejected_record(number, line, cells, found)))

    def report(self) -> ValidationReport:
        """Sum up, after `run`."""
        tally = self._tally
        ready = tally.ready
        invariant(
            sum(ready.values()) + sum(tally.rejected.values()) == self._survey.rows,
            "every row is ready or rejected",
            rows=self._survey.rows,
            ready=ready,
            rejected=tally.rejected,
        )
        return ValidationReport(
            input_path=str(self._file.path),
            input_hash=self._file.input_hash,
            pipeline_version=self._options.pipeline_version,
            schema_version=INPUT_SCHEMA_VERSION,
            description=self._file.description,
            notices=self._file.notices,
            rows=self._survey.rows,
            ready=ready,
            rejected=tally.rejected,
            normalised=tally.normalised,
            repaired_plus=tally.repaired_plus,
            repair_examples=tuple(tally.repair_examples),
            locations=tally.locations_elsewhere(self._survey.canonical_locations),
            licences=tally.licences,
            routes=tally.routes,
            profiles=tally.profiles,
            rows_with_settings=tally.rows_with_settings,
        )

    def _judge(
        self, number: int, line: int, cells: list[str], problem: str
    ) -> list[str] | tuple[CellProblem, ...]:
        """Judge a row: the cells of its ready record, or what is wrong with it."""
        if problem:
            return (CellProblem("", "", "a whole row", problem),)
        desk = self._desks.get(cells[self._type_at])
        final = [*cells, ""]
        if desk is None:
            try:
                final[self._type_at] = COLUMNS["entity_type"].normalise(cells[self._type_at])
            except BadValueError as error:
                value = cells[self._type_at]
                return (CellProblem("entity_type", value, error.expected, error.fix),)
            desk = self._desks[final[self._type_at]]
        verdict = desk.rules.judge(cells)
        if verdict is not None:
            if verdict.problems:
                return tuple(verdict.problems)
            for index, value in verdict.changes.items():
                final[index] = value
        if taken := desk.keys.claim(final, line, number):
            return (taken,)
        if verdict is not None:
            self._tally.add_changes(cells, verdict.changes, line)
        desk.count(final)
        return self._ready_record(desk.keys.entity_key(final), final, number, line)

    def _ready_record(self, key: str, cells: list[str], number: int, line: int) -> list[str]:
        if self._carries_all:
            cells.pop()
        else:
            cells = [cells[index] for index in self._header.carried]
        if self._key_at is None:
            cells.append(key)
        else:
            cells[self._key_at] = key
        cells += (str(number), str(line))
        return cells

    def _rejected_record(
        self, number: int, line: int, cells: list[str], problems: Sequence[CellProblem]
    ) -> list[str]:
        names = self._header.names
        is_whole = len(cells) == len(names)
        reason = reason_of(problems)
        self._tally.add_rejected(reason)
        padded = [*cells, *[""] * (len(names) + 1 - len(cells))]
        raw = dict(zip(names, cells, strict=True)) if is_whole else {"cells": cells}
        desk = self._desks.get(padded[self._type_at].strip().casefold()) if is_whole else None
        record = [
            self._moment,
            desk.keys.row_id(padded, number) if desk else str(number),
            padded[self._type_at],
            desk.keys.entity_key(padded) if desk else "",
            reason.value,
            f"line {line}: {text_of(problems)}",
            minify_row(raw),
            str(number),
            str(line),
        ]
        record += [padded[index] for index in self._originals]
        whole = "".join(record)
        is_one_line = "\0" not in whole and len(whole.splitlines()) <= 1
        return record if is_one_line else [one_line(cell) for cell in record]
