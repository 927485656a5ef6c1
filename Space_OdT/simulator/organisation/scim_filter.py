"""Filters of SCIM: comparisons joined by `and` and `or`, as in RFC 7644 section 3.4.2.2."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from Space_OdT.simulator.protocol import ApiError, JsonObject

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<attribute>[A-Za-z][\w.:-]*(?:\[\s*[\w.]+)?)\s+
        (?P<operator>eq|ne|co|sw|ew|pr)\b
        (?:\s+(?P<value>"(?:[^"\\]|\\.)*"|[^\s\])]+))?(?:\s*\])?
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_JOIN = re.compile(r"\s+(and|or)\s+", re.IGNORECASE)

_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "eq": str.__eq__,
    "ne": str.__ne__,
    "co": str.__contains__,
    "sw": str.startswith,
    "ew": str.endswith,
}


@dataclass(slots=True, frozen=True)
class Comparison:
    """One comparison; `value` is lower-case text."""

    attribute: str
    operator: str
    value: str

    def holds(self, resource: JsonObject) -> bool:
        """Tell whether any value of the attribute compares so."""
        found = [str(value).lower() for value in values_at(resource, self.attribute)]
        if self.operator == "pr":
            return any(found)
        compare = _OPERATORS[self.operator]
        return any(compare(item, self.value) for item in found)


@dataclass(slots=True, frozen=True)
class Filter:
    """Alternatives, each of which is a list of comparisons that must all hold."""

    alternatives: Sequence[Sequence[Comparison]]

    def holds(self, resource: JsonObject) -> bool:
        """Tell whether a rendered resource passes."""
        return any(all(c.holds(resource) for c in group) for group in self.alternatives)

    def equal(self, attribute: str) -> str | None:
        """Give the value that a filter of one equality asks for."""
        if len(self.alternatives) != 1 or len(self.alternatives[0]) != 1:
            return None
        only = self.alternatives[0][0]
        wanted = only.attribute == attribute.lower() and only.operator == "eq"
        return only.value if wanted else None


def values_at(resource: Any, attribute: str) -> list[Any]:
    """Give the values at a dotted attribute path, in any case, through lists."""
    if isinstance(resource, list):
        return [value for item in resource for value in values_at(item, attribute)]
    if not attribute:
        return [resource.get("value")] if isinstance(resource, dict) else [resource]
    if not isinstance(resource, dict):
        return []
    head, _, rest = attribute.partition(".")
    return [
        value
        for name, item in resource.items()
        if name.lower() == head.lower()
        for value in values_at(item, rest)
    ]


def parse_filter(text: str) -> Filter:
    """Read a filter.

    Args:
        text: For instance `userName eq "user@example.com" and active eq true`.

    Returns:
        The filter.

    Raises:
        ApiError: 400 for anything else.
    """
    alternatives: list[list[Comparison]] = [[]]
    position = 0
    while True:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ApiError(400, f"Invalid filter: {text}")
        alternatives[-1].append(_comparison(match, text))
        joint = _JOIN.match(text, match.end())
        if joint is None:
            break
        position = joint.end()
        if joint[1].lower() == "or":
            alternatives.append([])
    if text[match.end() :].strip():
        raise ApiError(400, f"Invalid filter: {text}")
    return Filter(alternatives)


def _comparison(match: re.Match[str], text: str) -> Comparison:
    operator = match["operator"].lower()
    raw = match["value"]
    if raw is None and operator != "pr":
        raise ApiError(400, f"Invalid filter: {text}")
    value = raw or ""
    if value.startswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    attribute = re.sub(r"\[\s*", ".", match["attribute"])
    return Comparison(attribute.lower(), operator, value.lower())
