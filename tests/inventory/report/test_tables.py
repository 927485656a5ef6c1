"""CSV files are read as streams, whatever their cells hold."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.inventory.report.tables import (
    as_count,
    as_flag,
    clean,
    count_records,
    read_columns,
    read_head,
)


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def test_only_the_first_rows_are_read(tmp_path):
    path = write(tmp_path / "a.csv", [["id", "name"], *([str(n), "x"] for n in range(10))])
    table = read_head(path, 3)
    assert table.columns == ("id", "name")
    assert [row[0] for row in table.rows] == ["0", "1", "2"]


def test_a_short_row_is_padded_and_a_long_one_cut(tmp_path):
    path = write(tmp_path / "a.csv", [["id", "name"], ["1"], ["2", "b", "surplus"]])
    assert read_head(path, 9).rows == (("1", ""), ("2", "b"))


def test_an_empty_file_is_an_empty_table(tmp_path):
    path = tmp_path / "a.csv"
    path.touch()
    assert read_head(path, 5).columns == ()
    assert count_records(path) == 0


def test_columns_come_in_the_order_asked_and_unknown_ones_are_empty(tmp_path):
    path = write(tmp_path / "a.csv", [["id", "name"], ["1", "Ñuño"]])
    assert list(read_columns(path, ("name", "nothing", "id"))) == [("Ñuño", "", "1")]


def test_a_missing_file_has_no_rows(tmp_path):
    assert list(read_columns(tmp_path / "none.csv", ("id",))) == []
    assert count_records(tmp_path / "none.csv") == 0


def test_a_cell_may_be_larger_than_the_csv_module_allows(tmp_path):
    path = write(tmp_path / "a.csv", [["raw_json"], ["x" * 300_000]])
    assert len(next(read_columns(path, ("raw_json",)))[0]) == 300_000


def test_a_byte_order_mark_does_not_hide_the_first_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffid\n7\n".encode())
    assert list(read_columns(path, ("id",))) == [("7",)]


@given(st.lists(st.text("a\"\n,' ñ", max_size=12), max_size=20))
def test_records_are_counted_as_the_csv_module_does(tmp_path_factory, cells):
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", [["h"], *([f"x{c}"] for c in cells)])
    assert count_records(path) == len(cells)


def test_the_last_record_counts_without_a_final_line_break(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id\n"a\nb"\nlast', encoding="utf-8")
    assert count_records(path) == 2


def test_control_characters_are_replaced_and_line_breaks_kept():
    assert clean("a\x00b\x07c\n\td") == "a\ufffdb\ufffdc\n\td"


@pytest.mark.parametrize(
    ("text", "flag"), [("True", True), ("true", True), ("1", True), ("False", False), ("", False)]
)
def test_flags_are_read_as_python_and_json_write_them(text, flag):
    assert as_flag(text) is flag


@pytest.mark.parametrize(
    ("text", "count"),
    [("12", 12), ("12.0", 12), ("", None), ("many", None), ("inf", None), ("nan", None)],
)
def test_counts_are_whole_numbers_or_unknown(text, count):
    assert as_count(text) == count
