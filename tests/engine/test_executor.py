from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from typing import Any

import pytest

from Space_OdT.engine.action_model import Effect, PendingError, Result
from Space_OdT.engine.breaker import BreakerPolicy
from Space_OdT.engine.executor import Executor
from Space_OdT.engine.models import Batch, Outcome, Row
from Space_OdT.engine.row_runner import RowRunner
from Space_OdT.engine.step_calls import StepCaller
from Space_OdT.engine.stopping import StopReason, StopSignal
from Space_OdT.engine.waiting_room import WaitingRoom
from Space_OdT.webex.error_handling import ReasonCode
from tests.engine.doubles import FakeClient, Notes, action_of, batch, nothing_to_do, refusal, row


def batches(count: int, size: int) -> Iterator[Batch]:
    for number in range(count):
        first = number * size + 1
        yield batch(number + 1, tuple(row(first + index) for index in range(size)))


class Rig:
    def __init__(
        self,
        *,
        at_once: int = 4,
        size: int = 5,
        threshold: float = 0.8,
        aside: WaitingRoom | None = None,
    ) -> None:
        self.stop = StopSignal()
        self.notes = Notes()
        client = FakeClient()
        self.executor = Executor(
            RowRunner(lambda one, steps: StepCaller(client, one, steps), None),
            self.stop,
            BreakerPolicy(threshold, size),
            rows_at_once=at_once,
            observer=self.notes,
            aside=aside,
        )

    @property
    def ended(self) -> list[int]:
        return [one.row.number for one in self.notes.outcomes]

    async def run(self, made: Iterator[Batch], action: Any, sink: Any = None) -> None:
        await self.executor.run_phase(made, action, sink or self.notes)


async def denied(*_: Any) -> Result:
    raise refusal(403)


async def test_every_row_ends_exactly_once() -> None:
    rig = Rig()
    await rig.run(batches(7, 5), action_of(nothing_to_do))
    assert sorted(rig.ended) == list(range(1, 36))
    over = [event for event in rig.notes.events if event[0] == "batch over"]
    assert over == [("batch over", number, {"success": 5}) for number in range(1, 8)]


async def test_no_more_rows_are_at_work_than_allowed() -> None:
    at_work = most = 0

    async def watched(*_: Any) -> Result:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        return Result(Effect.UNCHANGED)

    await Rig(at_once=3).run(batches(4, 5), action_of(watched))
    assert most == 3


async def test_a_failing_row_never_keeps_the_others() -> None:
    async def sometimes(one: Row, *_: Any) -> Result:
        if one.number % 3 == 0:
            raise PendingError(ReasonCode.PRECONDITION_MISSING, "not now")
        return Result(Effect.UNCHANGED)

    rig = Rig()
    await rig.run(batches(2, 6), action_of(sometimes))
    reasons = {one.row.number: one.reason_code for one in rig.notes.outcomes}
    assert len(reasons) == 12
    assert all((reasons[number] is not None) == (number % 3 == 0) for number in reasons)


async def test_the_breaker_judges_a_batch_before_a_row_of_the_next_is_touched() -> None:
    rig = Rig(at_once=50, size=5)
    await rig.run(batches(4, 5), action_of(denied))
    assert sorted(rig.ended) == [1, 2, 3, 4, 5]
    assert rig.stop.reason is StopReason.CIRCUIT_BREAKER
    assert rig.executor.tripped is not None
    assert rig.executor.tripped.batch.number == 1
    assert "5 of 5 rows of batch 2-00001" in rig.stop.message


async def test_a_healthy_run_does_not_wait_for_the_slowest_row_of_a_batch() -> None:
    release = asyncio.Event()

    async def first_is_slow(one: Row, *_: Any) -> Result:
        if one.number == 1:
            await release.wait()
        if one.number == 15:
            release.set()
        return Result(Effect.UNCHANGED)

    rig = Rig(at_once=2, size=5)
    async with asyncio.timeout(5):
        await rig.run(batches(3, 5), action_of(first_is_slow))
    assert rig.ended[-1] == 1 or rig.ended.index(1) > rig.ended.index(14)


async def test_a_rejected_token_stops_the_run_and_the_first_row_is_remembered() -> None:
    async def rejected_from_4(one: Row, *_: Any) -> Result:
        if one.number >= 4:
            raise refusal(401)
        return Result(Effect.UNCHANGED)

    rig = Rig(at_once=1, size=10)
    await rig.run(batches(3, 10), action_of(rejected_from_4))
    assert rig.stop.reason is StopReason.TOKEN_REJECTED
    assert rig.executor.rejected_from == 4
    assert rig.ended == [1, 2, 3, 4]


async def test_who_asks_to_stop_lets_rows_in_flight_finish() -> None:
    rig = Rig(at_once=3)

    async def stop_at_5(one: Row, *_: Any) -> Result:
        await asyncio.sleep(0)
        if one.number == 5:
            rig.stop.ask(StopReason.INTERRUPTED, "enough")
        await asyncio.sleep(0)
        return Result(Effect.UNCHANGED)

    await rig.run(batches(4, 5), action_of(stop_at_5))
    assert 5 in rig.ended
    assert len(rig.ended) < 10


async def test_the_first_reason_to_stop_counts() -> None:
    stop = StopSignal()
    stop.ask(StopReason.INTERRUPTED, "one")
    stop.ask(StopReason.STORAGE, "two")
    assert (stop.reason, stop.message) == (StopReason.INTERRUPTED, "one")


class FullDisk:
    """A sink that has room for three outcomes."""

    def __init__(self) -> None:
        self.kept: list[int] = []

    def record(self, outcome: Outcome) -> None:
        if len(self.kept) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.kept.append(outcome.row.number)


async def test_a_full_disk_stops_the_run_and_is_raised_when_rows_in_flight_have_ended() -> None:
    rig, disk = Rig(at_once=2), FullDisk()
    with pytest.raises(OSError, match="No space left"):
        await rig.run(batches(4, 5), action_of(nothing_to_do), disk)
    assert disk.kept == [1, 2, 3]
    assert rig.stop.reason is StopReason.STORAGE


async def test_a_defect_of_the_reader_of_batches_ends_the_phase() -> None:
    def broken_batches() -> Iterator[Batch]:
        yield from batches(1, 5)
        raise RuntimeError("the file is gone")

    with pytest.raises(RuntimeError, match="the file is gone"):
        await Rig().run(broken_batches(), action_of(nothing_to_do))


async def test_a_phase_without_rows_ends_at_once() -> None:
    rig = Rig()
    await rig.run(iter(()), action_of(nothing_to_do))
    assert rig.notes.events == []


async def test_a_row_that_waits_aside_leaves_its_place_to_others() -> None:
    room = WaitingRoom(seats=2)
    rig = Rig(at_once=1, size=20, aside=room)
    everybody_else = asyncio.Event()
    at_work = most = 0

    async def patient(one: Row, *_: Any) -> Result:
        nonlocal at_work, most
        if one.number <= 2:
            with room.sit():
                await asyncio.wait_for(everybody_else.wait(), 10)
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        if one.number == 19:
            everybody_else.set()
        return Result(Effect.UNCHANGED)

    await asyncio.wait_for(rig.run(batches(1, 20), action_of(patient)), 20)
    assert sorted(rig.ended) == list(range(1, 21))
    assert room.rows == 0
    assert most <= 3, "those who come back may overlap, nobody else"


async def test_without_a_seat_a_row_waits_at_its_place() -> None:
    room = WaitingRoom(seats=1)
    rig = Rig(at_once=2, aside=room)

    async def sits(_row: Row, *_: Any) -> Result:
        with room.sit():
            assert room.rows == 1
            for _ in range(5):
                await asyncio.sleep(0)
        return Result(Effect.UNCHANGED)

    await asyncio.wait_for(rig.run(batches(3, 5), action_of(sits)), 10)
    assert sorted(rig.ended) == list(range(1, 16))
