"""The end of a run: files that are consistent with the state, and the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.csv_lines import line_maker, one_line
from Space_OdT.engine.history import history_folder, move_to_history
from Space_OdT.softphones.intake import SoftphoneIntake
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.ledger import FAILURE_COLUMNS, failure_cells, has_failed
from Space_OdT.softphones.state import RunState

REJECTED_EXTRA = ("input_line", "reason_code", "column", "problem")


@dataclass(frozen=True, slots=True)
class EndFacts:
    """What the report says about the run as a whole.

    Attributes:
        organisation: Name and id.
        environment: lab or prod, "" when unknown.
        base_url: Where Webex is.
        calls: Counters of the client.
        seconds: How long it took.
        tool_version: Version of this program.
        names: Id -> name, for people to read.
    """

    organisation: str
    environment: str
    base_url: str
    calls: Mapping[str, Any]
    seconds: float
    tool_version: str
    names: Mapping[str, str] = field(default_factory=dict)


def write_rejected(layout: SoftphoneLayout, intake: SoftphoneIntake) -> None:
    """Write the rows that are not run, as they stand, with what to mend.

    Args:
        layout: The folder of the run.
        intake: The input.

    Raises:
        OSError: When it cannot be written.
    """
    if not intake.rejected:
        layout.rejected_csv.unlink(missing_ok=True)
        return
    line, width = line_maker(), len(intake.header)
    text = [line([*intake.header, *REJECTED_EXTRA])]
    for row in intake.rejected:
        cells = [*row.cells, *[""] * width][:width]
        told = "; ".join(problem.text() for problem in row.problems)
        first = row.problems[0]
        extra = (str(row.line), str(first.reason_code), first.column, told)
        text.append(line([one_line(cell) for cell in (*cells, *extra)]))
    write_atomic(layout.rejected_csv, "".join(text).encode())


def write_failures(layout: SoftphoneLayout, state: RunState) -> None:
    """Write who has failed and stays so: what happened on the way is in `changes.log`.

    Args:
        layout: The folder of the run.
        state: How everybody stands.

    Raises:
        OSError: When it cannot be written.
    """
    line = line_maker()
    rows: Iterable[list[str]] = (
        [one_line(cell) for cell in failure_cells(record)]
        for record in state.records.values()
        if has_failed(record)
    )
    text = "".join((line(FAILURE_COLUMNS), *map(line, rows)))
    write_atomic(layout.failures_csv, text.encode())


def archive(layout: SoftphoneLayout, started_at: str) -> None:
    """Put what the last run wrote into the history, before a new one begins.

    Args:
        layout: The folder of the run.
        started_at: When the last run began.

    Raises:
        OSError: When files cannot be moved; the state stays where it is until the end.
    """
    files = (layout.changes_log, layout.failures_csv, layout.report_html)
    folder = history_folder(layout.history_dir, started_at)
    if layout.run_state_json.exists():
        write_atomic(folder / layout.run_state_json.name, layout.run_state_json.read_bytes())
    move_to_history(files, folder)
