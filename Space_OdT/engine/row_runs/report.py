"""The end of a run as one self-contained HTML file, made to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.models import RowStatus
from Space_OdT.engine.row_runs.summary import RunSummary
from Space_OdT.webex.error_handling import ReasonCode

_ASSETS = Path(__file__).parent / "assets"


def write_report(summary: RunSummary, path: Path) -> None:
    """Write the report.

    Args:
        summary: The end of the run.
        path: Where to.

    Raises:
        OSError: When it cannot be written.
    """
    write_atomic(path, render_report(summary).encode())


def render_report(summary: RunSummary) -> str:
    """Write the report as text.

    Args:
        summary: The end of the run.

    Returns:
        One HTML document that loads nothing from anywhere.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    from markupsafe import Markup

    styles = (_ASSETS / "report.css").read_text(encoding="utf-8")
    return environment.get_template("report.html.j2").render(
        summary=summary,
        styles=Markup(styles),  # noqa: S704 - our own file
        headline=_headline(summary),
        tiles=_tiles(summary),
        phases=_phases(summary),
        rejected=[
            {"code": code, "meaning": ReasonCode(code).meaning, "rows": rows}
            for code, rows in summary.rejected.items()
        ],
        calls_line=_calls_line(summary.calls),
        families=_families(summary.calls),
    )


def _headline(summary: RunSummary) -> str:
    if summary.facts.stopped:
        return f"Stopped after {summary.tally.settled:,} of {summary.rows:,} rows"
    if summary.is_clean:
        return f"All {summary.rows:,} rows succeeded"
    return f"{summary.tally.success:,} of {summary.rows:,} rows succeeded"


def _tiles(summary: RunSummary) -> list[dict[str, Any]]:
    effects = summary.tally.effects
    tiles = [
        ("rest", "Rows in", summary.rows, ""),
        ("good", "Changed", effects["changed"], "written and accepted"),
        ("good", "Unchanged", effects["unchanged"], "already as asked"),
        ("wait", "Pending", summary.tally.pending, "left to be done"),
        ("bad", "Rejected", summary.rejected_rows, "refused before any call"),
    ]
    return [dict(zip(("kind", "label", "rows", "note"), tile, strict=True)) for tile in tiles]


def _phases(summary: RunSummary) -> list[dict[str, Any]]:
    phases = []
    for phase, counts in sorted(summary.tally.by_phase.items()):
        success, pending = counts[RowStatus.SUCCESS], counts[RowStatus.PENDING]
        total = max(1, success + pending)
        phases.append(
            {
                "name": summary.facts.phases[phase].title,
                "success": success,
                "pending": pending,
                "good_share": f"{100 * success / total:.2f}",
                "wait_share": f"{100 * pending / total:.2f}",
            }
        )
    return phases


def _calls_line(calls: Mapping[str, Any]) -> str:
    return (
        f"{calls.get('calls', 0):,} calls, {calls.get('retries', 0):,} repeats, "
        f"{calls.get('responses_429', 0):,} throttled"
    )


def _families(calls: Mapping[str, Any]) -> list[tuple[str, Any]]:
    families: Mapping[str, Any] = calls.get("families", {})
    return sorted(families.items(), key=lambda item: -item[1]["calls"])
