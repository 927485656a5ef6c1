"""Measure what keeping outcomes costs a run: time in the event loop, and stalls."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from Space_OdT.engine.group_commit import GroupCommit
from Space_OdT.engine.journal import Journal
from Space_OdT.engine.models import Batch, Outcome, Row, RowStatus
from Space_OdT.engine.output_columns import RESULT_COLUMNS, pending_columns
from Space_OdT.engine.state_store import StateStore
from Space_OdT.engine.writers import AppendOnlyCsv
from Space_OdT.webex.error_handling import ReasonCode

RESULTS = Path(__file__).resolve().parent / "results" / "durability.json"
COLUMNS = ("entity_type", "location_key", "email", "extension", "entity_key")
ROWS_PER_SECOND = 300
BATCH_SIZE = 500
PENDING_EVERY = 20


def _row(number: int) -> Row:
    email = f"person{number:07d}@example.com"
    cells = {"entity_type": "user", "location_key": "S-00001", "email": email}
    return Row(number, number + 1, str(number), "user", email, cells)


def _outcome(batch: Batch, row: Row) -> Outcome:
    is_pending = row.number % PENDING_EVERY == 0
    return Outcome(
        batch.batch_id,
        batch.phase,
        row,
        RowStatus.PENDING if is_pending else RowStatus.SUCCESS,
        "user_enable_calling",
        http_status=404 if is_pending else 200,
        message="changed",
        reason_code=ReasonCode.USER_NOT_FOUND if is_pending else None,
    )


async def _stalls(samples: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        samples.append(time.perf_counter() - before - 0.001)


async def _write(journal: Journal, rows: int, pause_every: int) -> tuple[float, list[float]]:
    """Record outcomes; give the seconds spent in `record`, and how late the loop was."""
    samples: list[float] = []
    watch = asyncio.create_task(_stalls(samples))
    spent = 0.0
    async with GroupCommit(journal) as commits:
        for number, first in enumerate(range(1, rows + 1, BATCH_SIZE), start=1):
            made = tuple(_row(n) for n in range(first, min(first + BATCH_SIZE, rows + 1)))
            batch = Batch(f"1-{number:05d}", 1, number, tuple(r.number for r in made), made)
            journal.open_batch(batch)
            for row in made:
                outcome = _outcome(batch, row)
                begun = time.perf_counter()
                commits.record(outcome)
                spent += time.perf_counter() - begun
                if row.number % pause_every == 0:
                    await asyncio.sleep(0)
    watch.cancel()
    return spent, samples


def measure(rows: int, sync_seconds: float) -> dict[str, float]:
    """Record outcomes on this disk, or on a slower one.

    Args:
        rows: Outcomes.
        sync_seconds: What every sync takes longer than here.

    Returns:
        Share of the time that 300 rows a second leave, rows a second, and the stall of the loop.
    """

    def sync(descriptor: int) -> None:
        time.sleep(sync_seconds)
        os.fsync(descriptor)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = StateStore(folder / "checkpoint.json")
        checkpoint = store.begin("0" * 64, 1)
        journal = Journal(
            AppendOnlyCsv(folder / "results.csv", RESULT_COLUMNS, sync=sync),
            AppendOnlyCsv(folder / "pending_rows.csv", pending_columns(COLUMNS), sync=sync),
            COLUMNS,
            store,
            checkpoint,
        )
        with journal:
            begun = time.perf_counter()
            spent, samples = asyncio.run(_write(journal, rows, pause_every=20))
            wall = time.perf_counter() - begun
    late = sorted(samples)
    return {
        "rows": rows,
        "sync_ms": sync_seconds * 1000,
        "rows_per_second": rows / wall,
        "record_us": spent / rows * 1e6,
        "share_at_300_rows_per_second": spent / (rows / ROWS_PER_SECOND),
        "stall_ms_p50": statistics.median(late) * 1000,
        "stall_ms_p99": late[int(len(late) * 0.99)] * 1000,
    }


def main() -> int:
    """Measure both disks, and write the table.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=21_000)
    chosen = parser.parse_args()
    table = [measure(chosen.rows, seconds) for seconds in (0.0, 0.005)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    for figures in table:
        print(
            f"sync +{figures['sync_ms']:.0f} ms: {figures['record_us']:.0f} us a row, "
            f"{figures['share_at_300_rows_per_second']:.2%} of the time at 300 rows/s, "
            f"loop late by {figures['stall_ms_p99']:.1f} ms (p99)"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
