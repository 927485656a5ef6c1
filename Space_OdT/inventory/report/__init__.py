"""The report of an inventory run: one offline HTML file made from the exported files alone."""

from __future__ import annotations

from Space_OdT.inventory.report.context import ArtifactInfo, ReportContext
from Space_OdT.inventory.report.writer import write_report

__all__ = ["ArtifactInfo", "ReportContext", "write_report"]
