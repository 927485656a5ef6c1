from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import Location, PstnKind
from Space_OdT.simulator.organisation.pstn import offer_of
from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.ubicacion_configurar_pstn import DEFINITION
from tests.v21.conftest import Sent

BARCELONA = "Barcelona Centre 001"  # RG_PRE
GIRONA = "Girona Centre 002"  # trunk
TARRAGONA = "Tarragona Centre 004"  # without Calling
CARRIER = "Example Carrier (non-integrated)"
LANGUAGES = {"preferred_language": "es_ES", "announcement_language": "ca_es"}
NEW = {"location_name": TARRAGONA, "route_identity": "RG_PRE", **LANGUAGES}

Make = Callable[[World], list[Sent]]


def at(world: World, name: str) -> Location:
    found = world.organisation.location_by_name(name)
    assert found is not None
    return found


def route(world: World, name: str) -> str:
    groups = world.organisation.route_groups.values()
    return next(one.id for one in groups if one.name == name)


def connection(world: World, name: str, **body: Any) -> Sent:
    return Sent("PUT", f"/telephony/pstn/locations/{at(world, name).id}/connection", body)


def by_group(name: str, group: str = "RG_PRE") -> Make:
    return lambda world: [
        connection(world, name, premiseRouteType="ROUTE_GROUP", premiseRouteId=route(world, group))
    ]


def by_carrier(name: str) -> Make:
    return lambda world: [
        connection(world, name, id=offer_of(world.organisation.id, PstnKind.NON_INTEGRATED_CCP))
    ]


def enabling(world: World, **changes: Any) -> Sent:
    place = at(world, TARRAGONA)
    address = {
        "address1": place.address1,
        "address2": place.address2,
        "city": place.city,
        "state": place.state,
        "postalCode": place.postal_code,
        "country": place.country,
    }
    body = {
        "id": place.id,
        "name": place.name,
        "timeZone": place.time_zone,
        "preferredLanguage": "es_es",
        "announcementLanguage": "ca_es",
        "address": {
            name: value
            for name, value in {**address, **changes.pop("address", {})}.items()
            if value is not None
        },
    }
    return Sent("POST", "/telephony/config/locations", {**body, **changes})


def unconnect(world: World) -> None:
    place = at(world, GIRONA)
    place.pstn, place.pstn_id, place.route_type, place.route_id = PstnKind.NONE, None, None, None


def by_provider(kind: PstnKind) -> Callable[[World], None]:
    def change(world: World) -> None:
        place = at(world, GIRONA)
        place.pstn, place.pstn_id = kind, offer_of(world.organisation.id, kind)
        place.route_type = place.route_id = None

    return change


def nothing(_: World) -> None:
    return None


@dataclass(frozen=True)
class Case:
    """A row, the state it meets, and every write it leads to; none means unchanged."""

    name: str
    row: dict[str, str]
    sent: Make = field(default=lambda _: [])
    state: Callable[[World], None] = nothing


WELL = (
    Case("new", NEW, lambda w: [enabling(w), *by_group(TARRAGONA)(w)]),
    Case(
        "new, the row knows better than the location",
        {**NEW, "time_zone": "Atlantic / Canary", "address1": "Carrer Nou 3", "postal_code": "430"},
        lambda w: [
            enabling(
                w,
                timeZone="Atlantic/Canary",
                address={"address1": "Carrer Nou 3", "postalCode": "430"},
            ),
            *by_group(TARRAGONA)(w),
        ],
    ),
    Case(
        "without a connection",
        {"location_name": GIRONA, "route_identity": "RG_PRE"},
        by_group(GIRONA),
        unconnect,
    ),
    Case("unchanged", {"location_name": BARCELONA, "route_identity": "RG_PRE"}),
    Case(
        "another route",
        {"location_name": BARCELONA, "route_identity": "RG_PRO"},
        by_group(BARCELONA, "RG_PRO"),
    ),
    Case(
        "a trunk becomes a route group",
        {"location_name": GIRONA, "route_identity": "rg_pre"},
        by_group(GIRONA),
    ),
    Case(
        "a trunk stays",
        {
            "location_name": GIRONA,
            "premise_route_type": "trunk",
            "route_identity": f"LGW {BARCELONA}",
        },
    ),
    Case(
        "the display name of the connection",
        {
            "location_name": BARCELONA,
            "route_identity": "RG_PRE",
            "pstn_connection_type": "premises based pstn",
        },
    ),
    Case(
        "a carrier by its display name",
        {"location_name": GIRONA, "pstn_connection_type": CARRIER},
        by_carrier(GIRONA),
    ),
    Case(
        "the only carrier by its type",
        {"location_name": GIRONA, "pstn_connection_type": "non-integrated ccp"},
        by_carrier(GIRONA),
    ),
    Case(
        "a carrier stays",
        {"location_name": "Lisboa Diagonal 003", "pstn_connection_type": CARRIER.upper()},
    ),
    Case(
        "a provider that is there already stays",
        {"location_name": GIRONA, "pstn_connection_type": "INTEGRATED_CCP"},
        state=by_provider(PstnKind.INTEGRATED_CCP),
    ),
)


@pytest.mark.parametrize("case", WELL, ids=lambda case: case.name)
async def test_a_plan_is_what_apply_sends_and_the_second_time_nothing(tenant, case: Case) -> None:
    tenant.change(case.state)
    expected = case.sent(tenant.world)
    ran = await tenant.prove(DEFINITION, case.row)
    assert ran.writes == expected
    assert ran.message.startswith("changed" if expected else "unchanged")


@dataclass(frozen=True)
class Trouble:
    """A row that cannot be done: why, in which words, and what was sent before."""

    name: str
    row: dict[str, str]
    reason: str
    words: str
    state: Callable[[World], None] = nothing
    faults: tuple[dict[str, Any], ...] = ()
    writes: int = 0


def forget_address(world: World) -> None:
    at(world, TARRAGONA).city = ""


def long_name(world: World) -> None:
    world.organisation.rename_location(at(world, TARRAGONA), "x" * 90)


ILL = (
    Trouble(
        "no location",
        {"location_name": "CUV00000000999", "route_identity": "RG_PRE"},
        "precondition_missing",
        "there is no location CUV00000000999",
    ),
    Trouble(
        "no route",
        {**NEW, "route_identity": "RG_NONE"},
        "precondition_missing",
        "there is no route group RG_NONE",
    ),
    Trouble(
        "a trunk is no route group",
        {**NEW, "route_identity": f"LGW {BARCELONA}"},
        "precondition_missing",
        f"LGW {BARCELONA} is a trunk, not a route group",
    ),
    Trouble("no city", NEW, "precondition_missing", "without city", forget_address),
    Trouble(
        "a name too long",
        {**NEW, "location_name": "x" * 90},
        "precondition_missing",
        "has 90 characters; Webex Calling takes 80",
        long_name,
    ),
    Trouble(
        "integrated",
        {"location_name": GIRONA, "pstn_connection_type": "Integrated CCP"},
        "out_of_scope",
        "INTEGRATED_CCP cannot be set through the API",
    ),
    Trouble(
        "integrated, for a location without Calling",
        {**NEW, "pstn_connection_type": "cisco calling plans"},
        "out_of_scope",
        "CISCO_PSTN cannot be set through the API",
    ),
    Trouble(
        "a provider's connection cannot be left",
        {"location_name": GIRONA, "route_identity": "RG_PRE"},
        "out_of_scope",
        "the present connection (CISCO_PSTN) cannot be changed",
        by_provider(PstnKind.CISCO_PSTN),
    ),
    Trouble(
        "an unknown carrier",
        {"location_name": GIRONA, "pstn_connection_type": "Acme Tel"},
        "precondition_missing",
        "is offered no connection that fit Acme Tel; offered: Prem",
    ),
    Trouble(
        "the option is refused",
        {"location_name": GIRONA, "pstn_connection_type": "Example Cloud Carrier"},
        "non_retryable_external",
        "cannot be configured by API",
        writes=1,
    ),
    Trouble(
        "half done",
        NEW,
        "half_applied",
        "done: enable_calling; then non_retryable_external",
        faults=({"kind": "status", "status": 400, "method": "PUT", "path": "*/connection"},),
        writes=2,
    ),
    Trouble(
        "not shown afterwards",
        {"location_name": BARCELONA, "route_identity": "RG_PRO"},
        "half_applied",
        "does not show",
        faults=(
            {"kind": "missing_field", "method": "GET", "path": "*/connection", "field": "routeId"},
        ),
        writes=1,
    ),
    Trouble(
        "forbidden",
        {"location_name": BARCELONA, "route_identity": "RG_PRO"},
        "permission_denied",
        "HTTP 403",
        faults=({"kind": "status", "status": 403, "method": "PUT", "path": "*/connection"},),
        writes=1,
    ),
    Trouble(
        "busy for ever",
        {"location_name": BARCELONA, "route_identity": "RG_PRO"},
        "retry_exhausted",
        "HTTP 503",
        faults=({"kind": "status", "status": 503, "method": "PUT", "path": "*/connection"},),
        writes=3,
    ),
)


@pytest.mark.parametrize("case", ILL, ids=lambda case: case.name)
async def test_what_stands_in_the_way_is_told(tenant, case: Trouble) -> None:
    tenant.change(case.state)
    tenant.faults(*case.faults)
    ran = await tenant.run(DEFINITION, case.row)
    assert ran.reason == case.reason, ran.message
    assert case.words in ran.message
    assert len(ran.writes) == case.writes


async def test_half_done_is_finished_by_the_next_run(tenant) -> None:
    tenant.faults({"kind": "status", "status": 400, "method": "PUT", "path": "*/connection"})
    await tenant.run(DEFINITION, NEW)
    tenant.heal()
    expected = by_group(TARRAGONA)(tenant.world)
    ran = await tenant.run(DEFINITION, NEW)
    assert ran.message == "changed: pstn_configure"
    assert ran.writes == expected


@pytest.mark.parametrize("kind", ["reset_after", "malformed_json", "missing_field"])
async def test_enabling_is_never_sent_twice_when_its_answer_is_lost(tenant, kind) -> None:
    tenant.faults(
        {"kind": kind, "method": "POST", "path": "/telephony/config/locations", "times": 1}
    )
    ran = await tenant.run(DEFINITION, NEW)
    assert ran.is_success, ran.message
    assert [one.method for one in ran.writes] == ["POST", "PUT"]


async def test_calling_that_somebody_else_enabled_meanwhile_is_taken_over(tenant) -> None:
    tenant.faults(
        {
            "kind": "status_after",
            "status": 409,
            "method": "POST",
            "path": "/telephony/config/locations",
            "times": 1,
        }
    )
    ran = await tenant.run(DEFINITION, NEW)
    assert ran.message == "changed: pstn_configure", ran.message


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"route_identity": "RG_PRE"}, "one of location_id, location_name"),
        ({"location_name": GIRONA}, "one of premise_route_id, route_identity"),
        ({**NEW, "premise_route_type": "DOOR"}, "premise_route_type"),
        ({**NEW, "country": "Spain"}, "country"),
        ({**NEW, "time_zone": "Europe/Nowhere"}, "time_zone"),
    ],
)
async def test_wrong_cells_are_refused_before_any_call(tenant, row, words) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.outcome is None
    assert words in ran.message


async def test_the_id_of_a_trunk_is_no_route_group(tenant) -> None:
    trunk = next(iter(tenant.world.organisation.trunks))
    row = {"location_name": GIRONA, "premise_route_id": trunk}
    ran = await tenant.run(DEFINITION, row)
    assert "this is the id of a TRUNK" in ran.message


async def test_ids_count_as_names_do_with_padding_or_without(tenant) -> None:
    world = tenant.world
    row = {
        "location_id": at(world, BARCELONA).id + "==",
        "premise_route_id": route(world, "RG_PRE") + "=",
        "org_id": world.organisation.id,
    }
    ran = await tenant.run(DEFINITION, row)
    assert ran.message.startswith("unchanged"), ran.message
    reads = [one for one in ran.calls if one.path.endswith("/connection")]
    assert reads[0].query == {"orgId": world.organisation.id}
