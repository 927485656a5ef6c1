from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.ubicacion_configurar_llamadas_internas import DEFINITION
from tests.v21.conftest import Sent

BARCELONA = "Barcelona Centre 001"  # unknown extensions go to RG_PRE
GIRONA = "Girona Centre 002"  # they do not
FLAG = "enable_unknown_extension_route_policy"
ON = {"location_name": GIRONA, FLAG: "TRUE", "route_identity": "RG_PRE"}
OFF = {"location_name": BARCELONA, FLAG: "no"}


def setting(world: World, name: str, kind: str = "", route: str = "") -> Sent:
    place = world.organisation.location_by_name(name)
    assert place is not None
    body: dict[str, Any] = {"enableUnknownExtensionRoutePolicy": bool(kind)}
    if kind:
        table = {
            "TRUNK": world.organisation.trunks,
            "ROUTE_GROUP": world.organisation.route_groups,
        }[kind]
        found = next(one.id for one in table.values() if one.name == route)
        body["unknownExtensionRouteIdentity"] = {"id": found, "type": kind}
    return Sent("PUT", f"/telephony/config/locations/{place.id}/internalDialing", body)


TRUNK = f"LGW {BARCELONA}"
CASES = [
    ("on", ON, (GIRONA, "ROUTE_GROUP", "RG_PRE")),
    (
        "on, by a trunk",
        {**ON, "premise_route_type": "Trunk", "route_identity": TRUNK},
        (GIRONA, "TRUNK", TRUNK),
    ),
    (
        "another route",
        {**ON, "location_name": BARCELONA, "route_identity": "RG_PRO"},
        (BARCELONA, "ROUTE_GROUP", "RG_PRO"),
    ),
    ("on already", {**ON, "location_name": BARCELONA}, ()),
    ("off", OFF, (BARCELONA,)),
    ("off, whatever route the row carries", {**OFF, "route_identity": "RG_PRO"}, (BARCELONA,)),
    ("off already", {**OFF, "location_name": GIRONA}, ()),
]


@pytest.mark.parametrize(("row", "sent"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
async def test_a_plan_is_what_apply_sends_and_the_second_time_nothing(tenant, row, sent) -> None:
    expected = [setting(tenant.world, *sent)] if sent else []
    ran = await tenant.prove(DEFINITION, row)
    assert ran.writes == expected


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**ON, "location_name": "CUV3"}, "there is no location CUV3"),
        ({**ON, "location_name": "Tarragona Centre 004"}, "not enabled for Webex Calling"),
        ({**ON, "route_identity": "RG_NONE"}, "there is no route group RG_NONE"),
        ({**ON, "route_identity": TRUNK}, f"{TRUNK} is a trunk, not a route group"),
    ],
)
async def test_what_is_missing_is_told_before_any_write(tenant, row, words) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "precondition_missing"
    assert words in ran.message
    assert not ran.writes


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"location_name": GIRONA, "route_identity": "RG_PRE"}, f"column {FLAG}"),
        ({"location_name": GIRONA, FLAG: "true"}, "one of premise_route_id, route_identity"),
        ({**ON, FLAG: "perhaps"}, "true or false"),
        ({FLAG: "true", "route_identity": "RG_PRE"}, "one of location_id, location_name"),
    ],
)
async def test_wrong_cells_are_refused_before_any_call(tenant, row, words) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.outcome is None
    assert words in ran.message


async def test_an_id_that_contradicts_the_route_type_is_refused_before_any_call(tenant) -> None:
    group = next(iter(tenant.world.organisation.route_groups))
    row = {
        "location_name": GIRONA,
        FLAG: "true",
        "premise_route_id": group,
        "premise_route_type": "TRUNK",
    }
    ran = await tenant.run(DEFINITION, row)
    assert ran.outcome is None
    assert "this is the id of a ROUTE_GROUP" in ran.message


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"kind": "status", "status": 400, "method": "PUT"}, "non_retryable_external"),
        ({"kind": "status", "status": 403, "method": "PUT"}, "permission_denied"),
        ({"kind": "status", "status": 503, "method": "PUT"}, "retry_exhausted"),
        ({"kind": "status", "status": 204, "method": "PUT"}, "half_applied"),
        ({"kind": "status", "status": 401}, "auth_invalid"),
    ],
)
async def test_a_refusal_keeps_its_reason(tenant, rule, reason) -> None:
    tenant.faults({**rule, "path": "*/internalDialing"})
    ran = await tenant.run(DEFINITION, ON)
    assert ran.reason == reason, ran.message
