from __future__ import annotations

import pytest

from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.ubicacion_actualizar_cabecera import DEFINITION
from tests.v21.conftest import Sent, Tenant

BARCELONA, GIRONA = "Barcelona Centre 001", "Girona Centre 002"


def place(world: World, name: str = GIRONA):
    found = world.organisation.location_by_name(name)
    assert found is not None
    return found


def number(tenant: Tenant, *, state: str, owned: bool, name: str = GIRONA) -> str:
    world = tenant.world
    plan = world.organisation.plan
    for one in plan.in_location(place(world, name).id):
        is_owned = plan.owner_of(one.phone_number) is not None
        is_main = one.phone_number == place(world, name).main_number
        if one.state == state and is_owned is owned and not is_main:
            return one.phone_number
    raise AssertionError("none")


def setting(world: World, phone_number: str, **more: str) -> Sent:
    body = {"callingLineId": {"phoneNumber": phone_number, **more}}
    return Sent("PUT", f"/telephony/config/locations/{place(world).id}", body)


@pytest.mark.parametrize("more", [{}, {"calling_line_name": "Ajuntament"}])
@pytest.mark.parametrize(("state", "owned"), [("INACTIVE", False), ("ACTIVE", True)])
async def test_a_plan_is_what_apply_sends_and_the_second_time_nothing(
    tenant, state, owned, more
) -> None:
    head = number(tenant, state=state, owned=owned)
    expected = setting(tenant.world, head, **({"name": "Ajuntament"} if more else {}))
    row = {"location_name": GIRONA, "phone_number": head.removeprefix("+"), **more}
    ran = await tenant.prove(DEFINITION, row)
    assert ran.writes == [expected]
    assert place(tenant.world).main_number == head


async def test_an_equal_number_costs_no_write_and_another_name_one(tenant) -> None:
    head = place(tenant.world).main_number
    row = {"location_name": GIRONA, "phone_number": head}
    assert (await tenant.run(DEFINITION, row)).message == "unchanged"
    expected = setting(tenant.world, head, name="Hospital")
    ran = await tenant.prove(DEFINITION, {**row, "calling_line_name": "Hospital"})
    assert ran.writes == [expected]


async def test_a_number_of_another_location_is_missing_from_the_inventory(tenant) -> None:
    foreign = number(tenant, state="ACTIVE", owned=False, name=BARCELONA)
    ran = await tenant.run(DEFINITION, {"location_name": GIRONA, "phone_number": foreign})
    assert ran.reason == "precondition_missing"
    assert ran.message.startswith(f"number_inventory_missing: {foreign} cannot be")
    assert "another location has it" in ran.message
    assert not ran.writes


@pytest.mark.parametrize(
    ("row", "reason", "words"),
    [
        (
            {"location_name": GIRONA, "phone_number": "+34972999999"},
            "precondition_missing",
            "number_inventory_missing: +34972999999",
        ),
        (
            {"location_name": "Tarragona Centre 004", "phone_number": "+34972999999"},
            "precondition_missing",
            "not enabled for Webex Calling",
        ),
        ({"location_name": "CUV2", "phone_number": "+34972999999"}, "precondition_missing", "CUV2"),
    ],
)
async def test_what_stands_in_the_way_is_told_before_any_write(tenant, row, reason, words) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == reason
    assert words in ran.message
    assert not ran.writes


async def test_a_partial_answer_is_judged_by_what_shows_afterwards(tenant) -> None:
    head = number(tenant, state="INACTIVE", owned=False)
    row = {"location_name": GIRONA, "phone_number": head}
    rule = {"method": "PUT", "path": "/telephony/config/locations/*", "status": 206}
    tenant.faults({"kind": "status", **rule})
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "half_applied"
    assert "does not show" in ran.message
    tenant.heal()
    tenant.faults({"kind": "status_after", **rule})
    assert (await tenant.run(DEFINITION, row)).is_success


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, "non_retryable_external"), (403, "permission_denied"), (503, "retry_exhausted")],
)
async def test_a_refusal_keeps_its_reason(tenant, status, reason) -> None:
    head = number(tenant, state="INACTIVE", owned=False)
    tenant.faults({"kind": "status", "status": status, "method": "PUT", "path": "*"})
    ran = await tenant.run(DEFINITION, {"location_name": GIRONA, "phone_number": head})
    assert ran.reason == reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"location_name": GIRONA}, "column phone_number"),
        ({"phone_number": "+34972000001"}, "one of location_id, location_name"),
        ({"location_name": GIRONA, "phone_number": "9,72E+10"}, "column phone_number"),
        ({"location_name": GIRONA, "phone_number": "phone_number"}, "name of a column stands"),
    ],
)
async def test_each_missing_cell_has_its_own_message_before_any_call(tenant, row, words) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.outcome is None
    assert words in ran.message
