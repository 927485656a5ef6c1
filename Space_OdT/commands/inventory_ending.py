"""How an inventory run ends for its operator: the report, and a summary on stdout."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from Space_OdT import __version__
from Space_OdT.commands.telling import say, show
from Space_OdT.engine.run_layout import InventoryLayout
from Space_OdT.inventory.manifest import DERIVED, DERIVED_SOURCES, MANIFEST, Group
from Space_OdT.inventory.session import Organisation
from Space_OdT.inventory.summary import RunSummary
from Space_OdT.settings.exit_codes import ExitCode


@dataclass(frozen=True, slots=True)
class Ending:
    """What is wanted once everything is exported.

    Attributes:
        report: Write the report.
        open_report: Open it in a browser.
        workbook: Whether a workbook was asked for.
        simulated: Whether the organisation is a simulated one.
    """

    report: bool = True
    open_report: bool = False
    workbook: bool = False
    simulated: bool = False


def end(
    ending: Ending, layout: InventoryLayout, organisation: Organisation, summary: RunSummary
) -> ExitCode:
    """Write the report and print the summary.

    Args:
        ending: What is wanted.
        layout: Where everything is.
        organisation: Whose inventory it is.
        summary: The figures of the run.

    Returns:
        What the run comes to.
    """
    written = False
    if ending.report:
        try:
            written = _write_report(ending, layout, organisation, summary)
        except KeyboardInterrupt:
            say("Interrupted while the report was written. The exports are complete.")
            return ExitCode.INTERRUPTED
    _print_summary(summary, layout, workbook=ending.workbook, report=written)
    if written and ending.open_report and not webbrowser.open(layout.report_html.as_uri()):
        say("No browser could be started.")
    is_done = summary.is_complete and written is ending.report
    return ExitCode.OK if is_done else ExitCode.INCOMPLETE


def _write_report(
    ending: Ending, layout: InventoryLayout, organisation: Organisation, summary: RunSummary
) -> bool:
    """Write the report; the exports stand whether that succeeds or not."""
    from Space_OdT.inventory.report import ArtifactInfo, ReportContext, write_report

    artifacts = [ArtifactInfo(entry.artifact, entry.description, entry.group) for entry in MANIFEST]
    artifacts += [
        ArtifactInfo(name, text, Group.DERIVED, DERIVED_SOURCES.get(name, ()))
        for name, text in DERIVED.items()
    ]
    context = ReportContext(
        organisation_name=organisation.name,
        organisation_id=organisation.raw_id,
        generated_at=datetime.now(UTC),
        tool_version=__version__,
        artifacts=tuple(artifacts),
        calls=summary.calls,
        retries=summary.retries,
        seconds=summary.seconds,
        simulated=ending.simulated,
    )
    try:
        write_report(layout.exports_dir, layout.report_html, context)
    except OSError as error:
        why = f"{error.filename or layout.report_html}: {error.strerror or error}"
        say(f"The report could not be written ({why}). The exports are there.")
        return False
    return True


def _print_summary(
    summary: RunSummary, layout: InventoryLayout, *, workbook: bool, report: bool
) -> None:
    results = ", ".join(
        f"{count} {result.value}" for result, count in sorted(summary.results.items())
    )
    show(f"artifacts  {summary.artifacts} of {summary.asked} read ({results})")
    show(f"rows       {summary.rows:,}")
    show(f"calls      {summary.calls:,}")
    show(f"seconds    {summary.seconds:.1f}")
    if summary.failures:
        failures = _near(layout.exports_dir / "status_failures.csv")
        show(f"failures   {summary.failures:,}, see {failures}")
    if summary.missing_scopes:
        show(f"scopes     the token lacks {', '.join(summary.missing_scopes)}")
    show(f"exports    {_near(layout.exports_dir)}")
    if workbook:
        show(f"workbook   {_near(layout.workbook)}")
    if report:
        show(f"report     {_near(layout.report_html)}")


def _near(path: Path) -> Path:
    """Name a path as it is seen from the current folder, when it is below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
