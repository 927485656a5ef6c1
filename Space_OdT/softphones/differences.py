"""What differs between two states, field by field, for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

# Fields that tell the elements of a list apart.
_KEYS = ("callType", "directNumber", "queueId", "id", "value")
# What the answer of a read says about itself, not about the setting.
_NOISE = frozenset({"lastModified", "lastActivity", "timestamp"})

Difference = tuple[str, str, str]


def differences(before: Any, after: Any) -> list[Difference]:
    """Compare two states.

    Args:
        before: A JSON value; None when it is unknown.
        after: Another one.

    Returns:
        Dotted path, text before and text after, for every field that differs; "" where there is
        nothing.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    paths = dict.fromkeys((*old, *new))
    return [
        (path, old.get(path, ""), new.get(path, ""))
        for path in paths
        if old.get(path, "") != new.get(path, "")
    ]


def readable(changes: Iterable[Difference], names: Mapping[str, str]) -> list[Difference]:
    """Put names in the place of ids.

    Args:
        changes: What differs.
        names: Id -> name.

    Returns:
        The same, readable as far as the names are known.
    """
    return [
        (_named_path(path, names), names.get(before, before), names.get(after, after))
        for path, before, after in changes
    ]


def _named_path(path: str, names: Mapping[str, str]) -> str:
    head, bracket, rest = path.partition("[")
    key, _, tail = rest.partition("]")
    return f"{head}[{names[key]}]{tail}" if bracket and key in names else path


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _NOISE:
                yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield from _flat_list(value, path)
    elif value is not None:
        yield path, value if isinstance(value, str) else orjson.dumps(value).decode()


def _flat_list(items: list[Any], path: str) -> Iterator[tuple[str, str]]:
    for index, item in enumerate(items):
        if isinstance(item, Mapping):
            name = next((str(item[key]) for key in _KEYS if item.get(key)), str(index))
            shown = str(item.get("name") or name)
            yield from _flat(item, f"{path}[{shown}]")
        else:
            yield f"{path}[{item}]", "yes"
