"""Write the report to its place, completely or not at all."""

from __future__ import annotations

from pathlib import Path

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.inventory.report.context import ReportContext
from Space_OdT.inventory.report.render import render_report


def write_report(exports_dir: Path, target: Path, context: ReportContext) -> None:
    """Write the report of an export.

    Args:
        exports_dir: Folder with `<artifact>.csv`, `<artifact>.json` and `status.csv`.
        target: The HTML file; it appears complete or not at all, and its folder is made.
        context: What the files do not hold.

    Raises:
        OSError: A file cannot be read or the target cannot be written; an older target stays.
    """
    page = render_report(exports_dir, context)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, page.encode())
