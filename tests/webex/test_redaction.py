from __future__ import annotations

import json
import time
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.webex.redaction import (
    Secret,
    mask_spellings,
    pseudonym,
    redact_body,
    redact_headers,
    redact_text,
    redact_url,
    secret_spellings,
)

TOKEN = "NDBkYzE3-LXNhbXBs+ZV90/b2tlbg=="

TOKENS = st.text(
    alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=80
).filter(lambda text: len(set(text)) > 4)


def planted(secret: str):
    """JSON values with the secret inside texts and names, at any depth."""
    texts = st.builds(lambda before, after: f"{before}{secret}{after}", st.text(), st.text())
    return st.recursive(
        texts | st.integers() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(texts | st.text(), inner, max_size=4)
        ),
        max_leaves=10,
    )


@given(st.data(), TOKENS)
def test_the_token_never_appears_in_a_body(data, token: str) -> None:
    value = data.draw(planted(token))
    cleaned = redact_body(value, (token,))
    line = mask_spellings(json.dumps(cleaned, ensure_ascii=False), secret_spellings((token,)))
    assert token not in line
    assert json.dumps(token)[1:-1] not in line


@given(st.text(), TOKENS, st.text())
def test_the_token_never_appears_in_text_headers_or_urls(before, token, after) -> None:
    text = f"{before}{token}{after}"
    assert token not in redact_text(text, (token,))
    assert quote(token, safe="") not in redact_text(
        quote(text, safe="", errors="replace"), (token,)
    )
    headers = {"Authorization": f"Bearer {token}", "X-Echo": text, "cookie": text}
    assert token not in str(list(redact_headers(headers, (token,)).values()))
    url = f"https://webexapis.com/v1/people/{quote(token, safe='')}?x={quote(token, safe='')}"
    cleaned = redact_url(url, (token,))
    assert token not in cleaned
    assert quote(token, safe="") not in cleaned


def test_an_unknown_bearer_value_is_masked_too() -> None:
    assert redact_text("sent 'Authorization: Bearer abc.def-123'") == (
        "sent 'Authorization: Bearer ***'"
    )


def test_a_secret_as_short_as_a_word_does_not_eat_the_text() -> None:
    assert redact_text("a cat sat", ("a",)) == "a cat sat"
    assert secret_spellings(("a", "")) == ()


@pytest.mark.parametrize("name", ["Authorization", "cookie", "Set-Cookie", "proxy-authorization"])
def test_headers_that_hold_credentials_are_masked(name: str) -> None:
    assert redact_headers({name: "anything"}) == {name: "***"}


def test_other_headers_are_kept() -> None:
    headers = {"TrackingID": "SpaceOdT_1", "Content-Type": "application/json"}
    assert redact_headers(headers) == headers


PERSON = {
    "id": "Y2lzY29zcGFyazovL3VzL1BFT1BMRS8x",
    "emails": ["dana.demo@example.com"],
    "displayName": "Dana Demo",
    "firstName": "Dana",
    "lastName": "Demo",
    "phoneNumbers": [{"type": "work", "value": "+34 910 000 001", "primary": True}],
    "extension": "4001",
    "avatar": "https://files.example.com/dana",
    "manager": "Robin Roe",
    "sipAddresses": [{"type": "enterprise", "value": "dana.demo@example.com"}],
    "addresses": [{"streetAddress": "1 Example Street", "postalCode": "28001"}],
    "status": "active",
    "name": {"givenName": "Dana", "familyName": "Demo"},
    "owner": {"id": "X", "type": "PEOPLE", "firstName": "Dana", "lastName": "Demo"},
}


def test_a_person_is_not_recognisable_and_the_record_still_is() -> None:
    cleaned = redact_body(PERSON)
    text = json.dumps(cleaned)
    for personal in ("Dana", "Demo", "dana.demo", "910", "Robin", "Example Street", "files."):
        assert personal not in text
    assert cleaned["id"] == PERSON["id"]
    assert (cleaned["extension"], cleaned["status"]) == ("4001", "active")
    assert cleaned["phoneNumbers"][0]["type"] == "work"
    assert cleaned["phoneNumbers"][0]["primary"] is True
    assert cleaned["owner"]["type"] == "PEOPLE"


def test_a_count_is_not_taken_for_a_phone_number() -> None:
    body = {"tollFreeNumbers": 12, "mobileNumber": 0, "phoneNumber": 34910000001}
    cleaned = redact_body(body)
    assert (cleaned["tollFreeNumbers"], cleaned["mobileNumber"]) == (12, 0)
    assert "<phone:" in cleaned["phoneNumber"]


def test_a_switch_is_not_taken_for_personal_data() -> None:
    body = {"destination_voicemail_enabled": "false", "phone_visible": "TRUE", "email": ""}
    assert redact_body(body) == body


def test_the_same_person_has_the_same_pseudonym_whatever_the_case() -> None:
    one = redact_text("dana@example.com wrote to Dana@Example.com, not to robin@example.com")
    first, second, third = (part.strip(",") for part in one.split() if part.startswith("<"))
    assert first == second
    assert first != third
    assert pseudonym("email", "x") == pseudonym("email", " X ")


@pytest.mark.parametrize(
    "key",
    ["password", "accessToken", "refresh_token", "voicemailPasscode", "pin", "apiKey", "pinCode"],
)
def test_values_under_secret_names_are_masked(key: str) -> None:
    assert redact_body({key: "hunter2"}) == {key: "***"}
    assert redact_body({key: 1234}) == {key: "***"}
    assert redact_body({key: ["a", {"x": 1}]})[key][0] == "***"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T22:54:27.997+00:00",
        "Y2lzY29zcGFyazovL3VzL0xPQ0FUSU9OLzhjNmU3NDJi",
        "8c6e742b-af8c-5bb0-8b1d-58aad7bd51da",
        "4001",
        "status 503",
        "America/Denver",
    ],
)
def test_what_is_not_personal_is_kept(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "text", ["+34910000001", "+34 910 000 001", "tel:+1-202-555-0101", "34910000001"]
)
def test_phone_numbers_in_text_are_replaced(text: str) -> None:
    assert "<phone:" in redact_text(text)


def test_a_url_stays_a_url() -> None:
    url = (
        "https://user:pw@webexapis.com/v1/people?email=dana%40example.com&max=100"
        "&phoneNumber=%2B34910000001&access_token=abc&filter=userName+eq+%22dana%22&x="
    )
    cleaned = redact_url(url)
    parts = urlsplit(cleaned)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "webexapis.com", "/v1/people")
    for gone in ("dana", "34910000001", "abc", "pw"):
        assert gone not in cleaned
    assert "max=100" in cleaned
    assert cleaned.endswith("&x=")


def test_a_long_text_is_cleaned_in_linear_time() -> None:
    begun = time.process_time()
    redact_text("a" * 300_000 + "@")
    redact_text("+1" * 150_000)
    assert time.process_time() - begun < 5  # quadratic would take minutes


def test_what_lies_too_deep_is_masked_whole() -> None:
    deep: object = TOKEN
    for _ in range(5000):
        deep = [deep]
    assert TOKEN not in str(redact_body(deep))


def test_a_secret_is_sent_as_it_is_and_hides_in_representations() -> None:
    secret = Secret(TOKEN)
    assert f"Bearer {secret}" == f"Bearer {TOKEN}"
    assert secret == TOKEN
    assert TOKEN not in repr({"Authorization": secret}) + repr((secret,)) + f"{secret!r}"
