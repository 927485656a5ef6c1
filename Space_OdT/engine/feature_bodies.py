"""Bodies of calling settings: checked against what the API takes, merged into what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.engine.calling_features import BOOL, IDS, NUMBER, TEXT, Feature, Keyed
from Space_OdT.engine.suggestions import did_you_mean


def check_body(shape: Any, value: Any, place: str) -> str | None:
    """Compare a value with what the API takes.

    Args:
        shape: Shape from the table above.
        value: Decoded JSON.
        place: Dotted path of the value, for the message.

    Returns:
        The first difference as a sentence without a full stop, None when there is none.
    """
    if isinstance(shape, Keyed):
        return _check_keyed(shape, value, place)
    if isinstance(shape, Mapping):
        return _check_object(shape, value, place)
    if isinstance(shape, tuple):
        allowed = value in shape if isinstance(value, str) else False
        return None if allowed else f"{place} must be one of {', '.join(shape)}"
    fits = {
        BOOL: isinstance(value, bool),
        NUMBER: isinstance(value, int | float) and not isinstance(value, bool),
        TEXT: isinstance(value, str),
        IDS: isinstance(value, list) and all(isinstance(item, str) for item in value),
    }[str(shape)]
    return None if fits else f"{place} must be {shape}"


def _check_object(shape: Mapping[str, Any], value: Any, place: str) -> str | None:
    if not isinstance(value, dict):
        return f"{place} must be an object"
    for name, inner in value.items():
        if name not in shape:
            meant = did_you_mean(name, shape)
            return f"{place} has no field {name} ({meant}known: {', '.join(shape)})"
        if problem := check_body(shape[name], inner, f"{place}.{name}"):
            return problem
    return None


def _check_keyed(shape: Keyed, value: Any, place: str) -> str | None:
    if not isinstance(value, list):
        return f"{place} must be a list"
    for index, item in enumerate(value):
        if problem := _check_object(shape.item, item, f"{place}[{index}]"):
            return problem
        if shape.key not in item:
            return f"{place}[{index}] must have {shape.key}"
    keys = [item[shape.key] for item in value]
    return f"{place} names one {shape.key} twice" if len(keys) != len(set(keys)) else None


@dataclass(frozen=True, slots=True)
class MergedBody:
    """A body that replaces the current settings.

    Attributes:
        body: What to send.
        changed: Whether it differs from the current settings at all.
        ignored: Entries that were asked for but that the organisation does not have.
    """

    body: dict[str, Any]
    changed: bool
    ignored: tuple[str, ...] = ()


@dataclass(slots=True)
class _Merge:
    """One walk over a feature; gathers what could not be placed."""

    ignored: list[str] = field(default_factory=list)

    def run(self, shape: Any, current: Any, wanted: Any) -> Any:
        if isinstance(shape, Keyed):
            return self._keyed(shape, current or [], wanted)
        if isinstance(shape, Mapping) and isinstance(current, dict):
            merged = dict(current)
            for name, value in wanted.items():
                merged[name] = self.run(shape[name], current.get(name), value)
            return merged
        if shape == IDS and _id_set(current or []) == _id_set(wanted):
            return current
        return wanted

    def _keyed(self, shape: Keyed, current: list[Any], wanted: list[Any]) -> list[Any]:
        changes = {item[shape.key]: item for item in wanted}
        known = {item.get(shape.key) for item in current}
        if not current:
            return wanted
        self.ignored += [key for key in changes if key not in known]
        return [{**item, **changes.get(item.get(shape.key), {})} for item in current]


def merge_body(
    feature: Feature, current: Mapping[str, Any], wanted: Mapping[str, Any]
) -> MergedBody:
    """Lay the wanted values over the current settings: a PUT replaces, so it starts from a GET.

    Args:
        feature: The group of settings.
        current: The answer of GET.
        wanted: What the row asks for; checked with `check_body` before.

    Returns:
        The complete body without read-only fields, and whether anything differs.
    """
    base = _writable(feature.writable, _renamed(feature, current))
    merge = _Merge()
    body = merge.run(feature.writable, base, wanted)
    return MergedBody(body, body != base, tuple(merge.ignored))


def _renamed(feature: Feature, current: Mapping[str, Any]) -> dict[str, Any]:
    return {feature.renamed.get(name, name): value for name, value in current.items()}


def _writable(shape: Any, value: Any) -> Any:
    """Reduce an answer to what PUT takes."""
    if isinstance(shape, Keyed):
        return [_writable(shape.item, item) for item in value]
    if isinstance(shape, Mapping) and isinstance(value, dict):
        return {
            name: _writable(shape[name], inner)
            for name, inner in value.items()
            if name in shape and inner is not None
        }
    if shape == IDS:
        return [_id_of(item) for item in value]
    return value


def _id_of(item: Any) -> str:
    """Find the id in one element of a list that is read as objects and written as ids."""
    if isinstance(item, str):
        return item
    inner = item if "id" in item else next((v for v in item.values() if isinstance(v, dict)), {})
    return str(inner.get("id", ""))


def _id_set(ids: list[str]) -> set[str]:
    return {item.rstrip("=") for item in ids}
