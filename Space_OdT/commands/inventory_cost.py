"""Print how many calls an inventory takes, and how long that is at a given pace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rich.table import Table

from Space_OdT.commands.telling import result_console
from Space_OdT.inventory.cost import CostLine, Counts

_USUAL_RATES = (100, 300, 600, 3000)
_WIDTH = 100


def print_cost(lines: Sequence[CostLine], counts: Counts, max_rate: int | None) -> None:
    """Print the calls per artifact and the time at some rates.

    Args:
        lines: Calls of each artifact.
        counts: What they were worked out from.
        max_rate: Calls a minute the operator allows; None shows the usual rates.
    """
    console = result_console(_WIDTH)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("artifact")
    table.add_column("calls", justify="right")
    table.add_column("how")
    for line in lines:
        table.add_row(line.artifact, f"{line.calls:,}", line.note)
    total = sum(line.calls for line in lines)
    table.add_row("total", f"{total:,}", "", style="bold")
    console.print(table)
    for rate in (max_rate,) if max_rate else _USUAL_RATES:
        console.print(f"{timedelta(seconds=round(total / rate * 60))} at {rate:,} calls a minute")
    people = counts.of.get("people")
    size = f" {people:,} people, {counts.calling_people:,} of them calling." if people else ""
    console.print(f"Counted with {counts.calls} calls; nothing was exported.{size}")
    for name, reason in counts.unknown.items():
        console.print(f"{name} could not be counted ({reason}); its reads are estimated too low.")
