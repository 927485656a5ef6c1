"""Every stage through the real command: its request, its merge, and nothing the second time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.behaviour.softphones.conftest import DESTINATION, Office, Phones

pytestmark = pytest.mark.xdist_group("softphones-stages")

IN = "incomingPermission"
OUT = "outgoingPermission"


def of(office: Office, ending: str) -> list[dict[str, Any]]:
    """The writes to paths with an ending."""
    return [one for one in office.writes() if one["path"].endswith(ending)]


def laid_over(base: Any, change: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return {**base, **{name: laid_over(base.get(name), value) for name, value in change.items()}}


def test_licence_location_and_extension_go_in_one_call(phones: Phones, office: Office) -> None:
    row = office.newcomer_row()
    phones.prepare([row])
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    person = office.newcomers[0]
    (write,) = office.writes()
    assert (write["method"], write["path"]) == ("PATCH", "/licenses/users")
    assert write["body"] == {
        "personId": person.id,
        "licenses": [
            {
                "id": office.professional,
                "operation": "add",
                "properties": {"locationId": office.site.id, "extension": row["extension"]},
            }
        ],
    }
    record = ended.state["record_results"][person.email]
    assert record["status"] == "success"
    assert record["verified"] is True
    assert record["details"]["stages"] == ["assign_calling_license"]
    (change,) = ended.changes
    assert change["status"] == "success"
    assert change["details"] == "applied"
    assert "locationId" not in change["before"]
    assert change["after"]["extension"] == row["extension"]


def test_a_second_run_sends_no_write(phones: Phones, office: Office) -> None:
    queue = office.queues()[0]
    cells = {
        "cf_always_enabled": "true",
        "cf_always_destination": DESTINATION,
        "voicemail_enabled": "false",
        "intercept_enabled": "true",
        "incoming_permissions_json": '{"useCustomEnabled": true}',
        "outgoing_permissions_json": '{"useCustomEnabled": true, "useCustomPermissions": true}',
        "call_queue_names": queue["name"].strip(),
        "join_enabled": "false",
    }
    phones.prepare([office.newcomer_row(0, **cells), office.calling_row(3, **cells)])
    first = phones.unattended()
    assert first.code == 0, first.told
    count = len(office.writes())
    assert count >= 8
    second = phones.unattended()
    assert second.code == 0, second.told
    assert len(office.writes()) == count
    assert {change["details"] for change in second.changes} == {"unchanged"}
    assert (phones.v2 / "history").is_dir()


@pytest.mark.parametrize(
    ("feature", "cells", "policy", "asked"),
    [
        (
            "callForwarding",
            {"cf_always_enabled": "yes", "cf_always_destination": DESTINATION},
            {},
            {"callForwarding": {"always": {"enabled": True, "destination": DESTINATION}}},
        ),
        (
            "callForwarding",
            {"cf_busy_enabled": "true", "cf_no_answer_enabled": "0"},
            {
                "forwarding_defaults": {
                    "callForwarding": {"busy": {"destination": DESTINATION}},
                    "businessContinuity": {"enabled": False},
                }
            },
            {
                "callForwarding": {
                    "busy": {"enabled": True, "destination": DESTINATION},
                    "noAnswer": {"enabled": False},
                },
                "businessContinuity": {"enabled": False},
            },
        ),
        (
            "voicemail",
            {
                "voicemail_enabled": "TRUE",
                "voicemail_send_all_calls_enabled": "false",
                "voicemail_send_unanswered_calls_number_of_rings": "7",
                "voicemail_send_busy_calls_enabled": "",
            },
            {"voicemail_defaults": {"sendAllCalls": {"enabled": True}}},
            {
                "enabled": True,
                "sendAllCalls": {"enabled": False},
                "sendUnansweredCalls": {"numberOfRings": 7},
            },
        ),
        (
            "intercept",
            {"intercept_enabled": "on", "intercept_outgoing_type": "allow local only"},
            {},
            {"enabled": True, "outgoing": {"type": "ALLOW_LOCAL_ONLY"}},
        ),
    ],
    ids=["forwarding", "forwarding-policy", "voicemail", "intercept"],
)
def test_columns_become_fields_merged_into_what_is_there(
    phones: Phones,
    office: Office,
    *,
    feature: str,
    cells: dict[str, str],
    policy: dict[str, Any],
    asked: dict[str, Any],
) -> None:
    person = office.calling[2]
    before = office.feature(person.id, feature)
    phones.prepare([office.calling_row(2, **cells)], **policy)
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    after = office.feature(person.id, feature)
    assert after == laid_over(before, asked)
    for write in of(office, f"/features/{feature}"):
        assert not any("_" in name for name in json.loads(json.dumps(write["body"])))
        assert "systemMaxNumberOfRings" not in json.dumps(write["body"])
    changes = [one for one in ended.changes if one["stage"] != "assign_calling_license"]
    assert [one["before"] for one in changes] == [before]
    assert [one["after"] for one in changes] == [after]


def test_a_forwarding_that_goes_nowhere_fails_with_the_column_to_fill(
    phones: Phones, office: Office
) -> None:
    phones.prepare([office.newcomer_row(cf_busy_enabled="true")])
    ended = phones.unattended()
    assert ended.code == 1
    (failure,) = ended.failures
    assert failure["stage"] == "apply_forwarding"
    assert failure["error_type"] == "precondition_missing"
    assert "cf_busy_destination" in failure["details"]
    assert [one["path"] for one in office.writes()] == ["/licenses/users"]


@pytest.mark.parametrize(
    ("cells", "policy", "features"),
    [
        ({"incoming_permissions_json": '{"externalTransfer":"BLOCK_ALL_EXTERNAL"}'}, {}, {IN}),
        ({"outgoing_permissions_json": '{"useCustomPermissions":true}'}, {}, {OUT}),
        (
            {
                "incoming_permissions_json": '{"collectCallsEnabled":false}',
                "incoming_permissions_mode": "custom",
            },
            {},
            {IN},
        ),
        (
            {"outgoing_permissions_mode": "policy"},
            {"outgoing_permissions_defaults": {"useCustomPermissions": True}},
            {OUT},
        ),
        (
            {"outgoing_permissions_json": '{"useCustomPermissions":true}'},
            {"incoming_permissions_defaults": {"collectCallsEnabled": False}},
            {IN, OUT},
        ),
    ],
    ids=["incoming", "outgoing", "with-mode", "mode-alone", "policy-beside-json"],
)
def test_both_permission_columns_work_alone_and_with_modes(
    phones: Phones,
    office: Office,
    cells: dict[str, str],
    policy: dict[str, Any],
    features: set[str],
) -> None:
    person = office.calling[1]
    before = {name: office.feature(person.id, name) for name in (IN, OUT)}
    phones.prepare([office.calling_row(1, **cells)], **policy)
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    (line,) = [one for one in ended.changes if one["stage"] == "apply_permissions_in_out"]
    assert set(line["before"]) == features
    for name in (IN, OUT):
        after = office.feature(person.id, name)
        if name not in features:
            assert after == before[name]
    written = {one["path"].rpartition("/")[2] for one in office.writes()}
    assert written <= features
    for write in of(office, OUT):
        assert write["body"]["callingPermissions"], "a PUT replaces, so all of it is sent back"


def test_alternate_numbers_are_added_once(phones: Phones, office: Office) -> None:
    person = office.calling[0]
    plan = office.organisation.plan
    free = next(
        one.phone_number
        for one in plan.in_location(person.location_id or "")
        if plan.owner_of(one.phone_number) is None and one.number_type == "DID"
    )
    column = json.dumps({"phoneNumbers": [{"action": "ADD", "directNumber": free}]})
    phones.prepare([office.calling_row(0, alternate_numbers=column)])
    assert phones.unattended().code == 0
    (write,) = office.writes()
    assert write["path"] == f"/telephony/config/people/{person.id}/numbers"
    assert write["body"] == {
        "phoneNumbers": [{"primary": False, "action": "ADD", "directNumber": free}]
    }
    assert phones.unattended().code == 0
    assert len(office.writes()) == 1
    stranger = json.dumps({"phoneNumbers": [{"directNumber": "+34999888777"}]})
    phones.prepare([office.calling_row(0, alternate_numbers=stranger)])
    ended = phones.unattended()
    assert "in no location's inventory" in ended.failures[0]["details"]
    assert len(office.writes()) == 1


def test_a_queue_by_name_means_the_one_of_the_persons_location(
    phones: Phones, office: Office
) -> None:
    queue = office.queues()[0]
    inside = next(
        index
        for index, one in enumerate(office.calling)
        if one.location_id == queue["locationId"] and not _is_in(office, one.id, queue)
    )
    person = office.calling[inside]
    phones.prepare(
        [office.calling_row(inside, call_queue_names=queue["name"].strip(), join_enabled="")]
    )
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    (write,) = office.writes()
    assert write["path"].endswith(f"/queues/{queue['id']}")
    new = write["body"]["agents"][-1]
    assert new == {"id": person.id}, "a blank join_enabled is not sent as false"
    assert len(write["body"]["agents"]) > 1, "the agents that were there stay"
    assert _is_in(office, person.id, queue)
    phones.prepare([office.calling_row(inside, call_queue_ids=queue["id"], join_enabled="no")])
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    last = office.writes()[-1]
    assert last["path"] == f"/telephony/config/queues/agents/{person.id}/settings"
    assert last["body"] == {"settings": [{"queueId": queue["id"], "joinEnabled": False}]}


def _is_in(office: Office, person_id: str, queue: dict[str, Any]) -> bool:
    path = f"/telephony/config/queues/agents/{person_id}?max=50&start=0&hasCxEssentials=false"
    return any(one["id"] == queue["id"] for one in office.get(path)["queues"])


def test_unknown_and_ambiguous_queue_names_are_told_and_nothing_is_sent(
    phones: Phones, office: Office
) -> None:
    world = office.simulator.control("GET", "state")
    names = ("Ventas",)
    changed = 0
    homes = {one.location_id for one in office.calling}
    queues = [one for one in office.queues() if one["locationId"] in homes][:2]
    text = json.dumps(world)
    for queue in queues:
        text = text.replace(json.dumps(queue["name"]), json.dumps(names[0]))
        changed += 1
    assert changed == 2
    office.simulator.control("POST", "state", json.loads(text))
    elsewhere = next(
        index
        for index, one in enumerate(office.calling)
        if one.location_id not in {queue["locationId"] for queue in queues}
    )
    phones.prepare(
        [
            office.calling_row(elsewhere, call_queue_names="Ventas"),
            office.calling_row(elsewhere + 1, call_queue_names="Ventass"),
        ]
    )
    ended = phones.unattended()
    told = {row["user_email"]: row["details"] for row in ended.failures}
    assert "2 call queues are named" in told[office.calling[elsewhere].email]
    assert "call_queue_ids" in told[office.calling[elsewhere].email]
    if office.calling[elsewhere + 1].email in told:
        assert 'did you mean "Ventas"' in told[office.calling[elsewhere + 1].email]
    assert office.writes() == []


def test_the_first_failed_stage_ends_the_person_and_nobody_else(
    phones: Phones, office: Office, simulator: Any
) -> None:
    first, second = office.calling[4], office.calling[5]
    simulator.faults(
        {
            "kind": "status",
            "status": 400,
            "method": "PUT",
            "path": f"/people/{first.id}/features/voicemail",
            "message": "Refused for the test",
            "code": 4099,
        }
    )
    flip = {
        one.email: str(not office.feature(one.id, "voicemail")["enabled"]).lower()
        for one in (first, second)
    }
    rows = [
        office.calling_row(
            index,
            voicemail_enabled=flip[office.calling[index].email],
            intercept_enabled="true",
        )
        for index in (4, 5)
    ]
    phones.prepare(rows)
    ended = phones.unattended()
    assert ended.code == 1
    records = ended.state["record_results"]
    assert records[first.email]["failed_stage"] == "apply_voicemail"
    assert records[first.email]["verified"] is False
    assert records[second.email]["status"] == "success"
    (failure,) = ended.failures
    assert failure["http_status"] == "400"
    assert failure["tracking_id"]
    assert failure["error_type"] == "non_retryable_external"
    assert "Refused for the test" in failure["details"]
    stages = [one["stage"] for one in ended.changes if one["user_email"] == first.email]
    assert stages == ["assign_calling_license", "apply_voicemail"]


def test_a_snapshot_that_cannot_be_read_does_not_undo_a_success(
    phones: Phones, office: Office, simulator: Any
) -> None:
    person = office.calling[6]
    enabled = office.feature(person.id, "voicemail")["enabled"]
    path = f"/people/{person.id}/features/voicemail"
    simulator.faults({"kind": "status", "status": 403, "method": "GET", "path": path, "after": 1})
    phones.prepare([office.calling_row(6, voicemail_enabled=str(not enabled).lower())])
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    line = ended.changes[-1]
    assert line["status"] == "success"
    assert line["after"] is None
    assert "could not be read" in line["details"]
    assert ended.state["record_results"][person.email]["verified"] is False


def test_somebody_unknown_fails_before_any_stage(phones: Phones, office: Office) -> None:
    phones.prepare([office.newcomer_row(user_email="nobody.there@example.com")])
    ended = phones.unattended()
    assert ended.code == 1
    assert ended.failures[0]["stage"] == "resolve_person"
    assert ended.failures[0]["error_type"] == "user_not_found"
    assert ended.state["record_results"]["nobody.there@example.com"]["status"] == "failed"


def test_numbers_and_units_that_are_not_there_cost_no_write(phones: Phones, office: Office) -> None:
    taken = office.organisation.plan.primary(office.calling[0].id)
    assert taken is not None
    site = office.organisation.locations[taken.location_id]
    phones.prepare(
        [
            office.newcomer_row(0, location_name=site.name, extension=taken.extension or ""),
            office.newcomer_row(1, calling_license_id="not-a-licence"),
            office.newcomer_row(2, location_name="Nowhere at all"),
            office.newcomer_row(3, extension="", phone_number="+34999888776"),
        ]
    )
    ended = phones.unattended()
    assert ended.code == 1
    assert {row["stage"] for row in ended.failures} == {"assign_calling_license"}
    told = " ".join(row["details"] for row in ended.failures)
    assert "belongs to" in told
    assert "is no calling licence" in told
    assert "there is no location Nowhere at all" in told
    assert "no location's inventory" in told
    assert office.writes() == []


def test_a_plan_holds_the_requests_that_apply_sends(phones: Phones, office: Office) -> None:
    cells = {
        "voicemail_enabled": "true",
        "intercept_enabled": "true",
        "incoming_permissions_json": '{"useCustomEnabled":true,"collectCallsEnabled":false}',
    }
    rows = [office.calling_row(index, **cells) for index in range(3)] + [office.newcomer_row()]
    phones.prepare(rows)
    planned = phones.run("--dry-run")
    assert planned.code == 0, planned.told
    assert office.writes() == []
    assert not (phones.v2 / "run_state.json").exists()
    lines = (phones.v2 / "plan.jsonl").read_text(encoding="utf-8").splitlines()
    requests = {
        (one["method"], one["url"].removeprefix(phones.url), json.dumps(one["body"]))
        for one in map(json.loads, lines)
    }
    applied = phones.unattended()
    assert applied.code == 0, applied.told
    sent = {(one["method"], one["path"], json.dumps(one["body"])) for one in office.writes()}
    assert sent == requests


def following(office: Office) -> int:
    """Index of a person with calling who follows the location's outgoing permissions."""
    return next(
        index
        for index, one in enumerate(office.calling)
        if not office.feature(one.id, OUT)["useCustomPermissions"]
    )


def test_call_types_without_effect_are_refused_before_anything_is_sent(
    phones: Phones, office: Office
) -> None:
    national = '{"callType":"NATIONAL","action":"BLOCK","transferEnabled":false}'
    row = office.calling_row(
        following(office),
        incoming_permissions_json='{"useCustomEnabled":true,"externalTransfer":"BLOCK_ALL_EXTERNAL"}',
        outgoing_permissions_json=f'{{"useCustomEnabled":true,"callingPermissions":[{national}]}}',
    )
    phones.prepare([row])
    before = len(office.writes())
    ended = phones.unattended()
    assert ended.code == 1, ended.told
    assert len(office.writes()) == before
    (failure,) = ended.failures
    assert failure["stage"] == "apply_permissions_in_out"
    assert '"useCustomPermissions": true' in failure["details"]


def test_somebody_goes_back_to_the_permissions_of_the_location(
    phones: Phones, office: Office
) -> None:
    index = following(office)
    national = '{"callType":"NATIONAL","action":"BLOCK","transferEnabled":false}'
    own = f'{{"useCustomPermissions":true,"callingPermissions":[{national}]}}'
    phones.prepare([office.calling_row(index, outgoing_permissions_json=own)])
    assert phones.unattended().code == 0
    back = own.replace("true", "false", 1)
    phones.prepare([office.calling_row(index, outgoing_permissions_json=back)])
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    line = ended.changes[-1]
    assert line["verified"] is True
    assert line["after"][OUT]["useCustomPermissions"] is False
    count = len(office.writes())
    assert phones.unattended().code == 0
    assert len(office.writes()) == count


def test_a_question_shows_only_the_call_types_that_would_change(
    phones: Phones, office: Office
) -> None:
    person = office.calling[following(office)]
    known = office.feature(person.id, OUT)["callingPermissions"]
    (action,) = [one["action"] for one in known if one["callType"] == "NATIONAL"]
    other = "BLOCK" if action == "ALLOW" else "ALLOW"
    national = f'{{"callType":"NATIONAL","action":"{other}"}}'
    own = f'{{"useCustomPermissions":true,"callingPermissions":[{national}]}}'
    phones.prepare([office.calling_row(following(office), outgoing_permissions_json=own)])
    ended = phones.at_a_terminal(["yes", "no"])
    assert f"callingPermissions[NATIONAL].action: {action} -> {other}" in ended.told
    assert "[TOLL_FREE]" not in ended.told
    assert "more fields" not in ended.told
