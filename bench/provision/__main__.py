"""Provision one file with `bulk_run` and with the peer, against simulators with latency."""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.bare_organisation import ROUTE, bare_world, emails_of
from bench.generate_bulk_csv import Plan, write
from Space_OdT.simulator.server import save_state

RESULTS = Path(__file__).resolve().parents[1] / "results" / "provision.json"
TOKEN = "sim-admin-token"
LATENCY_SECONDS = 0.05
READY = "simulator listening on "
COLUMNS = (
    "scenario", "contestant", "wall s", "ideal s", "wall to ideal", "calls", "calls a person",
    "429s", "429 share", "CPU ms a call", "peak MB", "rows done",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenario:
    """Under which conditions to provision.

    Attributes:
        name: Shown in the table.
        concurrency: Requests in flight at most.
        rate: Calls a second the server allows; None for no limit.
    """

    name: str
    concurrency: int
    rate: float | None = None

    def ideal(self, calls: int) -> float:
        """Compute the time that nobody can beat with these calls.

        Args:
            calls: Calls that were answered, refusals aside.

        Returns:
            Seconds.
        """
        by_latency = calls * LATENCY_SECONDS / self.concurrency
        return max(by_latency, calls / self.rate) if self.rate else by_latency


SCENARIOS = (
    Scenario("no limit, 20 in flight", 20),
    Scenario("no limit, 100 in flight", 100),
    Scenario("100 calls a second, 20 in flight", 20, 100.0),
)


@contextmanager
def organisation(state: Path, people: int, scenario: Scenario) -> Iterator[str]:
    """Serve a fresh copy of the organisation.

    Args:
        state: Its saved state.
        people: Its size.
        scenario: Conditions.

    Yields:
        The base URL.
    """
    copy = state.with_name("served.json")
    shutil.copy2(state, copy)
    command = [sys.executable, "-m", "Space_OdT.cli", "simulator", "--port", "0"]
    command += ["--size", str(people), "--state", str(copy)]
    command += ["--latency-ms", str(LATENCY_SECONDS * 1000)]
    command += ["--rate", str(scenario.rate)] if scenario.rate else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().removeprefix(READY).strip()
        try:
            warm_up(base_url)
            yield base_url
        finally:
            process.kill()


def warm_up(base_url: str) -> None:
    """Let a simulator build what it builds on first use, which is nobody's time but its own.

    Args:
        base_url: Where it is.
    """
    connection = HTTPConnection(urlsplit(base_url).netloc, timeout=60)
    for path in ("/v1/organizations", "/_sim/calls"):
        method = "DELETE" if path.startswith("/_sim") else "GET"
        connection.request(method, path, headers={"Authorization": f"Bearer {TOKEN}"})
        connection.getresponse().read()
    connection.close()


def answered(base_url: str) -> dict[str, int]:
    """Ask a simulator how many calls it answered, by status.

    Args:
        base_url: Where it is.

    Returns:
        Status as text -> calls, and `total`.
    """
    connection = HTTPConnection(urlsplit(base_url).netloc, timeout=60)
    connection.request("GET", "/_sim/summary")
    counts: dict[str, Any] = json.loads(connection.getresponse().read())["calls"]
    connection.close()
    return counts


def ours(base_url: str, path: Path, folder: Path, scenario: Scenario) -> dict[str, Any]:
    """Run the real command.

    Args:
        base_url: Where to.
        path: The input.
        folder: An empty folder.
        scenario: Conditions.

    Returns:
        The figures.
    """
    environment = {
        **os.environ,
        "ENVIRONMENT": "lab",
        "WEBEX_BASE_URL": base_url,
        "WEBEX_TOKEN": TOKEN,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    command = [sys.executable, "-m", "Space_OdT.cli", "bulk_run", "--input", str(path)]
    command += ["--output-dir", str(folder), "--concurrent-requests", str(scenario.concurrency)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, _peak_kilobytes(process.pid))
            time.sleep(0.2)
    whole = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return {
        "wall": summary["seconds"],
        "whole": whole,
        "calls": summary["calls"]["calls"],
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mb": peak / 1024,
        "rows": summary["rows"]["success"],
    }


def _peak_kilobytes(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) if found else 0


def peer(base_url: str, path: Path, folder: Path, scenario: Scenario) -> dict[str, Any]:
    """Run the script on wxc_sdk.

    Args:
        base_url: Where to.
        path: The input.
        folder: Not needed; the script keeps nothing.
        scenario: Conditions.

    Returns:
        The figures.
    """
    del folder
    command = [sys.executable, "-m", "bench.peers.provision", base_url, TOKEN, str(path)]
    answer = subprocess.run(
        [*command, str(scenario.concurrency)], check=True, capture_output=True, text=True
    )
    figures: dict[str, Any] = json.loads(answer.stdout)
    figures["rows"] = figures["rows"].get("done", 0)
    return figures


CONTESTANTS = {"bulk_run": ours, "wxc_sdk script": peer}


def measure(scenario: Scenario, given: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """Let both contestants provision the same file, each a fresh organisation.

    Args:
        scenario: Conditions.
        given: Sizes and which contestants.
        folder: Where state and input are.

    Returns:
        The figures of each.
    """
    rows = []
    for name, run in CONTESTANTS.items():
        if given.only and given.only not in name:
            continue
        with organisation(folder / "state.json", given.people, scenario) as base_url:
            out = Path(tempfile.mkdtemp(dir=folder))
            figures = run(base_url, folder / "input.csv", out, scenario)
            counts = answered(base_url)
        refused = counts.get("by_status", {}).get("429", 0)
        useful = figures["calls"] - refused
        ideal = scenario.ideal(useful)
        rows.append(
            {
                **figures,
                "scenario": scenario.name,
                "contestant": name,
                "ideal": ideal,
                "ratio": figures["wall"] / ideal,
                "refused": refused,
                "per_person": useful / given.people,
            }
        )
        print(line(rows[-1]), flush=True)
    return rows


def line(row: dict[str, Any]) -> str:
    """Render one line of the table.

    Args:
        row: The figures of a contestant.

    Returns:
        A Markdown row.
    """
    share = row["refused"] / row["calls"]
    return (
        f"| {row['scenario']} | {row['contestant']} | {row['wall']:.1f} | {row['ideal']:.1f} "
        f"| {row['ratio']:.3f} | {row['calls']:,} | {row['per_person']:.2f} | {row['refused']:,} "
        f"| {share:.1%} | {1000 * row['cpu'] / row['calls']:.2f} | {row['peak_mb']:.0f} "
        f"| {row['rows']:,} |"
    )


def main() -> None:
    """Run every scenario, print the table, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_400)
    parser.add_argument("--locations", type=int, default=200)
    parser.add_argument("--only", default="", help="part of a contestant's name")
    parser.add_argument("--scenario", default="", help="part of a scenario's name")
    given = parser.parse_args()
    kept = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = bare_world(given.people)
        save_state(world, folder / "state.json")
        plan = Plan(
            locations=given.locations,
            users=given.people,
            assignments=given.people,
            emails=emails_of(world),
            route=ROUTE,
        )
        write(folder / "input.csv", plan)
        print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}", flush=True)
        for scenario in SCENARIOS:
            if given.scenario in scenario.name:
                kept += measure(scenario, given, folder)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
