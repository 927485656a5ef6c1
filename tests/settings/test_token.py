from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.settings.token import TokenFormatError, clean_token

TOKEN = "NDBkYzE3-sample_token.for~tests=="


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"  {TOKEN}\n",
        f'"{TOKEN}"',
        f"'{TOKEN}'",
        f"Bearer {TOKEN}",
        f"bearer   {TOKEN} ",
        f'"Bearer {TOKEN}"',
        f'Bearer "{TOKEN}"',
        f"\u201c{TOKEN}\u201d",
    ],
)
def test_what_copy_and_paste_adds_is_stripped(text: str) -> None:
    assert clean_token(text) == TOKEN


@pytest.mark.parametrize("text", ["", "   ", '""', "Bearer ", "\n"])
def test_nothing_left_is_no_token(text: str) -> None:
    assert clean_token(text) == ""


@pytest.mark.parametrize("text", ["a b", "a\x00b", "a\r\nX-Evil: 1", "tökén", "a\tb"])
def test_what_could_split_a_header_is_refused_without_echo(text: str) -> None:
    with pytest.raises(TokenFormatError) as refusal:
        clean_token(text)
    assert text not in str(refusal.value)


def test_no_token_is_that_long() -> None:
    with pytest.raises(TokenFormatError, match="longer"):
        clean_token("x" * 9000)


def refusal_of(text: str) -> str:
    try:
        clean_token(text)
    except TokenFormatError as refusal:
        return str(refusal)
    return ""


@given(st.text(min_size=3))
def test_the_result_fits_a_header_and_a_refusal_says_nothing_of_the_text(text: str) -> None:
    refusal = refusal_of(text)
    if refusal:
        assert len(text.strip()) < 3 or text.strip() not in refusal
    else:
        assert all(" " < character <= "~" for character in clean_token(text))
