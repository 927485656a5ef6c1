from __future__ import annotations

import pytest

from Space_OdT.v21.transformacion.workspaces_configurar_perfil_saliente_custom import DEFINITION
from tests.v21.conftest import Tenant
from tests.v21.transformacion import permission_cases as cases
from tests.v21.transformacion.permission_cases import CASES, OBSTACLES, WRONG_CELLS, Twin

pytestmark = pytest.mark.xdist_group("transformation-actions")

NAME = "Sala Barcelona 1"


def the_twin(tenant: Tenant) -> Twin:
    spaces = tenant.world.organisation.workspaces.values()
    found = next(one for one in spaces if one.display_name == NAME)
    return Twin(DEFINITION, "workspaces", found.id, found.location_id, {"display_name": NAME})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_permissions_become_what_the_row_asks_for(tenant: Tenant, case: cases.Case) -> None:
    await cases.behaves(the_twin(tenant), tenant, case)


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda one: one.name)
async def test_what_stands_in_the_way_is_said(tenant: Tenant, obstacle: cases.Obstacle) -> None:
    await cases.is_in_the_way(the_twin(tenant), tenant, obstacle)


async def test_what_is_locked_and_as_wanted_is_left_out(tenant: Tenant) -> None:
    await cases.what_is_locked_and_as_wanted_is_left_out(the_twin(tenant), tenant)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"display_name": "Nobody's room"}, "calling_eligibility_workspace_not_found"),
        ({"display_name": "Magatzem Lisboa 3"}, "calling_eligibility_workspace_without_calling"),
        ({"display_name": "Consergeria Barcelona 4"}, "license_or_feature_missing"),
    ],
)
async def test_an_ineligible_row_costs_no_write(
    tenant: Tenant, row: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, {**cases.PROFILE, **row}, context=cases.CONTEXT)
    assert told in ran.message
    assert not ran.writes


@pytest.mark.parametrize(("row", "told"), WRONG_CELLS)
def test_bad_cells_are_refused_before_any_call(row: dict[str, str], told: str) -> None:
    _, problems = DEFINITION.prepare({"display_name": NAME, **row})
    assert told in " | ".join(problem.text() for problem in problems)
