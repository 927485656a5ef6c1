"""Read `static_policy.json`: what optional features get where a row does not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from Space_OdT.engine.calling_features import FEATURES
from Space_OdT.engine.feature_bodies import check_body
from Space_OdT.engine.startup_checks import StartupError
from Space_OdT.engine.suggestions import did_you_mean

# Key of the policy -> feature whose body it holds.
POLICY_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "forwarding_defaults": "callForwarding",
        "voicemail_defaults": "voicemail",
        "intercept_defaults": "intercept",
        "incoming_permissions_defaults": "incomingPermission",
        "outgoing_permissions_defaults": "outgoingPermission",
    }
)
REMARK = "_"


@dataclass(frozen=True, slots=True)
class Policy:
    """Defaults of the optional features.

    Attributes:
        bodies: Feature -> the fields to set, in the API's own shape.
        digest: sha256 of the file.
    """

    bodies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    digest: str = ""

    def defaults(self, feature: str) -> Mapping[str, Any]:
        """Give the defaults of a feature.

        Args:
            feature: Name of the feature.

        Returns:
            Fields to set; empty when the policy says nothing.
        """
        return self.bodies.get(feature, {})


def read_policy(path: Path) -> Policy:
    """Read and check a policy.

    Args:
        path: The file; keys that begin with `_` are remarks.

    Returns:
        The policy.

    Raises:
        StartupError: When it is not JSON, has unknown keys, or a body is not what the API takes.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StartupError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        given = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise StartupError(f"{path} is not valid JSON: {error}. Fix: repair it.") from None
    if not isinstance(given, dict):
        raise StartupError(f"{path} must hold one JSON object.")
    bodies = {}
    for key, body in given.items():
        if key.startswith(REMARK):
            continue
        feature = _feature(path, key)
        bodies[feature] = _checked(path, key, body)
    return Policy(bodies, sha256(content).hexdigest())


def _feature(path: Path, key: str) -> str:
    if key not in POLICY_KEYS:
        known = ", ".join(POLICY_KEYS)
        raise StartupError(
            f'{path}: there is no key "{key}" ({did_you_mean(key, POLICY_KEYS)}known: {known}).'
        )
    return POLICY_KEYS[key]


def _checked(path: Path, key: str, body: Any) -> dict[str, Any]:
    wanted = _without_remarks(body)
    if problem := check_body(FEATURES[POLICY_KEYS[key]].writable, wanted, key):
        raise StartupError(f"{path}: {problem}.")
    return dict(wanted)


def _without_remarks(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: value for name, value in body.items() if not name.startswith(REMARK)}
