"""Status records of a run -> what was read of each artifact, and why the rest was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from Space_OdT.inventory.manifest.entry import Group
from Space_OdT.inventory.report.context import ArtifactInfo
from Space_OdT.inventory.report.status_lines import Coverage, StatusLine
from Space_OdT.inventory.report.tables import count_records

# When an artifact has several status records, the first class of this list that occurs wins.
_WORST_FIRST = (
    Coverage.FAILED,
    Coverage.FORBIDDEN,
    Coverage.BLOCKED,
    Coverage.PARTIAL,
    Coverage.NOT_ENTITLED,
    Coverage.READ,
    Coverage.EMPTY,
    Coverage.NO_API,
    Coverage.SKIPPED,
)
_ARRIVED = frozenset({Coverage.READ, Coverage.PARTIAL, Coverage.EMPTY})
_TROUBLE = frozenset({Coverage.FAILED, Coverage.FORBIDDEN, Coverage.PARTIAL, Coverage.BLOCKED})

_FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("people", ("people", "person_")),
    ("workspaces", ("workspace",)),
    ("locations", ("location", "calling_location")),
    ("licences", ("license",)),
    ("groups", ("group",)),
    ("features", ("auto_attendant", "hunt_group", "call_queue")),
    ("virtual", ("virtual_",)),
    ("numbers", ("number", "phone_number")),
)
_DERIVED_FAMILY = "derived"
_OTHER_FAMILY = "other"


@dataclass(frozen=True, slots=True)
class ArtifactCoverage:
    """What a run did for one artifact.

    Attributes:
        info: Name, description and group.
        family: Key of the family it is shown with.
        coverage: The class of the artifact as a whole.
        rows: Rows of its file.
        lines: Its status records.
        has_csv: Whether the CSV file exists.
        has_json: Whether the JSON file exists.
    """

    info: ArtifactInfo
    family: str
    coverage: Coverage
    rows: int
    lines: tuple[StatusLine, ...]
    has_csv: bool
    has_json: bool

    @property
    def calls(self) -> int:
        """HTTP calls of all its records."""
        return sum(line.calls for line in self.lines)

    @property
    def seconds(self) -> float:
        """Time of all its records."""
        return sum(line.seconds for line in self.lines)

    @property
    def methods(self) -> tuple[str, ...]:
        """Its SDK method names, each once."""
        return _distinct(line.method for line in self.lines)

    @property
    def http_statuses(self) -> tuple[str, ...]:
        """The HTTP statuses that went wrong, each once."""
        return _distinct(line.http_status for line in self.lines)

    @property
    def missing_scopes(self) -> tuple[str, ...]:
        """The scopes that a new token needs for it."""
        return _distinct(line.missing_scope for line in self.lines)

    @property
    def served_by(self) -> tuple[str, ...]:
        """The artifacts whose answers it was taken from without calls of its own."""
        return _distinct(line.served_by for line in self.lines)

    @property
    def errors(self) -> tuple[str, ...]:
        """Error texts, each once."""
        return _distinct(line.error for line in self.lines)

    @property
    def failure_reasons(self) -> tuple[str, ...]:
        """Reasons of failure with their counts, each once."""
        return _distinct(line.failure_reasons for line in self.lines)

    @property
    def failures(self) -> int:
        """Reads that failed."""
        return sum(line.failures for line in self.lines)

    @property
    def lacks_its_source(self) -> bool:
        """Whether nothing of its own failed: the list that its ids come from is incomplete."""
        return self.coverage is Coverage.BLOCKED or (
            self.coverage is Coverage.PARTIAL and not self.failures and not self.http_statuses
        )

    @property
    def is_read(self) -> bool:
        """Whether its rows say something about the organisation, be it that there are none."""
        return self.coverage in _ARRIVED

    @property
    def not_entitled(self) -> int:
        """Entities without the licence this read needs."""
        return sum(line.not_entitled for line in self.lines)

    @property
    def not_configured(self) -> int:
        """Entities that have no such setting."""
        return sum(line.not_configured for line in self.lines)

    @property
    def read_at(self) -> datetime | None:
        """When it was read last; `None` when not recorded."""
        return max(filter(None, (_moment(line.read_at) for line in self.lines)), default=None)


def cover(
    artifacts: Sequence[ArtifactInfo], lines: Iterable[StatusLine], exports_dir: Path
) -> tuple[ArtifactCoverage, ...]:
    """Join the known artifacts with their status records and files.

    Args:
        artifacts: All artifacts the report should show, in order.
        lines: The status records of the run.
        exports_dir: Folder of the exported files.

    Returns:
        One entry per artifact; one that only the status records know follows at the end, so that
        nothing the run did can be missing.
    """
    by_module: dict[str, list[StatusLine]] = {}
    for line in lines:
        by_module.setdefault(line.module, []).append(line)
    known = {info.name for info in artifacts}
    unknown = [ArtifactInfo(name, "", Group.V1) for name in by_module if name not in known]
    covered = [
        _artifact(info, tuple(by_module.get(info.name, ())), exports_dir)
        for info in (*artifacts, *unknown)
    ]
    found = {artifact.info.name: artifact.coverage for artifact in covered}
    return tuple(_limited_by_sources(artifact, found) for artifact in covered)


def tally(covered: Iterable[ArtifactCoverage]) -> dict[Coverage, int]:
    """Count the artifacts per class, all classes present, in order of display."""
    counts = Counter(artifact.coverage for artifact in covered)
    return {coverage: counts[coverage] for coverage in Coverage}


def family_of(info: ArtifactInfo) -> str:
    """Name the family an artifact is shown with, from its group or the beginning of its name."""
    if info.group is Group.DERIVED:
        return _DERIVED_FAMILY
    for family, beginnings in _FAMILIES:
        if info.name.startswith(beginnings):
            return family
    return _OTHER_FAMILY


def _artifact(
    info: ArtifactInfo, lines: tuple[StatusLine, ...], exports_dir: Path
) -> ArtifactCoverage:
    csv_file = exports_dir / f"{info.name}.csv"
    recorded = [line.rows for line in lines if line.rows is not None]
    rows = sum(recorded) if recorded else count_records(csv_file)
    has_csv = csv_file.is_file()
    return ArtifactCoverage(
        info=info,
        family=family_of(info),
        coverage=_judge(lines, rows, has_csv=has_csv),
        rows=rows,
        lines=lines,
        has_csv=has_csv,
        has_json=(exports_dir / f"{info.name}.json").is_file(),
    )


def _limited_by_sources(
    artifact: ArtifactCoverage, found: Mapping[str, Coverage]
) -> ArtifactCoverage:
    """Say of a computed file that it lacks what its sources lack, not that nothing is there."""
    sources = {found.get(name, Coverage.SKIPPED) for name in artifact.info.sources}
    if sources & _TROUBLE:
        return replace(artifact, coverage=Coverage.PARTIAL if artifact.rows else Coverage.BLOCKED)
    if Coverage.SKIPPED in sources and not artifact.rows:
        return replace(artifact, coverage=Coverage.SKIPPED)
    return artifact


def _judge(lines: Sequence[StatusLine], rows: int, *, has_csv: bool) -> Coverage:
    if not lines:
        if not has_csv:
            return Coverage.SKIPPED
        return Coverage.READ if rows else Coverage.EMPTY
    classes = {line.coverage for line in lines}
    if rows and (classes & _TROUBLE or any(line.failures for line in lines)):
        return Coverage.PARTIAL
    if rows:
        return Coverage.READ
    return next(coverage for coverage in _WORST_FIRST if coverage in classes)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
