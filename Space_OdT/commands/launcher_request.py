"""What the launcher is asked for, and where it works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.engine.run_layout import RowsLayout

NAME = "launcher_csv_dependencias"


def layout_of(folder: Path) -> RowsLayout:
    """Lay out the outputs of the launcher.

    Args:
        folder: The output folder.

    Returns:
        The layout; nothing is created on disk.
    """
    return RowsLayout.at(folder, NAME)


@dataclass(frozen=True, slots=True)
class LauncherRequest:
    """What the command line asks for.

    Attributes:
        csv_paths: Files, the earlier one counts.
        input_data_dir: Folder of the masters; None for none.
        script_names: Actions; empty for all that run by themselves.
        params: Values that beat every file.
        columns: Parameter -> header of its column.
        matches: Header or parameter, and the value rows must have.
        rows: Numbers of rows; empty for all.
        is_dry_run: Change nothing.
        is_confirmed: Whether nobody is to be asked.
        prechecks: Whether workspaces are diagnosed first.
        fails_fast: Whether the first row that is not done ends the run.
        out_dir: Folder of the outputs; None for the usual one.
        profiles: File of outgoing profiles.
        allows_identity: Whether people may be created.
        checks_routing: Whether forwarding destinations are tried.
        is_verbose: Whether the log may hold more than keys.
        repairs: Whether torn tails may be cut off.
        records_har: Whether an HTTP archive is written.
        max_rate: Calls a minute at most.
        concurrent_requests: Requests in flight at most.
        token: Access token.
        base_url: Base URL of the API.
        simulator: People of a simulated organisation; None for the real one.
    """

    csv_paths: tuple[Path, ...]
    input_data_dir: Path | None
    script_names: tuple[str, ...]
    params: Mapping[str, str]
    columns: Mapping[str, str]
    matches: tuple[tuple[str, str], ...]
    rows: frozenset[int]
    is_dry_run: bool
    is_confirmed: bool
    prechecks: bool
    fails_fast: bool
    out_dir: Path | None
    profiles: Path | None
    allows_identity: bool
    checks_routing: bool
    is_verbose: bool
    repairs: bool
    records_har: bool
    max_rate: int | None
    concurrent_requests: int | None
    token: str | None
    base_url: str | None
    simulator: int | None
