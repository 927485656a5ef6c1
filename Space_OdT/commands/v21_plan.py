"""The plan of a location run: what applying would do to each row, and nothing is changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from Space_OdT.commands.rows_front import RequestError, folder_of
from Space_OdT.commands.rows_progress import shown
from Space_OdT.commands.rows_talk import PLAN_LINES, PlanLines
from Space_OdT.commands.telling import say, show
from Space_OdT.commands.v21_work import (
    NOTHING,
    LocationsRequest,
    LocationsWork,
    evidence_of,
    note,
    options_of,
    read_sites,
    run_names,
    take_in,
    tell_intake,
)
from Space_OdT.engine.planner import PlanTotals
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.row_runs.planning import plan_rows
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.locations.layout import LocationsLayout
from Space_OdT.v21.locations.planning import LocationPlan, PlanEffect, RunState, write_plan


class PlanWork(LocationsWork):
    """A run that sends nothing but reads."""

    async def plan_locations(
        self, layout: LocationsLayout, rows: Sequence[Candidate]
    ) -> PlanTotals:
        """Write `plan.csv`, `plan.jsonl` and `run_state.json`, and change nothing.

        Args:
            layout: The files.
            rows: All prepared rows, the rejected ones too.

        Returns:
            What the plan comes to.

        Raises:
            StartupError: When the run must not begin.
        """
        lines = PlanLines(PLAN_LINES)
        async with self._client(dry_run=True) as (client, access, _):
            writer = LocationPlan(self._layout.plan_csv, layout.plan_jsonl, lines)
            with self.session(client, writer) as session:
                await self.preflight(session, access)
                async with shown(session) as view:
                    report = self._taken.report
                    view.sized(report.ready_rows, report.rejected_rows)
                    totals = await plan_rows(session, writer, view)
        lines.end()
        actions = writer.actions(rows)
        write_plan(layout.plan_csv, actions)
        effects = Counter(one.effect for one in actions)
        failed = effects[PlanEffect.PENDING] + effects[PlanEffect.REJECTED]
        RunState(
            mode="dry_run",
            completed_count=len(actions) - failed,
            failed_count=failed,
            planned_count=len(actions),
            planned_actions=actions,
            rejected_count=self._taken.report.rejected_rows,
            effects=dict(effects),
        ).save(layout.run_state_json)
        told = ", ".join(f"{count:,} {name}" for name, count in sorted(effects.items()))
        show(f"mode=dry_run planned={len(actions)} failed={failed}")
        say(f"Plan: {told or 'no rows'}; {totals.calls:,} writes. {layout.plan_csv}")
        return totals


def plan(settings: Settings, request: LocationsRequest) -> ExitCode:
    """Plan all rows from the organisation's real state.

    Args:
        settings: The settings of the run.
        request: What the command line asks for.

    Returns:
        The exit code.

    Raises:
        InputFileError: When a file cannot be used.
        StartupError: When the run must not begin.
    """
    sites, _ = read_sites(settings, request)
    layout = request.layout.planning
    with folder_of(layout):
        _start_over(layout)
        rows = list(sites.candidates(note))
        if not rows:
            raise RequestError(NOTHING.format(path=request.sites_csv))
        intake = take_in(settings, layout, rows, sites.input_hash, sites.definitions)
        tell_intake(intake, layout)
        with evidence_of(settings, layout, request) as evidence:
            work = PlanWork(
                settings,
                layout,
                intake,
                run_names(request, str(request.sites_csv)),
                evidence=evidence,
                definitions=sites.definitions,
                options=options_of(settings, request, sites.formulas),
            )
            totals = asyncio.run(work.plan_locations(request.layout, rows))
        _start_over(layout)
    is_incomplete = totals.reasons or intake.report.rejected_rows
    return ExitCode.INCOMPLETE if is_incomplete else ExitCode.OK


def _start_over(layout: RowsLayout) -> None:
    """A plan is made anew each time: nothing of an earlier one is gone on with, nor left lying."""
    for path in (layout.validation_json, layout.ready_csv, layout.plan_csv):
        path.unlink(missing_ok=True)
