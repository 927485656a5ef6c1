"""What own outgoing permissions must do for people and workspaces alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.engine.outgoing_profiles import OutgoingProfile
from Space_OdT.v21.transformacion.definition import ActionContext
from tests.v21.conftest import Sent, Tenant

CALL_TYPES = (
    "INTERNAL_CALL",
    "TOLL_FREE",
    "NATIONAL",
    "INTERNATIONAL",
    "OPERATOR_ASSISTED",
    "CHARGEABLE_DIRECTORY_ASSISTED",
    "SPECIAL_SERVICES_I",
    "SPECIAL_SERVICES_II",
    "PREMIUM_SERVICES_I",
    "PREMIUM_SERVICES_II",
)
Entries = dict[str, tuple[str, bool]]


def all_at(action: str, **other: tuple[str, bool]) -> Entries:
    return dict.fromkeys(CALL_TYPES, (action, action != "BLOCK")) | other


def listed(entries: Mapping[str, tuple[str, bool]]) -> list[dict[str, Any]]:
    return [
        {"callType": name, "action": action, "transferEnabled": transfer}
        for name, (action, transfer) in entries.items()
    ]


def profile(entries: Mapping[str, tuple[str, bool]], *switches: bool | None) -> OutgoingProfile:
    return OutgoingProfile(tuple(listed(entries)), *switches)


INTERNAL = all_at("BLOCK", INTERNAL_CALL=("ALLOW", True))
NO_INTERNATIONAL = {"INTERNATIONAL": ("BLOCK", False)}
CONTEXT = ActionContext(
    profiles={
        "internal": profile(INTERNAL),
        "partly": profile(NO_INTERNATIONAL),
        "back": profile({}, False, False),
    }
)
ALLOWED = all_at("ALLOW")


@dataclass(frozen=True)
class Case:
    """One row and one state.

    Attributes:
        name: What is shown.
        row: Cells besides those that name the entity.
        before: Its entries before.
        had: Both switches before.
        after: The entries that are sent; None for no write.
        has: Both switches as sent.
        told: Part of the message.
    """

    name: str
    row: Mapping[str, str]
    before: Entries = field(default_factory=lambda: ALLOWED)
    had: tuple[bool, bool] = (True, True)
    after: Entries | None = None
    has: tuple[bool, bool] = (True, True)
    told: str = ""


PROFILE = {"outgoing_profile": "internal"}
BACK = {"use_custom_permissions": "FALSE"}
RULE = {"call_type": "INTERNATIONAL"}
CASES = (
    Case("profile", PROFILE, after=INTERNAL, told="internal: TOLL_FREE, NATIONAL"),
    Case("profile_in_another_case", {"outgoing_profile": "Internal"}, after=INTERNAL),
    Case("profile_is_in_force", PROFILE, INTERNAL, told="unchanged; internal"),
    Case("switched_on", PROFILE, INTERNAL, (False, False), INTERNAL),
    Case("one_switch_is_not_enough", PROFILE, INTERNAL, (False, True), INTERNAL),
    Case("partial_profile", {"outgoing_profile": "partly"}, after=ALLOWED | NO_INTERNATIONAL),
    Case("partly_in_force", {"outgoing_profile": "partly"}, ALLOWED | NO_INTERNATIONAL),
    Case("profile_with_switches", {"outgoing_profile": "back"}, after=ALLOWED, has=(False, False)),
    Case(
        "its_switches_win",
        {"outgoing_profile": "back", "use_custom_enabled": "true"},
        had=(True, False),
        after=ALLOWED,
        has=(False, False),
    ),
    Case("block_list", {"block_call_type": "INTERNATIONAL"}, after=ALLOWED | NO_INTERNATIONAL),
    Case(
        "allowing_wins",
        {"block_call_type": "national; INTERNATIONAL", "allow_call_type": '["NATIONAL"]'},
        all_at("BLOCK"),
        after=ALLOWED | NO_INTERNATIONAL,
        told="all calls but INTERNATIONAL",
    ),
    Case("allow_list_alone", {"allow_call_type": "NATIONAL"}, INTERNAL, after=ALLOWED),
    Case("one_rule", {**RULE, "action": "BLOCK"}, after=ALLOWED | NO_INTERNATIONAL),
    Case(
        "one_rule_with_transfer",
        {**RULE, "action": "AUTH_CODE", "transfer_enabled": "no"},
        after=ALLOWED | {"INTERNATIONAL": ("AUTH_CODE", False)},
    ),
    Case(
        "transfer_alone",
        {**RULE, "transfer_enabled": "FALSE"},
        after=ALLOWED | {"INTERNATIONAL": ("ALLOW", False)},
    ),
    Case("back", BACK, INTERNAL, after=INTERNAL, has=(True, False), told="of the location"),
    Case("back_already", BACK, had=(False, False), told="unchanged"),
    Case(
        "back_and_off", {**BACK, "use_custom_enabled": "false"}, after=ALLOWED, has=(False, False)
    ),
)


@dataclass(frozen=True)
class Twin:
    """One of the actions, with an entity to try it on.

    Attributes:
        definition: The action.
        owner: Segment of its paths.
        entity_id: Id of the entity.
        location_id: Id of its location.
        named: Cells that name it.
    """

    definition: Any
    owner: str
    entity_id: str
    location_id: str
    named: Mapping[str, str]

    @property
    def path(self) -> str:
        return f"/{self.owner}/{self.entity_id}/features/outgoingPermission"

    def have(
        self,
        tenant: Tenant,
        entries: Mapping[str, tuple[str, bool]],
        switches: tuple[bool, bool],
        locked: str = "",
    ) -> None:
        """Let the entity, and its location, have these permissions."""
        rows = [
            {**entry, "isCallTypeRestrictionEnabled": entry["callType"] == locked}
            for entry in listed(entries)
        ]
        own = dict(zip(("useCustomEnabled", "useCustomPermissions"), switches, strict=True))
        home = f"/telephony/config/locations/{self.location_id}/outgoingPermission"
        documents = {
            self.path: {**own, "callingPermissions": rows},
            home: {"callingPermissions": rows},
        }
        tenant.change(lambda world: world.documents.update(documents))

    def sent(self, entries: Mapping[str, tuple[str, bool]], has: tuple[bool, bool]) -> Sent:
        enabled, own = has
        body = {
            "useCustomEnabled": enabled,
            "useCustomPermissions": own,
            "callingPermissions": listed(entries),
        }
        return Sent("PUT", self.path, body)


async def behaves(twin: Twin, tenant: Tenant, case: Case) -> None:
    twin.have(tenant, case.before, case.had)
    row = {**twin.named, **case.row}
    ran = await tenant.prove(twin.definition, row, context=CONTEXT)
    assert ran.writes == ([] if case.after is None else [twin.sent(case.after, case.has)])
    assert case.told in ran.message


@dataclass(frozen=True)
class Obstacle:
    """Something that stands in the way.

    Attributes:
        name: What is shown.
        reason: Closed reason of the row.
        told: Part of the message.
        row: Cells besides those that name the entity.
        locked: Call type that Webex has locked.
        fault: What the simulator does wrong, None for nothing.
        writes: Whether a write reached Webex all the same.
    """

    name: str
    reason: str
    told: str
    row: Mapping[str, str] = field(default_factory=lambda: PROFILE)
    locked: str = ""
    fault: Mapping[str, Any] | None = None
    writes: bool = False


def _refused(status: int, code: int | None = None, method: str = "*") -> dict[str, Any]:
    path = "*/features/outgoingPermission"
    return {"kind": "status", "status": status, "code": code, "method": method, "path": path}


_MISSING = "precondition_missing"
OBSTACLES = (
    Obstacle("unknown_profile", _MISSING, "internal", {"outgoing_profile": "interal"}),
    Obstacle("locked", _MISSING, "is locked", locked="NATIONAL"),
    Obstacle("no_service", _MISSING, "license_or_feature_missing", fault=_refused(400, 4003)),
    Obstacle("licence", _MISSING, "Professional", fault=_refused(405, 25409, "PUT"), writes=True),
    Obstacle("forbidden", "permission_denied", "403", fault=_refused(403)),
    Obstacle(
        "not_done",
        "half_applied",
        "internal does not show",
        fault=_refused(204, None, "PUT"),
        writes=True,
    ),
)


async def is_in_the_way(twin: Twin, tenant: Tenant, obstacle: Obstacle) -> None:
    twin.have(tenant, ALLOWED, (True, True), obstacle.locked)
    if obstacle.fault:
        tenant.faults(dict(obstacle.fault))
    row = {**twin.named, **obstacle.row}
    ran = await tenant.run(twin.definition, row, context=CONTEXT)
    assert ran.reason == obstacle.reason, ran.message
    assert obstacle.told in ran.message
    assert bool(ran.writes) is obstacle.writes
    if obstacle.fault:
        tenant.heal()
        healed = await tenant.run(twin.definition, row, context=CONTEXT)
        assert healed.writes == [twin.sent(INTERNAL, (True, True))]


async def what_is_locked_and_as_wanted_is_left_out(twin: Twin, tenant: Tenant) -> None:
    twin.have(tenant, ALLOWED, (True, True), "INTERNAL_CALL")
    ran = await tenant.prove(twin.definition, {**twin.named, **PROFILE}, context=CONTEXT)
    rest = {name: entry for name, entry in INTERNAL.items() if name != "INTERNAL_CALL"}
    assert ran.writes == [twin.sent(rest, (True, True))]


WRONG_CELLS = (
    ({}, "one of outgoing_profile"),
    ({"use_custom_permissions": "TRUE"}, "set it to false to go back"),
    ({"outgoing_profile": "internal", "block_call_type": "NATIONAL"}, "they are not mixed"),
    ({"block_call_type": "NATIONAL", "call_type": "NATIONAL", "action": "BLOCK"}, "not mixed"),
    ({"call_type": "INTERNATIONAL"}, "say what happens to such calls"),
    ({"call_type": "MOBILE", "action": "ALLOW"}, "one of INTERNAL_CALL"),
    ({"block_call_type": "INTERNACIONAL"}, 'did you mean "INTERNATIONAL"'),
    ({"call_type": "NATIONAL", "action": "DENY"}, "one of ALLOW, BLOCK"),
)
