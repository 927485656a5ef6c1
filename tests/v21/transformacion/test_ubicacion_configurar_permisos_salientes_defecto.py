from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.engine.calling_features import CALL_TYPES
from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.ubicacion_configurar_permisos_salientes_defecto import DEFINITION
from tests.v21.conftest import Sent

GIRONA = "Girona Centre 002"
ROW = {"location_name": GIRONA, "default_outgoing_profile": "closed"}


def rule(call_type: str, action: str = "BLOCK", *, transfer: bool = False) -> dict[str, Any]:
    return {"callType": call_type, "action": action, "transferEnabled": transfer}


CONTEXT = ActionContext(
    profiles={
        "closed": (rule("NATIONAL"), rule("SPECIAL_SERVICES_I", "AUTH_CODE")),
        "default": (rule("NATIONAL", "ALLOW", transfer=True),),
        "nothing": (),
    }
)


def path(world: World) -> str:
    place = world.organisation.location_by_name(GIRONA)
    assert place is not None
    return f"/telephony/config/locations/{place.id}/outgoingPermission"


def standing(locked: frozenset[str] = frozenset(), **further: Any) -> list[dict[str, Any]]:
    costly = {"INTERNATIONAL", "OPERATOR_ASSISTED", "CHARGEABLE_DIRECTORY_ASSISTED"}
    costly |= {"SPECIAL_SERVICES_II", "PREMIUM_SERVICES_I", "PREMIUM_SERVICES_II"}
    found = [
        rule(one, "BLOCK") if one in costly else rule(one, "ALLOW", transfer=True)
        for one in (*CALL_TYPES, *further)
    ]
    return [{**one, "isCallTypeRestrictionEnabled": one["callType"] in locked} for one in found]


def sent(world: World, *changes: dict[str, Any], without: frozenset[str] = frozenset()) -> Sent:
    by_type = {one["callType"]: one for one in changes}
    entries = [
        by_type.get(
            one["callType"], rule(one["callType"], one["action"], transfer=one["transferEnabled"])
        )
        for one in standing()
        if one["callType"] not in without
    ]
    return Sent("PUT", path(world), {"callingPermissions": entries})


async def test_a_plan_is_what_apply_sends_and_the_second_time_nothing(tenant) -> None:
    expected = sent(tenant.world, *CONTEXT.profiles["closed"])
    ran = await tenant.prove(DEFINITION, ROW, context=CONTEXT)
    assert ran.writes == [expected]
    assert ran.message.endswith("closed: NATIONAL, SPECIAL_SERVICES_I")


@pytest.mark.parametrize(
    "row", [{"location_name": GIRONA}, {**ROW, "default_outgoing_profile": "nothing"}]
)
async def test_what_is_in_force_already_costs_no_write(tenant, row) -> None:
    ran = await tenant.prove(DEFINITION, row, context=CONTEXT)
    assert ran.message == "unchanged"


async def test_only_what_differs_decides_and_the_rest_stays(tenant) -> None:
    first = await tenant.run(DEFINITION, ROW, context=CONTEXT)
    assert first.is_success
    ran = await tenant.prove(DEFINITION, {"location_name": GIRONA}, context=CONTEXT)
    kept = {one["callType"]: one["action"] for one in ran.writes[0].body["callingPermissions"]}
    assert kept["NATIONAL"] == "ALLOW"
    assert kept["SPECIAL_SERVICES_I"] == "AUTH_CODE"


def given(tenant, entries: list[dict[str, Any]]) -> None:
    def change(world: World) -> None:
        world.documents[path(world)] = {"callingPermissions": entries}

    tenant.change(change)


async def test_a_locked_call_type_that_differs_stands_in_the_way(tenant) -> None:
    given(tenant, standing(frozenset({"NATIONAL"})))
    ran = await tenant.run(DEFINITION, ROW, context=CONTEXT)
    assert ran.reason == "precondition_missing"
    assert f"NATIONAL of {GIRONA} is locked" in ran.message
    assert not ran.writes


async def test_a_locked_call_type_that_agrees_is_left_out_of_the_write(tenant) -> None:
    given(tenant, standing(frozenset({"TOLL_FREE"})))
    expected = sent(tenant.world, *CONTEXT.profiles["closed"], without=frozenset({"TOLL_FREE"}))
    ran = await tenant.prove(DEFINITION, ROW, context=CONTEXT)
    assert ran.writes == [expected]


async def test_further_call_types_are_kept_untouched(tenant) -> None:
    given(tenant, standing(UNKNOWN_TO_US=True))
    ran = await tenant.prove(DEFINITION, ROW, context=CONTEXT)
    types = [one["callType"] for one in ran.writes[0].body["callingPermissions"]]
    assert types == list(CALL_TYPES)
    stored = tenant.world.documents[path(tenant.world)]["callingPermissions"]
    assert stored[-1]["callType"] == "UNKNOWN_TO_US"


async def test_a_call_type_the_location_lacks_is_told_and_the_rest_is_done(tenant) -> None:
    given(tenant, [one for one in standing() if one["callType"] != "NATIONAL"])
    ran = await tenant.run(DEFINITION, ROW, context=CONTEXT)
    assert ran.is_success
    assert "there is no call type NATIONAL here" in ran.message


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**ROW, "default_outgoing_profile": "clsoed"}, 'did you mean "closed"? known: closed'),
        ({**ROW, "location_name": "CUV4"}, "there is no location CUV4"),
        ({**ROW, "location_name": "Tarragona Centre 004"}, "not enabled for Webex Calling"),
    ],
)
async def test_what_is_missing_is_told_before_any_write(tenant, row, words) -> None:
    ran = await tenant.run(DEFINITION, row, context=CONTEXT)
    assert ran.reason == "precondition_missing"
    assert words in ran.message
    assert not ran.writes


async def test_without_a_file_of_profiles_nothing_is_pretended(tenant) -> None:
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.reason == "precondition_missing"
    assert "none; give a file of outgoing profiles" in ran.message


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, "non_retryable_external"), (403, "permission_denied"), (204, "half_applied")],
)
async def test_a_refusal_keeps_its_reason(tenant, status, reason) -> None:
    tenant.faults({"kind": "status", "status": status, "method": "PUT", "path": "*"})
    ran = await tenant.run(DEFINITION, ROW, context=CONTEXT)
    assert ran.reason == reason


async def test_a_row_without_a_location_is_refused(tenant) -> None:
    ran = await tenant.run(DEFINITION, {"default_outgoing_profile": "closed"}, context=CONTEXT)
    assert "one of location_id, location_name" in ran.message
