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
