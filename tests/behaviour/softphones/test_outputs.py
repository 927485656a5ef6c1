"""What a run leaves: a valid archive, a report that is safe to open, and no secret anywhere."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.behaviour.bulk.conftest import ADMIN, Simulator
from tests.behaviour.softphones.conftest import DESTINATION, Office, Phones
from tests.behaviour.softphones.har_schema import HAR_1_2

pytestmark = pytest.mark.xdist_group("softphones-outputs")

FORWARDED = {"cf_always_enabled": "true", "cf_always_destination": DESTINATION}


def archive_of(phones: Phones) -> dict[str, Any]:
    har: dict[str, Any] = json.loads((phones.v2 / "http.har").read_text(encoding="utf-8"))
    return har


def test_the_archive_is_valid_redacted_and_complete(
    phones: Phones, office: Office, simulator: Simulator
) -> None:
    simulator.faults({"kind": "reset_before", "method": "PATCH", "times": 1})
    phones.prepare([office.newcomer_row(0, **FORWARDED)])
    ended = phones.unattended("--debug-har")
    assert ended.code == 0, ended.told
    har = archive_of(phones)
    jsonschema.validate(har, HAR_1_2)
    entries = har["log"]["entries"]
    assert len(entries) == len(office.simulator.calls())
    assert {entry["request"]["method"] for entry in entries} == {"GET", "PATCH", "PUT"}
    text = json.dumps(har)
    assert ADMIN not in text
    assert office.newcomers[0].email not in text
    assert DESTINATION not in text
    sent = [one for one in entries if one["request"]["method"] == "PUT"]
    assert json.loads(sent[0]["request"]["postData"]["text"])["callForwarding"]


def test_the_schema_refuses_what_the_format_does_not_allow() -> None:
    entry: dict[str, Any] = {
        "startedDateTime": "2026-01-01T00:00:00.000Z",
        "time": 1,
        "request": {
            "method": "GET",
            "url": "http://127.0.0.1/v1/people/me",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "queryString": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "content": {"size": 0, "mimeType": ""},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": 0,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
    }
    log = {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry]}
    jsonschema.validate({"log": log}, HAR_1_2)
    for spoil in (
        lambda one: one.pop("cache"),
        lambda one: one["request"].pop("cookies"),
        lambda one: one.update(startedDateTime="yesterday"),
        lambda one: one["response"].update(status="200"),
        lambda one: one["timings"].pop("wait"),
    ):
        broken = copy.deepcopy(entry)
        spoil(broken)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"log": {**log, "entries": [broken]}}, HAR_1_2)


def test_without_the_option_there_is_no_archive(phones: Phones, office: Office) -> None:
    phones.prepare([office.newcomer_row()])
    assert phones.unattended().code == 0
    assert not (phones.v2 / "http.har").exists()


def test_no_output_holds_the_token(phones: Phones, office: Office) -> None:
    phones.prepare([office.newcomer_row(0, **FORWARDED)])
    ended = phones.unattended("--debug-har", LOG_LEVEL="debug")
    assert ADMIN not in ended.told
    for path in phones.v2.rglob("*"):
        if path.is_file():
            assert ADMIN.encode() not in path.read_bytes(), path


def test_the_documented_shapes(phones: Phones, office: Office) -> None:
    phones.prepare(
        [office.newcomer_row(0, **FORWARDED), office.newcomer_row(1, location_name="Nowhere")]
    )
    ended = phones.unattended()
    assert ended.code == 1
    state = ended.state
    assert list(state) == sorted(state)
    assert (state["completed_count"], state["failed_count"]) == (1, 1)
    good, bad = office.newcomers[0].email, office.newcomers[1].email
    first = state["record_results"][good]
    assert {**first, "details": {"stages": first["details"]["stages"]}}.items() >= {
        "user_email": good,
        "status": "success",
        "failed_stage": None,
        "verified": True,
        "details": {"stages": ["assign_calling_license", "apply_forwarding"]},
    }.items()
    assert state["record_results"][bad]["failed_stage"] == "assign_calling_license"
    assert (phones.v2 / "failures.csv").read_text(encoding="utf-8").splitlines()[0] == (
        "user_email,stage,error_type,http_status,tracking_id,details"
    )
    for line in ended.changes:
        assert {"user_email", "stage", "status", "before", "after", "details"} <= line.keys()
        assert line["run_id"] == state["run_id"]


@pytest.fixture(name="chromium")
def an_installed_browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


def hostile(phones: Phones, office: Office) -> Path:
    """A run whose values would do harm in a page that does not escape."""
    evil = "<img src=x onerror=\"document.title='owned'\">"
    policy = {"intercept_defaults": {"outgoing": {"destination": evil}}}
    phones.prepare(
        [
            office.calling_row(0, intercept_enabled="true"),
            office.newcomer_row(0, location_name=evil),
            office.newcomer_row(1),
        ],
        **policy,
    )
    assert phones.unattended().code == 1
    return phones.v2 / "report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_filters_escapes_and_loads_nothing(
    phones: Phones, office: Office, chromium: str, scheme: Any
) -> None:
    from playwright.sync_api import sync_playwright

    page_file = hostile(phones, office)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(color_scheme=scheme)
        asked: list[str] = []
        troubles: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(page_file.as_uri())
        assert "owned" not in page.title()
        assert page.locator("img").count() == 0
        entries = page.locator("details.entry")
        total = entries.count()
        page.select_option("#filter-status", "failed")
        assert page.locator("details.entry:visible").count() == 1
        page.select_option("#filter-status", "")
        page.select_option("#filter-stage", "apply_call_intercept")
        page.fill("#filter-text", office.calling[0].email)
        assert page.locator("details.entry:visible").count() == 1
        page.locator("details.entry:visible summary").click()
        assert "onerror" in page.locator("details.entry[open] .diff").inner_text()
        assert page.locator("#filter-count").inner_text() == f"1 of {total} shown"
        browser.close()
    assert troubles == []
    assert asked == [page_file.as_uri()]
