from __future__ import annotations

import asyncio
import os
import signal

import pytest

from Space_OdT.commands.interrupts import Interrupts, listening


async def work(interrupts: list[Interrupts], graceful: list[int] | None, patience: float) -> str:
    task = asyncio.current_task()
    assert task is not None
    made = Interrupts(task)
    interrupts.append(made)
    if graceful is not None:
        made.gracefully = lambda: graceful.append(1)
    with listening(made):
        await asyncio.sleep(patience)
    return "done"


async def started(graceful: list[int] | None, patience: float = 30) -> asyncio.Task[str]:
    interrupts: list[Interrupts] = []
    task = asyncio.create_task(work(interrupts, graceful, patience))
    while not interrupts:
        await asyncio.sleep(0)
    return task


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_first_signal_asks_and_the_second_insists(number) -> None:
    asked: list[int] = []
    task = await started(asked)
    os.kill(os.getpid(), number)
    await asyncio.sleep(0.05)
    assert asked == [1]
    assert not task.done()
    os.kill(os.getpid(), number)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asked == [1]


async def test_before_the_first_row_there_is_nothing_to_finish() -> None:
    task = await started(None)
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_handlers_from_before_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    task = await started([], patience=0)
    assert await task == "done"
    assert signal.getsignal(signal.SIGTERM) is before
