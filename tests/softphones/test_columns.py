from __future__ import annotations

import pytest

from Space_OdT.engine.calling_features import FEATURES
from Space_OdT.engine.feature_bodies import check_body
from Space_OdT.engine.values import BadValueError
from Space_OdT.softphones.cells import phone_number
from Space_OdT.softphones.columns import COLUMNS, TEMPLATE_COLUMNS, known_name
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.settings_stage import wanted_body
from Space_OdT.softphones.stages import TRIGGERS, Stage, idle_columns, stages_of

SAMPLES = {
    "true or false": "true",
    "a number": "5",
    "text": "+34910000001",
}


@pytest.mark.parametrize("name", [name for name, one in COLUMNS.items() if one.feature])
def test_every_feature_column_makes_a_body_the_api_takes(name: str) -> None:
    column = COLUMNS[name]
    kind = column.kind
    cell = kind[0] if isinstance(kind, tuple) else SAMPLES[kind]
    if name.endswith(("email", "email_id")):
        cell = "a@example.com"
    value = column.normalise(cell)
    body = wanted_body(column.feature, {name: value}, Policy())
    assert check_body(FEATURES[column.feature].writable, body, name) is None
    found = body
    for part in column.path:
        found = found[part]
    assert found == column.value(value)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("user_email", "user_email"),
        ("User Email", "user_email"),
        ("callingLicenseId", "calling_license_id"),
        ("cf_noanswer_enabled", "cf_noanswer_enabled"),
        ("CF-No-Answer-Enabled", "cf_noanswer_enabled"),
        ("voicemail_sendAllCalls_enabled", "voicemail_send_all_calls_enabled"),
        ("department", ""),
    ],
)
def test_headers_are_understood_in_any_spelling(header: str, name: str) -> None:
    assert known_name(header) == name


def test_the_documented_columns_exist() -> None:
    documented = {
        *TEMPLATE_COLUMNS,
        "alternate_numbers",
        "cf_busy_enabled",
        "cf_noanswer_enabled",
        "incoming_permissions_mode",
        "outgoing_permissions_mode",
    }
    assert documented <= COLUMNS.keys()
    assert all(name in COLUMNS for trigger in TRIGGERS.values() for name in trigger.columns)


@pytest.mark.parametrize("cell", ["+34910000001", "34910000001", " 34910000001 "])
def test_a_number_with_or_without_plus(cell: str) -> None:
    assert phone_number(cell) == "+34910000001"


@pytest.mark.parametrize(
    "cell", ["910 000 001", "+34 910000001", "tel", "0034910000001", "3.49E+10"]
)
def test_any_other_number_is_an_error(cell: str) -> None:
    with pytest.raises(BadValueError):
        phone_number(cell)


def test_a_stage_exists_only_when_its_trigger_is_filled() -> None:
    assert stages_of({}) == (Stage.LICENCE,)
    assert stages_of({"voicemail_enabled": "false"}) == (Stage.LICENCE, Stage.VOICEMAIL)
    everything = {name: "x" for trigger in TRIGGERS.values() for name in trigger.columns}
    assert stages_of(everything) == tuple(Stage)
    assert [stage.number for stage in Stage] == [1, 2, 3, 4, 5, 6, 7]


def test_a_column_nobody_would_read_is_found() -> None:
    cells = {"cf_always_destination": "+34910000001", "join_enabled": "true"}
    assert idle_columns(cells) == (("cf_always_destination", Stage.FORWARDING),)
    assert idle_columns({**cells, "cf_busy_enabled": "false"}) == ()


def test_the_policy_lies_under_the_row() -> None:
    policy = Policy({"voicemail": {"enabled": False, "sendAllCalls": {"enabled": True}}})
    body = wanted_body("voicemail", {"voicemail_enabled": "true"}, policy)
    assert body == {"enabled": True, "sendAllCalls": {"enabled": True}}
    assert policy.defaults("voicemail")["enabled"] is False, "the policy itself stays"
    assert wanted_body("voicemail", {}, Policy()) == {}
