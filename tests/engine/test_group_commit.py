"""Groups are committed in the background; a disk that fails is noticed by the next outcome."""

from __future__ import annotations

import asyncio
import errno

import pytest

from Space_OdT.engine.group_commit import GroupCommit
from tests.engine.journals import Desk, make_batch, make_outcome

FOR_EVER = 3600.0


async def until(condition):
    """Let background work go on until a condition holds; bounded."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
        await asyncio.to_thread(lambda: None)
    pytest.fail("it never happened")


@pytest.fixture
def desk(tmp_path):
    with Desk(tmp_path) as desk:
        yield desk


async def test_a_full_group_is_committed_at_once(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(*range(1, 6)))
    async with GroupCommit(journal, rows=2, seconds=FOR_EVER) as commits:
        commits.record(make_outcome(1))
        commits.record(make_outcome(2))
        await until(lambda: desk.store.load().last_row_id == 2)
        commits.record(make_outcome(3))
    assert desk.store.load().last_row_id == 3


async def test_a_small_group_waits_no_longer_than_its_time(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1, 2))
    async with GroupCommit(journal, rows=50, seconds=0.0) as commits:
        commits.record(make_outcome(1))
        await until(lambda: desk.store.load().last_row_id == 1)


async def test_nothing_to_commit_ends_quietly(desk):
    async with GroupCommit(desk.journal(), rows=2, seconds=FOR_EVER):
        pass
    assert desk.syncs == []


async def test_a_failing_disk_stops_the_next_outcome(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1, 2))

    def fail(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    journal._results._sync = fail
    commits = GroupCommit(journal, rows=1, seconds=FOR_EVER)
    await commits.__aenter__()
    commits.record(make_outcome(1))
    await until(lambda: commits._failure is not None)
    with pytest.raises(OSError, match="No space left"):
        commits.record(make_outcome(2))
    with pytest.raises(OSError, match="No space left"):
        await commits.__aexit__(None, None, None)


async def test_a_disk_that_fails_last_is_noticed_at_the_end(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1))

    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    journal._results._sync = fail
    with pytest.raises(OSError, match="Input/output"):
        async with GroupCommit(journal, rows=9, seconds=FOR_EVER) as commits:
            commits.record(make_outcome(1))


async def test_another_failure_is_not_hidden(desk):
    journal = desk.journal()
    journal.open_batch(make_batch(1))

    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    journal._results._sync = fail
    commits = GroupCommit(journal, rows=9, seconds=FOR_EVER)
    await commits.__aenter__()
    commits.record(make_outcome(1))
    trouble = ValueError("the real trouble")
    await commits.__aexit__(ValueError, trouble, None)
    assert commits._failure is not None
