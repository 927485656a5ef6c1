"""Headline numbers are written for people."""

from __future__ import annotations

import pytest

from Space_OdT.inventory.report.advice import Notice, Severity
from Space_OdT.inventory.report.coverage import cover
from Space_OdT.inventory.report.facts import LicenceUse, NumberStates, OrganisationFacts, Share
from Space_OdT.inventory.report.status_lines import read_status
from Space_OdT.inventory.report.texts import Texts
from Space_OdT.inventory.report.tiles import build_tiles, duration
from tests.inventory.report.sample_exports import sample_context
from tests.inventory.report.test_coverage import PEOPLE, covered_by


def tiles(facts, covered=(), notices=(), **context):
    built = build_tiles(facts, covered, notices, sample_context(**context), Texts())
    return {tile.key: tile for tile in built}


def test_numbers_have_separators_and_shares():
    found = tiles(OrganisationFacts(people=Share(21000, 18060), locations=Share(300, 298)))
    assert (found["people"].value, found["calling"].value, found["calling"].note) == (
        "21,000",
        "18,060",
        "86 % of all people",
    )
    assert found["locations"].note == "298 with Webex Calling"


def test_what_was_not_read_has_no_number():
    found = tiles(OrganisationFacts())
    for key in ("people", "calling", "locations", "numbers", "workspaces", "licences"):
        assert (found[key].value, found[key].meter) == ("", None)


def test_numbers_say_what_is_free():
    found = tiles(OrganisationFacts(numbers=NumberStates(10, 5, 1)))
    assert (found["numbers"].value, found["numbers"].note) == (
        "16",
        "10 in use · 5 free · 1 inactive",
    )


def test_a_licence_over_its_limit_raises_the_alarm():
    fine = tiles(OrganisationFacts(licences=(LicenceUse("A", 5, 10), LicenceUse("B", 9, None))))[
        "licences"
    ]
    over = tiles(OrganisationFacts(licences=(LicenceUse("A", 5, 10), LicenceUse("B", 3, 2))))[
        "licences"
    ]
    assert (fine.value, fine.note, fine.alarm) == ("5", "of 10 · 50 %", False)
    assert (over.alarm, over.note) == (True, "of 12 · 67 % · 1 over their limit")


def test_calls_are_those_of_the_run_or_the_sum_of_the_records(tmp_path):
    covered = covered_by(tmp_path, {"result": "ok", "count": 7, "calls": 7})
    assert tiles(OrganisationFacts(), covered, calls=9, seconds=3.0)["calls"].value == "9"
    summed = tiles(OrganisationFacts(), covered, calls=None, seconds=None, retries=2)
    assert (summed["calls"].value, summed["calls"].note, summed["duration"].value) == (
        "7",
        "2 repeated",
        "",
    )


def test_attention_counts_repairs_and_warnings():
    notices = [Notice(Severity.ERROR, "a", ""), Notice(Severity.WARNING, "b", "")]
    assert tiles(OrganisationFacts(), (), notices)["attention"].note == "1 to repair · 1 to know"
    fine = tiles(OrganisationFacts(), (), [Notice(Severity.FINE, "a", "")])["attention"]
    assert (fine.value, fine.alarm) == ("0", False)


def test_an_empty_export_still_has_all_tiles(tmp_path):
    covered = cover((PEOPLE,), read_status(tmp_path), tmp_path)
    assert tiles(OrganisationFacts(), covered, seconds=0.0)["artifacts"].value == "0"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (4.23, "4.2 s"),
        (42.4, "42 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (7620, "2 h 07 min"),
    ],
)
def test_durations_have_two_units_at_most(seconds, text):
    assert duration(seconds) == text


def test_a_run_without_repeats_says_so():
    assert tiles(OrganisationFacts(), retries=0)["calls"].note == "none repeated"
    assert tiles(OrganisationFacts(), retries=None)["calls"].note == ""
