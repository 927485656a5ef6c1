"""Each row of an input ends ready or rejected, with the line, the reason and the fix."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.generate_bulk_csv import Plan, write
from Space_OdT.engine.data_pipeline import PipelineOptions, run_pipeline
from Space_OdT.engine.input_reader import InputFileError
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.engine.output_columns import READY_EXTRA, rejected_columns
from tests.engine.bulk_inputs import (
    ASSIGNMENT,
    LOCATION,
    NOON,
    USER,
    columns,
    run_file,
    run_rows,
    targets_in,
    write_csv,
)

JSON = "calling_settings_json"


def test_good_rows_come_out_normalised_with_key_number_and_line(tmp_path):
    run = run_rows(
        tmp_path,
        LOCATION | {"time_zone": "europe / madrid", "address_country": "es"},
        USER | {"email": " ANA@example.com ", "calling_enabled": "SÍ"},
        ASSIGNMENT | {"phone_number": "+34 910 000 001", "entity_type": " Extension Assignment"},
    )
    assert run.rejected == []
    location, user, assignment = run.ready
    assert (location["time_zone"], location["address_country"]) == ("Europe/Madrid", "ES")
    assert (user["email"], user["calling_enabled"]) == ("ana@example.com", "true")
    assert assignment["phone_number"] == "+34910000001"
    assert assignment["entity_type"] == "extension_assignment"
    assert [row["entity_key"] for row in run.ready] == [
        "S-001",
        "ana@example.com",
        "S-001:80000001",
    ]
    assert [(row["row_number"], row["input_line"]) for row in run.ready] == [
        ("1", "2"),
        ("2", "3"),
        ("3", "4"),
    ]


def test_the_ready_file_keeps_the_columns_of_the_input(tmp_path):
    rows = (LOCATION | {"x_note": "a\nb"}, USER, ASSIGNMENT)
    run = run_rows(tmp_path, *rows)
    assert list(run.ready[0]) == [*columns(rows), "entity_key", *READY_EXTRA]
    assert run.ready[0]["x_note"] == "a b"
    assert len(run.targets.ready_csv.read_text().splitlines()) == 4


def test_a_rejected_row_says_line_column_value_expectation_and_fix(tmp_path):
    run = run_rows(tmp_path, USER, USER | {"email": "ana"}, clock=lambda: NOON)
    (rejected,) = run.rejected
    assert list(rejected) == list(rejected_columns(columns([USER])))
    assert rejected["timestamp"] == "2026-02-05T12:00:00+00:00"
    assert rejected["row_id"] == rejected["row_number"] == "2"
    assert rejected["input_line"] == "3"
    assert rejected["reason_code"] == "invalid_input_schema"
    assert rejected["reason_message"] == (
        'line 3: column email, value "ana": expected one e-mail address as '
        "ana.lopez@example.com. Fix: write the address the person signs in to Webex with."
    )
    assert json.loads(rejected["raw_row_minified"]) == USER | {"email": "ana"}
    assert rejected["email"] == "ana"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (USER | {"entity_type": "usr"}, 'did you mean "user"?'),
        (USER | {"entity_type": ""}, "one of location, user, extension_assignment"),
        (USER | {"location_key": " "}, "column location_key"),
        (USER | {"email": ""}, "fill it, it is required"),
        (USER | {"email": "Email"}, "a header was repeated"),
        (USER | {"calling_enabled": "perhaps"}, "true or false"),
        (USER | {"extension": "80000001"}, "belongs to a extension_assignment row"),
        (USER | {"entity_key": "eva@example.com"}, "expected nothing, or ana@example.com"),
        (ASSIGNMENT | {"extension": ""}, "expected extension or phone_number, or both"),
        (ASSIGNMENT | {"extension": "8"}, "2 to 8 digits"),
        (ASSIGNMENT | {"extension": "01-feb"}, "turned the value into a date"),
        (ASSIGNMENT | {"phone_number": "1.4E+10"}, "scientific notation"),
        (ASSIGNMENT | {"phone_number": "34910000001"}, "The + is missing"),
        (LOCATION | {"location_name": "", "location_external_id": ""}, "location_name or"),
        (
            LOCATION | {"preferred_language": "", "announcement_language": ""},
            "preferred_language or announcement_language",
        ),
        (LOCATION | {"address_postal_code": "8001"}, "expected 5 digits in ES as 08001"),
        (LOCATION | {"address_line1": ""}, "column address_line1"),
        (LOCATION | {"time_zone": "Europe/Madird"}, 'did you mean "Europe/Madrid"?'),
        (LOCATION | {"location_name": "x" * 81}, "at most 80 characters"),
        (LOCATION | {"location_key": "S-002"}, "its own key (S-001 or Site 001)"),
        (LOCATION | {"entity_key": "other"}, "its own key"),
        (
            LOCATION | {"calling_enabled": "no", "main_number": "+34910000001"},
            "nothing here when calling_enabled is false",
        ),
        (LOCATION | {"premise_route_type": "TRUNK"}, "premise_route_name beside it"),
        (LOCATION | {"premise_route_name": "RG"}, "premise_route_type beside it"),
        (LOCATION | {"pstn_connection_type": "local gateway"}, "name the premises route"),
        (
            LOCATION
            | {
                "pstn_connection_type": "NON_INTEGRATED_CCP",
                "premise_route_type": "TRUNK",
                "premise_route_name": "T1",
            },
            "LOCAL_GATEWAY when there is a premises route",
        ),
        (USER | {"calling_settings_forward_no_answer_rings": "99"}, "from 2 to 20"),
        (USER | {JSON: '{"callWating": {}}'}, 'did you mean "callWaiting"?'),
        (USER | {JSON: '{"callWaiting": {"on": true}}'}, "callWaiting has no field on"),
        (
            USER
            | {
                JSON: '{"callWaiting": {"enabled": true}}',
                "calling_settings_call_waiting_enabled": "true",
            },
            "no callWaiting here when a column sets it",
        ),
    ],
)
def test_broken_rules_reject_the_row(tmp_path, row, said):
    run = run_rows(tmp_path, row)
    assert said in run.message
    assert run.reasons == ["invalid_input_schema"]
    assert run.ready == []


@pytest.mark.parametrize("row", [USER, ASSIGNMENT, LOCATION])
def test_identity_is_out_of_scope_even_when_the_rest_is_wrong(tmp_path, row):
    run = run_rows(tmp_path, row | {"display_name": "Ana", "calling_enabled": "?"})
    assert run.reasons == ["out_of_scope"]
    assert "managed in the directory (LDAP)" in run.message


def test_blank_identity_columns_do_no_harm(tmp_path):
    assert run_rows(tmp_path, USER | {"first_name": " "}).reasons == []


def test_all_problems_of_a_row_are_named_up_to_a_number(tmp_path):
    run = run_rows(tmp_path, LOCATION | dict.fromkeys(list(LOCATION)[3:], "") | {"email": "a"})
    assert "column time_zone" in run.message
    assert "And 3 more." in run.message


def test_values_under_no_header_reject_the_row(tmp_path):
    path = tmp_path / "input.csv"
    path.write_text(
        "entity_type,location_key,email,\nuser,S,a@example.com,\nuser,S,b@example.com,x\n"
    )
    run = run_file(path, tmp_path)
    assert "a name above column 4" in run.message
    assert len(run.ready) == 1


def test_a_missing_column_rejects_the_rows_that_need_it(tmp_path):
    run = run_rows(tmp_path, {"entity_type": "user", "location_key": "S"}, LOCATION)
    assert "add the column" in run.message
    assert [row["entity_type"] for row in run.ready] == ["location"]


def test_rows_that_are_no_csv_are_rejected_and_the_others_go_on(tmp_path):
    path = tmp_path / "input.csv"
    path.write_text(
        "entity_type,location_key,email\n"
        "user,S\n"
        'user,"S"x,a@example.com\n'
        "user,S,b@example.com\n"
        "user,S,c@exam"
    )
    run = run_file(path, tmp_path)
    assert [row["email"] for row in run.ready] == ["b@example.com"]
    assert [row["input_line"] for row in run.rejected] == ["2", "3", "5"]
    assert "separators are missing" in run.rejected[0]["reason_message"]
    assert json.loads(run.rejected[1]["raw_row_minified"]) == {"cells": ['user,"S"x,a@example.com']}


class TestUniqueness:
    def duplicates(self, folder, *rows):
        run = run_rows(folder, *rows)
        assert set(run.reasons) <= {"duplicate_key"}
        return [row["reason_message"] for row in run.rejected]

    def test_the_first_row_stays_and_both_lines_are_named(self, tmp_path):
        (message,) = self.duplicates(tmp_path, USER, USER | {"email": "ANA@example.com"})
        assert message.startswith('line 3: column email, value "ana@example.com"')
        assert "it stands in line 2 already" in message

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (LOCATION, LOCATION | {"location_external_id": "S-002"}),
            (LOCATION, LOCATION | {"location_name": "Site 002"}),
            (LOCATION, LOCATION | {"location_name": "s-001", "location_external_id": "S-002"}),
            (ASSIGNMENT, ASSIGNMENT | {"email": "eva@example.com"}),
            (ASSIGNMENT, ASSIGNMENT | {"extension": "80000002"}),
            (
                ASSIGNMENT | {"phone_number": "+34910000001"},
                {
                    **ASSIGNMENT,
                    "email": "eva@example.com",
                    "extension": "80000002",
                    "location_key": "S-002",
                    "phone_number": "+34910000001",
                },
            ),
            (USER | {"row_ref": "1"}, USER | {"row_ref": "1", "email": "eva@example.com"}),
            (USER | {"row_ref": "2"}, USER | {"row_ref": "", "email": "eva@example.com"}),
        ],
    )
    def test_keys_stand_in_one_row_only(self, tmp_path, first, second):
        assert len(self.duplicates(tmp_path, first, second)) == 1

    @pytest.mark.parametrize(
        "second",
        [
            ASSIGNMENT | {"email": "eva@example.com", "location_key": "S-002"},
            {**ASSIGNMENT, "extension": "", "phone_number": "+34910000001"},
            USER,
        ],
    )
    def test_other_rows_may_share_what_is_no_key(self, tmp_path, second):
        assert self.duplicates(tmp_path, ASSIGNMENT, second) == []

    def test_a_location_is_one_whether_named_or_numbered(self, tmp_path):
        rows = [
            ASSIGNMENT | {"location_key": "site 001"},
            ASSIGNMENT | {"email": "eva@example.com"},
            LOCATION,
        ]
        (message,) = self.duplicates(tmp_path, *rows)
        assert "extension in its location" in message

    def test_a_rejected_row_keeps_no_key(self, tmp_path):
        """Row 3 loses its extension to row 2, so its number is free for row 4."""
        rows = [
            LOCATION,
            ASSIGNMENT,
            ASSIGNMENT | {"email": "eva@example.com", "phone_number": "+34910000001"},
            {
                **ASSIGNMENT,
                "email": "eva@example.com",
                "extension": "80000003",
                "phone_number": "+34910000001",
            },
            USER | {"email": "wrong"},
        ]
        run = run_rows(tmp_path, *rows)
        assert [row["row_number"] for row in run.rejected] == ["3", "5"]


def test_a_lost_plus_is_put_back_where_the_country_is_known_and_reported(tmp_path):
    run = run_rows(tmp_path, ASSIGNMENT | {"phone_number": "34910000001"}, LOCATION)
    assert run.ready[0]["phone_number"] == "+34910000001"
    assert run.report.repaired_plus == {"phone_number": 1}
    assert run.report.repair_examples == (
        "line 2, column phone_number: 34910000001 -> +34910000001",
    )


def test_a_forwarding_destination_never_gets_a_plus(tmp_path):
    column = "calling_settings_forward_always_destination"
    run = run_rows(tmp_path, LOCATION, USER | {column: "530000001"})
    assert run.ready[1][column] == "530000001"
    assert run.report.rows_with_settings == 1


def test_lost_zeros_show_beside_the_neighbours_and_a_mark_beats_the_suspicion(tmp_path):
    def row(number, extension):
        return ASSIGNMENT | {"email": f"p{number}@example.com", "extension": extension}

    neighbours = [row(number, f"{1000 + number}") for number in range(12)]
    run = run_rows(tmp_path, *neighbours, row(90, "123"), row(91, "'124"))
    assert "write 0123" in run.message
    assert [r["extension"] for r in run.ready][-1] == "124"


class TestFeedingBack:
    def test_a_corrected_rejected_file_is_accepted_as_it_is(self, tmp_path):
        bad = [USER | {"email": "ana", "x_note": "a,b"}, LOCATION | {"time_zone": "nowhere"}]
        first = run_rows(tmp_path, *bad, USER | {"email": "eva@example.com"})
        text = first.targets.rejected_csv.read_text(encoding="utf-8")
        corrected = tmp_path / "corrected.csv"
        corrected.write_text(
            text.replace(",ana,", ",ana@example.com,").replace("nowhere", "Europe/Madrid"),
            encoding="utf-8",
        )
        second = run_file(corrected, tmp_path)
        assert second.rejected == []
        assert [row["entity_key"] for row in second.ready] == ["ana@example.com", "S-001"]
        assert second.ready[0]["x_note"] == "a,b"
        assert "reason_code" not in second.ready[0]

    def test_an_uncorrected_one_is_rejected_again(self, tmp_path):
        first = run_rows(tmp_path, USER | {"email": "ana"})
        again = tmp_path / "again.csv"
        first.targets.rejected_csv.rename(again)
        assert run_file(again, tmp_path).reasons == ["invalid_input_schema"]

    def test_ready_rows_are_ready_again_and_the_same(self, tmp_path):
        first = run_rows(tmp_path, LOCATION, USER, ASSIGNMENT | {"phone_number": "34910000001"})
        again = tmp_path / "again.csv"
        again.write_bytes(first.targets.ready_csv.read_bytes())
        second = run_file(again, tmp_path)
        assert second.ready == first.ready
        assert second.report.normalised == {}


class TestReport:
    def test_it_counts_and_names_what_the_rows_refer_to(self, tmp_path):
        run = run_rows(
            tmp_path,
            LOCATION
            | {
                "pstn_connection_type": "LOCAL_GATEWAY",
                "premise_route_type": "TRUNK",
                "premise_route_name": "T1",
            },
            USER | {"calling_license": "Webex Calling - Professional"},
            USER | {"email": "eva@example.com", "calling_enabled": "no", "location_key": "Far"},
            ASSIGNMENT | {"calling_settings_outgoing_profile": "internal"},
            USER | {"email": "bad"},
        )
        report = run.report
        assert (report.rows, report.ready_rows, report.rejected_rows) == (5, 4, 1)
        assert report.ready == {"location": 1, "user": 2, "extension_assignment": 1}
        assert report.rejected == {"invalid_input_schema": 1}
        assert report.locations == {"Far": 1}
        assert report.licences == {"Webex Calling - Professional": 1}
        assert report.routes == {"TRUNK:T1": 1}
        assert report.profiles == {"internal": 1}

    def test_profiles_are_checked_when_they_are_known(self, tmp_path):
        row = USER | {"calling_settings_outgoing_profile": "internl"}
        assert 'did you mean "internal"?' in run_rows(tmp_path, row, profiles=["internal"]).message
        assert "no file of outgoing profiles" in run_rows(tmp_path, row, profiles=()).message


def test_too_many_rows_stop_before_anything_is_written(tmp_path):
    path = write_csv(tmp_path / "input.csv", USER, USER)
    targets = targets_in(tmp_path)
    with pytest.raises(LimitExceededError, match="Nothing was processed"):
        run_pipeline(path, targets, PipelineOptions(max_rows=1))
    assert [item.name for item in tmp_path.iterdir()] == ["input.csv"]


def test_a_file_that_breaks_off_leaves_nothing_behind(tmp_path):
    path = tmp_path / "input.csv"
    path.write_text('entity_type,email\nuser,a@example.com\nuser,"b\n')
    with pytest.raises(InputFileError):
        run_pipeline(path, targets_in(tmp_path), PipelineOptions(max_rows=9))
    assert [item.name for item in tmp_path.iterdir()] == ["input.csv"]


def test_a_full_disk_leaves_the_old_outputs(tmp_path, monkeypatch):
    old = run_rows(tmp_path, USER)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("Space_OdT.engine.validation_report.write_atomic", full)
    with pytest.raises(OSError, match="No space left"):
        run_rows(tmp_path, USER, ASSIGNMENT)
    assert old.targets.report_json.exists()


CELLS = st.sampled_from(
    (
        *("", " ", "user", "location", "extension_assignment", "ana@example.com", "S-001", "'1"),
        *("Site 001", "80000001", "123", "1.4E+10", "34910000001", "+34910000001", "true", "ES"),
        *("es_es", "#N/A", "Europe/Madrid", "08001", '{"hoteling":{"enabled":true}}'),
    )
)
HEADER = [*LOCATION, *("location_key", "email", "extension", "phone_number", "row_ref", JSON)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(table=st.lists(st.lists(CELLS, min_size=17, max_size=17), min_size=1, max_size=12))
def test_every_row_ends_in_exactly_one_file_and_ready_rows_stay_ready(tmp_path, table):
    rows = [dict(zip(HEADER, cells, strict=True)) for cells in table]
    if not any(value.strip() for row in rows for value in row.values()):
        return
    run = run_rows(tmp_path, *rows, header=HEADER)
    numbers = sorted(int(row["row_number"]) for row in (*run.ready, *run.rejected))
    assert numbers == list(range(1, run.report.rows + 1))
    if run.ready:
        again = tmp_path / "again.csv"
        again.write_bytes(run.targets.ready_csv.read_bytes())
        second = run_file(again, tmp_path)
        names = [name for name in run.ready[0] if name not in READY_EXTRA]
        assert [[r[n] for n in names] for r in second.ready] == [
            [r[n] for n in names] for r in run.ready
        ]


def test_a_generated_dirty_file_is_conserved_and_the_same_every_time(tmp_path):
    path = tmp_path / "input.csv"
    plan = Plan(locations=20, users=400, assignments=400, dirty_share=0.1, settings_share=0.2)
    assert write(path, plan) == 820
    run = run_file(path, tmp_path)
    assert run.report.ready_rows + run.report.rejected_rows == 820
    assert set(run.report.rejected) == {"invalid_input_schema", "duplicate_key", "out_of_scope"}
    first = run.targets.ready_csv.read_bytes(), run.targets.rejected_csv.read_bytes()
    run = run_file(path, tmp_path)
    assert (run.targets.ready_csv.read_bytes(), run.targets.rejected_csv.read_bytes()) == first


def test_a_generated_clean_file_has_no_rejected_row(tmp_path):
    path = tmp_path / "input.csv"
    write(path, Plan(locations=5, users=50, assignments=50, emails=("known@example.com",)))
    run = run_file(path, tmp_path)
    assert run.report.rejected == {}
    assert run.ready[5]["email"] == "known@example.com"


class TestFastLane:
    """The short way must give what the long way gives, byte by byte."""

    @staticmethod
    def outputs(folder, path):
        run = run_file(path, folder, max_rows=10_000)
        files = (run.targets.ready_csv, run.targets.rejected_csv, run.targets.report_json)
        return [file.read_bytes() for file in files]

    def both(self, folder, path):
        short = self.outputs(folder, path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("Space_OdT.engine.data_pipeline.fast_lane", lambda *_: None)
            return short, self.outputs(folder, path)

    @pytest.mark.parametrize("row_refs", [False, True])
    def test_a_large_dirty_file(self, tmp_path, row_refs):
        path = tmp_path / "input.csv"
        plan = Plan(
            locations=30,
            users=900,
            assignments=900,
            dirty_share=0.15,
            settings_share=0.3,
            row_refs=row_refs,
        )
        write(path, plan)
        short, long = self.both(tmp_path, path)
        assert short == long

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(
        names=st.permutations(["email", "location_key", "extension", "phone_number"]),
        extra=st.sets(
            st.sampled_from(
                (
                    *("entity_key", "row_ref", "calling_enabled", "calling_license", "x_note"),
                    *("first_name", "row_id", "calling_settings_forward_busy_destination", JSON),
                )
            )
        ),
        data=st.data(),
    )
    def test_any_table(self, tmp_path, names, extra, data):
        header = ["entity_type", *names, *sorted(extra)]
        cells = st.sampled_from(
            ("", "ana@example.com", "eva@example.com", "S,1", 'S"1', "S1", "true", "false", "1234")
        )
        kinds = st.sampled_from(("user", "extension_assignment", "User", "location"))
        good = {
            "email": st.sampled_from([f"p{n}@example.com" for n in range(9)]),
            "location_key": st.sampled_from(["S1", "S,1", 'S"1']),
            "extension": st.sampled_from(["", "1234", "1235", "123"]),
            "phone_number": st.sampled_from(["", "+34910000001", "+34910000002"]),
            "calling_enabled": st.sampled_from(["", "true", "false"]),
            "calling_settings_forward_busy_destination": st.sampled_from(["", "530", "off"]),
        }
        rows = [
            {"entity_type": data.draw(kinds)}
            | {
                name: data.draw(good.get(name, st.just("")) if data.draw(st.booleans()) else cells)
                for name in header[1:]
            }
            for _ in range(data.draw(st.integers(1, 10)))
        ]
        path = write_csv(tmp_path / "input.csv", *rows, header=header)
        short, long = self.both(tmp_path, path)
        assert short == long
