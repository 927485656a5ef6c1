"""The schema is one table; the reference page is written from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from Space_OdT.engine.calling_settings import FEATURE_OF_COLUMN
from Space_OdT.engine.input_schema import (
    COLUMNS,
    FREE_PREFIX,
    IDENTITY_COLUMNS,
    OUTPUT_COLUMNS,
    ROW_RULES,
    render_markdown,
)
from Space_OdT.engine.output_columns import READY_EXTRA, RESULT_COLUMNS, pending_columns

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "input_schema.md"


def test_the_reference_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == render_markdown(), "run `make docs`"


@pytest.mark.parametrize("column", COLUMNS.values(), ids=lambda column: column.name)
def test_every_column_is_described_with_an_example_that_is_valid(column):
    assert column.meaning.endswith((".", "*)."))
    assert column.pattern
    assert not column.example or column.normalise(column.example) == column.example
    assert set(column.required) <= set(column.entities)


def test_every_column_of_our_outputs_may_come_back():
    ours = {*RESULT_COLUMNS, *pending_columns(()), *READY_EXTRA}
    assert ours <= {*OUTPUT_COLUMNS, "entity_type", "entity_key"}


def test_kinds_of_columns_do_not_overlap():
    assert not COLUMNS.keys() & IDENTITY_COLUMNS
    assert not COLUMNS.keys() & set(OUTPUT_COLUMNS)
    assert not any(name.startswith(FREE_PREFIX) for name in (*COLUMNS, *IDENTITY_COLUMNS))


def test_rules_name_columns_of_their_rows():
    for rule in ROW_RULES:
        assert all(rule.entity in COLUMNS[name].entities for name in rule.columns)


def test_settings_columns_exist():
    assert FEATURE_OF_COLUMN.keys() <= COLUMNS.keys()


def test_the_page_shows_every_column():
    page = render_markdown()
    assert all(f"`{name}`" in page for name in (*COLUMNS, *IDENTITY_COLUMNS, *OUTPUT_COLUMNS))
