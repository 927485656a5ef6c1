"""Whatever stands in a master, every row is accounted for exactly once, by every action."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.definition import Dataset
from Space_OdT.v21.transformacion.masters.reading import Selection, Unasked, read_masters
from Space_OdT.v21.transformacion.parameters import fold_header

CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "\u00a0",
            "TRUE",
            "0",
            "8,0E+07",
            "80000001",
            "34910000001",
            "+34910000001,+34910000002",
            "ana@example.com",
            "email",
            "=1+1",
            "'=1+1",
            "[1",
            '["a"]',
            "CUV00000000101",
            "#REF!",
        ]
    ),
    st.text(max_size=12),
)
NAMES = tuple(
    dict.fromkeys(
        name
        for action in ACTIONS
        for one in action.parameters
        if one.name not in {"csv_path", "people_json"}  # these name files to be read
        for name in (one.name, *one.aliases[:1])
    )
)


@st.composite
def masters(draw: st.DrawFn) -> tuple[Dataset, list[str], list[list[str]]]:
    headers = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8, unique_by=fold_header))
    row = st.lists(CELLS, min_size=len(headers), max_size=len(headers))
    return draw(st.sampled_from(Dataset)), headers, draw(st.lists(row, min_size=1, max_size=5))


@settings(max_examples=60, deadline=None)
@given(masters(), st.booleans())
def test_every_row_is_prepared_or_does_not_ask_and_never_both(
    table: tuple[Dataset, list[str], list[list[str]]], only_decided: bool
) -> None:
    dataset, headers, rows = table
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headers, *rows])
    with TemporaryDirectory() as folder:
        (Path(folder) / f"{dataset}.csv").write_bytes(text.getvalue().encode("utf-8-sig"))
        found = read_masters(Path(folder))
        lines = {row.line for one in found.tables for row in one.rows()}
        for action in ACTIONS:
            if action.dataset is not dataset:
                continue
            unasked: list[Unasked] = []
            prepared = list(
                found.prepare(action, Selection(only_decided=only_decided), unasked.append)
            )
            silent = {int(one.source.rpartition(":")[2]) for one in unasked}
            heard = {one.candidate.line for one in prepared}
            assert not silent & heard
            if dataset is not Dataset.NUMERACIONES and action.expand is None:
                assert silent | heard == lines
                assert len(prepared) + len(unasked) == len(lines)
            for one in prepared:
                assert bool(one.candidate.problems) != bool(one.candidate.cells)
                assert orjson.dumps(dict(one.candidate.originals))
