from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from Space_OdT.engine.bulk.preflight import (
    Estimate,
    Preflight,
    ReferenceChecks,
    check_token_lasts,
    estimate,
)
from Space_OdT.engine.startup_checks import Access
from Space_OdT.engine.validation_report import ValidationReport
from tests.engine.bulk.conftest import PROFILES, Site

pytestmark = pytest.mark.xdist_group("bulk-actions")

PRO = "Webex Calling - Professional"


def report(**found: Any) -> ValidationReport:
    blank: dict[str, Any] = {
        "input_path": "in.csv",
        "input_hash": "x",
        "pipeline_version": 1,
        "schema_version": 1,
        "description": "",
        "notices": (),
        "rows": 0,
        "ready": {},
        "rejected": {},
        "normalised": {},
        "repaired_plus": {},
        "repair_examples": (),
        "locations": {},
        "licences": {},
        "routes": {},
        "profiles": {},
        "rows_with_settings": 0,
    }
    return ValidationReport(**{**blank, **found})


async def check(site: Site, **found: Any) -> tuple[Preflight, ReferenceChecks]:
    made = Preflight(Access("O1"))
    checks = ReferenceChecks(site.directory, site.book, site.licences, report(**found), PROFILES)
    await checks.run(made)
    return made, checks


async def test_what_exists_is_not_worth_a_warning(site, simulator) -> None:
    home = next(one.name for one in simulator.organisation.locations.values() if one.calling)
    found, _ = await check(
        site,
        locations={home: 5},
        routes={"ROUTE_GROUP:RG_PRE": 1},
        licences={PRO: 2, "": 1},
        profiles={"internal": 1},
    )
    assert found.warnings == []
    assert found.blocked_rows == 0
    assert any(f"{PRO}: " in note and "units free" in note for note in found.notes)


async def test_everything_that_is_missing_is_named_with_its_rows(site, simulator) -> None:
    bare = next(one.name for one in simulator.organisation.locations.values() if not one.calling)
    found, _ = await check(
        site,
        locations={"Nowhere": 5, bare: 2},
        routes={"TRUNK:RG_PRE": 1},
        licences={"Webex Calling - Gold": 3},
        profiles={"gold": 4},
    )
    text = "\n".join(found.warnings)
    assert "5 rows name locations that do not exist and have no row here: Nowhere" in text
    assert f"2 rows name locations without Webex Calling and without a row here: {bare}" in text
    assert "1 row names premises routes that do not exist: TRUNK:RG_PRE" in text
    assert '3 user rows: no calling licence "Webex Calling - Gold"' in text
    assert "4 rows name outgoing profiles that no file describes: gold" in text
    assert found.blocked_rows == 15


async def test_a_blank_cell_and_the_name_it_means_are_counted_together(site) -> None:
    free = sum(site.licences.free_units(one) for one in await site.licences.named(PRO))
    found, checks = await check(site, licences={PRO: free - 1, "": 2})
    assert await checks.may_run_short()
    assert found.notes == [f"{PRO}: {free} units free, wanted by {free + 1} user rows"]
    _, enough = await check(site, licences={PRO: free - 1, "": 1})
    assert not await enough.may_run_short()


async def test_units_are_counted_exactly_only_when_they_may_not_suffice(site, simulator) -> None:
    licences = await site.licences.named(PRO)
    free = sum(site.licences.free_units(one) for one in licences)
    _, enough = await check(site, licences={PRO: free})
    assert not await enough.may_run_short()
    found, checks = await check(site, licences={PRO: free + 1})
    assert await checks.may_run_short()
    email = await site.somebody(calling=False)
    caller = await site.somebody(calling=True)
    await checks.check_units([(email, PRO), (caller, PRO), ("nobody@example.com", PRO)], found)
    assert found.warnings == []
    site.licences.take(licences[0], licences[0].free_units)
    await checks.check_units([(email, PRO)], found)
    (warning,) = found.warnings
    assert warning.startswith(f"{PRO}: needed by 1 user row, 0 free: 1 user row will be")


FAMILY = SimpleNamespace(calls=10, seconds=1.0)
CLIENT = SimpleNamespace(concurrency=20, stats=SimpleNamespace(families={"read people": FAMILY}))


def test_calls_and_time_are_bounded_before_the_first_write() -> None:
    made = report(
        ready={"location": 200, "user": 10_400, "extension_assignment": 10_400},
        rows_with_settings=100,
    )
    found = estimate(made, CLIENT, users=10_400, max_rate=None)
    assert found.lists == 5 + 105 + 7
    assert found.least == found.lists + 100
    assert found.most == found.lists + 200 * 6 + 10_400 + 20_800 + 200
    assert found.rate == pytest.approx(200)
    capped = estimate(made, CLIENT, users=10_400, max_rate=60)
    assert capped.rate == 1
    assert capped.seconds == capped.most


@pytest.mark.parametrize(
    ("left", "warned"),
    [(None, False), (timedelta(hours=3), False), (timedelta(minutes=61), True)],
)
def test_a_token_that_ends_too_early_is_announced(left, warned) -> None:
    expires = None if left is None else datetime.now(UTC) + left
    found = Preflight(Access("O1", expires_at=expires))
    check_token_lasts(found.access, Estimate(1, 1, 1, 7200.0, 1.0), found)
    assert bool(found.warnings) is warned
    if warned:
        assert "the token ends in 1 h 0 min, the run may take 2 h 0 min" in found.warnings[0]
