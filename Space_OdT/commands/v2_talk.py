"""What `v2_bulk_run` tells its operator: templates, input, whom it runs, plan, end."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from Space_OdT.commands.telling import show
from Space_OdT.engine.planner import PlanTotals
from Space_OdT.softphones.approvals import Approval
from Space_OdT.softphones.decisions import without_stage
from Space_OdT.softphones.intake import SoftphoneIntake, SoftphoneRow
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.ledger import has_failed
from Space_OdT.softphones.records import PersonStatus
from Space_OdT.softphones.selection import Pass, Selection
from Space_OdT.softphones.state import Remembered, RunState
from Space_OdT.webex.stats import ClientStats

Say = Callable[[str], None]
_SHOWN = 5


def tell_templates(paths: Sequence[Path], say: Say) -> None:
    """Tell which files were written, and what to do with them.

    Args:
        paths: The files.
        say: Takes sentences.
    """
    say("These files were missing and have been written; fill them and run the same command:")
    for path in paths:
        say(f"  {path}")


def tell_intake(intake: SoftphoneIntake, layout: SoftphoneLayout, say: Say) -> None:
    """Tell what the input holds.

    Args:
        intake: The input.
        layout: The folder of the run.
        say: Takes sentences.
    """
    say(f"Read {intake.path}: {intake.description}; {len(intake.rows):,} people.")
    for notice in intake.notices:
        say(f"Note: {notice}.")
    for row in intake.rejected[:_SHOWN]:
        say(f"Rejected, line {row.line}: {row.problems[0].text()}")
    if intake.rejected:
        say(f"{len(intake.rejected):,} rows rejected, the rest goes on: see {layout.rejected_csv}")


def tell_selection(selection: Selection, remembered: Remembered, say: Say) -> None:
    """Tell who is run, and why.

    Args:
        selection: Who is run.
        remembered: What earlier runs left.
        say: Takes sentences.
    """
    for name in remembered.mended:
        say(f"Repaired {name}: its last line was torn; it is kept in {name}.torn.")
    state = remembered.state
    if selection.kind is Pass.RESUME and state is not None:
        done = len(selection.kept)
        say(
            f"Going on with the run that was started at {state.started_at}: {done:,} people have "
            f"an outcome, {len(selection.works):,} are left."
        )
        if selection.failed_kept:
            say(f"Note: {selection.failed_kept:,} of them failed; run --only-failures afterwards.")
    elif selection.kind is Pass.ONLY_FAILURES:
        if state is None:
            say("Note: there was no run before, so nobody has failed and everybody is new.")
        say(
            f"Only failures: {selection.again:,} people from their failed stage, "
            f"{selection.untried:,} never tried; {len(selection.kept):,} succeeded before."
        )
        if selection.changed:
            say(
                f"Note: {selection.changed:,} people succeeded, but their rows or the policy have "
                "changed since; a run without --only-failures does them."
            )


def tell_approval(approval: Approval, rows: Sequence[SoftphoneRow], say: Say) -> None:
    """Tell which decisions count, and for whom one has no effect.

    Args:
        approval: The decisions.
        rows: The good rows of the input.
        say: Takes sentences.
    """
    words = Counter(decision.answer.value for decision in approval.decisions.values())
    told = ", ".join(f"{count} {word}" for word, count in words.items())
    say(f"Decisions ({told}) of {approval.by}, {approval.at}, {approval.source}.")
    for stage, decision in approval.decisions.items():
        having = {row.email for row in rows if stage in row.stages}
        if idle := without_stage(decision, having):
            names = ", ".join(idle[:_SHOWN]) + (" ..." if len(idle) > _SHOWN else "")
            say(
                f"Note: {decision.override_path} names {len(idle):,} people whose rows do not have "
                f"{stage}, so it does not run for them: {names}."
            )


def tell_plan(totals: PlanTotals, layout: SoftphoneLayout) -> None:
    """Tell what a plan comes to, on stdout.

    Args:
        totals: What it comes to.
        layout: The folder of the run.
    """
    rows = ", ".join(f"{count:,} {effect}" for effect, count in totals.rows.items())
    show(f"stages     {rows or 'none'}")
    for reason, count in totals.reasons.items():
        show(f"           {count:,} {reason}")
    show(f"requests   {totals.calls:,}")
    for step, count in totals.requests.items():
        show(f"           {count:,} {step}")
    show(f"plan       {layout.plan_csv}")
    show(f"requests   {layout.plan_jsonl}")


def tell_end(
    state: RunState,
    intake: SoftphoneIntake,
    layout: SoftphoneLayout,
    stats: ClientStats,
    seconds: float,
) -> None:
    """Tell how a run ended, on stdout.

    Args:
        state: How everybody stands.
        intake: The input.
        layout: The folder of the run.
        stats: Counters of the client.
        seconds: How long it took.
    """
    completed, failed = state.count(PersonStatus.SUCCESS), state.count(PersonStatus.FAILED)
    left = len(intake.rows) - completed - failed
    show(
        f"people     {len(intake.rows) + len(intake.rejected):,} = {completed:,} completed + "
        f"{failed:,} failed + {left:,} not tried + {len(intake.rejected):,} rejected"
    )
    causes = Counter(
        (one.failed_stage, one.error_type) for one in state.records.values() if has_failed(one)
    )
    for (stage, reason), count in causes.most_common():
        show(f"failed     {count:,} {reason} at {stage}")
    show(
        f"calls      {stats.calls:,} ({stats.retries:,} repeats, {stats.responses_429:,} throttled)"
    )
    show(f"seconds    {seconds:.1f}")
    if state.message:
        show(f"stopped    {state.message}")
        show("           the same command goes on, once the cause is mended")
    elif failed:
        folder = shlex.quote(str(_shown_folder(layout)))
        show(f"rerun      space-odt v2_bulk_run --out-dir {folder} --only-failures")
    for name, path in (
        ("state", layout.run_state_json),
        ("changes", layout.changes_log),
        ("failures", layout.failures_csv),
        ("report", layout.report_html),
    ):
        show(f"{name:<10} {path}")


def _shown_folder(layout: SoftphoneLayout) -> Path:
    folder = layout.out_dir.parent
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
