"""What the legacy number must do for people and workspaces alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.simulator.organisation.entities import Line, Number, OwnerKind
from Space_OdT.simulator.world import World
from tests.v21.conftest import Sent, Tenant

EXTENSION, INTERCOM = "80000004", "+34510000004"
GIVEN = "+34510000099"
SITE, OTHER_SITE = "Barcelona Centre 001", "Girona Centre 002"


@dataclass(frozen=True)
class Twin:
    """One of the actions, with an entity to try it on.

    Attributes:
        definition: The action.
        owner: Segment of its paths.
        flag: Name of the distinctive-ring flag in its writes.
        entity_id: Id of the entity.
        kind: What owns its numbers.
        named: Cells that name it.
    """

    definition: Any
    owner: str
    flag: str
    entity_id: str
    kind: OwnerKind
    named: Mapping[str, str]

    @property
    def read_path(self) -> str:
        return f"/{self.owner}/{self.entity_id}/features/numbers"

    @property
    def write_path(self) -> str:
        return f"/telephony/config/{self.owner}/{self.entity_id}/numbers"

    @property
    def available_path(self) -> str:
        return f"/telephony/config/{self.owner}/{self.entity_id}/secondary/availableNumbers"

    def cells(self, **more: str) -> dict[str, str]:
        return {**self.named, "extension": EXTENSION, **more}

    def sent(self, action: str, number: str, *, rings: bool = True) -> Sent:
        entry = {"primary": False, "action": action, "directNumber": number}
        return Sent("PUT", self.write_path, {self.flag: rings, "phoneNumbers": [entry]})


Start = Callable[[World, Twin], None]


def in_inventory(number: str = INTERCOM, site: str = SITE, state: str = "INACTIVE") -> Start:
    def change(world: World, _: Twin) -> None:
        location = world.organisation.location_by_name(site)
        plan = world.organisation.plan
        if number not in plan.numbers:
            plan.add(Number(number, location.id, state=state))

    return change


def owned(number: str = INTERCOM) -> Start:
    """The entity has the number as a secondary one."""

    def change(world: World, twin: Twin) -> None:
        in_inventory(number)(world, twin)
        site = world.organisation.location_by_name(SITE)
        world.organisation.plan.attach(
            Line(twin.entity_id, twin.kind, site.id, number, role="ALTERNATE")
        )

    return change


def of_a_queue(number: str = INTERCOM) -> Start:
    def change(world: World, twin: Twin) -> None:
        in_inventory(number)(world, twin)
        site = world.organisation.location_by_name(SITE)
        queue = world.organisation.features_of(OwnerKind.CALL_QUEUE)[0]
        world.organisation.plan.attach(
            Line(queue.id, OwnerKind.CALL_QUEUE, site.id, number, role="ALTERNATE")
        )

    return change


def toll_free(world: World, twin: Twin) -> None:
    in_inventory()(world, twin)
    world.organisation.plan.numbers[INTERCOM].number_type = "TOLLFREE"


def quiet(world: World, twin: Twin) -> None:
    world.documents[twin.read_path] = {"distinctiveRingEnabled": False}


@dataclass(frozen=True)
class Case:
    """One row and one state that go well.

    Attributes:
        name: What is shown.
        start: Changes of the state before.
        row: Cells besides those that name the entity and its extension.
        change: What is sent: action, number and flag; None for nothing.
        told: Part of the message.
    """

    name: str
    start: tuple[Start, ...] = ()
    row: Mapping[str, str] = field(default_factory=dict)
    change: tuple[str, str, bool] | None = None
    told: str = ""


ORIGIN = f"{INTERCOM} (+3451 + last 7 digits of {EXTENSION})"
CASES = (
    Case("new", (in_inventory(),), change=("ADD", INTERCOM, True), told=f"{ORIGIN} added"),
    Case("active_numbers_do_too", (in_inventory(state="ACTIVE"),), change=("ADD", INTERCOM, True)),
    Case("the_flag_stays_off", (in_inventory(), quiet), change=("ADD", INTERCOM, False)),
    Case(
        "given_wins",
        (in_inventory(), in_inventory(GIVEN)),
        {"legacy_phone_number": "34 510 000 099"},
        ("ADD", GIVEN, True),
        f"{GIVEN} (as given)",
    ),
    Case("beside_another", (owned(GIVEN), in_inventory()), change=("ADD", INTERCOM, True)),
    Case("present", (owned(),), told=f"unchanged; legacy_number_already_present: {ORIGIN}"),
    Case("removed", (owned(),), {"mode": "unset"}, ("DELETE", INTERCOM, True), f"{ORIGIN} removed"),
    Case(
        "only_that_one_is_removed",
        (owned(), owned(GIVEN)),
        {"mode": "no"},
        ("DELETE", INTERCOM, True),
    ),
    Case("not_there", (in_inventory(),), {"mode": "unset"}, told="legacy_number_not_present"),
)


async def behaves(twin: Twin, tenant: Tenant, case: Case) -> None:
    tenant.change(*(lambda world, one=one: one(world, twin) for one in case.start))
    ran = await tenant.prove(twin.definition, twin.cells(**case.row))
    action, number, rings = case.change or ("", "", True)
    assert ran.writes == ([twin.sent(action, number, rings=rings)] if case.change else [])
    assert case.told in ran.message
    plan = tenant.world.organisation.plan
    owner = plan.owner_of(number)
    assert (owner is not None and owner.owner_id == twin.entity_id) is (action == "ADD")
    kept = plan.owner_of(GIVEN)
    assert case.name != "only_that_one_is_removed" or kept.owner_id == twin.entity_id


@dataclass(frozen=True)
class Obstacle:
    """Something that stands in the way.

    Attributes:
        name: What is shown.
        start: Changes of the state before.
        fault: What the simulator does wrong, None for nothing.
        reason: Closed reason of the row.
        told: Part of the message.
        writes: Whether a write reached Webex all the same.
    """

    name: str
    reason: str
    told: str
    start: tuple[Start, ...] = (in_inventory(),)
    fault: Mapping[str, Any] | None = None
    writes: bool = False


def _refused(status: int, code: int | None = None, **more: Any) -> dict[str, Any]:
    return {"kind": "status", "status": status, "code": code, **more}


_WRITE = {"method": "PUT", "path": "/telephony/config/*/numbers"}
_MISSING = "precondition_missing"
OBSTACLES = (
    Obstacle("not_loaded", _MISSING, f"number_inventory_missing: the number {INTERCOM}", ()),
    Obstacle(
        "elsewhere", _MISSING, "inventory of another location", (in_inventory(site=OTHER_SITE),)
    ),
    Obstacle("somebody_has_it", _MISSING, "belongs to another call queue", (of_a_queue(),)),
    Obstacle("not_on_offer", _MISSING, "Webex does not offer", (toll_free,)),
    Obstacle(
        "no_calling_service",
        _MISSING,
        "license_or_feature_missing",
        fault=_refused(400, 4003, path="*/features/numbers"),
    ),
    Obstacle(
        "wrong_licence",
        _MISSING,
        "Professional",
        fault=_refused(405, 25409, **_WRITE),
        writes=True,
    ),
    Obstacle(
        "taken_meanwhile",
        "non_retryable_external",
        "8361",
        fault=_refused(400, 8361, **_WRITE),
        writes=True,
    ),
    Obstacle(
        "accepted_but_not_done",
        "half_applied",
        f"the secondary number {INTERCOM} does not show",
        fault=_refused(204, **_WRITE),
        writes=True,
    ),
)


async def is_in_the_way(twin: Twin, tenant: Tenant, obstacle: Obstacle) -> None:
    tenant.change(*(lambda world, one=one: one(world, twin) for one in obstacle.start))
    if obstacle.fault:
        tenant.faults(dict(obstacle.fault))
    ran = await tenant.run(twin.definition, twin.cells())
    assert ran.reason == obstacle.reason, ran.message
    assert obstacle.told in ran.message
    assert bool(ran.writes) is obstacle.writes
    if obstacle.fault:
        tenant.heal()
        healed = await tenant.run(twin.definition, twin.cells())
        assert healed.writes == [twin.sent("ADD", INTERCOM)], healed.message


async def survives_a_lost_answer(twin: Twin, tenant: Tenant, mode: str) -> None:
    """A write whose answer is lost is not refused as done twice."""
    start = in_inventory() if mode == "set" else owned()
    tenant.change(lambda world: start(world, twin))
    tenant.faults({"kind": "reset_after", "method": "PUT", "first": 1, "path": "*/numbers"})
    ran = await tenant.run(twin.definition, twin.cells(mode=mode))
    assert ran.message.startswith("changed"), ran.message
    assert len(ran.writes) == 1
