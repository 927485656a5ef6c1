from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import pytest

from Space_OdT.inventory.fan_out import FanOut
from Space_OdT.inventory.manifest import BY_NAME, Feed
from Space_OdT.inventory.resolver import ALTERNATES, EntityQueue, required_ids

PERSON = Feed("people", {"person_id": "id", "location_id": "place"}, where="calling")


def queue_of(count: int) -> EntityQueue:
    queue = EntityQueue(Feed("source", {"number": "id"}), ["number"])
    queue.offer({"id": number} for number in range(1, count + 1))
    queue.close()
    return queue


async def collect(queue: EntityQueue, *, start: int = 0, stop_at: int = 0, window: int = 6) -> Any:
    pending: set[int] = set()
    most = 0
    settled: list[int] = []
    lots = random.Random(3)

    async def fetch(entity: Mapping[str, Any]) -> int:
        nonlocal most
        pending.add(entity["number"])
        most = max(most, len(pending))
        for _ in range(lots.randrange(5)):
            await asyncio.sleep(0)
        pending.remove(entity["number"])
        return int(entity["number"])

    def settle(entity: Mapping[str, Any], fetched: int) -> bool:
        assert entity["number"] == fetched
        settled.append(fetched)
        return fetched != stop_at

    await FanOut(queue, fetch, settle, start=start, workers=4, window=window).run()
    return settled, most


async def test_everything_is_settled_in_order_whatever_the_order_of_arrival() -> None:
    settled, most = await collect(queue_of(50))
    assert settled == list(range(1, 51))
    assert most == 4


async def test_a_run_goes_on_after_what_was_settled_before() -> None:
    settled, _ = await collect(queue_of(10), start=7)
    assert settled == [8, 9, 10]


async def test_nothing_is_settled_after_the_rest_is_not_wanted() -> None:
    settled, _ = await collect(queue_of(50), stop_at=5)
    assert settled == [1, 2, 3, 4, 5]


async def test_a_narrow_window_still_reads_everything() -> None:
    settled, most = await collect(queue_of(20), window=1)
    assert settled == list(range(1, 21))
    assert most == 1


async def test_entities_are_read_while_their_source_still_grows() -> None:
    queue = EntityQueue(Feed("source", {"number": "id"}), ["number"])
    seen: list[int] = []

    async def fetch(entity: Mapping[str, Any]) -> int:
        return int(entity["number"])

    def settle(_: Mapping[str, Any], fetched: int) -> bool:
        seen.append(fetched)
        return True

    task = asyncio.create_task(FanOut(queue, fetch, settle, start=0, workers=2, window=4).run())
    for number in range(1, 4):
        queue.offer(({"id": number},))
        for _ in range(5):
            await asyncio.sleep(0)
        assert seen == list(range(1, number + 1))
    queue.close()
    await task


async def test_one_failure_ends_all_workers() -> None:
    async def fetch(entity: Mapping[str, Any]) -> int:
        if entity["number"] == 3:
            raise RuntimeError
        await asyncio.sleep(0)
        return 0

    with pytest.raises(ExceptionGroup):
        await FanOut(queue_of(100), fetch, lambda *_: True, start=0, workers=4, window=8).run()


def test_ids_stay_paired_and_each_entity_comes_once() -> None:
    queue = EntityQueue(PERSON, ["person_id"])
    rows = [
        {"id": "a", "place": "x", "calling": True},
        {"id": "b", "place": "y", "calling": False},
        {"id": "", "place": "y", "calling": True},
        {"id": "a", "place": "x", "calling": True},
        {"id": "c", "place": "", "calling": True},
    ]
    queue.offer(rows)
    assert [queue._entities[at] for at in range(len(queue))] == [
        {"person_id": "a", "location_id": "x"},
        {"person_id": "c", "location_id": ""},
    ]


async def test_one_entity_stands_for_each_place_and_brings_the_others_along() -> None:
    feed = Feed("people", {"person_id": "id", "location_id": "place"}, one_per="location_id")
    queue = EntityQueue(feed, ["person_id"])
    queue.offer(
        {"id": person, "place": place} for person, place in zip("abcde", "xyx x", strict=True)
    )
    assert len(queue) == 0
    queue.close()
    assert len(queue) == 3
    first = await queue.at(0)
    assert first is not None
    assert first["person_id"] == "a"
    assert [other["person_id"] for other in first[ALTERNATES]] == ["c", "e"]
    assert await queue.at(3) is None


def test_the_fingerprint_tells_one_sequence_from_another() -> None:
    same, other = queue_of(5), EntityQueue(Feed("source", {"number": "id"}), ["number"])
    other.offer({"id": number} for number in (1, 2, 4))
    assert queue_of(9).fingerprint(3) == same.fingerprint(3)
    assert same.fingerprint(2) == other.fingerprint(2)
    assert same.fingerprint(3) != other.fingerprint(3)
    assert same.fingerprint(1) == queue_of(1).fingerprint(1)


def test_the_templates_say_which_ids_a_read_needs() -> None:
    assert required_ids(BY_NAME["call_queue_agents"]) == {"location_id", "feature_id"}
    assert required_ids(BY_NAME["virtual_extension_details"]) == {"feature_id"}
    assert required_ids(BY_NAME["people"]) == frozenset()
