from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.calling_features import CALL_TYPES
from Space_OdT.engine.outgoing_profiles import OutgoingProfile
from Space_OdT.v21.transformacion.parts import outgoing_permissions as permissions
from Space_OdT.v21.transformacion.parts.outgoing_permissions import Permission

LOCK = "isCallTypeRestrictionEnabled"


def entry(call_type: str, action: str = "ALLOW", **more: Any) -> dict[str, Any]:
    return {"callType": call_type, "action": action, "transferEnabled": action == "ALLOW", **more}


BLOCKED = Permission("NATIONAL", "BLOCK", may_transfer=False)


def test_lists_allow_everything_but_what_is_blocked_and_allowing_wins() -> None:
    wanted = permissions.from_lists(["NATIONAL"], ["NATIONAL", "INTERNATIONAL"])
    assert [one.call_type for one in wanted] == list(CALL_TYPES)
    assert [one.call_type for one in wanted if one.action == "BLOCK"] == ["INTERNATIONAL"]
    assert all(one.may_transfer is (one.action == "ALLOW") for one in wanted)


@pytest.mark.parametrize(
    ("action", "given", "transfer"),
    [("ALLOW", None, True), ("BLOCK", None, False), ("ALLOW", False, False), ("BLOCK", True, True)],
)
def test_a_single_rule_says_what_its_action_means_unless_told_otherwise(
    action, given, transfer
) -> None:
    assert permissions.one_rule("NATIONAL", action, given) == (
        Permission("NATIONAL", action, transfer),
    )


def test_only_entries_that_are_asked_for_change() -> None:
    current = [entry("NATIONAL", **{LOCK: False}), entry("INTERNATIONAL", "AUTH_CODE")]
    change = permissions.compare([BLOCKED], current)
    assert change.differing == ("NATIONAL",)
    assert list(change.entries) == [entry("NATIONAL", "BLOCK"), current[1]]
    assert permissions.holds([BLOCKED], change.entries)
    assert not permissions.holds([BLOCKED], current)


def test_what_a_permission_leaves_open_stays() -> None:
    only_transfer = Permission("NATIONAL", None, may_transfer=False)
    change = permissions.compare([only_transfer], [entry("NATIONAL")])
    assert change.entries[0] == {**entry("NATIONAL"), "transferEnabled": False}


def test_without_present_entries_the_wanted_ones_are_sent_alone() -> None:
    change = permissions.compare([BLOCKED], [])
    assert list(change.entries) == [entry("NATIONAL", "BLOCK")]
    assert change.differing == ("NATIONAL",)


def test_a_lock_matters_only_where_something_would_change() -> None:
    locked = entry("NATIONAL", **{LOCK: True})
    change = permissions.compare([BLOCKED], [locked])
    assert change.locked == ("NATIONAL",)
    with pytest.raises(PendingError, match="NATIONAL of Ana is locked"):
        permissions.check_open(change, "Ana")
    same = permissions.compare([Permission("NATIONAL", "ALLOW", may_transfer=True)], [locked])
    permissions.check_open(same, "Ana")
    assert not same.differing


def test_a_lock_on_what_nobody_named_stays_and_is_told() -> None:
    current = [entry("NATIONAL"), entry("PREMIUM_SERVICES_I", "BLOCK", **{LOCK: True})]
    change = permissions.compare(permissions.from_lists([], ["NATIONAL"]), current)
    permissions.check_open(change, "Ana")
    assert change.differing == ("NATIONAL",)
    assert list(change.entries) == [entry("NATIONAL", "BLOCK")]
    assert "PREMIUM_SERVICES_I is locked and stays as it is" in permissions.note_of(change)
    assert permissions.holds(
        permissions.from_lists([], ["NATIONAL"]), [entry("NATIONAL", "BLOCK"), current[1]]
    )
    named = permissions.compare(permissions.from_lists(["PREMIUM_SERVICES_I"], []), current)
    assert named.locked == ("PREMIUM_SERVICES_I",)


def test_the_bodies_differ_in_the_switches_only() -> None:
    change = permissions.compare([BLOCKED], [entry("NATIONAL")])
    rules = {"callingPermissions": [entry("NATIONAL", "BLOCK")]}
    assert permissions.location_body(change) == rules
    own = permissions.own_body(change, use_custom_enabled=True, use_custom_permissions=False)
    assert own == {"useCustomEnabled": True, "useCustomPermissions": False, **rules}


def test_a_profile_is_found_in_any_case_with_its_switches() -> None:
    profiles = {"Closed": OutgoingProfile((entry("NATIONAL", "BLOCK"),), use_custom_enabled=False)}
    found = permissions.named_profile("closed", profiles)
    assert found.permissions == (BLOCKED,)
    assert found.use_custom_enabled is False
    assert found.use_custom_permissions is None


def test_the_profiles_that_come_with_the_product_are_official() -> None:
    told: list[str] = []
    profiles = permissions.known_profiles(None, told.append)
    assert not told
    assert list(profiles) == ["default", "internal-only"]
    assert [one["callType"] for one in profiles["default"]] == list(CALL_TYPES)
    allowed = [one["callType"] for one in profiles["internal-only"] if one["action"] == "ALLOW"]
    assert allowed == ["INTERNAL_CALL"]
