"""The pacer against every shape of limit, in virtual time."""

from __future__ import annotations

import asyncio
import functools
import math
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.pacing.shapes import Shape, standard_shapes
from Space_OdT.webex.pacing.pacer import LOST_AFTER_SECONDS, MAX_RETRY_AFTER_SECONDS, Pacer, Ticket
from tests.webex.pacing_lab import Changing, Outcome, run_families, run_shape
from tests.webex.virtual_time import run_virtual

SHAPES = standard_shapes()
SHARE = {"D": 0.02}
RATIO = {"F": 1.5}


def bucket(rate: float, burst: float | None = None) -> Shape:
    return Shape("bucket", rate, burst or rate)


def lockout(rate: float) -> Shape:
    return Shape("lockout", rate, rate)


@functools.cache
def run_against_a_lock_out() -> Outcome:
    return run_shape(SHAPES["F"], seed=1)


# -- finding the limit ---------------------------------------------------------------------


@pytest.mark.parametrize("in_flight", [20, 100])
@pytest.mark.parametrize("letter", SHAPES)
def test_it_finds_a_limit_of_any_shape_with_no_setting(letter: str, in_flight: int) -> None:
    outcome = run_shape(SHAPES[letter], in_flight=in_flight, seed=7, measured=in_flight == 20)
    assert outcome.ratio <= RATIO.get(letter, 1.12)
    assert outcome.share <= SHARE.get(letter, 0.015)


@pytest.mark.parametrize("letter", ["C", "E"])
def test_a_busy_machine_does_not_spoil_it(letter: str) -> None:
    outcome = run_shape(SHAPES[letter], seed=2, stalls=True)
    assert outcome.ratio <= 1.2  # calls that a stall bunches up are refused and wait 10 s
    assert outcome.share <= 0.015


def test_learning_costs_next_to_nothing_over_21_000_rows() -> None:
    outcome = run_shape(SHAPES["F"], calls=63_000, seed=3)
    assert outcome.ratio <= 1.05
    assert outcome.share <= 0.002


@pytest.mark.parametrize("rate", [20, 300])
@pytest.mark.parametrize("letter", ["A", "B", "D", "E", "F"])
def test_the_height_of_the_limit_does_not_matter(letter: str, rate: float) -> None:
    outcome = run_shape(standard_shapes(rate)[letter], calls=int(rate * 42), in_flight=60, seed=5)
    assert outcome.ratio <= RATIO.get(letter, 1.12)
    assert outcome.refused <= max(60, 0.015 * outcome.calls)


@pytest.mark.parametrize("latency", [0.02, 0.2])
@pytest.mark.parametrize("letter", ["A", "F"])
def test_the_latency_does_not_matter(letter: str, latency: float) -> None:
    outcome = run_shape(SHAPES[letter], latency=latency, noise=0.3, seed=6)
    assert outcome.ratio <= RATIO.get(letter, 1.12)
    assert outcome.share <= 0.015


@pytest.mark.parametrize(
    "shape",
    [
        bucket(100 / 60, 100),
        bucket(100 / 60, 10),
        bucket(5, 300),
        bucket(5, 10),
        Shape("bucket", 5, 10, 30.0),
        Shape("lockout", 5, 10),
    ],
)
def test_a_limit_of_a_few_hundred_a_minute_is_kept_full(shape: Shape) -> None:
    outcome = run_shape(shape, calls=int(shape.rate * 300), seed=8)
    assert outcome.ratio <= 1.15
    assert outcome.refused <= 80


def test_a_quota_per_minute_is_spread_over_the_minute() -> None:
    outcome = run_shape(Shape("window", 5, 300), calls=1500, seed=1)
    assert outcome.refused <= 60
    assert outcome.ratio <= 1.3  # the last minute's quota is spread, too


def test_without_a_limit_only_the_calls_in_flight_bound_it() -> None:
    outcome = run_shape(None, calls=20_000, in_flight=20)
    assert outcome.ratio <= 1.05
    assert not outcome.events


def test_the_rate_follows_a_limit_that_halves() -> None:
    shape = Changing([(0, bucket(100)), (30, bucket(50))])
    outcome = run_shape(shape, calls=5000, seed=1)
    assert 450 <= outcome.sent_between(50, 60) <= 540
    assert outcome.refused <= 75


def test_the_rate_follows_a_limit_that_falls_to_a_twentieth() -> None:
    shape = Changing([(0, bucket(100)), (30, bucket(5))])
    outcome = run_shape(shape, calls=3400, seed=1)
    assert 40 <= outcome.sent_between(50, 60) <= 55
    assert outcome.refused <= 90


def test_the_rate_follows_a_limit_that_doubles() -> None:
    shape = Changing([(0, bucket(100)), (30, bucket(200))])
    outcome = run_shape(shape, calls=14_000, seed=1)
    end = outcome.wall
    assert outcome.sent_between(end - 10, end - 1) >= 9 * 190


def test_the_rate_follows_a_lock_out_that_halves() -> None:
    shape = Changing([(0, lockout(100)), (30, lockout(50))])
    outcome = run_shape(shape, calls=5500, seed=1, measured=True)
    # one shut door of 4 s may fall into these 9 s
    assert 25 * 9 <= outcome.sent_between(92, 101) <= 51 * 9
    assert outcome.share <= 0.02  # learned twice


def test_a_limit_that_vanishes_is_outgrown() -> None:
    class Vanishing:
        def build(self) -> Any:
            limiter, started = bucket(50).build(), []

            class Until:
                def admit(self, now: float) -> float | None:
                    started.append(now)
                    return limiter.admit(now) if now - started[0] < 20 else None

            return Until()

    outcome = run_shape(Vanishing(), calls=12_000, seed=1)
    assert outcome.sent_between(outcome.wall - 6, outcome.wall - 1) >= 5 * 330


class AtRandom:
    """Refuses a share of the calls whatever the rate, and those a limiter refuses."""

    def __init__(self, share: float, beside: Shape | None = None, seed: int = 1) -> None:
        self.share = share
        self.beside = beside
        self.seed = seed

    def build(self) -> Any:
        chance, limiter = random.Random(self.seed), self.beside and self.beside.build()
        share = self.share

        class Limiter:
            def admit(self, now: float) -> float | None:
                if chance.random() < share:
                    return 1.0
                return limiter.admit(now) if limiter else None

        return Limiter()


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("share", "ratio"), [(0.01, 2.5), (0.05, 2.5), (0.1, 4.0), (0.3, 30.0)])
def test_refusals_that_come_at_any_rate_are_no_limit(share: float, ratio: float, seed: int) -> None:
    outcome = run_shape(AtRandom(share, seed=seed), calls=4200, seed=seed, measured=seed == 1)
    assert outcome.ratio <= ratio  # one refusal in a hundred once brought it to a crawl


@pytest.mark.parametrize("share", [0.01, 0.03, 0.05])
def test_a_limit_is_found_among_refusals_that_come_at_any_rate(share: float) -> None:
    outcome = run_shape(AtRandom(share, beside=bucket(100)), calls=4200, measured=share == 0.03)
    assert outcome.wall <= 1.5 * 42
    assert outcome.share <= share + 0.03


# -- families ------------------------------------------------------------------------------


def test_families_under_one_limit_learn_it_together() -> None:
    plan = [(i * 8.0, f"family {i}", 800) for i in range(6)]
    outcome = run_families({"*": bucket(100)}, plan)
    assert sum(outcome.refused.values()) <= 48  # all six together, what one alone may cost
    assert max(outcome.done_at.values()) <= 1.05 * 48
    assert set(outcome.limits) == {"*"}


def test_families_that_follow_each_other_meet_a_shared_limit_once() -> None:
    plan = [(i * 9.0, f"family {i}", 800) for i in range(5)]
    outcome = run_families({"*": lockout(100)}, plan)
    assert sum(outcome.refused.values()) <= 80


def test_a_family_with_a_limit_of_its_own_does_not_slow_the_others() -> None:
    outcome = run_families({"a": bucket(20)}, [(0.0, "a", 400), (0.0, "b", 8000)])
    assert outcome.done_at["b"] <= 1.2 * 8000 / 364 + 2
    assert outcome.refused["b"] == 0
    assert "a" in outcome.limits


def test_two_families_with_two_limits_both_run_at_theirs() -> None:
    limits = {"a": bucket(20), "b": bucket(100)}
    outcome = run_families(limits, [(0.0, "a", 800), (0.0, "b", 4000)])
    assert outcome.done_at["a"] <= 1.12 * 39
    assert outcome.done_at["b"] <= 1.12 * 39


def test_a_family_that_starts_alone_is_not_held_to_another_ones_limit() -> None:
    outcome = run_families({"a": bucket(20)}, [(0.0, "a", 400), (25.0, "b", 8000)])
    assert outcome.done_at["b"] <= 25 + 55  # at a's 20 a second it would take 400 s


def test_a_family_that_meets_a_lower_limit_leaves_the_shared_one_alone() -> None:
    limits = {"a": bucket(100), "b": bucket(20)}
    plan = [(0.0, "a", 2000), (25.0, "b", 400), (60.0, "a again", 2000)]
    outcome = run_families({**limits, "a again": bucket(100)}, plan)
    assert outcome.limits.get("b", outcome.limits.get("*")) == pytest.approx(20, rel=0.2)
    assert outcome.done_at["a again"] <= 60 + 45


# -- one call ------------------------------------------------------------------------------


def in_virtual_time(body: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await body()

    run_virtual(main())


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_refused_call_waits_its_own_retry_after_and_holds_up_nobody() -> None:
    async def body() -> None:
        pacer = Pacer(concurrency=2)
        refused = await pacer.admit("people")
        await asyncio.sleep(0.05)
        assert pacer.throttled(refused, 9.0) == 9.0
        began = now()
        again = asyncio.create_task(pacer.readmit(refused))
        for _ in range(20):
            other = await pacer.admit("people")
            await asyncio.sleep(0.05)
            pacer.succeeded(other)
        assert now() - began < 9.0
        await again
        assert now() - began == pytest.approx(9.0, abs=0.5)
        assert (refused.refusals, refused.waited_seconds) == (1, 9.0)

    in_virtual_time(body)


def test_a_refused_call_goes_before_those_not_sent_yet() -> None:
    async def body() -> None:
        pacer = Pacer(concurrency=1)
        first = await pacer.admit("people")
        order: list[str] = []

        async def fresh(name: str) -> None:
            ticket = await pacer.admit("people")
            order.append(name)
            await asyncio.sleep(0.4)
            pacer.succeeded(ticket)

        tasks = [asyncio.create_task(fresh(f"fresh {i}")) for i in range(4)]
        await asyncio.sleep(0.05)
        pacer.throttled(first, 0.5)
        await pacer.readmit(first)
        order.append("refused")
        pacer.succeeded(first)
        await asyncio.gather(*tasks)
        assert order.index("refused") <= 2

    in_virtual_time(body)


def test_waiting_for_leave_holds_no_slot() -> None:
    async def body() -> None:
        pacer = Pacer(concurrency=3)
        tickets = [await pacer.admit("people") for _ in range(3)]
        for ticket in tickets:
            pacer.throttled(ticket, 60.0)
        assert pacer.in_flight == 0

    in_virtual_time(body)


def test_everybody_waits_only_when_later_calls_are_refused_too() -> None:
    outcome = run_shape(SHAPES["C"], seed=1)  # every refusal says 10 s
    names = [name for _, name, _ in outcome.events]
    assert "throttled" in names
    assert "shut" not in names
    shut = run_against_a_lock_out()
    assert "shut" in [name for _, name, _ in shut.events]


def test_nothing_is_sent_while_the_door_is_shut() -> None:
    outcome = run_against_a_lock_out()
    closed_at, _, facts = next(event for event in outcome.events if event[1] == "shut")
    assert outcome.sent_between(closed_at + 0.02, closed_at + facts["seconds"] - 0.01) == 0


@pytest.mark.parametrize("junk", [None, -1.0, math.nan, math.inf])
def test_junk_in_retry_after_becomes_a_growing_wait_with_jitter(junk: float | None) -> None:
    async def body() -> None:
        pacer = Pacer(rand=random.Random(1).random)
        ticket = Ticket("people")
        waits = [pacer.throttled(ticket, junk) for _ in range(12)]
        assert 1.0 <= waits[0] <= 1.5
        assert all(2.0**n <= wait <= 1.5 * 2.0**n for n, wait in enumerate(waits[:7]))
        assert max(waits) <= 96.0

    in_virtual_time(body)


def test_an_absurd_retry_after_is_capped() -> None:
    async def body() -> None:
        pacer = Pacer()
        assert pacer.throttled(Ticket("people"), 1e9) == MAX_RETRY_AFTER_SECONDS

    in_virtual_time(body)


def test_a_locked_resource_teaches_nothing_about_the_rate() -> None:
    async def body() -> None:
        heard: list[str] = []
        pacer = Pacer(concurrency=5, on_event=lambda name, **_: heard.append(name))
        ticket = await pacer.admit("people")
        await asyncio.sleep(0.05)
        assert pacer.locked(ticket, 2.0) == 2.0
        began = now()
        await pacer.readmit(ticket)
        assert now() - began == pytest.approx(2.0)
        pacer.succeeded(ticket)
        assert heard == []
        assert pacer.in_flight == 0

    in_virtual_time(body)


def test_a_small_family_does_not_wait_behind_a_large_one() -> None:
    async def body() -> None:
        pacer = Pacer(concurrency=1)
        holder = await pacer.admit("large")
        order: list[str] = []

        async def wait(family: str) -> None:
            ticket = await pacer.admit(family)
            order.append(family)
            pacer.succeeded(ticket)

        tasks = [asyncio.create_task(wait("large")) for _ in range(50)]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(wait("small")))
        await asyncio.sleep(0)
        pacer.succeeded(holder)
        await asyncio.gather(*tasks)
        assert order.index("small") <= 1

    in_virtual_time(body)


def test_calls_of_a_family_leave_in_order_of_arrival() -> None:
    async def body() -> None:
        pacer = Pacer(concurrency=1)
        holder = await pacer.admit("people")
        order: list[int] = []

        async def wait(number: int) -> None:
            ticket = await pacer.admit("people")
            order.append(number)
            pacer.succeeded(ticket)

        tasks = [asyncio.create_task(wait(number)) for number in range(30)]
        await asyncio.sleep(0)
        pacer.succeeded(holder)
        await asyncio.gather(*tasks)
        assert order == sorted(order)

    in_virtual_time(body)


# -- nothing leaks -------------------------------------------------------------------------


def test_handing_back_twice_counts_once() -> None:
    async def body() -> None:
        pacer = Pacer(concurrency=2)
        ticket = await pacer.admit("people")
        pacer.succeeded(ticket)
        pacer.succeeded(ticket)
        pacer.release(ticket)
        pacer.throttled(ticket, 1.0)
        assert pacer.in_flight == 0

    in_virtual_time(body)


def test_tickets_that_nobody_hands_back_do_not_block_for_ever() -> None:
    async def body() -> None:
        pacer = Pacer(concurrency=1)
        lost = await pacer.admit("people")
        began = now()
        ticket = await pacer.admit("people")
        assert now() - began == pytest.approx(LOST_AFTER_SECONDS, rel=0.1)
        pacer.release(lost)
        assert pacer.in_flight == 1
        pacer.succeeded(ticket)
        assert pacer.in_flight == 0

    in_virtual_time(body)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    cancelled=st.floats(0.05, 0.9),
    in_flight=st.integers(1, 12),
)
def test_cancelled_callers_leave_no_trace(seed: int, cancelled: float, in_flight: int) -> None:
    dice = random.Random(seed)

    async def body() -> None:
        pacer = Pacer(concurrency=in_flight)
        limiter = bucket(40, 5).build()

        async def one() -> None:
            await asyncio.sleep(dice.random())
            ticket = await pacer.admit("people")
            try:
                await asyncio.sleep(0.05)
                while (wait := limiter.admit(now())) is not None:
                    pacer.throttled(ticket, wait)
                    await pacer.readmit(ticket)
                    await asyncio.sleep(0.05)
                pacer.succeeded(ticket)
            finally:
                pacer.release(ticket)

        tasks = [asyncio.create_task(one()) for _ in range(60)]
        for task in tasks:
            await asyncio.sleep(dice.random() * 0.05)
            if dice.random() < cancelled:
                task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(
            result is None or isinstance(result, asyncio.CancelledError) for result in results
        )
        assert pacer.in_flight == 0
        ticket = await asyncio.wait_for(pacer.admit("people"), 60)
        pacer.succeeded(ticket)

    in_virtual_time(body)


# -- the cap -------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    per_minute=st.integers(1, 400),
    seed=st.integers(0, 10**6),
    rate=st.none() | st.floats(0.5, 50),
)
def test_no_minute_holds_more_calls_than_the_cap(
    per_minute: int, seed: int, rate: float | None
) -> None:
    shape = bucket(rate, 10) if rate else None
    calls = min(600, 3 * per_minute + 2)
    outcome = run_shape(
        shape, calls=calls, noise=0.0, seed=seed, max_rate_per_minute=per_minute, stalls=True
    )
    left = outcome.left_at
    assert len(left) == calls + outcome.refused
    for index in range(len(left) - per_minute):
        assert left[index + per_minute] - left[index] >= 60.0 - 1e-6


def test_the_cap_is_used_in_full() -> None:
    outcome = run_shape(None, calls=1200, max_rate_per_minute=600)
    assert outcome.wall == pytest.approx(120, rel=0.02)


# -- what it tells -------------------------------------------------------------------------


def test_what_was_learned_survives_a_restart() -> None:
    async def learn() -> dict[str, Any]:
        pacer = Pacer()
        pacer.restore({"limits": {"*": 80.0, "read people": 12.5}})
        return pacer.snapshot()

    saved = run_virtual(learn())
    assert saved == {"limits": {"*": 80.0, "read people": 12.5}}


@pytest.mark.parametrize(
    "junk", [{}, {"limits": 3}, {"limits": {"*": "fast", "x": -1, "y": math.nan, 3: 4.0}}]
)
def test_a_damaged_memory_is_no_memory(junk: dict[str, Any]) -> None:
    async def learn() -> dict[str, float]:
        pacer = Pacer()
        pacer.restore(junk)
        return pacer.limits

    assert run_virtual(learn()) == {}


def test_a_resumed_run_starts_at_the_limit_it_knew() -> None:
    async def body() -> None:
        pacer = Pacer(concurrency=20)
        pacer.restore({"limits": {"*": 50.0}})
        began = now()
        for _ in range(100):
            pacer.succeeded(await pacer.admit("people"))
        assert now() - began == pytest.approx(2.0, rel=0.1)

    in_virtual_time(body)


def test_the_rate_shown_is_what_was_sent_lately() -> None:
    async def body() -> None:
        pacer = Pacer(max_rate_per_minute=3000)
        assert pacer.rate == 0.0
        for _ in range(300):
            pacer.succeeded(await pacer.admit("people"))
        assert pacer.rate == pytest.approx(50, rel=0.1)
        await asyncio.sleep(20)
        assert pacer.rate < 0.1

    in_virtual_time(body)


def test_events_tell_what_was_learned() -> None:
    outcome = run_against_a_lock_out()
    names = {name for _, name, _ in outcome.events}
    assert {"throttled", "shut", "reopened", "rate"} <= names
    assert all(facts["family"] == "*" for _, _, facts in outcome.events)
    last = [facts for _, name, facts in outcome.events if name == "rate"][-1]
    assert last["limit"] == pytest.approx(100, rel=0.05)
    assert last["rate"] < last["limit"]
