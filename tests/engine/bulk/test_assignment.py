from __future__ import annotations

import pytest

from Space_OdT.engine.models import EntityType, RowStatus
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.bulk.conftest import Site

pytestmark = pytest.mark.xdist_group("bulk-actions")

EXTENSION = "79000001"


async def run(site: Site, email: str, **cells: str):
    return await site.run(EntityType.EXTENSION_ASSIGNMENT, email, email=email, **cells)


def someone(simulator, *, pstn: str = "LOCAL_GATEWAY"):
    """Find a calling user and the name of his location."""
    organisation = simulator.organisation
    for one in organisation.people.values():
        if one.location_id and organisation.locations[one.location_id].pstn.value == pstn:
            return one, organisation.locations[one.location_id]
    raise AssertionError(pstn)


def free_number(simulator, location) -> str:
    plan = simulator.organisation.plan
    return next(
        one.phone_number
        for one in plan.in_location(location.id)
        if plan.owner_of(one.phone_number) is None
        and one.phone_number != location.main_number
        and one.number_type == "DID"
    )


def line(simulator, person):
    return simulator.organisation.plan.primary(person.id)


async def test_a_line_that_is_as_asked_needs_no_call(site, simulator) -> None:
    person, home = someone(simulator)
    await site.know_everybody()
    await site.directory.location(home.name)
    await site.licences.all()
    before = len(simulator.calls())
    outcome = await run(
        site, person.email, location_key=home.name, extension=line(simulator, person).extension
    )
    assert outcome.message == "unchanged"
    assert outcome.step == "assignment_lookup"
    assert len(simulator.calls()) == before


async def test_another_extension_keeps_the_rest_of_the_person(site, simulator) -> None:
    person, home = someone(simulator)
    number = line(simulator, person).phone_number
    await site.know_everybody()
    outcome = await run(site, person.email, location_key=home.name, extension=EXTENSION)
    assert outcome.message == "changed: assign_extension_or_number"
    now = simulator.organisation.person_by_email(person.email)
    assert (now.display_name, now.licences, now.title) == (
        person.display_name,
        person.licences,
        person.title,
    )
    assert line(simulator, person).extension == EXTENSION
    assert line(simulator, person).phone_number == number


async def test_another_number_keeps_the_extension(site, simulator, client, tmp_path) -> None:
    person, home = someone(simulator)
    extension = line(simulator, person).extension
    number = free_number(simulator, home)
    await site.know_everybody()
    outcome = await run(site, person.email, location_key=home.name, phone_number=number)
    assert outcome.message == "changed: assign_extension_or_number"
    assert line(simulator, person).phone_number == number
    assert line(simulator, person).extension == extension
    again = Site(client, tmp_path)
    await again.know_everybody()
    second = await run(again, person.email, location_key=home.name, phone_number=number)
    assert second.message == "unchanged"


async def test_somebody_without_calling_waits_for_his_user_row(site, simulator) -> None:
    email = await site.somebody(calling=False)
    outcome = await run(site, email, location_key="X", extension=EXTENSION)
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "no Webex Calling yet" in outcome.message
    assert not simulator.writes()


async def test_somebody_who_does_not_exist_is_reported_as_such(site) -> None:
    outcome = await run(site, "nobody@example.com", location_key="X", extension=EXTENSION)
    assert outcome.reason_code is ReasonCode.USER_NOT_FOUND


async def test_a_number_outside_the_location_costs_no_call(site, simulator) -> None:
    person, home = someone(simulator)
    await site.know_everybody()
    outcome = await run(site, person.email, location_key=home.name, phone_number="+34999999999")
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "in no location's inventory" in outcome.message
    assert not simulator.writes()


async def test_a_calling_user_is_moved_to_the_location_of_the_row(
    site, simulator, client, tmp_path
) -> None:
    person, home = someone(simulator)
    other = next(
        one for one in simulator.organisation.locations.values() if one.calling and one != home
    )
    await site.know_everybody()
    outcome = await run(site, person.email, location_key=other.name, extension=EXTENSION)
    assert outcome.message == "changed: move_to_location"
    moved = simulator.organisation.person_by_email(person.email)
    assert moved.location_id == other.id
    assert line(simulator, person).extension == EXTENSION
    again = Site(client, tmp_path)
    await again.know_everybody()
    second = await run(again, person.email, location_key=other.name, extension=EXTENSION)
    assert second.message == "unchanged"


async def test_a_move_that_fails_says_why(site, simulator) -> None:
    person, home = someone(simulator)
    organisation = simulator.organisation
    other = next(one for one in organisation.locations.values() if one.calling and one != home)
    taken = organisation.plan.primary(organisation.people_at(other.id)[0].id).extension
    await site.know_everybody()
    site.directory.numbers.is_complete = False  # so that only Webex knows it is taken
    outcome = await run(site, person.email, location_key=other.name, extension=taken)
    assert outcome.reason_code is ReasonCode.NON_RETRYABLE_EXTERNAL
    assert "the move to the location failed" in outcome.message
    assert "4202" in outcome.message or "already assigned" in outcome.message


async def test_a_second_number_is_added_once(site, simulator, client, tmp_path) -> None:
    person, home = someone(simulator)
    number = free_number(simulator, home)
    cells = {
        "location_key": home.name,
        "extension": line(simulator, person).extension,
        "calling_settings_alternate_number": number,
    }
    await site.know_everybody()
    outcome = await run(site, person.email, **cells)
    assert outcome.message == "changed: alternate_number_add", outcome.message
    again = Site(client, tmp_path)
    await again.know_everybody()
    assert (await run(again, person.email, **cells)).message == "unchanged"


async def test_a_second_number_whose_answer_is_lost_is_not_added_twice(site, simulator) -> None:
    person, home = someone(simulator)
    number = free_number(simulator, home)
    await site.know_everybody()
    simulator.faults({"kind": "reset_after", "method": "PUT", "first": 1, "path": "*/numbers"})
    outcome = await run(
        site,
        person.email,
        location_key=home.name,
        extension=line(simulator, person).extension,
        calling_settings_alternate_number=number,
    )
    assert outcome.message == "changed: alternate_number_add", outcome.message
    assert simulator.organisation.plan.owner_of(number).owner_id == person.id


async def test_two_rows_of_one_person_do_not_tread_on_each_other(site, simulator) -> None:
    import asyncio

    from Space_OdT.engine.models import Batch
    from Space_OdT.engine.row_runner import RowRunner
    from Space_OdT.engine.step_calls import StepCaller
    from tests.engine.bulk.conftest import row

    person, home = someone(simulator)
    number = free_number(simulator, home)
    await site.know_everybody()
    kind = EntityType.EXTENSION_ASSIGNMENT
    common = {"email": person.email, "location_key": home.name}
    rows = (
        row(1, kind, person.email, **common, extension=EXTENSION),
        row(2, kind, person.email, **common, phone_number=number),
    )
    batch = Batch("3-1", 3, 1, (1, 2), rows)
    runner = RowRunner(lambda one, steps: StepCaller(site.client, one, steps), site.directory)
    outcomes = await asyncio.gather(*(runner.run(batch, one, site.actions[kind]) for one in rows))
    assert [one.status for one, _ in outcomes] == [RowStatus.SUCCESS] * 2
    assert line(simulator, person).extension == EXTENSION
    assert line(simulator, person).phone_number == number


async def test_an_update_kept_only_in_parts_is_half_applied(site, simulator) -> None:
    person, home = someone(simulator)
    await site.know_everybody()
    simulator.faults(
        {"kind": "missing_field", "field": "extension", "method": "PUT", "path": "/people/*"}
    )
    outcome = await run(site, person.email, location_key=home.name, extension=EXTENSION)
    assert outcome.reason_code is ReasonCode.HALF_APPLIED
    assert "shows extension none" in outcome.message
