"""Every decision: from a file, typed, and typed at a pseudo-terminal, in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.behaviour.softphones.conftest import Ended, Office, Phones

pytestmark = pytest.mark.xdist_group("softphones-decisions")


def two_stages(office: Office) -> list[dict[str, str]]:
    """Two calling people whose voicemail and intercept are to be switched over."""
    rows = []
    for index in (0, 1):
        person = office.calling[index]
        rows.append(
            office.calling_row(
                index,
                voicemail_enabled=str(not office.feature(person.id, "voicemail")["enabled"]),
                intercept_enabled=str(not office.feature(person.id, "intercept")["enabled"]),
            )
        )
    return rows


def written(office: Office) -> list[str]:
    return sorted({one["path"].rpartition("/")[2] for one in office.writes()})


def statuses(ended: Ended, stage: str) -> list[str]:
    return [one["status"] for one in ended.changes if one["stage"] == stage]


def test_no_skips_a_stage_for_all_and_says_so(phones: Phones, office: Office) -> None:
    phones.prepare(two_stages(office))
    phones.write("d.json", {"apply_voicemail": "NO", "_remark": "keys like this are remarks"})
    ended = phones.run("--decisions-file", "d.json")
    assert ended.code == 0, ended.told
    assert written(office) == ["intercept"]
    assert statuses(ended, "apply_voicemail") == ["skipped", "skipped"]
    skipped = next(one for one in ended.changes if one["status"] == "skipped")
    assert skipped["details"] == "skipped_by_operator"
    decision = ended.state["stage_decisions"]["apply_voicemail"]
    assert decision["decision"] == "no"
    assert "(Webex: " in decision["decided_by"]
    assert decision["decided_at"].startswith("20")
    assert decision["source"] == "decisions file d.json"
    assert ended.state["stage_decisions"]["apply_forwarding"]["decision"] == "yes"


@pytest.mark.parametrize("kind", ["csv", "json", "items"])
def test_yesbut_lays_other_values_over_one_stage_for_some_people(
    phones: Phones, office: Office, kind: str
) -> None:
    rows = two_stages(office)
    phones.prepare(rows)
    email = rows[0]["user_email"]
    same = str(office.feature(office.calling[0].id, "voicemail")["enabled"])
    lines = [
        {"user_email": email.upper(), "voicemail_enabled": same},
        {"user_email": "", "voicemail_enabled": "true"},
    ]
    name = "other values.csv" if kind == "csv" else "other values.json"
    text = f"user_email,voicemail_enabled\n{email.upper()},{same}\n,true\n"
    phones.write(name, text if kind == "csv" else {"items": lines} if kind == "items" else lines)
    phones.write("d.json", {"apply_voicemail": f"yesbut {name}"})
    ended = phones.run("--decisions-file", "d.json")
    assert ended.code == 0, ended.told
    voicemail = [one["path"] for one in office.writes() if one["path"].endswith("voicemail")]
    assert voicemail == [f"/people/{office.calling[1].id}/features/voicemail"]
    assert len([one for one in office.writes() if one["path"].endswith("intercept")]) == 2
    decision = ended.state["stage_decisions"]["apply_voicemail"]
    assert decision["decision"] == "yesbut"
    assert decision["override_path"] == name


def test_an_override_cannot_add_a_stage(phones: Phones, office: Office) -> None:
    rows = two_stages(office)
    del rows[1]["voicemail_enabled"]
    rows[1]["voicemail_enabled"] = ""
    phones.prepare(rows)
    phones.write("o.csv", f"user_email,voicemail_enabled\n{rows[1]['user_email']},true\n")
    phones.write("d.json", {"apply_voicemail": "yesbut o.csv"})
    ended = phones.run("--decisions-file", "d.json")
    assert ended.code == 0, ended.told
    assert len(statuses(ended, "apply_voicemail")) == 1
    assert "o.csv names 1 people whose rows do not have apply_voicemail" in ended.told


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        ({"apply_voicemial": "yes"}, 'did you mean "apply_voicemail"'),
        ({"apply_voicemail": "maybe"}, '"maybe" is no answer'),
        ({"apply_voicemail": "yesbut"}, "yesbut needs the name of a file"),
        ({"apply_voicemail": "yesbut not there.csv"}, "does not exist"),
        ({"apply_voicemail": "yesbut column.csv"}, 'did you mean "voicemail_enabled"'),
        ({"apply_voicemail": "yesbut stranger.csv"}, "who.is.that@example.com"),
        ({"apply_voicemail": "yesbut fixed.csv"}, "extension cannot be overridden"),
        ({"apply_voicemail": "yesbut value.csv"}, "expected true or false"),
    ],
)
def test_decisions_that_cannot_be_used_are_refused_before_the_first_call(
    phones: Phones, office: Office, decisions: Any, told: str
) -> None:
    rows = two_stages(office)
    email = rows[0]["user_email"]
    phones.prepare(rows)
    phones.write("column.csv", f"user_email,voicemail_enabledd\n{email},true\n")
    phones.write("stranger.csv", "user_email,voicemail_enabled\nwho.is.that@example.com,true\n")
    phones.write("fixed.csv", f"user_email,extension,voicemail_enabled\n{email},2222,true\n")
    phones.write("value.csv", f"user_email,voicemail_enabled\n{email},perhaps\n")
    phones.write("d.json", decisions)
    office.simulator.forget_calls()
    ended = phones.run("--decisions-file", "d.json")
    assert ended.code == 2, ended.told
    assert told in ended.stderr
    assert office.simulator.calls() == []


def test_a_missing_decisions_file_is_refused(phones: Phones, office: Office) -> None:
    phones.prepare(two_stages(office))
    ended = phones.run("--decisions-file", "nowhere.json")
    assert ended.code == 2
    assert "nowhere.json cannot be read" in ended.stderr


def test_questions_at_a_terminal_show_what_each_stage_would_do(
    phones: Phones, office: Office
) -> None:
    rows = two_stages(office)
    phones.prepare(rows)
    email = rows[1]["user_email"]
    same = str(office.feature(office.calling[1].id, "intercept")["enabled"])
    phones.write("wrong column.csv", f"user_email,intercept_enable_\n{email},true\n")
    phones.write("unknown user.csv", "user_email,intercept_enabled\nghost@example.com,true\n")
    phones.write("good.csv", f"user_email,intercept_enabled\n{email},{same}\n")
    answers = [
        "yes",
        "what?",
        "no",
        "yesbut",
        "yesbut missing.csv",
        "yesbut wrong column.csv",
        "yesbut unknown user.csv",
        "YesBut good.csv",
    ]
    ended = phones.at_a_terminal(answers)
    assert ended.code == 0, ended.told
    assert "Approvals: 2 people in " in ended.stdout
    assert "[1/3] assign_calling_license" in ended.stdout
    assert "[2/3] apply_voicemail" in ended.stdout
    assert "2 to 6" in ended.stdout
    before = office.calling[0]
    assert f"    {before.email}" in ended.stdout
    assert "enabled: true -> false" in ended.stdout or "enabled: false -> true" in ended.stdout
    assert "-> nothing" not in ended.stdout, "what is only read does not go away"
    assert '"what?" is no answer' in ended.stdout
    assert "yesbut needs the name of a file" in ended.stdout
    assert "missing.csv does not exist" in ended.stdout
    assert "intercept_enable_" in ended.stdout
    assert "ghost@example.com stand in it" in ended.stdout
    assert written(office) == ["intercept"]
    assert len(office.writes()) == 1
    decisions = ended.state["stage_decisions"]
    assert decisions["apply_voicemail"]["decision"] == "no"
    assert decisions["apply_call_intercept"]["override_path"] == "good.csv"
    assert decisions["apply_call_intercept"]["source"] == "interactive"


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        ((), {"LANG": "es_ES.UTF-8"}, ("Aprobaciones: 2 personas", "¿Aplicar la etapa?")),
        (("--lang", "es"), {"LANG": "en_GB.UTF-8"}, ("buzón de voz", "no es una respuesta")),
        (("--lang", "en"), {"LC_ALL": "es_ES.UTF-8"}, ("Run it?", "is no answer")),
    ],
)
def test_the_questions_follow_the_locale_or_the_option(
    phones: Phones,
    office: Office,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    words: tuple[str, ...],
) -> None:
    phones.prepare(two_stages(office))
    ended = phones.run(
        *arguments, typed="nada\nyes\nno\nno\n", PYTHONIOENCODING="utf-8", **environment
    )
    assert ended.code == 0, ended.told
    assert all(word in ended.stdout for word in words), ended.stdout
    assert office.writes() == []


def test_an_unknown_language_is_refused(phones: Phones, office: Office) -> None:
    phones.prepare(two_stages(office))
    assert phones.run("--lang", "fr").code == 2


def test_nobody_at_the_terminal_changes_nothing(phones: Phones, office: Office) -> None:
    phones.prepare(two_stages(office))
    ended = phones.run(typed="yes\n")
    assert ended.code == 2
    assert "--decisions-file" in ended.stderr
    assert office.writes() == []
    assert not (phones.v2 / "run_state.json").exists()


def test_ctrl_c_at_a_question_changes_nothing(phones: Phones, office: Office) -> None:
    phones.prepare(two_stages(office))
    ended = phones.at_a_terminal(["yes", "^C"])
    assert ended.code == 130
    assert office.writes() == []


def test_no_for_the_licence_leaves_newcomers_without_settings(
    phones: Phones, office: Office
) -> None:
    phones.prepare([office.newcomer_row(voicemail_enabled="true")])
    phones.write("d.json", {"assign_calling_license": "no"})
    ended = phones.run("--decisions-file", "d.json")
    assert ended.code == 1
    assert ended.failures[0]["stage"] == "apply_voicemail"
    assert "has no Webex Calling" in ended.failures[0]["details"]
    assert office.writes() == []
    assert json.dumps(ended.state["stage_decisions"]["assign_calling_license"]).count("no")
