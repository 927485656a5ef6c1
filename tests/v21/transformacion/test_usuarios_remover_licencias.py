from __future__ import annotations

import pytest

from Space_OdT.engine.action_model import PendingError
from Space_OdT.v21.transformacion.parts import licence_changes
from Space_OdT.v21.transformacion.parts.licence_refusals import REFUSALS
from Space_OdT.v21.transformacion.parts.licence_wishes import REMOVAL_WARNING
from Space_OdT.v21.transformacion.usuarios_remover_licencias import DEFINITION
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.records import Licence
from tests.v21.conftest import Sent, Tenant
from tests.v21.transformacion.licence_states import (
    CONSOLE,
    IMPLICIT,
    MESSAGING,
    ON_PROFESSIONAL,
    PROFESSIONAL,
    STANDARD,
    WITHOUT_CALLING,
    holding,
    licence_id,
    names_held,
    operations,
    person,
    second_subscription,
)

pytestmark = pytest.mark.xdist_group("v21-actions")


async def test_licences_are_taken_away_in_one_call_and_the_second_time_nothing_is_sent(
    tenant: Tenant,
) -> None:
    row = {"email": WITHOUT_CALLING, "remove_license_ids": f"{MESSAGING},{STANDARD}"}
    body = {
        "personId": person(tenant, WITHOUT_CALLING).id,
        "licenses": operations(tenant, ("remove", MESSAGING)),
    }
    ran = await tenant.prove(DEFINITION, row)
    assert ran.writes == [Sent("PATCH", "/licenses/users", body)]
    assert ran.message == f"changed: licenses_change; took away {MESSAGING}"
    assert MESSAGING not in names_held(tenant, WITHOUT_CALLING)


async def test_without_calling_the_line_is_gone_and_the_message_says_so(tenant: Tenant) -> None:
    row = {"email": ON_PROFESSIONAL, "remove_license_ids": PROFESSIONAL}
    ran = await tenant.prove(DEFINITION, row)
    assert ran.message.endswith("the person's numbers and calling settings went with it")
    owner = person(tenant, ON_PROFESSIONAL)
    assert owner.location_id is None
    assert tenant.world.organisation.plan.primary(owner.id) is None


async def test_what_is_not_held_is_not_removed(tenant: Tenant) -> None:
    row = {"email": WITHOUT_CALLING, "remove_license_ids": STANDARD}
    ran = await tenant.run(DEFINITION, row)
    assert ran.message == "unchanged; remove_license_ids_not_assigned"
    assert not ran.writes


async def test_a_name_means_the_licence_of_every_subscription(tenant: Tenant) -> None:
    tenant.change(second_subscription(MESSAGING))
    second = list(tenant.world.organisation.licences)[-1]
    tenant.change(
        lambda world: world.organisation.set_licences(
            found := world.organisation.person_by_email(WITHOUT_CALLING),
            [*found.licences, second],
        )
    )
    row = {"email": WITHOUT_CALLING, "remove_license_ids": MESSAGING}
    ran = await tenant.run(DEFINITION, row)
    assert ran.is_success
    assert {one["id"] for one in ran.writes[0].body["licenses"]} == {
        licence_id(tenant, MESSAGING),
        second,
    }


async def test_an_implicit_licence_stays(tenant: Tenant) -> None:
    row = {"email": WITHOUT_CALLING, "remove_license_ids": f'["{IMPLICIT}"]'}
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "non_retryable_external"
    assert ran.message.startswith(REFUSALS["700006"].meaning)
    assert IMPLICIT in names_held(tenant, WITHOUT_CALLING)


async def test_professional_stays_while_attendant_console_needs_it(tenant: Tenant) -> None:
    tenant.change(holding(ON_PROFESSIONAL, CONSOLE))
    row = {"email": ON_PROFESSIONAL, "remove_license_ids": PROFESSIONAL}
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "precondition_missing"
    assert ran.message.startswith(REFUSALS["400408"].meaning)
    both = {"email": ON_PROFESSIONAL, "remove_license_ids": f"{PROFESSIONAL};{CONSOLE}"}
    assert (await tenant.run(DEFINITION, both)).is_success


async def test_a_lost_answer_is_looked_up_before_any_repeat(tenant: Tenant) -> None:
    tenant.faults({"kind": "status_after", "status": 503, "method": "PATCH", "times": 1})
    ran = await tenant.run(DEFINITION, {"email": WITHOUT_CALLING, "remove_license_ids": MESSAGING})
    assert ran.is_success, ran.message
    assert len(ran.writes) == 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"email": WITHOUT_CALLING}, "column remove_license_ids"),
        ({"remove_license_ids": MESSAGING}, "one of person_id, email"),
        (
            {"email": WITHOUT_CALLING, "remove_license_ids": "remove_license_id"},
            "the name of a column stands in place of a value",
        ),
    ],
    ids=["no licence", "nobody", "a header as a value"],
)
async def test_bad_input_is_rejected_before_any_call(
    tenant: Tenant, row: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "invalid_input_schema"
    assert told in ran.message


async def test_somebody_unknown_is_user_not_found(tenant: Tenant) -> None:
    row = {"email": "nobody@example.com", "remove_license_ids": MESSAGING}
    assert (await tenant.run(DEFINITION, row)).reason == "user_not_found"


def test_what_survives_or_is_missing_in_the_answer_is_half_applied_with_the_list() -> None:
    missing, surviving = Licence("M1", "Meetings"), Licence("S1", "Webex Calling - Standard")
    with pytest.raises(PendingError) as caught:
        licence_changes._check_done([missing], [surviving], 206)
    assert caught.value.reason_code is ReasonCode.HALF_APPLIED
    assert caught.value.status == 206
    assert "did not give Meetings" in caught.value.message
    assert "did not take away Webex Calling - Standard" in caught.value.message


def test_the_operator_is_warned() -> None:
    assert DEFINITION.warning == REMOVAL_WARNING
