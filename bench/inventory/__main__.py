"""Interleave the contestants against one simulated organisation and print the ratios."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[1] / "results" / "inventory.json"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is measured.

    Attributes:
        title: In words.
        people: Size of the organisation; large enough for what happens once not to count.
        contestants: Who takes part, in the order of the table.
    """

    title: str
    people: int
    contestants: tuple[str, ...]


SCENARIOS = {
    "everything": Scenario(
        "Lists, then two settings of each calling person",
        2_000,
        ("bare", "sdk", "client", "ours"),
    ),
    "lists": Scenario(
        "List pages only: people with calling data, numbers",
        10_000,
        ("bare", "sdk", "sdk+files", "client", "ours"),
    ),
}
PEERS = ("bare", "sdk", "sdk+files")
WHAT = {
    "bare": "bare aiohttp, bytes stored",
    "sdk": "wxc_sdk async, records in memory",
    "sdk+files": "wxc_sdk async, CSV and JSON",
    "client": "our client, records in memory",
    "ours": "our inventory, CSV and JSON, resumable",
}
READY = "simulator listening on "
WORKER_TIMEOUT_SECONDS = 300

Figures = dict[str, float]
Rounds = dict[str, list[Figures]]


@contextmanager
def organisation(people: int) -> Iterator[str]:
    """Serve a simulated organisation without latency or limit.

    Args:
        people: Its size.

    Yields:
        The base URL.
    """
    command = [sys.executable, "-m", "Space_OdT.cli", "simulator", "--port", "0"]
    with subprocess.Popen(
        [*command, "--size", str(people)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix(READY).strip()
        finally:
            process.terminate()


def run_once(contestant: str, scenario: str, base_url: str) -> Figures:
    """Measure one contestant in a fresh process.

    Args:
        contestant: Who.
        scenario: What.
        base_url: Where.

    Returns:
        Calls, processor seconds, wall seconds and peak memory in MB.
    """
    command = [sys.executable, "-m", "bench.inventory.worker", contestant, scenario]
    answer = subprocess.run(
        [*command, "--base-url", base_url],
        check=True,
        capture_output=True,
        text=True,
        timeout=WORKER_TIMEOUT_SECONDS,
    )
    figures: Figures = json.loads(answer.stdout)
    return figures


def interleaved(name: str, base_url: str, rounds: int) -> Rounds:
    """Let the contestants take turns, after one uncounted round.

    Args:
        name: The scenario.
        base_url: Where.
        rounds: Counted rounds.

    Returns:
        The figures of each contestant, a round each.
    """
    contestants = SCENARIOS[name].contestants
    figures: Rounds = {who: [] for who in contestants}
    for turn in range(rounds + 1):
        for who in contestants:
            taken = run_once(who, name, base_url)
            if turn:
                figures[who].append(taken)
    return figures


def ratio(figures: Rounds, one: str, other: str, key: str) -> float:
    """Compare calls per second of `key`, round by round.

    Args:
        figures: Of all contestants.
        one: Numerator.
        other: Denominator.
        key: `cpu` or `wall`.

    Returns:
        The median of the rounds' ratios.
    """
    return statistics.median(
        (first["calls"] / first[key]) / (second["calls"] / second[key])
        for first, second in zip(figures[one], figures[other], strict=True)
    )


def report(name: str, people: int, figures: Rounds) -> str:
    """Render one scenario.

    Args:
        name: The scenario.
        people: Size of the organisation.
        figures: Of all contestants.

    Returns:
        A Markdown table of medians and ratios.
    """
    peers = [peer for peer in PEERS if peer in figures]
    columns = ["contestant", "calls", "CPU ms a call", *(f"to {peer}" for peer in peers)]
    columns += ["wall to bare", "peak MB"]
    lines = [
        f"### {SCENARIOS[name].title}\n",
        f"{people:,} people, {len(figures['bare'])} rounds.\n",
        f"| {' | '.join(columns)} |",
        f"| {' | '.join('---' for _ in columns)} |",
    ]
    for who, rounds in figures.items():
        per_call = statistics.median(1000 * one["cpu"] / one["calls"] for one in rounds)
        compared = [f"{ratio(figures, who, peer, 'cpu'):.2f}" for peer in peers]
        cells = [f"{who}: {WHAT[who]}", f"{rounds[0]['calls']:.0f}", f"{per_call:.3f}", *compared]
        cells.append(f"{ratio(figures, who, 'bare', 'wall'):.2f}")
        cells.append(f"{statistics.median(one['peak_mb'] for one in rounds):.0f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run every scenario, print the tables, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, help="size of the organisation, for all scenarios")
    parser.add_argument("--only", choices=SCENARIOS, help="one scenario")
    given = parser.parse_args()
    kept = {}
    for name, scenario in SCENARIOS.items():
        if given.only not in {None, name}:
            continue
        people = given.people or scenario.people
        with organisation(people) as base_url:
            kept[name] = interleaved(name, base_url, given.rounds)
        print(report(name, people, kept[name]), flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
