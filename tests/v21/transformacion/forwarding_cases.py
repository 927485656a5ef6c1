"""What forwarding must do for people and workspaces alike: one table for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.v21.conftest import Sent, Tenant

EXTENSION, LEGACY = "80000004", "530000004"
OTHER = "+34600000001"
NEVER = {"enabled": False, "destination": "", "destinationVoicemailEnabled": False}
OFF = {**NEVER, "ringReminderEnabled": False}
BUSY = {"enabled": True, "destination": "80000005", "destinationVoicemailEnabled": True}
NO_ANSWER = {
    "enabled": True,
    "destination": "+34600000002",
    "numberOfRings": 5,
    "destinationVoicemailEnabled": False,
}
READ_ONLY = {"systemMaxNumberOfRings": 20}
CONTINUITY = {"enabled": True, "destination": OTHER, "destinationVoicemailEnabled": True}


def on(destination: str, *, rings: bool = False, voicemail: bool = False) -> dict[str, Any]:
    return {
        "enabled": True,
        "destination": destination,
        "ringReminderEnabled": rings,
        "destinationVoicemailEnabled": voicemail,
    }


def settings(
    always: Mapping[str, Any],
    no_answer: Mapping[str, Any] = NO_ANSWER,
    **read_only: Any,
) -> dict[str, Any]:
    return {
        "callForwarding": {
            "always": dict(always),
            "busy": BUSY,
            "noAnswer": {**no_answer, **read_only},
        },
        "businessContinuity": CONTINUITY,
    }


@dataclass(frozen=True)
class Case:
    """One row and one state.

    Attributes:
        name: What is shown.
        before: How all calls are forwarded before.
        row: Cells besides those that name the entity.
        after: What `always` is sent as; None for no write.
        told: Part of the message.
    """

    name: str
    before: Mapping[str, Any]
    row: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, Any] | None = None
    told: str = ""


BY_FORMULA = f"all calls go to {LEGACY} (53 + last 7 digits of {EXTENSION})"
CASES = (
    Case("new", OFF, after=on(LEGACY), told=BY_FORMULA),
    Case("given_wins", OFF, {"destination": "531234567"}, on("531234567"), "531234567 (as given)"),
    Case("given_is_dialled_as_it_stands", OFF, {"destination": "53 123-4567"}, on("531234567")),
    Case("redirected", on(OTHER), after=on(LEGACY), told=f"before: {OTHER}"),
    Case("another_country", on(f"+{LEGACY}"), after=on(LEGACY), told=f"before: +{LEGACY}"),
    Case("reminder_goes", on(LEGACY, rings=True), after=on(LEGACY)),
    Case(
        "both_flags_on_request",
        on(LEGACY),
        {"ring_reminder_enabled": "sí", "destination_voicemail_enabled": "x"},
        on(LEGACY, rings=True, voicemail=True),
    ),
    Case("nothing_to_do", on(LEGACY), told=f"unchanged; {BY_FORMULA}"),
    Case("separators_do_not_count", on("530 000-004"), told="unchanged"),
    Case("unset", on(LEGACY), {"mode": "unset"}, OFF, f"not forwarded; before: {LEGACY}"),
    Case("unset_by_enabled", on(LEGACY, voicemail=True), {"mode": "FALSE"}, OFF),
    Case(
        "unset_spares_another",
        on(OTHER),
        {"mode": "unset"},
        told=f"calls go to {OTHER}, not to {LEGACY} (53 + last 7 digits of {EXTENSION}): left",
    ),
    Case("unset_any", on(OTHER), {"mode": "unset", "any_destination": "true"}, OFF),
    Case("unset_is_off_already", OFF, {"mode": "unset"}, told="unchanged; calls are not forwarded"),
    Case("set_by_enabled", OFF, {"mode": "TRUE"}, on(LEGACY)),
    Case("set_by_kind_of_diversion", OFF, {"mode": "Incondicional"}, on(LEGACY)),
)


@dataclass(frozen=True)
class Twin:
    """One of the actions, with an entity to try it on.

    Attributes:
        definition: The action.
        owner: Segment of its paths.
        entity_id: Id of the entity.
        named: Cells that name it.
    """

    definition: Any
    owner: str
    entity_id: str
    named: Mapping[str, str]

    @property
    def path(self) -> str:
        return f"/{self.owner}/{self.entity_id}/features/callForwarding"

    def cells(self, **more: str) -> dict[str, str]:
        return {**self.named, "extension": EXTENSION, **more}

    def have(self, tenant: Tenant, document: Mapping[str, Any]) -> None:
        tenant.change(lambda world: world.documents.update({self.path: dict(document)}))

    async def behaves(self, tenant: Tenant, case: Case) -> None:
        self.have(tenant, settings(case.before, **READ_ONLY))
        ran = await tenant.prove(self.definition, self.cells(**case.row))
        expected = []
        if case.after is not None:
            expected = [Sent("PUT", self.path, settings(case.after))]
        assert ran.writes == expected
        assert case.told in ran.message
        assert ran.message.startswith("changed" if case.after else "unchanged")


@dataclass(frozen=True)
class Obstacle:
    """Something that stands in the way.

    Attributes:
        name: What is shown.
        fault: The fault that the simulator injects; its path ends in `callForwarding`.
        reason: Closed reason of the row.
        told: Parts of its message.
        writes: Writes that reached Webex all the same.
    """

    name: str
    fault: Mapping[str, Any]
    reason: str
    told: tuple[str, ...]
    writes: int = 0


def _refused(status: int, code: int | None = None, **more: Any) -> dict[str, Any]:
    return {"kind": "status", "status": status, "code": code, "path": "*/callForwarding", **more}


MISSING = "license_or_feature_missing"
OBSTACLES = (
    Obstacle("no_calling_service", _refused(400, 4003), "precondition_missing", (MISSING, "4003")),
    Obstacle(
        "wrong_licence",
        _refused(405, 25409, method="PUT"),
        "precondition_missing",
        (MISSING, "Professional"),
        1,
    ),
    Obstacle("forbidden", _refused(403), "permission_denied", ("403",)),
    Obstacle("bad_request", _refused(400, method="PUT"), "non_retryable_external", ("400",), 1),
    Obstacle("unavailable", _refused(503), "retry_exhausted", ("503",)),
    Obstacle("expired", _refused(401), "auth_invalid", ("401",)),
    Obstacle(
        "no_continuity",
        {"kind": "missing_field", "field": "businessContinuity", "path": "*/callForwarding"},
        "invalid_response_schema",
        ("businessContinuity",),
    ),
    Obstacle(
        "accepted_but_not_done",
        {"kind": "status", "status": 204, "method": "PUT", "path": "*/callForwarding"},
        "half_applied",
        ("does not show", LEGACY),
        1,
    ),
)


async def is_in_the_way(twin: Twin, tenant: Tenant, obstacle: Obstacle) -> None:
    twin.have(tenant, settings(OFF))
    tenant.faults(dict(obstacle.fault))
    ran = await tenant.run(twin.definition, twin.cells())
    assert ran.reason == obstacle.reason, ran.message
    for part in obstacle.told:
        assert part in ran.message
    assert len({one.path for one in ran.writes}) == obstacle.writes
    tenant.heal()
    healed = await tenant.run(twin.definition, twin.cells())
    assert healed.is_success
    assert healed.writes == [Sent("PUT", twin.path, settings(on(LEGACY)))]
