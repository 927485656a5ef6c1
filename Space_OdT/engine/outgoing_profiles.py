"""Named sets of outgoing-call permissions, read from one JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from Space_OdT.engine.calling_features import CALL_ACTIONS, CALL_TYPES, CALLING_PERMISSIONS
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.feature_bodies import check_body

EXAMPLE = (
    '{"internal": [{"callType": "INTERNATIONAL", "action": "BLOCK", "transferEnabled": false}]}'
)


class ProfileFileError(ValueError):
    """The file of outgoing profiles cannot be used; the message says where and why."""


def load_profiles(path: Path) -> Profiles:
    """Read the file of outgoing profiles.

    Args:
        path: A JSON object: name of the profile -> list of `{callType, action, transferEnabled}`.
            Call types that a profile leaves out stay as they are.

    Returns:
        Name -> its entries.

    Raises:
        ProfileFileError: When it cannot be read, or an entry is not what Webex takes.
    """
    try:
        data = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ProfileFileError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ProfileFileError(f"{path} is not JSON ({error}); expected {EXAMPLE}") from None
    if not isinstance(data, dict):
        raise ProfileFileError(f"{path} must be an object, as {EXAMPLE}")
    return MappingProxyType({str(name): _entries(path, name, data[name]) for name in data})


def _entries(path: Path, name: str, value: Any) -> tuple[Mapping[str, Any], ...]:
    if problem := check_body(CALLING_PERMISSIONS, value, name):
        raise ProfileFileError(
            f"{path}: {problem}. Call types: {', '.join(CALL_TYPES)}; actions: "
            f"{', '.join(CALL_ACTIONS)}"
        )
    return tuple(MappingProxyType(dict(entry)) for entry in value)
