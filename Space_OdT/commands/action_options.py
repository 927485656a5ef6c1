"""The options that commands of actions have in common, and the settings they lead to."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
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
)
from Space_OdT.settings.config import Settings

DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Write plan.csv and plan.jsonl, and change nothing."),
]
AutoConfirmOption = Annotated[bool, typer.Option("--auto-confirm", help="Do not ask.")]
OutDirOption = Annotated[
    Path | None,
    typer.Option("--out-dir", metavar="DIR", help="Folder for results, checkpoint and reports."),
]
ProfilesOption = Annotated[
    Path | None,
    typer.Option("--profiles", metavar="FILE", help="JSON file of outgoing profiles by name."),
]
VerboseLogOption = Annotated[
    bool,
    typer.Option("--verbose-log", help="Log every call and all cells; personal data masked."),
]
AllowIdentityOption = Annotated[
    bool, typer.Option("--allow-identity", help="Allow actions that create people.")
]
CheckRoutingOption = Annotated[
    bool,
    typer.Option("--check-routing", help="Try forwarding destinations with Webex's routing test."),
]
RepairTailOption = Annotated[
    bool, typer.Option("--repair-tail", help="Cut a torn last record off; it is kept in *.torn.")
]
DebugHarOption = Annotated[
    bool, typer.Option("--debug-har", help="Write an HTTP archive below logs/, secrets masked.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoices:
    """What the command line says about a run, whatever it runs.

    Attributes are the options of the same names.
    """

    dry_run: DryRunOption = False
    auto_confirm: AutoConfirmOption = False
    out_dir: OutDirOption = None
    profiles: ProfilesOption = None
    verbose_log: VerboseLogOption = False
    allow_identity: AllowIdentityOption = False
    check_routing: CheckRoutingOption = False
    repair_tail: RepairTailOption = False
    debug_har: DebugHarOption = False
    max_rate: MaxRateOption = None
    concurrent_requests: ConcurrentRequestsOption = None
    token: TokenOption = None
    base_url: BaseUrlOption = None
    simulator: SimulatorOption = None

    def settings(self, simulated_url: str | None) -> Settings:
        """Load the settings, tell their warnings, and insist on a token.

        Args:
            simulated_url: Base URL of the simulator that runs for this command, None without one.

        Returns:
            The settings of the run.

        Raises:
            SettingsError: When a setting cannot be used, or there is no token.
        """
        settings = load_settings(
            simulated_url,
            token=self.token,
            base_url=self.base_url,
            concurrent_requests=self.concurrent_requests,
            max_rate_per_minute=self.max_rate,
        )
        settings.access_token()
        return settings

    @property
    def repeated(self) -> str:
        """The options that pending rows need again, each with a blank before it."""
        return options_again(
            profiles=self.profiles,
            allow_identity=self.allow_identity,
            check_routing=self.check_routing,
            base_url=self.base_url,
            simulator=self.simulator,
        )


def options_again(
    *,
    profiles: Path | None,
    allow_identity: bool,
    check_routing: bool,
    base_url: str | None,
    simulator: int | None,
) -> str:
    """Write the options without which pending rows would end otherwise, or elsewhere.

    Args:
        profiles: File of outgoing profiles.
        allow_identity: Whether people may be created.
        check_routing: Whether forwarding destinations are tried.
        base_url: Base URL of the API, when it was given.
        simulator: People of a simulated organisation; a rehearsal stays one.

    Returns:
        As they stand in a command line, each with a blank before it; "" for none.
    """
    words = [*(["--profiles", str(profiles)] if profiles else [])]
    words += ["--allow-identity"] if allow_identity else []
    words += ["--check-routing"] if check_routing else []
    words += ["--base-url", base_url] if base_url else []
    words += ["--simulator", str(simulator)] if simulator is not None else []
    return f" {shlex.join(words)}" if words else ""
