from __future__ import annotations

import csv
import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.inventory.columns import columns_of
from Space_OdT.inventory.encoding import (
    JSON_CLOSING,
    JSON_OPENING,
    RowEncoder,
    csv_header,
    csv_line,
    record_of,
)
from Space_OdT.inventory.facts import Facts
from Space_OdT.inventory.manifest import BY_NAME, MANIFEST, Artifact
from Space_OdT.inventory.resolver import EntityQueue, required_ids

GROUPS = BY_NAME["groups"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUE = TEXT | st.booleans() | st.integers(-9, 9) | st.none() | st.lists(TEXT, max_size=2)
ITEM = st.dictionaries(TEXT | st.sampled_from(["id", "name", "displayName"]), VALUE, max_size=5)

FIELDS = [
    "id",
    "name",
    "displayName",
    "firstName",
    "lastName",
    "emails",
    "licenses",
    "roles",
    "locationId",
    "location",
    "address",
    "addresses",
    "phoneNumbers",
    "phoneNumber",
    "number",
    "owner",
    "calling",
    "callingData",
    "type",
    "memberId",
    "memberType",
    "hasCxEssentials",
    "extension",
    "routeType",
    "raw_json",
]
NESTED = st.recursive(
    VALUE,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=2)
    ),
    max_leaves=4,
)
ANYTHING = st.dictionaries(st.sampled_from(FIELDS), NESTED, max_size=8)


def encoded(items: list[Any]) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """Encode items, and read both files back as anybody would."""
    chunk, _ = RowEncoder(GROUPS, Facts()).encode([record_of(item) for item in items], {})
    table = (csv_header(columns_of(GROUPS)) + chunk.csv).decode()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    listing = json.loads(JSON_OPENING + chunk.json[1:] + JSON_CLOSING)
    return rows, listing


@given(st.lists(ITEM, min_size=1, max_size=4))
def test_any_object_comes_back_complete_from_both_files(items: list[dict[str, Any]]) -> None:
    rows, listing = encoded(items)
    assert len(rows) == len(listing) == len(items)
    for row, element, item in zip(rows, listing, items, strict=True):
        assert json.loads(row["raw_json"]) == json.loads(element["raw_json"]) == item
        assert row["raw_keys"] == element["raw_keys"] == ",".join(sorted(item))
        assert row["source_method"] == "groups.list"
        for name, value in element.items():
            if isinstance(value, str):
                assert row[name] == value


@given(st.sampled_from(MANIFEST), ANYTHING)
def test_no_value_of_an_unforeseen_kind_ends_the_export(
    entry: Artifact, item: dict[str, Any]
) -> None:
    facts = Facts(calling_licences=frozenset({"A"}), calling_locations=frozenset({"L"}))
    chunk, rows = RowEncoder(entry, facts).encode([record_of(item)], {"location_id": "L"})
    table = (csv_header(columns_of(entry)) + chunk.csv).decode()
    (back,) = csv.DictReader(io.StringIO(table, newline=""))
    assert json.loads(back["raw_json"]) == item
    facts.learn(entry.artifact, rows)
    for feed in {id(one.feed): one for one in MANIFEST if one.feed}.values():
        if feed.feed and feed.feed.source == entry.artifact:
            queue = EntityQueue(feed.feed, required_ids(feed))
            queue.offer(rows)
            queue.close()


@given(st.lists(TEXT | st.integers() | st.booleans() | st.none(), min_size=2, max_size=6))
def test_a_line_reads_back_as_it_was_written(values: list[Any]) -> None:
    cells = next(csv.reader(io.StringIO(csv_line(values), newline="")))
    assert cells == ["" if value is None else str(value) for value in values]


def test_the_json_file_is_indented_as_documented() -> None:
    chunk, _ = RowEncoder(GROUPS, Facts()).encode([record_of({"id": "é"}), record_of({})], {})
    text = (JSON_OPENING + chunk.json[1:] + JSON_CLOSING).decode()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_one_by_one_gives_the_same_bytes_as_together() -> None:
    encoder = RowEncoder(GROUPS, Facts())
    items: list[dict[str, Any]] = [{"id": "1", "name": "a,b"}, {"id": "2", "name": 'c"d'}]
    together, _ = encoder.encode([record_of(item) for item in items], {})
    singly = [encoder.encode_each([record_of(item)], [{}]) for item in items]
    assert together.csv == b"".join(chunk.csv for chunk in singly)
    assert together.json == b"".join(chunk.json for chunk in singly)


def test_what_is_no_object_is_kept_all_the_same() -> None:
    rows, _ = encoded(["just text"])
    assert json.loads(rows[0]["raw_json"]) == {"value": "just text"}
