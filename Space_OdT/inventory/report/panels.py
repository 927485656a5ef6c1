"""The charts of the report: which numbers each one draws, its legend and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from Space_OdT.inventory.report.charts import (
    REMAINDER_HEIGHT,
    ROW_HEIGHT,
    Bar,
    bar_chart,
    donut,
    percent,
    top,
)
from Space_OdT.inventory.report.coverage import ArtifactCoverage
from Space_OdT.inventory.report.facts import (
    NOWHERE,
    LicenceUse,
    NumberStates,
    OrganisationFacts,
    Share,
)
from Space_OdT.inventory.report.panel_layout import Panel
from Space_OdT.inventory.report.texts import Texts

_MOST_PLACES = 10
_MOST_LICENCES = 10
_MOST_READS = 10


def build_panels(
    facts: OrganisationFacts, covered: Sequence[ArtifactCoverage], text: Texts
) -> tuple[Panel, ...]:
    """Draw all charts.

    Args:
        facts: Numbers of the organisation.
        covered: All artifacts of the run.
        text: The sentences.

    Returns:
        The panels in the order of the page; a chart without data has an empty picture.
    """
    return (
        _people_panel(facts, text),
        _calling_panel(facts, text),
        _numbers_panel(facts, text),
        _licences_panel(facts, text),
        _workspaces_panel(facts, text),
        _calls_panel(covered, text),
    )


def _people_panel(facts: OrganisationFacts, text: Texts) -> Panel:
    counts = dict(facts.people_by_location)
    homeless = counts.pop(NOWHERE, 0)
    largest, rest = top(counts, counts, _MOST_PLACES)
    bars = [_single(name, value, "c1") for name, value in largest]
    if rest:
        bars.append(_remainder(text("label_others", count=len(rest)), sum(rest)))
    if homeless:
        bars.append(_remainder(text("label_no_location"), homeless))
    rows = [(name, f"{value:,}") for name, value in _ranked(counts)]
    if homeless:
        rows.append((text("label_no_location"), f"{homeless:,}"))
    return _bars_panel(
        "people",
        bars,
        head=(text("label_location"), text("label_people")),
        rows=rows,
        unread=("people",),
        text=text,
    )


def _calling_panel(facts: OrganisationFacts, text: Texts) -> Panel:
    named = (
        (text("label_people"), facts.people),
        (text("label_workspaces"), facts.workspaces),
        (text("label_locations"), facts.locations),
    )
    known = [(name, share) for name, share in named if share.total and share.part is not None]
    head = (
        text("label_name"),
        text("label_calling"),
        text("label_not_calling"),
        text("label_total"),
    )
    rows = tuple((name, *(f"{value:,}" for value in _split(share))) for name, share in known)
    if not known:
        return Panel("calling", Markup(), (), head, (), unread=("people",))
    pictures = Markup("").join(_calling_ring(name, share, text) for name, share in known)
    return Panel(
        "calling",
        Markup('<div class="rings">{}</div>').format(pictures),
        (("c1", text("label_calling"), ""), ("c-rest", text("label_not_calling"), "")),
        head,
        rows,
    )


def _calling_ring(name: str, share: Share, text: Texts) -> Markup:
    part, without, total = _split(share)
    parts = (("c1", text("label_calling"), part), ("c-rest", text("label_not_calling"), without))
    title = f"{name}: {text('caption_used_of', used=f'{part:,}', bought=f'{total:,}')}"
    return Markup(
        '<div class="ring">{}<p class="ring-text"><strong>{}</strong><span>{}</span></p>'
        '<p class="ring-caption">{}</p></div>'
    ).format(
        donut(parts, title, f"ring-{'-'.join(name.lower().split())}"),
        percent(part, total),
        text("caption_used_of", used=f"{part:,}", bought=f"{total:,}"),
        name,
    )


def _split(share: Share) -> tuple[int, int, int]:
    total = share.total or 0
    part = min(share.part or 0, total)
    return part, total - part, total


def _numbers_panel(facts: OrganisationFacts, text: Texts) -> Panel:
    totals = {place: states.total for place, states in facts.numbers_by_location.items()}
    named = {
        place or text("label_no_location"): states
        for place, states in facts.numbers_by_location.items()
    }
    sizes = {place or text("label_no_location"): total for place, total in totals.items()}
    largest, rest = top(named, sizes, _MOST_PLACES)
    bars = [_states_bar(name, states, text) for name, states in largest]
    if rest:
        total = sum(states.total for states in rest)
        bars.append(_remainder(text("label_others", count=len(rest)), total))
    names = tuple(text(f"label_{state}") for state in ("in_use", "free", "inactive"))
    ranked = sorted(named.items(), key=lambda item: (-item[1].total, item[0]))
    whole = facts.numbers or NumberStates()
    captions = (f"{whole.in_use:,}", f"{whole.free:,}", f"{whole.inactive:,}")
    return _bars_panel(
        "numbers",
        bars,
        head=(text("label_location"), *names, text("label_total")),
        rows=[
            (name, f"{s.in_use:,}", f"{s.free:,}", f"{s.inactive:,}", f"{s.total:,}")
            for name, s in ranked
        ],
        legend=tuple(zip(("c1", "c2", "c3"), names, captions, strict=True)),
        unread=("numbers",),
        text=text,
    )


def _states_bar(name: str, states: NumberStates, text: Texts) -> Bar:
    parts = (
        ("c1", text("label_in_use"), states.in_use),
        ("c2", text("label_free"), states.free),
        ("c3", text("label_inactive"), states.inactive),
    )
    return Bar(name, parts, f"{states.total:,}")


def _licences_panel(facts: OrganisationFacts, text: Texts) -> Panel:
    ranked = sorted(facts.licences, key=_licence_order)
    keep = len(ranked) if len(ranked) <= _MOST_LICENCES + 1 else _MOST_LICENCES
    bars = [_licence_bar(licence, text) for licence in ranked[:keep]]
    if rest := ranked[keep:]:
        used = sum(licence.used or 0 for licence in rest)
        caption = text("caption_used", used=f"{used:,}")
        bars.append(Bar(text("label_others_licences", count=len(rest)), (), caption))
    unlimited = text("label_unlimited")
    rows = [
        (
            licence.name,
            text("unknown") if licence.used is None else f"{licence.used:,}",
            unlimited if licence.bought is None else f"{licence.bought:,}",
            "" if licence.bought is None else percent(licence.used or 0, licence.bought),
        )
        for licence in ranked
    ]
    return _bars_panel(
        "licences",
        bars,
        head=(text("label_licence"), text("label_used"), text("label_bought"), "%"),
        rows=rows,
        legend=(("c1", text("label_used"), ""), ("c4", text("label_over"), "")),
        unread=("licenses",),
        text=text,
    )


def _licence_order(licence: LicenceUse) -> tuple[bool, int, int, str]:
    """Over-used ones first, then the largest purchases, then those without a limit."""
    over = max(0, (licence.used or 0) - licence.bought) if licence.bought is not None else 0
    return (over == 0, -(licence.bought or 0), -(licence.used or 0), licence.name)


def _licence_bar(licence: LicenceUse, text: Texts) -> Bar:
    used, bought = licence.used or 0, licence.bought
    if bought is None:
        caption = text("caption_used", used=f"{used:,}")
        return Bar(licence.name, (), f"{caption} · {text('label_unlimited')}")
    over = max(0, used - bought)
    values = {"used": f"{used:,}", "bought": f"{bought:,}", "over": f"{over:,}"}
    parts = (("c1", text("label_used"), used - over), ("c4", text("label_over"), over))
    caption = text("caption_over" if over else "caption_used_of", **values)
    return Bar(licence.name, parts if over else parts[:1], caption, whole=max(used, bought))


def _workspaces_panel(facts: OrganisationFacts, text: Texts) -> Panel:
    named = {
        text.get(f"kind_{kind}", kind): count for kind, count in facts.workspaces_by_kind.items()
    }
    ranked = _ranked(named)
    return _bars_panel(
        "workspaces",
        [_single(name, count, "c5") for name, count in ranked],
        head=(text("label_name"), text("label_workspaces")),
        rows=[(name, f"{count:,}") for name, count in ranked],
        unread=("workspaces",),
        text=text,
    )


def _calls_panel(covered: Sequence[ArtifactCoverage], text: Texts) -> Panel:
    calls = {artifact.info.name: artifact.calls for artifact in covered if artifact.calls}
    largest, rest = top(calls, calls, _MOST_READS)
    bars = [_single(name, value, "c5") for name, value in largest]
    if rest:
        bars.append(_remainder(text("label_others", count=len(rest)), sum(rest)))
    return _bars_panel(
        "calls",
        bars,
        head=(text("column_artifact"), text("column_calls")),
        rows=[(name, f"{value:,}") for name, value in _ranked(calls)],
        text=text,
    )


def _bars_panel(
    key: str,
    bars: Sequence[Bar],
    *,
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    text: Texts,
    legend: tuple[tuple[str, str, str], ...] = (),
    unread: tuple[str, ...] = (),
) -> Panel:
    if not bars:
        return Panel(key, Markup(), (), head, (), unread=unread)
    height = sum(ROW_HEIGHT if bar.parts else REMAINDER_HEIGHT for bar in bars)
    svg = bar_chart(bars, text(f"chart_{key}"), text(f"chart_{key}_note"), f"chart-{key}")
    return Panel(key, svg, legend, head, tuple(rows), height, unread)


def _single(name: str, value: int, css: str) -> Bar:
    return Bar(name, ((css, name, value),), f"{value:,}")


def _remainder(name: str, value: int) -> Bar:
    return Bar(name, (), f"{value:,}")


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
