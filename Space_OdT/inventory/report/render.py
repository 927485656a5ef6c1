"""Put the report together from its parts, as one HTML document."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, timedelta
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from Space_OdT.inventory.manifest.entry import Group
from Space_OdT.inventory.report.advice import advise
from Space_OdT.inventory.report.charts import donut, percent
from Space_OdT.inventory.report.context import ReportContext
from Space_OdT.inventory.report.coverage import (
    ArtifactCoverage,
    cover,
    tally,
)
from Space_OdT.inventory.report.facts import OrganisationFacts, read_facts
from Space_OdT.inventory.report.palette import palette_css
from Space_OdT.inventory.report.panel_layout import in_two_columns
from Space_OdT.inventory.report.panels import build_panels
from Space_OdT.inventory.report.samples import MAX_ROWS, take_samples, to_island
from Space_OdT.inventory.report.status_lines import Coverage, read_status
from Space_OdT.inventory.report.tables import count_records
from Space_OdT.inventory.report.texts import Texts
from Space_OdT.inventory.report.tiles import build_tiles

_HERE = Path(__file__).parent
_ANSWERED = frozenset({Coverage.READ, Coverage.EMPTY})
_RECENT = timedelta(days=1)
_NOT_ASKED = frozenset({Coverage.NO_API, Coverage.SKIPPED})


def render_report(exports_dir: Path, context: ReportContext) -> str:
    """Write the report as text.

    Args:
        exports_dir: Folder of the exported files; missing files become empty states.
        context: What the files do not hold.

    Returns:
        One HTML document that loads nothing from anywhere.
    """
    text = Texts()
    covered = cover(context.artifacts, read_status(exports_dir), exports_dir)
    facts = read_facts(exports_dir, {one.info.name for one in covered if not one.is_read})
    styles = Markup(palette_css()) + _asset("report.css")  # noqa: S704 - own colours
    theme, script = _asset("theme.js"), _asset("report.js")
    records = _records(exports_dir)
    template = _environment(text, context).get_template("report.html.j2")
    return template.render(
        context=context,
        generated_at=context.generated_at.astimezone(UTC),
        styles=styles,
        theme_script=theme,
        script=script,
        policy=_policy(styles, (theme, script)),
        covered=covered,
        groups={group: _of_group(covered, group) for group in Group},
        v1_families=_families(_of_group(covered, Group.V1)),
        families=_families(covered),
        counts=tally(covered),
        records=records,
        stale_before=context.generated_at - _RECENT,
        facts=facts,
        **_pictures(covered, facts, context, text),
        samples=take_samples(exports_dir, [*(one.info.name for one in covered), *records]),
        page=to_island(_page_facts(covered, records, context, text)),
        max_rows=MAX_ROWS,
    )


def _pictures(
    covered: Sequence[ArtifactCoverage],
    facts: OrganisationFacts,
    context: ReportContext,
    text: Texts,
) -> dict[str, object]:
    notices = advise(covered, text)
    return {
        "ring": _ring(covered, text),
        "notices": notices,
        "tiles": build_tiles(facts, covered, notices, context, text),
        "columns": in_two_columns(build_panels(facts, covered, text)),
    }


def _ring(covered: Sequence[ArtifactCoverage], text: Texts) -> dict[str, object]:
    asked = [artifact for artifact in covered if artifact.coverage not in _NOT_ASKED]
    answered = sum(artifact.coverage in _ANSWERED for artifact in asked)
    parts = [(f"k-{kind}", text(f"coverage_{kind}"), n) for kind, n in tally(covered).items()]
    label = text("ring_label", answered=answered, asked=len(asked))
    return {"svg": donut(parts, label, "ring-coverage"), "share": percent(answered, len(asked))}


def _page_facts(
    covered: Iterable[ArtifactCoverage],
    records: Mapping[str, int],
    context: ReportContext,
    text: Texts,
) -> dict[str, object]:
    tables = {one.info.name: {"rows": one.rows, "csv": one.has_csv} for one in covered}
    tables |= {name: {"rows": rows, "csv": True} for name, rows in records.items()}
    return {
        "exports": quote(context.exports_href),
        "limit": MAX_ROWS,
        "artifacts": tables,
        "texts": text.starting_with("data_", "theme_", "coverage_shown"),
    }


def _records(exports_dir: Path) -> dict[str, int]:
    """Find the tables about the run itself, and how many rows they have."""
    files = {name: exports_dir / f"{name}.csv" for name in ("status", "status_failures")}
    return {name: count_records(file) for name, file in files.items() if file.is_file()}


def _of_group(covered: Iterable[ArtifactCoverage], group: Group) -> tuple[ArtifactCoverage, ...]:
    return tuple(artifact for artifact in covered if artifact.info.group is group)


def _families(covered: Iterable[ArtifactCoverage]) -> dict[str, list[ArtifactCoverage]]:
    families: dict[str, list[ArtifactCoverage]] = {}
    for artifact in covered:
        families.setdefault(artifact.family, []).append(artifact)
    return families


def _environment(text: Texts, context: ReportContext) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = text
    environment.globals["file_href"] = _file_href(context)
    environment.filters["thousands"] = "{:,}".format
    environment.filters["breakable"] = _breakable
    return environment


def _file_href(context: ReportContext) -> Callable[[str, str], str]:
    return lambda artifact, suffix: quote(f"{context.exports_href}/{artifact}.{suffix}")


def _breakable(name: str) -> Markup:
    """Let a long technical name wrap after its underscores and dots, not inside a word."""
    return Markup(re.sub(r"([_.])", r"\1<wbr>", str(escape(name))))  # noqa: S704 - escaped first


def _asset(name: str) -> Markup:
    return Markup((_HERE / "assets" / name).read_text(encoding="utf-8"))  # noqa: S704 - own file


def _policy(styles: str, scripts: Iterable[str]) -> str:
    """Allow this page's own style and scripts by their hash, and nothing else from anywhere."""
    allowed = " ".join(f"'{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; style-src '{_hash(styles)}'; script-src {allowed}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
