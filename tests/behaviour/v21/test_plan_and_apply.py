"""Sites through the real command: templates, plan, apply, apply again, one changed cell."""

from __future__ import annotations

import json

import pytest

from tests.behaviour.v21.conftest import (
    ENABLED,
    NEW_SITE,
    WITHOUT_CALLING,
    Sites,
    new_sites,
)

pytestmark = pytest.mark.xdist_group("locations-behaviour")

PLAN_COLUMNS = ["action_id", "entity_type", "entity_key", "stage", "mode", "details"]
SITE_COLUMNS = (
    "name,location_id,org_id,time_zone,preferred_language,announcement_language,address1,address2,"
    "city,state,postal_code,country,route_group_id,main_number,default_outgoing_profile"
)
WANTED_COLUMNS = (
    "location_id,location_name,extension,legacy_secondary_number,legacy_forward_target,"
    "outgoing_profile"
)


def test_the_first_run_puts_the_templates_down_and_stops(sites: Sites) -> None:
    run = sites.bootstrap()
    assert run.code == 2
    assert sites.simulator.calls() == []
    made = sorted(one.name for one in sites.folder.iterdir() if not one.name.startswith("."))
    assert made == [
        "OUT_OF_SCOPE.md",
        "input_locations.csv",
        "input_users.csv",
        "input_workspaces.csv",
        "static_policy.json",
    ]
    assert all(name in run.stderr for name in made), "what was made is listed"
    heads = {
        name: (sites.folder / f"input_{name}.csv").read_text().strip()
        for name in ("locations", "users", "workspaces")
    }
    assert heads["locations"] == f"{SITE_COLUMNS},location_external_id"
    assert heads["users"] == f"user_email,user_id,{WANTED_COLUMNS}"
    assert heads["workspaces"] == f"workspace_name,workspace_id,{WANTED_COLUMNS}"
    policy = json.loads((sites.folder / "static_policy.json").read_text())
    assert sorted(policy) == [
        "default_outgoing_profile",
        "legacy_forward_prefix",
        "manual_tasks_enabled",
    ]
    assert "Eliminar Ubicaciones" in (sites.folder / "OUT_OF_SCOPE.md").read_text()


def test_only_missing_templates_are_made_and_apply_stops_as_well(sites: Sites) -> None:
    sites.bootstrap()
    sites.write(new_sites(1))
    kept = (sites.folder / "input_locations.csv").read_bytes()
    (sites.folder / "static_policy.json").unlink()
    run = sites.apply()
    assert run.code == 2
    assert "static_policy.json" in run.stderr
    assert "input_users.csv" not in run.stderr
    assert (sites.folder / "input_locations.csv").read_bytes() == kept
    assert sites.simulator.calls() == []
    assert not (sites.folder / "jobs").exists()


def test_without_a_row_nothing_is_run_and_no_job_is_left(sites: Sites) -> None:
    sites.bootstrap()
    for arguments in ((), ("--v21-apply",)):
        run = sites.run(*arguments)
        assert run.code == 2
        assert "input_locations.csv has no row" in run.stderr
    assert not (sites.folder / "jobs").exists()


def test_a_plan_changes_nothing_and_says_what_each_row_comes_to(sites: Sites) -> None:
    before = sites.simulator.control("GET", "state")
    sites.given(
        [
            *new_sites(1),
            {"name": WITHOUT_CALLING},
            {"name": ENABLED, "city": "Salt"},
            {"name": "Barcelona Centre 001"},
            {"name": "Nowhere"},
            {"name": "Bad", "time_zone": "Mars"},
        ]
    )
    run = sites.run()
    assert run.code == 1, run.stderr
    assert sites.simulator.writes() == []
    assert sites.simulator.control("GET", "state") == before
    plan = sites.plan()
    assert list(plan[0])[:6] == PLAN_COLUMNS
    assert [one["action_id"] for one in plan] == ["0", "1", "2", "3", "4", "5"]
    assert {one["stage"] for one in plan} == {"location_create_and_activate"}
    assert {one["entity_type"] for one in plan} == {"location"}
    assert [(one["entity_key"], one["effect"], one["requests"]) for one in plan] == [
        ("S-0001", "create", "3"),
        (WITHOUT_CALLING, "enable", "1"),
        (ENABLED, "update", "1"),
        ("Barcelona Centre 001", "unchanged", "0"),
        ("Nowhere", "pending", "0"),
        ("Bad", "rejected", "0"),
    ]
    assert "line 7" in plan[5]["details"]
    state = sites.state()
    assert state["mode"] == "dry_run"
    counts = ("planned_count", "completed_count", "failed_count", "rejected_count")
    assert [state[one] for one in counts] == [6, 4, 2, 1]
    assert [one["entity_key"] for one in state["planned_actions"]] == [
        one["entity_key"] for one in plan
    ]
    assert state["run_id"]
    assert state["executed_at"]
    assert run.stdout.splitlines()[-1] == "mode=dry_run planned=6 failed=2"
    assert len(sites.requests()) == 5
    assert not (sites.folder / "jobs").exists()
    left = {one.name for one in (sites.folder / ".plan").iterdir()}
    assert not left & {"ready_to_load.csv", "plan.csv", "checkpoint.json", "validation.json"}


def test_what_a_plan_names_is_what_apply_sends(sites: Sites) -> None:
    sites.given([{"name": WITHOUT_CALLING}, {"name": ENABLED, "city": "Salt"}])
    assert sites.run().code == 0
    planned = [
        (one["method"], one["url"].partition("/v1")[2], one["body"]) for one in sites.requests()
    ]
    assert sites.apply().code == 0
    sent = [(one["method"], one["path"], one["body"]) for one in sites.simulator.writes()]
    assert sorted(map(str, sent)) == sorted(map(str, planned))


def test_200_sites_are_planned_applied_once_and_then_one_cell_is_one_put(sites: Sites) -> None:
    rows = new_sites(200)
    sites.given(rows)
    assert sites.run().code == 0
    assert {one["effect"] for one in sites.plan()} == {"create"}
    assert len(sites.requests()) == 600
    assert sites.writes() == []

    first = sites.apply()
    assert first.code == 0, first.stderr
    assert len(sites.writes()) == 600
    made = [one for name, one in sites.locations().items() if name.startswith("CUV")]
    assert len(made) == 200
    assert all(one.calling and one.route_id for one in made)
    state = sites.state()
    assert (state["mode"], state["completed_count"], state["failed_count"]) == ("apply", 200, 0)
    final = sites.last.read("final_state.json")
    assert final["job"]["status"] == "completed"
    assert final["totals"]["success"] == 200
    items = final["remote_final_state"]["items"]
    assert len(items) == 200
    assert all(one["callingEnabled"] for one in items)

    sites.simulator.forget_calls()
    assert sites.run().code == 0
    assert {one["effect"] for one in sites.plan()} == {"unchanged"}
    again = sites.apply()
    assert again.code == 0, again.stderr
    assert sites.writes() == []
    assert len(sites.simulator.calls()) < 60, "lists, not a lookup a row"

    rows[77] = {**rows[77], "city": "Salt"}
    sites.write(rows)
    sites.simulator.forget_calls()
    assert sites.apply().code == 0
    changed = sites.locations()[rows[77]["name"]]
    assert sites.writes() == [("PUT", f"/locations/{changed.id}")]
    assert changed.city == "Salt"
    assert len(sites.job_folders()) == 3
    assert all(one.has_each_row_once() for one in sites.job_folders())


def test_route_group_head_number_and_profile_are_done_by_the_actions(sites: Sites) -> None:
    organisation = sites.simulator.organisation
    site = organisation.location_by_name(ENABLED)
    assert site is not None
    free = next(
        one.phone_number
        for one in organisation.plan.in_location(site.id)
        if one.number_type == "DID"
        and one.phone_number != site.main_number
        and organisation.plan.owner_of(one.phone_number) is None
    )
    row = {"name": ENABLED, "main_number": free, "default_outgoing_profile": "internal-only"}
    sites.given([row, *new_sites(1, default_outgoing_profile="internal-only")])
    run = sites.apply()
    assert run.code == 0, run.stderr + run.stdout
    assert sites.locations()[ENABLED].main_number == free
    sent = [path.rsplit("/", 1)[-1] for _, path in sites.writes()]
    assert sent.count("outgoingPermission") == 2
    sites.simulator.forget_calls()
    assert sites.apply().code == 0
    assert sites.writes() == []


def test_the_profile_of_the_policy_holds_for_every_site(sites: Sites) -> None:
    sites.given([{"name": ENABLED}])
    sites.policy(default_outgoing_profile="internal-only", manual_tasks_enabled=False)
    run = sites.apply()
    assert run.code == 0, run.stderr
    assert [path.rsplit("/", 1)[-1] for _, path in sites.writes()] == ["outgoingPermission"]
    assert "stay manual" not in run.stderr
    sites.policy(manual_tasks_enabled=True)
    assert "Tasks that stay manual: 19" in sites.apply().stderr


def test_only_enabling_enables_what_exists_and_leaves_the_rest_pending(sites: Sites) -> None:
    sites.given([{**NEW_SITE, "name": WITHOUT_CALLING}, *new_sites(1)])
    run = sites.apply("--entity-type", "location_webex_calling")
    assert run.code == 1
    assert [path for _, path in sites.writes()] == ["/telephony/config/locations"]
    assert sites.locations()[WITHOUT_CALLING].calling
    assert sites.last.job["entity_type"] == "location_webex_calling"
    status, message = sites.last.ends()["S-0001"]
    assert status == "pending"
    assert "to enable for Webex Calling" in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "static_policy.json"),
        ("[]", "it is no JSON object"),
        ('{"legacy_forward_prefx": "53"}', "the key legacy_forward_prefx is unknown"),
        ('{"manual_tasks_enabled": "yes"}', "write true or false"),
    ],
)
def test_a_policy_that_cannot_be_used_is_said_before_the_first_call(
    sites: Sites, content: str, words: str
) -> None:
    sites.given(new_sites(1))
    (sites.folder / "static_policy.json").write_text(content)
    run = sites.apply()
    assert run.code == 2
    assert words in run.stderr
    assert sites.simulator.calls() == []
    assert not (sites.folder / "jobs").exists()


def test_everything_of_the_command_is_told_by_its_help(sites: Sites) -> None:
    for command, words in (
        ("v21_softphone_bulk_run", ("--v21-apply", "--entity-type", "--input", "--repair-tail")),
        ("v21_jobs", ("list", "show", "resume", "cancel", "--out-dir")),
    ):
        process = sites.start("--help", command=command)
        run = sites.finish(process)
        assert run.code == 0
        assert all(word in run.stdout for word in words)
