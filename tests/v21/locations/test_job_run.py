from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from Space_OdT.engine.models import Outcome, Row, RowStatus
from Space_OdT.engine.output_columns import RESULT_COLUMNS
from Space_OdT.engine.run_lock import RunLock
from Space_OdT.engine.stopping import StopReason, StopSignal
from Space_OdT.v21.locations.job_run import (
    FailureWatch,
    JobKeeper,
    settled_rows,
    status_after,
    touched_locations,
    write_failure,
    write_final_state,
)
from Space_OdT.v21.locations.jobs import Job, JobStatus, JobStore, Totals
from Space_OdT.v21.locations.layout import LocationsLayout


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="store")
def a_store(tmp_path: Path) -> JobStore:
    return JobStore(LocationsLayout.at(tmp_path))


@pytest.fixture(name="job")
def a_job(store: JobStore) -> Job:
    return store.create([], entity_type="location", input_hash="h", source=Path("f"), policy={})


def results(store: JobStore, job: Job, *records: tuple[int, str, str, str]) -> None:
    lines = [",".join(RESULT_COLUMNS)]
    for number, status, phase, remote_id in records:
        cells = dict.fromkeys(RESULT_COLUMNS, "")
        cells |= {"row_number": str(number), "status": status, "phase": phase}
        cells["remote_id"] = remote_id
        lines.append(",".join(cells.values()))
    path = store.layout_of(job).results_csv
    path.write_text("".join(f"{line}\r\n" for line in lines))


def outcome(number: int, status: RowStatus) -> Outcome:
    row = Row(number, number + 1, str(number), "location", "A", {})
    return Outcome(row=row, batch_id="1-1", phase=1, step="s", status=status, message="")


@pytest.mark.parametrize(
    ("stop", "is_cancelled", "pending", "status"),
    [
        (None, False, 0, JobStatus.COMPLETED),
        (None, True, 0, JobStatus.COMPLETED),
        (None, False, 1, JobStatus.COMPLETED_WITH_ERRORS),
        (StopReason.INTERRUPTED, False, 0, JobStatus.RUNNING),
        (StopReason.INTERRUPTED, True, 0, JobStatus.CANCELLED),
        (StopReason.TOKEN_REJECTED, False, 0, JobStatus.FAILED),
        (StopReason.CIRCUIT_BREAKER, False, 5, JobStatus.FAILED),
        (StopReason.STORAGE, False, 0, JobStatus.FAILED),
        (StopReason.STORAGE, True, 0, JobStatus.CANCELLED),
    ],
)
def test_how_a_job_stands_after_its_run(
    stop: StopReason | None, *, is_cancelled: bool, pending: int, status: JobStatus
) -> None:
    assert status_after(Totals(9, 9, 9, pending, 0), stop, is_cancelled=is_cancelled) is status
    if stop is None:
        rejected = status_after(Totals(1, 1, 0, 0, 1), None, is_cancelled=False)
        assert rejected is JobStatus.COMPLETED_WITH_ERRORS


def test_counts_come_from_the_results_for_the_job_may_have_been_killed(
    store: JobStore, job: Job
) -> None:
    results(store, job, (1, "success", "1", "L1"), (2, "pending", "1", ""))
    assert settled_rows(store, job) == {1: RowStatus.SUCCESS, 2: RowStatus.PENDING}
    keeper = JobKeeper(store, job, rows=5, rejected=1)
    assert keeper.totals == Totals(5, 3, 1, 1, 1)
    keeper.row_settled(outcome(2, RowStatus.SUCCESS))  # run again, and well now
    keeper.row_settled(outcome(3, RowStatus.SUCCESS))
    assert keeper.totals == Totals(5, 4, 3, 0, 1)


def test_the_file_follows_about_once_a_second(store: JobStore, job: Job) -> None:
    clock = Clock()
    keeper = JobKeeper(store, job, rows=3, rejected=0, clock=clock)
    keeper.row_settled(outcome(1, RowStatus.SUCCESS))
    assert store.load(job.job_id).totals.processed == 0
    clock.now = 1.5
    keeper.row_settled(outcome(2, RowStatus.SUCCESS))
    assert store.load(job.job_id).totals.processed == 2
    assert store.load(job.job_id).cursor == {"offset": 2}


def test_beginning_writes_down_whose_process_it_is_and_clears_an_old_failure(
    store: JobStore, job: Job
) -> None:
    failed = write_failure(store, job, "StartupError", "no token")
    assert failed.status is JobStatus.FAILED
    layout = store.layout_of(job)
    assert json.loads(layout.failure_json.read_text())["error_message"] == "no token"
    with RunLock(layout.lock_file, "v21_jobs"):
        begun = JobKeeper(store, failed, rows=1, rejected=0).begin()
    assert begun.status is JobStatus.RUNNING
    assert begun.owner["command"] == "v21_jobs"
    assert not layout.failure_json.exists()


async def test_a_wish_to_cancel_stops_the_run(store: JobStore, job: Job) -> None:
    keeper = JobKeeper(store, job, rows=1, rejected=0)
    keeper.stop = StopSignal()
    looks = 0

    async def sleep(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            store.layout_of(job).cancel_file.write_text("now")

    await asyncio.wait_for(keeper.watch(sleep), 10)
    assert looks == 3
    assert keeper.stop.reason is StopReason.INTERRUPTED
    assert keeper.is_cancelled


def test_the_locations_of_a_job_are_those_of_its_sites(store: JobStore, job: Job) -> None:
    assert touched_locations(store, job) == []
    results(
        store,
        job,
        (1, "success", "1", "L1"),
        (2, "pending", "1", "L2"),
        (3, "pending", "1", ""),
        (4, "success", "1", "L1"),
        (5, "success", "2", "P1"),
    )
    assert touched_locations(store, job) == ["L1", "L2"]


def test_the_final_state_says_the_final_status(store: JobStore, job: Job) -> None:
    keeper = JobKeeper(store, job, rows=1, rejected=0)
    ended = keeper.save(status=JobStatus.COMPLETED)
    write_final_state(store, ended, [{"id": "L1"}])
    state = json.loads(store.layout_of(job).final_state_json.read_text())
    assert state["job"]["status"] == "completed"
    assert state["remote_final_state"] == {"items": [{"id": "L1"}]}
    assert sorted(state) == ["job", "remote_final_state", "totals"]


def test_an_error_fails_the_job_without_its_secrets_and_goes_on(store: JobStore, job: Job) -> None:
    with (
        pytest.raises(ValueError, match="secret-value"),
        FailureWatch(store, job, ["secret-value"]),
    ):
        raise ValueError("bad secret-value")
    found = store.load(job.job_id)
    assert found.status is JobStatus.FAILED
    assert found.last_error["error_type"] == "ValueError"
    assert "secret-value" not in store.layout_of(job).failure_json.read_text()


def test_an_interruption_is_no_failure(store: JobStore, job: Job) -> None:
    with pytest.raises(KeyboardInterrupt), FailureWatch(store, job):
        raise KeyboardInterrupt
    assert store.load(job.job_id).status is JobStatus.CREATED
