from __future__ import annotations

import json

import pytest

from Space_OdT.engine.outgoing_profiles import ProfileFileError, load_profiles

GOOD = {"internal": [{"callType": "INTERNATIONAL", "action": "BLOCK", "transferEnabled": False}]}


def test_profiles_are_read_by_name(tmp_path) -> None:
    path = tmp_path / "profiles.json"
    path.write_text(json.dumps(GOOD))
    profiles = load_profiles(path)
    assert list(profiles) == ["internal"]
    assert [dict(entry) for entry in profiles["internal"]] == GOOD["internal"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"x": [{"callType": "EVERYTHING", "action": "BLOCK"}]}', "callType must be one of"),
        ('{"x": [{"action": "BLOCK"}]}', "must have callType"),
        ('{"x": {"callType": "NATIONAL"}}', "must be a list"),
        ('{"x": [{"callType": "NATIONAL", "colour": 1}]}', "has no field colour"),
    ],
)
def test_what_webex_would_not_take_is_refused_with_its_place(tmp_path, content, words) -> None:
    path = tmp_path / "profiles.json"
    path.write_text(content)
    with pytest.raises(ProfileFileError, match=words) as failure:
        load_profiles(path)
    assert "profiles.json" in str(failure.value)


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(ProfileFileError, match=r"none\.json cannot be read"):
        load_profiles(tmp_path / "none.json")


SWITCHED = {
    "closed": {
        "useCustomEnabled": False,
        "useCustomPermissions": False,
        "callingPermissions": GOOD["internal"],
    }
}


def test_a_profile_may_carry_the_switches_of_people_and_workspaces(tmp_path) -> None:
    path = tmp_path / "profiles.json"
    path.write_text(json.dumps({**SWITCHED, **GOOD}))
    profiles = load_profiles(path)
    closed, internal = profiles["closed"], profiles["internal"]
    assert [dict(entry) for entry in closed] == GOOD["internal"]
    assert closed.use_custom_enabled is False
    assert closed.use_custom_permissions is False
    assert internal.use_custom_enabled is None
    assert internal[0] == closed[0]
    assert len(internal) == 1


def test_what_is_no_call_type_of_webex_is_left_out_with_a_warning(tmp_path) -> None:
    path = tmp_path / "profiles.json"
    allowed = {"action": "ALLOW", "transferEnabled": True}
    types = ("INTERNAL", "MOBILE", "NATIONAL")
    path.write_text(json.dumps({"old": [{"callType": one, **allowed} for one in types]}))
    told: list[str] = []
    profiles = load_profiles(path, told.append)
    assert [entry["callType"] for entry in profiles["old"]] == ["INTERNAL_CALL", "NATIONAL"]
    assert len(told) == 2
    assert told[0].endswith("old: INTERNAL is called INTERNAL_CALL now")
    assert "old: MOBILE is no call type of Webex and is left out" in told[1]


def test_a_profile_without_a_name_is_refused(tmp_path) -> None:
    path = tmp_path / "profiles.json"
    path.write_text(json.dumps(SWITCHED["closed"]))
    with pytest.raises(ProfileFileError, match="without a name"):
        load_profiles(path)


def test_two_names_of_one_call_type_are_refused(tmp_path) -> None:
    path = tmp_path / "profiles.json"
    entry = {"action": "ALLOW", "transferEnabled": True}
    twice = [{"callType": one, **entry} for one in ("INTERNAL", "INTERNAL_CALL")]
    path.write_text(json.dumps({"old": twice}))
    with pytest.raises(ProfileFileError, match="twice"):
        load_profiles(path, lambda _: None)
