"""International numbers, and when a lost plus sign may be put back."""

from __future__ import annotations

import pytest

from Space_OdT.engine.digits import phone_number
from Space_OdT.engine.phone_numbers import (
    calling_code_of,
    calling_code_of_country,
    is_possible,
)
from Space_OdT.engine.values import BadValueError


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+34910000001", "+34910000001"),
        (" +34 910 000 001 ", "+34910000001"),
        ("+34 (910) 00-00.01", "+34910000001"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("'+34910000001", "+34910000001"),
        ('="+34910000001"', "+34910000001"),
        ("+80012345678", "+80012345678"),
        ("+390612345678", "+390612345678"),
    ],
)
def test_numbers_with_a_plus_come_into_one_form(written, number):
    assert phone_number(written) == number


@pytest.mark.parametrize("written", ["34910000001", "0034910000001", "34 910 000 001"])
def test_a_lost_plus_is_put_back_when_the_country_is_proved(written):
    assert phone_number(written, calling_codes={34}) == "+34910000001"


@pytest.mark.parametrize(
    ("written", "codes", "said"),
    [
        ("34910000001", (), "The + is missing"),
        ("34910000001", {33}, "The + is missing"),
        ("2025550123", {34}, "20 is its country code"),
        ("910000001", {34}, "+34910000001"),
        ("0910000001", (), "country code"),
        ("1.4E+10", {34}, "scientific"),
        ("34910000001.0", {34}, "decimal"),
        ("01/02/2026", {34}, "date"),
        ("#N/A", (), "error value"),
        ("+34 91000000", (), "10 digits"),
        ("+4402012345678", (), "no 0 after it"),
        ("+999123123", (), "country code that exists"),
        ("+0123456789", (), "country code that exists"),
        ("ext. 12", (), "extensions have their own column"),
        ("+34910000001 x12", (), "extensions have their own column"),
    ],
)
def test_other_numbers_are_refused_with_the_reason(written, codes, said):
    with pytest.raises(BadValueError) as caught:
        phone_number(written, calling_codes=codes)
    error = caught.value
    assert said in f"{error.expected} | {error.damage} | {error.fix}"


def test_possible_means_country_code_and_length():
    assert is_possible("+34910000001")
    assert not is_possible("+3491000000")
    assert not is_possible("34910000001")
    assert not is_possible("")


def test_country_codes_are_known():
    assert calling_code_of("+34910000001") == 34
    assert calling_code_of("+3491") == 0
    assert calling_code_of_country("ES") == 34
    assert calling_code_of_country("XX") == 0
