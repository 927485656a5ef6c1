"""What the report is told besides the exported files: who, when, which tool, which artifacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from Space_OdT.inventory.manifest.entry import Group


@dataclass(frozen=True, slots=True)
class ArtifactInfo:
    """One exported artifact, as the manifest describes it.

    Attributes:
        name: File name without suffix, such as `person_numbers`.
        description: One line for people.
        group: Foundation list, V1 artifact or derived file.
        sources: Artifacts it is computed from.
    """

    name: str
    description: str
    group: Group
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportContext:
    """The facts of a run that its exported files do not hold.

    Attributes:
        organisation_name: Display name; empty when the token may not read it.
        organisation_id: Webex organisation id; empty when unknown.
        generated_at: When the run ended; converted to UTC for display.
        tool_version: Version of Space_OdT that made the export.
        artifacts: All known artifacts, in the order they should be shown.
        calls: HTTP calls of the run; `None` sums the status records.
        retries: How many of the calls were repeats; `None` when unknown.
        seconds: Wall time of the run; `None` when unknown.
        simulated: Whether the organisation is synthetic, so that nobody mistakes a trial for the
            real organisation.
        exports_href: Folder of the exported files as seen from the report's own folder.
    """

    organisation_name: str
    organisation_id: str
    generated_at: datetime
    tool_version: str
    artifacts: tuple[ArtifactInfo, ...]
    calls: int | None = None
    retries: int | None = None
    seconds: float | None = None
    simulated: bool = False
    exports_href: str = "../exports"
