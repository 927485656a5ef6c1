"""The headline numbers of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from Space_OdT.inventory.report.advice import Notice, Severity
from Space_OdT.inventory.report.charts import percent
from Space_OdT.inventory.report.context import ReportContext
from Space_OdT.inventory.report.coverage import ArtifactCoverage
from Space_OdT.inventory.report.facts import OrganisationFacts, Share
from Space_OdT.inventory.report.texts import Texts

_MINUTE = 60
_HOUR = 3600
_BRIEF_SECONDS = 10
_BRISK_RATE = 10


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline number.

    Attributes:
        key: Unique name; the text `tile_<key>` is its label.
        value: The number, written for people; empty when it was not read.
        note: A line below it.
        href: Where on the page it leads; empty for nowhere.
        meter: Per cent of a meter below it; `None` draws none.
        alarm: Whether the meter is beyond its whole.
    """

    key: str
    value: str
    note: str = ""
    href: str = ""
    meter: float | None = None
    alarm: bool = False


def build_tiles(
    facts: OrganisationFacts,
    covered: Sequence[ArtifactCoverage],
    notices: Sequence[Notice],
    context: ReportContext,
    text: Texts,
) -> tuple[Tile, ...]:
    """Choose the headline numbers.

    Args:
        facts: Numbers of the organisation.
        covered: All artifacts of the run.
        notices: What needs attention.
        context: The run.
        text: The sentences.

    Returns:
        The tiles in the order of the page.
    """
    return (
        Tile("people", _count(facts.people.total), href="#cov-people"),
        _calling_tile(facts.people, text),
        _share_tile("locations", facts.locations, text),
        _numbers_tile(facts, text),
        _share_tile("workspaces", facts.workspaces, text),
        _licences_tile(facts, text),
        _artifacts_tile(covered, text),
        *_run_tiles(covered, context, text),
        _attention_tile(notices, text),
    )


def total_calls(covered: Sequence[ArtifactCoverage], context: ReportContext) -> int:
    """Count the calls of the run: what the run says, else the sum of its records."""
    if context.calls is not None:
        return context.calls
    return sum(artifact.calls for artifact in covered)


def duration(seconds: float) -> str:
    """Write a duration with two units at most: `4.2 s`, `42 s`, `3 min 05 s`, `2 h 07 min`."""
    if seconds < _BRIEF_SECONDS:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"


def _calling_tile(people: Share, text: Texts) -> Tile:
    if not people.total or people.part is None:
        return Tile("calling", _count(people.part))
    note = text("note_calling", share=percent(people.part, people.total))
    return Tile(
        "calling", _count(people.part), note, "#cov-people", meter=100 * people.part / people.total
    )


def _share_tile(key: str, share: Share, text: Texts) -> Tile:
    if not share.total or share.part is None:
        return Tile(key, _count(share.total), href=f"#cov-{key}")
    note = text("note_calling_part", part=f"{share.part:,}")
    meter = min(100.0, 100 * share.part / share.total)
    return Tile(key, _count(share.total), note, f"#cov-{key}", meter=meter)


def _numbers_tile(facts: OrganisationFacts, text: Texts) -> Tile:
    states = facts.numbers
    if states is None:
        return Tile("numbers", "")
    note = text(
        "note_numbers",
        in_use=f"{states.in_use:,}",
        free=f"{states.free:,}",
        inactive=f"{states.inactive:,}",
    )
    meter = 100 * states.in_use / states.total if states.total else None
    return Tile("numbers", _count(states.total), note, "#cov-numbers", meter=meter)


def _licences_tile(facts: OrganisationFacts, text: Texts) -> Tile:
    used, bought = facts.licences_used, facts.licences_bought
    if used is None or not bought:
        return Tile("licences", _count(used), href="#cov-licenses")
    note = text("note_licences", bought=f"{bought:,}", share=percent(used, bought))
    meter = min(100.0, 100 * used / bought)
    over = sum((one.used or 0) > one.bought for one in facts.licences if one.bought is not None)
    if over:
        note += " · " + text("note_over", count=over)
    return Tile("licences", _count(used), note, "#cov-licenses", meter=meter, alarm=over > 0)


def _artifacts_tile(covered: Sequence[ArtifactCoverage], text: Texts) -> Tile:
    with_data = sum(artifact.rows > 0 for artifact in covered)
    rows = sum(artifact.rows for artifact in covered)
    note = text("note_artifacts", total=f"{len(covered):,}", rows=f"{rows:,}")
    return Tile("artifacts", f"{with_data:,}", note, "#coverage")


def _attention_tile(notices: Sequence[Notice], text: Texts) -> Tile:
    counts = Counter(notice.severity for notice in notices)
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    if not errors + warnings:
        return Tile("attention", "0", text("note_attention_none"))
    note = text("note_attention", errors=errors, warnings=warnings)
    return Tile("attention", f"{errors + warnings:,}", note, "#attention", alarm=errors > 0)


def _run_tiles(
    covered: Sequence[ArtifactCoverage], context: ReportContext, text: Texts
) -> tuple[Tile, Tile]:
    calls = total_calls(covered, context)
    repeated = _repeats(context.retries, text)
    if context.seconds is None:
        return Tile("calls", f"{calls:,}", repeated), Tile("duration", "")
    rate = calls / context.seconds if context.seconds > 0 else 0
    note = text("note_rate", rate=f"{rate:,.0f}" if rate >= _BRISK_RATE else f"{rate:,.1f}")
    return (
        Tile("calls", f"{calls:,}", repeated),
        Tile("duration", duration(context.seconds), note),
    )


def _repeats(retries: int | None, text: Texts) -> str:
    if retries is None:
        return ""
    return text("note_calls", retries=f"{retries:,}") if retries else text("note_calls_none")


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
