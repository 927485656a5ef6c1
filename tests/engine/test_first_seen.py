"""First lines of keys, remembered by digest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.engine import first_seen
from Space_OdT.engine.first_seen import FirstSeen


def test_the_first_line_of_a_key_is_kept():
    seen = FirstSeen()
    assert seen.see("ana", 3) == 0
    assert seen.see("ana", 9) == 3
    assert seen.see("eva", 9) == 0


def test_a_forgotten_key_is_new_again():
    seen = FirstSeen()
    seen.see("ana", 3)
    seen.forget("ana")
    assert seen.see("ana", 9) == 0
    assert seen.see("ana", 11) == 9


@given(
    keys=st.lists(st.text(max_size=4), max_size=60),
    slots=st.sampled_from([0, 2_000]),
    modulus=st.sampled_from([1, 7, 1 << 40]),
)
def test_it_behaves_like_a_dictionary_even_when_slots_collide(keys, slots, modulus):
    numbers = {}
    seen = FirstSeen(
        slots, digest=lambda key: (numbers.setdefault(key, len(numbers) + 1)) * modulus
    )
    lines = {}
    for line, key in enumerate(keys, start=1):
        assert seen.see(key, line) == lines.get(key, 0)
        lines.setdefault(key, line)


@pytest.mark.parametrize("width", [32, 64])
def test_a_digest_has_eight_bytes_on_every_interpreter(monkeypatch, width):
    class HashInfo:
        pass

    HashInfo.width = width
    monkeypatch.setattr(first_seen.sys, "hash_info", HashInfo)
    digest = first_seen.default_digest()
    assert digest("ana") == digest("an" + "a")
    assert digest("ana") != digest("eva")
    assert -(1 << 63) <= digest("ana") < 1 << 64
