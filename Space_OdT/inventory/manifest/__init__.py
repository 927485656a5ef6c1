"""The manifest: every read of the inventory as data, and the files computed from them."""

from __future__ import annotations

from types import MappingProxyType

from Space_OdT.inventory.manifest.base import BASE
from Space_OdT.inventory.manifest.directory import DIRECTORY_ARTIFACTS
from Space_OdT.inventory.manifest.entry import (
    Artifact,
    Columns,
    Feed,
    Group,
    Paging,
    Query,
    Reading,
    ServedBy,
)
from Space_OdT.inventory.manifest.features import FEATURE_ARTIFACTS
from Space_OdT.inventory.manifest.locations import LOCATION_ARTIFACTS
from Space_OdT.inventory.manifest.people import PEOPLE_ARTIFACTS
from Space_OdT.inventory.manifest.virtual import VIRTUAL_ARTIFACTS
from Space_OdT.inventory.manifest.workspaces import WORKSPACE_ARTIFACTS

__all__ = [
    "BY_NAME",
    "DERIVED",
    "DERIVED_SOURCES",
    "MANIFEST",
    "MANIFEST_VERSION",
    "Artifact",
    "Columns",
    "Feed",
    "Group",
    "Paging",
    "Query",
    "Reading",
    "ServedBy",
]

MANIFEST_VERSION = "1"
"""Changes with every change of requests or columns; a run of another version is not resumed."""

MANIFEST: tuple[Artifact, ...] = (
    *BASE,
    *LOCATION_ARTIFACTS,
    *PEOPLE_ARTIFACTS,
    *WORKSPACE_ARTIFACTS,
    *DIRECTORY_ARTIFACTS,
    *FEATURE_ARTIFACTS,
    *VIRTUAL_ARTIFACTS,
)

BY_NAME = MappingProxyType({entry.artifact: entry for entry in MANIFEST})

DERIVED = MappingProxyType(
    {
        "licenses_no_pstn": "Holders of licences whose name does not speak of PSTN.",
        "v1_requirements_status": "Which of the twenty V1 requirements the export meets.",
    }
)
"""Files computed from the artifacts above: name -> description."""

DERIVED_SOURCES = MappingProxyType({"licenses_no_pstn": ("licenses", "license_assigned_users")})
"""What a derived file is no more complete than; the requirements say for themselves what lacks."""
