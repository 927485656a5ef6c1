"""Rows -> bytes of the CSV and the JSON file; every exported byte passes here, so it is lean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
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
_BEFORE_RAW = b'\n    "raw_json": '
"""Begins the last line of a row; no value can hold it, for JSON has no line ends in texts."""
_BACKSLASH_TO_QUOTE = bytes.maketrans(b"\\", b'"')


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


class Keys(NamedTuple):
    """The top-level keys of an API object, sorted, comma separated.

    Attributes:
        text: As text.
        cell: As a CSV cell.
    """

    text: str
    cell: str


class Record(NamedTuple):
    """One API object with what all artifacts made from it share.

    Attributes:
        item: The object.
        raw: Complete JSON, keys sorted.
        keys: Its top-level keys.
    """

    item: Item
    raw: str
    keys: Keys


_key_sets: dict[tuple[str, ...], Keys] = {}


def record_of(item: Any) -> Record:
    """Encode an API object once.

    Args:
        item: The object; anything else is kept under the key `value`.

    Returns:
        The record.
    """
    thing: dict[str, Any] = item if isinstance(item, dict) else {"value": item}
    names = tuple(thing)
    keys = _key_sets.get(names) or _keys_of(names)
    return Record(thing, orjson.dumps(thing, option=_SORTED).decode(), keys)


def _keys_of(names: tuple[str, ...]) -> Keys:
    text = ",".join(sorted(names))
    keys = Keys(text, cell(text))
    if len(_key_sets) < _KNOWN_KEY_SETS:
        _key_sets[names] = keys
    return keys


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
        return self._encode(records, repeat(ids))

    def encode_each(self, records: Sequence[Record], ids: Sequence[Ids]) -> Chunk:
        """Encode the rows of API objects that were read with different ids.

        Args:
            records: The objects.
            ids: Request ids of each.

        Returns:
            The bytes.
        """
        return self._encode(records, ids)[0]

    def _encode(self, records: Sequence[Record], ids: Iterable[Ids]) -> tuple[Chunk, list[Row]]:
        build, columns, method = self._build, self.columns, self._method
        separators, method_cell = self._separators, self._method_cell
        heads: list[str] = []
        rows: list[Row] = []
        for (item, raw, keys), one in zip(records, ids, strict=False):
            values = build(item, one)
            cells = [
                value if value.__class__ is str else "" if value is None else _plain(value)
                for value in values
            ]
            head = ",".join(cells)
            # nearly no row needs quotes; one look at the joined text settles it for all cells
            if head.count(",") != separators or '"' in head or "\n" in head or "\r" in head:
                head = ",".join(map(cell, cells))
            heads.append(f"{head},{method_cell},{keys.cell},")
            values += (method, keys.text, raw)
            rows.append(dict(zip(columns, values, strict=True)))
        if not rows:
            return NOTHING, rows
        elements = json_elements(rows)
        return Chunk(len(rows), _lines(heads, rows, elements), elements), rows


def _lines(heads: Sequence[str], rows: Sequence[Row], elements: bytes) -> bytes:
    """Complete the lines of a CSV with the objects, taken from the JSON of the rows.

    There they are quoted already, only that a backslash escapes each quote, not another quote.
    Exchanging it takes a third of the time of doubling the quotes (measured); where an object
    has backslashes of its own, those would be exchanged as well, so its quotes are doubled.
    """
    parts: list[bytes] = []
    for head, row, rest in zip(heads, rows, elements.split(_BEFORE_RAW)[1:], strict=True):
        if "\\" in row["raw_json"]:
            raw = cell(row["raw_json"]).encode()
        else:
            raw = rest[: rest.index(b"\n")].translate(_BACKSLASH_TO_QUOTE)
        parts += (head.encode(), raw, b"\n")
    return b"".join(parts)
