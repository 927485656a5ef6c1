"""What `bulk_run` tells its operator beside every run: what was read, what the preflight found."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from Space_OdT.commands.rows_talk import Say, tell_beginning, tell_rows
from Space_OdT.engine.bulk.intake import Intake
from Space_OdT.engine.bulk.preflight import Preflight
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.settings.config import Settings


def tell_validation(intake: Intake, layout: BulkLayout, say: Say) -> None:
    """Tell what validation found, and how the run begins.

    Args:
        intake: What was found.
        layout: The output folder.
        say: Takes sentences.
    """
    report = intake.report
    tell_beginning(intake.beginning, say)
    say(f"Read {report.input_path}: {report.description}.")
    for notice in report.notices:
        say(f"Note: {notice}.")
    for example in report.repair_examples:
        say(f"Note: a lost + was put back ({example}).")
    tell_rows(report, layout, say)


def tell_preflight(found: Preflight, settings: Settings, say: Say) -> None:
    """Tell whose organisation it is, what will not work, and what the run may cost.

    Args:
        found: What the checks found.
        settings: The settings of the run.
        say: Takes sentences.
    """
    environment = (settings.environment or "").upper()
    say(f"{environment}: organisation {found.access.organisation} at {settings.webex_base_url}")
    if settings.environment == "prod" and settings.webex_org_id is None:
        say("Note: WEBEX_ORG_ID is not set, so nothing proves that this is the organisation meant.")
    for note in found.notes:
        say(f"Note: {note}.")
    for warning in found.warnings:
        say(f"Warning: {warning}.")
    expected = found.estimate
    if expected is not None:
        seconds = timedelta(seconds=ceil(expected.seconds))
        say(
            f"Estimate: {expected.least:,} to {expected.most:,} calls ({expected.lists:,} of them "
            f"read lists), up to {seconds} at {expected.rate:,.0f} calls a second"
        )
