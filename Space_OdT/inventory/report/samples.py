"""The first rows of every artifact as JSON islands, within a budget for the size of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from markupsafe import Markup

from Space_OdT.inventory.report.tables import Table, read_head

MAX_ROWS = 200
"""Rows of one artifact that the page may hold."""
BUDGET_BYTES = 4_500_000
"""Bytes of all rows together; with the rest of the page this stays below 6 MB."""

MAX_ARTIFACT_BYTES = 400_000
"""Bytes of the rows of one artifact, so that memory stays small whatever the rows hold."""
MAX_RAW_CHARACTERS = 16_000
"""A longer raw object (a queue with a thousand agents) is left to the CSV."""

_RAW_COLUMN = "raw_json"
_ESCAPES = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    ("\u2028".encode(), b"\\u2028"),
    ("\u2029".encode(), b"\\u2029"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of one artifact, ready to stand in a `script` element.

    Attributes:
        name: The artifact.
        island: `{"columns": [...], "rows": [[...], ...]}` without a character that could end the
            element; the raw API object of a row is an object, not text.
        rows: How many rows it holds.
    """

    name: str
    island: Markup
    rows: int


def take_samples(
    exports_dir: Path, artifacts: Sequence[str], budget_bytes: int = BUDGET_BYTES
) -> tuple[Sample, ...]:
    """Take the first rows of every artifact that has a file.

    Small artifacts give what they do not need of their share of the budget to the large ones.

    Args:
        exports_dir: Folder of the exported files.
        artifacts: Names, in the order of the page.
        budget_bytes: Bytes of all islands together.

    Returns:
        One sample per artifact with a readable header, in the given order.
    """
    files = {name: exports_dir / f"{name}.csv" for name in artifacts}
    encoded = {
        name: _encode(read_head(path, MAX_ROWS)) for name, path in files.items() if path.is_file()
    }
    shares = _share(
        {name: sum(map(len, rows)) for name, (_, rows) in encoded.items()}, budget_bytes
    )
    return tuple(
        _sample(name, columns, rows, shares[name]) for name, (columns, rows) in encoded.items()
    )


def to_island(value: object) -> Markup:
    """Write a value as JSON that is safe inside a `script` element.

    Args:
        value: Anything orjson can write.

    Returns:
        JSON text in which `<`, `>`, `&` and the two line separators are escaped, so that no data
        can close the element or start a comment in it.
    """
    return _as_markup(_escape(orjson.dumps(value)))


def _encode(table: Table) -> tuple[bytes, list[bytes]]:
    raw_at = table.columns.index(_RAW_COLUMN) if _RAW_COLUMN in table.columns else -1
    rows = (_escape(orjson.dumps(_parse_raw(row, raw_at))) for row in table.rows)
    return _escape(orjson.dumps(table.columns)), _take(rows, MAX_ARTIFACT_BYTES)


def _take(rows: Iterable[bytes], budget: int) -> list[bytes]:
    kept: list[bytes] = []
    for row in rows:
        budget -= len(row)
        if budget < 0:
            break
        kept.append(row)
    return kept


def _parse_raw(row: tuple[str, ...], raw_at: int) -> list[object]:
    cells: list[object] = list(row)
    if raw_at < 0 or not row[raw_at]:
        return cells
    if len(row[raw_at]) > MAX_RAW_CHARACTERS:
        cells[raw_at] = None
    else:
        try:
            cells[raw_at] = orjson.loads(row[raw_at])
        except orjson.JSONDecodeError:
            cells[raw_at] = row[raw_at]
    return cells


def _share(sizes: dict[str, int], budget: int) -> dict[str, int]:
    """Fill from the smallest: what one artifact leaves of an even share goes to the next ones."""
    shares: dict[str, int] = {}
    left = budget
    for place, (name, size) in enumerate(sorted(sizes.items(), key=lambda item: item[1])):
        shares[name] = min(size, left // (len(sizes) - place))
        left -= shares[name]
    return shares


def _sample(name: str, columns: bytes, rows: list[bytes], share: int) -> Sample:
    kept = _take(rows, share)
    island = b'{"columns":' + columns + b',"rows":[' + b",\n".join(kept) + b"]}"
    return Sample(name, _as_markup(island), len(kept))


def _escape(json_text: bytes) -> bytes:
    for character, escaped in _ESCAPES:
        json_text = json_text.replace(character, escaped)
    return json_text


def _as_markup(json_text: bytes) -> Markup:
    return Markup(json_text.decode())  # noqa: S704 - _escape removed every character HTML acts on
