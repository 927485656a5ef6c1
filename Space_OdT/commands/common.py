"""What commands that run against Webex have in common: options, simulator and last resort."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.commands.telling import say
from Space_OdT.settings.config import Settings
from Space_OdT.webex.redaction import redact_text

SIMULATOR_TOKEN = "sim-admin-token"  # noqa: S105 - the simulator's published token

TokenOption = Annotated[
    str | None, typer.Option(help="Access token; beats .env files and the environment.")
]
BaseUrlOption = Annotated[
    str | None, typer.Option(help="Base URL of the API; beats WEBEX_BASE_URL.")
]
MaxRateOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="N/min", help="Calls a minute at most; found by itself."),
]
ConcurrentRequestsOption = Annotated[
    int | None, typer.Option(min=1, help="Requests in flight at most.")
]
SimulatorOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="[SIZE]", help="Run against a simulated organisation."),
]


@contextmanager
def simulated(size: int | None) -> Iterator[str | None]:
    """Run a simulator while the block lasts, when one was asked for.

    Args:
        size: People of its organisation; None for none.

    Yields:
        Its base URL; None without one.

    Raises:
        SimulatorStartError: When it did not come up.
    """
    if size is None:
        yield None
        return
    say(f"Starting a simulated organisation of {size} people ...")
    with embedded_simulator(size) as url:
        yield url


def load_settings(
    simulated_url: str | None, *, token: str | None, base_url: str | None, **others: Any
) -> Settings:
    """Load the settings of a run, and tell their warnings.

    Args:
        simulated_url: Base URL of the simulator that runs for this command, None without one.
        token: What `--token` gives.
        base_url: What `--base-url` gives.
        **others: Further settings that the command line beats; None leaves one as it is.

    Returns:
        The settings; whether there is a token is asked later.

    Raises:
        SettingsError: When a setting cannot be used.
    """
    settings = Settings.load(
        token=token if simulated_url is None else SIMULATOR_TOKEN,
        webex_base_url=simulated_url or base_url,
        environment="lab" if simulated_url is not None else None,
        **others,
    )
    for warning in settings.warnings:
        say(f"Warning: {warning}.")
    return settings


def crashed(crash_log: Path, error: Exception) -> str:
    """Keep the traceback of an error nobody foresaw where it can be found.

    Args:
        crash_log: File it is added to; its folder is made.
        error: The error, while it is being handled.

    Returns:
        One line for the operator.
    """
    kind = type(error).__name__
    try:
        crash_log.parent.mkdir(parents=True, exist_ok=True)
        with crash_log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat()}\n{redact_text(traceback.format_exc())}\n")
    except OSError:
        return f"An error nobody foresaw ended the run: {kind}."
    return f"An error nobody foresaw ended the run ({kind}); please report {crash_log}."
