"""Settings cells become bodies of features; bodies are checked and merged into what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from Space_OdT.engine.calling_features import CALL_TYPES, FEATURES, Keyed
from Space_OdT.engine.calling_settings import (
    FEATURE_OF_COLUMN,
    UnknownProfileError,
    conflicting_features,
    feature_changes,
    settings_json,
)
from Space_OdT.engine.feature_bodies import check_body, merge_body
from Space_OdT.engine.input_schema import COLUMNS, SETTINGS_PREFIX
from Space_OdT.engine.values import BadValueError

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "webex-api" / "contract.json"
PROFILES = {
    "internal": (
        {"callType": "INTERNAL_CALL", "action": "ALLOW", "transferEnabled": True},
        {"callType": "INTERNATIONAL", "action": "BLOCK", "transferEnabled": False},
    )
}


NATIONAL = '{"callType":"NATIONAL"}'
TWICE = f'{{"outgoingPermission":{{"callingPermissions":[{NATIONAL},{NATIONAL}]}}}}'


def wanted(**cells):
    cells = {f"calling_settings_{name}": value for name, value in cells.items()}
    changes = feature_changes(cells, PROFILES)
    return {change.feature.name: dict(change.wanted) for change in changes}


@pytest.mark.parametrize(
    ("cells", "bodies"),
    [
        ({}, {}),
        (
            {"forward_always_destination": "530000001"},
            {
                "callForwarding": {
                    "callForwarding": {"always": {"enabled": True, "destination": "530000001"}}
                }
            },
        ),
        (
            {
                "forward_busy_destination": "off",
                "forward_no_answer_destination": "+34910000009",
                "forward_no_answer_rings": "4",
            },
            {
                "callForwarding": {
                    "callForwarding": {
                        "busy": {"enabled": False},
                        "noAnswer": {
                            "enabled": True,
                            "destination": "+34910000009",
                            "numberOfRings": 4,
                        },
                    }
                }
            },
        ),
        ({"voicemail_enabled": "false"}, {"voicemail": {"enabled": False}}),
        ({"caller_id": "LOCATION_NUMBER"}, {"callerId": {"selected": "LOCATION_NUMBER"}}),
        (
            {"incoming_external_transfer": "BLOCK_ALL_EXTERNAL"},
            {
                "incomingPermission": {
                    "useCustomEnabled": True,
                    "externalTransfer": "BLOCK_ALL_EXTERNAL",
                }
            },
        ),
        ({"call_waiting_enabled": "true"}, {"callWaiting": {"enabled": True}}),
        ({"do_not_disturb_enabled": "true"}, {"doNotDisturb": {"enabled": True}}),
        ({"intercept_enabled": "true"}, {"intercept": {"enabled": True}}),
        (
            {"outgoing_profile": "internal"},
            {
                "outgoingPermission": {
                    "useCustomEnabled": True,
                    "useCustomPermissions": True,
                    "callingPermissions": [dict(entry) for entry in PROFILES["internal"]],
                }
            },
        ),
        (
            {"call_waiting_enabled": "true", "json": '{"hoteling":{"enabled":true}}'},
            {"callWaiting": {"enabled": True}, "hoteling": {"enabled": True}},
        ),
        ({"alternate_number": "+34510000001"}, {}),
    ],
)
def test_cells_become_bodies(cells, bodies):
    assert wanted(**cells) == bodies


def test_an_unknown_profile_is_named():
    with pytest.raises(UnknownProfileError, match='did you mean "internal"'):
        wanted(outgoing_profile="internl")


def test_every_column_has_its_feature_and_a_body_the_api_takes():
    special = {"calling_settings_json", "calling_settings_alternate_number"}
    settings = {name for name in COLUMNS if name.startswith(SETTINGS_PREFIX)}
    assert settings == FEATURE_OF_COLUMN.keys() | special
    cells = {name: COLUMNS[name].example for name in FEATURE_OF_COLUMN}
    cells["calling_settings_outgoing_profile"] = "internal"
    for change in feature_changes(cells, PROFILES):
        assert check_body(change.feature.writable, change.wanted, change.feature.name) is None


def test_a_feature_is_set_by_column_or_by_json():
    body = '{"callWaiting":{"enabled":true},"hoteling":{"enabled":true}}'
    cells = {"calling_settings_json": body, "calling_settings_call_waiting_enabled": "true"}
    assert conflicting_features(cells) == ("callWaiting",)
    assert conflicting_features({"calling_settings_json": body}) == ()
    assert conflicting_features({"calling_settings_call_waiting_enabled": "true"}) == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{"voicemial": {}}', 'did you mean "voicemail"?'),
        ('{"voicemail": {"enabled": "yes"}}', "voicemail.enabled must be true or false"),
        ('{"voicemail": []}', "voicemail must be an object"),
        ('{"voicemail": {"sendBusyCalls": {"greeting": "LOUD"}}}', "one of DEFAULT, CUSTOM"),
        ('{"voicemail": {"sendUnansweredCalls": {"numberOfRings": "3"}}}', "must be a number"),
        ('{"voicemail": {"sendUnansweredCalls": {"numberOfRings": true}}}', "must be a number"),
        ('{"callerId": {"firstName": 3}}', "callerId.firstName must be text"),
        ('{"callerId": {"selected": 3}}', "one of DIRECT_LINE"),
        ('{"reception": {"monitoredMembers": [{"id": "x"}]}}', "must be a list of ids"),
        ('{"outgoingPermission": {"callingPermissions": {}}}', "must be a list"),
        ('{"outgoingPermission": {"callingPermissions": [{}]}}', "[0] must have callType"),
        ('{"outgoingPermission": {"callingPermissions": [3]}}', "[0] must be an object"),
        (
            TWICE,
            "names one callType twice",
        ),
    ],
)
def test_bodies_the_api_would_refuse_are_refused_first(value, said):
    with pytest.raises(BadValueError) as caught:
        settings_json(value)
    assert said in f"{caught.value.expected} {caught.value.fix}"


def merged(name, current, changes):
    return merge_body(FEATURES[name], current, changes)


class TestMerge:
    def test_everything_that_is_not_asked_for_stays(self):
        current = {
            "enabled": False,
            "sendAllCalls": {"enabled": True},
            "sendBusyCalls": {"enabled": True, "greeting": "DEFAULT", "greetingUploaded": False},
            "notifications": {"enabled": False, "destination": None},
            "voiceMessageForwardingEnabled": False,
        }
        found = merged("voicemail", current, {"enabled": True})
        assert found.changed
        assert found.body == {
            "enabled": True,
            "sendAllCalls": {"enabled": True},
            "sendBusyCalls": {"enabled": True, "greeting": "DEFAULT"},
            "notifications": {"enabled": False},
        }

    def test_what_is_there_already_is_no_change(self):
        assert not merged("callWaiting", {"enabled": True}, {"enabled": True}).changed

    def test_nested_fields_are_merged_and_missing_objects_made(self):
        current = {"callForwarding": {"always": {"enabled": False, "ringReminderEnabled": True}}}
        changes = {
            "callForwarding": {
                "always": {"enabled": True, "destination": "53"},
                "busy": {"enabled": False},
            }
        }
        assert merged("callForwarding", current, changes).body == {
            "callForwarding": {
                "always": {"enabled": True, "ringReminderEnabled": True, "destination": "53"},
                "busy": {"enabled": False},
            }
        }

    def test_permissions_are_merged_by_call_type_and_unknown_ones_are_told(self):
        current = {
            "useCustomEnabled": False,
            "useCustomPermissions": False,
            "callingPermissions": [
                {
                    "callType": "INTERNAL_CALL",
                    "action": "ALLOW",
                    "transferEnabled": True,
                    "isCallTypeRestrictionEnabled": False,
                },
                {"callType": "NATIONAL", "action": "ALLOW", "transferEnabled": True},
            ],
        }
        changes = {
            "callingPermissions": [
                {"callType": "NATIONAL", "action": "BLOCK", "transferEnabled": False},
                {"callType": "TOLL_FREE", "action": "BLOCK", "transferEnabled": False},
            ]
        }
        found = merged("outgoingPermission", current, changes)
        assert found.ignored == ("TOLL_FREE",)
        assert found.body["callingPermissions"] == [
            {"callType": "INTERNAL_CALL", "action": "ALLOW", "transferEnabled": True},
            {"callType": "NATIONAL", "action": "BLOCK", "transferEnabled": False},
        ]
        again = merged("outgoingPermission", found.body, changes)
        assert not again.changed

    def test_an_empty_permission_list_takes_what_is_wanted(self):
        changes = {"callingPermissions": [{"callType": "NATIONAL", "action": "BLOCK"}]}
        found = merged("outgoingPermission", {"callingPermissions": []}, changes)
        assert (found.body, found.ignored) == (changes, ())

    @pytest.mark.parametrize(
        ("name", "current", "changes", "body"),
        [
            (
                "monitoring",
                {
                    "callParkNotificationEnabled": True,
                    "monitoredElements": [
                        {"member": {"id": "A=="}},
                        {"callparkextension": {"id": "B"}},
                    ],
                },
                {"monitoredElements": ["B", "A"]},
                {"enableCallParkNotification": True, "monitoredElements": ["A==", "B"]},
            ),
            (
                "reception",
                {
                    "receptionEnabled": True,
                    "monitoredMembers": [{"id": "A", "type": "PEOPLE"}, "C"],
                },
                {"receptionEnabled": True},
                {"receptionEnabled": True, "monitoredMembers": ["A", "C"]},
            ),
        ],
    )
    def test_members_are_read_as_objects_and_written_as_ids(self, name, current, changes, body):
        found = merged(name, current, changes)
        assert found.body == body
        assert not found.changed

    def test_other_members_are_a_change(self):
        current = {"monitoredMembers": [{"id": "A"}, {"name": "no id"}]}
        found = merged("reception", current, {"monitoredMembers": ["A", "B"]})
        assert found.changed
        assert found.body == {"monitoredMembers": ["A", "B"]}


def test_paths_are_filled():
    assert FEATURES["voicemail"].path_of("P1") == "/people/P1/features/voicemail"
    assert FEATURES["musicOnHold"].path_of("P1") == "/telephony/config/people/P1/musicOnHold"


def official_shape(schema):
    if schema.get("type") == "object":
        return {name: official_shape(inner) for name, inner in schema["properties"].items()}
    if schema.get("type") == "array":
        return [official_shape(schema["items"])]
    return None


def our_shape(shape):
    if isinstance(shape, Keyed):
        return [our_shape(shape.item)]
    if isinstance(shape, str) and shape == "a list of ids":
        return [None]
    return {n: our_shape(s) for n, s in shape.items()} if hasattr(shape, "items") else None


@pytest.mark.skipif(not CONTRACT.exists(), reason="no description of the API at hand")
@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda feature: feature.name)
def test_the_table_agrees_with_the_description_of_the_api(feature):
    path = feature.path.replace("{person_id}", "{personId}")
    endpoints = json.loads(CONTRACT.read_text(encoding="utf-8"))["endpoints"]
    (put,) = [e for e in endpoints if e["path"] == path and e["method"] == "PUT"]
    assert any(e["path"] == path and e["method"] == "GET" for e in endpoints)
    assert our_shape(feature.writable) == official_shape(put["body"])


def test_call_types_are_named_once():
    assert len(set(CALL_TYPES)) == len(CALL_TYPES)
