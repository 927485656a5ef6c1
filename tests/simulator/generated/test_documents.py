"""Settings documents are plausible at first, and as they were written from then on."""

from __future__ import annotations

import orjson
import pytest

from tests.simulator.walking import Walker

F = "/people/{personId}/features"
P = "/telephony/config/people/{personId}"
WF = "/workspaces/{workspaceId}/features"
W = "/telephony/config/workspaces/{workspaceId}"
L = "/telephony/config/locations/{locationId}"


@pytest.fixture
def walker():
    return Walker()


def put(walker, template, body, **ids):
    path = template.format_map({**walker.base, **ids})
    answer = walker.send("PUT", path, body)
    return answer.status, orjson.loads(answer.body) if answer.body else None


def get(walker, template, **ids):
    return walker.read(template.format_map({**walker.base, **ids}))


def test_a_document_is_the_same_every_time_and_differs_between_people(walker):
    people = walker.service.world.organisation.calling_person_ids()
    first = get(walker, f"{F}/voicemail", personId=people[0])
    assert first == get(walker, f"{F}/voicemail", personId=people[0])
    assert any(first != get(walker, f"{F}/voicemail", personId=other) for other in people[1:5])


def test_nothing_is_stored_by_reading(walker):
    get(walker, f"{F}/voicemail")
    assert walker.service.world.documents == {}


def test_a_write_is_laid_over_and_the_rest_stays(walker):
    before = get(walker, f"{F}/callForwarding")
    always = {"enabled": True, "destination": "530000001", "ringReminderEnabled": False}
    assert put(walker, f"{F}/callForwarding", {"callForwarding": {"always": always}}) == (204, None)
    after = get(walker, f"{F}/callForwarding")
    assert after["callForwarding"]["always"] == {**before["callForwarding"]["always"], **always}
    assert after["callForwarding"]["busy"] == before["callForwarding"]["busy"]
    assert after["businessContinuity"] == before["businessContinuity"]


def test_ids_are_the_same_padded_or_not(walker):
    put(walker, f"{F}/callWaiting", {"enabled": True}, personId=walker.base["personId"] + "==")
    assert get(walker, f"{F}/callWaiting") == {"enabled": True}
    put(walker, f"{F}/callWaiting", {"enabled": False})
    assert get(walker, f"{F}/callWaiting") == {"enabled": False}


def test_both_paths_of_one_document_show_it(walker):
    body = {
        "useCustomEnabled": True,
        "useCustomPermissions": True,
        "callingPermissions": [
            {"callType": "INTERNATIONAL", "action": "ALLOW", "transferEnabled": True}
        ],
    }
    assert put(walker, f"{P}/outgoingPermission", body)[0] == 204
    assert get(walker, f"{F}/outgoingPermission") == get(walker, f"{P}/outgoingPermission")


@pytest.mark.parametrize(
    ("template", "body", "field"),
    [
        (f"{F}/callWaiting", {}, "enabled"),
        (f"{F}/callWaiting", {"enabled": "yes"}, "enabled"),
        (f"{F}/callerId", {"selected": "NOBODY"}, "selected"),
        (f"{F}/callerId", {"selected": "CUSTOM"}, "customNumber"),
        (f"{F}/incomingPermission", {"useCustomEnabled": True}, "externalTransfer"),
        (f"{F}/monitoring", {"enableCallParkNotification": True}, "monitoredElements"),
        (f"{F}/voicemail", {"notifications": {}}, "transferToNumber"),
        (f"{F}/callForwarding", {"callForwarding": {"always": {}}}, "always.enabled"),
        (
            f"{F}/callForwarding",
            {"callForwarding": {"always": {"enabled": True, "destination": " "}}},
            "always.destination",
        ),
        (
            f"{F}/callForwarding",
            {"callForwarding": {"noAnswer": {"numberOfRings": 21}}},
            "numberOfRings",
        ),
        (f"{WF}/callForwarding", {"callForwarding": {"always": {}}}, "always.enabled"),
        (
            f"{WF}/callForwarding",
            {
                "callForwarding": {
                    "always": {
                        "enabled": False,
                        "ringReminderEnabled": False,
                        "destinationVoicemailEnabled": False,
                    }
                }
            },
            "businessContinuity",
        ),
        (f"{F}/outgoingPermission", {"useCustomEnabled": True}, "callingPermissions"),
        (
            f"{F}/outgoingPermission",
            {
                "callingPermissions": [
                    {"callType": "TOLL", "action": "ALLOW", "transferEnabled": True}
                ]
            },
            "callType",
        ),
        (
            f"{L}/outgoingPermission",
            {
                "callingPermissions": [
                    {"callType": "NATIONAL", "action": "MAYBE", "transferEnabled": True}
                ]
            },
            "action",
        ),
        (
            f"{P}/emergencyCallbackNumber",
            {"selected": "LOCATION_MEMBER_NUMBER"},
            "locationMemberId",
        ),
        (f"{F}/reception", {"receptionEnabled": {"deep": 1}}, "receptionEnabled"),
    ],
)
def test_a_body_that_breaks_the_rules_is_refused_and_changes_nothing(walker, template, body, field):
    before = get(walker, template)
    status, told = put(walker, template, body)
    assert status == 400
    assert field in told["message"]
    assert told["errors"][0]["errorCode"] == 25008
    assert get(walker, template) == before


def test_a_body_that_is_no_object_is_refused(walker):
    assert put(walker, f"{F}/callWaiting", [1])[0] == 400
    assert walker.send("PUT", f"{F}/callWaiting".format_map(walker.base)).status == 400


def test_monitoring_takes_ids_and_shows_members(walker):
    organisation = walker.service.world.organisation
    other = organisation.calling_person_ids()[1]
    workspace = walker.base["workspaceId"]
    body = {"enableCallParkNotification": True, "monitoredElements": [other, workspace]}
    assert put(walker, f"{F}/monitoring", body)[0] == 204
    shown = get(walker, f"{F}/monitoring")
    assert shown["callParkNotificationEnabled"] is True
    assert [item["member"]["id"] for item in shown["monitoredElements"]] == [other, workspace]
    assert shown["monitoredElements"][0]["member"]["email"].endswith("@example.com")


def test_monitoring_of_nobody_is_refused(walker):
    body = {"enableCallParkNotification": True, "monitoredElements": ["nobody"]}
    assert put(walker, f"{F}/monitoring", body)[0] == 400


def test_people_without_calling_have_no_calling_settings(walker):
    organisation = walker.service.world.organisation
    other = next(item for item in organisation.people if not organisation.is_calling_person(item))
    answer = walker.send("GET", f"{F}/voicemail".format(personId=other))
    assert (answer.status, orjson.loads(answer.body)["errorCode"]) == (400, 4003)


def test_workspaces_without_calling_and_without_the_right_licence_are_refused(walker):
    organisation = walker.service.world.organisation
    kinds = {organisation.calling_workspace_kind(item): item for item in organisation.workspaces}
    free = walker.send("GET", f"{WF}/callForwarding".format(workspaceId=kinds["none"]))
    assert (free.status, orjson.loads(free.body)["errorCode"]) == (400, 4003)
    basic = walker.send("GET", f"{W}/privacy".format(workspaceId=kinds["basic"]))
    assert (basic.status, orjson.loads(basic.body)["errorCode"]) == (405, 25409)
    assert (
        walker.send("GET", f"{WF}/callForwarding".format(workspaceId=kinds["basic"])).status == 200
    )


@pytest.mark.parametrize(
    "path",
    [
        "/people/nobody/features/voicemail",
        "/workspaces/nothing/features/callForwarding",
        "/telephony/config/workspaces/nothing/privacy",
        "/telephony/config/virtualLines/nothing/voicemail",
        "/telephony/config/devices/nothing/layout",
        "/organizations/elsewhere",
    ],
)
def test_what_does_not_exist_is_not_found(walker, path):
    assert walker.send("GET", path).status == 404


def test_permissions_follow_the_location_until_an_owner_has_its_own(walker):
    change = [{"callType": "INTERNATIONAL", "action": "AUTH_CODE", "transferEnabled": False}]
    put(
        walker, f"{F}/outgoingPermission", {"useCustomPermissions": False, "callingPermissions": []}
    )
    assert (
        put(
            walker,
            f"{L}/outgoingPermission",
            {"callingPermissions": change},
            locationId=location_of(walker),
        )[0]
        == 204
    )
    assert action_of(get(walker, f"{F}/outgoingPermission"), "INTERNATIONAL") == "AUTH_CODE"
    own = [{"callType": "INTERNATIONAL", "action": "BLOCK", "transferEnabled": False}]
    body = {"useCustomEnabled": True, "useCustomPermissions": True, "callingPermissions": own}
    put(walker, f"{F}/outgoingPermission", body)
    shown = get(walker, f"{F}/outgoingPermission")
    assert action_of(shown, "INTERNATIONAL") == "BLOCK"
    assert len(shown["callingPermissions"]) == 10


def location_of(walker):
    return walker.service.world.organisation.person(walker.base["personId"]).location_id


def action_of(document, call_type):
    entries = {item["callType"]: item["action"] for item in document["callingPermissions"]}
    return entries[call_type]
