"""From prepared rows to a run that can begin or go on: each row ready or rejected, once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import orjson

from Space_OdT.engine.atomic import replacing, write_atomic
from Space_OdT.engine.batch_iterator import check_batch_limit
from Space_OdT.engine.csv_lines import line_maker, one_line
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.engine.output_columns import (
    NORMALISED,
    READY_EXTRA,
    original_columns,
    rejected_columns,
)
from Space_OdT.engine.rejections import reason_of, text_of
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.row_runs.session import TakenIn
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.run_state import begin
from Space_OdT.engine.state_store import Start, StateStore
from Space_OdT.engine.writers import minify_row

_SHOWN_REJECTIONS = 5
_HASH_SHOWN = 8
# Raised when the form of the ready file changes: an unfinished run of the old form starts over.
_FORM = 1


@dataclass(frozen=True, slots=True)
class RowsIntakeOptions:
    """What the intake depends on besides the rows.

    Attributes:
        kinds: Types of rows, in the order of their phases.
        max_rows: Rows allowed of each type.
        batch_size: Rows of a batch.
        max_batches: Batches allowed; None allows what the rows need.
        pipeline_version: Version of the processing.
        repair: Whether torn tails may be cut off.
        clock: Gives the present moment; injected by tests.
    """

    kinds: tuple[str, ...]
    max_rows: int
    batch_size: int
    max_batches: int | None = None
    pipeline_version: int = 1
    repair: bool = False
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class RowsReport:
    """What became of the prepared rows.

    Attributes:
        input_hash: What identifies rows and phases together.
        pipeline_version: Version that judged them.
        form: Form of the ready file.
        rows: Rows in all.
        ready: Type of row -> rows that can be run.
        rejected: Reason code -> rows that cannot.
        examples: The first rejections in words.
    """

    input_hash: str
    pipeline_version: int
    form: int
    rows: int
    ready: dict[str, int]
    rejected: dict[str, int]
    examples: tuple[str, ...]

    @property
    def ready_rows(self) -> int:
        """Rows that can be run."""
        return sum(self.ready.values())

    @property
    def rejected_rows(self) -> int:
        """Rows that cannot be run."""
        return sum(self.rejected.values())

    def save(self, path: Path) -> None:
        """Write the report; it vouches for the ready and the rejected rows.

        Args:
            path: Where to.

        Raises:
            OSError: When it cannot be written.
        """
        write_atomic(path, orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2), durable=True)


@dataclass(frozen=True, slots=True)
class RowsIntake(TakenIn):
    """Prepared rows that can be run, and how the run begins."""

    report: RowsReport


def input_name(rows_hash: str, kinds: Sequence[str]) -> str:
    """Name the input of a run: the same rows through the same phases give the same.

    Args:
        rows_hash: Hash of whatever the rows were made of.
        kinds: Types of rows, in the order of their phases.

    Returns:
        sha256, hexadecimal.
    """
    return hashlib.sha256(orjson.dumps([rows_hash, list(kinds)])).hexdigest()


def take_in_rows(
    candidates: Callable[[], Iterable[Candidate]],
    rows_hash: str,
    columns: Sequence[str],
    layout: RowsLayout,
    options: RowsIntakeOptions,
) -> RowsIntake:
    """Look at the output folder and write the rows down, unless that was done before a resume.

    Args:
        candidates: Gives the prepared rows from the first; asked once at most.
        rows_hash: Hash of whatever they are made of.
        columns: Columns of the originals, in the order in which outputs carry them.
        layout: The output folder; the caller holds its lock.
        options: Limits, version and phases.

    Returns:
        What to run.

    Raises:
        InputFileError: When a file of the rows cannot be read to its end.
        LimitExceededError: When there are more rows or batches than allowed.
        CheckpointError: When the folder holds a damaged, or another, unfinished run.
        DamagedOutputError: When outputs are torn or damaged.
        OSError: When the folder cannot be written.
    """
    name = input_name(rows_hash, options.kinds)
    store = StateStore(layout.checkpoint_json)
    beginning = begin(
        layout,
        store,
        input_hash=name,
        pipeline_version=options.pipeline_version,
        repair=options.repair,
    )
    report = None
    if beginning.start is Start.RESUME and layout.ready_csv.exists():
        # A resumed run goes on with the verdicts it began with.
        report = _load(layout.validation_json, name, options.pipeline_version)
    if report is None:
        report = _write_rows(candidates(), name, columns, layout, options)
        report.save(layout.validation_json)
    return RowsIntake(report, beginning, store)


def _load(path: Path, name: str, version: int) -> RowsReport | None:
    try:
        data = orjson.loads(path.read_bytes())
        values: dict[str, Any] = {item.name: data[item.name] for item in fields(RowsReport)}
        report = RowsReport(**{**values, "examples": tuple(values["examples"])})
    except (OSError, ValueError, KeyError, TypeError):  # missing, torn, or of another form
        return None
    expected = (name, version, _FORM)
    found = (report.input_hash, report.pipeline_version, report.form)
    return report if found == expected else None


def _write_rows(
    candidates: Iterable[Candidate],
    name: str,
    columns: Sequence[str],
    layout: RowsLayout,
    options: RowsIntakeOptions,
) -> RowsReport:
    with ExitStack() as stack:
        ready = stack.enter_context(replacing(layout.ready_csv))
        rejected = stack.enter_context(replacing(layout.rejected_csv))
        desk = _Desk(ready, rejected, columns, options)
        for number, candidate in enumerate(candidates, start=1):
            desk.take(number, candidate)
        if options.max_batches is not None:
            check_batch_limit(desk.ready_rows, options.batch_size, options.max_batches)
    return RowsReport(
        input_hash=name,
        pipeline_version=options.pipeline_version,
        form=_FORM,
        rows=desk.rows,
        ready=desk.ready_rows,
        rejected=desk.rejected_rows,
        examples=tuple(desk.examples),
    )


class _Desk:
    """Writes each row to one of the two files, and counts."""

    def __init__(
        self,
        ready: IO[bytes],
        rejected: IO[bytes],
        columns: Sequence[str],
        options: RowsIntakeOptions,
    ) -> None:
        self._ready = ready
        self._rejected = rejected
        self._columns = original_columns(columns)
        self._line = line_maker()
        self._moment = options.clock().isoformat(timespec="seconds")
        self._max_rows = options.max_rows
        self.rows = 0
        self.ready_rows = dict.fromkeys(options.kinds, 0)
        self.rejected_rows: dict[str, int] = {}
        self.examples: list[str] = []
        head = ("entity_type", "entity_key", *self._columns, NORMALISED, *READY_EXTRA)
        self._write(self._ready, head)
        self._write(self._rejected, rejected_columns(columns))

    def take(self, number: int, candidate: Candidate) -> None:
        """Write a row."""
        self.rows = number
        if candidate.problems:
            self._reject(number, candidate)
            return
        self.ready_rows[candidate.kind] += 1
        if self.ready_rows[candidate.kind] > self._max_rows:
            raise LimitExceededError(
                f"{candidate.source} has more than {self._max_rows:,} rows of {candidate.kind}",
                f"MAX_ROWS={self._max_rows}",
            )
        record = [candidate.kind, candidate.key, *self._originals(candidate)]
        record += [minify_row(candidate.cells), str(number), str(candidate.line)]
        self._write(self._ready, record)

    def _reject(self, number: int, candidate: Candidate) -> None:
        reason = reason_of(candidate.problems).value
        self.rejected_rows[reason] = self.rejected_rows.get(reason, 0) + 1
        place = f", line {candidate.line}" if candidate.line else ""
        message = f"{candidate.source}{place}: {text_of(candidate.problems)}"
        if len(self.examples) < _SHOWN_REJECTIONS:
            self.examples.append(message)
        own = candidate.originals.get("row_ref", "") or str(number)
        record = [self._moment, own, candidate.kind, candidate.key, reason, message]
        record += [minify_row(candidate.originals), str(number), str(candidate.line)]
        self._write(self._rejected, [*record, *self._originals(candidate)])

    def _originals(self, candidate: Candidate) -> Iterator[str]:
        return (candidate.originals.get(column, "") for column in self._columns)

    def _write(self, file: IO[bytes], cells: Sequence[str]) -> None:
        file.write(self._line([one_line(cell) for cell in cells]).encode())


def kept_input(path: Path, layout: RowsLayout, input_hash: str) -> Path:
    """Copy an input that is itself an output of this folder, for it may be moved or replaced.

    Args:
        path: The input.
        layout: The output folder.
        input_hash: Hash of its bytes.

    Returns:
        The input itself, or its copy.

    Raises:
        OSError: When it cannot be copied.
    """
    outputs = (layout.pending_csv, layout.rejected_csv, layout.ready_csv)
    if path.resolve() not in {output.resolve() for output in outputs}:
        return path
    layout.rerun_dir.mkdir(exist_ok=True)
    copy = layout.rerun_dir / f"{path.stem}-{input_hash[:_HASH_SHOWN]}{path.suffix}"
    if not copy.exists():
        shutil.copy2(path, copy)
    return copy
