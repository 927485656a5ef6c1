"""Each chart draws the numbers it is about and repeats them as a table."""

from __future__ import annotations

from Space_OdT.inventory.report.facts import LicenceUse, NumberStates, OrganisationFacts, Share
from Space_OdT.inventory.report.panel_layout import in_two_columns
from Space_OdT.inventory.report.panels import build_panels
from Space_OdT.inventory.report.texts import Texts
from tests.inventory.report.test_coverage import covered_by


def panels(facts, covered=()):
    return {panel.key: panel for panel in build_panels(facts, covered, Texts())}


def test_people_beyond_the_largest_locations_are_added_up():
    counts = {f"Site {n:02}": 100 - n for n in range(30)} | {"": 7}
    panel = panels(OrganisationFacts(people_by_location=counts))["people"]
    assert "20 others" in panel.svg
    assert f"{sum(100 - n for n in range(10, 30)):,}" in panel.svg
    assert panel.rows[0] == ("Site 00", "100")
    assert panel.rows[-1] == ("No location", "7")
    assert len(panel.rows) == 31


def test_calling_shows_a_ring_for_each_thing_that_was_read():
    facts = OrganisationFacts(people=Share(10, 4), workspaces=Share(0, 0), locations=Share(4))
    panel = panels(facts)["calling"]
    assert panel.svg.count("<svg") == 1
    assert panel.rows == (("People", "4", "6", "10"),)


def test_numbers_keep_their_states_per_location():
    states = {"A": NumberStates(1, 2, 3), "B": NumberStates(9, 0, 0)}
    panel = panels(OrganisationFacts(numbers=NumberStates(10, 2, 3), numbers_by_location=states))[
        "numbers"
    ]
    assert panel.rows == (("B", "9", "0", "0", "9"), ("A", "1", "2", "3", "6"))
    assert [caption for *_, caption in panel.legend] == ["10", "2", "3"]


def test_overused_licences_come_first_and_unlimited_ones_last():
    licences = (LicenceUse("Free", 5, None), LicenceUse("Big", 1, 900), LicenceUse("Over", 12, 10))
    panel = panels(OrganisationFacts(licences=licences))["licences"]
    assert [row[0] for row in panel.rows] == ["Over", "Big", "Free"]
    assert "12 of 10 · 2 over" in panel.svg
    assert panel.rows[2][1:] == ("5", "no limit", "")


def test_licences_beyond_the_largest_are_added_up():
    licences = tuple(LicenceUse(f"L{n:02}", 1, 100 - n) for n in range(14))
    panel = panels(OrganisationFacts(licences=licences))["licences"]
    assert "4 other licences" in panel.svg
    assert "4 used" in panel.svg
    assert len(panel.rows) == 14


def test_a_kind_of_workspace_nobody_knows_yet_keeps_its_name():
    panel = panels(OrganisationFacts(workspaces_by_kind={"meetingRoom": 2, "holodeck": 1}))[
        "workspaces"
    ]
    assert panel.rows == (("Meeting room", "2"), ("holodeck", "1"))


def test_without_data_a_panel_says_which_artifact_is_missing():
    found = panels(OrganisationFacts())
    assert not any(panel.svg for panel in found.values())
    assert found["numbers"].unread == ("numbers",)


def test_calls_are_drawn_per_artifact(tmp_path):
    panel = panels(
        OrganisationFacts(), covered_by(tmp_path, {"result": "ok", "count": 1, "calls": 5})
    )["calls"]
    assert panel.rows == (("people", "5"),)


def test_the_columns_are_nearly_even_and_lose_no_panel():
    counts = {f"Site {n:02}": 100 - n for n in range(30)}
    built = build_panels(OrganisationFacts(people_by_location=counts), (), Texts())
    left, right = in_two_columns(built)
    assert {panel.key for panel in (*left, *right)} == {panel.key for panel in built}
    assert left[0] is built[0]
    assert in_two_columns(built[:1]) == (built[:1], ())
