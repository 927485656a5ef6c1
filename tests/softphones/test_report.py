from __future__ import annotations

from typing import Any

from Space_OdT.softphones.ending import EndFacts
from Space_OdT.softphones.records import PersonRecord, PersonStatus
from Space_OdT.softphones.report import MOST_ENTRIES, render_report
from Space_OdT.softphones.state import PassStatus, RunState

FACTS = EndFacts(
    "Org (1)", "prod", "http://127.0.0.1/v1", {"calls": 7}, 1.5, "0.0", {"L": "Madrid"}
)
EVIL = "<script>alert(1)</script>"


def line(**more: Any) -> dict[str, Any]:
    return {
        "user_email": "ana@example.com",
        "stage": "apply_voicemail",
        "status": "success",
        "before": {"enabled": False},
        "after": {"enabled": True},
        "details": "applied",
        **more,
    }


def state() -> RunState:
    failed = PersonRecord(
        EVIL,
        PersonStatus.FAILED,
        "h",
        "now",
        failed_stage="apply_voicemail",
        error=EVIL,
        http_status=500,
        tracking_id=EVIL,
    )
    return RunState("id", "then", PassStatus.COMPLETED_WITH_ERRORS, records={EVIL: failed})


def test_every_value_is_escaped() -> None:
    lines = [line(user_email=EVIL, details=EVIL, after={EVIL: EVIL}), line(status="failed")]
    page = render_report(iter(lines), state(), FACTS)
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    assert page.count("<script>") == 1


def test_the_page_shows_fields_before_and_after_with_names_for_ids() -> None:
    lines = [line(before={"locationId": None}, after={"locationId": "L"})]
    page = render_report(iter(lines), state(), FACTS)
    assert "<td>locationId</td>" in page
    assert '<td class="new">Madrid</td>' in page
    assert "PROD" in page


def test_a_long_run_shows_failures_first_and_says_what_is_left_out() -> None:
    lines = [line() for _ in range(MOST_ENTRIES + 5)] + [line(status="failed", details="no")]
    page = render_report(iter(lines), state(), FACTS)
    assert page.index('data-status="failed"') < page.index('data-status="changed"')
    assert f"The first {MOST_ENTRIES:,} of {MOST_ENTRIES + 6:,} entries" in page


def test_a_run_without_stages_has_a_page_too() -> None:
    page = render_report(iter(()), RunState("id", "then"), FACTS)
    assert "No stage has run." in page
