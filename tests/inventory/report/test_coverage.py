"""Status records become one class per artifact."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest

from Space_OdT.inventory.manifest.entry import Group
from Space_OdT.inventory.report.context import ArtifactInfo
from Space_OdT.inventory.report.coverage import cover, family_of, tally
from Space_OdT.inventory.report.status_lines import Coverage, read_status

COLUMNS = [
    "module",
    "method",
    "result",
    "http_status",
    "error",
    "count",
    "elapsed_ms",
    "calls",
    "failures",
    "failure_reasons",
    "not_entitled",
    "not_configured",
    "missing_scope",
    "served_by",
    "read_at",
]
PEOPLE = ArtifactInfo("people", "Everyone", Group.BASE)


def covered_by(folder, *records, artifacts=(PEOPLE,)):
    with (folder / "status.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(
            {"module": "people", "method": "people.list"} | record for record in records
        )
    return cover(artifacts, read_status(folder), folder)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"result": "ok", "count": 3}, Coverage.READ),
        ({"result": "ok", "count": 0}, Coverage.EMPTY),
        ({"result": "empty", "count": 0}, Coverage.EMPTY),
        ({"result": "ok", "count": 3, "failures": 2}, Coverage.PARTIAL),
        ({"result": "ok", "count": 3, "failures": 0}, Coverage.READ),
        ({"result": "partial", "count": 3, "failures": 1}, Coverage.PARTIAL),
        ({"result": "forbidden", "http_status": 403, "count": 0}, Coverage.FORBIDDEN),
        ({"result": "not_found", "http_status": 404, "count": 0}, Coverage.FAILED),
        ({"result": "error", "count": 0, "failures": 1}, Coverage.FAILED),
        ({"result": "error", "count": 0, "http_status": 500}, Coverage.FAILED),
        ({"result": "error", "count": 0, "error": "no source"}, Coverage.BLOCKED),
        ({"result": "failed", "count": 0}, Coverage.FAILED),
        ({"result": "a word of tomorrow", "count": 0}, Coverage.FAILED),
        ({"result": "not_entitled", "count": 0}, Coverage.NOT_ENTITLED),
        ({"result": "no_api", "count": 0}, Coverage.NO_API),
        ({"result": "skipped", "count": 0}, Coverage.SKIPPED),
    ],
)
def test_each_result_has_its_class(tmp_path, record, expected):
    (artifact,) = covered_by(tmp_path, record)
    assert artifact.coverage is expected


@pytest.mark.parametrize(
    ("result", "rows", "expected"),
    [
        ("ok", 0, Coverage.EMPTY),
        ("ok", 2, Coverage.READ),
        ("forbidden", 0, Coverage.BLOCKED),
        ("partial", 2, Coverage.PARTIAL),
        (None, 0, Coverage.SKIPPED),
    ],
)
def test_a_computed_file_lacks_what_its_sources_lack(tmp_path, result, rows, expected):
    lines = "".join(f"{number}\n" for number in range(rows))
    (tmp_path / "licenses_no_pstn.csv").write_text(f"entity_id\n{lines}", encoding="utf-8")
    computed = ArtifactInfo("licenses_no_pstn", "", Group.DERIVED, ("people",))
    records = [{"result": result, "count": 3}] if result else []
    *_, artifact = covered_by(tmp_path, *records, artifacts=(PEOPLE, computed))
    assert artifact.coverage is expected


def test_several_records_of_one_artifact_are_joined(tmp_path):
    (artifact,) = covered_by(
        tmp_path,
        {"result": "ok", "count": 10, "calls": 2, "elapsed_ms": 1500},
        {
            "method": "people.other",
            "result": "forbidden",
            "http_status": 403,
            "count": 0,
            "calls": 1,
            "elapsed_ms": 500,
            "missing_scope": "scope:one",
            "error": "no",
        },
    )
    assert artifact.coverage is Coverage.PARTIAL
    assert (artifact.rows, artifact.calls, artifact.seconds) == (10, 3, 2.0)
    assert artifact.methods == ("people.list", "people.other")
    assert artifact.missing_scopes == ("scope:one",)
    assert artifact.http_statuses == ("403",)
    assert artifact.errors == ("no",)


def test_the_worst_record_decides_when_nothing_arrived(tmp_path):
    results = ("empty", "not_entitled", "failed", "error")
    (artifact,) = covered_by(tmp_path, *({"result": result, "count": 0} for result in results))
    assert artifact.coverage is Coverage.FAILED


def test_a_file_without_a_record_is_counted(tmp_path):
    derived = ArtifactInfo("licenses_no_pstn", "", Group.DERIVED)
    (tmp_path / "licenses_no_pstn.csv").write_text("a\n1\n2\n", encoding="utf-8")
    (artifact,) = cover((derived,), (), tmp_path)
    assert (artifact.coverage, artifact.rows) == (Coverage.READ, 2)
    assert (artifact.has_csv, artifact.has_json) == (True, False)


def test_an_artifact_without_record_and_file_was_not_in_the_run(tmp_path):
    (artifact,) = cover((PEOPLE,), read_status(tmp_path), tmp_path)
    assert artifact.coverage is Coverage.SKIPPED


def test_an_artifact_that_only_the_status_knows_is_shown_too(tmp_path):
    names = [
        a.info.name for a in covered_by(tmp_path, {"module": "novelty", "result": "ok", "count": 1})
    ]
    assert names == ["people", "novelty"]


def test_the_tally_has_every_class_in_order(tmp_path):
    counts = tally(covered_by(tmp_path, {"result": "ok", "count": 1}))
    assert list(counts) == list(Coverage)
    assert sum(counts.values()) == 1


@pytest.mark.parametrize(
    ("name", "group", "family"),
    [
        ("person_numbers", Group.V1, "people"),
        ("people", Group.BASE, "people"),
        ("calling_locations_details", Group.V1, "locations"),
        ("hunt_group_details", Group.V1, "features"),
        ("group_members", Group.V1, "groups"),
        ("numbers", Group.BASE, "numbers"),
        ("licenses_no_pstn", Group.DERIVED, "derived"),
        ("a_novelty", Group.V1, "other"),
    ],
)
def test_artifacts_are_shown_with_their_family(name, group, family):
    assert family_of(ArtifactInfo(name, "", group)) == family


def test_the_details_of_a_record_are_added_up(tmp_path):
    (artifact,) = covered_by(
        tmp_path,
        {
            "result": "partial",
            "count": 5,
            "failures": 2,
            "failure_reasons": "gone 404: 2",
            "not_entitled": 4,
            "not_configured": 1,
            "read_at": "2025-03-01T10:00:00+00:00",
        },
        {"result": "ok", "count": 1, "not_entitled": 1, "read_at": "2025-03-02T10:00:00"},
    )
    assert (artifact.failures, artifact.not_entitled, artifact.not_configured) == (2, 5, 1)
    assert artifact.failure_reasons == ("gone 404: 2",)
    assert artifact.read_at == datetime(2025, 3, 2, 10, tzinfo=UTC)


def test_an_unreadable_time_is_no_time(tmp_path):
    (artifact,) = covered_by(tmp_path, {"result": "ok", "count": 1, "read_at": "yesterday"})
    assert artifact.read_at is None
