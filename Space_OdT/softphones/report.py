"""The report of a run as one self-contained page: every change with the fields before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from Space_OdT.engine import row_runs
from Space_OdT.engine.atomic import write_atomic
from Space_OdT.softphones.differences import Difference, differences, readable
from Space_OdT.softphones.ending import EndFacts
from Space_OdT.softphones.json_lines import read_json_lines
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.ledger import FAILED, SKIPPED, SUCCESS, UNCHANGED, has_failed
from Space_OdT.softphones.records import PersonStatus
from Space_OdT.softphones.stages import RESOLVE_PERSON, Stage
from Space_OdT.softphones.state import RunState

_ASSETS = Path(__file__).parent / "assets"
# The look that the reports of all runs over rows share.
_BASE_STYLES = Path(row_runs.__file__).parent / "assets" / "report.css"
# A page with more entries than this helps nobody; the change log has them all.
MOST_ENTRIES = 4000
_MOST_FIELDS = 60
CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One stage of one person.

    Attributes:
        email: The person.
        stage: The stage.
        status: `changed`, `unchanged`, `skipped` or `failed`.
        details: What is to be said about it.
        fields: Field, before and after.
        more: Fields left out.
        http_status: Status of the deciding answer, "" when there was none.
        tracking_id: Its tracking id.
        timestamp: When it ended.
    """

    email: str
    stage: str
    status: str
    details: str
    fields: tuple[Difference, ...] = ()
    more: int = 0
    http_status: str = ""
    tracking_id: str = ""
    timestamp: str = ""


@dataclass(slots=True)
class _Gathered:
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    by_stage: dict[str, Counter[str]] = field(default_factory=dict)


def write_report(layout: SoftphoneLayout, state: RunState, facts: EndFacts) -> None:
    """Write the report.

    Args:
        layout: The folder of the run; its change log is read.
        state: How everybody stands.
        facts: What else there is to say.

    Raises:
        OSError: When it cannot be written.
        DamagedOutputError: When the change log is not what a run writes.
    """
    lines = (
        line for line in read_json_lines(layout.changes_log) if line.get("run_id") == state.run_id
    )
    write_atomic(layout.report_html, render_report(lines, state, facts).encode())


def render_report(lines: Iterator[Mapping[str, Any]], state: RunState, facts: EndFacts) -> str:
    """Write the report as text.

    Args:
        lines: The lines of the change log.
        state: How everybody stands.
        facts: What else there is to say.

    Returns:
        One HTML document that loads nothing from anywhere; every value is escaped.
    """
    gathered = _gather(lines, facts.names)
    order = (FAILED, CHANGED, SKIPPED, UNCHANGED)
    entries = [one for status in order for one in gathered.entries.get(status, ())]
    page: str = _template().render(
        state=state,
        facts=facts,
        **_own_files(),
        headline=_headline(state),
        tiles=_tiles(state, gathered),
        stages=_stages(gathered),
        decisions=state.stage_decisions,
        deciders=_deciders(state),
        entries=entries[:MOST_ENTRIES],
        total=sum(counts.total() for counts in gathered.by_stage.values()),
        failures=[record for record in state.records.values() if has_failed(record)][:MOST_ENTRIES],
        statuses=(FAILED, CHANGED, UNCHANGED, SKIPPED),
        stage_names=[RESOLVE_PERSON, *(stage.value for stage in Stage)],
    )
    return page


def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def _own_files() -> dict[str, Any]:
    """Read what goes into the page as it stands: our own styles and script."""
    from markupsafe import Markup

    files = {
        "base": _BASE_STYLES,
        "styles": _ASSETS / "report.css",
        "script": _ASSETS / "report.js",
    }
    return {
        name: Markup(path.read_text(encoding="utf-8"))  # noqa: S704 - no value of a run is in them
        for name, path in files.items()
    }


def _gather(lines: Iterator[Mapping[str, Any]], names: Mapping[str, str]) -> _Gathered:
    """Count every line, and compare the states of as many of each kind as a page can show."""
    gathered = _Gathered()
    for line in lines:
        status = _status(line)
        gathered.by_stage.setdefault(str(line["stage"]), Counter())[status] += 1
        kept = gathered.entries.setdefault(status, [])
        if len(kept) < MOST_ENTRIES:
            kept.append(_entry(line, status, names))
    return gathered


def _status(line: Mapping[str, Any]) -> str:
    status, details = str(line["status"]), str(line.get("details") or "")
    if status != SUCCESS:
        return status
    return UNCHANGED if details.partition(";")[0] == UNCHANGED else CHANGED


def _entry(line: Mapping[str, Any], status: str, names: Mapping[str, str]) -> Entry:
    found = differences(line.get("before"), line.get("after")) if line.get("after") else []
    changes = readable(found, names)
    http_status = line.get("http_status")
    return Entry(
        str(line["user_email"]),
        str(line["stage"]),
        status,
        str(line.get("details") or ""),
        tuple(changes[:_MOST_FIELDS]),
        max(0, len(changes) - _MOST_FIELDS),
        "" if http_status is None else str(http_status),
        str(line.get("tracking_id") or ""),
        str(line.get("timestamp") or ""),
    )


def _deciders(state: RunState) -> list[tuple[str, str, str]]:
    """Name who decided, when and how; once, for all decisions of a run are given together."""
    found = (
        (one.get("decided_by", ""), one.get("decided_at", ""), one.get("source", ""))
        for one in state.stage_decisions.values()
    )
    return [
        (str(by), str(at)[:19].replace("T", " "), str(source))
        for by, at, source in dict.fromkeys(found)
    ]


def _headline(state: RunState) -> str:
    people = len(state.records)
    good = state.count(PersonStatus.SUCCESS)
    if not state.status.is_finished:
        return f"Stopped after {people:,} people"
    if good == people:
        return f"All {people:,} softphones are done"
    return f"{good:,} of {people:,} softphones are done"


def _tiles(state: RunState, gathered: _Gathered) -> list[tuple[str, str, int, str]]:
    counts: Counter[str] = sum(gathered.by_stage.values(), Counter())
    return [
        ("good", "People done", state.count(PersonStatus.SUCCESS), "every stage of theirs"),
        ("bad", "People failed", state.count(PersonStatus.FAILED), "run --only-failures"),
        ("good", "Stages changed", counts[CHANGED], "written in this run"),
        ("rest", "Stages unchanged", counts[UNCHANGED], "already as asked"),
        ("wait", "Stages skipped", counts[SKIPPED], "by the operator"),
    ]


def _stages(gathered: _Gathered) -> list[dict[str, Any]]:
    names = [RESOLVE_PERSON, *(stage.value for stage in Stage)]
    rows = []
    for name in names:
        counts = gathered.by_stage.get(name)
        if not counts:
            continue
        total = counts.total()
        shares = {
            status: f"{100 * counts[status] / total:.2f}"
            for status in (CHANGED, UNCHANGED, SKIPPED, FAILED)
        }
        rows.append({"name": name, "counts": counts, "shares": shares})
    return rows
