"""The first look over all rows: limits, and what neighbours tell."""

from __future__ import annotations

import pytest

from Space_OdT.engine.input_header import resolve_header
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.input_survey import Lengths, LimitExceededError, survey
from tests.engine.bulk_inputs import ASSIGNMENT, LOCATION, USER, write_csv


def look(folder, *rows, max_rows=100):
    file = open_input(write_csv(folder / "input.csv", *rows))
    return survey(file, resolve_header(file), max_rows=max_rows)


def lengths(**counts):
    found = Lengths()
    for extension, times in counts.items():
        for _ in range(times):
            found.add(extension.removeprefix("e"))
    return found


def test_rows_are_counted_before_anything_is_judged(tmp_path):
    with pytest.raises(LimitExceededError, match="has 3 rows, more than MAX_ROWS=2 allows"):
        look(tmp_path, USER, USER, USER, max_rows=2)
    assert look(tmp_path, USER, USER, LOCATION, max_rows=3).rows_by_type == {
        "user": 2,
        "location": 1,
    }


def test_the_country_of_a_location_proves_country_codes(tmp_path):
    seen = look(tmp_path, LOCATION, ASSIGNMENT | {"phone_number": "+12025550123"})
    assert seen.codes_at("S-001") == {34}
    assert seen.codes_at("site 001") == {34}
    assert seen.codes_at("elsewhere") == {1}


def test_numbers_that_cannot_exist_prove_nothing(tmp_path):
    rows = [ASSIGNMENT | {"phone_number": number} for number in ("+", "+34", "+999123123", "34")]
    assert look(tmp_path, *rows).seen_calling_codes == frozenset()


def test_name_and_external_id_mean_one_location(tmp_path):
    seen = look(tmp_path, LOCATION, LOCATION | {"location_external_id": "", "entity_type": " X "})
    assert seen.canonical_locations == {"s-001": "s-001", "site 001": "s-001"}


@pytest.mark.parametrize(
    ("counts", "usual"),
    [
        ({"e1234": 9, "e123": 1}, 0),
        ({"e1234": 10, "e123": 1}, 4),
        ({"e1234": 10, "e123": 5}, 0),
        ({"e0123": 2, "e104": 1}, 4),
        ({"e0123": 1, "e104": 1}, 0),
        ({"e1234": 50}, 0),
        ({"e1234": 50, "e12345": 2}, 0),
        ({}, 0),
    ],
)
def test_neighbours_must_agree_before_a_shorter_extension_is_suspicious(counts, usual):
    assert lengths(**counts).usual(10, 0.8) == usual


def test_a_small_location_is_compared_with_the_whole_file(tmp_path):
    many = [ASSIGNMENT | {"extension": str(1000 + n), "location_key": "big"} for n in range(60)]
    few = [ASSIGNMENT | {"extension": "123", "location_key": "Small"}]
    seen = look(tmp_path, *many, *few)
    assert seen.digits_at("small") == 4
    assert seen.digits_at("nowhere") == 0
