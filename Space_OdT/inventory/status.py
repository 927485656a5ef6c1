"""How each artifact ended: its result, its status record, and the failures in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from Space_OdT.inventory.manifest import BY_NAME, Artifact
from Space_OdT.inventory.outcomes import Result
from Space_OdT.inventory.state import ArtifactState

STATUS_COLUMNS = (
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
"""Columns of the status; those after `elapsed_ms` are additions to the documented ones."""

FAILURE_COLUMNS = (
    "module",
    "person_id",
    "workspace_id",
    "location_id",
    "feature_id",
    "virtual_line_id",
    "group_id",
    "license_id",
    "reason",
    "http_status",
    "codes",
    "message",
    "tracking_id",
)
"""Columns of the list of failures."""

_BY_STATUS = {403: Result.FORBIDDEN, 404: Result.NOT_FOUND}


def conclude(
    entry: Artifact,
    state: ArtifactState,
    rows: int,
    source: ArtifactState | None,
    nameless: int = 0,
) -> tuple[Result, str]:
    """Say how the read of an artifact ended.

    Args:
        entry: Line of the manifest.
        state: What became of its reads.
        rows: Rows that were exported.
        source: The artifact its ids come from, None for a list of the organisation.
        nameless: Rows of the source that lack the id to read by.

    Returns:
        The result, and the reason in words when something is missing.
    """
    tally = state.tally
    cut_source = source is not None and source.result is not None and not source.result.is_fine
    if tally.failures:
        return _failed(state, rows)
    if cut_source and source is not None:
        # what a list answers shares its fate; what is read by its ids just lacks them
        without_rows = source.result if entry.served_by else Result.ERROR
        return (Result.PARTIAL if rows else without_rows or Result.ERROR), _lacking(entry, source)
    if nameless and entry.feed:
        lacking = f"{nameless} rows of {entry.feed.source} came without the id to read by"
        return (Result.PARTIAL if rows else Result.ERROR), lacking
    if rows:
        return Result.OK, ""
    if tally.not_entitled and not tally.good:
        return Result.NOT_ENTITLED, "no entity has the licence this setting needs"
    return Result.EMPTY, ""


def _lacking(entry: Artifact, source: ArtifactState) -> str:
    """Say briefly what is missing; the record of the source says why."""
    name = entry.feed.source if entry.feed else "the source"
    first = next(iter(source.tally.kept), None)
    why = f" (HTTP {first.http_status})" if first and first.http_status else ""
    completely = " completely" if source.rows else ""
    return f"{name} could not be read{completely}{why}; its own record says more"


def _failed(state: ArtifactState, rows: int) -> tuple[Result, str]:
    tally = state.tally
    first = tally.kept[0]
    codes = f", code {first.codes}" if first.codes else ""
    answered = f"HTTP {first.http_status}{codes}" if first.http_status else "no answer"
    more = f"; {tally.failures} reads failed in all" if tally.failures > 1 else ""
    stop = f"; {tally.must_stop}" if tally.must_stop else ""
    text = f"{first.message} ({answered}){more}{stop}"
    if rows or tally.good:
        return Result.PARTIAL, text
    return _BY_STATUS.get(first.http_status or 0, Result.ERROR), text


def status_record(entry: Artifact, state: ArtifactState) -> dict[str, Any]:
    """Write the status record of an artifact.

    Args:
        entry: Line of the manifest.
        state: How it ended.

    Returns:
        One row with the columns of `STATUS_COLUMNS`.
    """
    tally = state.tally
    return {
        "module": entry.artifact,
        "method": entry.method,
        "result": (state.result or Result.ERROR).value,
        "http_status": _http_status(state),
        "error": state.error,
        "count": state.rows,
        "elapsed_ms": state.elapsed_ms,
        "calls": tally.calls,
        "failures": tally.failures,
        "failure_reasons": "; ".join(f"{why}: {count}" for why, count in tally.reasons.items()),
        "not_entitled": tally.not_entitled,
        "not_configured": tally.not_configured,
        "missing_scope": missing_scope(entry, state),
        "served_by": entry.served_by.artifact if entry.served_by else "",
        "read_at": state.read_at,
    }


def missing_scope(entry: Artifact, state: ArtifactState) -> str:
    """Name the scope that a read lacked.

    Args:
        entry: Line of the manifest.
        state: How it ended.

    Returns:
        The scope, that of the list where a list was to answer; empty when none was missing.
    """
    if state.tally.forbidden:
        return entry.scope
    if state.result is Result.FORBIDDEN and entry.served_by:
        return BY_NAME[entry.served_by.artifact].scope
    return ""


def _http_status(state: ArtifactState) -> int | None:
    """Take the status that most of the failures had."""
    counts: dict[int | None, int] = {}
    for record in state.tally.kept:
        counts[record.http_status] = counts.get(record.http_status, 0) + 1
    return max(counts, key=lambda status: counts[status]) if counts else None


def failure_records(
    artifacts: Iterable[tuple[Artifact, ArtifactState]],
) -> Iterable[dict[str, Any]]:
    """List the failures in full, as far as they were kept.

    Args:
        artifacts: Artifacts and how they ended.

    Yields:
        Rows with the columns of `FAILURE_COLUMNS`.
    """
    for entry, state in artifacts:
        for record in state.tally.kept:
            row: dict[str, Any] = dict.fromkeys(FAILURE_COLUMNS)
            ids: Mapping[str, Any] = record.ids
            row.update({name: value for name, value in ids.items() if name in row})
            row |= {
                "module": entry.artifact,
                "reason": record.reason,
                "http_status": record.http_status,
                "codes": record.codes,
                "message": record.message,
                "tracking_id": record.tracking_id,
            }
            yield row
