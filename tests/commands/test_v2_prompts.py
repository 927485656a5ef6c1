from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from Space_OdT.commands.v2_prompts import MOST_TRIES, Approver
from Space_OdT.commands.v2_texts import STAGE_TITLES, TEXTS
from Space_OdT.engine.startup_checks import StartupError
from Space_OdT.softphones.decisions import Answer, DecisionDesk
from Space_OdT.softphones.preview import Example, StagePreview
from Space_OdT.softphones.stages import Stage

PREVIEW = StagePreview(
    Stage.VOICEMAIL,
    rows=1200,
    least_calls=1200,
    most_calls=3600,
    sampled=5,
    unchanged=1,
    examples=[
        Example("ana@example.com", (("enabled", "", "true"),), more=2),
        Example("luis@example.com", (), obstacle="there is no location X"),
        Example("new@example.com", (("enabled", "", "true"),), is_unread=True),
    ],
)


def typed(*answers: str) -> Callable[[str], str]:
    rest: Iterator[str] = iter(answers)

    def ask(question: str) -> str:
        assert "yesbut" in question
        answer = next(rest, None)
        if answer is None:
            raise EOFError
        return answer

    return ask


def test_both_languages_have_every_text() -> None:
    assert TEXTS["es"].keys() == TEXTS["en"].keys()
    assert all(set(titles) == set(Stage) for titles in STAGE_TITLES.values())


def test_a_stage_is_shown_before_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    approver = Approver(DecisionDesk(tmp_path, set()), "en", ask=typed("no"))
    decisions = approver.decide([PREVIEW], "Org", 1200)
    assert decisions[Stage.VOICEMAIL].answer is Answer.NO
    assert decisions[Stage.QUEUES].answer is Answer.YES
    shown = capsys.readouterr().out
    assert "1,200 people in Org" in shown
    assert "[1/1] apply_voicemail - voicemail" in shown
    assert "1,200 to 3,600" in shown
    assert "enabled: nothing -> true" in shown
    assert "and 2 more fields" in shown
    assert "would fail: there is no location X" in shown
    assert "(not readable before calling is given) -> true" in shown


def test_answers_that_cannot_be_used_are_asked_for_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = typed("quizás", "yesbut", "yesbut no.csv", "YES")
    approver = Approver(DecisionDesk(tmp_path, set()), "es", ask=ask)
    assert approver.decide([PREVIEW], "Org", 1)[Stage.VOICEMAIL].answer is Answer.YES
    shown = capsys.readouterr().out
    assert '"quizás" no es una respuesta' in shown
    assert "yesbut necesita el nombre" in shown
    assert "No se puede usar el archivo" in shown


def test_nobody_who_answers_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="--decisions-file"):
        Approver(DecisionDesk(tmp_path, set()), "en", ask=typed()).decide([PREVIEW], "Org", 1)


def test_asking_has_a_bound(tmp_path: Path) -> None:
    ask = typed(*["what"] * (MOST_TRIES + 1))
    with pytest.raises(StartupError, match=f"{MOST_TRIES}"):
        Approver(DecisionDesk(tmp_path, set()), "en", ask=ask).decide([PREVIEW], "Org", 1)
