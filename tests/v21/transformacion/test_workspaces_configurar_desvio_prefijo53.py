from __future__ import annotations

import pytest

from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.workspaces_configurar_desvio_prefijo53 import DEFINITION
from tests.v21.conftest import Sent, Tenant
from tests.v21.transformacion import forwarding_cases as cases
from tests.v21.transformacion.forwarding_cases import CASES, OBSTACLES, Twin, on, settings

pytestmark = pytest.mark.xdist_group("transformation-actions")

SITE = "Barcelona Centre 001"
PROFESSIONAL, FREE, HOT_DESK = "Sala Barcelona 1", "Magatzem Lisboa 3", "Consergeria Barcelona 4"


def workspace_id(tenant: Tenant, name: str = PROFESSIONAL) -> str:
    spaces = tenant.world.organisation.workspaces.values()
    return next(one.id for one in spaces if one.display_name == name)


def the_twin(tenant: Tenant) -> Twin:
    named = {"display_name": PROFESSIONAL, "location_name": SITE}
    return Twin(DEFINITION, "workspaces", workspace_id(tenant), named)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_forwarding_becomes_what_the_row_asks_for(tenant: Tenant, case: cases.Case) -> None:
    await the_twin(tenant).behaves(tenant, case)


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda one: one.name)
async def test_what_stands_in_the_way_is_said(tenant: Tenant, obstacle: cases.Obstacle) -> None:
    await cases.is_in_the_way(the_twin(tenant), tenant, obstacle)


async def test_all_that_a_workspace_must_have_is_sent_though_it_was_not_read(
    tenant: Tenant,
) -> None:
    twin = the_twin(tenant)
    twin.have(
        tenant,
        {
            "callForwarding": {
                "always": {"enabled": False},
                "busy": {"enabled": False, "destinationVoicemailEnabled": None},
            },
            "businessContinuity": {"enabled": False, "destinationVoicemailEnabled": None},
        },
    )
    ran = await tenant.run(DEFINITION, twin.cells())
    assert ran.is_success, ran.message
    body = ran.writes[0].body
    assert body["callForwarding"]["always"] == on(cases.LEGACY)
    never = {"enabled": False, "destinationVoicemailEnabled": False}
    assert never.items() <= body["callForwarding"]["busy"].items()
    assert never.items() <= body["businessContinuity"].items()


async def test_an_id_serves_as_well_as_a_name(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF))
    ran = await tenant.prove(DEFINITION, {"workspace_id": twin.entity_id, "destination": "5312345"})
    assert ran.writes == [Sent("PUT", twin.path, settings(on("5312345")))]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"display_name": "Nobody's room"}, "calling_eligibility_workspace_not_found"),
        (
            {"display_name": PROFESSIONAL, "location_name": "Girona Centre 002"},
            "calling_eligibility_workspace_not_found",
        ),
        (
            {"display_name": PROFESSIONAL, "location_name": "Nowhere"},
            "calling_eligibility_workspace_not_found: there is no location Nowhere",
        ),
        ({"workspace_id": "Y2lzY29zcGFyazovL3VzL1BMQUNFL25vYm9keQ"}, "workspace_not_found"),
        ({"display_name": FREE}, "calling_eligibility_workspace_without_calling"),
        ({"display_name": HOT_DESK}, "hot-desk-only workspaces have no calling settings"),
    ],
)
async def test_an_ineligible_row_costs_no_write(
    tenant: Tenant, row: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, {"extension": cases.EXTENSION, **row})
    assert ran.reason == "precondition_missing"
    assert told in ran.message
    assert not ran.writes


async def test_two_workspaces_of_one_name_are_told_apart_by_their_location(tenant: Tenant) -> None:
    other = workspace_id(tenant, "Magatzem Girona 5")

    def rename(world: object) -> None:
        world.organisation.workspaces[other].display_name = PROFESSIONAL

    tenant.change(rename)
    ran = await tenant.run(DEFINITION, {"display_name": PROFESSIONAL, "destination": "5312345"})
    assert ran.reason == "precondition_missing"
    assert "match" in ran.message
    row = {"display_name": PROFESSIONAL, "location_name": "Girona Centre 002"}
    ran = await tenant.run(DEFINITION, {**row, "destination": "5312345"})
    assert [one.path for one in ran.writes] == [f"/workspaces/{other}/features/callForwarding"]


async def test_a_calling_person_of_the_location_tries_the_destination(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF))
    context = ActionContext(checks_routing=True)
    ran = await tenant.run(DEFINITION, twin.cells(destination="541234567"), context=context)
    assert "destination_not_available_for_call_forwarding" in ran.message
    assert not ran.writes
    tests = [one for one in ran.calls if one.path.endswith("/testCallRouting/invoke")]
    people = tenant.world.organisation.people
    site = tenant.world.organisation.location_by_name(SITE)
    assert [people[one.body["originatorId"]].location_id for one in tests] == [site.id]
    ran = await tenant.run(DEFINITION, twin.cells(), context=context)
    assert ran.message.startswith("changed")
