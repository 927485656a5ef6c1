"""The colours of the report by name, for the light and the dark theme, and their stylesheet."""

from __future__ import annotations

PALETTE: tuple[tuple[str, str, str], ...] = (
    # name, light, dark: text on its ground keeps WCAG AA (4.5:1), graphics keep 3:1
    ("page", "#f3f5f8", "#0c1218"),
    ("surface", "#ffffff", "#151d26"),
    ("sunken", "#f7f9fb", "#111921"),
    ("line", "#dce3ea", "#27333f"),
    ("line-strong", "#82909e", "#6d7e8f"),
    ("ink", "#13202c", "#e8eef4"),
    ("quiet", "#556474", "#9fb0bf"),
    ("accent", "#0b5f8f", "#6cc1ee"),
    ("accent-soft", "#e3f0f8", "#16334a"),
    ("focus", "#0b5f8f", "#6cc1ee"),
    ("hero-from", "#0b1f30", "#08131d"),
    ("hero-to", "#12486a", "#0e3a57"),
    ("hero-ink", "#ffffff", "#ffffff"),
    ("hero-quiet", "#b9d0e0", "#aec6d7"),
    ("track", "#e6ebf0", "#25313d"),
    ("c1", "#1273ab", "#3f9ed6"),
    ("c2", "#2b957b", "#45b899"),
    ("c3", "#b87c10", "#dca23b"),
    ("c4", "#c8372d", "#ee6a5f"),
    ("c5", "#5667b8", "#8593e0"),
    ("c-rest", "#8393a3", "#66788a"),
    ("read-ink", "#12613a", "#7fdcab"),
    ("read-tint", "#dcf2e4", "#12352a"),
    ("read", "#2aa36a", "#2fae72"),
    ("partial-ink", "#7a4a00", "#f4c469"),
    ("partial-tint", "#fcecc8", "#3a2c0d"),
    ("partial", "#dd9a1f", "#dd9a1f"),
    ("empty-ink", "#475768", "#aebccb"),
    ("empty-tint", "#e7ecf1", "#243040"),
    ("empty", "#8fa1b3", "#6f8396"),
    ("forbidden-ink", "#5a2ca0", "#c8aefc"),
    ("forbidden-tint", "#ece4fb", "#2d2149"),
    ("forbidden", "#8d63dd", "#9a76e3"),
    ("failed-ink", "#a3211a", "#ff9d94"),
    ("failed-tint", "#fde3e0", "#421c1b"),
    ("failed", "#dd4b40", "#e2574c"),
    ("blocked-ink", "#84400c", "#f5b07d"),
    ("blocked-tint", "#fce7d6", "#40260f"),
    ("blocked", "#d97f36", "#d97f36"),
    ("not_entitled-ink", "#0a566f", "#79cfe8"),
    ("not_entitled-tint", "#daf0f7", "#0f3443"),
    ("not_entitled", "#2f9cbd", "#3aa5c4"),
    ("no_api-ink", "#556474", "#9fb0bf"),
    ("no_api-tint", "#ffffff", "#151d26"),
    ("no_api", "#bcc7d1", "#4d5c6a"),
    ("skipped-ink", "#556474", "#9fb0bf"),
    ("skipped-tint", "#f7f9fb", "#111921"),
    ("skipped", "#d5dce3", "#33414e"),
    (
        "shadow",
        "0 1px 2px rgb(19 32 44 / 6%), 0 6px 20px rgb(19 32 44 / 6%)",
        "0 1px 2px rgb(0 0 0 / 40%), 0 8px 24px rgb(0 0 0 / 30%)",
    ),
)


def palette_css() -> str:
    """Write the colours as custom properties.

    Light is the default and what paper gets; dark follows the system unless the reader chose light,
    and follows the reader's choice on any system.

    Returns:
        The beginning of the stylesheet.
    """
    light = "".join(f"--{name}:{light};" for name, light, _ in PALETTE)
    dark = "".join(f"--{name}:{dark};" for name, _, dark in PALETTE)
    return (
        f":root{{color-scheme:light;{light}}}\n"
        "@media screen and (prefers-color-scheme:dark){"
        f':root:not([data-theme="light"]){{color-scheme:dark;{dark}}}}}\n'
        f'@media screen{{:root[data-theme="dark"]{{color-scheme:dark;{dark}}}}}\n'
    )
