"""Headers are matched with the schema, or the file is refused with all that is wrong."""

from __future__ import annotations

import pytest

from Space_OdT.engine.input_header import ColumnKind, canonical, resolve_header
from Space_OdT.engine.input_reader import InputFileError, open_input


def header(folder, line):
    path = folder / "input.csv"
    path.write_text(f"{line}\n{'x,' * line.count(',')}x\n", encoding="utf-8")
    return resolve_header(open_input(path))


def test_columns_of_all_kinds_are_told_apart(tmp_path):
    found = header(tmp_path, "entity_type,email,first_name,row_id,x_note,")
    assert found.kinds == (
        ColumnKind.SCHEMA,
        ColumnKind.SCHEMA,
        ColumnKind.IDENTITY,
        ColumnKind.OUTPUT,
        ColumnKind.FREE,
        ColumnKind.NAMELESS,
    )
    assert found.carried_names == ("entity_type", "email", "first_name", "x_note")
    assert found.position("email") == 1
    assert found.position("extension") is None
    assert not found.was_judged


def test_spelling_of_headers_does_not_matter(tmp_path):
    assert header(tmp_path, " Entity Type ,LOCATION-KEY").names == ("entity_type", "location_key")
    assert canonical("\ufeffRow  Ref") == "row_ref"


def test_unknown_columns_refuse_the_file_and_name_what_may_be_meant(tmp_path):
    with pytest.raises(InputFileError) as caught:
        header(tmp_path, "entity_type,mail,phone,zzz")
    message = str(caught.value)
    assert 'column 2 "mail" is unknown: did you mean "email"?' in message
    assert 'column 3 "phone" is unknown: did you mean "phone_number"?' in message
    assert 'column 4 "zzz" is unknown' in message
    assert "x_" in message


def test_repeated_columns_refuse_the_file(tmp_path):
    with pytest.raises(InputFileError, match='columns 2 and 3 are both "Email"'):
        header(tmp_path, "entity_type,Email,EMAIL")


def test_a_missing_entity_type_refuses_the_file(tmp_path):
    with pytest.raises(InputFileError, match="entity_type is missing"):
        header(tmp_path, "email,extension")


def test_many_problems_are_shown_in_part(tmp_path):
    with pytest.raises(InputFileError, match="and 10 more"):
        header(tmp_path, "entity_type," + ",".join(f"zq{n}" for n in range(30)))


def test_the_key_of_a_corrected_output_is_derived_again(tmp_path):
    found = header(tmp_path, "row_id,entity_type,entity_key,raw_row_minified,email")
    assert found.kinds[2] is ColumnKind.OUTPUT
    assert not found.was_judged
    assert header(tmp_path, "batch_id,entity_type,raw_row_minified").was_judged
