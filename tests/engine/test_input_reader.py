"""Inputs of every origin are read with right line numbers, or refused with place and fix."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.engine.input_reader import InputFileError, open_input


def written(folder, content, name="input.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(folder, content):
    return [row[:3] for row in open_input(written(folder, content)).rows()]


def problems(folder, content):
    found = open_input(written(folder, content)).rows()
    return [(line, problem) for line, _, _, problem in found if problem]


def refusal(folder, content, name="input.csv"):
    with pytest.raises(InputFileError) as caught:
        list(open_input(written(folder, content, name)).rows())
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "description"),
    [
        ("a,b\nñ,2\n", "utf-8, separator comma"),
        ("a;b\nñ;2\n", "utf-8, separator semicolon"),
        ("a\tb\nñ\t2\n", "utf-8, separator tab"),
        ("sep=;\r\na;b\r\nñ;2\r\n", "utf-8, separator semicolon"),
        ("sep=\t\na\tb\nñ\t2\n", "utf-8, separator tab"),
        ("a,b\rñ,2\r", "utf-8, separator comma"),
        (b"\xef\xbb\xbf" + "a,b\nñ,2\n".encode(), "utf-8-sig, separator comma"),
        ("a,b\nñ,2\n".encode("utf-16"), "utf-16, separator comma"),
        (b"\xfe\xff" + "a,b\nñ,2\n".encode("utf-16-be"), "utf-16, separator comma"),
        ("a,b\nñ,2\n".encode("utf-16-le"), "utf-16-le, separator comma"),
        ("a,b\nñ,2\n".encode("utf-16-be"), "utf-16-be, separator comma"),
        ("a,b\nñ,2\n".encode("cp1252"), "cp1252, separator comma"),
    ],
)
def test_encodings_and_separators_are_found_out(tmp_path, content, description):
    opened = open_input(written(tmp_path, content))
    assert opened.description == description
    assert opened.header == ("a", "b")
    assert [cells for _, _, cells, _ in opened.rows()] == [["ñ", "2"]]


def test_an_assumed_encoding_is_said(tmp_path):
    opened = open_input(written(tmp_path, "a,b\nñ,2\n".encode("cp1252")))
    assert opened.notices == ("input.csv is not UTF-8; it was read as Windows-1252",)


def test_the_hash_is_that_of_the_bytes(tmp_path):
    content = b"\xef\xbb\xbfa,b\r\n1,2\r\n"
    assert open_input(written(tmp_path, content)).input_hash == hashlib.sha256(content).hexdigest()


def test_line_numbers_count_lines_inside_cells(tmp_path):
    content = 'a,b\n1,2\n"x\ny\r\nz",3\n\n,\n" ",""\n4,5\n'
    assert rows(tmp_path, content) == [
        (2, 2, ["1", "2"]),
        (3, 5, ["x y z", "3"]),
        (9, 9, ["4", "5"]),
    ]


def test_lines_above_the_header_count(tmp_path):
    opened = open_input(written(tmp_path, "sep=;\n\na;b\n1;2\n"))
    assert opened.header_line == 3
    assert [row[0] for row in opened.rows()] == [4]


def test_rows_can_be_read_again(tmp_path):
    opened = open_input(written(tmp_path, "a,b\n1,2\n3,4\n"))
    assert list(opened.rows()) == list(opened.rows())


def test_blank_cells_beyond_the_header_are_dropped(tmp_path):
    assert rows(tmp_path, "a,b\n1,2,, \n") == [(2, 2, ["1", "2"])]


def test_ragged_rows_carry_their_problem_and_the_others_go_on(tmp_path):
    found = open_input(written(tmp_path, "a,b\n1\n1,2,3\n4,5\n")).rows()
    assert [(cells, bool(problem)) for _, _, cells, problem in found] == [
        (["1"], True),
        (["1", "2", "3"], True),
        (["4", "5"], False),
    ]
    (short, first), (long, second) = problems(tmp_path, "a,b\n1\n1,2,3\n4,5\n")
    assert (short, long) == (2, 3)
    assert first == "the row has 1 cells, the header 2: separators are missing"
    assert "the row has 3 cells, the header 2: a separator inside a value" in second


def test_half_a_row_at_the_end_is_called_cut_off(tmp_path):
    ((line, problem),) = problems(tmp_path, "a,b,c\n1,2,3\n4,5")
    assert line == 3
    assert "the file ends inside this row, so it seems cut off" in problem


def test_a_short_row_at_the_end_of_a_whole_file_is_not(tmp_path):
    ((_, problem),) = problems(tmp_path, "a,b,c\n1,2,3\n4,5\n")
    assert "separators are missing" in problem


def test_a_last_line_without_an_end_is_fine(tmp_path):
    assert problems(tmp_path, "a,b\n1,2") == []


def test_quotes_that_join_rows_are_named_with_the_lines(tmp_path):
    ((line, problem),) = problems(tmp_path, 'a,b,c\n1,"2\n3,4,5\n6,7,8"\n9,9,9\n')
    assert line == 2
    assert "spans the lines 2 to 4: a stray double quote" in problem


def test_a_row_that_breaks_the_rules_of_csv_is_kept_as_it_stands(tmp_path):
    content = 'a,b\n1,2\n"x"y,3\n4,5\n\n"p"q,6\n7,8\n'
    found = list(open_input(written(tmp_path, content)).rows())
    assert [row[:3] for row in found] == [
        (2, 2, ["1", "2"]),
        (3, 3, ['"x"y,3']),
        (4, 4, ["4", "5"]),
        (6, 6, ['"p"q,6']),
        (7, 7, ["7", "8"]),
    ]
    assert "doubled" in found[1][3]


def test_nul_bytes_cost_their_row_only(tmp_path):
    assert problems(tmp_path, b"a,b\n1\0,2\n3,4\n") == [
        (2, "a NUL byte stands in the row: the file is damaged")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("a,b\n", "line 1: there is a header but no row below it"),
        ("a,b\n\n,\n", "there is a header but no row below it"),
        (",,\n,,\n", "there is no row"),
        ('a,b\n1,2\n"3,4\n5,6\n', 'line 3: a double quote (") that opens in the row of line 3'),
        ('a,b\n"' + "x" * 140_000 + '",1\n', "a double quote"),
        (b"a,b\n\x81,2\n", "byte 0x81 is not cp1252"),
        ("a,b\nñ,1\n".encode() + "é,2\n".encode("cp1252"), "line 3: the encoding changes"),
        ("a,b\nñ,1\né".encode()[:-1], "ends in the middle of a character"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], "ends in the middle of a character"),
        (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
        (b"a\0b,c\n1,2\n", "the header cannot be read: a NUL byte"),
        ('"a"b,c\n1,2\n', "the header cannot be read"),
    ],
)
def test_files_that_cannot_be_used_are_refused(tmp_path, content, said):
    message = refusal(tmp_path, content)
    assert said in message
    assert "Fix: " in message
    assert str(tmp_path / "input.csv") in message


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(InputFileError, match="no such file"):
        open_input(tmp_path / "none.csv")
    with pytest.raises(InputFileError, match="this is a folder"):
        open_input(tmp_path)


def test_a_device_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    path = written(tmp_path, "a,b\n1,2\n")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(InputFileError, match="cannot be read \\(Permission denied\\)"):
        open_input(path)


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"),
    max_size=12,
)


@given(
    table=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory, table, delimiter, encoding, line_end
):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(["first", "second", "third"])
    writer.writerows(table)
    path = tmp_path_factory.mktemp("round") / "input.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    expected = [row for row in table if any(map(str.strip, row))]
    if not expected:
        with pytest.raises(InputFileError):
            open_input(path)
        return
    opened = open_input(path)
    assert [cells for _, _, cells, problem in opened.rows() if not problem] == expected


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_but_never_crash(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "input.csv"
    path.write_bytes(content)
    try:
        opened = open_input(path)
        lines = [line for line, _, _, _ in opened.rows()]
    except InputFileError:
        return
    assert lines == sorted(set(lines))
