"""From the `calling_settings_*` cells of a row to the bodies of the features they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

from Space_OdT.engine.calling_features import FEATURES, Feature
from Space_OdT.engine.digits import OFF
from Space_OdT.engine.feature_bodies import check_body
from Space_OdT.engine.normalise import json_object
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.engine.values import BadValueError

SETTINGS_JSON = "calling_settings_json"
OUTGOING_PROFILE = "calling_settings_outgoing_profile"
ALTERNATE_NUMBER = "calling_settings_alternate_number"

Profiles = Mapping[str, Sequence[Mapping[str, Any]]]
"""Name of an outgoing profile -> its calling permissions, as the API takes them."""


@dataclass(frozen=True, slots=True)
class FeatureChange:
    """What a row asks for in one feature.

    Attributes:
        feature: The group of settings.
        wanted: The fields to change; everything else stays as it is.
    """

    feature: Feature
    wanted: Mapping[str, Any]


class UnknownProfileError(Exception):
    """A row names an outgoing profile that the profile file does not have."""


def _is_true(value: str) -> bool:
    return value == "true"


def _forward(kind: str) -> Callable[[str], dict[str, Any]]:
    def body(value: str) -> dict[str, Any]:
        rule = {"enabled": False} if value == OFF else {"enabled": True, "destination": value}
        return {"callForwarding": {kind: rule}}

    return body


def _switch(value: str) -> dict[str, Any]:
    return {"enabled": _is_true(value)}


# Column (without prefix) -> feature it changes, and the part of the body it stands for.
_BODIES: Mapping[str, tuple[str, Callable[[str], dict[str, Any]]]] = MappingProxyType(
    {
        "forward_always_destination": ("callForwarding", _forward("always")),
        "forward_busy_destination": ("callForwarding", _forward("busy")),
        "forward_no_answer_destination": ("callForwarding", _forward("noAnswer")),
        "forward_no_answer_rings": (
            "callForwarding",
            lambda value: {"callForwarding": {"noAnswer": {"numberOfRings": int(value)}}},
        ),
        "voicemail_enabled": ("voicemail", _switch),
        "caller_id": ("callerId", lambda value: {"selected": value}),
        "incoming_external_transfer": (
            "incomingPermission",
            lambda value: {"useCustomEnabled": True, "externalTransfer": value},
        ),
        "call_waiting_enabled": ("callWaiting", _switch),
        "do_not_disturb_enabled": ("doNotDisturb", _switch),
        "intercept_enabled": ("intercept", _switch),
    }
)
FEATURE_OF_COLUMN: Mapping[str, str] = MappingProxyType(
    {
        **{f"calling_settings_{name}": feature for name, (feature, _) in _BODIES.items()},
        OUTGOING_PROFILE: "outgoingPermission",
    }
)


def settings_json(value: str) -> str:
    """Normalise and check the cell that holds bodies of features.

    Args:
        value: A cell that is not blank.

    Returns:
        Compact JSON with sorted keys.

    Raises:
        BadValueError: When it is not JSON, names an unknown feature, or a body is not what the
            API takes.
    """
    normal = json_object(value)
    for name, body in orjson.loads(normal).items():
        feature = FEATURES.get(name)
        if feature is None:
            meant = did_you_mean(name, FEATURES)
            raise BadValueError(
                f"features among {', '.join(FEATURES)}", f'{meant}"{name}" is not one of them'
            )
        if problem := check_body(feature.writable, body, name):
            raise BadValueError("bodies as the API takes them", problem)
    return normal


def feature_changes(cells: Mapping[str, str], profiles: Profiles) -> tuple[FeatureChange, ...]:
    """Gather what a row asks for, one entry a feature.

    Args:
        cells: Normalised cells of a row.
        profiles: The outgoing profiles a row may name.

    Returns:
        The changes, in the order of the columns, then of the JSON; empty when the row asks for
        none. The alternate number is not a feature: see `action_helpers.alternate_number_body`.

    Raises:
        UnknownProfileError: When the profile of the row is not among them.
    """
    wanted: dict[str, dict[str, Any]] = {}
    for name, (feature, body) in _BODIES.items():
        if value := cells.get(f"calling_settings_{name}"):
            _merge_into(wanted.setdefault(feature, {}), body(value))
    if name := cells.get(OUTGOING_PROFILE, ""):
        wanted["outgoingPermission"] = outgoing_permission_body(name, profiles)
    if text := cells.get(SETTINGS_JSON):
        wanted.update(orjson.loads(text))
    return tuple(FeatureChange(FEATURES[feature], body) for feature, body in wanted.items())


def outgoing_permission_body(name: str, profiles: Profiles) -> dict[str, Any]:
    """Turn a named profile into own permissions of a person.

    Args:
        name: Name of the profile.
        profiles: The profiles there are.

    Returns:
        The fields of `outgoingPermission` to change.

    Raises:
        UnknownProfileError: When there is no such profile.
    """
    if name not in profiles:
        known = ", ".join(profiles) or "none; give a file of outgoing profiles"
        raise UnknownProfileError(
            f'no outgoing profile "{name}": {did_you_mean(name, profiles)}known: {known}'
        )
    return {
        "useCustomEnabled": True,
        "useCustomPermissions": True,
        "callingPermissions": [dict(entry) for entry in profiles[name]],
    }


def conflicting_features(cells: Mapping[str, str]) -> tuple[str, ...]:
    """Find features that a row sets both by a column and by JSON.

    Args:
        cells: Normalised cells of a row.

    Returns:
        Their names; empty when the row is unambiguous.
    """
    text = cells.get(SETTINGS_JSON)
    if not text:
        return ()
    by_column = {feature for column, feature in FEATURE_OF_COLUMN.items() if cells.get(column)}
    return tuple(sorted(by_column & orjson.loads(text).keys()))


def _merge_into(target: dict[str, Any], part: Mapping[str, Any]) -> None:
    for name, value in part.items():
        if isinstance(value, dict) and isinstance(target.get(name), dict):
            _merge_into(target[name], value)
        else:
            target[name] = value
