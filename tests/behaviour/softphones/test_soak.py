"""3,000 softphones in a storm: killed three times, resumed, failures run again, nothing lost."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from Space_OdT.commands.embedded import embedded_simulator
from tests.behaviour.bulk.conftest import ADMIN, Simulator
from tests.behaviour.softphones.conftest import DESTINATION, Office, Phones

pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("softphones-soak")]

SOFTPHONES = 3000
PEOPLE = 3400
FEATURES = {"apply_forwarding": "callForwarding", "apply_voicemail": "voicemail"}
# 5 % of all calls: refused before they are carried out, or answered wrong after it.
FAULTS = (
    {"kind": "status", "status": 500, "probability": 0.03},
    {"kind": "status_after", "status": 500, "probability": 0.02},
)
KILLS = (0.15, 0.4, 0.65)
CALLS_A_PERSON = 7
SETTLING_SECONDS = 120.0

States = dict[tuple[str, str], Any]


@pytest.fixture(name="crowded")
def a_crowded_simulator() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE, 7) as url:
        yield Simulator(url)


def rows_of(office: Office) -> list[dict[str, str]]:
    cells = {
        "cf_always_enabled": "true",
        "cf_always_destination": DESTINATION,
        "voicemail_enabled": "true",
        "voicemail_send_all_calls_enabled": "true",
    }
    new = [office.newcomer_row(index, **cells) for index in range(min(100, len(office.newcomers)))]
    old = [office.calling_row(index, **cells) for index in range(SOFTPHONES - len(new))]
    return [*new, *old]


async def read_states(url: str, people: dict[str, str]) -> States:
    """Read the features of everybody, as they are now."""
    found: States = {}
    headers = {"Authorization": f"Bearer {ADMIN}"}
    gate = asyncio.Semaphore(16)
    async with aiohttp.ClientSession(headers=headers) as session:

        async def one(email: str, person_id: str, feature: str) -> None:
            async with (
                gate,
                session.get(f"{url}/people/{person_id}/features/{feature}") as answer,
            ):
                if answer.status == 200:
                    found[email, feature] = await answer.json()

        await asyncio.gather(
            *(
                one(email, person_id, feature)
                for email, person_id in people.items()
                for feature in FEATURES.values()
            )
        )
    return found


def kill_at(phones: Phones, simulator: Simulator, share: float, arguments: list[str]) -> None:
    wanted = int(share * SOFTPHONES * CALLS_A_PERSON)
    process = phones.start(*arguments, MAX_RETRIES="1")
    deadline = time.monotonic() + SETTLING_SECONDS
    while simulator.control("GET", "summary")["calls"]["total"] < wanted:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.kill()
    process.communicate(timeout=30)


def every_change(v2: Path) -> list[dict[str, Any]]:
    """The lines of all passes, in the order of time."""
    logs = [*sorted(v2.glob("history/*/changes.log")), v2 / "changes.log"]
    lines = [
        json.loads(line) for log in logs for line in log.read_text(encoding="utf-8").splitlines()
    ]
    return sorted(lines, key=lambda line: line["timestamp"])


def laid_over(base: Any, change: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return {**base, **{name: laid_over(base.get(name), value) for name, value in change.items()}}


def check_chain(lines: list[dict[str, Any]], before: Any, after: Any) -> None:
    """Each line goes on where the last one stopped, from the first state to the last."""
    state = before
    for line in lines:
        if line["before"] is not None and state is not None:
            assert line["before"] == state, line
        state = line["after"]
        is_open = line["status"] == "failed" or "could not be read" in line["details"]
        assert state is not None or is_open, line
    assert state in (None, after), lines[-1]


def test_three_thousand_softphones_in_a_storm(
    crowded: Simulator, tmp_path: Path, record_property: Any
) -> None:
    office = Office(crowded)
    phones = Phones(crowded.url, tmp_path)
    rows = rows_of(office)
    assert len({row["user_email"] for row in rows}) == SOFTPHONES
    ids = {one.email: one.id for one in office.organisation.people.values()}
    people = {row["user_email"]: ids[row["user_email"]] for row in rows}
    phones.prepare(rows)
    phones.write("all_yes.json", {})
    first = asyncio.run(read_states(crowded.url, people))
    crowded.forget_calls()
    crowded.faults(*FAULTS)
    begun = time.monotonic()
    arguments = ["--decisions-file", "all_yes.json"]
    for share in KILLS:
        kill_at(phones, crowded, share, arguments)
    ended = phones.run(*arguments, MAX_RETRIES="1")
    assert ended.code == 1, ended.told
    state = ended.state
    assert state["completed_count"] + state["failed_count"] == SOFTPHONES
    failed = state["failed_count"]
    assert failed > 10, "the storm must hit somebody"
    assert len(ended.failures) == failed
    assert all(row["http_status"] == "500" and row["tracking_id"] for row in ended.failures)
    again = phones.run("--only-failures", *arguments, MAX_RETRIES="1")
    left = again.state["failed_count"]
    assert left < failed
    last = phones.run("--only-failures", *arguments, MAX_RETRIES="6")
    assert last.code == 0, last.told
    assert last.state["completed_count"] == SOFTPHONES
    record_property("seconds", round(time.monotonic() - begun))
    record_property("failed", f"{failed}, then {left}, then 0")
    crowded.no_faults()
    calls = crowded.control("GET", "summary")["calls"]
    record_property("calls", calls["total"])
    check_history(office, phones, people, first)
    crowded.forget_calls()
    assert phones.run(*arguments).code == 0
    assert crowded.writes() == []


def check_history(office: Office, phones: Phones, people: dict[str, str], first: States) -> None:
    writes: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for one in office.writes():
        if one["method"] == "PUT" and "/features/" in one["path"]:
            _, _, person_id, _, feature = one["path"].split("/")
            writes[person_id, feature].append(one["body"])
    lines: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for line in every_change(phones.v2):
        lines[line["user_email"], line["stage"]].append(line)
    final = asyncio.run(read_states(phones.url, people))
    assert len(final) == len(people) * len(FEATURES)
    for email, person_id in people.items():
        for stage, feature in FEATURES.items():
            mine, sent = lines[email, stage], writes[person_id, feature]
            before, after = first.get((email, feature)), final[email, feature]
            check_chain(mine, before, after)
            is_told = any(line["details"].startswith("applied") for line in mine)
            is_failed = any(line["status"] == "failed" for line in mine)
            assert is_told == bool(sent) or is_failed, (email, stage)
            if sent:
                base = before if before is not None else mine[0]["before"]
                assert laid_over(base, sent[-1]) == after
