"""`v21_softphone_bulk_run`: sites from a spreadsheet, planned first, applied as a job."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from Space_OdT.commands.common import (
    BaseUrlOption,
    ConcurrentRequestsOption,
    MaxRateOption,
    SimulatorOption,
    TokenOption,
    load_settings,
    simulated,
)
from Space_OdT.commands.rows_front import RequestError, guarded
from Space_OdT.commands.v21_apply import apply_input
from Space_OdT.commands.v21_plan import plan
from Space_OdT.commands.v21_work import LocationsRequest, bootstrap, whole_folder
from Space_OdT.engine.run_layout import DEFAULT_OUT_DIR
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.locations.columns import ENABLE, UPSERT
from Space_OdT.v21.locations.jobs import JobError
from Space_OdT.v21.locations.layout import LocationsLayout


class EntityType(StrEnum):
    """What is done with the sites."""

    LOCATION = UPSERT
    LOCATION_WEBEX_CALLING = ENABLE


OutDirOption = Annotated[
    Path | None,
    typer.Option(
        "--out-dir",
        metavar="DIR",
        show_default=".artifacts",
        help="Output folder; the files are in its v21.",
    ),
]
ProfilesOption = Annotated[
    Path | None,
    typer.Option("--profiles", metavar="FILE", help="JSON file of outgoing profiles by name."),
]
RepairTailOption = Annotated[
    bool, typer.Option("--repair-tail", help="Cut a torn last record off; it is kept in *.torn.")
]
DebugHarOption = Annotated[
    bool, typer.Option("--debug-har", help="Write an HTTP archive beside the log, secrets masked.")
]


def run(
    *,
    out_dir: OutDirOption = None,
    v21_apply: Annotated[
        bool, typer.Option("--v21-apply", help="Do it; without it, only plan.")
    ] = False,
    input_path: Annotated[
        Path | None,
        typer.Option(
            "--input", metavar="FILE", help="The sites, CSV or XLSX; else the template in v21."
        ),
    ] = None,
    entity_type: Annotated[
        EntityType,
        typer.Option(
            "--entity-type",
            metavar="TYPE",
            help="location creates and updates; location_webex_calling only enables what exists.",
        ),
    ] = EntityType.LOCATION,
    profiles: ProfilesOption = None,
    repair_tail: RepairTailOption = False,
    debug_har: DebugHarOption = False,
    max_rate: MaxRateOption = None,
    concurrent_requests: ConcurrentRequestsOption = None,
    token: TokenOption = None,
    base_url: BaseUrlOption = None,
    simulator: SimulatorOption = None,
) -> None:
    """Plan, and with --v21-apply bring, sites to what their rows say."""
    layout = LocationsLayout.at(out_dir or DEFAULT_OUT_DIR)

    def work() -> ExitCode:
        nonlocal layout
        with simulated(simulator) as simulated_url:
            settings = load_settings(
                simulated_url,
                token=token,
                base_url=base_url,
                output_dir=out_dir,
                concurrent_requests=concurrent_requests,
                max_rate_per_minute=max_rate,
            )
            layout = LocationsLayout.at(settings.output_dir)
            with whole_folder(layout):
                if bootstrap(layout):
                    return ExitCode.USAGE
                settings.access_token()
                request = LocationsRequest(
                    layout,
                    entity_type.value,
                    locations=input_path,
                    profiles=profiles,
                    records_har=debug_har,
                    repairs_tail=repair_tail,
                )
                try:
                    return (apply_input if v21_apply else plan)(settings, request)
                except JobError as error:
                    raise RequestError(str(error)) from error

    raise typer.Exit(guarded(work, lambda: layout.planning))
