"""Rows -> bytes of the CSV and the JSON file; every exported byte passes here, so it is lean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from Space_OdT.inventory.columns import TAIL, Row, RowBuilder, columns_of, row_builder
from Space_OdT.inventory.facts import Facts
from Space_OdT.inventory.manifest import Artifact
from Space_OdT.inventory.values import Ids, Item

_KNOWN_KEY_SETS = 4096
_INDENTED = orjson.OPT_INDENT_2
_SORTED = orjson.OPT_SORT_KEYS
JSON_OPENING = b"["
JSON_EMPTY_CLOSING = b"]\n"
JSON_CLOSING = b"\n]\n"


class Chunk(NamedTuple):
    """Encoded rows.

    Attributes:
        rows: How many rows.
        csv: Their lines.
        json: Their elements, each preceded by a comma.
    """

    rows: int
    csv: bytes
    json: bytes


NOTHING = Chunk(0, b"", b"")


class Record(NamedTuple):
    """One API object with the encodings that all artifacts made from it share.

    Attributes:
        item: The object.
        raw: Complete JSON, keys sorted.
        raw_cell: The same as a CSV cell.
        keys: Its top-level keys, sorted, comma separated.
        keys_cell: The same as a CSV cell.
    """

    item: Item
    raw: str
    raw_cell: str
    keys: str
    keys_cell: str


_key_sets: dict[tuple[str, ...], tuple[str, str]] = {}


def record_of(item: Any) -> Record:
    """Encode an API object once.

    Args:
        item: The object; anything else is kept under the key `value`.

    Returns:
        The record.
    """
    thing: dict[str, Any] = item if isinstance(item, dict) else {"value": item}
    raw = orjson.dumps(thing, option=_SORTED).decode()
    names = tuple(thing)
    keys = _key_sets.get(names)
    if keys is None:
        text = ",".join(sorted(names))
        keys = text, cell(text)
        if len(_key_sets) < _KNOWN_KEY_SETS:
            _key_sets[names] = keys
    return Record(thing, raw, '"' + raw.replace('"', '""') + '"', *keys)


def cell(value: object) -> str:
    """Write one value as a CSV cell (RFC 4180).

    Args:
        value: Text, number, truth value, None, or a JSON structure.

    Returns:
        The cell, quoted where it must be; None is empty.
    """
    text = value if isinstance(value, str) else _plain(value)
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):  # truth values too
        return str(value)
    return orjson.dumps(value, option=_SORTED).decode()


def csv_line(values: Sequence[object]) -> str:
    """Write one line of a CSV file.

    Args:
        values: The values, left to right.

    Returns:
        The line with its line end.
    """
    return ",".join(map(cell, values)) + "\n"


def csv_header(columns: Sequence[str]) -> bytes:
    """Write the header of a CSV file.

    Args:
        columns: Column names.

    Returns:
        One line.
    """
    return csv_line(columns).encode()


def json_elements(rows: Sequence[Row]) -> bytes:
    """Write rows as elements of an indented JSON list.

    Args:
        rows: At least one row.

    Returns:
        The elements, each preceded by a comma and a line end, so that pieces can be joined.
    """
    return b"," + orjson.dumps(rows, option=_INDENTED)[1:-2]


class RowEncoder:
    """Builds and encodes the rows of one artifact.

    Args:
        entry: Line of the manifest.
        facts: Extracts of other lists.
    """

    def __init__(self, entry: Artifact, facts: Facts) -> None:
        self.columns = columns_of(entry)
        self._build: RowBuilder = row_builder(entry, facts)
        self._method = entry.method
        self._method_cell = cell(entry.method)
        self._separators = len(self.columns) - len(TAIL) - 1

    def encode(self, records: Sequence[Record], ids: Ids) -> tuple[Chunk, list[Row]]:
        """Encode the rows of some API objects.

        Args:
            records: The objects.
            ids: Request ids they were read with.

        Returns:
            The bytes, and the rows themselves.
        """
        build = self._build
        return self._encode([build(record.item, ids) for record in records], records)

    def encode_each(self, records: Sequence[Record], ids: Sequence[Ids]) -> Chunk:
        """Encode the rows of API objects that were read with different ids.

        Args:
            records: The objects.
            ids: Request ids of each.

        Returns:
            The bytes.
        """
        build = self._build
        values = [build(record.item, one) for record, one in zip(records, ids, strict=True)]
        return self._encode(values, records)[0]

    def _encode(
        self, values: Sequence[list[Any]], records: Sequence[Record]
    ) -> tuple[Chunk, list[Row]]:
        if not values:
            return NOTHING, []
        pairs = list(map(self._row, values, records))
        rows = [row for _, row in pairs]
        lines = "".join([line for line, _ in pairs])
        return Chunk(len(rows), lines.encode(), json_elements(rows)), rows

    def _row(self, values: list[Any], record: Record) -> tuple[str, Row]:
        """Write one line of the CSV and make the row of the JSON, the common tail added."""
        cells = [one if one.__class__ is str else _plain(one) for one in values]
        text = ",".join(cells)
        # nearly no row needs quotes; one look at the joined text settles it for all cells
        if text.count(",") != self._separators or '"' in text or "\n" in text or "\r" in text:
            text = ",".join(map(cell, cells))
        _, raw, raw_cell, keys, keys_cell = record
        values += (self._method, keys, raw)
        row = dict(zip(self.columns, values, strict=True))
        return f"{text},{self._method_cell},{keys_cell},{raw_cell}\n", row
