from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from Space_OdT.inventory.cost import CostLine, Counts, estimate
from Space_OdT.inventory.derived import REQUIREMENT_LIST, is_pstn_licence, write_derived
from Space_OdT.inventory.exports import read_rows, write_table
from Space_OdT.inventory.manifest import BY_NAME, MANIFEST
from Space_OdT.inventory.workbook import CELL_CHARACTERS, sheet_names, write_workbook


def requirement(folder: Path, name: str) -> dict[str, str]:
    write_derived(folder)
    columns = ("requirement_id", "status", "artifact", "details")
    rows = read_rows(folder / "v1_requirements_status.csv", columns)
    return next(row for row in rows if row["requirement_id"] == name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Webex Calling - Professional", False),
        ("Calling NO PSTN", False),
        ("Calling non pstn", False),
        ("Llamadas sin PSTN", False),
        ("Cisco PSTN Bundle", True),
    ],
)
def test_a_licence_speaks_of_pstn_or_not(name: str, expected: bool) -> None:
    assert is_pstn_licence(name) is expected


def test_holders_of_licences_without_pstn(tmp_path: Path) -> None:
    write_table(
        tmp_path,
        "licenses",
        ("license_id", "sku_or_name"),
        [
            {"license_id": "A", "sku_or_name": "Messaging"},
            {"license_id": "B", "sku_or_name": "PSTN"},
        ],
    )
    columns = ("license_id", "person_id", "workspace_id", "member_id", "id")
    holders: list[dict[str, Any]] = [
        {"license_id": "A", "person_id": "P", "workspace_id": "", "member_id": "P", "id": "P"},
        {"license_id": "A", "person_id": "", "workspace_id": "W", "member_id": "M", "id": "M"},
        {"license_id": "B", "person_id": "P", "workspace_id": "", "member_id": "P", "id": "P"},
    ]
    write_table(tmp_path, "license_assigned_users", columns, holders)
    write_derived(tmp_path)
    names = ("entity_id", "entity_type", "license_id", "license_name", "is_pstn")
    assert [tuple(row.values()) for row in read_rows(tmp_path / "licenses_no_pstn.csv", names)] == [
        ("P", "user", "A", "Messaging", "False"),
        ("W", "workspace", "A", "Messaging", "False"),
    ]


def test_there_are_twenty_requirements_and_without_exports_none_is_met(tmp_path: Path) -> None:
    assert len(REQUIREMENT_LIST) == 20
    write_derived(tmp_path)
    rows = list(read_rows(tmp_path / "v1_requirements_status.csv", ("status", "details")))
    assert [row["status"] for row in rows] == ["missing"] * 20
    assert all(row["details"] for row in rows)


def test_a_requirement_looks_for_a_filled_column(tmp_path: Path) -> None:
    write_table(tmp_path, "locations", ("city", "state"), [{"city": "Girona", "state": ""}])
    assert requirement(tmp_path, "locations_city")["status"] == "ok"
    assert requirement(tmp_path, "locations_state")["status"] == "missing"


def test_a_flag_that_is_false_does_not_meet_a_requirement(tmp_path: Path) -> None:
    columns = ("webex_calling_enabled", "location_id")
    write_table(tmp_path, "people", columns, [{"webex_calling_enabled": False, "location_id": ""}])
    assert requirement(tmp_path, "users_webex_calling")["status"] == "missing"
    write_table(tmp_path, "people", columns, [{"webex_calling_enabled": True, "location_id": ""}])
    assert requirement(tmp_path, "users_webex_calling")["status"] == "ok"


def test_cells_of_the_workbook_are_text(tmp_path: Path) -> None:
    values = {"number": "+34910000000", "zeros": "0034", "formula": "=1+1", "link": "http://x"}
    write_table(tmp_path, "people", tuple(values), [values])
    write_workbook(tmp_path / "book.xlsx", tmp_path, ("people", "missing"))
    book = CalamineWorkbook.from_path(str(tmp_path / "book.xlsx"))
    assert book.sheet_names == ["index", "people"]
    assert book.get_sheet_by_name("people").to_python() == [[*values], [*values.values()]]
    assert book.get_sheet_by_name("index").to_python()[1] == ["people", "people", "1"]


def test_the_same_rows_make_the_same_workbook(tmp_path: Path) -> None:
    write_table(tmp_path, "people", ("a",), [{"a": "1"}])
    for name in ("one", "two"):
        write_workbook(tmp_path / name, tmp_path, ("people",))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_cell_too_long_for_excel_says_that_it_is_cut(tmp_path: Path) -> None:
    write_table(tmp_path, "people", ("raw",), [{"raw": "x" * 40_000}])
    write_workbook(tmp_path / "book.xlsx", tmp_path, ("people",))
    cell = CalamineWorkbook.from_path(str(tmp_path / "book.xlsx")).get_sheet_by_name("people")
    text = cell.to_python()[1][0]
    assert isinstance(text, str)
    assert len(text) == CELL_CHARACTERS
    assert text.endswith("[cut: the CSV has it all]")


def test_rows_beyond_a_sheet_go_on_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("Space_OdT.inventory.workbook.SHEET_ROWS", 3)
    write_table(tmp_path, "people", ("a",), [{"a": str(number)} for number in range(5)])
    write_workbook(tmp_path / "book.xlsx", tmp_path, ("people",))
    book = CalamineWorkbook.from_path(str(tmp_path / "book.xlsx"))
    assert book.sheet_names == ["index", "people", "people (2)", "people (3)"]
    assert book.get_sheet_by_name("people (3)").to_python() == [["a"], ["4"]]


def test_sheet_names_fit_excel_and_stay_apart() -> None:
    names = [entry.artifact for entry in MANIFEST]
    found = sheet_names(names)
    assert all(len(name) <= 31 for name in found)
    assert len({name.lower() for name in found}) == len(names)
    assert sheet_names(["a" * 40, "a" * 40]) == ["a" * 31, "a" * 28 + "~2"]


def test_the_cost_follows_from_a_few_counts() -> None:
    counts = Counts(
        of={"people": 250, "calling_locations": 3, "call_queues": 4, "groups": 2},
        calling_people=200,
        calling_workspaces=7,
        holders=(301, 0),
        members=(501, 0),
    )
    lines = {line.artifact: line for line in estimate(MANIFEST, counts)}
    assert lines["people"] == CostLine("people", 3, "list")
    assert lines["people_details"].calls == 0
    assert lines["person_numbers"].calls == 200
    assert lines["person_available_numbers_ecbn"].calls == 3
    assert lines["workspace_numbers"].calls == 7
    assert lines["license_assigned_users"].calls == 3
    assert lines["call_queues"].calls == 2
    assert lines["call_queue_agents"].calls == 4
    assert lines["group_members"].calls == 3
    assert lines["call_queue_settings"].calls == 1
    assert lines["virtual_line_available_numbers_primary"].calls == 0
    assert set(lines) == set(BY_NAME)
