from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.webex.answers import (
    MalformedBodyError,
    WebPageError,
    decode,
    decode_leniently,
    error_codes,
    error_message,
    missing_fields,
    page_title,
)


def test_json_is_decoded_whatever_the_type_says() -> None:
    assert decode(b'{"a": 1}', "application/json;charset=UTF-8") == {"a": 1}
    assert decode(b"[1]", "") == [1]
    assert decode(b"3", "application/scim+json") == 3
    assert decode(b"", "application/json") is None


def test_text_stays_text_and_wrong_bytes_do_no_harm() -> None:
    assert decode(b"a;b\n", "text/csv") == "a;b\n"
    assert decode(b"\xff", "text/plain") == "\ufffd"


def test_cut_json_and_web_pages_are_told_apart() -> None:
    with pytest.raises(MalformedBodyError, match="9 bytes"):
        decode(b'{"a": "bc', "application/json")
    with pytest.raises(MalformedBodyError):
        decode(b"<html>", "application/json")
    with pytest.raises(WebPageError, match="Login"):
        decode(b"\n<!doctype HTML><title>Login</title>", "")


def test_a_refusal_may_be_anything() -> None:
    assert decode_leniently(b"{", "application/json") == "{"
    assert decode_leniently(b"<html></html>", "text/html") == "web page “untitled”"
    assert decode_leniently(b"", "") is None


def test_a_title_is_found_cut_and_put_on_one_line() -> None:
    assert page_title(b"<TITLE lang=es>\n Acceso  denegado </TITLE>") == "Acceso denegado"
    assert page_title(b"<title>" + b"x" * 500 + b"</title>") == "x" * 100
    assert page_title(b"<html><body><h1>502</h1>\n<p>Bad Gateway</p>") == "502 Bad Gateway"


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"errorCode": 4003}, ("4003",)),
        ({"errors": [{"description": "x", "errorCode": "25008"}]}, ("25008",)),
        ({"errors": [{"code": 25223, "errorCode": 8363}]}, ("8363", "25223")),
        ({"error": [{"key": "400", "message": [{"code": "4202"}]}]}, ("4202",)),
        ({"errors": {"code": 5620}}, ("5620",)),
        ({"code": "not-a-number", "errors": None}, ()),
        ("plain text 4003", ()),
        (None, ()),
    ],
)
def test_codes_are_found_wherever_an_api_family_puts_them(body, codes) -> None:
    assert error_codes(body, {}) == codes


def test_codes_of_the_header_come_first_and_none_twice() -> None:
    headers = {"cisco-spark-error-codes": "4251, 25008"}
    assert error_codes({"errorCode": 25008}, headers) == ("4251", "25008")


def test_what_the_server_says_becomes_one_line() -> None:
    body = {"message": "Bad\nrequest", "errors": [{"description": "Name."}, {"description": ""}]}
    assert error_message(400, body) == "Bad request; Name."
    assert error_message(404, {}) == "Not Found"
    assert error_message(799, None) == "no message"
    assert error_message(500, "  oops ") == "oops"
    assert len(error_message(400, "x" * 9000)) == 500


def test_missing_fields_are_absent_null_or_empty() -> None:
    body = {"id": "1", "empty": "", "null": None, "zero": 0, "no": False, "list": [], "a": {"b": 1}}
    assert missing_fields(body, ("id", "zero", "no", "list", "a.b")) == []
    assert missing_fields(body, ("empty", "null", "x", "a.c", "id.x")) == [
        "empty",
        "null",
        "x",
        "a.c",
        "id.x",
    ]
    assert missing_fields(None, ("id",)) == ["id"]
    assert missing_fields([], ("id",)) == ["id"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_any_body_gives_codes_and_a_message(body) -> None:
    assert all(code.isdigit() for code in error_codes(body, {}))
    assert error_message(400, body)
