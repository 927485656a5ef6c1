from __future__ import annotations

import pytest

from Space_OdT.engine.models import Batch, Row
from Space_OdT.engine.row_runner import RowRunner
from Space_OdT.engine.step_calls import StepCaller
from Space_OdT.simulator.organisation.entities import OwnerKind
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.usuarios_anadir_intercom_legacy import DEFINITION
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.sources import Kind
from tests.v21.conftest import Tenant
from tests.v21.transformacion import intercom_cases as cases
from tests.v21.transformacion.intercom_cases import CASES, INTERCOM, OBSTACLES, Twin

pytestmark = pytest.mark.xdist_group("transformation-actions")

EMAIL, MAIN = "xavier.vidal@example.com", "+34910000003"


def the_twin(tenant: Tenant) -> Twin:
    person = tenant.world.organisation.person_by_email(EMAIL)
    flag = "enableDistinctiveRingPattern"
    return Twin(DEFINITION, "people", flag, person.id, OwnerKind.PEOPLE, {"email": EMAIL})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_number_becomes_what_the_row_asks_for(tenant: Tenant, case: cases.Case) -> None:
    await cases.behaves(the_twin(tenant), tenant, case)


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda one: one.name)
async def test_what_stands_in_the_way_is_said(tenant: Tenant, obstacle: cases.Obstacle) -> None:
    await cases.is_in_the_way(the_twin(tenant), tenant, obstacle)


@pytest.mark.parametrize("mode", ["set", "unset"])
async def test_a_lost_answer_is_looked_up_before_a_repeat(tenant: Tenant, mode: str) -> None:
    await cases.survives_a_lost_answer(the_twin(tenant), tenant, mode)


async def test_numbers_are_asked_for_in_international_form(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    ran = await tenant.run(DEFINITION, twin.cells(legacy_phone_number=MAIN))
    asked = [one.query for one in ran.calls if one.path == twin.read_path]
    assert asked == [{"preferE164Format": "true"}]
    assert ran.message.startswith("unchanged; legacy_number_already_present")


async def test_the_main_number_is_never_removed(tenant: Tenant) -> None:
    ran = await tenant.run(
        DEFINITION, {"email": EMAIL, "legacy_phone_number": MAIN, "mode": "unset"}
    )
    assert ran.reason == "precondition_missing"
    assert "is the main number" in ran.message
    assert not ran.writes


async def test_a_whole_inventory_spares_the_list_of_each_person(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    second = tenant.world.organisation.person_by_email("hugo.sala@example.com")
    tenant.change(lambda world: cases.in_inventory()(world, twin))
    directory = Directory(tenant.client)
    await directory.load(Kind.NUMBER)
    tenant.simulator.control("DELETE", "calls")
    action = DEFINITION.build(ActionContext())
    runner = RowRunner(lambda row, steps: StepCaller(tenant.client, row, steps), directory)
    told = []
    for number, email in enumerate((EMAIL, second.email), 1):
        cells, _ = DEFINITION.prepare({"email": email, "legacy_phone_number": INTERCOM})
        row = Row(number, number, str(number), DEFINITION.action_id, email, cells)
        outcome, _ = await runner.run(Batch("1-1", 1, 1, (number,), (row,)), row, action)
        told.append(outcome.message)
    assert told[0].startswith("changed")
    assert "belongs to another person" in told[1]
    paths = [one["path"] for one in tenant.simulator.calls()]
    assert not [path for path in paths if path.endswith("availableNumbers")]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"email": "nobody@example.com"}, "calling_eligibility_person_not_found"),
        ({"email": "jaume.munoz@example.com"}, "calling_eligibility_user_without_calling"),
        ({"email": EMAIL, "extension": "1234"}, "fewer than the 7 digits"),
    ],
)
async def test_an_ineligible_row_costs_no_write(
    tenant: Tenant, row: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, {"extension": cases.EXTENSION, **row})
    assert told in ran.message
    assert not ran.writes


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"extension": "80000001"}, "one of person_id, email"),
        ({"email": EMAIL}, "one of legacy_phone_number, extension"),
        ({"email": EMAIL, "legacy_phone_number": "3,451E+10"}, "legacy_phone_number"),
        (
            {"email": EMAIL, "legacy_phone_number": "legacy_secondary_number"},
            "name of a column stands",
        ),
    ],
)
def test_bad_cells_are_refused_before_any_call(row: dict[str, str], told: str) -> None:
    _, problems = DEFINITION.prepare(row)
    assert told in " | ".join(problem.text() for problem in problems)
