from __future__ import annotations

import pytest

from Space_OdT.v21.transformacion.usuarios_configurar_perfil_saliente_custom import DEFINITION
from tests.v21.conftest import Tenant
from tests.v21.transformacion import permission_cases as cases
from tests.v21.transformacion.permission_cases import CASES, OBSTACLES, WRONG_CELLS, Twin

pytestmark = pytest.mark.xdist_group("transformation-actions")

EMAIL = "xavier.vidal@example.com"


def the_twin(tenant: Tenant) -> Twin:
    person = tenant.world.organisation.person_by_email(EMAIL)
    return Twin(DEFINITION, "people", person.id, person.location_id, {"email": EMAIL})


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
        ({"email": "nobody@example.com"}, "calling_eligibility_person_not_found"),
        ({"email": "jaume.munoz@example.com"}, "calling_eligibility_user_without_calling"),
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
    _, problems = DEFINITION.prepare({"email": EMAIL, **row})
    assert told in " | ".join(problem.text() for problem in problems)
