"""Interleave the contestants against one simulated organisation and print the ratios."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[1] / "results" / "inventory.json"
CONTESTANTS = ("bare", "sdk", "client", "ours")
SCENARIOS = {
    "everything": "lists, then two settings of each calling person",
    "lists": "list pages only",
}
COLUMNS = (
    "contestant",
    "calls",
    "CPU ms a call",
    "calls a CPU second to bare",
    "to the SDK",
    "wall to bare",
    "peak MB",
)
READY = "simulator listening on "
WORKER_TIMEOUT_SECONDS = 300

Figures = dict[str, float]


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


def interleaved(scenario: str, base_url: str, rounds: int) -> dict[str, list[Figures]]:
    """Let the contestants take turns, after one uncounted round.

    Args:
        scenario: What.
        base_url: Where.
        rounds: Counted rounds.

    Returns:
        The figures of each contestant, a round each.
    """
    figures: dict[str, list[Figures]] = {name: [] for name in CONTESTANTS}
    for turn in range(rounds + 1):
        for name in CONTESTANTS:
            taken = run_once(name, scenario, base_url)
            if turn:
                figures[name].append(taken)
    return figures


def ratio(figures: dict[str, list[Figures]], one: str, other: str, key: str) -> float:
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


def report(scenario: str, figures: dict[str, list[Figures]]) -> str:
    """Render one scenario.

    Args:
        scenario: What.
        figures: Of all contestants.

    Returns:
        A Markdown table of medians and ratios.
    """
    lines = [
        f"### {SCENARIOS[scenario]}\n",
        f"| {' | '.join(COLUMNS)} |",
        f"| {' | '.join('---' for _ in COLUMNS)} |",
    ]
    for name, rounds in figures.items():
        per_call = statistics.median(1000 * one["cpu"] / one["calls"] for one in rounds)
        lines.append(
            f"| {name} | {rounds[0]['calls']:.0f} | {per_call:.3f} "
            f"| {ratio(figures, name, 'bare', 'cpu'):.2f} "
            f"| {ratio(figures, name, 'sdk', 'cpu'):.2f} "
            f"| {ratio(figures, name, 'bare', 'wall'):.2f} "
            f"| {statistics.median(one['peak_mb'] for one in rounds):.0f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run every scenario, print the tables, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    kept = {}
    with organisation(given.people) as base_url:
        for scenario in SCENARIOS:
            kept[scenario] = interleaved(scenario, base_url, given.rounds)
            print(report(scenario, kept[scenario]), flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
