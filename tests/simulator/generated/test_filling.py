"""Generated values are plausible and refer to what exists."""

from __future__ import annotations

import re

import pytest

from tests.simulator.walking import Walker


@pytest.fixture(scope="module")
def walker():
    return Walker()


def values(node, name=""):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from values(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from values(item, name)
    else:
        yield name, node


def test_members_that_are_offered_are_people_of_the_organisation(walker):
    organisation = walker.service.world.organisation
    path = "/telephony/config/people/{personId}/monitoring/availableMembers"
    members = walker.read(walker.resolve(path))["members"]
    assert len({item["id"] for item in members}) == len(members) > 1
    for item in members:
        person = organisation.person(item["id"])
        assert (item["firstName"], item["lastName"]) == (person.first_name, person.last_name)


def test_locations_in_answers_are_locations(walker):
    organisation = walker.service.world.organisation
    path = "/telephony/config/locations/{locationId}/callParks"
    for item in walker.read(walker.resolve(path))["callParks"]:
        assert item["locationName"] == organisation.location(item["locationId"]).name


@pytest.mark.parametrize(
    "path",
    [
        "/people/{personId}/features/voicemail",
        "/people/{personId}/features/intercept",
        "/telephony/config/people/{personId}/singleNumberReach",
        "/cdr_feed",
    ],
)
def test_nothing_personal_is_real(walker, path):
    for name, value in values(walker.read(walker.resolve(path))):
        if isinstance(value, str) and "@" in value:
            assert value.endswith("@example.com"), name
        if isinstance(value, str) and value.startswith("+"):
            assert re.fullmatch(r"\+[1-9]\d{6,14}", value), name
        if isinstance(value, str) and "://" in value:
            assert "example.com" in value, name
