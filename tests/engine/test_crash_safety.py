"""Whatever a crash leaves of the outputs, no row is lost and none is done twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Space_OdT.engine import recovery
from Space_OdT.engine.conservation import check_conservation
from Space_OdT.engine.csv_lines import Damage, stored_records
from Space_OdT.engine.journal import Journal
from Space_OdT.engine.output_columns import RESULT_COLUMNS, pending_columns
from Space_OdT.engine.recovery import RunFiles
from Space_OdT.engine.state_store import RunStatus, StateStore
from Space_OdT.engine.writers import AppendOnlyCsv, repair_tail
from tests.engine.bulk_inputs import read_csv
from tests.engine.journals import COLUMNS, Clock, Desk, make_batch, make_outcome

ROWS = 9
BATCH = 4
PHASE_OF = {number: 1 if number <= 5 else 2 for number in range(1, ROWS + 1)}
READY = sorted(PHASE_OF.items())


@pytest.fixture(autouse=True, scope="module")
def _fast_disk():
    """What a sync promises is simulated here; the real one only costs time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


class Machine:
    """Runs the rows of two phases until it is told to crash; knows what the disk has promised."""

    def __init__(self, folder: Path, draw) -> None:
        self.files = RunFiles(
            folder / "results.csv",
            folder / "pending_rows.csv",
            folder / "checkpoint.json",
            folder / "history",
        )
        self.draw = draw
        self.store = StateStore(self.files.checkpoint_json, clock=Clock())
        self.promised = {}
        self.outputs = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for output in self.outputs:
            output.close()

    def output(self, path, columns):
        def sync(descriptor):
            self.promised[path] = os.fstat(descriptor).st_size

        found = AppendOnlyCsv(path, columns, sync=sync)
        self.promised[path] = path.stat().st_size
        self.outputs.append(found)
        return found

    def journal(self, checkpoint):
        self.__exit__()
        self.outputs.clear()
        return Journal(
            self.output(self.files.results_csv, RESULT_COLUMNS),
            self.output(self.files.pending_csv, pending_columns(COLUMNS)),
            COLUMNS,
            self.store,
            checkpoint,
            clock=Clock(),
        )

    def start(self):
        for path in (self.files.results_csv, self.files.pending_csv):
            repair_tail(path)
        checkpoint = self.store.load()
        if checkpoint is None:
            return self.store.begin("hash", 1), frozenset()
        point = recovery.recover(self.files, self.store, checkpoint, rows=ROWS, ready=READY)
        return point.checkpoint, point.settled

    def run(self, budget: int) -> set[int]:
        """Run rows in any order inside their batch; stop dead after `budget` outcomes."""
        checkpoint, settled = self.start()
        journal = self.journal(checkpoint)
        done = set()
        for phase in (1, 2):
            if phase < checkpoint.phase:
                continue
            mark = checkpoint.last_row_id if phase == checkpoint.phase else 0
            numbers = [number for number, its in READY if its == phase]
            journal.begin_phase(phase)
            for at in range(0, len(numbers), BATCH):
                group = numbers[at : at + BATCH]
                past = tuple(n for n in group if n <= mark or n in settled)
                journal.open_batch(make_batch(*group, phase=phase, settled=past))
                open_rows = [n for n in group if n not in past]
                for number in self.draw(st.permutations(open_rows)):
                    if len(done) == budget:
                        return done
                    is_pending = self.draw(st.booleans())
                    journal.record(make_outcome(number, phase=phase, is_pending=is_pending))
                    done.add(number)
                    if self.draw(st.booleans()):
                        journal.commit()
        journal.close(RunStatus.FINISHED)
        return done

    def lose_power(self):
        """Cut every output anywhere behind what was synced."""
        for output in self.outputs:
            output.close()
            path = output.path
            kept = self.draw(st.integers(self.promised[path], path.stat().st_size))
            os.truncate(path, kept)

    def whole_outcomes(self) -> set[int]:
        """Rows whose outcome survived completely."""
        results, pending = (
            self.readable(self.files.results_csv),
            self.readable(self.files.pending_csv),
        )
        return {
            int(row["row_number"])
            for row in results
            if row["status"] == "success"
            or any(other["row_number"] == row["row_number"] for other in pending)
        }

    @staticmethod
    def readable(path):
        if not path.exists():
            return []
        records, header = [], None
        try:
            for _, _, cells in stored_records(path):
                header = header or cells
                records.append(dict(zip(header, cells, strict=True)))
        except Damage:
            pass
        return records[1:]


@settings(max_examples=100)
@given(data=st.data())
def test_power_failures_anywhere_lose_no_row_and_repeat_none(data):
    with tempfile.TemporaryDirectory() as folder, Machine(Path(folder), data.draw) as machine:
        for _ in range(data.draw(st.integers(0, 4))):
            before = machine.whole_outcomes()
            done = machine.run(budget=data.draw(st.integers(0, ROWS)))
            assert not done & before, "a row that had its outcome was run again"
            checkpoint = machine.store.load()
            if checkpoint.status is RunStatus.FINISHED:
                break
            machine.lose_power()
        else:
            before = machine.whole_outcomes()
            done = machine.run(budget=ROWS + 1)
            assert done | before == set(PHASE_OF)
            assert not done & before
        files = machine.files
        balance = check_conservation(
            ROWS,
            results_csv=files.results_csv,
            pending_csv=files.pending_csv,
            rejected_csv=Path(folder) / "none.csv",
        )
        assert balance.holds, balance.explanations
        assert machine.store.load().status is RunStatus.FINISHED


@pytest.mark.parametrize("name", ["results", "pending_rows"])
def test_a_cut_at_every_single_byte_is_recovered(tmp_path, name):
    """The outputs of three rows, cut at each byte of each file; the checkpoint promised nothing."""
    with Desk(tmp_path) as desk:
        journal = desk.journal()
        journal.open_batch(make_batch(1, 2, 3, 4))
        for number in (2, 1, 3):
            journal.record(make_outcome(number, is_pending=number == 1))
        files = desk.files
        contents = {path: path.read_bytes() for path in (files.results_csv, files.pending_csv)}
        checkpoint = files.checkpoint_json.read_bytes()
        cut_path = tmp_path / f"{name}.csv"
        for size in range(len(contents[cut_path]) + 1):
            for path, content in contents.items():
                path.write_bytes(content[:size] if path == cut_path else content)
                repair_tail(path)
            files.checkpoint_json.write_bytes(checkpoint)
            point = desk.recover(4)
            kept = {int(row["row_number"]) for row in read_csv(files.results_csv)}
            assert kept == point.settled
            with desk.journal(point.checkpoint) as resumed:
                resumed.open_batch(make_batch(1, 2, 3, 4, settled=tuple(point.settled)))
                for number in sorted(set(range(1, 5)) - point.settled):
                    resumed.record(make_outcome(number))
            balance = check_conservation(
                4,
                results_csv=files.results_csv,
                pending_csv=files.pending_csv,
                rejected_csv=tmp_path / "none.csv",
            )
            assert balance.holds, (size, balance.explanations)


def test_a_crash_while_records_are_withdrawn_is_repeated(tmp_path, monkeypatch):
    with Desk(tmp_path) as desk:
        journal = desk.journal()
        journal.open_batch(make_batch(1, 2, 3))
        for number in (1, 2, 3):
            journal.record(make_outcome(number, is_pending=True))
        journal.close(RunStatus.CIRCUIT_BREAKER, mark=1)
        withdraw = recovery.withdraw_records

        def crash(path, rows, folder):
            if path == desk.files.results_csv:
                raise KeyboardInterrupt
            return withdraw(path, rows, folder)

        monkeypatch.setattr(recovery, "withdraw_records", crash)
        with pytest.raises(KeyboardInterrupt):
            desk.recover(3)
        monkeypatch.setattr(recovery, "withdraw_records", withdraw)
        point = desk.recover(3)
        assert (point.settled, point.withdrawn, point.pending) == (frozenset(), 2, 1)
        assert len(list(desk.files.history_dir.iterdir())) == 2


WORKER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from Space_OdT.engine.journal import Journal
from tests.engine.journals import Desk, make_batch, make_outcome
desk = Desk(Path(sys.argv[1]))
checkpoint = desk.store.load()
settled = frozenset()
if checkpoint is not None:
    point = desk.recover({rows})
    checkpoint, settled = point.checkpoint, point.settled
journal = desk.journal(checkpoint)
mark = journal.checkpoint.last_row_id
numbers = range(1, {rows} + 1)
past = tuple(n for n in numbers if n <= mark or n in settled)
journal.open_batch(make_batch(*numbers, settled=past))
print("ready", len(past), flush=True)
for at, number in enumerate(n for n in numbers if n not in past):
    journal.record(make_outcome(number, is_pending=number % 5 == 0))
    if at % 7 == 0:
        journal.commit()
journal.commit()
print("done", flush=True)
"""
WORKER_ROWS = 3000


def test_a_process_killed_while_it_writes_is_resumed_to_the_end(tmp_path):
    """SIGKILL at random moments; the outputs need no repair, since a record is one write."""
    root = Path(__file__).resolve().parents[2]
    code = WORKER.replace("{rows}", str(WORKER_ROWS))
    moments = random.Random(5)
    seen = []
    for attempt in range(12):
        worker = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), str(root)], stdout=subprocess.PIPE
        )
        with worker:
            first = worker.stdout.readline().split()
            assert first[:1] == [b"ready"]
            seen.append(int(first[1]))
            if attempt < 11:
                time.sleep(moments.random() * 0.08)
                worker.kill()
            else:
                assert worker.stdout.readline() == b"done\n"
    assert seen == sorted(seen), "an outcome was forgotten"
    assert seen[-1] > 0
    balance = check_conservation(
        WORKER_ROWS,
        results_csv=tmp_path / "results.csv",
        pending_csv=tmp_path / "pending_rows.csv",
        rejected_csv=tmp_path / "none.csv",
    )
    assert balance.holds, balance.explanations
    assert balance.pending == WORKER_ROWS // 5
