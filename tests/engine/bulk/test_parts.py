from __future__ import annotations

from collections import Counter

import pytest

from Space_OdT.engine.bulk.joins import Joins
from Space_OdT.engine.bulk.parts import LIST_ATTEMPTS, BulkParts
from Space_OdT.engine.models import EntityType
from Space_OdT.engine.run_layout import BulkLayout
from Space_OdT.webex.error_handling import WebexError
from tests.engine.bulk.test_preflight import report

pytestmark = pytest.mark.xdist_group("bulk-actions")

MANY = {EntityType.USER.value: 500, EntityType.EXTENSION_ASSIGNMENT.value: 500}


@pytest.fixture(name="parts")
def some_parts(client, tmp_path):
    layout = BulkLayout(tmp_path)
    layout.ready_csv.write_text("entity_type,entity_key,email,row_number,input_line\n")
    with Joins(layout.ready_csv, 0, has_locations=False) as joins:
        made = BulkParts(client, layout, joins, {})
        yield made
        made.stop_reading()
        made.book.close()


def reads(simulator) -> Counter[str]:
    return Counter(one["path"] for one in simulator.calls())


async def test_a_list_is_read_again_when_a_page_of_it_cannot_be_used(parts, simulator) -> None:
    simulator.faults(
        {"kind": "missing_field", "field": "items", "path": "/people", "times": 2},
    )
    parts.read_ahead(report(ready=MANY))
    await parts.lists_read()
    assert parts.directory.people.is_complete
    assert reads(simulator)["/people"] == 3


async def test_a_list_that_stays_unusable_is_no_obstacle(parts, simulator) -> None:
    simulator.faults({"kind": "missing_field", "field": "items", "path": "/people"})
    parts.read_ahead(report(ready=MANY))
    await parts.lists_read()
    assert not parts.directory.people.is_complete
    assert parts.directory.numbers.is_complete
    assert reads(simulator)["/people"] == 2 * LIST_ATTEMPTS, "each page twice"


async def test_a_list_this_token_may_not_read_is_asked_for_once(parts, simulator) -> None:
    simulator.faults({"kind": "status", "status": 403, "path": "/people"})
    parts.read_ahead(report(ready=MANY))
    await parts.lists_read()
    assert reads(simulator)["/people"] == 1


async def test_a_rejected_token_is_told_to_whoever_waits(parts, simulator) -> None:
    simulator.faults({"kind": "status", "status": 401, "path": "/people"})
    parts.read_ahead(report(ready=MANY))
    with pytest.raises(WebexError):
        await parts.lists_read()
