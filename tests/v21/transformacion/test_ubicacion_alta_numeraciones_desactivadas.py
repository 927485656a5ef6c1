from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import Number, PstnKind
from Space_OdT.simulator.organisation.pstn import offer_of
from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.definition import ActionContext, LegacyFormulas
from Space_OdT.v21.transformacion.ubicacion_alta_numeraciones_desactivadas import DEFINITION
from Space_OdT.webex.directory import Directory
from tests.v21.conftest import Sent, Tenant

BARCELONA, GIRONA, LISBON = "Barcelona Centre 001", "Girona Centre 002", "Lisboa Diagonal 003"
ONE, TWO, THREE = "+34972000001", "+34972000002", "+34972000003"
ROW = {"location_name": GIRONA, "phone_numbers": f"{ONE}, {TWO}"}
NOTHING: tuple[Sent, ...] = ()


def place(world: World, name: str = GIRONA) -> Any:
    found = world.organisation.location_by_name(name)
    assert found is not None
    return found


def adding(world: World, *numbers: str, **changes: str) -> Sent:
    body = {
        "phoneNumbers": list(numbers),
        "numberType": "DID",
        "numberUsageType": "NONE",
        "state": "INACTIVE",
        **changes,
    }
    return Sent("POST", f"/telephony/config/locations/{place(world).id}/numbers", body)


def number_of(world: World, name: str, state: str = "ACTIVE", *, owned: bool | None = None) -> str:
    plan = world.organisation.plan
    for one in plan.in_location(place(world, name).id):
        is_owned = plan.owner_of(one.phone_number) is not None
        if one.state == state and owned in {None, is_owned}:
            return one.phone_number
    raise AssertionError("none")


def state_of(tenant: Tenant, number: str) -> str:
    return tenant.world.organisation.plan.numbers[number].state


@dataclass(frozen=True)
class Case:
    name: str
    row: dict[str, str]
    sent: Callable[[World], list[Sent]] = field(default=lambda _: [])
    words: str = ""
    context: ActionContext | None = None


WELL = (
    Case("new", ROW, lambda w: [adding(w, ONE, TWO)], "2 numbers added as INACTIVE"),
    Case(
        "dirty cells are cleaned, repeated ones count once",
        {**ROW, "phone_numbers": " 34972000001 |+34 972 00 00 02; +34972000001"},
        lambda w: [adding(w, ONE, TWO)],
    ),
    Case(
        "an extension adds its intercom number",
        {**ROW, "phone_numbers": ONE, "extension": "80009001"},
        lambda w: [adding(w, ONE, "+34510009001")],
    ),
    Case(
        "an extension alone is enough, the formula is configuration",
        {"location_name": GIRONA, "extension": "80009001"},
        lambda w: [adding(w, "+34529001")],
        context=ActionContext(LegacyFormulas(intercom_prefix="+3452", intercom_tail=4)),
    ),
    Case(
        "an extension need not mean a number",
        {**ROW, "extension": "80009001", "intercom_from_extension": "no"},
        lambda w: [adding(w, ONE, TWO)],
    ),
    Case(
        "portions",
        {**ROW, "phone_numbers": f"{ONE},{TWO},{THREE}"},
        lambda w: [adding(w, ONE, TWO), adding(w, THREE)],
        "3 numbers added",
        ActionContext(numbers_per_call=2),
    ),
    Case(
        "toll-free service numbers",
        {
            **ROW,
            "number_type": "tollfree",
            "number_usage_type": "service",
            "number_state": "INACTIVE",
        },
        lambda w: [adding(w, ONE, TWO, numberType="TOLLFREE", numberUsageType="SERVICE")],
    ),
    Case(
        "mobile ones go in portions of 20",
        {
            **ROW,
            "number_type": "MOBILE",
            "phone_numbers": ",".join(f"+346000000{n:02d}" for n in range(21)),
        },
        lambda w: [
            adding(w, *(f"+346000000{n:02d}" for n in range(20)), numberType="MOBILE"),
            adding(w, "+34600000020", numberType="MOBILE"),
        ],
    ),
)


@pytest.mark.parametrize("case", WELL, ids=lambda case: case.name)
async def test_a_plan_is_what_apply_sends_and_the_second_time_nothing(tenant, case: Case) -> None:
    expected = case.sent(tenant.world)
    ran = await tenant.prove(DEFINITION, case.row, context=case.context)
    assert ran.writes == expected
    assert case.words in ran.message
    for request in ran.writes:
        assert {state_of(tenant, one) for one in request.body["phoneNumbers"]} == {"INACTIVE"}


@pytest.mark.parametrize("owned", [True, False])
async def test_a_number_in_service_is_never_deactivated(tenant, owned) -> None:
    there = number_of(tenant.world, GIRONA, owned=owned)
    ran = await tenant.prove(DEFINITION, {**ROW, "phone_numbers": there})
    assert ran.message == f"unchanged; 1 there already, ACTIVE and left so: {there}"
    assert state_of(tenant, there) == "ACTIVE"


async def test_half_loaded_numbers_are_completed(tenant) -> None:
    there = number_of(tenant.world, GIRONA, "INACTIVE")
    expected = [adding(tenant.world, ONE)]
    ran = await tenant.prove(DEFINITION, {**ROW, "phone_numbers": f"{there},{ONE}"})
    assert ran.writes == expected
    assert ran.message == "changed: numbers_add; 1 number added as INACTIVE, 1 there already"


async def test_a_number_of_another_location_is_pending_and_the_others_are_loaded(tenant) -> None:
    foreign = number_of(tenant.world, BARCELONA)
    expected = [adding(tenant.world, ONE)]
    ran = await tenant.run(DEFINITION, {**ROW, "phone_numbers": f"{foreign},{ONE}"})
    assert ran.reason == "half_applied"
    assert ran.writes == expected
    assert f"{BARCELONA} has {foreign}" in ran.message
    assert "done: numbers_add; then precondition_missing: 1 number added" in ran.message


async def test_only_foreign_numbers_cost_no_write(tenant) -> None:
    foreign = number_of(tenant.world, BARCELONA)
    ran = await tenant.run(DEFINITION, {**ROW, "phone_numbers": foreign})
    assert ran.reason == "precondition_missing"
    assert not ran.writes


async def test_webex_names_the_numbers_it_refuses_and_the_others_are_loaded(tenant) -> None:
    organisation = tenant.world.organisation
    virtual = next(iter(organisation.virtual_extensions.values())).phone_number
    expected = [adding(tenant.world, ONE, virtual), adding(tenant.world, ONE)]
    ran = await tenant.run(DEFINITION, {**ROW, "phone_numbers": f"{ONE},{virtual}"})
    assert ran.writes == expected
    assert ran.reason == "half_applied"
    assert f"Webex refused {virtual}: [Error 8361]" in ran.message
    assert state_of(tenant, ONE) == "INACTIVE"


async def test_when_all_are_refused_nothing_was_done(tenant) -> None:
    virtual = next(iter(tenant.world.organisation.virtual_extensions.values())).phone_number
    ran = await tenant.run(DEFINITION, {**ROW, "phone_numbers": virtual})
    assert ran.reason == "non_retryable_external"
    assert len(ran.writes) == 1


async def test_an_already_exists_is_resolved_by_looking_again(tenant) -> None:
    """The answer says 409 although the numbers were added: the inventory counts, not the status."""
    rule = {"kind": "status_after", "status": 409, "code": 25223, "method": "POST", "times": 1}
    tenant.faults({**rule, "path": "*/numbers"})
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.message == "unchanged; 2 there already"
    assert state_of(tenant, ONE) == "INACTIVE"


@pytest.mark.parametrize("where", [GIRONA, BARCELONA])
async def test_a_number_that_came_to_be_meanwhile_is_found_by_its_refusal(tenant, where) -> None:
    directory = Directory(tenant.client)
    for number in (ONE, TWO):
        assert await directory.number(number) is None

    def loaded(world: World) -> None:
        world.organisation.plan.add(Number(ONE, place(world, where).id, "ACTIVE"))

    tenant.change(loaded)
    expected = [adding(tenant.world, ONE, TWO), adding(tenant.world, TWO)]
    ran = await tenant.run(DEFINITION, ROW, directory=directory)
    assert ran.writes == expected
    assert state_of(tenant, ONE) == "ACTIVE"
    if where == GIRONA:
        assert ran.message.endswith(f"1 there already, ACTIVE and left so: {ONE}")
    else:
        assert ran.reason == "half_applied"
        assert f"{BARCELONA} has {ONE}" in ran.message


async def test_an_unexplained_refusal_is_told_as_it_came(tenant) -> None:
    tenant.faults({"kind": "status", "status": 400, "method": "POST", "path": "*/numbers"})
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.reason == "non_retryable_external"
    assert "HTTP 400" in ran.message
    assert len(ran.writes) == 1


async def test_a_later_portion_that_fails_leaves_word_of_the_earlier_ones(tenant) -> None:
    tenant.faults(
        {"kind": "status", "status": 400, "method": "POST", "path": "*/numbers", "after": 1}
    )
    context = ActionContext(numbers_per_call=1)
    ran = await tenant.run(DEFINITION, ROW, context=context)
    assert ran.reason == "half_applied"
    assert f"1 number added as INACTIVE; not added: {TWO}" in ran.message
    tenant.heal()
    expected = [adding(tenant.world, TWO)]
    again = await tenant.run(DEFINITION, ROW, context=context)
    assert again.writes == expected
    assert again.is_success


@pytest.mark.parametrize("kind", ["reset_after", "malformed_json"])
async def test_a_lost_answer_is_looked_up_not_repeated(tenant, kind) -> None:
    tenant.faults({"kind": kind, "method": "POST", "path": "*/numbers", "times": 1})
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.is_success, ran.message
    assert len(ran.writes) == 1


async def test_numbers_that_do_not_show_are_half_applied(tenant) -> None:
    tenant.faults(
        {
            "kind": "missing_field",
            "method": "GET",
            "path": "*/numbers",
            "field": "location",
            "after": 2,
        }
    )
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.reason == "half_applied", ran.message
    assert "does not show" in ran.message


def by_provider(kind: PstnKind) -> Callable[[World], None]:
    def change(world: World) -> None:
        one = place(world)
        one.pstn, one.pstn_id = kind, offer_of(world.organisation.id, kind)
        one.route_type = one.route_id = None

    return change


@pytest.mark.parametrize(
    ("row", "state", "reason", "words"),
    [
        ({**ROW, "location_name": "CUV1"}, None, "precondition_missing", "no location CUV1"),
        (
            {**ROW, "location_name": "Tarragona Centre 004"},
            None,
            "precondition_missing",
            "is not enabled for Webex Calling",
        ),
        (ROW, by_provider(PstnKind.NONE), "precondition_missing", "has no PSTN connection"),
        (ROW, by_provider(PstnKind.INTEGRATED_CCP), "out_of_scope", "may damage data"),
        (ROW, by_provider(PstnKind.CISCO_PSTN), "out_of_scope", "belong to its provider"),
    ],
)
async def test_what_stands_in_the_way_is_told_before_any_write(
    tenant, row, state, reason, words
) -> None:
    if state is not None:
        tenant.change(state)
    ran = await tenant.run(DEFINITION, row)
    assert ran.reason == reason, ran.message
    assert words in ran.message
    assert not ran.writes


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"location_name": GIRONA}, "one of phone_numbers, extension"),
        ({"phone_numbers": ONE}, "one of location_id, location_name"),
        ({**ROW, "phone_numbers": "3,49E+10"}, "phone_numbers"),
        ({**ROW, "phone_numbers": f"{ONE};0034"}, "international number"),
        ({**ROW, "number_state": "ACTIVE"}, "number_state"),
        ({**ROW, "number_type": "LANDLINE"}, "number_type"),
        (
            {"location_name": GIRONA, "extension": "80009001", "intercom_from_extension": "no"},
            "at least one number",
        ),
    ],
)
async def test_wrong_cells_are_refused_before_any_call(tenant, row, words) -> None:
    ran = await tenant.run(DEFINITION, row)
    assert ran.outcome is None
    assert words in ran.message


async def test_an_extension_too_short_for_the_formula_is_told(tenant) -> None:
    ran = await tenant.run(DEFINITION, {"location_name": GIRONA, "extension": "1234"})
    assert ran.reason == "precondition_missing"
    assert "fewer than the 7 digits" in ran.message


async def test_an_extension_means_no_mobile_number(tenant) -> None:
    row = {"location_name": GIRONA, "extension": "80009001", "number_type": "MOBILE"}
    assert "at least one number" in (await tenant.run(DEFINITION, row)).message
    expected = [adding(tenant.world, ONE, numberType="MOBILE")]
    ran = await tenant.prove(DEFINITION, {**row, "phone_numbers": ONE})
    assert ran.writes == expected


async def test_two_rows_of_a_run_do_not_load_one_number_into_two_locations(tenant) -> None:
    action = DEFINITION.build(ActionContext())
    one_run = replace(DEFINITION, build=lambda _: action)
    row = {"location_name": BARCELONA, "phone_numbers": f"{ONE},{TWO}"}
    first = await tenant.run(one_run, {**row, "location_name": GIRONA}, planning=True)
    second = await tenant.run(one_run, {**row, "phone_numbers": f"{ONE},{THREE}"}, planning=True)
    assert first.is_success
    assert [one.body["phoneNumbers"] for one in second.planned] == [[THREE]]
    assert second.reason == "half_applied"
    assert f"another row loads {ONE} into {GIRONA}" in second.message


async def test_many_numbers_cost_one_list_not_one_question_each(tenant) -> None:
    numbers = ",".join(f"+349721{n:05d}" for n in range(300))
    ran = await tenant.prove(DEFINITION, {**ROW, "phone_numbers": numbers})
    reads = [one for one in ran.calls if one.path == "/telephony/config/numbers"]
    assert [len(one.body["phoneNumbers"]) for one in ran.writes] == [200, 100]
    assert len(reads) == 2  # the whole list before, the location's afterwards
