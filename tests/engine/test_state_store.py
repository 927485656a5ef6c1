"""The checkpoint is replaced whole, read strictly, and decides how to begin."""

from __future__ import annotations

import errno
from dataclasses import replace

import orjson
import pytest

from Space_OdT.engine.invariants import InvariantViolation
from Space_OdT.engine.state_store import (
    CheckpointMismatchError,
    CorruptCheckpointError,
    RunStatus,
    Start,
    StateStore,
    decide_start,
)
from tests.engine.journals import Clock


@pytest.fixture
def store(tmp_path):
    return StateStore(tmp_path / "checkpoint.json", clock=Clock())


def test_a_new_pass_begins_before_the_first_row(store, tmp_path):
    first = store.begin("abc", 1)
    data = orjson.loads((tmp_path / "checkpoint.json").read_bytes())
    assert list(data)[:6] == [
        "pipeline_version",
        "input_hash",
        "phase",
        "last_row_id",
        "started_at",
        "updated_at",
    ]
    assert (data["phase"], data["last_row_id"], data["status"]) == (1, 0, "running")
    assert store.load() == first


def test_saving_notes_the_moment_and_leaves_no_temporary_file(store, tmp_path):
    first = store.begin("abc", 1)
    later = store.save(replace(first, last_row_id=7))
    assert later.updated_at > first.updated_at
    assert later.started_at == first.started_at
    assert store.load() == later
    assert [item.name for item in tmp_path.iterdir()] == ["checkpoint.json"]


def test_nothing_negative_is_saved(store):
    first = store.begin("abc", 1)
    with pytest.raises(InvariantViolation):
        store.save(replace(first, last_row_id=-1))


def test_a_full_disk_leaves_the_old_checkpoint(store, monkeypatch):
    first = store.begin("abc", 1)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("Space_OdT.engine.atomic.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.save(replace(first, last_row_id=7))
    assert store.load() == first


def test_no_checkpoint_is_no_error(store):
    assert store.load() is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b'{"phase": 1', "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "it lacks pipeline_version, input_hash"),
        ({"phase": "1"}, "phase has a wrong type"),
        ({"phase": True}, "phase has a wrong type"),
        ({"last_row_id": -1}, "last_row_id has a wrong type"),
        ({"input_hash": ""}, "input_hash has a wrong type"),
        ({"status": "asleep"}, "status has a wrong type"),
    ],
)
def test_a_corrupt_checkpoint_is_refused(store, tmp_path, content, said):
    path = tmp_path / "checkpoint.json"
    if isinstance(content, dict):
        store.begin("abc", 1)
        content = orjson.dumps(orjson.loads(path.read_bytes()) | content)
    path.write_bytes(content)
    with pytest.raises(CorruptCheckpointError, match=said) as caught:
        store.load()
    assert "Fix: restore it" in str(caught.value)


def test_a_checkpoint_with_the_specified_fields_only_is_read(store, tmp_path):
    store.begin("abc", 1)
    path = tmp_path / "checkpoint.json"
    data = orjson.loads(path.read_bytes())
    del data["status"]
    path.write_bytes(orjson.dumps(data))
    assert store.load().status is RunStatus.RUNNING


def start(store, checkpoint, input_hash="abc", version=1):
    return decide_start(store._path, checkpoint, input_hash=input_hash, pipeline_version=version)


@pytest.mark.parametrize("status", [RunStatus.RUNNING, RunStatus.STOPPED])
def test_an_unfinished_run_goes_on_with_its_own_input_only(store, status):
    checkpoint = replace(store.begin("abc", 1), status=status)
    assert start(store, checkpoint) is Start.RESUME
    with pytest.raises(CheckpointMismatchError, match="another input"):
        start(store, checkpoint, input_hash="def")
    with pytest.raises(CheckpointMismatchError, match="version 1"):
        start(store, checkpoint, version=2)


def test_a_finished_run_is_begun_again_with_any_input(store):
    finished = replace(store.begin("abc", 1), status=RunStatus.FINISHED)
    assert start(store, None) is Start.NEW
    assert start(store, finished) is Start.AGAIN
    assert start(store, finished, input_hash="def", version=2) is Start.AGAIN
