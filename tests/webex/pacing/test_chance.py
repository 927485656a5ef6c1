"""What is put down to chance, and what is not."""

from __future__ import annotations

from Space_OdT.webex.pacing.chance import Chance
from Space_OdT.webex.pacing.tuning import Tuning


def proved(share_of_one_in: int = 20) -> Chance:
    """Strays at a falling rate, one among so many calls."""
    chance = Chance(Tuning())
    limit = 100.0
    for number in range(40):
        for _ in range(share_of_one_in - 1):
            chance.passed()
        chance.excuses()
        if chance.strayed(limit, now=number * share_of_one_in / 100.0, settled=True):
            return chance
        limit *= 0.8
    raise AssertionError("it was never proved")


def test_nothing_is_excused_before_it_is_proved() -> None:
    chance = Chance(Tuning())
    assert not chance.excuses()
    assert chance.share == 0.0


def test_refusals_at_clearly_less_than_what_passed_prove_chance() -> None:
    assert 0.03 <= proved(20).share <= 0.07


def test_refusals_at_what_passes_prove_nothing() -> None:
    chance = Chance(Tuning())
    for number in range(30):
        for _ in range(50):
            chance.passed()
        chance.excuses()
        assert not chance.strayed(100.0, now=number * 0.5, settled=True)


def test_the_usual_share_is_excused_and_more_is_not() -> None:
    chance = proved(20)
    for _ in range(5):
        for _ in range(19):
            chance.passed()
        assert chance.excuses()
    refused_in_a_row = [chance.excuses() for _ in range(6)]
    assert refused_in_a_row[0]
    assert not refused_in_a_row[-1]


def test_wholesale_refusals_begin_the_proof_anew() -> None:
    chance = Chance(Tuning())
    for number in range(4):
        for _ in range(20):
            chance.passed()
        chance.strayed(100.0 - 15 * number, now=number * 0.2, settled=True)
    chance.forget_proof()
    assert not chance.strayed(10.0, now=1.0, settled=True)


def test_chance_that_has_gone_is_forgotten() -> None:
    chance = proved(20)
    for _ in range(20_000):
        chance.passed()
    assert chance.share == 0.0
