"""The behavioural scenarios of the term sheet (v1.1, 17.2), and bad data beside them."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.xdist_group("bulk-behaviour")

RESULTS = [
    "timestamp",
    "batch_id",
    "row_id",
    "phase",
    "entity_type",
    "entity_key",
    "step",
    "status",
    "http_status",
    "message",
    "remote_id",
]
PENDING = [*RESULTS[:7], "reason_code", "reason_message", "http_status", "raw_row_minified"]
REJECTED = [
    "timestamp",
    "row_id",
    "entity_type",
    "entity_key",
    "reason_code",
    "reason_message",
    "raw_row_minified",
]


def test_create_success_with_settings_of_existing_users(bot, simulator, crowd) -> None:
    rows = crowd.rows(4, locations=2, calling_settings_forward_always_destination="530000001")
    bot.write(rows)
    run = bot.run()
    assert run.code == 0, run.stdout + run.stderr
    assert [one["status"] for one in run.results] == ["success"] * len(rows)
    assert list(run.results[0])[: len(RESULTS)] == RESULTS
    assert [one["phase"] for one in run.results] == sorted(one["phase"] for one in run.results)
    assert all(one["remote_id"] for one in run.results)
    assert f"{len(rows)} rows in = {len(rows)} success + 0 pending + 0 rejected" in run.stdout
    organisation = simulator.organisation
    for index, email in enumerate(crowd.without[:4]):
        person = organisation.person_by_email(email)
        home = organisation.locations[person.location_id]
        assert home.name == f"Site {index % 2:03d}"
        line = organisation.plan.primary(person.id)
        assert (line.extension, line.phone_number) == (
            f"{79000000 + index}",
            f"+3497310{index:04d}",
        )
    forwarded = [one for one in simulator.writes() if one["path"].endswith("callForwarding")]
    assert len(forwarded) == 4


def test_update_success(bot, simulator, crowd) -> None:
    rows = crowd.rows(2)
    bot.write(rows)
    assert bot.run().code == 0
    simulator.forget_calls()
    rows[0]["address_line1"] = "Calle Menor 2"
    rows[3]["extension"] = "79000999"
    bot.write(rows)
    run = bot.run()
    assert run.code == 0, run.stdout + run.stderr
    messages = {one["entity_key"]: one["message"] for one in run.results if one["phase"] != "2"}
    assert messages["S-000"] == "changed: location_update"
    assert {one["message"] for one in run.results if one["phase"] == "2"} == {"unchanged"}
    assert [one["method"] for one in simulator.writes()] == ["PUT", "PUT"]


def test_429_is_repeated_until_it_succeeds(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(3))
    simulator.faults(
        {"kind": "status", "status": 429, "retry_after": "0.05", "method": "PATCH", "first": 2}
    )
    run = bot.run()
    assert run.code == 0, run.stdout + run.stderr
    assert run.summary["calls"]["responses_429"] >= 1
    assert any(one["event"] == "throttled" for one in run.events)


def test_5xx_that_stays_leaves_the_row_pending(bot, simulator, crowd) -> None:
    rows = crowd.rows(3)
    bot.write(rows)
    simulator.faults({"kind": "status", "status": 503, "method": "PATCH"})
    run = bot.run(MAX_RETRIES="1")
    assert run.code == 1
    reasons = {one["entity_type"]: one["reason_code"] for one in run.pending}
    assert reasons == {"user": "retry_exhausted", "extension_assignment": "precondition_missing"}
    assert list(run.pending[0])[: len(PENDING)] == PENDING
    first = run.pending[0]
    assert (first["step"], first["http_status"]) == ("user_enable_calling", "503")
    assert any(one["event"] == "retry" for one in run.events)
    assert any(one["event"] == "retry_exhausted" for one in run.events)
    patches = [one for one in simulator.writes() if one["method"] == "PATCH"]
    assert len(patches) == 2 * 3


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "non_retryable_external"), (403, "permission_denied")]
)
def test_4xx_leaves_the_row_pending_without_a_repeat(bot, simulator, crowd, status, reason) -> None:
    bot.write(crowd.rows(3))
    simulator.faults({"kind": "status", "status": status, "method": "PATCH"})
    run = bot.run()
    assert run.code == 1
    users = [one for one in run.pending if one["entity_type"] == "user"]
    assert [one["reason_code"] for one in users] == [reason] * 3
    assert len([one for one in simulator.writes() if one["method"] == "PATCH"]) == 3


def test_a_rejected_token_stops_the_run_and_a_new_one_goes_on(bot, simulator, crowd) -> None:
    rows = crowd.rows(8)
    bot.write(rows)
    simulator.faults({"kind": "expire_token", "after": 15})
    run = bot.run("--concurrent-requests", "2")
    assert run.code == 3, run.stdout + run.stderr
    assert "token" in run.stdout
    assert {one["reason_code"] for one in run.pending} >= {"auth_invalid"} or run.pending == []
    assert len(run.results) < len(rows)
    simulator.no_faults()
    again = bot.run()
    assert again.code == 0, again.stdout + again.stderr
    numbers = [one["row_number"] for one in again.results]
    assert sorted(map(int, numbers)) == list(range(1, len(rows) + 1))
    assert again.pending == []
    assert sum(one.name == "Site 000" for one in simulator.organisation.locations.values()) == 1


def test_somebody_the_directory_has_not_brought_yet_is_pending(bot, simulator, crowd) -> None:
    rows = crowd.rows(2)
    for row in rows:
        if row.get("email") == crowd.without[0]:
            row["email"] = "not.yet@example.com"
    bot.write(rows)
    run = bot.run()
    assert run.code == 1
    assert {(one["entity_key"], one["reason_code"]) for one in run.pending} >= {
        ("not.yet@example.com", "user_not_found")
    }
    assert {one["reason_code"] for one in run.pending} == {"user_not_found"}
    assert not [one for one in simulator.writes() if one["path"] == "/people"]
    assert sum(one["status"] == "success" for one in run.results) == len(rows) - 2


def test_calling_that_lacks_a_precondition_is_pending(bot, simulator, crowd) -> None:
    rows = [row for row in crowd.rows(2) if row["entity_type"] != "extension_assignment"]
    bot.write(rows)
    run = bot.run()
    assert run.code == 1
    users = [one for one in run.pending if one["entity_type"] == "user"]
    assert [one["reason_code"] for one in users] == ["precondition_missing"] * 2
    assert {one["step"] for one in users} == {"user_enable_calling"}
    assert not [one for one in simulator.writes() if one["method"] == "PATCH"]


def test_bad_data_is_rejected_before_any_call_and_the_rest_goes_on(bot, simulator, crowd) -> None:
    rows = crowd.rows(3)
    rows[2]["email"] = "no address"
    rows[5]["extension"] = "1.4E+07"
    bot.write(rows)
    run = bot.run()
    assert run.code == 1
    assert list(run.rejected[0])[: len(REJECTED)] == REJECTED
    assert len(run.rejected) == 2
    assert all("line" in one["reason_message"] for one in run.rejected)
    assert f"{len(rows)} rows in = " in run.stdout
    accounted = len(run.results) + len(run.rejected)
    assert accounted == len(rows)


def test_the_second_run_of_a_finished_file_writes_nothing(bot, simulator, crowd) -> None:
    rows = crowd.rows(4, locations=2, calling_settings_voicemail_enabled="false")
    bot.write(rows)
    first = bot.run()
    assert first.code == 0, first.stdout + first.stderr
    simulator.forget_calls()
    second = bot.run()
    assert second.code == 0, second.stdout + second.stderr
    assert simulator.writes() == []
    assert {one["message"] for one in second.results} == {"unchanged"}
    settings = [one for one in simulator.calls() if one["path"].endswith("/voicemail")]
    assert len(settings) == 4
    assert not [one for one in simulator.calls() if "/telephony/config/locations/" in one["path"]]
    archived = list((bot.out / "history").iterdir())
    assert len(archived) == 1
    assert (archived[0] / "results.csv").exists()


def test_a_dry_run_writes_down_exactly_what_apply_sends(bot, simulator, crowd) -> None:
    rows = crowd.rows(3, locations=2)
    someone = crowd.calling[0]
    home = crowd.organisation.locations[someone.location_id].name
    rows.append(
        {
            "entity_type": "user",
            "email": someone.email,
            "location_key": home,
            "calling_settings_forward_always_destination": "530000001",
        }
    )
    bot.write(rows)
    planned = bot.run("--dry-run")
    assert planned.code == 0, planned.stdout + planned.stderr
    assert simulator.writes() == []
    assert not (bot.out / "results.csv").exists()
    run = bot.run()
    assert run.code == 0, run.stdout + run.stderr
    text = (bot.out / "plan.jsonl").read_text()
    for index, location in enumerate(run.results[:2]):
        for space in (" ", "%20"):
            text = text.replace(f"NEW-LOCATION(Site{space}{index:03d})", location["remote_id"])
    plan = [json.loads(line) for line in text.splitlines()]
    expected = [
        (one["method"], one["url"].removeprefix(simulator.url), json.dumps(one["body"]))
        for one in plan
    ]
    sent = [
        (one["method"], one["path"] + f"?{one['query']}".rstrip("?"), json.dumps(one["body"]))
        for one in simulator.writes()
    ]
    assert sorted(expected) == sorted(sent)
    assert {one["effect"] for one in planned.records("plan.csv")} == {"change", "unchanged"}


def test_a_plan_shows_settings_that_can_only_be_merged_when_applied(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(1, calling_settings_voicemail_enabled="false"))
    planned = bot.run("--dry-run")
    assert planned.code == 0, planned.stdout + planned.stderr
    voicemail = [one for one in planned.records("plan.csv") if "voicemail" in one["step"]]
    assert [one["body"] for one in voicemail] == ['{"enabled":false}']
    assert "apply merges" in voicemail[0]["message"]
