"""The rows in the page are safe, within their budget and otherwise unchanged."""

from __future__ import annotations

import csv
import json

import pytest

from Space_OdT.inventory.report.samples import MAX_RAW_CHARACTERS, MAX_ROWS, take_samples, to_island
from tests.inventory.report.sample_exports import HOSTILE


def write(folder, name, rows, columns=("id", "raw_json")):
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_leave_its_script_element(text):
    island = str(to_island({"text": text}))
    assert not set("<>&\u2028\u2029") & set(island)
    assert json.loads(island) == {"text": text}


def test_the_raw_object_is_an_object_and_damaged_json_stays_text(tmp_path):
    write(tmp_path, "a", [["1", '{"b": [1, null]}'], ["2", "{damaged"], ["3", ""]])
    (sample,) = take_samples(tmp_path, ["a"])
    assert json.loads(sample.island)["rows"] == [
        ["1", {"b": [1, None]}],
        ["2", "{damaged"],
        ["3", ""],
    ]


def test_a_huge_raw_object_is_left_to_the_csv(tmp_path):
    write(tmp_path, "a", [["1", json.dumps("x" * MAX_RAW_CHARACTERS)]])
    assert json.loads(take_samples(tmp_path, ["a"])[0].island)["rows"] == [["1", None]]


def test_only_the_first_rows_are_taken(tmp_path):
    write(tmp_path, "a", [[str(n), ""] for n in range(MAX_ROWS + 50)])
    assert take_samples(tmp_path, ["a"])[0].rows == MAX_ROWS


def test_small_artifacts_leave_their_share_to_large_ones(tmp_path):
    write(tmp_path, "small", [["1", ""]])
    write(tmp_path, "large", [[f"{n:020}", ""] for n in range(100)])
    small, large = take_samples(tmp_path, ["small", "large"], budget_bytes=1500)
    assert small.rows == 1
    assert 40 < large.rows < 60
    assert len(small.island) + len(large.island) < 1800


def test_artifacts_without_a_file_are_left_out(tmp_path):
    write(tmp_path, "b", [])
    assert [sample.name for sample in take_samples(tmp_path, ["a", "b"])] == ["b"]
