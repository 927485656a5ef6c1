"""One record is one line, written and read strictly."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.engine.csv_lines import Damage, line_maker, one_line, stored_records

TEXT = st.text(max_size=10)


@given(cells=st.lists(TEXT, min_size=1, max_size=5))
def test_a_line_is_what_the_csv_module_reads_back(cells):
    cells = [one_line(cell) for cell in cells]
    line = line_maker()(cells)
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert next(csv.reader([line], strict=True)) == cells


@given(cell=st.text())
def test_one_line_has_no_line_break_and_no_nul(cell):
    line = one_line(cell)
    assert len(line.splitlines()) <= 1
    assert "\0" not in line
    assert one_line(line) == line


def stored(folder, content):
    path = folder / "stored.csv"
    path.write_bytes(content)
    return list(stored_records(path))


def test_records_come_with_line_and_position(tmp_path):
    assert stored(tmp_path, 'a,b\nñ,"x,y"\n1,2\n'.encode()) == [
        (1, 0, ["a", "b"]),
        (2, 4, ["ñ", "x,y"]),
        (3, 13, ["1", "2"]),
    ]


@pytest.mark.parametrize(
    ("content", "line", "offset", "said"),
    [
        (b"a,b\n1,2\n3", 3, 8, "the line has no end"),
        (b"a,b\n1\n3,4\n", 2, 4, "1 cells instead of 2"),
        (b"a,b\n1,2,3\n", 2, 4, "3 cells instead of 2"),
        (b'a,b\n1,"2\n3,4\n', 2, 4, "not a record"),
        (b'a,b\n1,"2\n3",4\n', 2, 4, "a quote is not closed"),
        (b'a,b\n"1"x,2\n', 2, 4, "not a record"),
        (b"a,b\n\0\0\n", 2, 4, "NUL"),
        (b"a,b\n\xff,2\n", 2, 4, "not a record"),
        (b"a,b\n\n", 2, 4, "0 cells instead of 2"),
    ],
)
def test_damage_is_named_with_its_place(tmp_path, content, line, offset, said):
    with pytest.raises(Damage) as caught:
        stored(tmp_path, content)
    assert (caught.value.line, caught.value.offset) == (line, offset)
    assert said in caught.value.what
