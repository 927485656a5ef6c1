"""The explicit table of subcommands; the command line and the docs derive from it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand.

    Attributes:
        name: As typed on the command line.
        help: One sentence for the overview.
        panel: Heading under which `--help` lists it.
        module: Module that holds its function `run`.
        examples: Command lines worth copying, each with what it is for.
    """

    name: str
    help: str
    panel: str
    module: str
    examples: tuple[tuple[str, str], ...] = ()

    def load(self) -> Callable[..., None]:
        """Import the module and return its `run` function.

        Returns:
            The function whose signature declares the options.
        """
        run: Callable[..., None] = importlib.import_module(self.module).run
        return run


COMMANDS: tuple[Command, ...] = (
    Command(
        name="inventory_run",
        help="Export the whole organisation, read-only, to CSV, JSON and an HTML report.",
        panel="See",
        module="Space_OdT.commands.inventory_run",
        examples=(
            ("inventory_run --simulator", "try it without an organisation"),
            ("inventory_run --cost", "how many calls it will take"),
            ("inventory_run --open-report", "everything, then the report in a browser"),
            ("inventory_run --only people hunt_groups", "these, and what they need"),
        ),
    ),
    Command(
        name="bulk_run",
        help="Provision locations, existing users, extensions and settings from one file.",
        panel="Run",
        module="Space_OdT.commands.bulk_run",
        examples=(
            ("bulk_run --input site.csv --validate-only", "check the file, call nothing"),
            ("bulk_run --input site.csv --dry-run", "see the exact requests"),
            ("bulk_run --input site.csv", "run it; again to go on or to re-run"),
        ),
    ),
    Command(
        name="site_activate",
        help="Bring one or many sites live from their master files, in one resumable run.",
        panel="Run",
        module="Space_OdT.commands.site_activate",
        examples=(
            ("site_activate --input-data-dir site --dry-run", "see the exact requests"),
            ("site_activate --input-data-dir site", "plan, ask, run; again to go on"),
            ("site_activate --input-data-dir site --cut-over", "the day of the change"),
        ),
    ),
    Command(
        name="v2_bulk_run",
        help="Make softphones of existing people, stage by stage, with approvals.",
        panel="Run",
        module="Space_OdT.commands.v2_bulk_run",
        examples=(
            ("v2_bulk_run", "the first time: write the templates to fill"),
            ("v2_bulk_run --dry-run", "see the exact requests"),
            ("v2_bulk_run --decisions-file decisions.json", "run it unattended"),
            ("v2_bulk_run --only-failures", "go on where people failed"),
        ),
    ),
    Command(
        name="v21_softphone_bulk_run",
        help="Plan sites from a spreadsheet, and with --v21-apply create and complete them.",
        panel="Run",
        module="Space_OdT.commands.v21_softphone_bulk_run",
        examples=(
            ("v21_softphone_bulk_run", "put down the templates; then plan"),
            ("v21_softphone_bulk_run --v21-apply", "do it, as a job that can be resumed"),
        ),
    ),
    Command(
        name="v21_jobs",
        help="List, show, resume or cancel the jobs of v21_softphone_bulk_run.",
        panel="Run",
        module="Space_OdT.commands.v21_jobs",
        examples=(
            ("v21_jobs list", "every job and how it stands"),
            ("v21_jobs resume 3f2a", "go on with one that was interrupted"),
        ),
    ),
    Command(
        name="simulator",
        help="Serve a Webex Calling organisation in a box on this machine.",
        panel="Rehearse",
        module="Space_OdT.commands.simulator",
        examples=(
            ("simulator --size 200 --seed 7", "always the same 200 people"),
            ("simulator --rate 5 --burst 20 --latency-ms 50", "slow, with a rate limit"),
            ("simulator --state site.json", "load it when it exists, save it at the end"),
        ),
    ),
)
