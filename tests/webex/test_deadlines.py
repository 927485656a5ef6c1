from __future__ import annotations

import asyncio

import pytest

from Space_OdT.webex.deadlines import Deadlines
from tests.webex.virtual_time import run_virtual


async def held(deadlines: Deadlines, seconds: float) -> str:
    deadline = deadlines.begin()
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        if deadlines.end(deadline):
            return "late"
        raise
    finally:
        deadlines.end(deadline)
    return "done"


def opened(seconds: float) -> Deadlines:
    deadlines = Deadlines(seconds)
    deadlines.open()
    return deadlines


def test_each_request_is_cancelled_at_its_own_deadline() -> None:
    async def scene() -> list[tuple[str, float]]:
        deadlines, loop = opened(10), asyncio.get_running_loop()
        begun = loop.time()

        async def one(after: float, seconds: float) -> tuple[str, float]:
            await asyncio.sleep(after)
            return await held(deadlines, seconds), loop.time() - begun

        plans = [(0, 3), (1, 50), (4, 50), (5, 9)]
        return await asyncio.gather(*(one(*plan) for plan in plans))

    outcomes = run_virtual(scene())
    assert [(what, round(when)) for what, when in outcomes] == [
        ("done", 3),
        ("late", 11),
        ("late", 14),
        ("done", 14),
    ]


def test_a_cancellation_from_outside_is_not_taken_for_a_timeout() -> None:
    async def scene() -> None:
        deadlines = opened(10)
        task = asyncio.create_task(held(deadlines, 50))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_virtual(scene())


def test_a_cancellation_that_meets_the_deadline_still_cancels() -> None:
    async def scene() -> None:
        deadlines = opened(10)
        task = asyncio.create_task(held(deadlines, 50))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_at(asyncio.get_running_loop().time() + 10, task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task

    run_virtual(scene())


def test_a_late_task_can_go_on_and_be_late_again() -> None:
    async def scene() -> list[str]:
        deadlines = opened(1)
        return [await held(deadlines, 5), await held(deadlines, 0.5), await held(deadlines, 5)]

    assert run_virtual(scene()) == ["late", "done", "late"]


def test_closing_stops_the_timer() -> None:
    async def scene() -> str:
        deadlines = opened(1)
        task = asyncio.create_task(held(deadlines, 5))
        await asyncio.sleep(0)
        deadlines.close()
        return await task

    assert run_virtual(scene()) == "done"


def test_requests_are_made_from_tasks() -> None:
    async def scene() -> None:
        deadlines = opened(1)
        failure: list[BaseException] = []

        def outside_any_task() -> None:
            try:
                deadlines.begin()
            except RuntimeError as error:
                failure.append(error)

        asyncio.get_running_loop().call_soon(outside_any_task)
        await asyncio.sleep(0.1)
        assert failure

    run_virtual(scene())
