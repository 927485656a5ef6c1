"""The colours are readable in both themes."""

from __future__ import annotations

import pytest

from Space_OdT.inventory.report.palette import PALETTE, palette_css
from Space_OdT.inventory.report.status_lines import Coverage

LIGHT = {name: light for name, light, _ in PALETTE}
DARK = {name: dark for name, _, dark in PALETTE}
GROUNDS = ("page", "surface", "sunken")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "quiet", "accent") for ground in GROUNDS),
    *((f"{coverage}-ink", f"{coverage}-tint") for coverage in Coverage),
    ("accent", "accent-soft"),
    ("surface", "accent"),
    ("forbidden-ink", "surface"),
    ("failed-ink", "surface"),
    ("hero-ink", "hero-to"),
    ("hero-quiet", "hero-to"),
    ("hero-quiet", "hero-from"),
]
GRAPHIC_PAIRS = [
    (name, "surface") for name in ("c1", "c2", "c3", "c4", "c5", "c-rest", "focus", "line-strong")
]


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_keeps_wcag_aa_contrast(theme, ink, ground):
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("graphic", "ground"), GRAPHIC_PAIRS)
def test_graphics_keep_wcag_aa_contrast(theme, graphic, ground):
    assert contrast(theme[graphic], theme[ground]) >= 3


def test_dark_follows_the_system_or_the_reader_and_never_reaches_paper():
    css = palette_css()
    system = css.index("prefers-color-scheme:dark")
    chosen = css.index('[data-theme="dark"]')
    assert css.index("color-scheme:light") < system < chosen
    assert css.count("@media screen") == 2
