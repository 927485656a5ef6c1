"""Troubles are grouped by their repair."""

from __future__ import annotations

from Space_OdT.inventory.report.advice import Severity, advise
from Space_OdT.inventory.report.coverage import cover
from Space_OdT.inventory.report.status_lines import read_status
from Space_OdT.inventory.report.texts import Texts
from tests.inventory.report.test_coverage import ArtifactInfo, Group, covered_by

TEXT = Texts()
FORBIDDEN = {"result": "forbidden", "http_status": 403, "count": 0, "failures": 1}


def notices(folder, *records):
    infos = tuple(
        ArtifactInfo(name, "", Group.V1) for name in dict.fromkeys(r["module"] for r in records)
    )
    return advise(covered_by(folder, *records, artifacts=infos), TEXT)


def test_one_missing_scope_is_named_with_its_artifacts(tmp_path):
    (notice,) = notices(
        tmp_path,
        {"module": "people", **FORBIDDEN, "missing_scope": "scope:people"},
        {"module": "person_numbers", **FORBIDDEN, "missing_scope": "scope:people"},
    )
    assert notice.severity is Severity.ERROR
    assert notice.title == "Add the scope scope:people"
    assert notice.items == (("scope:people", "people, person_numbers"),)


def test_several_missing_scopes_are_one_request_for_a_token(tmp_path):
    (notice,) = notices(
        tmp_path,
        {"module": "people", **FORBIDDEN, "missing_scope": "scope:people"},
        {"module": "groups", **FORBIDDEN, "missing_scope": "scope:groups"},
    )
    assert notice.title == "Add 2 scopes"
    assert "scope:groups, scope:people" in notice.body
    assert notice.items == (("scope:groups", "groups"), ("scope:people", "people"))


def test_a_refusal_without_a_scope_says_what_to_check(tmp_path):
    (notice,) = notices(
        tmp_path, {"module": "people", "result": "forbidden", "http_status": 403, "count": 0}
    )
    assert "administrator" in notice.body


def test_failures_are_grouped_by_status_with_their_texts(tmp_path):
    failed = {"result": "error", "failures": 1, "count": 0}
    bad_gateway = failed | {"http_status": 502, "error": "Bad gateway"}
    found = notices(
        tmp_path,
        {"module": "a"} | bad_gateway,
        {"module": "b"} | bad_gateway,
        {"module": "c", "result": "error", "failures": 1, "count": 0, "error": "timed out"},
    )
    assert [notice.title for notice in found] == ["Failed: HTTP 502", "Failed: no answer"]
    assert found[0].examples == ("Bad gateway",)


def test_rows_read_in_part_are_a_warning(tmp_path):
    (notice,) = notices(
        tmp_path,
        {"module": "a", "result": "partial", "count": 9, "failures": 1, "http_status": 405},
    )
    assert notice.severity is Severity.WARNING


def test_errors_come_before_warnings(tmp_path):
    found = notices(
        tmp_path,
        {"module": "a", "result": "partial", "count": 9, "failures": 1},
        {"module": "b", "result": "error", "failures": 1, "count": 0},
        {"module": "c", "result": "forbidden", "count": 0},
    )
    assert [notice.severity for notice in found] == [
        Severity.ERROR,
        Severity.ERROR,
        Severity.WARNING,
    ]


def test_many_artifacts_are_not_all_named(tmp_path):
    (notice,) = notices(
        tmp_path,
        *({"module": f"m{n}", "result": "error", "failures": 1, "count": 0} for n in range(20)),
    )
    assert "and 14 more" in notice.body


def test_what_needs_no_repair_is_no_notice(tmp_path):
    (notice,) = notices(
        tmp_path,
        {"module": "a", "result": "ok", "count": 9},
        {"module": "b", "result": "no_api", "count": 0},
        {"module": "c", "result": "not_entitled", "count": 0},
    )
    assert notice.severity is Severity.FINE


def test_an_export_without_status_says_so(tmp_path):
    (notice,) = advise(
        cover((ArtifactInfo("people", "", Group.BASE),), read_status(tmp_path), tmp_path), TEXT
    )
    assert (notice.severity, notice.title) == (Severity.ERROR, TEXT("attention_nothing"))


def test_what_only_lacks_its_source_is_not_a_failure_of_its_own(tmp_path):
    found = notices(
        tmp_path,
        {"module": "people", "result": "error", "failures": 1, "http_status": 500, "count": 0},
        {"module": "person_numbers", "result": "error", "count": 0, "error": "people is not read"},
        {
            "module": "people_details",
            "result": "partial",
            "count": 4,
            "error": "people is not read",
        },
    )
    assert [notice.severity for notice in found] == [Severity.ERROR, Severity.WARNING]
    assert found[0].body.startswith("people:")
    assert found[1].body.startswith("person_numbers, people_details:")
