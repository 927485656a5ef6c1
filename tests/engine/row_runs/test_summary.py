from __future__ import annotations

import json
from pathlib import Path

import pytest

from Space_OdT.engine.csv_lines import Damage
from Space_OdT.engine.row_runs.report import render_report
from Space_OdT.engine.row_runs.summary import PhaseName, RunFacts, RunSummary, tally_outputs

RESULTS = """\
phase,status,message
1,success,"changed: location_create"
2,success,unchanged
2,pending,"<b>no</b>"
3,pending,no
"""
PENDING = """\
entity_key,step,reason_code,reason_message
a@example.com,user_lookup,user_not_found,"nobody <script>alert(1)</script>. Fix: wait."
b@example.com,user_lookup,user_not_found,"nobody else. Fix: wait."
"""
FACTS = RunFacts(
    title="Bulk run",
    phases={
        1: PhaseName("locations", "1 Locations"),
        2: PhaseName("users_existing_calling", "2 Users: calling"),
        3: PhaseName("extensions_settings", "3 Extensions, numbers, settings"),
    },
    organisation="Example <Org> (O1)",
    environment="prod",
    base_url="https://webexapis.com/v1",
    input_path="/data/in.csv",
    input_hash="abc",
    started_at="2026-01-01T00:00:00+00:00",
    finished_at="2026-01-01T00:01:00+00:00",
    seconds=60.0,
    resumed=True,
    tool_version="1",
    rerun_command="python -m Space_OdT.cli bulk_run --input x",
)
CALLS = {
    "calls": 12,
    "retries": 1,
    "responses_429": 2,
    "families": {
        "read people": {"calls": 2, "retries": 0, "throttled": 0, "failures": 0},
        "write licenses": {"calls": 10, "retries": 1, "throttled": 2, "failures": 1},
    },
}


@pytest.fixture(name="summary")
def a_summary(tmp_path: Path) -> RunSummary:
    (tmp_path / "r.csv").write_text(RESULTS)
    (tmp_path / "p.csv").write_text(PENDING)
    tally = tally_outputs(tmp_path / "r.csv", tmp_path / "p.csv")
    return RunSummary(FACTS, 5, {"duplicate_key": 1}, tally, CALLS)


def test_outcomes_are_counted_from_the_files(summary) -> None:
    tally = summary.tally
    assert (tally.success, tally.pending, tally.settled) == (2, 2, 4)
    assert dict(tally.effects) == {"changed": 1, "unchanged": 1}
    assert {phase: dict(counts) for phase, counts in tally.by_phase.items()} == {
        1: {"success": 1},
        2: {"success": 1, "pending": 1},
        3: {"pending": 1},
    }


def test_pending_rows_are_grouped_by_cause_with_its_fix(summary) -> None:
    (cause,) = summary.tally.causes
    assert (cause.reason_code, cause.step, cause.fix, cause.rows) == (
        "user_not_found",
        "user_lookup",
        "wait",
        2,
    )
    assert cause.examples[1] == ("b@example.com", "nobody else")


def test_the_balance_is_one_line(summary) -> None:
    assert summary.reconciliation == "5 rows in = 2 success + 2 pending + 1 rejected"
    assert not summary.is_clean
    stopped = RunSummary(FACTS, 9, {}, summary.tally, CALLS)
    assert stopped.reconciliation.endswith("+ 5 not run yet")


def test_the_summary_is_kept_as_json(summary, tmp_path) -> None:
    summary.save(tmp_path / "summary.json")
    kept = json.loads((tmp_path / "summary.json").read_text())
    assert kept["rows"] == {
        "in": 5,
        "success": 2,
        "pending": 2,
        "rejected": 1,
        "open": 0,
        "changed": 1,
        "unchanged": 1,
    }
    assert kept["pending"][0]["fix"] == "wait"
    assert kept["phases"]["users_existing_calling"] == {"success": 1, "pending": 1}


def test_missing_files_hold_nothing(tmp_path) -> None:
    tally = tally_outputs(tmp_path / "none.csv", tmp_path / "nothing.csv")
    assert (tally.settled, tally.causes) == (0, [])
    (tmp_path / "empty.csv").write_text("")
    assert tally_outputs(tmp_path / "empty.csv", tmp_path / "x.csv").settled == 0


def test_a_damaged_output_is_not_counted(tmp_path) -> None:
    (tmp_path / "r.csv").write_text("phase,status,message\n1,success\n")
    with pytest.raises(Damage):
        tally_outputs(tmp_path / "r.csv", tmp_path / "p.csv")


def test_the_page_loads_nothing_and_escapes_everything(summary) -> None:
    page = render_report(summary)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "Example &lt;Org&gt;" in page
    assert "src=" not in page
    assert "href=" not in page
    assert "default-src 'none'" in page
    assert "2 of 5 rows succeeded" in page
    assert "5 rows in = 2 success + 2 pending + 1 rejected" in page
    assert "--input x" in page
    assert page.index("write licenses") < page.index("read people"), "most calls first"


def test_the_page_of_a_stopped_run_says_so(summary) -> None:
    from dataclasses import replace

    facts = replace(FACTS, stopped="interrupted", rerun_command="")
    page = render_report(RunSummary(facts, 9, {}, summary.tally, CALLS))
    assert "Stopped after 4 of 9 rows" in page
    assert "Stopped: interrupted" in page


def test_the_page_of_a_clean_run_is_glad(tmp_path) -> None:
    (tmp_path / "r.csv").write_text("phase,status,message\n1,success,unchanged\n")
    tally = tally_outputs(tmp_path / "r.csv", tmp_path / "p.csv")
    page = render_report(RunSummary(FACTS, 1, {}, tally, CALLS))
    assert "All 1 rows succeeded" in page
    assert "Nothing is pending." in page
