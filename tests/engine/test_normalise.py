"""Cells come into one form, or are refused with what was expected and how to repair them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.engine import digits, normalise
from Space_OdT.engine.input_schema import COLUMNS
from Space_OdT.engine.values import BadValueError

caller_id = normalise.choice(("DIRECT_LINE", "LOCATION_NUMBER"))
rings = digits.whole_number(2, 20)


@pytest.mark.parametrize(
    ("function", "written", "value"),
    [
        (normalise.text, "  Sede\u00a0 Central\u200b ", "Sede Central"),
        (normalise.email, " Ana@Example.COM ", "ana@example.com"),
        (normalise.email, "mailto:ana@example.com", "ana@example.com"),
        (normalise.email, "o'brien+x@mail.example.co.uk", "o'brien+x@mail.example.co.uk"),
        (normalise.boolean, "SÍ", "true"),
        (normalise.boolean, "Verdadero", "true"),
        (normalise.boolean, "x", "true"),
        (normalise.boolean, "FALSO", "false"),
        (normalise.boolean, "0", "false"),
        (digits.extension, " 0123 ", "0123"),
        (digits.extension, "'0123", "0123"),
        (digits.destination, "530000001", "530000001"),
        (digits.destination, "+34 910-000-001", "+34910000001"),
        (digits.destination, "*72#", "*72#"),
        (digits.destination, " Off ", "off"),
        (digits.destination, "none", "off"),
        (normalise.country, "es", "ES"),
        (normalise.time_zone, "Europe / Madrid", "Europe/Madrid"),
        (normalise.time_zone, "america/new york", "America/New_York"),
        (normalise.language, "es_Es", "es_es"),
        (normalise.language, "ca-ES", "ca_es"),
        (digits.postal_code, "SW1A  1AA", "SW1A 1AA"),
        (digits.postal_code, "100-0001", "100-0001"),
        (digits.postal_code, "'8001", "8001"),
        (caller_id, "direct line", "DIRECT_LINE"),
        (caller_id, "location-number", "LOCATION_NUMBER"),
        (rings, "4.0", "4"),
        (rings, "04", "4"),
        (normalise.json_object, '{"b": 1, "a": {"c": true}}', '{"a":{"c":true},"b":1}'),
    ],
)
def test_a_cell_comes_into_its_one_form(function, written, value):
    assert function(written) == value


@pytest.mark.parametrize(
    ("function", "written", "said"),
    [
        (normalise.text, "x" * 257, "256 characters"),
        (normalise.text, "#REF!", "error value"),
        (normalise.email, "ana", "one e-mail address"),
        (normalise.email, "a@b", "signs in to Webex"),
        (normalise.email, "a@example.com; b@example.com", "keep one address"),
        (normalise.email, "a,b@example.com", "a comma is not a dot"),
        (normalise.email, "ana..lopez@example.com", "one e-mail address"),
        (normalise.email, "añ@example.com", "one e-mail address"),
        (normalise.email, f"{'x' * 250}@example.com", "one e-mail address"),
        (normalise.email, "#N/A", "error value"),
        (normalise.boolean, "perhaps", "true or false"),
        (digits.extension, "1", "it has 1 digits"),
        (digits.extension, "123456789", "the limit is 8"),
        (digits.extension, "1.2E+07", "scientific"),
        (digits.extension, "01-feb", "date"),
        (digits.extension, "+34910000001", "belongs in phone_number"),
        (digits.extension, "12a", "digits only"),
        (digits.extension, "١٢٣", "digits only"),
        (digits.destination, "5.3E+08", "scientific"),
        (digits.destination, "reception", "number to dial"),
        (normalise.country, "España", "two letters"),
        (normalise.country, "XX", "two letters"),
        (normalise.time_zone, "Europe/Madird", 'did you mean "Europe/Madrid"?'),
        (normalise.time_zone, "CEST", "IANA"),
        (normalise.language, "es", "both parts"),
        (digits.postal_code, "08001.0", "decimal"),
        (caller_id, "LOCATION", 'did you mean "LOCATION_NUMBER"?'),
        (rings, "21", "from 2 to 20"),
        (rings, "many", "from 2 to 20"),
        (normalise.json_object, "{", "repair the JSON"),
        (normalise.json_object, "{“a”: 1}", "straight quotes"),
        (normalise.json_object, "[1]", "in braces"),
    ],
)
def test_a_bad_cell_is_refused_with_the_reason(function, written, said):
    with pytest.raises(BadValueError) as caught:
        function(written)
    error = caught.value
    assert said in f"{error.expected} | {error.damage} | {error.fix}"


def test_a_postal_code_that_lost_its_zero_is_recognised_by_its_country():
    assert digits.postal_code("8001", country_code="") == "8001"
    assert digits.postal_code("08001", country_code="ES") == "08001"
    with pytest.raises(BadValueError, match="08001"):
        digits.postal_code("8001", country_code="ES")


def test_a_shorter_extension_than_its_neighbours_lost_its_zeros():
    with pytest.raises(BadValueError) as caught:
        digits.extension("123", usual_digits=4)
    assert "write 0123" in caught.value.fix
    assert "leading zeros" in caught.value.damage


def test_an_extension_that_is_marked_as_text_is_meant_as_it_stands():
    assert digits.extension("'123", usual_digits=4) == "123"
    assert digits.extension("4123", usual_digits=4) == "4123"


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("a, b;c|d", ("a", "b", "c", "d")),
        ('["x", "y", "x"]', ("x", "y")),
        (" ; ,", ()),
        ("", ()),
    ],
)
def test_lists_have_one_parser(cell, values):
    assert normalise.text_list(cell) == values


def test_a_broken_list_is_refused():
    with pytest.raises(BadValueError, match="a list"):
        normalise.text_list('["x"')


@given(st.text())
def test_clean_text_is_one_trimmed_line(value):
    cleaned = normalise.clean_text(value)
    assert cleaned == cleaned.strip()
    assert len(cleaned.splitlines()) <= 1
    assert normalise.clean_text(cleaned) == cleaned


TYPED = st.one_of(st.text(max_size=30), st.text(string.digits + "+.-/: eE'=\"{}[]", max_size=15))


@pytest.mark.parametrize("name", COLUMNS)
@given(cell=TYPED)
def test_normalising_twice_is_normalising_once(name, cell):
    """Every file we write can be read again: one form is a fixed point, whatever was typed."""
    normaliser = COLUMNS[name].normalise
    try:
        once = normaliser(cell)
    except BadValueError as error:
        refusal = error
    else:
        assert not once or normaliser(once) == once
        return
    assert refusal.expected
    assert refusal.fix
