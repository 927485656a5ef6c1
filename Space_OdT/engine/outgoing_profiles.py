"""Named sets of outgoing-call permissions, read from one JSON file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, overload

import orjson

from Space_OdT.engine.calling_features import (
    BOOL,
    CALL_ACTIONS,
    CALL_TYPES,
    CALLING_PERMISSIONS,
)
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.feature_bodies import check_body
from Space_OdT.engine.suggestions import did_you_mean

EXAMPLE = (
    '{"internal": [{"callType": "INTERNATIONAL", "action": "BLOCK", "transferEnabled": false}]}'
)
_PERMISSIONS = "callingPermissions"
_ENABLED, _OWN = "useCustomEnabled", "useCustomPermissions"
# Names of older files that mean an official call type.
_OLDER_NAMES = MappingProxyType({"INTERNAL": "INTERNAL_CALL"})


class ProfileFileError(ValueError):
    """The file of outgoing profiles cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class OutgoingProfile(Sequence[Mapping[str, Any]]):
    """One named profile; a sequence of its entries.

    Attributes:
        entries: `{callType, action, transferEnabled}`, as the API takes them.
        use_custom_enabled: The switch of that name for people and workspaces; None leaves it to
            the row.
        use_custom_permissions: The same for `useCustomPermissions`.
    """

    entries: tuple[Mapping[str, Any], ...]
    use_custom_enabled: bool | None = None
    use_custom_permissions: bool | None = None

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self.entries[index]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter(self.entries)


def load_profiles(path: Path, warn: Callable[[str], None] | None = None) -> Profiles:
    """Read the file of outgoing profiles.

    Args:
        path: A JSON object: name of the profile -> list of `{callType, action, transferEnabled}`,
            or an object with that list as `callingPermissions` and the switches
            `useCustomEnabled` and `useCustomPermissions`. Call types that a profile leaves out
            stay as they are.
        warn: Told about call types that Webex does not have, which are then left out; without it
            such a file is refused.

    Returns:
        Name -> its entries; each an `OutgoingProfile`.

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
    if _PERMISSIONS in data:
        raise ProfileFileError(f"{path} holds one profile without a name; expected {EXAMPLE}")
    return MappingProxyType({str(name): _profile(path, name, data[name], warn) for name in data})


def _profile(
    path: Path, name: str, value: Any, warn: Callable[[str], None] | None
) -> OutgoingProfile:
    given: Any = {_PERMISSIONS: value} if isinstance(value, list) else value
    if not isinstance(given, dict) or not isinstance(given.get(_PERMISSIONS), list):
        raise ProfileFileError(
            f"{path}: {name} must be a list, or an object with the list {_PERMISSIONS}"
        )
    if warn is not None:
        given = {**given, _PERMISSIONS: _official(path, name, given[_PERMISSIONS], warn)}
    shape = {_PERMISSIONS: CALLING_PERMISSIONS, _ENABLED: BOOL, _OWN: BOOL}
    if problem := check_body(shape, given, name):
        raise ProfileFileError(
            f"{path}: {problem}. Call types: {', '.join(CALL_TYPES)}; actions: "
            f"{', '.join(CALL_ACTIONS)}"
        )
    entries = tuple(MappingProxyType(dict(entry)) for entry in given[_PERMISSIONS])
    return OutgoingProfile(entries, given.get(_ENABLED), given.get(_OWN))


def _official(path: Path, name: str, entries: list[Any], warn: Callable[[str], None]) -> list[Any]:
    """Bring older names up to date and leave out call types that Webex does not have."""
    kept: list[Any] = []
    for entry in entries:
        call_type = entry.get("callType") if isinstance(entry, dict) else None
        if not isinstance(call_type, str) or call_type in CALL_TYPES:
            kept.append(entry)
        elif (now := _OLDER_NAMES.get(call_type)) is not None:
            warn(f"{path}: {name}: {call_type} is called {now} now")
            kept.append({**entry, "callType": now})
        else:
            meant = did_you_mean(call_type, CALL_TYPES, whole=True)
            warn(
                f"{path}: {name}: {call_type} is no call type of Webex and is left out "
                f"({meant}known: {', '.join(CALL_TYPES)})"
            )
    return kept
