from __future__ import annotations

import pytest

from Space_OdT.v21.transformacion.site_location import DEFINITION
from tests.v21.conftest import Sent, Tenant

NAME = "CUV97210000101"
ROW = {
    "location_name": NAME,
    "time_zone": "Europe / Madrid",
    "preferred_language": "es_ES",
    "announcement_language": "ca_es",
    "address1": "Carrer Major 1",
    "city": "Girona",
    "state": "Girona",
    "postal_code": "08001",
    "country": "ES",
}
BODY = {
    "name": NAME,
    "timeZone": "Europe/Madrid",
    "preferredLanguage": "es_es",
    "announcementLanguage": "ca_es",
    "address": {
        "address1": "Carrer Major 1",
        "city": "Girona",
        "state": "Girona",
        "postalCode": "08001",
        "country": "ES",
    },
}


async def test_a_location_that_does_not_exist_is_created_once(tenant: Tenant) -> None:
    ran = await tenant.prove(DEFINITION, ROW)
    assert ran.writes == [Sent("POST", "/locations", BODY)]
    found = tenant.world.organisation.location_by_name(NAME)
    assert found is not None
    assert ran.outcome is not None
    assert ran.outcome.remote_id == found.id


async def test_one_that_exists_is_left_as_it_is(tenant: Tenant) -> None:
    ran = await tenant.run(DEFINITION, {**ROW, "location_name": "Girona Centre 002"})
    assert ran.is_success
    assert ran.message == "unchanged; location_already_exists"
    assert ran.writes == []


@pytest.mark.parametrize(
    "name", ["time_zone", "address1", "city", "state", "postal_code", "country"]
)
async def test_what_creating_it_needs_and_nobody_says_is_named(tenant: Tenant, name: str) -> None:
    ran = await tenant.run(DEFINITION, {**ROW, name: ""})
    assert ran.reason == "precondition_missing"
    assert ran.message.startswith(f"there is no location {NAME}, and it cannot be created without")
    assert name in ran.message
    assert ran.writes == []


async def test_one_language_stands_for_the_other(tenant: Tenant) -> None:
    ran = await tenant.run(DEFINITION, {**ROW, "preferred_language": ""})
    assert ran.writes[0].body["preferredLanguage"] == "ca_es"
    both = {"preferred_language": "", "announcement_language": ""}
    ran = await tenant.run(DEFINITION, {**ROW, **both, "location_name": "Another"})
    assert "preferred_language" in ran.message


async def test_a_creation_of_open_outcome_is_looked_up_before_it_is_repeated(
    tenant: Tenant,
) -> None:
    tenant.faults({"kind": "reset_after", "method": "POST", "path": "/locations", "times": 1})
    ran = await tenant.run(DEFINITION, ROW)
    assert ran.is_success, ran.message
    assert [call.method for call in ran.calls if call.path == "/locations"].count("POST") == 1
    names = [one.name for one in tenant.world.organisation.locations.values()]
    assert names.count(NAME) == 1
