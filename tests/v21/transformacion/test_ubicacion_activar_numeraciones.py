from __future__ import annotations

import pytest

from Space_OdT.simulator.organisation.entities import Number, PstnKind
from Space_OdT.simulator.organisation.pstn import offer_of
from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.ubicacion_activar_numeraciones import DEFINITION
from tests.v21.conftest import Sent, Tenant

BARCELONA, GIRONA = "Barcelona Centre 001", "Girona Centre 002"
ONE, TWO, THREE = "+34972000001", "+34972000002", "+34972000003"
ROW = {"location_name": GIRONA, "phone_numbers": f"{ONE},{TWO},{THREE}"}


def place(world: World, name: str = GIRONA):
    found = world.organisation.location_by_name(name)
    assert found is not None
    return found


def loaded(world: World) -> None:
    """Two numbers are waiting for the day, one is in service; there are no others."""
    plan = world.organisation.plan
    for one in list(plan.in_location(place(world).id)):
        one.state = "ACTIVE"
    for number, state in ((ONE, "INACTIVE"), (TWO, "INACTIVE"), (THREE, "ACTIVE")):
        plan.add(Number(number, place(world).id, state))


def activating(world: World, *numbers: str) -> Sent:
    body = {"phoneNumbers": list(numbers), "action": "ACTIVATE"}
    return Sent("PUT", f"/telephony/config/locations/{place(world).id}/numbers", body)


def states(tenant: Tenant) -> list[str]:
    numbers = tenant.world.organisation.plan.numbers
    return [numbers[one].state for one in (ONE, TWO, THREE)]


CASES = [
    ("what is inactive", ROW, None, [[ONE, TWO]]),
    ("portions", ROW, ActionContext(numbers_per_call=1), [[ONE], [TWO]]),
    ("everything", {"location_name": GIRONA, "all_numbers": "x"}, None, [[ONE, TWO]]),
    ("one that is active", {**ROW, "phone_numbers": THREE}, None, []),
]


@pytest.mark.parametrize(
    ("row", "context", "sent"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
async def test_a_plan_is_what_apply_sends_and_the_second_time_nothing(
    tenant, row, context, sent
) -> None:
    tenant.change(loaded)
    expected = [activating(tenant.world, *numbers) for numbers in sent]
    ran = await tenant.prove(DEFINITION, row, context=context)
    assert ran.writes == expected
    if sent:
        assert states(tenant) == ["ACTIVE"] * 3
        assert "2 numbers activated" in ran.message


async def test_an_intercom_number_wakes_with_its_extension(tenant) -> None:
    def with_intercom(world: World) -> None:
        world.organisation.plan.add(Number("+34510009001", place(world).id, "INACTIVE"))

    tenant.change(with_intercom)
    expected = [activating(tenant.world, "+34510009001")]
    ran = await tenant.prove(DEFINITION, {"location_name": GIRONA, "extension": "80009001"})
    assert ran.writes == expected


async def test_numbers_of_nobody_and_of_others_are_pending_and_the_rest_is_activated(
    tenant,
) -> None:
    tenant.change(loaded)
    world = tenant.world
    foreign = next(iter(world.organisation.plan.in_location(place(world, BARCELONA).id)))
    row = {**ROW, "phone_numbers": f"{ONE},{foreign.phone_number},+34972999999"}
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "half_applied"
    assert "number_inventory_missing: no location has +34972999999" in ran.message
    assert f"{BARCELONA} has {foreign.phone_number}" in ran.message
    assert states(tenant) == ["ACTIVE", "INACTIVE", "ACTIVE"]


async def test_only_missing_numbers_cost_no_write(tenant) -> None:
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.reason == "precondition_missing"
    assert not ran.writes


async def test_a_later_portion_that_fails_leaves_word_and_the_next_run_completes(tenant) -> None:
    tenant.change(loaded)
    tenant.faults({"kind": "status", "status": 400, "method": "PUT", "path": "*", "after": 1})
    context = ActionContext(numbers_per_call=1)
    ran = await tenant.run(DEFINITION, ROW, context=context)
    assert ran.reason == "half_applied"
    assert f"1 number activated; not activated: {TWO}" in ran.message
    tenant.heal()
    again = await tenant.run(DEFINITION, ROW, context=context)
    assert again.is_success
    assert states(tenant) == ["ACTIVE"] * 3


async def test_a_state_that_does_not_show_is_half_applied(tenant) -> None:
    tenant.change(loaded)
    tenant.faults(
        {
            "kind": "missing_field",
            "method": "GET",
            "path": "*/numbers",
            "field": "state",
            "after": 3,
        }
    )
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.reason == "half_applied", ran.message
    assert "does not show" in ran.message


@pytest.mark.parametrize(
    ("kind", "reason", "words"),
    [
        (PstnKind.NONE, "precondition_missing", "has no PSTN connection"),
        (PstnKind.INTEGRATED_CCP, "out_of_scope", "may damage data"),
    ],
)
async def test_a_connection_that_does_not_keep_numbers_stands_in_the_way(
    tenant, kind, reason, words
) -> None:
    def by_provider(world: World) -> None:
        one = place(world)
        one.pstn, one.pstn_id = kind, offer_of(world.organisation.id, kind)
        one.route_type = one.route_id = None

    tenant.change(loaded, by_provider)
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.reason == reason
    assert words in ran.message
    assert not ran.writes


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"location_name": GIRONA}, "one of phone_numbers, extension, all_numbers"),
        ({"location_name": GIRONA, "all_numbers": "no"}, "or all_numbers"),
        ({**ROW, "phone_numbers": "9,72E+08"}, "phone_numbers"),
        ({"phone_numbers": ONE}, "one of location_id, location_name"),
    ],
)
async def test_wrong_cells_are_refused_before_any_call(tenant, row, words) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.outcome is None
    assert words in ran.message
