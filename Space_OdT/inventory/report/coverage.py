"""Status records of a run -> what was read of each artifact, and why the rest was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from Space_OdT.inventory.manifest.entry import Group
from Space_OdT.inventory.report.context import ArtifactInfo
from Space_OdT.inventory.report.tables import as_count, clean, count_records, read_columns

_STATUS_COLUMNS = (
    "module",
    "method",
    "result",
    "http_status",
    "error",
    "count",
    "elapsed_ms",
    "calls",
    "retries",
    "failures",
    "missing_scope",
    "served_by",
)


class Coverage(StrEnum):
    """What became of one artifact; the order is the order of display."""

    READ = "read"
    """Everything asked for arrived, and there is at least one row."""
    PARTIAL = "partial"
    """Rows arrived, and some entities could not be read."""
    EMPTY = "empty"
    """The read succeeded and there is nothing to show."""
    FORBIDDEN = "forbidden"
    """The token may not read it."""
    FAILED = "failed"
    """Nothing arrived because of errors."""
    NOT_ENTITLED = "not_entitled"
    """The organisation or its entities lack the licence for it."""
    NO_API = "no_api"
    """Webex offers no such read."""
    SKIPPED = "skipped"
    """This run was told not to read it."""


_RESULTS: Mapping[str, Coverage] = {
    "ok": Coverage.READ,
    "partial": Coverage.PARTIAL,
    "empty": Coverage.EMPTY,
    "forbidden": Coverage.FORBIDDEN,
    "not_entitled": Coverage.NOT_ENTITLED,
    "no_api": Coverage.NO_API,
    "skipped": Coverage.SKIPPED,
    "not_found": Coverage.FAILED,
    "failed": Coverage.FAILED,
    "error": Coverage.FAILED,
}
# When an artifact has several status records, the first class of this list that occurs wins.
_WORST_FIRST = (
    Coverage.FAILED,
    Coverage.FORBIDDEN,
    Coverage.PARTIAL,
    Coverage.NOT_ENTITLED,
    Coverage.READ,
    Coverage.EMPTY,
    Coverage.NO_API,
    Coverage.SKIPPED,
)
_TROUBLE = frozenset({Coverage.FAILED, Coverage.FORBIDDEN, Coverage.PARTIAL})

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
class StatusLine:
    """One record of `status.csv`.

    Attributes:
        coverage: Its result, as a class of the report.
        result: The result as written.
        failures: What failed, as written: a number or reasons with their counts.
        seconds: Time spent; 0 when not recorded.
    """

    module: str
    method: str
    coverage: Coverage
    result: str
    http_status: str
    error: str
    rows: int | None
    seconds: float
    calls: int
    retries: int
    failures: str
    missing_scope: str
    served_by: str


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
    def notes(self) -> tuple[str, ...]:
        """Error texts and reasons of failure, each once, most frequent first."""
        texts = Counter(
            text
            for line in self.lines
            for text in (line.error, "" if line.failures.isdigit() else line.failures)
            if text
        )
        return tuple(text for text, _ in texts.most_common())

    @property
    def failed_entities(self) -> int:
        """Entities that could not be read, as far as the records say."""
        counted = sum(int(line.failures) for line in self.lines if line.failures.isdigit())
        return counted or sum(line.coverage in _TROUBLE for line in self.lines)


def read_status(exports_dir: Path) -> tuple[StatusLine, ...]:
    """Read `status.csv`.

    Args:
        exports_dir: Folder of the exported files.

    Returns:
        Its records in file order; none when the file does not exist.
    """
    return tuple(
        _line(cells) for cells in read_columns(exports_dir / "status.csv", _STATUS_COLUMNS)
    )


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
    return tuple(
        _artifact(info, tuple(by_module.get(info.name, ())), exports_dir)
        for info in (*artifacts, *unknown)
    )


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


def _judge(lines: Sequence[StatusLine], rows: int, *, has_csv: bool) -> Coverage:
    if not lines:
        if not has_csv:
            return Coverage.SKIPPED
        return Coverage.READ if rows else Coverage.EMPTY
    classes = {line.coverage for line in lines}
    if rows and (classes & _TROUBLE or any(_has_failures(line) for line in lines)):
        return Coverage.PARTIAL
    if rows:
        return Coverage.READ
    return next(coverage for coverage in _WORST_FIRST if coverage in classes)


def _has_failures(line: StatusLine) -> bool:
    return bool(line.failures) and line.failures != "0"


def _line(cells: tuple[str, ...]) -> StatusLine:
    record = dict(zip(_STATUS_COLUMNS, map(clean, cells), strict=True))
    rows = as_count(record["count"])
    coverage = _RESULTS.get(record["result"].strip().lower(), Coverage.FAILED)
    if coverage is Coverage.READ and rows == 0:
        coverage = Coverage.EMPTY
    return StatusLine(
        module=record["module"],
        method=record["method"],
        coverage=coverage,
        result=record["result"],
        http_status=record["http_status"],
        error=record["error"],
        rows=rows,
        seconds=(as_count(record["elapsed_ms"]) or 0) / 1000,
        calls=as_count(record["calls"]) or 0,
        retries=as_count(record["retries"]) or 0,
        failures=record["failures"].strip(),
        missing_scope=record["missing_scope"].strip(),
        served_by=record["served_by"].strip(),
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
