from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.run_lock import RunLock
from Space_OdT.v21.locations.jobs import Job, JobError, JobStatus, JobStore
from Space_OdT.v21.locations.layout import LocationsLayout

ROWS = [
    Candidate("location", "A", {"name": "A"}, {"name": "A"}, 2, "f.csv"),
    Candidate("location", "", {}, {}, 3, "f.csv", (CellProblem("name", "", "a name", "fill it"),)),
]


@pytest.fixture(name="store")
def a_store(tmp_path: Path) -> JobStore:
    numbers = itertools.count(1)
    layout = LocationsLayout.at(tmp_path)
    return JobStore(layout, new_id=lambda: f"aa{next(numbers)}-job")


def created(store: JobStore, input_hash: str = "one") -> Job:
    return store.create(
        ROWS,
        entity_type="location",
        input_hash=input_hash,
        source=Path("f.csv"),
        policy={"legacy_forward_prefix": "54"},
    )


def ended(store: JobStore, job: Job, status: JobStatus) -> Job:
    path = store.layout_of(job).job_json
    path.write_text(json.dumps({**json.loads(path.read_text()), "status": status.value}))
    return store.load(job.job_id)


def test_a_new_job_is_on_disk_with_its_rows(store: JobStore) -> None:
    job = created(store)
    assert job.status is JobStatus.CREATED
    assert (job.totals.total, job.totals.rejected, job.totals.processed) == (2, 1, 0)
    assert store.load(job.job_id) == job
    assert list(store.rows(job)) == ROWS
    assert Path(job.source).is_absolute()


def test_a_job_is_named_by_how_its_id_begins_when_only_one_does(store: JobStore) -> None:
    first, _ = created(store), created(store)
    assert store.load("aa1") == first
    with pytest.raises(JobError, match="2 jobs begin with aa"):
        store.load("aa")
    for name in ("zz", "", "../x"):
        with pytest.raises(JobError, match="there is no job"):
            store.load(name)


@pytest.mark.parametrize(
    ("status", "is_over"),
    [
        (JobStatus.CREATED, False),
        (JobStatus.RUNNING, False),
        (JobStatus.FAILED, False),
        (JobStatus.COMPLETED, True),
        (JobStatus.COMPLETED_WITH_ERRORS, True),
        (JobStatus.CANCELLED, True),
    ],
)
def test_what_is_not_over_is_gone_on_with(
    store: JobStore, status: JobStatus, *, is_over: bool
) -> None:
    job = ended(store, created(store), status)
    assert (store.unfinished("one") is None) is is_over
    assert (store.waiting() == []) is is_over
    assert store.unfinished("another") is None
    if is_over:
        with pytest.raises(JobError, match="nothing to cancel"):
            store.cancel(job.job_id)


def test_a_running_job_whose_process_is_gone_is_shown_as_interrupted(store: JobStore) -> None:
    job = ended(store, created(store), JobStatus.RUNNING)
    assert store.view(job).shown_status == "interrupted"
    with RunLock(store.layout_of(job).lock_file, "v21_softphone_bulk_run"):
        view = store.view(job)
        assert view.shown_status == "running"
        assert view.owner is not None
        assert view.owner.command == "v21_softphone_bulk_run"
        assert store.waiting() == []


def test_cancelling_asks_whoever_runs_it_and_marks_what_nobody_runs(store: JobStore) -> None:
    job = ended(store, created(store), JobStatus.RUNNING)
    layout = store.layout_of(job)
    with RunLock(layout.lock_file, "v21_softphone_bulk_run"):
        assert store.cancel(job.job_id).job.status is JobStatus.RUNNING
        assert layout.cancel_file.exists()
    assert store.cancel(job.job_id).job.status is JobStatus.CANCELLED
    assert store.load(job.job_id).finished_at


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"status": "resting"}', '{"policy": {"prefix": 1}}', '{"totals": {"x": 1}}'],
)
def test_a_damaged_job_is_told_and_hides_no_other(store: JobStore, content: str) -> None:
    whole, damaged = created(store), created(store)
    path = store.layout_of(damaged).job_json
    found = json.loads(content) if content not in {"{", "[]", "{}"} else None
    known = json.loads(path.read_text())
    path.write_text(content if found is None else json.dumps({**known, **found}))
    with pytest.raises(JobError, match="is damaged"):
        store.load(damaged.job_id)
    assert [view.job for view in store.all()] == [whole]
    assert store.damaged() == [path]


def test_damaged_rows_are_told(store: JobStore) -> None:
    job = created(store)
    store.layout_of(job).input_rows_json.write_text('[{"row": 1}]')
    with pytest.raises(JobError, match="Apply the input file again"):
        store.rows(job)


def test_folders_that_are_no_jobs_are_left_alone(store: JobStore) -> None:
    job = created(store)
    for name in ("not a job", ".hidden", "empty"):
        folder = store.layout_of(job).out_dir.parent / name
        folder.mkdir()
        if name != "empty":
            (folder / "job.json").write_text("{}")
    assert [view.job for view in store.all()] == [job]
    assert store.damaged() == []


def test_an_id_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    layout = LocationsLayout.at(tmp_path)
    for name in ("../x", "a/b", "", "x" * 65, "a.b"):
        with pytest.raises(ValueError, match="is not the id of a job"):
            layout.job(name)
