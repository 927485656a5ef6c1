"""Batches are the same in every pass, whatever is settled."""

from __future__ import annotations

import pytest

from Space_OdT.engine.batch_iterator import (
    batches_needed,
    check_batch_limit,
    iter_batches,
    ready_columns,
    ready_rows,
)
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.engine.models import EntityType
from Space_OdT.engine.writers import DamagedOutputError
from tests.engine.bulk_inputs import ASSIGNMENT, LOCATION, USER, run_rows


@pytest.fixture
def ready(tmp_path):
    users = [USER | {"email": f"p{number}@example.com"} for number in range(5)]
    rows = [users[0], LOCATION, *users[1:], ASSIGNMENT | {"row_ref": "A-1", "x_note": "n"}]
    return run_rows(tmp_path, *rows).targets.ready_csv


def batches(ready, phase, **options):
    return list(iter_batches(ready, phase, batch_size=2, **options))


def test_phases_pick_their_rows_in_the_order_of_the_input(ready):
    assert [b.row_numbers for b in batches(ready, 1)] == [(2,)]
    assert [b.row_numbers for b in batches(ready, 2)] == [(1, 3), (4, 5), (6,)]
    assert [b.row_numbers for b in batches(ready, 3)] == [(7,)]


def test_ids_are_phase_and_number(ready):
    assert [b.batch_id for b in batches(ready, 2)] == ["2-00001", "2-00002", "2-00003"]


def test_settled_rows_are_left_out_and_batches_stay_the_same(ready):
    first, second = batches(ready, 2, after=3, settled={5})
    assert (first.batch_id, first.row_numbers) == ("2-00002", (4, 5))
    assert [row.number for row in first.rows] == [4]
    assert (second.batch_id, [row.number for row in second.rows]) == ("2-00003", [6])


def test_rows_carry_their_cells_without_blanks(ready):
    ((row,),) = [batch.rows for batch in batches(ready, 3)]
    assert (row.number, row.line, row.row_id, row.entity_key) == (7, 8, "A-1", "S-001:80000001")
    assert row.get("x_note") == "n"
    assert row.get("phone_number") == ""
    assert "row_number" not in row.cells


def test_a_row_without_reference_is_known_by_its_number(ready):
    assert next(ready_rows(ready)).row_id == "1"


def test_other_phases_name_their_type(ready):
    (batch,) = iter_batches(ready, 7, batch_size=9, entity_type="user")
    assert (batch.batch_id, len(batch.rows)) == ("7-00001", 5)


def test_the_columns_of_the_input_are_known(ready):
    names = ready_columns(ready)
    assert names[:2] == ("entity_type", "location_key")
    assert names[-1] == "entity_key"


def test_batches_are_counted_and_bounded_beforehand():
    ready = {"location": 1, "user": 5}
    assert batches_needed(ready, 2) == {"location": 1, "user": 3}
    check_batch_limit(ready, 2, 4)
    with pytest.raises(LimitExceededError, match="4 batches of 2 rows are needed, more than"):
        check_batch_limit(ready, 2, 3)


def test_phase_and_type_belong_together():
    assert all(entity.phase.entity_type is entity for entity in EntityType)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"entity_type\nuser", b"x\ny,z\n"])
def test_a_damaged_ready_file_is_refused(tmp_path, content):
    path = tmp_path / "ready_to_load.csv"
    path.write_bytes(content)
    with pytest.raises(DamagedOutputError, match="validation makes it again"):
        list(ready_rows(path))


def test_an_empty_ready_file_has_no_columns(tmp_path):
    path = tmp_path / "ready_to_load.csv"
    path.touch()
    with pytest.raises(DamagedOutputError):
        ready_columns(path)
