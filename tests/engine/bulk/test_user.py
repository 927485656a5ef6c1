from __future__ import annotations

import pytest

from Space_OdT.engine.models import EntityType, RowStatus
from Space_OdT.simulator.world import World
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.bulk.conftest import Site

pytestmark = pytest.mark.xdist_group("bulk-actions")

EXTENSION = "79000001"


async def run(site: Site, email: str, **cells: str):
    return await site.run(EntityType.USER, email, email=email, **cells)


async def ready(site: Site, simulator, **line: str) -> tuple[str, str]:
    """Give somebody without calling, and a calling location with free numbers; join a line."""
    email = await site.somebody(calling=False)
    home = next(
        one
        for one in simulator.organisation.locations.values()
        if one.calling and one.pstn.value == "LOCAL_GATEWAY"
    )
    site.join(email=email, location_key=home.name, **(line or {"extension": EXTENSION}))
    return email, home.name


def person(simulator, email: str):
    return simulator.organisation.person_by_email(email)


async def test_licence_location_and_extension_are_given_in_one_call(site, simulator) -> None:
    email, home = await ready(site, simulator)
    outcome = await run(site, email, location_key=home)
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    assert outcome.message == "changed: user_enable_calling"
    assert [one["method"] for one in simulator.writes()] == ["PATCH"]
    stored = person(simulator, email)
    assert stored.id == outcome.remote_id
    assert simulator.organisation.locations[stored.location_id].name == home
    assert simulator.organisation.plan.primary(stored.id).extension == EXTENSION


async def test_the_second_time_nothing_is_sent_at_all(site, simulator, client, tmp_path) -> None:
    email, home = await ready(site, simulator)
    await run(site, email, location_key=home)
    again = Site(client, tmp_path)
    await again.know_everybody()
    await again.licences.all()
    before = len(simulator.calls())
    outcome = await run(again, email, location_key=home)
    assert outcome.message == "unchanged"
    assert outcome.step == "user_lookup"
    assert outcome.http_status is None
    assert len(simulator.calls()) == before


async def test_somebody_who_does_not_exist_is_never_created(site, simulator) -> None:
    outcome = await run(site, "nobody@example.com", location_key="X")
    assert outcome.reason_code is ReasonCode.USER_NOT_FOUND
    assert outcome.step == "user_lookup"
    assert not simulator.writes()


async def test_calling_without_extension_or_number_needs_no_call_to_be_refused(
    site, simulator
) -> None:
    email = await site.somebody(calling=False)
    outcome = await run(site, email, location_key="X")
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert outcome.step == "user_enable_calling"
    assert not simulator.writes()


async def test_an_unknown_location_is_a_missing_precondition(site, simulator) -> None:
    email = await site.somebody(calling=False)
    site.join(email=email, location_key="Nowhere", extension=EXTENSION)
    outcome = await run(site, email, location_key="Nowhere")
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "Nowhere" in outcome.message


async def test_an_extension_that_is_taken_costs_no_call(site, simulator) -> None:
    email = await site.somebody(calling=False)
    organisation = simulator.organisation
    owner = next(one for one in organisation.people.values() if one.location_id)
    line = organisation.plan.primary(owner.id)
    home = organisation.locations[owner.location_id].name
    site.join(email=email, location_key=home, extension=line.extension)
    outcome = await run(site, email, location_key=home)
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "belongs to another person" in outcome.message
    assert not simulator.writes()


async def test_where_numbers_are_not_known_the_api_has_the_last_word(site, simulator) -> None:
    email, home = await ready(site, simulator, phone_number="+34999999999")
    site.directory.numbers.is_complete = False
    outcome = await run(site, email, location_key=home)
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert outcome.http_status == 400
    assert "27966" in outcome.message


async def test_a_licence_that_does_not_exist_names_those_that_do(site, simulator) -> None:
    email, home = await ready(site, simulator)
    outcome = await run(site, email, location_key=home, calling_license="Webex Calling - Gold")
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "Webex Calling - Professional" in outcome.message


async def test_when_no_unit_is_left_no_call_is_spent(site, simulator) -> None:
    email, home = await ready(site, simulator)
    for licence in await site.licences.all():
        site.licences.take(licence, licence.free_units)
    outcome = await run(site, email, location_key=home)
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "no unit of" in outcome.message
    assert not simulator.writes()


async def test_a_unit_is_handed_back_when_the_call_fails(site, simulator) -> None:
    email, home = await ready(site, simulator)
    licence = (await site.licences.named(""))[0]
    before = site.licences.free_units(licence)
    simulator.faults({"kind": "status", "status": 400, "method": "PATCH"})
    await run(site, email, location_key=home)
    assert site.licences.free_units(licence) == before


async def test_a_licence_that_was_not_given_is_half_applied(site, simulator) -> None:
    email, home = await ready(site, simulator)
    simulator.faults(
        {"kind": "status", "status": 206, "method": "PATCH", "path": "/licenses/users"}
    )
    outcome = await run(site, email, location_key=home)
    assert outcome.status is RowStatus.PENDING


async def test_another_licence_is_given_where_the_person_is(site, simulator) -> None:
    organisation = simulator.organisation
    standard = next(one for one in organisation.licences.values() if "Standard" in one.name)
    holder = organisation.holders(standard.id)[0]
    await site.know_everybody()
    outcome = await run(
        site, holder.email, location_key="X", calling_license="Webex Calling - Professional"
    )
    assert outcome.message == "changed: user_enable_calling"
    now = person(simulator, holder.email)
    assert now.location_id == holder.location_id
    assert standard.id not in now.licences


async def test_settings_are_read_merged_and_written_only_when_different(
    site, simulator, client, tmp_path
) -> None:
    email, home = await ready(site, simulator)
    cells = {
        "location_key": home,
        "calling_settings_forward_always_destination": "530000001",
        "calling_settings_do_not_disturb_enabled": "true",
    }
    first = await run(site, email, **cells)
    assert first.message.startswith(
        "changed: user_enable_calling, apply_calling_settings:callForwarding"
    )
    again = Site(client, tmp_path)
    await again.know_everybody()
    before = len(simulator.writes())
    second = await run(again, email, **cells)
    assert second.message == "unchanged"
    assert len(simulator.writes()) == before


async def test_settings_of_somebody_who_is_not_to_have_calling_are_refused(site, simulator) -> None:
    email = await site.somebody(calling=False)
    outcome = await run(
        site, email, calling_enabled="false", calling_settings_do_not_disturb_enabled="true"
    )
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert not simulator.writes()


async def test_without_calling_wanted_nothing_happens(site, simulator) -> None:
    email = await site.somebody(calling=False)
    outcome = await run(site, email, calling_enabled="false")
    assert outcome.message == "unchanged"
    assert not simulator.writes()


async def test_a_profile_nobody_described_is_a_missing_precondition(site, simulator) -> None:
    email = await site.somebody(calling=True)
    outcome = await run(site, email, calling_settings_outgoing_profile="gold")
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "gold" in outcome.message
    assert not simulator.writes()


async def test_an_outgoing_profile_is_applied_by_name(site, simulator) -> None:
    email = await site.somebody(calling=True)
    outcome = await run(site, email, calling_settings_outgoing_profile="internal")
    assert outcome.message == "changed: apply_calling_settings:outgoingPermission"
    body = simulator.writes()[-1]["body"]
    actions = {one["callType"]: one["action"] for one in body["callingPermissions"]}
    assert actions["INTERNATIONAL"] == "BLOCK"
    assert body["useCustomEnabled"] is True


@pytest.mark.parametrize("kind", ["reset_after", "malformed_json"])
async def test_a_lost_answer_is_looked_up_before_the_call_is_repeated(
    site, simulator, kind
) -> None:
    email, home = await ready(site, simulator)
    simulator.faults({"kind": kind, "method": "PATCH", "times": 1})
    outcome = await run(site, email, location_key=home)
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    assert [one["method"] for one in simulator.writes()] == ["PATCH"]


async def test_a_connection_cut_before_the_call_landed_leads_to_one_repeat(site, simulator) -> None:
    email, home = await ready(site, simulator)
    simulator.faults({"kind": "reset_before", "method": "PATCH", "times": 1})
    outcome = await run(site, email, location_key=home)
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    assert len(simulator.writes()) == 2


async def test_a_server_error_that_stays_is_retry_exhausted(site, simulator) -> None:
    email, home = await ready(site, simulator)
    simulator.faults({"kind": "status", "status": 503, "method": "PATCH"})
    outcome = await run(site, email, location_key=home)
    assert outcome.reason_code is ReasonCode.RETRY_EXHAUSTED
    assert outcome.http_status == 503
    assert outcome.tracking_id


async def test_settings_that_fail_after_calling_was_enabled_are_half_applied(
    site, simulator
) -> None:
    email, home = await ready(site, simulator)
    simulator.faults({"kind": "status", "status": 403, "method": "PUT", "path": "*/voicemail"})
    simulator.faults({"kind": "status", "status": 403, "method": "GET", "path": "*/voicemail"})
    outcome = await run(site, email, location_key=home, calling_settings_voicemail_enabled="false")
    assert outcome.reason_code is ReasonCode.HALF_APPLIED
    assert outcome.message.startswith("done: user_enable_calling; then permission_denied")


async def test_a_plan_of_a_user_is_what_apply_sends(site, simulator, client, tmp_path) -> None:
    planned = Site(client, tmp_path, planning=True)
    email, home = await ready(planned, simulator)
    await ready(site, simulator)
    cells = {"location_key": home}
    await run(planned, email, **cells)
    assert not simulator.writes()
    await run(site, email, **cells)
    sent = [(one["method"], one["path"], one["body"]) for one in simulator.writes()]
    assert sent == [
        (one.method, one.url.removeprefix(simulator.url), one.body) for one in planned.planned
    ]


async def test_somebody_with_settings_is_moved_before_they_are_written(site, simulator) -> None:
    email = await site.somebody(calling=True)
    organisation = simulator.organisation
    person = organisation.person_by_email(email)
    other = next(
        one
        for one in organisation.locations.values()
        if one.calling and one.id != person.location_id
    )
    site.join(email, other.name, "79000001")
    outcome = await run(
        site,
        email,
        location_key=other.name,
        calling_settings_outgoing_profile="internal",
    )
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    assert outcome.message.startswith("changed: move_to_location, apply_calling_settings:")
    assert simulator.organisation.person_by_email(email).location_id == other.id
    path = f"/people/{person.id}/features/outgoingPermission"
    document = World.from_state(simulator.control("GET", "state")).documents[path]
    assert document["useCustomEnabled"], "a move resets the outgoing permissions"
    assignment = await site.run(
        EntityType.EXTENSION_ASSIGNMENT,
        email,
        email=email,
        location_key=other.name,
        extension="79000001",
    )
    assert assignment.message == "unchanged"
