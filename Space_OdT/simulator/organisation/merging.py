"""Lays what was written over what holds otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from Space_OdT.simulator.protocol import JsonObject


def laid_over(under: Mapping[str, Any], over: Mapping[str, Any]) -> JsonObject:
    """Lay one object over another: objects member by member, everything else as a whole."""
    merged = dict(under)
    for name, value in over.items():
        below = merged.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[name] = laid_over(below, value)
        else:
            merged[name] = value
    return merged
