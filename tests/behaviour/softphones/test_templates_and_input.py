"""Templates, the input file, and rows that are rejected while the rest goes on."""

from __future__ import annotations

import json

import pytest

from tests.behaviour.softphones.conftest import Office, Phones

pytestmark = pytest.mark.xdist_group("softphones-templates_and_input")


def test_missing_templates_are_written_with_remarks_and_the_run_stops(phones: Phones) -> None:
    ended = phones.run()
    assert ended.code == 2
    names = ("input_softphones.csv", "static_policy.json", "decisions.sample.json")
    for name in names:
        assert str(phones.v2 / name) in ended.stderr
    header, *remarks = (phones.v2 / names[0]).read_text(encoding="utf-8").splitlines()
    assert header.startswith("user_email,calling_license_id,location_id,location_name,extension,")
    assert all(line.lstrip('"').startswith("#") for line in remarks)
    policy = json.loads((phones.v2 / names[1]).read_text(encoding="utf-8"))
    assert {name for name in policy if not name.startswith("_")} == {
        "forwarding_defaults",
        "voicemail_defaults",
        "intercept_defaults",
        "incoming_permissions_defaults",
        "outgoing_permissions_defaults",
    }
    sample = json.loads((phones.v2 / names[2]).read_text(encoding="utf-8"))
    answers = [value for name, value in sample.items() if not name.startswith("_")]
    assert answers == ["yes"] * 7


def test_one_missing_template_is_enough_to_stop_and_the_others_stay(
    phones: Phones, office: Office
) -> None:
    phones.prepare([office.newcomer_row()])
    before = (phones.v2 / "input_softphones.csv").read_bytes()
    (phones.v2 / "decisions.sample.json").unlink()
    ended = phones.run()
    assert ended.code == 2
    assert "decisions.sample.json" in ended.stderr
    assert "input_softphones.csv" not in ended.stderr
    assert (phones.v2 / "input_softphones.csv").read_bytes() == before


def test_untouched_templates_have_nobody_to_run(phones: Phones) -> None:
    phones.run()
    ended = phones.run()
    assert ended.code == 2
    assert "no person" in ended.stderr


def test_one_bad_row_never_refuses_the_others(phones: Phones, office: Office) -> None:
    good = office.newcomer_row(0)
    phones.prepare(
        [
            good,
            office.newcomer_row(1, user_email="not an address"),
            {**good, "extension": "79000555"},
            office.newcomer_row(2, extension="", phone_number="12 34"),
            office.newcomer_row(3, voicemail_enabled="perhaps"),
            office.newcomer_row(4, calling_license_id=""),
            office.newcomer_row(5, cf_always_destination="+34910000999"),
            office.newcomer_row(6, incoming_permissions_mode="custom"),
            {},
        ]
    )
    ended = phones.unattended()
    assert ended.code == 1
    assert ended.state["completed_count"] == 1
    assert set(ended.state["record_results"]) == {good["user_email"]}
    rejected = {row["input_line"]: row for row in ended.table("rejected_rows.csv")}
    assert [rejected[line]["column"] for line in ("3", "4", "5", "6", "7", "8", "9")] == [
        "user_email",
        "user_email",
        "phone_number",
        "voicemail_enabled",
        "calling_license_id",
        "cf_always_destination",
        "incoming_permissions_mode",
    ]
    assert rejected["4"]["reason_code"] == "duplicate_key"
    assert "line 2" in rejected["4"]["problem"]
    assert all("Fix: " in row["problem"] for row in rejected.values())
    assert "7 rows rejected" in ended.stderr


def test_a_header_that_cannot_be_used_is_refused_with_what_to_mend(
    phones: Phones, office: Office
) -> None:
    row = office.newcomer_row(voicemail_enabledd="true", cf_alway_enabled="true")
    phones.prepare([row])
    ended = phones.unattended()
    assert ended.code == 2
    assert 'did you mean "voicemail_enabled"' in ended.stderr
    assert 'did you mean "cf_always_enabled"' in ended.stderr
    assert office.simulator.calls() == []


def test_headers_in_other_spellings_and_files_of_spreadsheets_are_understood(
    phones: Phones, office: Office
) -> None:
    row = office.newcomer_row()
    phones.prepare([row])
    text = (
        "User Email;callingLicenseId;Location-Name;EXTENSION;voicemailEnabled;Departamento\r\n"
        f"{row['user_email'].upper()};{row['calling_license_id']};{row['location_name']};"
        f"{row['extension']};Sí;Compras\r\n"
    )
    (phones.v2 / "input_softphones.csv").write_bytes(text.encode("cp1252"))
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    assert "Departamento" in ended.stderr
    person = office.newcomers[0]
    assert office.feature(person.id, "voicemail")["enabled"] is True


@pytest.mark.parametrize(
    ("cell", "number"),
    [("+34910000077", "+34910000077"), ("34910000077", "+34910000077")],
)
def test_a_number_gets_its_plus(phones: Phones, office: Office, cell: str, number: str) -> None:
    phones.prepare([office.newcomer_row(extension="", phone_number=cell)])
    ended = phones.unattended("--dry-run")
    plan = (phones.v2 / "plan.jsonl").read_text(encoding="utf-8").splitlines()
    known = office.organisation.plan.numbers
    if number in known:
        body = json.loads(plan[0])["body"]
        assert body["licenses"][0]["properties"]["phoneNumber"] == number
    else:
        assert f"the number {number} is in no location's inventory" in ended.stdout


def test_a_policy_that_the_api_would_refuse_is_refused_before_the_first_call(
    phones: Phones, office: Office
) -> None:
    phones.prepare([office.newcomer_row()], voicemail_defaults={"enable": True})
    ended = phones.unattended()
    assert ended.code == 2
    assert "voicemail_defaults has no field enable" in ended.stderr
    phones.prepare([office.newcomer_row()], voicemail_default={})
    assert 'did you mean "voicemail_defaults"' in phones.unattended().stderr
    assert office.simulator.calls() == []
