"""After the run: the balance, the numbers, the page, and a file with the rows left to be done."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from Space_OdT.engine.conservation import Conservation, check_conservation
from Space_OdT.engine.row_runs.report import write_report
from Space_OdT.engine.row_runs.summary import RunFacts, RunSummary, tally_outputs
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.run_state import Verdicts

RerunCommand = Callable[[str, str], str]
"""From the path of a file with pending rows and the output folder to the command that runs them."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What a run leaves to be looked at.

    Attributes:
        summary: The end of the run in numbers.
        conservation: The balance of rows.
    """

    summary: RunSummary
    conservation: Conservation


def finish(
    layout: RowsLayout,
    report: Verdicts,
    facts: RunFacts,
    calls: dict[str, Any],
    rerun: RerunCommand,
) -> Finish:
    """Count the outcomes from the files, and write summary and report.

    Args:
        layout: The output folder.
        report: What validation found.
        facts: What the files do not hold.
        calls: Counters of the client.
        rerun: Makes the command that runs the pending rows; its arguments are not quoted yet.

    Returns:
        What was found.

    Raises:
        DamagedOutputError: When an output is not what a run writes.
        OSError: When something cannot be read or written.
    """
    conservation = check_conservation(
        report.rows,
        results_csv=layout.results_csv,
        pending_csv=layout.pending_csv,
        rejected_csv=layout.rejected_csv,
    )
    tally = tally_outputs(layout.results_csv, layout.pending_csv)
    if tally.pending and not facts.stopped:
        kept = _rerun_input(layout, facts.started_at)
        facts = replace(facts, rerun_command=rerun(_short(kept), _short(layout.out_dir)))
    summary = RunSummary(facts, report.rows, report.rejected, tally, calls)
    summary.save(layout.summary_json)
    write_report(summary, layout.report_html)
    return Finish(summary, conservation)


def _rerun_input(layout: RowsLayout, started_at: str) -> Path:
    """Copy the pending rows to where no later pass moves them, so that a rerun can be resumed."""
    layout.rerun_dir.mkdir(exist_ok=True)
    name = "".join(character for character in started_at if character.isalnum())
    copy = layout.rerun_dir / f"{layout.pending_csv.stem}-{name}{layout.pending_csv.suffix}"
    shutil.copy2(layout.pending_csv, copy)
    return copy


def _short(path: Path) -> str:
    """Name a path from the current folder where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
