"""Show the product at work: an inventory, then a site brought live twice, all simulated."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.commands.embedded import embedded_simulator

SITE = Path(__file__).resolve().parent / "site"
# The people of `site/Usuarios.csv` are those of this organisation who have no calling yet.
PEOPLE, SEED = 600, 1
_INVENTORY_PEOPLE = 50


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(*arguments: str) -> None:
    """Run one command and end the demonstration when it fails."""
    say(f"\n$ python -m Space_OdT.cli {' '.join(arguments)}")
    command = [sys.executable, "-m", "Space_OdT.cli", *arguments]
    code = subprocess.run(command, check=False).returncode  # noqa: S603 - our own command
    if code:
        sys.exit(code)


def activate(url: str, out_dir: Path) -> dict[str, Any]:
    """Bring the sample site live.

    Args:
        url: Base URL of the simulator.
        out_dir: Output folder.

    Returns:
        What `summary.json` says.
    """
    given = ["--input-data-dir", str(SITE), "--profiles", str(SITE / "profiles.json")]
    reached = ["--base-url", url, "--token", "sim-admin-token"]
    run("site_activate", *given, "--out-dir", str(out_dir), "--auto-confirm", *reached)
    summary: dict[str, Any] = orjson.loads((out_dir / "summary.json").read_bytes())
    return summary


def writes_of(summary: dict[str, Any]) -> int:
    """Count the calls that changed something.

    Args:
        summary: What `summary.json` says.

    Returns:
        Writes that were sent.
    """
    families = summary["calls"]["families"]
    return sum(one["calls"] for name, one in families.items() if name.startswith("write"))


def main(arguments: Sequence[str]) -> None:
    """Run the demonstration.

    Args:
        arguments: The output folder; `.demo` when there is none.
    """
    out_dir = Path(arguments[0] if arguments else ".demo")
    run("inventory_run", "--simulator", str(_INVENTORY_PEOPLE), "--out-dir", str(out_dir))
    say(f"\nA site of 50 users, brought live in a simulated organisation of {PEOPLE} people:")
    with embedded_simulator(PEOPLE, SEED) as url:
        first = activate(url, out_dir / "site")
        say("\nThe same command once more: everything is as asked for, so nothing is written.")
        second = activate(url, out_dir / "site")
    for name, summary in (("first run ", first), ("second run", second)):
        say(f"{name}  {summary['reconciliation']}; {writes_of(summary)} writes")
    if writes_of(second):
        sys.exit("The second run wrote something: that must not be.")


if __name__ == "__main__":
    main(sys.argv[1:])
