from __future__ import annotations

import pytest

from Space_OdT.engine import action_helpers as bodies
from Space_OdT.engine.action_helpers import LocationFacts
from Space_OdT.webex.records import Person

CELLS = {
    "location_name": "Girona",
    "time_zone": "Europe/Madrid",
    "announcement_language": "ca_es",
    "address_line1": "Calle Mayor 1",
    "address_city": "Girona",
    "address_state": "Girona",
    "address_postal_code": "17001",
    "address_country": "ES",
}
FACTS = LocationFacts.of(CELLS)
LISTED = {
    "id": "L1",
    "name": "Girona",
    "timeZone": "Europe/Madrid",
    "preferredLanguage": "es_ES",
    "address": {
        "address1": "Calle  Mayor 1 ",
        "address2": "Planta 2",
        "city": "Girona",
        "state": "Girona",
        "postalCode": "17001",
        "country": "ES",
    },
}


def test_one_language_stands_for_the_other() -> None:
    body = bodies.location_body(FACTS)
    assert body["preferredLanguage"] == body["announcementLanguage"] == "ca_es"
    assert body["address"] == {
        "address1": "Calle Mayor 1",
        "city": "Girona",
        "state": "Girona",
        "postalCode": "17001",
        "country": "ES",
    }


def test_only_what_the_row_says_is_compared() -> None:
    assert not bodies.location_differs(FACTS, LISTED)
    assert bodies.location_differs(LocationFacts(name="Other", time_zone=""), LISTED)
    assert bodies.location_differs(LocationFacts(name="", time_zone="UTC"), LISTED)
    assert bodies.location_differs(LocationFacts("", "", address={"city": "Lleida"}), LISTED)
    assert not bodies.location_differs(LocationFacts("", ""), LISTED)


@pytest.mark.parametrize(
    ("wanted", "shown", "differs"),
    [
        ("es_es", "es_ES", False),
        ("es_es", "es-ES", False),
        ("ca_es", "es_ES", True),
        ("", "es_ES", False),
        ("es_es", None, False),
        ("es_es", "", False),
    ],
)
def test_languages_compare_without_case_and_only_when_both_are_known(
    wanted, shown, differs
) -> None:
    assert bodies.language_differs(wanted, shown) is differs


def test_an_update_is_complete_and_starts_from_what_is_there() -> None:
    body = bodies.location_update_body(LocationFacts("", "", address={"city": "Salt"}), LISTED)
    assert body["name"] == "Girona"
    assert body["preferredLanguage"] == "es_ES"
    assert body["address"] == {**LISTED["address"], "city": "Salt"}


def test_enabling_calling_repeats_the_whole_location() -> None:
    body = bodies.enable_calling_body(FACTS, {"id": "L1", "name": "Girona"})
    assert body == {"id": "L1", **bodies.location_body(FACTS)}
    unnamed = bodies.enable_calling_body(
        LocationFacts("", "UTC", "es_es"), {"id": "L1", "name": "Girona"}
    )
    assert unnamed["name"] == "Girona"


def test_a_connection_is_a_route_or_an_option() -> None:
    assert bodies.pstn_body("TRUNK", "T1") == {"premiseRouteType": "TRUNK", "premiseRouteId": "T1"}
    assert bodies.pstn_body("O1") == {"id": "O1"}


def test_numbers_always_say_their_state() -> None:
    assert bodies.numbers_body(["+34"]) == {
        "phoneNumbers": ["+34"],
        "numberType": "DID",
        "state": "ACTIVE",
    }


def test_a_licence_carries_location_and_line_in_one_call() -> None:
    person = Person("P1", ("a@example.com",), (), "L1", "100", ("+34910000001",))
    assert bodies.licence_body(person, "C1") == {
        "personId": "P1",
        "licenses": [
            {
                "id": "C1",
                "operation": "add",
                "properties": {
                    "locationId": "L1",
                    "extension": "100",
                    "phoneNumber": "+34910000001",
                },
            }
        ],
    }
    bare = bodies.licence_body(Person("P1", ()), "C1")
    assert bare["licenses"][0]["properties"] == {}


PERSON = {
    "id": "P1",
    "emails": ["a@example.com"],
    "displayName": "Ana",
    "firstName": "Ana",
    "roles": ["R"],
    "licenses": ["C1"],
    "extension": "100",
    "locationId": "L1",
    "loginEnabled": "true",
    "phoneNumbers": [
        {"type": "mobile", "value": "+34600000000"},
        {"type": "work", "value": "+34910000001"},
    ],
    "created": "2026-01-01",
    "status": "active",
    "sipAddresses": [{"type": "enterprise", "value": "a@x"}],
    "type": "person",
}


def test_a_person_goes_back_as_it_was_read_but_for_the_line() -> None:
    body = bodies.person_body(PERSON, "200", "")
    assert body == {
        "emails": ["a@example.com"],
        "displayName": "Ana",
        "firstName": "Ana",
        "roles": ["R"],
        "licenses": ["C1"],
        "extension": "200",
        "locationId": "L1",
        "loginEnabled": True,
        "phoneNumbers": [{"type": "work", "value": "+34910000001"}],
    }
    other = bodies.person_body(PERSON, "", "+34910000002")
    assert other["extension"] == "100"
    assert other["phoneNumbers"] == [{"type": "work", "value": "+34910000002"}]


def test_somebody_without_a_number_keeps_none() -> None:
    body = bodies.person_body({"displayName": "Ana"}, "200", "")
    assert body["phoneNumbers"] == []
    assert bodies.work_number({"displayName": "Ana"}) == ""


def test_small_bodies() -> None:
    assert bodies.main_number_body("+34") == {"callingLineId": {"phoneNumber": "+34"}}
    assert bodies.announcement_language_body("ca_es") == {"announcementLanguage": "ca_es"}
    assert bodies.disable_calling_body("L1") == {"locationId": "L1", "forceDelete": False}
    assert bodies.alternate_number_body("+34") == {
        "phoneNumbers": [{"primary": False, "action": "ADD", "directNumber": "+34"}]
    }
    assert bodies.settings_body({"enabled": True}) == {"enabled": True}
