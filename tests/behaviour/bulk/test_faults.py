"""A storm of faults of every kind: nothing crashes, nothing is done twice, nothing is lost."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

from bench.bare_organisation import ROUTE, bare_world, emails_of
from bench.generate_bulk_csv import Plan, write
from Space_OdT.simulator.world import World
from tests.behaviour.bulk.conftest import Bot, Run, Simulator
from tests.behaviour.bulk.fingerprint import fingerprint

pytestmark = pytest.mark.xdist_group("bulk-disturbed")

SHARE = 0.10
KINDS: tuple[dict[str, object], ...] = (
    {"kind": "status", "status": 429, "retry_after": "0.1"},
    {"kind": "status", "status": 429, "retry_after": "junk"},
    {"kind": "status", "status": 423, "retry_after": "0.1"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 504},
    {"kind": "slow", "seconds": 0.3},
    {"kind": "hang", "seconds": 30},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "malformed_json"},
    {"kind": "missing_field"},
)
# What a row may end with when its calls, or those of a row it needs, were exhausted.
EXHAUSTED = frozenset(
    {"retry_exhausted", "precondition_missing", "half_applied", "invalid_response_schema"}
)
STORM = tuple({**one, "probability": SHARE / len(KINDS), "name": str(one)} for one in KINDS)


def world_of(simulator: Simulator) -> World:
    return World.from_state(simulator.control("GET", "state"))


def once_each(run: Run, rows: int) -> None:
    numbers = Counter(int(one["row_number"]) for one in run.results)
    assert numbers == Counter(range(1, rows + 1))


def through_the_storm(
    bot: Bot, simulator: Simulator, plan: Plan, *, retries: int = 3
) -> dict[str, Any]:
    """Run a file in calm weather and in the storm, compare what is left; the storm's summary."""
    rows = write(bot.input, plan)
    start = simulator.control("GET", "state")
    calm = bot.run("--output-dir", str(bot.folder / "calm"))
    assert calm.code == 0, calm.stdout + calm.stderr
    expected = fingerprint(world_of(simulator))
    simulator.control("POST", "state", start)
    simulator.forget_calls()
    simulator.faults(*STORM)
    run = bot.run(
        REQUEST_TIMEOUT_SECONDS="2", THROTTLE_BUDGET_SECONDS="60", MAX_RETRIES=str(retries)
    )
    assert run.code in {0, 1}, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    assert not (bot.out / "logs" / "bulk_run-crash.log").exists()
    once_each(run, rows)
    assert {one["reason_code"] for one in run.pending} <= EXHAUSTED
    summary = run.summary
    struck = {one["name"]: one["struck"] for one in simulator.control("GET", "faults")["faults"]}
    assert all(struck.values()), struck
    simulator.no_faults()
    again = bot.run()
    assert again.code == 0, again.stdout + again.stderr
    once_each(again, rows)
    assert fingerprint(world_of(simulator)) == expected
    created = [
        one["body"]["name"]
        for one in simulator.writes()
        if one["path"] == "/locations" and one["committed"]
    ]
    assert len(created) == len(set(created)) == plan.locations
    return summary


@pytest.fixture(name="bare")
def a_bare_organisation(running: Simulator) -> World:
    world = bare_world(150)
    running.control("POST", "state", world.to_state())
    running.no_faults()
    running.forget_calls()
    return world


@pytest.mark.parametrize("retries", [1, 3])
def test_a_storm_leaves_only_exhausted_rows_and_the_next_run_finishes_them(
    bare, running, tmp_path, retries
) -> None:
    plan = Plan(
        locations=8,
        users=150,
        assignments=150,
        emails=emails_of(bare),
        route=ROUTE,
        settings_share=0.3,
    )
    summary = through_the_storm(Bot(running.url, tmp_path), running, plan, retries=retries)
    assert summary["calls"]["retries"] > 0
    assert summary["calls"]["responses_429"] > 0
    if retries == 1:
        assert summary["rows"]["pending"] > 0, "with one repeat, some rows are left to the next run"


@pytest.mark.soak
@pytest.mark.parametrize("retries", [1, 3])
def test_a_storm_over_21_000_rows(running, tmp_path, retries, capsys) -> None:
    world = bare_world(10_400)
    running.control("POST", "state", world.to_state())
    running.no_faults()
    running.forget_calls()
    plan = Plan(emails=emails_of(world), route=ROUTE)
    summary = through_the_storm(Bot(running.url, tmp_path), running, plan, retries=retries)
    calls, rows = summary["calls"], summary["rows"]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{rows['in']:,} rows, {retries} repeats: {summary['seconds']:.0f} s, "
            f"{calls['calls']:,} calls, {calls['responses_429']:,} throttled, "
            f"{rows['pending']:,} pending; the next run finished them\n"
        )
