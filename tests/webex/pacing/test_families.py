"""Who shares a limit with whom."""

from __future__ import annotations

import random

from Space_OdT.webex.pacing.families import Mix, Tally


def count(tally: Tally, family: str, *, taken: int, refused: int) -> None:
    for _ in range(taken):
        tally.count(family, refused=False)
    for _ in range(refused):
        tally.count(family, refused=True)


def test_a_family_refused_while_others_pass_is_apart() -> None:
    tally = Tally()
    count(tally, "a", taken=0, refused=5)
    count(tally, "b", taken=5, refused=0)
    assert tally.is_apart("a")
    assert not tally.is_apart("b")


def test_families_refused_alike_are_together() -> None:
    tally = Tally()
    count(tally, "a", taken=5, refused=10)
    count(tally, "b", taken=6, refused=9)
    assert not tally.is_apart("a")
    assert not tally.is_apart("b")


def test_few_refusals_prove_nothing() -> None:
    tally = Tally()
    count(tally, "a", taken=0, refused=2)
    count(tally, "b", taken=50, refused=0)
    assert not tally.is_apart("a")


def test_a_family_alone_is_compared_with_nobody() -> None:
    tally = Tally()
    count(tally, "a", taken=3, refused=30)
    assert not tally.is_apart("a")
    assert not tally.is_apart("never seen")


def test_chance_hardly_ever_sets_a_family_apart() -> None:
    dice = random.Random(3)
    wrong = 0
    for _ in range(400):
        tally = Tally()
        for _ in range(40):
            tally.count(dice.choice("ab"), refused=dice.random() < 0.5)
        wrong += tally.is_apart("a") or tally.is_apart("b")
    assert wrong <= 3


def test_old_evidence_fades_and_is_dropped() -> None:
    tally = Tally()
    count(tally, "a", taken=0, refused=3)
    assert tally.refused_families() == {"a"}
    for _ in range(40):
        tally.fade()
    assert tally.refused_families() == set()
    assert tally.share("a") == 0.0


def test_the_dominant_family_is_the_one_that_calls_nearly_alone() -> None:
    mix = Mix()
    assert mix.dominant() is None
    for _ in range(200):
        mix.sent("a")
    assert mix.dominant() == "a"
    for _ in range(50):
        mix.sent("b")
    assert mix.dominant() is None
    for _ in range(200):
        mix.sent("b")
    assert mix.dominant() == "b"


def test_the_mix_never_overflows() -> None:
    mix = Mix()
    for number in range(30_000):
        mix.sent("a" if number < 100 else "b")
    assert mix.dominant() == "b"
