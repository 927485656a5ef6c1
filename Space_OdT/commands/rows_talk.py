"""What a run over rows tells its operator: how it begins, its plan, its end."""

from __future__ import annotations

from collections.abc import Callable

from Space_OdT.commands.telling import show
from Space_OdT.engine.planner import PlanTotals
from Space_OdT.engine.row_runs.application import RunEnd
from Space_OdT.engine.row_runs.finish import Finish
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.run_state import Beginning, Verdicts
from Space_OdT.engine.state_store import Start
from Space_OdT.engine.stopping import StopReason

Say = Callable[[str], None]

PLAN_LINES = 200
_CAUSES = 10


class PlanLines:
    """Prints the first lines of a plan on stdout; all of them are in the files.

    Args:
        most: How many.
    """

    def __init__(self, most: int = PLAN_LINES) -> None:
        self._most = most
        self._count = 0

    def __call__(self, line: str) -> None:
        """Take a line."""
        self._count += 1
        if self._count <= self._most:
            show(line)

    def end(self) -> None:
        """Say how many lines were left out."""
        if self._count > self._most:
            show(f"... and {self._count - self._most:,} more lines in plan.csv")


def tell_beginning(beginning: Beginning, say: Say) -> None:
    """Tell how the run begins.

    Args:
        beginning: New, resumed, or once more after a finished pass.
        say: Takes sentences.
    """
    for tail in beginning.repaired:
        say(f"Repaired {tail.path.name}: line {tail.line} was torn ({tail.shown}).")
    if beginning.start is Start.RESUME and beginning.checkpoint is not None:
        say(f"Going on with the run that was started at {beginning.checkpoint.started_at}.")
    if beginning.archived:
        say(f"The outputs of the last pass are in {beginning.archived[0].parent}.")


def tell_rows(report: Verdicts, layout: RowsLayout, say: Say) -> None:
    """Tell how many rows are ready, and how many are rejected.

    Args:
        report: What validation found.
        layout: The output folder.
        say: Takes sentences.
    """
    kinds = ", ".join(f"{rows:,} {kind}" for kind, rows in report.ready.items() if rows)
    say(f"{counted(report.rows)}: {report.ready_rows:,} ready ({kinds or 'none'})")
    for reason, rows in report.rejected.items():
        say(f"{counted(rows)} rejected, {reason}: see {layout.rejected_csv}")


def tell_plan(totals: PlanTotals, layout: RowsLayout) -> None:
    """Tell what a plan comes to, on stdout.

    Args:
        totals: What it comes to.
        layout: The output folder.
    """
    rows = ", ".join(f"{count:,} {effect}" for effect, count in totals.rows.items())
    show(f"rows       {rows or 'none'}")
    for reason, count in totals.reasons.items():
        show(f"           {count:,} {reason}")
    show(f"requests   {totals.calls:,}")
    for step, count in totals.requests.items():
        show(f"           {count:,} {step}")
    show(f"plan       {layout.plan_csv}")
    show(f"requests   {layout.plan_jsonl}")


def tell_end(finished: Finish, end: RunEnd, layout: RowsLayout) -> None:
    """Tell how a run ended, on stdout.

    Args:
        finished: What it left.
        end: How it ended.
        layout: The output folder.
    """
    summary = finished.summary
    if end.withdrawn:
        show(f"again      {counted(end.withdrawn)}; their old records are in {layout.history_dir}")
    show(f"rows       {finished.conservation.line}")
    for explanation in finished.conservation.explanations:
        show(f"           {explanation}")
    effects = summary.tally.effects
    show(f"changed    {effects['changed']:,} (unchanged {effects['unchanged']:,})")
    calls = summary.calls
    show(
        f"calls      {calls['calls']:,} ({calls['retries']:,} repeats, "
        f"{calls['responses_429']:,} throttled)"
    )
    for name, family in calls["families"].items():
        show(f"           {family['calls']:,} {name}")
    show(f"seconds    {summary.facts.seconds:.1f}")
    for cause in summary.tally.causes[:_CAUSES]:
        show(f"pending    {cause.rows:,} {cause.reason_code} at {cause.step}")
        for key, message in cause.examples[:1]:
            show(f"           {'' if cause.rows == 1 else 'such as '}{key}: {message}")
        show(f"           fix: {cause.fix or cause.meaning}")
    if len(summary.tally.causes) > _CAUSES:
        show(f"           and {len(summary.tally.causes) - _CAUSES} more causes in the report")
    if summary.facts.rerun_command:
        show(f"rerun      {summary.facts.rerun_command}")
    if end.stop is not None:
        if end.stop is StopReason.INTERRUPTED:
            show("stopped    interrupted; the same command goes on from here")
        else:
            show(f"stopped    {end.stop.replace('_', ' ')}: {end.message}")
            show("           the same command goes on, once the cause is mended")
    show(f"results    {layout.results_csv}")
    show(f"summary    {layout.summary_json}")
    show(f"report     {layout.report_html}")


def counted(count: int) -> str:
    """Write a number of rows.

    Args:
        count: How many.

    Returns:
        As `1 row` or `2 rows`.
    """
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
