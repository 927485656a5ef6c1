from __future__ import annotations

import pytest

from Space_OdT.simulator.organisation.entities import OwnerKind
from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.workspaces_anadir_intercom_legacy import DEFINITION
from tests.v21.conftest import Tenant
from tests.v21.transformacion import intercom_cases as cases
from tests.v21.transformacion.intercom_cases import CASES, OBSTACLES, Twin

pytestmark = pytest.mark.xdist_group("transformation-actions")

NAME = "Sala Barcelona 1"
BASIC, BASIC_SITE = "Recepció Girona 2", "Girona Centre 002"


def the_twin(tenant: Tenant) -> Twin:
    spaces = tenant.world.organisation.workspaces.values()
    found = next(one for one in spaces if one.display_name == NAME)
    named = {"display_name": NAME, "location_name": cases.SITE}
    flag = "distinctiveRingEnabled"
    return Twin(DEFINITION, "workspaces", flag, found.id, OwnerKind.PLACE, named)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_number_becomes_what_the_row_asks_for(tenant: Tenant, case: cases.Case) -> None:
    await cases.behaves(the_twin(tenant), tenant, case)


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda one: one.name)
async def test_what_stands_in_the_way_is_said(tenant: Tenant, obstacle: cases.Obstacle) -> None:
    await cases.is_in_the_way(the_twin(tenant), tenant, obstacle)


@pytest.mark.parametrize("mode", ["set", "unset"])
async def test_a_lost_answer_is_looked_up_before_a_repeat(tenant: Tenant, mode: str) -> None:
    await cases.survives_a_lost_answer(the_twin(tenant), tenant, mode)


async def test_the_location_a_workspace_calls_from_counts_not_where_it_stands(
    tenant: Tenant,
) -> None:
    twin = the_twin(tenant)

    def move(world: World) -> None:
        elsewhere = world.organisation.location_by_name(BASIC_SITE)
        world.organisation.workspaces[twin.entity_id].location_id = elsewhere.id
        cases.in_inventory()(world, twin)

    tenant.change(move)
    ran = await tenant.prove(DEFINITION, {"display_name": NAME, "extension": cases.EXTENSION})
    assert ran.writes == [twin.sent("ADD", cases.INTERCOM)]


@pytest.mark.parametrize("planning", [True, False])
async def test_a_workspace_needs_a_professional_licence_and_a_plan_knows_it(
    tenant: Tenant, planning: bool
) -> None:
    twin = the_twin(tenant)
    tenant.change(lambda world: cases.in_inventory(site=BASIC_SITE)(world, twin))
    row = {"display_name": BASIC, "extension": cases.EXTENSION}
    ran = await tenant.run(DEFINITION, row, planning=planning)
    assert ran.reason == "precondition_missing"
    assert "license_or_feature_missing" in ran.message
    assert "Professional" in ran.message
    assert not ran.writes
    assert not ran.planned


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"display_name": "Nobody's room"}, "calling_eligibility_workspace_not_found"),
        (
            {"display_name": "Magatzem Lisboa 3"},
            "calling_eligibility_workspace_without_calling",
        ),
        ({"display_name": "Consergeria Barcelona 4"}, "license_or_feature_missing"),
    ],
)
async def test_an_ineligible_row_costs_no_write(
    tenant: Tenant, row: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, {"extension": cases.EXTENSION, **row})
    assert told in ran.message
    assert not ran.writes
