from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.webex.ids import decode_id, encode_id, id_key, same_id

UUID = "d8ed7035-b7cb-5edd-8ddf-00b83fb0be9a"
PERSON = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS9kOGVkNzAzNS1iN2NiLTVlZGQtOGRkZi0wMGI4M2ZiMGJlOWE"


def test_an_id_is_base64_of_a_uri_without_padding() -> None:
    assert encode_id("PEOPLE", UUID) == PERSON
    assert decode_id(PERSON) == f"ciscospark://us/PEOPLE/{UUID}"
    assert decode_id(f" {PERSON}= ") == f"ciscospark://us/PEOPLE/{UUID}"
    assert decode_id(f"ciscospark://us/PEOPLE/{UUID}") == f"ciscospark://us/PEOPLE/{UUID}"


@pytest.mark.parametrize("text", [UUID, "", "not base64!", "abcd", "ñ", "4001=="])
def test_what_encodes_no_uri_is_kept(text: str) -> None:
    assert decode_id(text) == text.rstrip("=")


def test_the_same_entity_in_other_spellings_is_the_same() -> None:
    assert same_id(PERSON, PERSON + "==")
    assert same_id(PERSON, UUID.upper())
    assert same_id(PERSON, encode_id("PEOPLE", UUID.upper()))
    assert same_id(PERSON, encode_id("PEOPLE", UUID, cluster="eu"))


def test_another_type_or_entity_is_not_the_same() -> None:
    assert not same_id(PERSON, encode_id("PLACE", UUID))
    assert not same_id(PERSON, encode_id("PEOPLE", UUID.replace("d8", "d9")))


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_equals_nothing(nothing: str | None) -> None:
    assert not same_id(nothing, nothing)
    assert not same_id(PERSON, nothing)


def test_ids_that_derive_from_names_keep_their_case() -> None:
    one, other = encode_id("SCHEDULE", "TWFpbg"), encode_id("SCHEDULE", "tWFpbg")
    assert id_key(one) == "TWFpbg"
    assert not same_id(one, other)


@given(st.sampled_from(["PEOPLE", "LOCATION", "PLACE"]), st.uuids())
def test_what_is_encoded_is_decoded(kind: str, uuid) -> None:
    text = encode_id(kind, str(uuid))
    assert decode_id(text) == f"ciscospark://us/{kind}/{uuid}"
    assert id_key(text) == str(uuid)
    padded = base64.b64encode(base64.b64decode(text + "=" * (-len(text) % 4))).decode()
    assert same_id(text, padded)


@given(st.text())
def test_any_text_is_a_key(text: str) -> None:
    assert isinstance(id_key(text), str)
    assert same_id(text, text) is bool(text)
