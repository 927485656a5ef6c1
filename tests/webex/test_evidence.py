from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from Space_OdT.webex.connection_client import Timeouts, WebexClient
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.evidence import Evidence
from Space_OdT.webex.retry import RetryPolicy
from tests.webex.conftest import TOKEN, Reply, reset


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def archive(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["log"]["entries"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


@pytest.fixture
def har(tmp_path: Path) -> Path:
    return tmp_path / "http.har"


def client_of(server, pacer, naps, evidence: Evidence) -> WebexClient:
    return WebexClient(
        base_url=server.base_url,
        token=TOKEN,
        pacer=pacer,
        sleep=naps,
        evidence=evidence,
        retry=RetryPolicy(max_retries=1),
        timeouts=Timeouts(5, 2),
        uniform=lambda: 0.0,
        run_id="test",
    )


# -- the log -------------------------------------------------------------------------------


def test_an_event_is_one_json_line_with_time_level_and_name(log: Path) -> None:
    with Evidence(log, clock=lambda: datetime(2026, 11, 21, tzinfo=UTC)) as evidence:
        evidence.event("run_started", size=3, where=Path("x"))
    assert lines(log) == [
        {
            "timestamp": "2026-11-21T00:00:00.000+00:00",
            "level": "info",
            "event": "run_started",
            "size": 3,
            "where": "x",
        }
    ]


def test_a_level_keeps_lesser_events_out(log: Path) -> None:
    with Evidence(log, level="warning") as evidence:
        for level in ("debug", "info", "warning", "error"):
            evidence.event(level, level=level)
    assert [line["event"] for line in lines(log)] == ["warning", "error"]


def test_events_are_redacted(log: Path) -> None:
    with Evidence(log, secrets=(TOKEN,)) as evidence:
        evidence.event(
            "odd",
            note=f"Bearer {TOKEN} of dana@example.com",
            person={"firstName": "Dana", "id": "1"},
            url=f"https://webexapis.com/v1/people?email=dana@example.com&t={TOKEN}",
        )
    text = log.read_text(encoding="utf-8")
    assert TOKEN not in text
    assert "ana" not in text
    assert lines(log)[0]["person"]["id"] == "1"


def test_a_log_is_appended_to_and_a_torn_line_is_ended_first(log: Path) -> None:
    log.write_text('{"event": "first"}\n{"event": "to', encoding="utf-8")
    with Evidence(log) as evidence:
        evidence.event("second")
    texts = log.read_text(encoding="utf-8").splitlines()
    assert texts[:2] == ['{"event": "first"}', '{"event": "to']
    assert json.loads(texts[2])["event"] == "second"


def test_any_fact_can_be_written(log: Path) -> None:
    with Evidence(log) as evidence:
        evidence.event("odd", name="x", path="caf\udce9.csv", when=datetime(2026, 1, 1, tzinfo=UTC))
    assert lines(log)[0]["path"] == "caf\udce9.csv"


def test_without_paths_nothing_is_written_and_nothing_fails() -> None:
    with Evidence() as evidence:
        evidence.event("unheard", level="error")
        assert not evidence.records_exchanges


def test_after_closing_nothing_is_written(log: Path) -> None:
    evidence = Evidence(log)
    evidence.close()
    evidence.close()
    evidence.event("late")
    assert lines(log) == []


def test_a_file_that_cannot_be_opened_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        Evidence(tmp_path / "missing" / "run.jsonl")


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_disk_is_told_once_and_the_run_goes_on() -> None:
    told: list[str] = []
    evidence = Evidence(Path("/dev/full"), on_trouble=told.append)
    evidence.event("one")
    evidence.event("two")
    evidence.close()
    assert len(told) == 1
    assert "No space left" in told[0]
    assert evidence.troubles == told


def test_the_pacers_lessons_are_events_and_its_refusals_are_not(log: Path) -> None:
    with Evidence(log) as evidence:
        evidence.pacing_event("cut", limit=40.0)
        evidence.pacing_event("throttled", wait=1)
        evidence.pacing_event("rate", rate=40.0)
    assert [line["event"] for line in lines(log)] == ["pace_cut"]


# -- with a client -------------------------------------------------------------------------


async def test_retries_throttling_exhaustion_and_a_lost_token_are_logged(
    server, pacer, naps, log
) -> None:
    with Evidence(log, secrets=(TOKEN,)) as evidence:
        async with client_of(server, pacer, naps, evidence) as client:
            server.replies = [
                Reply(429, headers={"Retry-After": "2"}),
                Reply(503),
                Reply(body={}),
                Reply(500, {"message": "of dana@example.com"}),
                Reply(do=reset),
                Reply(401, {"message": "expired"}, {"trackingId": "SRV"}),
            ]
            await client.request("GET", "/a")
            for path in ("/b", "/c"):
                with pytest.raises(WebexError):
                    await client.request("GET", path)
    events = [(line["event"], line["level"], line["path"]) for line in lines(log)]
    assert events == [
        ("throttled", "warning", "/a"),
        ("retry", "warning", "/a"),
        ("retry", "warning", "/b"),
        ("retry_exhausted", "warning", "/b"),
        ("token_rejected", "error", "/c"),
    ]
    throttled, retry = lines(log)[:2]
    assert (throttled["status"], throttled["wait_seconds"]) == (429, 2.0)
    assert (retry["status"], retry["wait_seconds"], retry["attempt"]) == (503, 0.5, 2)
    assert lines(log)[-1]["server_tracking_id"] == "SRV"


async def test_at_debug_level_every_call_is_a_line(server, pacer, naps, log) -> None:
    with Evidence(log, secrets=(TOKEN,), level="debug") as evidence:
        async with client_of(server, pacer, naps, evidence) as client:
            await client.request("GET", "/people", query={"email": "dana@example.com"})
    (line,) = lines(log)
    assert (line["event"], line["method"], line["status"]) == ("call", "GET", 200)
    assert line["tracking_id"] == "SpaceOdT_test_1"
    assert "dana" not in line["url"]


async def test_the_archive_holds_every_exchange_without_token_or_person(
    server, pacer, naps, har, log
) -> None:
    person = {"id": "1", "displayName": "Dana Demo", "emails": ["dana@example.com"]}
    with Evidence(log, har, secrets=(TOKEN,)) as evidence:
        async with client_of(server, pacer, naps, evidence) as client:
            server.replies = [
                Reply(body={"items": [person]}, headers={"Set-Cookie": "s=1"}),
                Reply(do=reset),
                Reply(body={"echo": f"Bearer {TOKEN}"}),
                Reply(404, b"<html><title>x</title></html>", {"Content-Type": "text/html"}),
            ]
            await client.request("GET", "/people", query={"email": "dana@example.com"})
            await client.request("PUT", "/people/1", body=person)
            with pytest.raises(WebexError):
                await client.request("GET", "/x")
    one, broken, two, page = archive(har)
    text = har.read_text(encoding="utf-8") + log.read_text(encoding="utf-8")
    for gone in (TOKEN, "Dana", "dana@", "dana%40", "s=1"):
        assert gone not in text
    assert json.loads(one["response"]["content"]["text"])["items"][0]["id"] == "1"
    headers = {pair["name"]: pair["value"] for pair in one["request"]["headers"]}
    assert headers["Authorization"] == "***"
    assert headers["TrackingID"] == "SpaceOdT_test_1"
    assert broken["response"]["status"] == 0
    assert "connection broke" in broken["comment"]
    assert json.loads(two["request"]["postData"]["text"])["id"] == "1"
    assert page["response"]["content"]["mimeType"] == "text/html"


async def test_bodies_are_kept_up_to_a_size(server, pacer, naps, har) -> None:
    with Evidence(None, har) as evidence:
        async with client_of(server, pacer, naps, evidence) as client:
            server.replies = [
                Reply(body={"id": "1", "note": "x" * 200_000}),
                Reply(body=b"a;b\n" * 10, headers={"Content-Type": "text/csv"}),
                Reply(body={"x": "y" * (5 << 20)}),
            ]
            for _ in range(3):
                await client.request("GET", "/x")
    texts = [one["response"]["content"]["text"] for one in archive(har)]
    assert len(texts[0]) < 70_000
    assert texts[0].endswith("characters, cut)")
    assert texts[1] == "(40 bytes of text/csv, not kept)"
    assert texts[2].endswith("bytes, not kept)")


async def test_an_archive_that_can_grow_no_more_ends_the_archive_not_the_run(
    server, pacer, naps, har, monkeypatch
) -> None:
    told: list[str] = []
    evidence = Evidence(None, har, on_trouble=told.append)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with client_of(server, pacer, naps, evidence) as client:
        await client.request("GET", "/x")
        assert evidence._har is not None
        monkeypatch.setattr(evidence._har, "add", refuse)
        await client.request("GET", "/x")
        await client.request("GET", "/x")
    evidence.close()
    assert len(told) == 1
    assert "goes on without it" in told[0]
    assert len(archive(har)) == 1
