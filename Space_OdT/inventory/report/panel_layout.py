"""What a panel with a chart consists of, and how panels share two columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from markupsafe import Markup

_RINGS_HEIGHT = 190
_FRAME_HEIGHT = 160
"""Pixels of a panel without its picture: heading, legend, link to the table, margins."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart with everything around it.

    Attributes:
        key: Unique name; the texts `chart_<key>` and `chart_<key>_note` belong to it.
        svg: The picture; empty when there is nothing to draw.
        legend: (css class, name, caption) of its colours; empty for a single colour.
        head: Header of the table that says the same.
        rows: Its rows.
        height: Pixels of the picture, more or less; for laying the panels out.
        unread: Artifacts whose absence explains an empty picture.
    """

    key: str
    svg: Markup
    legend: tuple[tuple[str, str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    height: int = _RINGS_HEIGHT
    unread: tuple[str, ...] = ()


def in_two_columns(panels: Sequence[Panel]) -> tuple[tuple[Panel, ...], tuple[Panel, ...]]:
    """Share panels out over two columns of nearly equal height.

    Args:
        panels: A handful of panels; the order within a column is theirs.

    Returns:
        The columns; the first panel stands in the first one.
    """
    heights = [panel.height + _FRAME_HEIGHT for panel in panels]
    choices = (
        first for first in product((True, False), repeat=len(panels)) if first[:1] == (True,)
    )
    best = min(choices, key=lambda first: _imbalance(first, heights), default=())
    return (
        tuple(panel for panel, first in zip(panels, best, strict=True) if first),
        tuple(panel for panel, first in zip(panels, best, strict=True) if not first),
    )


def _imbalance(first: Sequence[bool], heights: Sequence[int]) -> int:
    signed = (tall if left else -tall for left, tall in zip(first, heights, strict=True))
    return abs(sum(signed))
