"""Append-safe CSV outputs: a record is one write, and a write that failed leaves nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

TORN_SUFFIX = ".torn"
_TAIL_CHUNK = 1 << 16


def minify_row(cells: Mapping[str, Any]) -> str:
    """Write the filled cells of a row as compact JSON.

    Args:
        cells: Column -> content.

    Returns:
        One line of JSON, blank cells left out.
    """
    return orjson.dumps({name: value for name, value in cells.items() if value}).decode()
