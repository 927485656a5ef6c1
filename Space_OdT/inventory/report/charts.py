"""Numbers -> inline SVG that scales with its column, follows the theme and needs no script.

Widths are percentages of the column and heights are pixels, so text keeps its size on a phone. All
colours come from classes of the report's stylesheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup, escape

ROW_HEIGHT = 40
"""Pixels of a row with a bar."""
REMAINDER_HEIGHT = 26
"""Pixels of a row that is only text."""
_LABEL_BASELINE = 14
_BAR_TOP = 22
_BAR_HEIGHT = 10
_LONGEST_LABEL = 34
_SHORTEST_LABEL = 14
_LINE_CHARACTERS = 42
"""What fits in one line above a bar on a phone: the label and the caption together."""
_SMALLEST_SHARE = 0.6
"""Percent of the width that a bar keeps however small its value, so that it stays visible."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart.

    Attributes:
        label: What the row is about.
        parts: (css class, legend name, value) from left to right; none for a remainder such as
            "14 others", which would dwarf the rest as a bar and is written as text.
        caption: Text at the right end, such as "12 of 40".
        whole: The value of the full width for this row alone; the largest row by default.
    """

    label: str
    parts: tuple[tuple[str, str, int], ...]
    caption: str
    whole: int | None = None


def top(
    values: Mapping[str, T], size: Mapping[str, int], limit: int
) -> tuple[list[tuple[str, T]], list[T]]:
    """Split named values into the largest ones and the rest.

    Args:
        values: Name -> value.
        size: Name -> number to sort by; equal sizes follow the name.
        limit: How many to keep; a rest of one is kept as well.

    Returns:
        The largest (name, value) pairs, largest first, and the values of the rest.
    """
    names = sorted(values, key=lambda name: (-size[name], name))
    keep = len(names) if len(names) <= limit + 1 else limit
    return [(name, values[name]) for name in names[:keep]], [values[name] for name in names[keep:]]


def bar_chart(bars: Sequence[Bar], title: str, description: str, chart_id: str) -> Markup:
    """Draw rows of horizontal bars, each with its label above it.

    Args:
        bars: The rows, top to bottom.
        title: Accessible name of the picture.
        description: Accessible description: what the picture says, in a sentence.
        chart_id: Unique id on the page.

    Returns:
        An `svg` element.
    """
    scale = max((sum(value for *_, value in bar.parts) for bar in bars), default=0)
    rows, height = Markup(""), 0
    for bar in bars:
        rows += _bar_row(bar, height, scale)
        height += ROW_HEIGHT if bar.parts else REMAINDER_HEIGHT
    return _svg(rows, title, description, chart_id, height)


def donut(parts: Sequence[tuple[str, str, int]], title: str, chart_id: str) -> Markup:
    """Draw the shares of a whole as a ring.

    Args:
        parts: (css class, legend name, value), clockwise from the top.
        title: Accessible name of the picture.
        chart_id: Unique id on the page.

    Returns:
        An `svg` element with an empty middle for a text on top of it.
    """
    total = sum(value for *_, value in parts)
    ring = Markup('<circle class="track" cx="50" cy="50" r="42"/>')
    offset = 0.0
    for css, name, value in parts:
        if not value:
            continue
        share = 100 * value / total
        ring += Markup(
            '<g><title>{}: {} ({})</title><circle class="arc {}" cx="50" cy="50" r="42" '
            'pathLength="100" stroke-dasharray="{} 100" stroke-dashoffset="{}"/></g>'
        ).format(name, f"{value:,}", percent(value, total), css, _number(share), _number(-offset))
        offset += share
    return Markup(
        '<svg class="donut" viewBox="0 0 100 100" role="img" aria-labelledby="{0}-t">'
        '<title id="{0}-t">{1}</title><g transform="rotate(-90 50 50)">{2}</g></svg>'
    ).format(chart_id, title, ring)


def percent(part: int, whole: int) -> str:
    """Write a share for people: never 0 % for something, never 100 % for less than all."""
    if not whole:
        return "0 %"
    value = 100 * part / whole
    if 0 < value < 1:
        return "<1 %"
    if 99 < value < 100:  # noqa: PLR2004 - percent
        return ">99 %"
    return f"{value:.0f} %"


def shorten(label: str, caption: str = "") -> str:
    """Cut a label to what fits above a bar on a phone, beside its caption."""
    text = " ".join(label.split())
    longest = max(_SHORTEST_LABEL, min(_LONGEST_LABEL, _LINE_CHARACTERS - len(caption)))
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _bar_row(bar: Bar, top_edge: int, scale: int) -> Markup:
    return Markup(
        '<g class="row{remainder}"><title>{tip}</title>'
        '<text class="label" x="0" y="{text_y}">{label}</text>'
        '<text class="value" x="100%" y="{text_y}" text-anchor="end">{caption}</text>{bars}</g>'
    ).format(
        remainder="" if bar.parts else " remainder",
        tip=_tip(bar),
        label=shorten(bar.label, bar.caption),
        caption=bar.caption,
        text_y=top_edge + _LABEL_BASELINE,
        bars=_bars(bar, bar.whole or scale, top_edge),
    )


def _bars(bar: Bar, whole: int, top_edge: int) -> Markup:
    if not bar.parts:
        return Markup("")
    y = top_edge + _BAR_TOP
    return Markup(
        '<rect class="track" x="0" y="{}" width="100%" height="{}" rx="5"/>{}'
        '<rect class="hit" x="0" y="{}" width="100%" height="{}"/>'
    ).format(y, _BAR_HEIGHT, _segments(bar.parts, whole, y), top_edge, ROW_HEIGHT)


def _segments(parts: Iterable[tuple[str, str, int]], whole: int, y: int) -> Markup:
    drawn = Markup("")
    left = 0.0
    for css, _, value in parts:
        if not value or not whole:
            continue
        width = min(max(100 * value / whole, _SMALLEST_SHARE), 100 - left)
        drawn += Markup(
            '<rect class="bar {}" x="{}%" y="{}" width="{}%" height="{}" rx="5"/>'
        ).format(css, _number(left), y, _number(width), _BAR_HEIGHT)
        left += width
    return drawn


def _tip(bar: Bar) -> str:
    if len(bar.parts) <= 1:
        return f"{bar.label}: {bar.caption}"
    values = ", ".join(f"{name} {value:,}" for _, name, value in bar.parts)
    return f"{bar.label}: {values}"


def _svg(content: Markup, title: str, description: str, chart_id: str, height: int) -> Markup:
    return Markup(
        '<svg class="bars" width="100%" height="{0}" role="img" '
        'aria-labelledby="{1}-t" aria-describedby="{1}-d">'
        '<title id="{1}-t">{2}</title><desc id="{1}-d">{3}</desc>{4}</svg>'
    ).format(height, chart_id, escape(title), escape(description), content)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
