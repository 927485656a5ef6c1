from __future__ import annotations

import json
from pathlib import Path

import pytest

from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.v21.transformacion.parts.people_to_location import (
    ControlRow,
    is_control_header,
    people_of,
    prepare_control,
    read_control,
    write_selected,
)

HEADER = "selected,person_id,target_location_id"


def control(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "people_to_location.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("mark", ["1", "true", "TRUE", "yes", "Y", "si", "Sí", "SÍ", "x", " X "])
def test_a_row_is_selected_by_any_of_the_documented_words(tmp_path: Path, mark: str) -> None:
    found = read_control(control(tmp_path, f"{HEADER}\n{mark},P1,L1\n"))
    assert found.selected == (ControlRow(2, "P1", "L1"),)


@pytest.mark.parametrize("mark", ["", "0", "false", "No", "n"])
def test_a_row_is_left_out_by_a_blank_or_a_no(tmp_path: Path, mark: str) -> None:
    found = read_control(control(tmp_path, f"{HEADER}\n{mark},P1,L1\n"))
    assert (found.people, found.selected) == (1, ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_what_a_spreadsheet_saves_is_read(tmp_path: Path, encoding: str) -> None:
    text = f"{HEADER}\r\nSí,P1,Girona Estació\r\n".replace(",", ";")
    found = read_control(control(tmp_path, text, encoding=encoding))
    assert found.selected == (ControlRow(2, "P1", "Girona Estació"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Selected,person_id,target_location_id\n", "has to be exactly"),
        (f"{HEADER},extra\n", "has to be exactly"),
        (f"{HEADER}\nx,,L1\n", "line 2: person_id is blank"),
        (f"{HEADER}\nx,P1,\n", "line 2: target_location_id is blank"),
        (f"{HEADER}\nx,P1,L1\n,P2,\nx,P1=,L2\n", "line 4: the same person as in line 2"),
        (f"{HEADER}\nok,P1,L1\n", "line 2: selected is ok, which is neither yes nor no"),
        (f"{HEADER}\nx,P1,L1,more\n", "line 2:"),
    ],
    ids=["case", "a column more", "person", "target", "twice", "word", "a cell more"],
)
def test_what_cannot_be_used_is_refused_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputFileError, match=told):
        read_control(control(tmp_path, text))


def test_many_bad_rows_are_told_in_one_bounded_message(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="and 15 more"):
        read_control(control(tmp_path, f"{HEADER}\n" + "x,,L1\n" * 25))


@pytest.mark.parametrize(
    "content",
    [
        [{"id": "P1"}, {"id": "P2"}, {"id": "P1"}],
        {"items": [{"person_id": "P1"}, {"personId": "P2"}]},
    ],
    ids=["a list", "an object with items"],
)
def test_people_are_read_from_the_export_each_once(tmp_path: Path, content: object) -> None:
    path = tmp_path / "people.json"
    path.write_text(json.dumps(content))
    assert people_of(path) == ["P1", "P2"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{oops", "not JSON"),
        ('{"people": []}', "no list of people"),
        ('[{"id": "P1"}, {"name": "x"}]', "person 2 of the list has no id"),
        ("[1]", "person 1 of the list has no id"),
    ],
)
def test_another_export_is_refused(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "people.json"
    path.write_text(content)
    with pytest.raises(InputFileError, match=told):
        people_of(path)


def test_an_export_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="No such file"):
        people_of(tmp_path / "people.json")


def test_a_control_file_is_not_replaced_unless_told_so(tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text('[{"id": "P1"}]')
    path = control(tmp_path, f"{HEADER}\nx,P9,L1\n")
    assert not prepare_control(path, people, overwrites=False)
    assert read_control(path).selected
    assert prepare_control(path, people, overwrites=True)
    assert not read_control(path).selected
    assert not prepare_control(path, None, overwrites=True)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text('[{"id": "P1"}]')
    with pytest.raises(InputFileError, match="cannot be written"):
        prepare_control(people / "report" / "control.csv", people, overwrites=False)


def test_the_selected_rows_alone_are_a_control_file_again(tmp_path: Path) -> None:
    found = read_control(control(tmp_path, f"{HEADER}\nx,P1,L1\n,P2,L1\nx,P3,L2\n"))
    path = tmp_path / "selected.csv"
    write_selected(found, path)
    assert [one.person for one in read_control(path).selected] == ["P1", "P3"]


def test_a_control_file_is_told_by_its_first_column() -> None:
    assert is_control_header(["Selected ", "person", "target"])
    assert not is_control_header(["email", "location_name"])
