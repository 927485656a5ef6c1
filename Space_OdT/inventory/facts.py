"""What one artifact has to know of another to fill its columns right."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

CALLING_LICENCE_PREFIX = "webex calling"
"""Names of Calling licences begin so, whatever follows: Professional, Standard, Workspaces."""

LEARNED_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "licenses": ("license_id", "sku_or_name"),
        "calling_locations": ("location_id",),
        "numbers": ("phone_number", "extension", "phone_number_type", "owner_id", "owner_type"),
    }
)
"""Lists something is learned from, and the columns it takes."""
_WORKSPACE_OWNERS = frozenset({"PLACE", "WORKSPACE"})


def comparable(webex_id: object) -> str:
    """Reduce an id to what identifies it: the last part of the URI it encodes.

    Ids come with and without padding, and the same workspace is a PLACE here and PLACES there.

    Args:
        webex_id: Id as received.

    Returns:
        The bare inner id; the id itself when it encodes no URI; empty when it is no text.
    """
    return _comparable(webex_id) if isinstance(webex_id, str) else ""


@lru_cache(maxsize=65_536)
def _comparable(webex_id: str) -> str:
    try:
        uri = base64.b64decode(webex_id + "=" * (-len(webex_id) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return webex_id
    return uri.rsplit("/", 1)[1] if uri.startswith("ciscospark://") else webex_id


@dataclass(slots=True)
class Facts:
    """Small extracts of lists that were read before; None means the list could not be read.

    Attributes:
        calling_licences: Ids of the Calling licences.
        calling_locations: Ids of the locations enabled for Calling.
        workspace_numbers: Workspace id -> (phone number, extension) of its primary line.
    """

    calling_licences: frozenset[str] | None = None
    calling_locations: frozenset[str] | None = None
    workspace_numbers: dict[str, tuple[str, str]] = field(default_factory=dict)
    _licences: set[str] = field(default_factory=set)
    _locations: set[str] = field(default_factory=set)

    def learn(self, artifact: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take what is needed from the rows of a list, as they come.

        Args:
            artifact: The list.
            rows: Its next rows.
        """
        if artifact == "licenses":
            self._licences |= {
                comparable(row["license_id"]) for row in rows if _is_calling_licence(row)
            }
        elif artifact == "calling_locations":
            self._locations |= {comparable(row["location_id"]) for row in rows}
        elif artifact == "numbers":
            self._learn_numbers(rows)

    def settle(self, artifact: str) -> None:
        """Say that a list was read to its end, so that what it lacks is known not to be there.

        Args:
            artifact: The list.
        """
        if artifact == "licenses":
            self.calling_licences = frozenset(self._licences - {""})
        elif artifact == "calling_locations":
            self.calling_locations = frozenset(self._locations - {""})

    def _learn_numbers(self, rows: Iterable[Mapping[str, Any]]) -> None:
        found = self.workspace_numbers
        for row in rows:
            if str(row["owner_type"]) in _WORKSPACE_OWNERS and row["owner_id"]:
                key = comparable(row["owner_id"])
                if key not in found or row["phone_number_type"] == "PRIMARY":
                    found[key] = (row["phone_number"] or "", row["extension"] or "")

    def person_is_calling(self, item: Mapping[str, Any]) -> bool:
        """Tell whether a person uses Webex Calling.

        Args:
            item: The person, read with calling data.

        Returns:
            True when a Calling licence is held; when the licences could not be read, True when the
            person has a location, which only Calling gives.
        """
        if self.calling_licences is None:
            return bool(item.get("locationId"))
        held = item.get("licenses")
        return isinstance(held, list) and any(
            comparable(one) in self.calling_licences for one in held
        )

    def location_is_calling(self, location_id: str | None) -> bool | None:
        """Tell whether a location is enabled for Calling.

        Args:
            location_id: The location.

        Returns:
            None when the Calling locations could not be read.
        """
        if self.calling_locations is None or not location_id:
            return None
        return comparable(location_id) in self.calling_locations

    def number_of_workspace(self, workspace_id: str | None) -> tuple[str, str]:
        """Look up number and extension of a workspace.

        Args:
            workspace_id: The workspace.

        Returns:
            Phone number and extension, empty where there is none.
        """
        return self.workspace_numbers.get(comparable(workspace_id or ""), ("", ""))


def _is_calling_licence(row: Mapping[str, Any]) -> bool:
    return str(row["sku_or_name"] or "").casefold().startswith(CALLING_LICENCE_PREFIX)
