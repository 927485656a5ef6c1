"""Let the contestants meet each limiter over HTTP, all limiters side by side, and compare."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.pacing.contestants import CONTESTANTS, TOKEN, within
from bench.pacing.shapes import Shape, standard_shapes
from bench.pacing.virtual import virtual_runs
from Space_OdT.commands.embedded import embedded_simulator

RESULTS = Path(__file__).resolve().parents[1] / "results"
LATENCY_SECONDS = 0.05
CALLS, QUICK_CALLS = 4200, 1500
GIVE_UP = 2.5


@dataclass(frozen=True)
class Run:
    """One contestant against one limiter.

    Attributes:
        limiter: Letter of the limiter.
        contestant: Who.
        in_flight: Calls in flight at most.
        calls: Calls to be made.
        passed: Calls that passed in time.
        refused: Answers 429.
        seconds: Wall time; where it gave up, when.
        ideal_seconds: The least possible.
    """

    limiter: str
    contestant: str
    in_flight: int
    calls: int
    passed: int
    refused: int
    seconds: float
    ideal_seconds: float

    @property
    def cell(self) -> str:
        """Wall to ideal and share of 429, as the tables show them."""
        share = 100.0 * self.refused / max(1, self.passed + self.refused)
        ratio = f"{self.seconds / self.ideal_seconds:.2f}"
        if self.passed < self.calls:
            ratio = f"> {ratio} ({100 * self.passed // self.calls} % done)"
        return f"{ratio}, {share:.2f} %"


def control(base_url: str, method: str, action: str, body: Any = None) -> Any:
    """Speak to the control path of a simulator.

    Args:
        base_url: Its base URL.
        method: HTTP method.
        action: Name of the action.
        body: JSON body.

    Returns:
        The decoded answer.
    """
    request = urllib.request.Request(  # noqa: S310 - our own server on this machine
        f"{base_url.removesuffix('/v1')}/_sim/{action}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def people_of(base_url: str) -> list[str]:
    """List the ids of the people of a simulator."""
    request = urllib.request.Request(  # noqa: S310
        f"{base_url}/people?max=50", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return [person["id"] for person in json.load(answer)["items"]]


async def race(
    contestant: str, letter: str, shape: Shape, base_url: str, *, in_flight: int, calls: int
) -> Run:
    """Run one contestant against one limiter.

    Args:
        contestant: Who.
        letter: Letter of the limiter.
        shape: The limiter.
        base_url: The simulator that has it.
        in_flight: Calls in flight at most.
        calls: Calls to be made.

    Returns:
        What came of it, as the server counted.
    """
    people = await asyncio.to_thread(people_of, base_url)
    control_ = lambda *given: asyncio.to_thread(control, base_url, *given)  # noqa: E731
    limiter = {
        "kind": shape.kind,
        "rate": shape.rate,
        "burst": shape.burst,
        "retry_after": shape.retry_after,
    }
    await control_("POST", "limiter", limiter)
    await control_("DELETE", "calls")
    ideal = shape.ideal_seconds(calls, in_flight, LATENCY_SECONDS)
    wanted = [people[number % len(people)] for number in range(calls)]
    loop = asyncio.get_running_loop()
    started = loop.time()
    await within(GIVE_UP * ideal, CONTESTANTS[contestant](base_url, wanted, in_flight))
    seconds = loop.time() - started
    counted = (await control_("GET", "summary"))["calls"]["by_status"]
    await control_("POST", "limiter", {})
    passed, refused = int(counted.get("200", 0)), int(counted.get("429", 0))
    return Run(letter, contestant, in_flight, calls, passed, refused, seconds, ideal)


@dataclass(frozen=True)
class Race:
    """A run to be made."""

    contestant: str
    limiter: str
    in_flight: int


def interleaved(
    limiters: Sequence[str], contestants: Sequence[str], in_flight: Sequence[int]
) -> list[Race]:
    """Order the races so that the contestants of one limiter run close together in time."""
    return [
        Race(contestant, limiter, width)
        for width in in_flight
        for limiter in limiters
        for contestant in contestants
    ]


async def run_all(
    races: Sequence[Race], shapes: dict[str, Shape], *, calls: int, side_by_side: int
) -> list[Run]:
    """Make all races, several side by side, each on a simulator of its own.

    Args:
        races: What to run, in order.
        shapes: The limiters by letter.
        calls: Calls of each run.
        side_by_side: Races at a time: they mostly sleep.

    Returns:
        All runs.
    """
    done: list[Run] = []
    todo = iter(races)

    async def lane(base_url: str) -> None:
        for one in todo:
            shape = shapes[one.limiter]
            run = await race(
                one.contestant,
                one.limiter,
                shape,
                base_url,
                in_flight=one.in_flight,
                calls=calls,
            )
            print(f"{one.limiter} {one.contestant} {one.in_flight}: {run.cell}", file=sys.stderr)
            done.append(run)

    latency = ["--latency-ms", str(LATENCY_SECONDS * 1000)]
    with ExitStack() as servers:
        urls = [
            servers.enter_context(embedded_simulator(50, extra_args=latency))
            for _ in range(min(side_by_side, len(races)))
        ]
        await asyncio.gather(*(lane(url) for url in urls))
    return done


def table(runs: Sequence[Run], shapes: dict[str, Shape]) -> str:
    """Render runs as a Markdown table: limiters down, contestants across.

    Args:
        runs: The runs.
        shapes: The limiters.

    Returns:
        The table.
    """
    columns = sorted(
        {(run.contestant, run.in_flight) for run in runs},
        key=lambda column: (list(CONTESTANTS).index(column[0]), column[1]),
    )
    heads = [f"{name}, {width} in flight" for name, width in columns]
    lines = [f"| limiter | {' | '.join(heads)} |", f"|---{'|---' * len(heads)}|"]
    for letter, shape in shapes.items():
        cells = [
            next(
                run.cell
                for run in runs
                if (run.limiter, run.contestant, run.in_flight) == (letter, *column)
            )
            for column in columns
        ]
        lines.append(f"| {letter} {shape.title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.pacing", description=__doc__)
    parser.add_argument("--virtual", action="store_true", help="only ours, in virtual time")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_CALLS} calls, a minute or so")
    parser.add_argument("--calls", type=int, help=f"calls of each run ({CALLS})")
    parser.add_argument("--limiters", default="ABCDEF", help="letters of the limiters")
    parser.add_argument("--contestants", default="ours,gate,sdk")
    parser.add_argument("--in-flight", default="20,100")
    parser.add_argument("--side-by-side", type=int, default=3, help="runs at a time")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each kind with --virtual")
    parser.add_argument("--save", help="name of the JSON file in bench/results")
    return parser.parse_args()


def main() -> None:
    """Run, print the table and save the figures."""
    given = arguments()
    calls = given.calls or (QUICK_CALLS if given.quick else CALLS)
    shapes = {
        letter: shape for letter, shape in standard_shapes().items() if letter in given.limiters
    }
    widths = [int(width) for width in given.in_flight.split(",")]
    if given.virtual:
        figures, text = virtual_runs(shapes, widths, calls=calls, seeds=given.seeds)
    else:
        races = interleaved(list(shapes), given.contestants.split(","), widths)
        runs = asyncio.run(run_all(races, shapes, calls=calls, side_by_side=given.side_by_side))
        figures, text = [asdict(run) for run in runs], table(runs, shapes)
    print(text)
    name = given.save or ("pacing_virtual.json" if given.virtual else "pacing.json")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / name).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
