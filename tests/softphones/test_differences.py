from __future__ import annotations

from Space_OdT.softphones.differences import differences, readable


def test_fields_are_compared_deep_inside() -> None:
    before = {"always": {"enabled": False, "destination": ""}, "same": 1, "lastModified": "a"}
    after = {"always": {"enabled": True, "destination": "+34"}, "same": 1, "lastModified": "b"}
    assert differences(before, after) == [
        ("always.enabled", "false", "true"),
        ("always.destination", "", "+34"),
    ]


def test_elements_of_lists_are_told_apart_by_what_names_them() -> None:
    before = {"perms": [{"callType": "NATIONAL", "action": "ALLOW"}], "licenses": ["a"]}
    after = {"perms": [{"callType": "NATIONAL", "action": "BLOCK"}], "licenses": ["a", "b"]}
    assert differences(before, after) == [
        ("perms[NATIONAL].action", "ALLOW", "BLOCK"),
        ("licenses[b]", "", "yes"),
    ]


def test_an_unknown_state_has_no_fields() -> None:
    assert differences(None, {"enabled": True}) == [("enabled", "", "true")]
    assert differences({"a": None}, {}) == []


def test_names_stand_in_the_place_of_ids() -> None:
    changes = [("licenses[ID1]", "", "yes"), ("locationId", "", "ID2"), ("other", "x", "y")]
    assert readable(changes, {"ID1": "Professional", "ID2": "Madrid"}) == [
        ("licenses[Professional]", "", "yes"),
        ("locationId", "", "Madrid"),
        ("other", "x", "y"),
    ]
