"""The rows of a person are found by e-mail, in flat memory."""

from __future__ import annotations

import pytest

from Space_OdT.engine import join_index
from Space_OdT.engine.join_index import JoinIndex
from Space_OdT.engine.writers import DamagedOutputError
from tests.engine.bulk_inputs import ASSIGNMENT, LOCATION, USER, run_rows

EVA = "eva@example.com"


@pytest.fixture
def ready(tmp_path):
    number_only = {k: v for k, v in ASSIGNMENT.items() if k != "extension"}
    return run_rows(
        tmp_path,
        ASSIGNMENT,
        LOCATION | {"x_note": 'ñ, "quoted"'},
        USER,
        number_only | {"phone_number": "+34910000001"},
        USER | {"email": EVA},
    ).targets.ready_csv


def test_rows_are_joined_whatever_their_order(ready):
    with JoinIndex(ready, people=4) as index:
        assert [row.number for row in index.rows_of("ana@example.com")] == [1, 3, 4]
        extension, number = index.assignments_of("ana@example.com")
        assert (extension.number, extension.get("extension")) == (1, "80000001")
        assert (number.number, number.get("phone_number")) == (4, "+34910000001")
        assert index.assignments_of(EVA) == []
        assert index.rows_of("nobody@example.com") == []


def test_addresses_with_the_same_digest_are_told_apart(ready, monkeypatch):
    monkeypatch.setattr(join_index, "default_digest", lambda: lambda _: 7)
    with JoinIndex(ready, people=4) as index:
        assert [row.number for row in index.rows_of("ana@example.com")] == [1, 3, 4]
        assert [row.number for row in index.rows_of(EVA)] == [5]


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "ready_to_load.csv"
    path.write_text("entity_type,row_number\n")
    with pytest.raises(DamagedOutputError):
        JoinIndex(path, people=0)
