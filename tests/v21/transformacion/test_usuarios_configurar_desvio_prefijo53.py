from __future__ import annotations

import pytest

from Space_OdT.v21.transformacion.definition import ActionContext, LegacyFormulas
from Space_OdT.v21.transformacion.usuarios_configurar_desvio_prefijo53 import DEFINITION
from tests.v21.conftest import Sent, Tenant
from tests.v21.transformacion import forwarding_cases as cases
from tests.v21.transformacion.forwarding_cases import CASES, OBSTACLES, Twin, on, settings

pytestmark = pytest.mark.xdist_group("transformation-actions")

EMAIL = "xavier.vidal@example.com"
WITHOUT_CALLING = "jaume.munoz@example.com"


def the_twin(tenant: Tenant) -> Twin:
    person = tenant.world.organisation.person_by_email(EMAIL)
    return Twin(DEFINITION, "people", person.id, {"email": EMAIL})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_forwarding_becomes_what_the_row_asks_for(tenant: Tenant, case: cases.Case) -> None:
    await the_twin(tenant).behaves(tenant, case)


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda one: one.name)
async def test_what_stands_in_the_way_is_said(tenant: Tenant, obstacle: cases.Obstacle) -> None:
    await cases.is_in_the_way(the_twin(tenant), tenant, obstacle)


async def test_an_id_serves_as_well_as_an_address(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF))
    ran = await tenant.prove(DEFINITION, {"person_id": twin.entity_id, "destination": "5312345"})
    assert ran.writes == [Sent("PUT", twin.path, settings(on("5312345")))]


async def test_a_ring_count_out_of_range_is_not_sent_back(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF, {**cases.NO_ANSWER, "numberOfRings": 0}))
    ran = await tenant.run(DEFINITION, twin.cells())
    assert ran.is_success, ran.message
    assert "numberOfRings" not in ran.writes[0].body["callForwarding"]["noAnswer"]


async def test_the_formula_is_configurable(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF))
    formulas = LegacyFormulas(forward_prefix="9", forward_tail=4)
    ran = await tenant.run(DEFINITION, twin.cells(), context=ActionContext(formulas=formulas))
    assert ran.writes == [Sent("PUT", twin.path, settings(on("90004")))]
    assert "90004 (9 + last 4 digits of 80000004)" in ran.message


async def test_the_organisation_of_the_row_is_asked(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    ran = await tenant.run(DEFINITION, twin.cells(org_id=tenant.world.organisation.id))
    asked = [one.query.get("orgId") for one in ran.calls if one.path == twin.path]
    assert asked == [tenant.world.organisation.id] * 3


@pytest.mark.parametrize(
    ("row", "reason", "told"),
    [
        ({"email": "nobody@example.com"}, "user_not_found", "calling_eligibility_person_not_found"),
        (
            {"person_id": "Y2lzY29zcGFyazovL3VzL1BFT1BMRS9ub2JvZHk"},
            "user_not_found",
            "calling_eligibility_person_not_found",
        ),
        (
            {"email": WITHOUT_CALLING},
            "precondition_missing",
            "calling_eligibility_user_without_calling",
        ),
        ({"email": EMAIL, "extension": "1234"}, "precondition_missing", "fewer than the 7 digits"),
    ],
)
async def test_an_ineligible_row_costs_no_write(
    tenant: Tenant, row: dict[str, str], reason: str, told: str
) -> None:
    ran = await tenant.run(DEFINITION, {"extension": cases.EXTENSION, **row})
    assert ran.reason == reason
    assert told in ran.message
    assert not ran.writes


@pytest.mark.parametrize("path", ["/people", "/people/*"])
async def test_a_token_that_may_not_look_is_named(tenant: Tenant, path: str) -> None:
    twin = the_twin(tenant)
    tenant.faults({"kind": "status", "status": 403, "path": path})
    row = {"email": EMAIL} if path == "/people" else {"person_id": twin.entity_id}
    ran = await tenant.run(DEFINITION, {**row, "extension": cases.EXTENSION})
    assert ran.reason == "permission_denied"
    assert "calling_eligibility_permission_denied" in ran.message


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"extension": "80000001"}, "one of person_id, email"),
        ({"email": EMAIL}, "one of extension, destination"),
        ({"email": EMAIL, "destination": "off"}, "set mode to unset"),
        ({"email": EMAIL, "destination": "5,3E+08"}, "destination"),
        ({"email": EMAIL, "extension": "80000001", "mode": "ocupat"}, "set or unset"),
        ({"email": EMAIL, "extension": "8,0E+07"}, "extension"),
    ],
)
def test_bad_cells_are_refused_before_any_call(row: dict[str, str], told: str) -> None:
    _, problems = DEFINITION.prepare(row)
    assert told in " | ".join(problem.text() for problem in problems)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"extension": "80000004"}, None),
        ({"destination": "+34600000009"}, None),
        ({"destination": "541234567"}, "PSTN_NUMBER"),
        ({"destination": "80000001"}, "HOSTED_AGENT"),
        ({"destination": "112"}, "EMERGENCY"),
        ({"destination": "99"}, None),
    ],
)
async def test_a_destination_is_tried_when_the_run_says_so(
    tenant: Tenant, row: dict[str, str], kind: str | None
) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF))
    context = ActionContext(checks_routing=True)
    ran = await tenant.run(DEFINITION, {"email": EMAIL, **row}, context=context)
    tests = [one for one in ran.calls if one.path.endswith("/testCallRouting/invoke")]
    assert [one.body["originatorId"] for one in tests] == [twin.entity_id]
    if kind is None:
        assert ran.message.startswith("changed")
    else:
        assert ran.reason == "precondition_missing"
        assert "destination_not_available_for_call_forwarding" in ran.message
        assert not ran.writes


async def test_a_plan_tries_the_destination_too(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF))
    row = twin.cells(destination="541234567")
    context = ActionContext(checks_routing=True)
    ran = await tenant.run(DEFINITION, row, context=context, planning=True)
    assert "destination_not_available_for_call_forwarding" in ran.message
    assert not ran.planned


async def test_an_extension_that_is_not_the_persons_own_is_pointed_out(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    line = tenant.world.organisation.plan.primary(twin.entity_id)
    assert line is not None
    own = line.extension or ""
    for row, is_doubtful in (
        ({"extension": "80009999"}, True),
        ({"extension": own}, False),
        ({"extension": "80009999", "destination": "5312345"}, False),
        ({"extension": "80009999", "mode": "UNSET"}, False),
    ):
        twin.have(tenant, settings(cases.OFF))
        ran = await tenant.run(DEFINITION, {"email": EMAIL, **row})
        told = f"mind: {EMAIL} has the extension {own}, the row says 80009999"
        assert (told in ran.message) is is_doubtful, ran.message
