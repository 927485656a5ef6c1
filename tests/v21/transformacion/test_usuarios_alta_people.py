from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.usuarios_alta_people import DEFINITION
from Space_OdT.webex.records import Licence as LicenceRecord
from tests.v21.conftest import Change, Sent, Tenant
from tests.v21.transformacion.licence_states import (
    BARCELONA,
    FREE_EXTENSION,
    FREE_NUMBER,
    GIRONA,
    MEETINGS,
    MESSAGING,
    ON_PROFESSIONAL,
    PROFESSIONAL,
    TARRAGONA,
    WITHOUT_CALLING,
    WORKSPACES,
    licence_id,
    location_id,
    names_held,
    person,
    without_units,
)

pytestmark = pytest.mark.xdist_group("v21-actions")

NEW = "ana.soler@example.com"
ROW = {"email": NEW, "first_name": "Ana", "last_name": "Soler"}
NAMES = {
    "emails": [NEW],
    "firstName": "Ana",
    "lastName": "Soler",
    "displayName": "Ana Soler",
}
CALLING = {
    **ROW,
    "licenses": PROFESSIONAL,
    "location_name": BARCELONA,
    "extension": FREE_EXTENSION,
}


@dataclass(frozen=True)
class Case:
    """A row on a state, and the body it sends."""

    name: str
    row: dict[str, str]
    body: Callable[[Tenant], dict[str, Any]]
    message: str = "changed: person_create"


CASES = (
    Case("identity alone", ROW, lambda _: NAMES),
    Case(
        "a display name of its own",
        {**ROW, "display_name": "Soler, Ana"},
        lambda _: {**NAMES, "displayName": "Soler, Ana"},
    ),
    Case(
        "licences by name, without calling",
        {**ROW, "licenses": f"{MESSAGING};{MEETINGS}"},
        lambda tenant: {
            **NAMES,
            "licenses": [licence_id(tenant, MESSAGING), licence_id(tenant, MEETINGS)],
        },
    ),
    Case(
        "calling with location, extension and number",
        {**CALLING, "phone_number": FREE_NUMBER},
        lambda tenant: {
            **NAMES,
            "licenses": [licence_id(tenant, PROFESSIONAL)],
            "locationId": location_id(tenant, BARCELONA),
            "extension": FREE_EXTENSION,
            "phoneNumbers": [{"type": "work", "value": FREE_NUMBER}],
        },
    ),
    Case(
        "a location without a calling licence waits",
        {**ROW, "location_name": BARCELONA, "extension": FREE_EXTENSION},
        lambda _: NAMES,
        "changed: person_create; location and extension come with a calling licence, which the "
        "row does not ask for",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_person_is_created_in_one_call(tenant: Tenant, case: Case) -> None:
    body = case.body(tenant)
    ran = await tenant.prove(DEFINITION, case.row)
    assert ran.writes == [Sent("POST", "/people", body, {"callingData": "true"})]
    assert ran.message == case.message
    assert ran.outcome is not None
    assert ran.outcome.remote_id == person(tenant, NEW).id


async def test_the_organisation_goes_into_the_body(tenant: Tenant) -> None:
    org_id = tenant.world.organisation.id
    ran = await tenant.prove(DEFINITION, {**ROW, "org_id": org_id})
    assert ran.writes[0].body == {**NAMES, "orgId": org_id}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"email": WITHOUT_CALLING}, "unchanged; user_already_exists"),
        (
            {"email": WITHOUT_CALLING, "licenses": f"{MESSAGING};{MEETINGS}"},
            (
                f"unchanged; user_already_exists; lacks {MEETINGS} "
                "(usuarios_modificar_licencias gives licences)"
            ),
        ),
        (
            {
                "email": ON_PROFESSIONAL,
                "licenses": PROFESSIONAL,
                "location_name": GIRONA,
                "extension": "80000099",
                "phone_number": FREE_NUMBER,
            },
            (
                "unchanged; user_already_exists; calls from another location than "
                f"{GIRONA} (usuarios_asignar_location_desde_csv moves people); has the extension "
                f"80000002 instead of 80000099; does not have the number {FREE_NUMBER}"
            ),
        ),
    ],
    ids=["as asked", "a licence is lacking", "another line"],
)
async def test_somebody_who_exists_is_never_touched_and_drift_is_told(
    tenant: Tenant, row: dict[str, str], message: str
) -> None:
    ran = await tenant.run(DEFINITION, {**ROW, **row})
    assert ran.message == message
    assert not ran.writes


@dataclass(frozen=True)
class Missing:
    """A row that cannot be done, and why."""

    name: str
    row: dict[str, str]
    told: str
    changes: tuple[Change, ...] = ()


MISSING = (
    Missing("no such licence", {**ROW, "licenses": "Gold"}, "has no licence Gold"),
    Missing("a licence for workspaces", {**ROW, "licenses": WORKSPACES}, "is not for people"),
    Missing(
        "no unit left",
        CALLING,
        f"no unit of the licence {PROFESSIONAL}",
        (without_units(PROFESSIONAL),),
    ),
    Missing("calling without a line", {**ROW, "licenses": PROFESSIONAL}, "without an extension"),
    Missing("no such location", {**CALLING, "location_name": "Nowhere"}, "no location Nowhere"),
    Missing("no calling there", {**CALLING, "location_name": TARRAGONA}, "is not enabled"),
    Missing("extension taken", {**CALLING, "extension": "80000001"}, "belongs to another person"),
    Missing(
        "number nowhere", {**CALLING, "phone_number": "+34919999999"}, "number_inventory_missing"
    ),
)


@pytest.mark.parametrize("planning", [True, False], ids=["plan", "apply"])
@pytest.mark.parametrize("case", MISSING, ids=lambda case: case.name)
async def test_what_is_missing_is_said_and_nobody_is_created(
    tenant: Tenant, case: Missing, planning: bool
) -> None:
    tenant.change(*case.changes)
    ran = await tenant.run(DEFINITION, case.row, planning=planning)
    assert ran.reason == "precondition_missing"
    assert case.told in ran.message
    assert not ran.writes
    assert not ran.planned


async def test_a_licence_the_api_left_out_is_half_applied(tenant: Tenant) -> None:
    tenant.change(without_units(MEETINGS))
    context = ActionContext()  # believes in a unit that somebody else has taken meanwhile
    context.units.hand_back([LicenceRecord(licence_id(tenant, MEETINGS), MEETINGS)])
    row = {**ROW, "licenses": f"{MESSAGING};{MEETINGS}"}
    ran = await tenant.run(DEFINITION, row, context=context)
    assert ran.reason == "half_applied"
    assert f"did not give {MEETINGS}" in ran.message
    assert names_held(tenant, NEW) >= {MESSAGING}
    again = await tenant.run(DEFINITION, row)
    assert again.message.startswith(f"unchanged; user_already_exists; lacks {MEETINGS}")


async def test_a_refusal_that_created_the_person_with_everything_is_a_change(
    tenant: Tenant,
) -> None:
    tenant.faults({"kind": "status_after", "status": 400, "method": "POST", "path": "/people"})
    ran = await tenant.run(DEFINITION, CALLING)
    assert ran.is_success, ran.message
    assert ran.message == (
        "changed: person_create; Webex answered HTTP 400, but the person is there with everything "
        "asked for"
    )
    assert len(ran.writes) == 1


async def test_a_refusal_that_created_half_a_person_is_half_applied_and_told(
    tenant: Tenant,
) -> None:
    tenant.faults({"kind": "status_after", "status": 400, "method": "POST", "path": "/people"})
    tenant.change(without_units(MEETINGS))
    context = ActionContext()
    context.units.hand_back([LicenceRecord(licence_id(tenant, MEETINGS), MEETINGS)])
    ran = await tenant.run(DEFINITION, {**ROW, "licenses": MEETINGS}, context=context)
    assert ran.reason == "half_applied"
    assert f"created the person, who lacks {MEETINGS}" in ran.message
    assert "usuarios_modificar_licencias" in ran.message
    assert len(ran.writes) == 1


async def test_a_refusal_that_created_nobody_stays_a_refusal(tenant: Tenant) -> None:
    tenant.faults({"kind": "status", "status": 400, "method": "POST", "path": "/people"})
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.reason == "non_retryable_external"
    assert tenant.world.organisation.person_by_email(NEW) is None
    assert ran.calls[-1].method == "GET", "it was looked up afterwards"


async def test_an_address_that_somebody_else_took_first_is_found(tenant: Tenant) -> None:
    tenant.faults({"kind": "status_after", "status": 409, "method": "POST", "path": "/people"})
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.message == "unchanged; user_already_exists"


async def test_an_address_of_another_organisation_is_told(tenant: Tenant) -> None:
    tenant.faults({"kind": "status", "status": 409, "method": "POST", "path": "/people"})
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.reason == "precondition_missing"
    assert "somebody this token cannot see" in ran.message


@pytest.mark.parametrize("kind", ["reset_after", "malformed_json", "missing_field"])
async def test_a_lost_answer_never_creates_anybody_twice(tenant: Tenant, kind: str) -> None:
    tenant.faults({"kind": kind, "method": "POST", "path": "/people", "times": 1})
    ran = await tenant.run(DEFINITION, CALLING)
    assert ran.is_success, ran.message
    assert len(ran.writes) == 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"email": NEW, "first_name": "Ana"}, "column last_name"),
        ({"email": NEW, "last_name": "Soler"}, "column first_name"),
        ({"first_name": "Ana", "last_name": "Soler"}, "column email"),
        ({**ROW, "email": "ana.soler"}, "one e-mail address"),
    ],
    ids=["no last name", "no first name", "no address", "half an address"],
)
async def test_bad_input_is_rejected_before_any_call(
    tenant: Tenant, row: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "invalid_input_schema"
    assert told in ran.message


def test_it_creates_identities_and_says_so() -> None:
    assert DEFINITION.is_identity
    assert "creates people" in DEFINITION.warning
