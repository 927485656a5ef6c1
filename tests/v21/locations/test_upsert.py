from __future__ import annotations

from dataclasses import dataclass

import pytest

from Space_OdT.engine.bulk.location_book import read_map
from Space_OdT.simulator.world import World
from Space_OdT.v21.locations.columns import ENABLE
from tests.v21.conftest import Tenant
from tests.v21.locations.conftest import Locations

NAME = "CUV97210000101"
NEW = {
    "name": NAME,
    "time_zone": "Europe/Madrid",
    "preferred_language": "es_es",
    "announcement_language": "ca_es",
    "address1": "Carrer Major 1",
    "city": "Girona",
    "state": "Girona",
    "postal_code": "17001",
    "country": "ES",
}
FACTS = {
    "name": NAME,
    "timeZone": "Europe/Madrid",
    "preferredLanguage": "es_es",
    "announcementLanguage": "ca_es",
    "address": {
        "address1": "Carrer Major 1",
        "city": "Girona",
        "state": "Girona",
        "postalCode": "17001",
        "country": "ES",
    },
}
ENABLED, OTHER, WITHOUT = "Girona Centre 002", "Barcelona Centre 001", "Tarragona Centre 004"
LOCATION = "/locations/{id}"
CALLING = "/telephony/config/locations/{id}"
CONNECTION = "/telephony/pstn/locations/{id}/connection"
PERMISSIONS = f"{CALLING}/outgoingPermission"


async def test_a_new_site_is_created_enabled_and_connected(locations: Locations) -> None:
    ran = await locations.prove({**NEW, "route_group_id": "RG_PRE"})
    made = locations.id_of(NAME)
    (create, enable, connect) = ran.writes
    assert (create.method, create.path, create.body) == ("POST", "/locations", FACTS)
    assert (enable.method, enable.path) == ("POST", "/telephony/config/locations")
    assert enable.body == {"id": made, **FACTS}
    assert (connect.method, connect.path) == ("PUT", CONNECTION.format(id=made))
    assert connect.body["premiseRouteType"] == "ROUTE_GROUP"


@dataclass(frozen=True)
class Edit:
    """One cell of an existing site that differs: exactly one PUT."""

    cells: dict[str, str]
    path: str
    body: dict[str, object]


EDITS = {
    "city": Edit({"city": "Salt"}, LOCATION, {"city": "Salt"}),
    "address": Edit({"address1": "Plaça Nova 1"}, LOCATION, {"address1": "Plaça Nova 1"}),
    "second line": Edit({"address2": "Planta 1"}, LOCATION, {"address2": "Planta 1"}),
    "postal code": Edit({"postal_code": "01234"}, LOCATION, {"postalCode": "01234"}),
    "time zone": Edit({"time_zone": "Europe/Lisbon"}, LOCATION, {"timeZone": "Europe/Lisbon"}),
    "language": Edit({"preferred_language": "ca_es"}, LOCATION, {"preferredLanguage": "ca_es"}),
    "announcements": Edit(
        {"announcement_language": "es_es"}, CALLING, {"announcementLanguage": "es_es"}
    ),
    "profile": Edit({"default_outgoing_profile": "local-only"}, PERMISSIONS, {}),
}


@pytest.mark.parametrize("name", EDITS)
async def test_one_changed_cell_of_a_site_is_one_put(locations: Locations, name: str) -> None:
    edit = EDITS[name]
    ran = await locations.prove({"name": ENABLED, **edit.cells})
    (put,) = ran.writes
    assert put.method == "PUT"
    assert put.path == edit.path.format(id=locations.id_of(ENABLED))
    sent = {**put.body, **put.body.get("address", {})}
    assert {key: sent[key] for key in edit.body} == edit.body


async def test_what_a_row_leaves_blank_stays_as_it_is(locations: Locations) -> None:
    before = locations.tenant.world.organisation.location_by_name(ENABLED)
    await locations.prove({"name": ENABLED, "city": "Salt"})
    after = locations.tenant.world.organisation.location_by_name(ENABLED)
    assert before is not None
    assert after is not None
    assert (after.address1, after.address2, after.state) == (
        before.address1,
        before.address2,
        before.state,
    )
    assert after.city == "Salt"
    assert after.time_zone == before.time_zone
    assert after.announcement_language == before.announcement_language


async def test_a_site_that_is_as_its_row_says_is_left_alone(locations: Locations) -> None:
    ran = await locations.run({"name": ENABLED})
    assert ran.message == "unchanged"
    assert ran.writes == []


async def test_a_site_without_calling_is_enabled_with_what_it_shows_itself(
    locations: Locations,
) -> None:
    ran = await locations.prove({"name": WITHOUT, "route_group_id": "RG_PRE"})
    assert [one.method for one in ran.writes] == ["POST", "PUT"]
    assert ran.writes[0].path == "/telephony/config/locations"
    assert ran.writes[0].body["id"] == locations.id_of(WITHOUT)


async def test_the_head_number_must_be_in_the_inventory_of_the_site(locations: Locations) -> None:
    organisation = locations.tenant.world.organisation
    free = next(
        one.phone_number
        for one in organisation.plan.in_location(locations.id_of(ENABLED))
        if one.number_type == "DID"
        and one.phone_number != organisation.location_by_name(ENABLED).main_number  # type: ignore[union-attr]
        and organisation.plan.owner_of(one.phone_number) is None
    )
    ran = await locations.prove({"name": ENABLED, "main_number": free.removeprefix("+")})
    (put,) = ran.writes
    assert put.path == CALLING.format(id=locations.id_of(ENABLED))
    assert put.body["callingLineId"]["phoneNumber"] == free
    missing = await locations.run({"name": ENABLED, "main_number": "+34999999999"})
    assert missing.reason == "precondition_missing"
    assert "number_inventory_missing" in missing.message
    assert missing.writes == []


async def test_a_new_site_whose_head_number_is_nowhere_is_half_applied_and_can_be_completed(
    locations: Locations,
) -> None:
    row = {**NEW, "route_group_id": "RG_PRE", "main_number": "+34972999000"}
    ran = await locations.run(row)
    assert ran.reason == "half_applied"
    assert "number_inventory_missing" in ran.message
    again = await locations.run(row)
    assert again.reason == "precondition_missing"
    assert again.writes == []


async def test_the_profile_of_the_policy_holds_for_rows_that_name_none(
    locations: Locations,
) -> None:
    ran = await locations.prove({"name": ENABLED}, profile="local-only")
    (put,) = ran.writes
    assert put.path == PERMISSIONS.format(id=locations.id_of(ENABLED))
    unknown = await locations.run({"name": OTHER}, profile="nobody-knows")
    assert not unknown.is_success
    assert "nobody-knows" in unknown.message


# -- which location a row means ---------------------------------------------------------------


async def test_an_external_id_finds_the_site_again_whatever_its_name(locations: Locations) -> None:
    row = {**NEW, "location_external_id": "S-1"}
    await locations.prove(row)
    made = locations.id_of(NAME)
    assert read_map(locations.map_csv) == {"s-1": made}
    ran = await locations.run({**row, "name": "Another name", "city": "Salt"})
    (put,) = ran.writes
    assert put.path == LOCATION.format(id=made)
    assert put.body["name"] == NAME, "a name never changes"
    assert f"it is named {NAME} and keeps its name" in ran.message


async def test_an_external_id_is_never_taken_for_the_name_of_another_site(
    locations: Locations,
) -> None:
    ran = await locations.prove({**NEW, "location_external_id": ENABLED})
    assert ran.writes[0].path == "/locations"
    assert locations.id_of(NAME) != locations.id_of(ENABLED)


async def test_an_id_finds_its_site_and_only_its_site(locations: Locations) -> None:
    made = locations.id_of(ENABLED)
    ran = await locations.run({"name": "Whatever", "location_id": made, "city": "Salt"})
    assert [one.path for one in ran.writes] == [LOCATION.format(id=made)]
    for wrong in ("bm90aGluZw", OTHER):
        ran = await locations.run({**NEW, "location_id": wrong})
        assert ran.reason == "precondition_missing"
        assert f"there is no location with the id {wrong}" in ran.message


async def test_an_external_id_and_an_id_that_disagree_change_nothing(locations: Locations) -> None:
    await locations.run({"name": ENABLED, "location_external_id": "S-2"})
    row = {"name": ENABLED, "location_external_id": "S-2", "city": "Salt"}
    ran = await locations.run({**row, "location_id": locations.id_of(OTHER)})
    assert ran.reason == "precondition_missing"
    assert f"S-2 stands for {ENABLED}" in ran.message
    assert ran.writes == []


async def test_a_site_that_was_removed_is_made_again_under_its_external_id(
    locations: Locations,
) -> None:
    row = {**NEW, "location_external_id": "S-3"}
    before = locations.tenant.state()
    await locations.run(row)
    old = locations.id_of(NAME)
    locations.tenant.restore(before)
    ran = await locations.run({**row, "name": "CUV97210000103"})
    assert ran.writes[0].path == "/locations"
    assert read_map(locations.map_csv)["s-3"] == locations.id_of("CUV97210000103")
    assert old


async def test_a_row_of_another_organisation_is_left_alone(locations: Locations) -> None:
    ours = locations.tenant.world.organisation.id
    assert (await locations.run({"name": ENABLED, "org_id": ours}, organisation_id=ours)).is_success
    row = {"name": ENABLED, "city": "Salt", "org_id": "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8x"}
    ran = await locations.run(row, organisation_id=ours)
    assert ran.reason == "out_of_scope"
    assert ours in ran.message
    assert ran.calls == []


# -- what is missing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [one for one in NEW if one not in {"name", "announcement_language"}]
)
async def test_what_creating_a_site_needs_is_named(locations: Locations, name: str) -> None:
    blank = {name: ""} if "language" not in name else {name: "", "announcement_language": ""}
    ran = await locations.run({**NEW, **blank})
    assert ran.reason == "precondition_missing"
    assert f"creating it needs {name}" in ran.message
    assert ran.writes == []


async def test_one_language_stands_for_the_other(locations: Locations) -> None:
    ran = await locations.run({**NEW, "preferred_language": ""})
    assert ran.writes[0].body["preferredLanguage"] == "ca_es"


async def test_a_route_group_that_does_not_exist_stops_a_row_before_its_first_write(
    locations: Locations,
) -> None:
    ran = await locations.run({**NEW, "route_group_id": "RG_NOWHERE"})
    assert ran.reason == "precondition_missing"
    assert "RG_NOWHERE" in ran.message
    assert ran.writes == []


# -- only enabling ----------------------------------------------------------------------------


async def test_enabling_never_creates(locations: Locations) -> None:
    ran = await locations.run(NEW, kind=ENABLE)
    assert ran.reason == "precondition_missing"
    assert f"there is no location {NAME} to enable" in ran.message
    assert ran.writes == []


async def test_enabling_changes_nothing_else_of_the_site(locations: Locations) -> None:
    row = {**NEW, "name": WITHOUT}
    ran = await locations.prove(row, kind=ENABLE)
    (enable,) = ran.writes
    assert enable.path == "/telephony/config/locations"
    assert enable.body["address"]["city"] == "Tarragona"
    already = await locations.run({**NEW, "name": ENABLED}, kind=ENABLE)
    assert already.message == "unchanged"


# -- disturbances -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/locations", "/telephony/config/locations"])
async def test_a_creation_of_open_outcome_is_looked_up_before_it_is_repeated(
    locations: Locations, tenant: Tenant, path: str
) -> None:
    tenant.faults({"kind": "reset_after", "method": "POST", "path": path, "times": 1})
    ran = await locations.run(NEW)
    assert ran.is_success, ran.message
    assert [one.path for one in ran.writes].count(path) == 1
    names = [one.name for one in tenant.world.organisation.locations.values()]
    assert names.count(NAME) == 1


async def test_a_site_that_shows_no_address_gets_that_of_its_row(locations: Locations) -> None:
    def without_address(world: World) -> None:
        found = world.organisation.location_by_name(ENABLED)
        assert found is not None
        found.address1 = found.city = found.state = found.postal_code = ""

    locations.tenant.change(without_address)
    ran = await locations.prove({**NEW, "name": ENABLED, "announcement_language": ""})
    (put,) = ran.writes
    assert put.body["address"]["address1"] == "Carrer Major 1"
    assert put.body["address"]["postalCode"] == "17001"


async def test_a_new_site_gets_its_profile_in_the_same_row(locations: Locations) -> None:
    row = {**NEW, "route_group_id": "RG_PRE", "default_outgoing_profile": "local-only"}
    plan = await locations.run(row, planning=True)
    ran = await locations.run(row)
    assert [one.method for one in ran.writes] == ["POST", "POST", "PUT", "PUT"]
    assert ran.writes[-1].path == PERMISSIONS.format(id=locations.id_of(NAME))
    # of a site that does not exist yet, a plan cannot read the permissions it would keep
    assert [one.method for one in plan.planned] == ["POST", "POST", "PUT", "PUT"]
    assert plan.planned[-1].path == PERMISSIONS.format(id=f"NEW-LOCATION({NAME})")
    assert (await locations.run(row)).writes == []
