"""The status records of a run, one line of `status.csv` each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from Space_OdT.inventory.report.tables import as_count, clean, read_columns

_STATUS_COLUMNS = (
    "module",
    "method",
    "result",
    "http_status",
    "error",
    "count",
    "elapsed_ms",
    "calls",
    "failures",
    "failure_reasons",
    "not_entitled",
    "not_configured",
    "missing_scope",
    "served_by",
    "read_at",
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
    BLOCKED = "blocked"
    """Nothing of its own failed: the list that its ids come from could not be read."""
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


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One record of `status.csv`.

    Attributes:
        coverage: Its result, as a class of the report.
        result: The result as written.
        rows: Rows exported; `None` when not recorded.
        seconds: Time spent; 0 when not recorded.
        failures: Reads that failed.
        failure_reasons: Reason codes and statuses with their counts, as written.
        not_entitled: Entities without the licence this read needs.
        not_configured: Entities that have no such setting.
        read_at: When it was read, as written.
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
    failures: int
    failure_reasons: str
    not_entitled: int
    not_configured: int
    missing_scope: str
    served_by: str
    read_at: str


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


def _line(cells: tuple[str, ...]) -> StatusLine:
    record = dict(zip(_STATUS_COLUMNS, map(clean, cells), strict=True))
    rows = as_count(record["count"])
    coverage = _RESULTS.get(record["result"].strip().lower(), Coverage.FAILED)
    failures = as_count(record["failures"]) or 0
    if coverage is Coverage.READ and rows == 0:
        coverage = Coverage.EMPTY
    if record["result"] == "error" and not failures and not record["http_status"]:
        coverage = Coverage.BLOCKED  # no read of its own was refused: none was sent
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
        failures=failures,
        failure_reasons=record["failure_reasons"],
        not_entitled=as_count(record["not_entitled"]) or 0,
        not_configured=as_count(record["not_configured"]) or 0,
        missing_scope=record["missing_scope"].strip(),
        served_by=record["served_by"].strip(),
        read_at=record["read_at"].strip(),
    )
