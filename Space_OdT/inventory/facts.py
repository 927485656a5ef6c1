"""What one artifact has to know of another to fill its columns right."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

CALLING_LICENCE_PREFIX = "webex calling"
"""Names of Calling licences begin so, whatever follows: Professional, Standard, Workspaces."""

_NUMBER_COLUMNS = ("phone_number", "extension", "phone_number_type", "owner_id", "owner_type")
Stored = Callable[[Iterable[str]], Iterable[Mapping[str, Any]]]


@lru_cache(maxsize=65_536)
def comparable(webex_id: str) -> str:
    """Reduce an id to what identifies it: the last part of the URI it encodes.

    Ids come with and without padding, and the same workspace is a PLACE here and PLACES there.

    Args:
        webex_id: Id as received.

    Returns:
        The bare inner id; the id itself when it encodes no URI.
    """
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

    def learn(self, artifact: str, stored_rows: Stored) -> None:
        """Take what is needed from a complete list.

        Args:
            artifact: The list.
            stored_rows: Reads some columns of its exported rows.
        """
        if artifact == "licenses":
            rows = stored_rows(("license_id", "sku_or_name"))
            self.calling_licences = frozenset(
                comparable(row["license_id"]) for row in rows if _is_calling_licence(row)
            )
        elif artifact == "calling_locations":
            rows = stored_rows(("location_id",))
            self.calling_locations = frozenset(comparable(row["location_id"]) for row in rows)
        elif artifact == "numbers":
            self.workspace_numbers = _numbers_of_workspaces(stored_rows(_NUMBER_COLUMNS))

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
        return any(comparable(held) in self.calling_licences for held in item.get("licenses") or ())

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


def _numbers_of_workspaces(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row["owner_type"] in {"PLACE", "WORKSPACE"} and row["owner_id"]:
            key = comparable(row["owner_id"])
            if key not in found or row["phone_number_type"] == "PRIMARY":
                found[key] = (row["phone_number"] or "", row["extension"] or "")
    return found
