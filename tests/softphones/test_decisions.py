from __future__ import annotations

import json
from pathlib import Path

import pytest

from Space_OdT.engine.startup_checks import StartupError
from Space_OdT.softphones.approvals import approval_of, digest_of, operator_name
from Space_OdT.softphones.decisions import (
    Answer,
    AnswerError,
    DecisionDesk,
    parse_answer,
    read_answers,
)
from Space_OdT.softphones.overrides import OverrideError, read_overrides
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.stages import Stage
from Space_OdT.softphones.state import RunState

ANA = "ana@example.com"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", (Answer.YES, "")),
        (" NO ", (Answer.NO, "")),
        ("YesBut my file.csv", (Answer.YES_BUT, "my file.csv")),
        ("yesbut  a.json ", (Answer.YES_BUT, "a.json")),
    ],
)
def test_the_three_words(text: str, answer: tuple[Answer, str]) -> None:
    assert parse_answer(text) == answer


@pytest.mark.parametrize("text", ["", "sí", "yes please", "yesbut", "noo"])
def test_anything_else_is_no_answer(text: str) -> None:
    with pytest.raises(AnswerError):
        parse_answer(text)


def test_a_missing_stage_means_yes_and_all_problems_are_told(tmp_path: Path) -> None:
    desk = DecisionDesk(tmp_path, {ANA})
    assert desk.decide_all({})[Stage.QUEUES].runs
    with pytest.raises(StartupError) as refused:
        desk.decide_all({Stage.VOICEMAIL: "yesbut a.csv", Stage.QUEUES: "yesbut b.csv"})
    assert "a.csv" in str(refused.value)
    assert "b.csv" in str(refused.value)


def test_unknown_stages_and_answers_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps({"apply_voice": "yes", "apply_voicemail": "perhaps", "_x": 1}))
    with pytest.raises(StartupError) as refused:
        read_answers(path)
    assert 'There is no stage "apply_voice"' in str(refused.value)
    assert '"perhaps" is no answer' in str(refused.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[1]", "must hold one JSON object"),
        ("{", "not valid JSON"),
        ('{"apply_voicemail": ""}', "is no answer"),
        ('{"apply_voicemail": true}', "is no answer"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "d.json"
    path.write_text(content)
    with pytest.raises(StartupError, match=told):
        read_answers(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"mail,voicemail_enabled\n{ANA},true\n", "the column user_email is missing"),
        (f"user_email,intercept_enabled\n{ANA},true\n", "no column that apply_voicemail"),
        ("[1]", "must hold a list of objects"),
        ("{", "not valid JSON"),
        ("", "the file is empty"),
    ],
)
def test_a_file_of_overrides_of_another_shape_is_refused(
    tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "o.csv"
    path.write_text(content)
    with pytest.raises(OverrideError, match=told):
        read_overrides(path, Stage.VOICEMAIL, {ANA})


@pytest.mark.parametrize(
    "content",
    [
        f"user_email;voicemail_enabled\n{ANA};sí\n",
        json.dumps([{"userEmail": ANA, "voicemail_enabled": True}]),
        json.dumps({"items": [{"user_email": ANA, "voicemail_enabled": "yes", "x": None}]})[:-1]
        + "}",
    ],
)
def test_overrides_come_from_csv_and_json(tmp_path: Path, content: str) -> None:
    path = tmp_path / ("o.csv" if ";" in content else "o.json")
    path.write_text(content.replace(', "x": null', ""), encoding="utf-8")
    overrides = read_overrides(path, Stage.VOICEMAIL, {ANA})
    assert overrides.cells == {ANA: {"voicemail_enabled": "true"}}


def test_a_blank_override_leaves_the_row_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(f"user_email,voicemail_enabled\n{ANA},\n")
    assert read_overrides(path, Stage.VOICEMAIL, {ANA}).cells == {ANA: {}}


def test_the_first_stage_has_nothing_to_override(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(f"user_email,calling_license_id\n{ANA},OTHER\n")
    with pytest.raises(OverrideError, match="calling_license_id cannot be overridden"):
        read_overrides(path, Stage.LICENCE, {ANA})


def test_a_name_stands_once_in_a_file_of_overrides(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(f"user_email,voicemail_enabled\n{ANA},no\n{ANA.upper()},yes\n")
    with pytest.raises(OverrideError, match="twice"):
        read_overrides(path, Stage.VOICEMAIL, {ANA})


def test_approvals_count_as_long_as_nothing_has_changed(tmp_path: Path, read) -> None:
    header = "user_email,calling_license_id,location_name,extension\n"
    intake = read(f"{header}{ANA},LIC,Madrid,8001\n")
    file = tmp_path / "o.csv"
    file.write_text(f"user_email,voicemail_enabled\n{ANA},no\n")
    desk = DecisionDesk(tmp_path, {ANA})
    decisions = desk.decide_all({Stage.VOICEMAIL: "yesbut o.csv", Stage.QUEUES: "no"})
    policy = Policy(digest="1")
    kept = {
        stage.value: {"decision": one.answer.value, "override_path": one.override_path or None}
        for stage, one in decisions.items()
    }
    state = RunState("id", "now", stage_decisions=kept)
    state.approved = digest_of(intake, policy, decisions)
    approval = approval_of(state, desk, intake, policy)
    assert approval is not None
    assert approval.decisions == decisions
    assert approval_of(state, desk, intake, Policy(digest="2")) is None
    other = read(f"{header}{ANA},LIC,Madrid,8002\n")
    assert approval_of(state, desk, other, policy) is None
    file.write_text(f"user_email,voicemail_enabled\n{ANA},yes\n")
    assert approval_of(state, desk, intake, policy) is None
    file.unlink()
    assert approval_of(state, desk, intake, policy) is None


def test_whoever_decides_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "maria")
    assert operator_name("Ana") == "maria (Webex: Ana)"

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert operator_name("") == "unknown user"
