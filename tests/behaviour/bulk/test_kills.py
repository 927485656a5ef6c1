"""Runs killed with SIGKILL at every kind of call, each resumed to the end."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from Space_OdT.simulator.world import World
from tests.behaviour.bulk.conftest import Bot, Crowd, Row, Run, Simulator
from tests.behaviour.bulk.fingerprint import fingerprint

pytestmark = pytest.mark.xdist_group("bulk-disturbed")

PEOPLE = 60
USERS = 5
# Every kind of write the bot sends: method and path pattern.
WRITES = (
    ("POST", "/locations"),
    ("POST", "/telephony/config/locations"),
    ("PUT", "/telephony/pstn/locations/*/connection"),
    ("POST", "/telephony/config/locations/*/numbers"),
    ("PUT", "/telephony/config/locations/*"),
    ("PATCH", "/licenses/users"),
    ("PUT", "/people/*/features/*"),
    ("PUT", "/people/*"),
    ("PUT", "/telephony/config/people/*/numbers"),
    ("POST", "/telephony/config/jobs/person/moveLocation"),
)
# Before the write is carried out, and after it was carried out but before the answer arrives.
MOMENTS = ("hang", "slow")
RUNS = 200
KILLED_AFTER_SECONDS = 30.0


def rows_of(crowd: Crowd) -> list[Row]:
    """Rows that need every kind of write."""
    rows = crowd.rows(USERS, locations=2)
    for index, row in enumerate(rows[:2]):
        row["main_number"] = f"+3497320000{index}"
    for row in rows:
        if row["entity_type"] == "user":
            row["calling_settings_voicemail_enabled"] = "false"
            row["calling_settings_forward_always_destination"] = "530000001"
    someone = crowd.calling[0]
    home = crowd.organisation.locations[someone.location_id].name
    free = next(
        one.phone_number
        for one in crowd.organisation.plan.in_location(someone.location_id)
        if crowd.organisation.plan.owner_of(one.phone_number) is None and one.number_type == "DID"
    )
    changed = {"entity_type": "extension_assignment", "email": someone.email, "location_key": home}
    rows.append({**changed, "extension": "79999999", "calling_settings_alternate_number": free})
    return [*rows, *movers(crowd, home)]


def movers(crowd: Crowd, home: str) -> list[Row]:
    """Rows of two people who have calling in another location than the one asked for."""
    locations = crowd.organisation.locations
    elsewhere = [one for one in crowd.calling if locations[one.location_id].name != home][:2]
    return [
        {
            "entity_type": "extension_assignment",
            "email": one.email,
            "location_key": home,
            "extension": f"{79700000 + index}",
        }
        for index, one in enumerate(elsewhere)
    ]


def kill_when_struck(bot: Bot, simulator: Simulator, rule: dict[str, Any]) -> bool:
    """Start a run and kill it while the call of a fault rule is on its way."""
    simulator.faults({**rule, "times": 1, "seconds": 60})
    process = bot.start("--concurrent-requests", "4", REQUEST_TIMEOUT_SECONDS="90")
    deadline = time.monotonic() + KILLED_AFTER_SECONDS
    struck = False
    while process.poll() is None and time.monotonic() < deadline:
        if any(one["struck"] for one in simulator.control("GET", "faults")["faults"]):
            struck = True
            break
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=30)
    simulator.no_faults()
    return struck


def world_of(simulator: Simulator) -> World:
    return World.from_state(simulator.control("GET", "state"))


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody disturbs is given, sends and leaves."""

    rows: list[Row]
    calls: int
    seconds: float
    left: dict[str, Any]


@pytest.fixture(scope="module", name="undisturbed")
def an_undisturbed_run(running: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    running.control("POST", "reset", {"size": PEOPLE})
    running.control("POST", "limiter", {})
    rows = rows_of(Crowd(running.organisation))
    bot = Bot(running.url, tmp_path_factory.mktemp("undisturbed"))
    bot.write(rows)
    began = time.monotonic()
    run = bot.run()
    seconds = time.monotonic() - began
    assert run.code == 0, run.stdout + run.stderr
    return Undisturbed(rows, len(running.calls()), seconds, fingerprint(world_of(running)))


def check(run: Run, simulator: Simulator, undisturbed: Undisturbed) -> None:
    assert run.code == 0, run.stdout + run.stderr
    numbers = Counter(int(one["row_number"]) for one in run.results)
    wanted = Counter(range(1, len(undisturbed.rows) + 1))
    assert numbers == wanted, "a row is lost or has two outcomes"
    assert run.pending == []
    assert fingerprint(world_of(simulator)) == undisturbed.left
    created = [
        one["body"]["name"]
        for one in simulator.writes()
        if one["path"] == "/locations" and one["committed"]
    ]
    assert len(created) == len(set(created)), "a location was created twice"


def kill_around(bot: Bot, simulator: Simulator, write: tuple[str, str], moment: str) -> str | None:
    """Kill a run around a write; say which, if it was sent."""
    rule = {"kind": moment, "method": write[0], "path": write[1]}
    return named(write, moment) if kill_when_struck(bot, simulator, rule) else None


def named(write: tuple[str, str], moment: str) -> str:
    return f"{' '.join(write)} ({moment})"


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("write", WRITES, ids=" ".join)
def test_a_run_killed_around_a_write_is_finished_by_the_next(
    running, undisturbed, tmp_path, write, moment
) -> None:
    bot = Bot(running.url, tmp_path)
    bot.write(undisturbed.rows)
    running.control("POST", "reset", {"size": PEOPLE})
    assert kill_around(bot, running, write, moment), "the run never sent this call"
    check(bot.run(), running, undisturbed)


def kill_at_any_instant(bot: Bot, seconds: float) -> bool:
    """Start a run and kill it after so many seconds, wherever it is then."""
    process = bot.start("--concurrent-requests", "4")
    time.sleep(seconds)
    was_running = process.poll() is None
    process.kill()
    process.communicate(timeout=30)
    return was_running


def random_kill(
    random: Random, bot: Bot, simulator: Simulator, undisturbed: Undisturbed
) -> str | None:
    """Kill a run around a random call or write, or at any instant; say where, if it was hit."""
    kind = random.choice(("a call", "a write", "any instant"))
    moment = random.choice(MOMENTS)
    if kind == "any instant":
        return kind if kill_at_any_instant(bot, random.uniform(0.2, undisturbed.seconds)) else None
    if kind == "a write":
        return kill_around(bot, simulator, random.choice(WRITES), moment)
    rule = {"kind": moment, "after": random.randrange(undisturbed.calls)}
    return kind if kill_when_struck(bot, simulator, rule) else None


@pytest.mark.soak
def test_two_hundred_runs_killed_at_random_calls(
    running, undisturbed, tmp_path, record_property, capsys
) -> None:
    random = Random(20260101)
    hits: Counter[str] = Counter()
    killed_runs = 0
    # every kind of write twice, then at random
    aims = [(write, moment) for write in WRITES for moment in MOMENTS] * 2
    for number in range(2 * RUNS):  # some runs are over before their kill comes
        if killed_runs == RUNS:
            break
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        bot = Bot(running.url, folder)
        bot.write(undisturbed.rows)
        running.control("POST", "reset", {"size": PEOPLE})
        first = [kill_around(bot, running, *aims.pop())] if aims else []
        more = random.choice((0, 0, 0, 1, 2) if first else (1, 1, 1, 2, 3))
        found = first + [random_kill(random, bot, running, undisturbed) for _ in range(more)]
        check(bot.run(), running, undisturbed)
        hits.update(filter(None, found))
        killed_runs += any(found)
    record_property("kills", hits.total())
    with capsys.disabled():
        lines = [f"{hits.total()} kills in {killed_runs} runs, each resumed to the end:"]
        lines += [f"  {count:4} {place}" for place, count in sorted(hits.items())]
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert killed_runs == RUNS
    assert {named(write, moment) for write in WRITES for moment in MOMENTS} <= hits.keys()
