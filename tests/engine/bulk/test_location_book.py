from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from Space_OdT.engine.bulk.location_book import LocationBook, read_map
from Space_OdT.engine.writers import DamagedOutputError
from Space_OdT.webex.records import Location

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeDirectory:
    def __init__(self, *locations: Location) -> None:
        self.locations = locations

    async def location(self, key: str) -> Location | None:
        return next((one for one in self.locations if key in {one.id, one.name}), None)


HERE = Location("L1", "Site 1")


@pytest.fixture(name="path")
def a_path(tmp_path: Path) -> Path:
    return tmp_path / "location_map.csv"


def book(path: Path | None, *locations: Location) -> LocationBook:
    return LocationBook(FakeDirectory(*locations), path, clock=lambda: NOW)


async def test_an_external_id_is_found_again_by_the_next_run(path) -> None:
    first = book(path, HERE)
    first.note("S-1", HERE)
    first.close()
    assert path.read_text() == (
        "location_external_id,location_id,location_name,noted_at\n"
        "S-1,L1,Site 1,2026-01-02T03:04:05+00:00\n"
    )
    renamed = Location("L1", "Another name")
    assert await book(path, renamed).find("s-1") == renamed


async def test_the_name_counts_where_the_map_says_nothing_or_is_out_of_date(path) -> None:
    first = book(path, HERE)
    first.note("S-1", Location("GONE", "Old"))
    first.close()
    other = Location("L2", "S-1")
    assert await book(path, HERE, other).find("S-1") == other
    assert await book(path, HERE).find("Site 1") == HERE
    assert await book(path, HERE).find("Nowhere") is None


def test_what_is_known_is_not_written_again(path) -> None:
    made = book(path, HERE)
    made.note("S-1", HERE)
    made.note("S-1", HERE)
    made.note("", HERE)
    made.close()
    assert len(path.read_text().splitlines()) == 2


async def test_a_location_that_was_removed_is_forgotten_for_good(path) -> None:
    made = book(path, HERE)
    made.note("S-1", HERE)
    made.forget("S-1")
    made.forget("S-2")
    made.close()
    assert read_map(path) == {}
    assert await book(path, HERE).find("S-1") is None


async def test_a_plan_reads_the_map_and_writes_nothing(path) -> None:
    made = book(path, HERE)
    made.note("S-1", HERE)
    made.close()
    before = path.read_bytes()
    plan = book(None, HERE, Location("L2", "Site 2"))
    plan.preload(path)
    assert await plan.find("S-1") == HERE
    plan.note("S-2", Location("L2", "Site 2"))
    assert await plan.find("S-2") == Location("L2", "Site 2")
    assert path.read_bytes() == before


def test_a_damaged_map_is_named_with_its_line(path) -> None:
    path.write_text("location_external_id,location_id,location_name,noted_at\nS-1,L1\n")
    with pytest.raises(DamagedOutputError, match="line 2"):
        read_map(path)
