"""Measure validation of a large dirty file: rows a second, ratio to bare parsing, peak memory."""

from __future__ import annotations

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.generate_bulk_csv import Plan, write
from Space_OdT.engine.batch_iterator import iter_batches
from Space_OdT.engine.data_pipeline import PipelineOptions, PipelineTargets, run_pipeline
from Space_OdT.engine.join_index import JoinIndex
from Space_OdT.engine.models import Phase

RESULTS = Path(__file__).resolve().parent / "results" / "pipeline.json"
WORKER_TIMEOUT_SECONDS = 900
BATCH_SIZE = 500


def worker(source: Path, folder: Path) -> dict[str, float]:
    """Validate, join and batch one file in this process.

    Args:
        source: The input.
        folder: Where outputs go.

    Returns:
        Seconds of wall and CPU time a stage, rows, and the peak of resident memory in MB.
    """
    figures: dict[str, float] = {}
    begun, cpu = time.perf_counter(), time.process_time()
    with source.open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    figures["parse_cpu"] = time.process_time() - cpu
    begun, cpu = time.perf_counter(), time.process_time()
    targets = PipelineTargets(folder / "ready.csv", folder / "rejected.csv", folder / "report.json")
    report = run_pipeline(source, targets, PipelineOptions(max_rows=rows))
    figures["validate_wall"] = time.perf_counter() - begun
    figures["validate_cpu"] = time.process_time() - cpu
    cpu = time.process_time()
    with JoinIndex(targets.ready_csv, report.ready_rows):
        figures["join_cpu"] = time.process_time() - cpu
    first = next(iter_batches(targets.ready_csv, Phase.LOCATIONS, batch_size=BATCH_SIZE))
    figures["first_batch_wall"] = time.perf_counter() - begun
    cpu = time.process_time()
    batches = sum(
        1 for phase in Phase for _ in iter_batches(targets.ready_csv, phase, batch_size=BATCH_SIZE)
    )
    figures["batch_cpu"] = time.process_time() - cpu
    figures |= {"rows": rows, "rejected": report.rejected_rows, "batches": batches}
    figures["first_batch_rows"] = len(first.rows)
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def measure(rows: int, dirty_share: float, runs: int) -> dict[str, float]:
    """Measure one size, each run in a process of its own.

    Args:
        rows: Rows of the input, about.
        dirty_share: Part of them that is damaged.
        runs: How often.

    Returns:
        The median of every figure, and what follows from them.
    """
    people = rows * 99 // 200
    plan = Plan(rows - 2 * people, people, people, dirty_share=dirty_share, settings_share=0.1)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "input.csv"
        write(source, plan)
        command = [sys.executable, "-m", "bench.pipeline", "--worker", str(source)]
        found = [
            json.loads(
                subprocess.run(
                    command, check=True, capture_output=True, timeout=WORKER_TIMEOUT_SECONDS
                ).stdout
            )
            for _ in range(runs)
        ]
    medians = {name: statistics.median(one[name] for one in found) for name in found[0]}
    medians["rows_per_second"] = medians["rows"] / medians["validate_wall"]
    medians["rows_per_cpu_second"] = medians["rows"] / medians["validate_cpu"]
    medians["ratio_to_parsing"] = medians["validate_cpu"] / medians["parse_cpu"]
    return medians


def main() -> int:
    """Measure the sizes asked for, and write the table.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[21_000, 1_000_000])
    parser.add_argument("--dirty-share", type=float, default=0.05)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker is not None:
        print(json.dumps(worker(chosen.worker, chosen.worker.parent)))
        return 0
    table = {str(rows): measure(rows, chosen.dirty_share, chosen.runs) for rows in chosen.rows}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    for rows, figures in table.items():
        print(
            f"{int(rows):>9,} rows: {figures['rows_per_second']:>9,.0f} rows/s, "
            f"{figures['ratio_to_parsing']:.1f} x bare parsing, peak {figures['peak_mb']:.0f} MB, "
            f"first batch after {figures['first_batch_wall']:.1f} s"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
