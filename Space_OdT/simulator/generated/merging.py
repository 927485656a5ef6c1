"""Lays what was written over what was generated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from Space_OdT.simulator.protocol import JsonObject


def merged(under: JsonObject, over: Mapping[str, Any]) -> JsonObject:
    """Lay one object over another: objects member by member, everything else as a whole."""
    found = dict(under)
    for name, value in over.items():
        below = found.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            found[name] = merged(dict(below), value)
        else:
            found[name] = value
    return found
