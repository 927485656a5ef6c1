"""Location jobs killed at random calls, and run in a storm: nothing twice, nothing lost."""

from __future__ import annotations

import time
from random import Random

import pytest

from tests.behaviour.bulk.conftest import Row, Simulator
from tests.behaviour.v21.conftest import APPLY, ENABLED, WITHOUT_CALLING, Sites, new_sites

pytestmark = pytest.mark.xdist_group("locations-behaviour")

# Before a call is carried out, and after it was carried out but before the answer arrives.
MOMENTS = ("hang", "slow")
WRITES = (
    ("POST", "/locations"),
    ("POST", "/telephony/config/locations"),
    ("PUT", "/telephony/pstn/locations/*/connection"),
    ("PUT", "/telephony/config/locations/*/outgoingPermission"),
    ("PUT", "/locations/*"),
)
SHARE = 0.05
KINDS: tuple[dict[str, object], ...] = (
    {"kind": "status", "status": 429, "retry_after": "0.1"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "slow", "seconds": 0.3},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "malformed_json"},
)
STORM = tuple({**one, "probability": SHARE / len(KINDS)} for one in KINDS)
SITES = 6


def rows() -> list[Row]:
    """Rows that need every kind of write."""
    profile = {"default_outgoing_profile": "internal-only"}
    changed = {"name": ENABLED, "city": "Salt"}
    enabled = {"name": WITHOUT_CALLING, "route_group_id": "RG_PRE"}
    return [*new_sites(SITES, **profile), changed, enabled]


def left(simulator: Simulator) -> list[tuple[object, ...]]:
    """What the sites are, without ids that depend on the order of calls."""
    return sorted(
        (one.name, one.city, one.address1, one.calling, str(one.pstn), bool(one.route_id))
        for one in simulator.organisation.locations.values()
    )


def killed_around(sites: Sites, rule: dict[str, object]) -> bool:
    """Apply, and kill the run while the call that a rule strikes is on its way."""
    sites.simulator.faults({**rule, "times": 1, "seconds": 60})
    process = sites.start(APPLY, "--concurrent-requests", "2", REQUEST_TIMEOUT_SECONDS="90")
    deadline = time.monotonic() + 30
    struck = False
    while process.poll() is None and time.monotonic() < deadline and not struck:
        rules = sites.simulator.control("GET", "faults")["faults"]
        struck = any(one["struck"] for one in rules)
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=30)
    sites.simulator.no_faults()
    return struck


def check(sites: Sites) -> None:
    job = sites.last
    assert len(sites.job_folders()) == 1
    assert job.job["status"] == "completed"
    assert job.has_each_row_once()
    assert job.job["totals"]["success"] == SITES + 2
    made = [one for one in sites.simulator.writes() if one["path"] == "/locations"]
    assert sum(one["committed"] for one in made) == SITES, "a site was created twice"
    found = [one.name for one in sites.simulator.organisation.locations.values()]
    assert len(found) == len(set(found)) == 4 + SITES


@pytest.fixture(name="undisturbed")
def what_an_undisturbed_job_leaves(sites: Sites) -> list[tuple[object, ...]]:
    sites.given(rows())
    assert sites.apply().code == 0
    found = left(sites.simulator)
    sites.simulator.control("POST", "reset", {"size": 60})
    for one in sites.job_folders():
        one.path.rename(sites.home / one.path.name)
    (sites.folder / "location_map.csv").unlink()
    sites.simulator.forget_calls()
    return found


def killed_and_resumed(sites: Sites, random: Random, kills: int) -> None:
    """Kill a job several times around random writes, then let it end, one way or the other."""
    for _ in range(kills):
        method, path = random.choice(WRITES)
        rule = {"kind": random.choice(MOMENTS), "method": method, "path": path}
        killed_around(sites, {**rule, "after": random.randrange(2)})
        if sites.job_folders() and sites.last.job["status"] == "completed":
            return  # this kill came too late
    by_job = random.random() < 0.5
    run = sites.jobs("resume", sites.last.path.name) if by_job else sites.apply()
    assert run.code == 0, run.stderr + run.stdout


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_job_killed_around_random_writes_ends_as_if_nothing_had_been(
    sites: Sites, undisturbed: list[tuple[object, ...]], seed: int
) -> None:
    killed_and_resumed(sites, Random(seed), kills=2)
    check(sites)
    assert left(sites.simulator) == undisturbed


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 150))
def test_fifty_jobs_killed_around_random_writes(
    sites: Sites, undisturbed: list[tuple[object, ...]], seed: int
) -> None:
    killed_and_resumed(sites, Random(seed), kills=3)
    check(sites)
    assert left(sites.simulator) == undisturbed


def test_200_sites_with_five_percent_of_faults_are_all_done_once(sites: Sites) -> None:
    sites.given(new_sites(200))
    sites.simulator.faults(*STORM)
    stormy = sites.apply(MAX_RETRIES="4", REQUEST_TIMEOUT_SECONDS="5", THROTTLE_BUDGET_SECONDS="60")
    assert stormy.code in {0, 1}, stormy.stderr
    assert stormy.code == 0 or sites.last.job["totals"]["pending"] > 0
    assert sites.last.has_each_row_once()
    sites.simulator.no_faults()
    calm = sites.apply()
    assert calm.code == 0, calm.stderr
    made = [one for one in sites.locations().values() if one.name.startswith("CUV")]
    assert len(made) == 200
    assert all(one.calling and one.route_id for one in made)
    sites.simulator.forget_calls()
    assert sites.apply().code == 0
    assert sites.writes() == []
