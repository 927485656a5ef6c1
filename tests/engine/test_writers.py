"""Outputs grow by whole records; torn tails are found, refused, and kept when cut off."""

from __future__ import annotations

import errno

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from Space_OdT.engine.invariants import InvariantViolation
from Space_OdT.engine.writers import (
    AppendOnlyCsv,
    DamagedOutputError,
    TornTailError,
    find_torn_tail,
    minify_row,
    repair_tail,
)

COLUMNS = ("row_number", "message")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results.csv"


def test_a_new_file_has_its_header(path):
    AppendOnlyCsv(path, COLUMNS).close()
    assert path.read_text() == "row_number,message\n"


def test_records_are_on_disk_when_append_returns(path):
    with AppendOnlyCsv(path, COLUMNS) as output:
        output.append(["1", 'two\nlines, and "quotes"'])
        assert path.read_text() == 'row_number,message\n1,"two lines, and ""quotes"""\n'
        assert output.size == path.stat().st_size


def test_an_existing_file_is_continued(path):
    for number in ("1", "2"):
        with AppendOnlyCsv(path, COLUMNS) as output:
            output.append([number, "x"])
    assert path.read_text() == "row_number,message\n1,x\n2,x\n"


def test_an_empty_file_gets_its_header(path):
    path.touch()
    AppendOnlyCsv(path, COLUMNS).close()
    assert path.read_text() == "row_number,message\n"


def test_a_record_needs_a_cell_for_every_column(path):
    with AppendOnlyCsv(path, COLUMNS) as output, pytest.raises(InvariantViolation):
        output.append(["1"])


def test_another_header_is_refused(path):
    path.write_text("other\n")
    with pytest.raises(DamagedOutputError, match=r"line 1, byte 0: the header is not the expected"):
        AppendOnlyCsv(path, COLUMNS)


def test_sync_reaches_the_disk(path):
    synced = []
    with AppendOnlyCsv(path, COLUMNS, sync=synced.append) as output:
        output.sync()
    assert len(synced) == 1


class FullDisk:
    """A file that takes a few bytes more, then none."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        part = data[: self.room]
        self.room -= len(part)
        return self.file.write(part)

    def truncate(self, size):
        return self.file.truncate(size)

    def close(self):
        self.file.close()


@pytest.mark.parametrize("room", [0, 1, 5])
def test_a_full_disk_leaves_no_half_record(path, room):
    with AppendOnlyCsv(path, COLUMNS) as output:
        output.append(["1", "fits"])
        output._file = FullDisk(output._file, room)
        with pytest.raises(OSError, match="No space left"):
            output.append(["2", "does not"])
        output._file.room = 100
        output.append(["3", "fits again"])
    assert path.read_text() == "row_number,message\n1,fits\n3,fits again\n"


def test_short_writes_are_continued(path):
    with AppendOnlyCsv(path, COLUMNS) as output:
        whole = output._file
        output._file = FullDisk(whole, 100)
        output._file.write = lambda data: whole.write(data[:3])
        output.append(["1", "in small pieces"])
    assert path.read_text().endswith("1,in small pieces\n")


def test_a_torn_tail_is_refused_with_file_line_byte_and_the_way_out(path):
    path.write_bytes(b"row_number,message\n1,x\n2,ha")
    with pytest.raises(TornTailError) as caught:
        AppendOnlyCsv(path, COLUMNS)
    message = str(caught.value)
    assert f"{path}, line 3, byte 23" in message
    assert "--repair-tail" in message
    assert "results.csv.torn" in message


def test_a_repaired_tail_is_kept_beside_the_file(path):
    path.write_bytes(b"row_number,message\n1,x\n2,ha")
    tail = repair_tail(path)
    assert (tail.line, tail.content, tail.shown) == (3, b"2,ha", "2,ha")
    assert path.read_bytes() == b"row_number,message\n1,x\n"
    assert path.with_name("results.csv.torn").read_bytes() == b"2,ha\n"
    path.write_bytes(b"row_number,message\n1,x\n3,again")
    repair_tail(path)
    assert path.with_name("results.csv.torn").read_bytes() == b"2,ha\n3,again\n"


def test_whole_files_need_no_repair(path):
    assert repair_tail(path) is None
    path.write_bytes(b"a\n")
    assert repair_tail(path) is None
    assert not path.with_name("results.csv.torn").exists()


def test_a_torn_header_leaves_an_empty_file_that_is_begun_again(path):
    path.write_bytes(b"row_num")
    repair_tail(path)
    assert path.read_bytes() == b""
    AppendOnlyCsv(path, COLUMNS).close()
    assert path.read_text() == "row_number,message\n"


def test_zeros_behind_the_last_record_are_a_torn_tail(path):
    """What some file systems leave after a power failure."""
    path.write_bytes(b"a\n1\n" + bytes(300))
    tail = find_torn_tail(path)
    assert (tail.line, tail.offset, len(tail.content)) == (3, 4, 300)
    assert tail.shown.endswith("…")


def test_a_long_tail_is_found_from_behind(path):
    path.write_bytes(b"a\n" * 50_000 + b"x" * 200_000)
    tail = find_torn_tail(path)
    assert (tail.line, tail.offset) == (50_001, 100_000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_repair_keeps_every_byte_and_every_whole_line(tmp_path, content):
    path = tmp_path / "any.csv"
    kept = path.with_name("any.csv.torn")
    kept.unlink(missing_ok=True)
    path.write_bytes(content)
    tail = repair_tail(path)
    torn = kept.read_bytes()[:-1] if tail else b""
    assert path.read_bytes() + torn == content
    assert path.read_bytes()[-1:] in {b"\n", b""}
    assert b"\n" not in torn


def test_a_minified_row_leaves_blanks_out():
    assert orjson.loads(minify_row({"a": "1", "b": "", "c": "ñ"})) == {"a": "1", "c": "ñ"}
