"""The pacer alone, in virtual time: the same limiters, full size in seconds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from bench.pacing.shapes import Shape
from tests.webex.pacing_lab import Outcome, run_shape


def virtual_runs(
    shapes: dict[str, Shape], in_flight: Sequence[int], *, calls: int, seeds: int
) -> tuple[list[dict[str, Any]], str]:
    """Run the pacer against each limiter with several seeds.

    Args:
        shapes: The limiters.
        in_flight: Calls in flight at most, each a run of its own.
        calls: Calls of each run.
        seeds: Runs of each kind.

    Returns:
        The figures, and a Markdown table of medians and worst cases.
    """
    figures: list[dict[str, Any]] = []
    heads = " | ".join(f"{width} in flight: median, worst" for width in in_flight)
    lines = [f"| limiter | {heads} |", f"|---{'|---' * len(in_flight)}|"]
    for letter, shape in shapes.items():
        cells = []
        for width in in_flight:
            runs = [
                run_shape(shape, calls=calls, in_flight=width, seed=seed)
                for seed in range(1, seeds + 1)
            ]
            cells.append(_cell(runs))
            figures += [
                {
                    "limiter": letter,
                    "in_flight": width,
                    "seed": seed,
                    "calls": run.calls,
                    "refused": run.refused,
                    "seconds": run.wall,
                    "ideal_seconds": run.ideal,
                }
                for seed, run in enumerate(runs, 1)
            ]
        lines.append(f"| {letter} {shape.title} | {' | '.join(cells)} |")
    return figures, "\n".join(lines)


def _cell(runs: Sequence[Outcome]) -> str:
    ratios = [run.ratio for run in runs]
    shares = [100.0 * run.share for run in runs]
    return (
        f"{statistics.median(ratios):.3f}, {statistics.median(shares):.2f} %; "
        f"{max(ratios):.3f}, {max(shares):.2f} %"
    )
