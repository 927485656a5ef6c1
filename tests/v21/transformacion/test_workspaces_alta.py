from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import Device, OwnerKind, Workspace
from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.parts import workspace_calling
from Space_OdT.v21.transformacion.parts.workspace_steps import calling_of
from Space_OdT.v21.transformacion.workspaces_alta import DEFINITION, expand
from tests.v21.conftest import Change, Sent, Tenant
from tests.v21.transformacion.licence_states import (
    BARCELONA,
    FREE_EXTENSION,
    FREE_NUMBER,
    GIRONA,
    HOT_DESK,
    MESSAGING,
    PROFESSIONAL,
    STANDARD,
    TARRAGONA,
    WORKSPACES,
    licence_id,
    location_id,
    second_subscription,
    without_units,
)

pytestmark = pytest.mark.xdist_group("v21-actions")

NAME = "Sala Nova"
ROW = {"display_name": NAME, "location_name": BARCELONA, "extension": FREE_EXTENSION}
# Workspaces of the simulated organisation (seed 1).
CALLING, CALLING_EXTENSION, CALLING_NUMBER = "Sala Barcelona 1", "80000013", "+34910000009"
BASIC, BASIC_EXTENSION = "Recepció Girona 2", "80010022"
WITHOUT_CALLING = "Sala Barcelona 7"
WITH_DEVICES = "Vestíbul Girona 8"  # free calling, and a device
FOR_HOT_DESKS = "Consergeria Barcelona 4"


def workspace(world: World, name: str) -> Workspace:
    return next(one for one in world.organisation.workspaces.values() if one.display_name == name)


def new_body(tenant: Tenant, licence_name: str = "", **line: str) -> dict[str, Any]:
    place = location_id(tenant, BARCELONA)
    details: dict[str, Any] = {"locationId": place, **line}
    if licence_name:
        details["licenses"] = [licence_id(tenant, licence_name)]
    return {
        "displayName": NAME,
        "locationId": place,
        "calling": {"type": "webexCalling", "webexCalling": details},
    }


@dataclass(frozen=True)
class Case:
    """A row on a state, and the body that creates the workspace."""

    name: str
    row: dict[str, str]
    body: Callable[[Tenant], dict[str, Any]]
    message: str = "changed: workspace_create"
    changes: tuple[Change, ...] = ()


CASES = (
    Case(
        "calling with an extension, and whichever licence is suitable",
        ROW,
        lambda tenant: new_body(tenant, extension=FREE_EXTENSION),
        f"changed: workspace_create; Webex chose {WORKSPACES}",
    ),
    Case(
        "a licence by name, with extension and number",
        {**ROW, "licenses": PROFESSIONAL, "phone_number": FREE_NUMBER},
        lambda tenant: new_body(
            tenant, PROFESSIONAL, extension=FREE_EXTENSION, phoneNumber=FREE_NUMBER
        ),
    ),
    Case(
        "a number alone tells the location",
        {"display_name": NAME, "phone_number": FREE_NUMBER, "licenses": WORKSPACES},
        lambda tenant: new_body(tenant, WORKSPACES, phoneNumber=FREE_NUMBER),
    ),
    Case(
        "for phones",
        {**ROW, "licenses": WORKSPACES, "supported_devices": "phones"},
        lambda tenant: {
            **new_body(tenant, WORKSPACES, extension=FREE_EXTENSION),
            "supportedDevices": "phones",
        },
    ),
    Case(
        "a hot desk has neither extension nor number",
        {"display_name": NAME, "location_name": BARCELONA, "licenses": HOT_DESK},
        lambda tenant: new_body(tenant, HOT_DESK),
    ),
    Case(
        "of several subscriptions the one with units",
        {**ROW, "licenses": WORKSPACES},
        lambda tenant: {
            **new_body(tenant),
            "calling": {
                "type": "webexCalling",
                "webexCalling": {
                    "locationId": location_id(tenant, BARCELONA),
                    "extension": FREE_EXTENSION,
                    "licenses": [list(tenant.world.organisation.licences)[-1]],
                },
            },
        },
        changes=(without_units(WORKSPACES), second_subscription(WORKSPACES)),
    ),
    Case(
        "a name that exists in another location is another workspace",
        {**ROW, "display_name": NAME, "licenses": WORKSPACES},
        lambda tenant: new_body(tenant, WORKSPACES, extension=FREE_EXTENSION),
        changes=(lambda world: setattr(workspace(world, BASIC), "display_name", NAME),),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_workspace_is_created_with_calling(tenant: Tenant, case: Case) -> None:
    tenant.change(*case.changes)
    body = case.body(tenant)
    ran = await tenant.prove(DEFINITION, case.row)
    assert ran.writes == [Sent("POST", "/workspaces", body)]
    assert ran.message == case.message


async def test_the_organisation_goes_into_the_body(tenant: Tenant) -> None:
    org_id = tenant.world.organisation.id
    ran = await tenant.prove(DEFINITION, {**ROW, "licenses": WORKSPACES, "org_id": org_id})
    assert ran.writes[0].body["orgId"] == org_id


@pytest.mark.parametrize(
    "row",
    [
        {"display_name": CALLING, "location_name": BARCELONA, "extension": CALLING_EXTENSION},
        {"display_name": CALLING, "phone_number": CALLING_NUMBER},
        {
            "display_name": CALLING,
            "location_name": BARCELONA,
            "extension": CALLING_EXTENSION,
            "phone_number": CALLING_NUMBER,
            "licenses": PROFESSIONAL,
        },
        {"display_name": FOR_HOT_DESKS, "location_name": BARCELONA, "licenses": HOT_DESK},
        {"display_name": FOR_HOT_DESKS, "licenses": HOT_DESK},
    ],
    ids=["extension", "number", "everything", "hot desk", "hot desk anywhere"],
)
async def test_one_that_is_as_desired_is_left_alone(tenant: Tenant, row: dict[str, str]) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.message == "unchanged; workspace_already_exists"
    assert not ran.writes
    assert ran.outcome is not None
    assert ran.outcome.remote_id == workspace(tenant.world, row["display_name"]).id


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        (CALLING, {"extension": CALLING_EXTENSION, "licenses": PROFESSIONAL}),
        (FOR_HOT_DESKS, {"licenses": HOT_DESK}),
    ],
    ids=["a line", "a hot desk"],
)
async def test_a_licence_that_webex_does_not_show_is_taken_for_the_right_one(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, name: str, cells: dict[str, str]
) -> None:
    monkeypatch.setattr(workspace_calling, "calling_of", lambda one: (calling_of(one)[0], None))
    row = {"display_name": name, "location_name": BARCELONA, **cells}
    ran = await tenant.run(DEFINITION, row)
    assert ran.message == "unchanged; workspace_already_exists"
    assert not ran.writes


@dataclass(frozen=True)
class Completion:
    """A row for a workspace that exists, and the calling part it is given."""

    name: str
    row: dict[str, str]
    calling: Callable[[Tenant], dict[str, Any]]
    changes: tuple[Change, ...] = ()


def _capacity(name: str) -> Change:
    def change(world: World) -> None:
        one = workspace(world, name)
        one.capacity, one.type, one.notes = 8, "meetingRoom", "first floor"

    return change


COMPLETIONS = (
    Completion(
        "calling is given to one without",
        {"display_name": WITHOUT_CALLING, "location_name": BARCELONA, "extension": FREE_EXTENSION},
        lambda tenant: {
            "locationId": location_id(tenant, BARCELONA),
            "extension": FREE_EXTENSION,
        },
        (_capacity(WITHOUT_CALLING),),
    ),
    Completion(
        "another extension, the number and licence stay",
        {"display_name": CALLING, "location_name": BARCELONA, "extension": FREE_EXTENSION},
        lambda tenant: {
            "locationId": location_id(tenant, BARCELONA),
            "extension": FREE_EXTENSION,
            "phoneNumber": CALLING_NUMBER,
            "licenses": [licence_id(tenant, PROFESSIONAL)],
        },
        (_capacity(CALLING),),
    ),
    Completion(
        "another licence, the line stays",
        {
            "display_name": BASIC,
            "location_name": GIRONA,
            "extension": BASIC_EXTENSION,
            "licenses": PROFESSIONAL,
        },
        lambda tenant: {
            "locationId": location_id(tenant, GIRONA),
            "extension": BASIC_EXTENSION,
            "licenses": [licence_id(tenant, PROFESSIONAL)],
        },
        (_capacity(BASIC),),
    ),
)


@pytest.mark.parametrize("case", COMPLETIONS, ids=lambda case: case.name)
async def test_one_that_lacks_something_is_completed_and_keeps_the_rest(
    tenant: Tenant, case: Completion
) -> None:
    tenant.change(*case.changes)
    before = workspace(tenant.world, case.row["display_name"])
    calling = {"type": "webexCalling", "webexCalling": case.calling(tenant)}
    ran = await tenant.prove(DEFINITION, case.row)
    (sent,) = ran.writes
    assert (sent.method, sent.path) == ("PUT", f"/workspaces/{before.id}")
    assert sent.body["calling"] == calling
    assert ran.message == "changed: workspace_update; workspace_already_exists"
    now = workspace(tenant.world, case.row["display_name"])
    assert (now.capacity, now.type, now.notes) == (8, "meetingRoom", "first floor")


def _device(name: str) -> Change:
    def change(world: World) -> None:
        owner = workspace(world, name)
        made = Device(
            id=world.next_id("DEVICE"),
            calling_id=None,
            display_name="A device",
            owner_id=owner.id,
            owner_kind=OwnerKind.PLACE,
            location_id=owner.location_id,
            product="Cisco 8851",
            type="phone",
            mac="00005E0053AA",
            serial="SIM00000001",
            ip="192.0.2.10",
            software="sim",
            created=owner.created,
        )
        world.organisation.add_device(made)

    return change


def _kind(name: str, kind: str) -> Change:
    def change(world: World) -> None:
        workspace(world, name).calling = kind

    return change


@dataclass(frozen=True)
class Missing:
    """A row that cannot be done, and why."""

    name: str
    row: dict[str, str]
    told: str
    changes: tuple[Change, ...] = ()


_BARE = {"display_name": WITHOUT_CALLING, "location_name": BARCELONA, "extension": FREE_EXTENSION}
MISSING = (
    Missing("no such licence", {**ROW, "licenses": "Gold"}, "has no licence Gold"),
    Missing("a licence for people", {**ROW, "licenses": STANDARD}, "is not for workspaces"),
    Missing("a licence without calling", {**ROW, "licenses": MESSAGING}, "is not for workspaces"),
    Missing("two licences", {**ROW, "licenses": f"{PROFESSIONAL};{WORKSPACES}"}, "has one calling"),
    Missing(
        "no unit of the licence left",
        {**ROW, "licenses": WORKSPACES},
        f"no unit of the licence {WORKSPACES} is left",
        (without_units(WORKSPACES),),
    ),
    Missing(
        "no unit of any suitable licence left",
        ROW,
        "no unit of a licence for workspaces is left",
        (without_units(WORKSPACES), without_units(PROFESSIONAL)),
    ),
    Missing("no such location", {**ROW, "location_name": "Nowhere"}, "no location Nowhere"),
    Missing("no calling there", {**ROW, "location_name": TARRAGONA}, "is not enabled"),
    Missing("extension taken", {**ROW, "extension": "80000001"}, "belongs to another person"),
    Missing("number nowhere", {**ROW, "phone_number": "+34919999999"}, "number_inventory_missing"),
    Missing("number elsewhere", {**ROW, "phone_number": "+351210020021"}, "another location"),
    Missing(
        "number taken", {**ROW, "phone_number": CALLING_NUMBER}, "belongs to another workspace"
    ),
    Missing(
        "no location for an extension",
        {"display_name": NAME, "extension": FREE_EXTENSION},
        "does not tell the location",
    ),
    Missing(
        "a hot desk with an extension",
        {**ROW, "licenses": HOT_DESK},
        f"{HOT_DESK} comes without extension",
    ),
    Missing(
        "a licence alone",
        {"display_name": NAME, "location_name": BARCELONA, "licenses": WORKSPACES},
        "without an extension or a number",
    ),
    Missing(
        "one that is not to be completed",
        {**_BARE, "skip_existing": "false"},
        f"workspace_already_exists: {WITHOUT_CALLING} is there already",
    ),
    Missing(
        "one with devices keeps its kind of calling",
        {**_BARE, "display_name": WITH_DEVICES, "location_name": GIRONA},
        "has freeCalling and devices",
    ),
    Missing(
        "one of a kind that does not give way",
        _BARE,
        "has hybridCalling, which does not give way",
        (_kind(WITHOUT_CALLING, "hybridCalling"),),
    ),
)


@pytest.mark.parametrize("planning", [True, False], ids=["plan", "apply"])
@pytest.mark.parametrize("case", MISSING, ids=lambda case: case.name)
async def test_what_is_missing_is_said_without_a_write(
    tenant: Tenant, case: Missing, planning: bool
) -> None:
    tenant.change(*case.changes)
    ran = await tenant.run(DEFINITION, case.row, planning=planning)
    assert ran.reason == "precondition_missing", ran.message
    assert case.told in ran.message
    assert not ran.writes
    assert not ran.planned


async def test_two_of_one_name_and_location_have_to_be_told_apart(tenant: Tenant) -> None:
    def twice(world: World) -> None:
        workspace(world, FOR_HOT_DESKS).display_name = CALLING

    tenant.change(twice)
    row = {"display_name": CALLING, "location_name": BARCELONA, "extension": FREE_EXTENSION}
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "precondition_missing"
    assert "2 entities" in ran.message


@pytest.mark.parametrize("kind", ["reset_after", "malformed_json", "missing_field"])
async def test_a_lost_answer_never_creates_a_second_workspace(tenant: Tenant, kind: str) -> None:
    tenant.faults({"kind": kind, "method": "POST", "path": "/workspaces", "times": 1})
    ran = await tenant.run(DEFINITION, {**ROW, "licenses": WORKSPACES})
    assert ran.is_success, ran.message
    assert len(ran.writes) == 1
    names = [one.display_name for one in tenant.world.organisation.workspaces.values()]
    assert names.count(NAME) == 1


async def test_a_create_that_never_landed_is_repeated(tenant: Tenant) -> None:
    tenant.faults({"kind": "reset_before", "method": "POST", "path": "/workspaces", "times": 1})
    ran = await tenant.run(DEFINITION, {**ROW, "licenses": WORKSPACES})
    assert ran.is_success, ran.message
    assert len(ran.writes) == 2


async def test_one_that_was_left_without_calling_is_finished_by_the_next_run(
    tenant: Tenant,
) -> None:
    def half_made(world: World) -> None:
        made = Workspace(
            id=world.next_id("PLACE"),
            display_name=NAME,
            created="2026-01-01T00:00:00.000Z",
            location_id=world.organisation.location_by_name(BARCELONA).id,
        )
        world.organisation.add_workspace(made)

    tenant.change(half_made)
    ran = await tenant.prove(DEFINITION, {**ROW, "licenses": PROFESSIONAL})
    assert [one.method for one in ran.writes] == ["PUT"]
    assert workspace(tenant.world, NAME).licences == [licence_id(tenant, PROFESSIONAL)]


async def test_units_go_back_when_the_call_fails(tenant: Tenant) -> None:
    tenant.faults({"kind": "status", "status": 403, "method": "POST", "path": "/workspaces"})
    ran = await tenant.run(DEFINITION, {**ROW, "licenses": WORKSPACES})
    assert ran.reason == "permission_denied"


async def test_an_update_that_is_refused_keeps_its_reason(tenant: Tenant) -> None:
    tenant.faults({"kind": "status", "status": 403, "method": "PUT", "path": "/workspaces/*"})
    row = {"display_name": BASIC, "location_name": GIRONA, "extension": FREE_EXTENSION}
    ran = await tenant.run(DEFINITION, {**row, "licenses": PROFESSIONAL})
    assert ran.reason == "permission_denied"


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (("freeCalling", ()), "has not got Webex Calling (it has freeCalling)"),
        (("webexCalling", ("another",)), f"has not got {WORKSPACES}"),
    ],
    ids=["no calling", "another licence"],
)
async def test_what_was_created_without_what_was_asked_is_half_applied(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, shown: Any, told: str
) -> None:
    monkeypatch.setattr(workspace_calling, "calling_of", lambda _: shown)
    ran = await tenant.run(DEFINITION, {**ROW, "licenses": WORKSPACES})
    assert ran.reason == "half_applied"
    assert told in ran.message


async def test_one_that_calls_from_another_location_stays_there(tenant: Tenant) -> None:
    def elsewhere(world: World) -> None:
        girona = world.organisation.location_by_name(GIRONA)
        assert girona is not None
        room = workspace(world, CALLING)
        world.organisation.plan.replace_primary(
            room.id, OwnerKind.PLACE, girona.id, None, "80010555"
        )

    tenant.change(elsewhere)
    row = {"display_name": CALLING, "location_name": BARCELONA, "extension": FREE_EXTENSION}
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "precondition_missing"
    assert "calls from another location, which cannot be changed" in ran.message


# -- lots -------------------------------------------------------------------------------------


def lot(*items: Any, **cells: str) -> dict[str, str]:
    return {
        "workspaces_lote_json": json.dumps(items),
        "location_name": BARCELONA,
        "licenses": WORKSPACES,
        **cells,
    }


ITEMS = (
    {"display_name": "Lot 1", "extension": "80009911"},
    {"displayName": "Lot 2", "extension": "80009912", "primaryNumber": FREE_NUMBER},
    {"displayName": "Lot 3", "extension": "80010991", "locationId": GIRONA},
)


async def test_a_lot_is_created_item_by_item(tenant: Tenant) -> None:
    ran = await tenant.prove(DEFINITION, lot(*ITEMS))
    assert [one.body["displayName"] for one in ran.writes] == ["Lot 1", "Lot 2", "Lot 3"]
    assert ran.writes[2].body["locationId"] == location_id(tenant, GIRONA)
    assert ran.writes[1].body["calling"]["webexCalling"]["phoneNumber"] == FREE_NUMBER
    assert ran.message == (
        "changed: workspace_create, workspace_create, workspace_create; "
        "total 3; 1 Lot 1: created; 2 Lot 2: created; 3 Lot 3: created"
    )


async def test_items_that_fail_do_not_stop_the_others(tenant: Tenant) -> None:
    items = (
        ITEMS[0],
        "no object",
        {"extension": "80009913"},
        {"display_name": "Lot 4", "extension": "80000001"},
        {"display_name": "Lot 5", "extension": "ext. five"},
        {"display_name": CALLING, "extension": CALLING_EXTENSION, "licenses": PROFESSIONAL},
    )
    ran = await tenant.run(DEFINITION, lot(*items))
    assert ran.reason == "half_applied"
    for part in (
        "partial_error: total 6, failures 4",
        "2: error item_no_es_objeto",
        "3: error display_name_requerido",
        "4 Lot 4: error the extension 80000001",
        "5 Lot 5: error column extension",
        "1 Lot 1: created",
        f"6 {CALLING}: skipped (workspace_already_exists)",
    ):
        assert part in ran.message
    again = await tenant.run(DEFINITION, lot(*items))
    assert "1 Lot 1: skipped" in again.message
    assert not again.writes


async def test_a_lot_stops_at_the_first_failure_when_told_so(tenant: Tenant) -> None:
    items = ({"display_name": "Lot 4", "extension": "80000001"}, *ITEMS)
    ran = await tenant.run(DEFINITION, lot(*items, continue_on_error="false"))
    assert ran.reason == "precondition_missing"
    assert "partial_error: total 4, failures 1, not tried 3" in ran.message
    assert not ran.writes


async def test_the_location_of_an_item_beats_that_of_the_row(tenant: Tenant) -> None:
    row = lot({"display_name": "Lot 1", "extension": "80010991", "site": GIRONA})
    del row["location_name"]
    row["location_id"] = location_id(tenant, BARCELONA)
    ran = await tenant.prove(DEFINITION, row)
    assert ran.writes[0].body["locationId"] == location_id(tenant, GIRONA)


def test_a_lot_can_be_taken_apart_into_rows_of_their_own() -> None:
    cells, problems = DEFINITION.prepare(lot(*ITEMS))
    assert not problems
    rows = expand(cells)
    assert [row["display_name"] for row in rows] == ["Lot 1", "Lot 2", "Lot 3"]
    prepared = [DEFINITION.prepare(row) for row in rows]
    assert not any(wrong for _, wrong in prepared)
    assert [row.get("location_name") for row, _ in prepared] == [BARCELONA, BARCELONA, None]
    assert [row.get("phone_number") for row, _ in prepared] == [None, FREE_NUMBER, None]
    assert prepared[2][0]["location_id"] == GIRONA
    assert all("workspaces_lote_json" not in row for row in rows)


def test_a_lot_does_not_hand_the_line_of_the_row_to_every_item() -> None:
    row = {**lot({"display_name": "Lot 1"}, {"display_name": "Lot 2"}), "licenses": "A licence"}
    cells, _ = DEFINITION.prepare({**row, "extension": "80000001", "phone_number": FREE_NUMBER})
    for one in expand(cells):
        assert "extension" not in one
        assert "phone_number" not in one
        assert one["licenses"] == cells["licenses"]


def test_what_is_wrong_in_a_lot_becomes_a_rejected_row_of_its_own() -> None:
    cells, _ = DEFINITION.prepare(lot(ITEMS[0], "no object", {"extension": "80009913"}))
    good, no_object, no_name = (DEFINITION.prepare(row)[1] for row in expand(cells))
    assert not good
    assert "item_no_es_objeto" in no_object[0].text()
    assert "one of display_name" in no_name[0].text()


async def test_a_lot_that_names_a_workspace_twice_makes_it_once(tenant: Tenant) -> None:
    again = {"display_name": "LOT 1", "extension": "80009913"}
    ran = await tenant.run(DEFINITION, lot(ITEMS[0], again))
    assert ran.reason == "half_applied"
    assert "2 LOT 1: error the same workspace as item 1" in ran.message
    assert len(ran.writes) == 1


@pytest.mark.parametrize(
    "cells",
    [ROW, lot(*ITEMS, continue_on_error="false")],
    ids=["a single one", "one that stops at an error"],
)
def test_other_rows_stay_as_they_are(cells: dict[str, str]) -> None:
    assert not expand(DEFINITION.prepare(cells)[0])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"location_name": BARCELONA, "extension": FREE_EXTENSION}, "one of display_name"),
        ({"display_name": NAME, "location_name": BARCELONA}, "one of extension"),
        ({"workspaces_lote_json": '{"a": 1}'}, "a JSON list of objects"),
        ({"workspaces_lote_json": "[oops"}, "a JSON list of objects"),
        ({**ROW, "phone_number": "3.4910E+10"}, "an international number"),
    ],
    ids=["no name", "no line", "an object", "no JSON", "a damaged number"],
)
async def test_bad_input_is_rejected_before_any_call(
    tenant: Tenant, row: dict[str, str], told: str
) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == "invalid_input_schema"
    assert told in ran.message
