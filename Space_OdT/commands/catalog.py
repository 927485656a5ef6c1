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
    """

    name: str
    help: str
    panel: str
    module: str

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
    ),
    Command(
        name="bulk_run",
        help="Provision locations, existing users, extensions and settings from one file.",
        panel="Run",
        module="Space_OdT.commands.bulk_run",
    ),
    Command(
        name="simulator",
        help="Serve a Webex Calling organisation in a box on this machine.",
        panel="Rehearse",
        module="Space_OdT.commands.simulator",
    ),
)
