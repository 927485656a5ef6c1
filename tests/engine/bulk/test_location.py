from __future__ import annotations

import pytest

from Space_OdT.engine.models import EntityType, RowStatus
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.bulk.conftest import Site

pytestmark = pytest.mark.xdist_group("bulk-actions")

LOCATION = {
    "location_name": "Girona Norte",
    "location_external_id": "S-1",
    "time_zone": "Europe/Madrid",
    "preferred_language": "es_es",
    "announcement_language": "ca_es",
    "address_line1": "Calle Mayor 1",
    "address_city": "Girona",
    "address_state": "Girona",
    "address_postal_code": "17001",
    "address_country": "ES",
}
PREMISES = {
    "pstn_connection_type": "LOCAL_GATEWAY",
    "premise_route_type": "ROUTE_GROUP",
    "premise_route_name": "RG_PRE",
}
MAIN = "+34972000001"


async def run(site: Site, **cells: str):
    return await site.run(EntityType.LOCATION, "S-1", **{**LOCATION, **cells})


def namesakes(simulator) -> int:
    return sum(one.name == "Girona Norte" for one in simulator.organisation.locations.values())


async def test_a_new_location_gets_everything_in_order(site, simulator) -> None:
    site.join(location_key="S-1", email="a@example.com", phone_number="+34972000002")
    outcome = await run(site, **PREMISES, main_number=MAIN)
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    assert outcome.message == (
        "changed: location_create, location_enable_calling, location_pstn_configure, "
        "location_numbers_add, location_main_number"
    )
    assert outcome.http_status == 204
    organisation = simulator.organisation
    stored = organisation.location_by_name("Girona Norte")
    assert stored.id == outcome.remote_id
    assert stored.calling
    assert stored.main_number == MAIN
    assert stored.announcement_language == "ca_es"
    numbers = {one.phone_number for one in organisation.plan.in_location(stored.id)}
    assert numbers == {MAIN, "+34972000002"}


async def test_the_second_time_nothing_is_written(site, simulator, client, tmp_path) -> None:
    await run(site, **PREMISES, main_number=MAIN)
    before = len(simulator.writes())
    again = Site(client, tmp_path)
    await again.know_everybody()
    outcome = await run(again, **PREMISES, main_number=MAIN)
    assert outcome.message == "unchanged"
    assert outcome.step == "location_lookup"
    assert len(simulator.writes()) == before


async def test_a_changed_cell_costs_exactly_one_call(site, simulator, client, tmp_path) -> None:
    await run(site)
    before = len(simulator.writes())
    outcome = await run(Site(client, tmp_path), address_line1="Calle Menor 2")
    assert outcome.message == "changed: location_update"
    written = simulator.writes()[before:]
    assert [one["method"] for one in written] == ["PUT"]


async def test_an_update_starts_from_what_was_read(site, simulator, client, tmp_path) -> None:
    await run(site, address_line2="Planta 3")
    await run(Site(client, tmp_path), address_line1="Calle Menor 2")
    stored = simulator.location("Girona Norte")
    assert stored.address1 == "Calle Menor 2"
    assert stored.address2 == "Planta 3"


async def test_an_external_id_survives_a_new_name(site, simulator, client, tmp_path) -> None:
    first = await run(site)
    outcome = await run(Site(client, tmp_path), location_name="Girona Nueva")
    assert outcome.remote_id == first.remote_id
    assert outcome.message == "changed: location_update"


async def test_a_language_of_announcements_is_changed_by_its_own_call(
    site, client, tmp_path
) -> None:
    await run(site)
    outcome = await run(Site(client, tmp_path), announcement_language="es_es")
    assert outcome.message == "changed: location_calling_update"
    assert (await run(Site(client, tmp_path), announcement_language="es_es")).message == "unchanged"


async def test_a_location_without_calling_is_only_created(site, simulator) -> None:
    outcome = await run(site, calling_enabled="false")
    assert outcome.message == "changed: location_create"
    assert not simulator.location("Girona Norte").calling


async def test_an_unknown_route_is_found_before_anything_is_written(site, simulator) -> None:
    outcome = await run(site, **{**PREMISES, "premise_route_name": "RG_NONE"})
    assert outcome.reason_code is ReasonCode.PRECONDITION_MISSING
    assert "RG_NONE" in outcome.message
    assert not simulator.writes()


async def test_a_connection_that_the_api_cannot_set_is_out_of_scope(site) -> None:
    outcome = await run(site, pstn_connection_type="CISCO_PSTN")
    assert outcome.reason_code is ReasonCode.OUT_OF_SCOPE
    assert outcome.step == "location_pstn_configure"
    assert "Control Hub" in outcome.message


async def test_a_carrier_is_chosen_when_only_one_can_be_meant(site, client, tmp_path) -> None:
    outcome = await run(site, pstn_connection_type="NON_INTEGRATED_CCP")
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    again = await run(Site(client, tmp_path), pstn_connection_type="NON_INTEGRATED_CCP")
    assert again.message == "unchanged"


async def test_a_main_number_of_another_location_is_a_missing_precondition(site, simulator) -> None:
    foreign = next(iter(simulator.organisation.plan.numbers))
    outcome = await run(site, **PREMISES, main_number=foreign)
    assert outcome.reason_code is ReasonCode.HALF_APPLIED
    assert "then precondition_missing" in outcome.message
    assert "another location has it" in outcome.message


async def test_numbers_refused_by_name_do_not_stop_the_others(site, simulator) -> None:
    taken = next(iter(simulator.organisation.plan.numbers))
    await site.know_everybody()
    known = await site.directory.number(taken)
    assert known is not None
    site.directory.note_removal(known)  # as if the list were older than the number
    site.join(location_key="S-1", email="a@example.com", phone_number=taken)
    site.join(location_key="S-1", email="b@example.com", phone_number="+34972000003")
    outcome = await run(site, **PREMISES)
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    assert f"not added: {taken}" in outcome.message
    added = simulator.organisation.plan.numbers["+34972000003"]
    assert added.location_id == outcome.remote_id


async def test_a_location_created_meanwhile_is_taken_over(
    site, simulator, client, tmp_path
) -> None:
    other = Site(client, tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    await site.directory.location("Girona Norte")
    first = await run(other)
    outcome = await run(site)
    assert outcome.remote_id == first.remote_id
    assert namesakes(simulator) == 1


@pytest.mark.parametrize("kind", ["reset_after", "malformed_json", "missing_field"])
async def test_a_create_whose_answer_is_lost_is_looked_up_not_repeated(
    site, simulator, kind
) -> None:
    simulator.faults({"kind": kind, "method": "POST", "path": "/locations", "times": 1})
    outcome = await run(site, calling_enabled="false")
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    created = [one for one in simulator.writes() if one["path"] == "/locations"]
    assert len(created) == 1
    assert namesakes(simulator) == 1


async def test_enabling_calling_twice_is_recognised(site, simulator) -> None:
    simulator.faults(
        {"kind": "reset_after", "method": "POST", "path": "/telephony/config/locations", "times": 1}
    )
    outcome = await run(site)
    assert outcome.status is RowStatus.SUCCESS, outcome.message
    enabled = [one for one in simulator.writes() if one["path"] == "/telephony/config/locations"]
    assert len(enabled) == 1


async def test_a_failure_after_a_write_is_half_applied_and_names_the_steps(site, simulator) -> None:
    simulator.faults(
        {"kind": "status", "status": 400, "method": "POST", "path": "/telephony/config/locations"}
    )
    outcome = await run(site)
    assert outcome.reason_code is ReasonCode.HALF_APPLIED
    assert outcome.message.startswith("done: location_create; then non_retryable_external: ")
    assert outcome.step == "location_enable_calling"
    assert outcome.http_status == 400


async def test_a_location_made_in_vain_is_taken_back_when_asked(site, simulator) -> None:
    site.compensates = True
    simulator.faults(
        {"kind": "status", "status": 400, "method": "POST", "path": "/telephony/config/locations"}
    )
    outcome = await run(site)
    assert outcome.reason_code is ReasonCode.NON_RETRYABLE_EXTERNAL
    assert "was taken back" in outcome.message
    assert not namesakes(simulator)
    assert await site.book.find("S-1") is None


async def test_calling_is_disabled_before_a_location_is_taken_back(site, simulator) -> None:
    site.compensates = True
    simulator.faults(
        {"kind": "status", "status": 400, "method": "PUT", "path": "/telephony/pstn/*"}
    )
    outcome = await run(site, **PREMISES)
    assert "was taken back" in outcome.message, outcome.message
    paths = [one["path"] for one in simulator.writes()]
    assert any(path.endswith("precheckForDeletion/invoke") for path in paths)
    assert not namesakes(simulator)


async def test_what_may_not_be_taken_back_stays_and_says_so(site, simulator) -> None:
    site.compensates = True
    simulator.faults(
        {"kind": "status", "status": 400, "method": "PUT", "path": "/telephony/pstn/*"},
        {"kind": "status", "status": 403, "method": "POST", "path": "*precheckForDeletion*"},
    )
    outcome = await run(site, **PREMISES)
    assert outcome.reason_code is ReasonCode.HALF_APPLIED
    assert "taking it back failed" in outcome.message
    assert namesakes(simulator) == 1


async def test_a_location_that_was_there_before_is_never_taken_back(
    site, simulator, client, tmp_path
) -> None:
    await run(site, calling_enabled="false")
    again = Site(client, tmp_path)
    again.compensates = True
    simulator.faults(
        {"kind": "status", "status": 400, "method": "PUT", "path": "/telephony/pstn/*"}
    )
    await run(again, **PREMISES)
    assert namesakes(simulator) == 1


async def test_a_plan_is_what_apply_sends(simulator, client, tmp_path, site) -> None:
    planned = Site(client, tmp_path, planning=True)
    for one in (planned, site):
        await one.know_everybody()
        one.join(location_key="S-1", email="a@example.com", phone_number="+34972000002")
    await run(planned, **PREMISES, main_number=MAIN)
    assert not simulator.writes()
    outcome = await run(site, **PREMISES, main_number=MAIN)
    sent = [(one["method"], one["path"], one["body"]) for one in simulator.writes()]
    expected = [
        (one.method, one.url.removeprefix(simulator.url), one.body) for one in planned.planned
    ]
    placeholder, quoted = "NEW-LOCATION(Girona Norte)", "NEW-LOCATION(Girona%20Norte)"
    known = [
        (
            method,
            path.replace(quoted, outcome.remote_id),
            {**body, "id": outcome.remote_id} if body.get("id") == placeholder else body,
        )
        for method, path, body in expected
    ]
    assert known == sent


async def test_a_read_back_that_never_shows_the_change_is_half_applied(site, simulator) -> None:
    simulator.faults(
        {"kind": "missing_field", "method": "GET", "path": "*/connection", "field": "routeId"}
    )
    outcome = await run(site, **PREMISES)
    assert outcome.reason_code is ReasonCode.HALF_APPLIED
    assert "does not show" in outcome.message
