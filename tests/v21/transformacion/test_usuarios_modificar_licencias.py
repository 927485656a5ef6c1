from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.parts.licence_refusals import REFUSALS
from Space_OdT.v21.transformacion.parts.licence_wishes import REMOVAL_WARNING
from Space_OdT.v21.transformacion.usuarios_modificar_licencias import DEFINITION
from Space_OdT.webex.records import Licence as LicenceRecord
from tests.v21.conftest import Change, Sent, Tenant
from tests.v21.transformacion.licence_states import (
    ALSO_WITHOUT_CALLING,
    BARCELONA,
    CONSOLE,
    FREE_EXTENSION,
    FREE_NUMBER,
    GIRONA,
    HOT_DESK,
    IMPLICIT,
    MEETINGS,
    MESSAGING,
    ON_PROFESSIONAL,
    ON_STANDARD,
    PROFESSIONAL,
    STANDARD,
    TARRAGONA,
    WITHOUT_CALLING,
    WORKSPACES,
    licence_id,
    location_id,
    names_held,
    operations,
    person,
    second_subscription,
    with_units,
    without_units,
)

pytestmark = pytest.mark.xdist_group("v21-actions")

Wanted = Callable[[Tenant], list[Any]]


@dataclass(frozen=True)
class Case:
    """A row on a state, and what it sends."""

    name: str
    row: dict[str, str]
    wanted: Wanted
    message: str
    changes: tuple[Change, ...] = ()


def new_calling(**line: str) -> Wanted:
    def wanted(tenant: Tenant) -> list[Any]:
        place = {"locationId": location_id(tenant, BARCELONA), **line}
        return operations(tenant, ("add", PROFESSIONAL, place))

    return wanted


CHANGES = (
    Case(
        "calling comes with location and extension",
        {
            "email": WITHOUT_CALLING,
            "add_license_ids": PROFESSIONAL,
            "location_name": BARCELONA,
            "extension": FREE_EXTENSION,
        },
        new_calling(extension=FREE_EXTENSION),
        f"gave {PROFESSIONAL}",
    ),
    Case(
        "calling comes with location, extension and number",
        {
            "email": WITHOUT_CALLING,
            "add_license_ids": PROFESSIONAL,
            "location_name": BARCELONA,
            "extension": FREE_EXTENSION,
            "phone_number": FREE_NUMBER,
        },
        new_calling(extension=FREE_EXTENSION, phoneNumber=FREE_NUMBER),
        f"gave {PROFESSIONAL}",
    ),
    Case(
        "a number alone tells the location",
        {
            "email": WITHOUT_CALLING,
            "add_license_ids": PROFESSIONAL,
            "phone_number": FREE_NUMBER,
        },
        new_calling(phoneNumber=FREE_NUMBER),
        f"gave {PROFESSIONAL}",
    ),
    Case(
        "only calling licences carry properties",
        {
            "email": WITHOUT_CALLING,
            "add_license_ids": f"{MEETINGS}, {PROFESSIONAL}",
            "location_name": BARCELONA,
            "extension": FREE_EXTENSION,
        },
        lambda tenant: [
            *operations(tenant, ("add", MEETINGS)),
            *new_calling(extension=FREE_EXTENSION)(tenant),
        ],
        f"gave {MEETINGS}, gave {PROFESSIONAL}",
    ),
    Case(
        "a licence without calling needs no line",
        {"email": WITHOUT_CALLING, "add_license_ids": MEETINGS},
        lambda tenant: operations(tenant, ("add", MEETINGS)),
        f"gave {MEETINGS}",
    ),
    Case(
        "what is held already and what is not held falls away",
        {
            "email": WITHOUT_CALLING,
            "add_license_ids": f"{MESSAGING};{MEETINGS}",
            "remove_license_ids": STANDARD,
        },
        lambda tenant: operations(tenant, ("add", MEETINGS)),
        f"gave {MEETINGS}",
    ),
    Case(
        "a licence is taken away",
        {"email": WITHOUT_CALLING, "remove_license_ids": MESSAGING},
        lambda tenant: operations(tenant, ("remove", MESSAGING)),
        f"took away {MESSAGING}",
    ),
    Case(
        "taking calling away is told with what goes with it",
        {"email": ON_STANDARD, "remove_license_ids": STANDARD, "add_license_ids": MEETINGS},
        lambda tenant: operations(tenant, ("remove", STANDARD), ("add", MEETINGS)),
        f"gave {MEETINGS}, took away {STANDARD}, "
        "the person's numbers and calling settings went with it",
    ),
    Case(
        "somebody who calls gets another calling licence where he is",
        {"email": ON_STANDARD, "add_license_ids": PROFESSIONAL},
        lambda tenant: operations(
            tenant,
            (
                "add",
                PROFESSIONAL,
                {
                    "locationId": person(tenant, ON_STANDARD).location_id,
                    "extension": "80020001",
                },
            ),
        ),
        f"gave {PROFESSIONAL}",
    ),
    Case(
        "of several subscriptions the one with units is taken",
        {
            "email": WITHOUT_CALLING,
            "add_license_ids": MEETINGS,
        },
        lambda tenant: [
            {
                "id": list(tenant.world.organisation.licences)[-1],
                "operation": "add",
            }
        ],
        f"gave {MEETINGS}",
        (without_units(MEETINGS), second_subscription(MEETINGS)),
    ),
)


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case.name)
async def test_a_row_sends_exactly_what_differs(tenant: Tenant, case: Case) -> None:
    tenant.change(*case.changes)
    body = {
        "personId": person(tenant, case.row["email"]).id,
        "licenses": case.wanted(tenant),
    }
    ran = await tenant.prove(DEFINITION, case.row)
    assert ran.writes == [Sent("PATCH", "/licenses/users", body)]
    assert ran.message == f"changed: licenses_change; {case.message}"


async def test_the_person_has_the_line_afterwards(tenant: Tenant) -> None:
    row = {
        "email": WITHOUT_CALLING,
        "add_license_ids": PROFESSIONAL,
        "location_name": BARCELONA,
        "extension": FREE_EXTENSION,
        "phone_number": FREE_NUMBER,
    }
    assert (await tenant.run(DEFINITION, row)).is_success
    owner = person(tenant, WITHOUT_CALLING)
    line = tenant.world.organisation.plan.primary(owner.id)
    assert owner.location_id == location_id(tenant, BARCELONA)
    assert (line.extension, line.phone_number) == (FREE_EXTENSION, FREE_NUMBER)


async def test_a_person_can_be_named_by_id_and_licences_too(tenant: Tenant) -> None:
    row = {
        "person_id": person(tenant, WITHOUT_CALLING).id + "==",
        "add_license_ids": licence_id(tenant, MEETINGS),
    }
    ran = await tenant.prove(DEFINITION, row)
    assert ran.writes[0].body["licenses"] == operations(tenant, ("add", MEETINGS))


async def test_the_organisation_goes_into_the_body(tenant: Tenant) -> None:
    org_id = tenant.world.organisation.id
    row = {"email": WITHOUT_CALLING, "add_license_ids": MEETINGS, "org_id": org_id}
    ran = await tenant.prove(DEFINITION, row)
    assert ran.writes[0].body["orgId"] == org_id
    assert not ran.writes[0].query


async def test_another_licence_moves_nobody_and_says_so(tenant: Tenant) -> None:
    row = {
        "email": ON_STANDARD,
        "add_license_ids": PROFESSIONAL,
        "location_name": BARCELONA,
        "extension": FREE_EXTENSION,
    }
    before = person(tenant, ON_STANDARD).location_id
    line = tenant.world.organisation.plan.primary(person(tenant, ON_STANDARD).id)
    assert line is not None
    ran = await tenant.run(DEFINITION, row)
    assert ran.message == (
        f"changed: licenses_change; gave {PROFESSIONAL}; the person calls from another location "
        f"than {BARCELONA}; usuarios_asignar_location_desde_csv moves people; the person has the "
        f"extension {line.extension}, not {FREE_EXTENSION}"
    )
    assert person(tenant, ON_STANDARD).location_id == before


@dataclass(frozen=True)
class Same:
    """A row that is as desired already."""

    name: str
    row: dict[str, str]
    message: str


SAME = (
    Same("held", {"email": ON_PROFESSIONAL, "add_license_ids": PROFESSIONAL}, "unchanged"),
    Same(
        "not held",
        {"email": ON_PROFESSIONAL, "remove_license_ids": STANDARD},
        "unchanged; remove_license_ids_not_assigned",
    ),
    Same(
        "held in another location",
        {
            "email": ON_PROFESSIONAL,
            "add_license_ids": PROFESSIONAL,
            "location_name": GIRONA,
            "extension": "80010099",
        },
        f"unchanged; the person calls from another location than {GIRONA}; "
        "usuarios_asignar_location_desde_csv moves people; the person has the extension 80000002, "
        "not 80010099",
    ),
    Same(
        "held with another extension",
        {
            "email": ON_PROFESSIONAL,
            "add_license_ids": PROFESSIONAL,
            "location_name": BARCELONA,
            "extension": "80000099",
        },
        "unchanged; the person has the extension 80000002, not 80000099",
    ),
)


@pytest.mark.parametrize("case", SAME, ids=lambda case: case.name)
async def test_what_is_so_already_sends_no_write(tenant: Tenant, case: Same) -> None:
    ran = await tenant.run(DEFINITION, case.row)
    assert ran.message == case.message
    assert not ran.writes


async def test_a_licence_held_from_any_subscription_of_that_name_counts(tenant: Tenant) -> None:
    tenant.change(second_subscription(MESSAGING))
    ran = await tenant.run(DEFINITION, {"email": WITHOUT_CALLING, "add_license_ids": MESSAGING})
    assert ran.message == "unchanged"


@dataclass(frozen=True)
class Missing:
    """A row that cannot be done, and why."""

    name: str
    row: dict[str, str]
    reason: str
    told: str
    changes: tuple[Change, ...] = ()


_CALLING = {"email": WITHOUT_CALLING, "add_license_ids": PROFESSIONAL}
MISSING = (
    Missing(
        "nobody has the address",
        {"email": "nobody@example.com", "add_license_ids": MESSAGING},
        "user_not_found",
        "nobody in the organisation has the address",
    ),
    Missing(
        "nobody has the id",
        {"person_id": "Y2lzY29zcGFyazovL3VzL1BFT1BMRS94", "add_license_ids": MESSAGING},
        "user_not_found",
        "nobody in the organisation has the id",
    ),
    Missing(
        "no such licence",
        {"email": WITHOUT_CALLING, "add_license_ids": "Gold"},
        "precondition_missing",
        "the organisation has no licence Gold",
    ),
    Missing(
        "no unit left",
        {"email": WITHOUT_CALLING, "add_license_ids": MEETINGS},
        "precondition_missing",
        f"no unit of the licence {MEETINGS} is left",
        (without_units(MEETINGS),),
    ),
    Missing(
        "no unit left in any subscription",
        {"email": WITHOUT_CALLING, "add_license_ids": MEETINGS},
        "precondition_missing",
        f"no unit of the licence {MEETINGS} is left",
        (without_units(MEETINGS), second_subscription(MEETINGS, units=0)),
    ),
    Missing(
        "calling without a line",
        _CALLING,
        "precondition_missing",
        "without an extension or a number",
    ),
    Missing(
        "an extension without a location",
        {**_CALLING, "extension": FREE_EXTENSION},
        "precondition_missing",
        "does not tell the location",
    ),
    Missing(
        "no such location",
        {**_CALLING, "extension": FREE_EXTENSION, "location_name": "Nowhere"},
        "precondition_missing",
        "there is no location Nowhere",
    ),
    Missing(
        "a location without calling",
        {**_CALLING, "extension": FREE_EXTENSION, "location_name": TARRAGONA},
        "precondition_missing",
        f"the location {TARRAGONA} is not enabled for Webex Calling",
    ),
    Missing(
        "an extension of somebody else",
        {**_CALLING, "extension": "80000001", "location_name": BARCELONA},
        "precondition_missing",
        f"the extension 80000001 of {BARCELONA} belongs to another person",
    ),
    Missing(
        "a number of no location",
        {**_CALLING, "phone_number": "+34919999999", "location_name": BARCELONA},
        "precondition_missing",
        "number_inventory_missing: the number +34919999999",
    ),
    Missing(
        "a number of no location tells no location either",
        {**_CALLING, "phone_number": "+34919999999"},
        "precondition_missing",
        "number_inventory_missing: the number +34919999999",
    ),
    Missing(
        "a number of another location",
        {**_CALLING, "phone_number": FREE_NUMBER, "location_name": GIRONA},
        "precondition_missing",
        "is in the inventory of another location",
    ),
    Missing(
        "a number of somebody else",
        {**_CALLING, "phone_number": "+34910000001", "location_name": BARCELONA},
        "precondition_missing",
        "the number +34910000001 belongs to another person",
    ),
    Missing(
        "a licence for workspaces",
        {"email": WITHOUT_CALLING, "add_license_ids": WORKSPACES},
        "precondition_missing",
        f"{WORKSPACES} is not for people",
    ),
    Missing(
        "a licence for hot desks",
        {"email": WITHOUT_CALLING, "add_license_ids": HOT_DESK},
        "precondition_missing",
        f"{HOT_DESK} is not for people",
    ),
)


@pytest.mark.parametrize("planning", [True, False], ids=["plan", "apply"])
@pytest.mark.parametrize("case", MISSING, ids=lambda case: case.name)
async def test_what_is_missing_is_said_without_a_write(
    tenant: Tenant, case: Missing, planning: bool
) -> None:
    tenant.change(*case.changes)
    ran = await tenant.run(DEFINITION, case.row, planning=planning)
    assert ran.reason == case.reason
    assert case.told in ran.message
    assert not ran.writes
    assert not ran.planned


async def test_the_same_licence_by_name_and_by_id_in_both_lists_is_a_contradiction(
    tenant: Tenant,
) -> None:
    row = {
        "email": WITHOUT_CALLING,
        "add_license_ids": MESSAGING,
        "remove_license_ids": licence_id(tenant, MESSAGING),
    }
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "precondition_missing"
    assert "to give and to take the same licence" in ran.message
    assert not ran.writes


REFUSED_BY_THE_API = (
    Missing(
        "700006",
        {"email": WITHOUT_CALLING, "remove_license_ids": f'["{IMPLICIT}"]'},
        "non_retryable_external",
        "an implicit licence comes with the person",
    ),
    Missing(
        "400112",
        {"email": ON_PROFESSIONAL, "add_license_ids": STANDARD},
        "non_retryable_external",
        "a Professional licence cannot become a Standard one",
    ),
    Missing(
        "400404",
        {
            "email": WITHOUT_CALLING,
            "add_license_ids": f"{STANDARD}|{PROFESSIONAL}",
            "location_name": BARCELONA,
            "extension": FREE_EXTENSION,
        },
        "non_retryable_external",
        "Professional and Standard cannot be given together",
    ),
    Missing(
        "400408",
        {"email": ON_STANDARD, "add_license_ids": CONSOLE},
        "precondition_missing",
        "Attendant Console needs Webex Calling Professional",
    ),
)


@pytest.mark.parametrize("case", REFUSED_BY_THE_API, ids=lambda case: case.name)
async def test_a_refusal_of_the_api_is_explained(tenant: Tenant, case: Missing) -> None:
    before = names_held(tenant, case.row["email"])
    ran = await tenant.run(DEFINITION, case.row)
    assert ran.reason == case.reason
    assert case.told in ran.message
    assert f"code {case.name}" in ran.message
    assert "tracking id" in ran.message
    assert names_held(tenant, case.row["email"]) == before


@pytest.mark.parametrize("code", REFUSALS)
async def test_every_documented_code_is_explained_with_a_fix(tenant: Tenant, code: str) -> None:
    tenant.faults({"kind": "status", "status": 400, "code": int(code), "method": "PATCH"})
    ran = await tenant.run(DEFINITION, {"email": WITHOUT_CALLING, "add_license_ids": MEETINGS})
    assert ran.reason == REFUSALS[code].reason_code
    assert ran.message.startswith(REFUSALS[code].meaning)
    assert ran.message.endswith(f"Fix: {REFUSALS[code].fix}.")
    assert ran.outcome is not None
    assert ran.outcome.http_status == 400


async def test_an_error_without_a_known_code_stays_what_it_is(tenant: Tenant) -> None:
    tenant.faults({"kind": "status", "status": 403, "method": "PATCH"})
    ran = await tenant.run(DEFINITION, {"email": WITHOUT_CALLING, "add_license_ids": MEETINGS})
    assert ran.reason == "permission_denied"


async def test_a_part_given_is_half_applied_and_completed_by_the_next_run(tenant: Tenant) -> None:
    tenant.change(without_units(MEETINGS))
    context = ActionContext()  # believes in a unit that somebody else has taken meanwhile
    context.units.hand_back([LicenceRecord(licence_id(tenant, MEETINGS), MEETINGS)])
    row = {"email": WITHOUT_CALLING, "add_license_ids": f"{MEETINGS},Customer Assist"}
    ran = await tenant.run(DEFINITION, row, context=context)
    assert ran.reason == "half_applied"
    assert ran.outcome is not None
    assert ran.outcome.http_status == 206
    assert f"did not give {MEETINGS}" in ran.message
    assert "Customer Assist" in names_held(tenant, WITHOUT_CALLING)
    tenant.change(with_units(MEETINGS))
    again = await tenant.run(DEFINITION, row)
    assert again.message == f"changed: licenses_change; gave {MEETINGS}"
    assert again.writes[0].body["licenses"] == operations(tenant, ("add", MEETINGS))


async def test_a_unit_is_given_out_once_in_a_run(tenant: Tenant) -> None:
    tenant.change(without_units(MEETINGS), with_units(MEETINGS, 1))
    context = ActionContext()
    row = {"add_license_ids": MEETINGS}
    first = await tenant.run(
        DEFINITION, {**row, "email": WITHOUT_CALLING}, context=context, planning=True
    )
    assert first.is_success
    second = await tenant.run(
        DEFINITION, {**row, "email": ALSO_WITHOUT_CALLING}, context=context, planning=True
    )
    assert second.reason == "precondition_missing"
    assert f"no unit of the licence {MEETINGS} is left" in second.message


async def test_units_go_back_when_the_call_fails_and_when_they_are_taken_away(
    tenant: Tenant,
) -> None:
    context = ActionContext()
    tenant.faults({"kind": "status", "status": 403, "method": "PATCH"})
    row = {"email": WITHOUT_CALLING, "add_license_ids": MEETINGS}
    await tenant.run(DEFINITION, row, context=context)
    tenant.heal()
    assert not any(context.units._used.values())
    away = {"email": WITHOUT_CALLING, "remove_license_ids": MESSAGING}
    await tenant.run(DEFINITION, away, context=context)
    assert list(context.units._used.values()).count(-1) == 1


@pytest.mark.parametrize("kind", ["reset_after", "malformed_json"])
async def test_a_lost_answer_is_looked_up_before_any_repeat(tenant: Tenant, kind: str) -> None:
    tenant.faults({"kind": kind, "method": "PATCH", "times": 1})
    row = {
        "email": WITHOUT_CALLING,
        "add_license_ids": PROFESSIONAL,
        "remove_license_ids": MESSAGING,
        "location_name": BARCELONA,
        "extension": FREE_EXTENSION,
    }
    ran = await tenant.run(DEFINITION, row)
    assert ran.is_success, ran.message
    assert len(ran.writes) == 1


REJECTED = (
    ("no list at all", {"email": WITHOUT_CALLING}, "one of add_license_ids"),
    ("nobody named", {"add_license_ids": MESSAGING}, "one of person_id, email"),
    (
        "a location without a line",
        {"email": WITHOUT_CALLING, "add_license_ids": PROFESSIONAL, "location_name": BARCELONA},
        "an extension or a phone number beside the location",
    ),
    (
        "the same licence in both lists",
        {
            "email": WITHOUT_CALLING,
            "add_license_ids": PROFESSIONAL,
            "remove_license_ids": PROFESSIONAL.upper(),
        },
        "licences that add_license_ids does not hold",
    ),
    (
        "a damaged phone number",
        {"email": WITHOUT_CALLING, "add_license_ids": PROFESSIONAL, "phone_number": "3.491E+10"},
        "an international number",
    ),
)


@pytest.mark.parametrize(("name", "row", "told"), REJECTED, ids=[one[0] for one in REJECTED])
async def test_bad_input_is_rejected_before_any_call(
    tenant: Tenant, name: str, row: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.outcome is None
    assert ran.reason == "invalid_input_schema"
    assert told in ran.message


def test_the_operator_is_warned_of_removals() -> None:
    assert DEFINITION.warning == REMOVAL_WARNING
