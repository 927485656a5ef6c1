from __future__ import annotations

import pytest

from Space_OdT.v21.transformacion.workspaces_configurar_desvio_prefijo53_telephony import (
    DEFINITION,
)
from tests.v21.conftest import Tenant
from tests.v21.transformacion import forwarding_cases as cases
from tests.v21.transformacion.forwarding_cases import CASES, Twin, settings

pytestmark = pytest.mark.xdist_group("transformation-actions")

NAME, SITE = "Sala Barcelona 1", "Barcelona Centre 001"


def the_twin(tenant: Tenant) -> Twin:
    spaces = tenant.world.organisation.workspaces.values()
    found = next(one for one in spaces if one.display_name == NAME)
    return Twin(DEFINITION, "workspaces", found.id, {"display_name": NAME})


def tried(ran: object) -> list[str]:
    return [
        one.body["destination"] for one in ran.calls if one.path.endswith("testCallRouting/invoke")
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_it_does_what_its_twin_does(tenant: Tenant, case: cases.Case) -> None:
    await the_twin(tenant).behaves(tenant, case)


async def test_a_destination_that_arrives_is_set(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF))
    ran = await tenant.prove(DEFINITION, twin.cells(validate_destination="true"))
    assert tried(ran) == [cases.LEGACY]
    assert len(ran.writes) == 1


async def test_a_destination_that_does_not_is_rejected_without_a_write(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    tenant.change(lambda world: world.organisation.dial_plans.clear())
    twin.have(tenant, settings(cases.OFF))
    for planning in (True, False):
        ran = await tenant.run(
            DEFINITION, twin.cells(validate_destination="true"), planning=planning
        )
        assert ran.reason == "precondition_missing"
        assert ran.message.startswith("destination_not_available_for_call_forwarding: ")
        assert "routed as PSTN_NUMBER" in ran.message
        assert tried(ran) == [cases.LEGACY]
        assert not ran.writes
        assert not ran.planned


@pytest.mark.parametrize("row", [{"mode": "unset"}, {"validate_destination": "false"}])
async def test_nothing_is_tried_unless_asked_for_or_when_taken_back(
    tenant: Tenant, row: dict[str, str]
) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.on(cases.LEGACY, rings=True)))
    ran = await tenant.run(DEFINITION, twin.cells(**{"validate_destination": "true", **row}))
    assert ran.message.startswith("changed")
    assert tried(ran) == []


async def test_without_a_calling_person_the_destination_cannot_be_tried(tenant: Tenant) -> None:
    twin = the_twin(tenant)
    twin.have(tenant, settings(cases.OFF))
    tenant.faults({"kind": "missing_field", "field": "extension", "path": "/people"})

    def leave(world: object) -> None:
        for person in world.organisation.people_at(world.organisation.location_by_name(SITE).id):
            person.location_id = None

    tenant.change(leave)
    ran = await tenant.run(DEFINITION, twin.cells(validate_destination="true"))
    assert ran.reason == "precondition_missing"
    assert "has no calling person" in ran.message
    assert not ran.writes
