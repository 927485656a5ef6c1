from __future__ import annotations

from pathlib import Path

import pytest

from Space_OdT.engine.bulk.joins import Joins, calling_users
from Space_OdT.engine.bulk.user import JoinedLine
from Space_OdT.engine.models import EntityType
from tests.engine.doubles import row

HEADER = (
    "entity_type,entity_key,location_key,email,calling_enabled,calling_license,extension,"
    "phone_number,calling_settings_alternate_number,row_number,input_line"
)
ROWS = """\
location,S-1,,,,,,,,1,2
user,a@example.com,S-1,a@example.com,true,Gold,,,+34510000001,2,3
user,b@example.com,S-1,b@example.com,false,,,,,3,4
extension_assignment,x,s-1,a@example.com,,,100,,,4,5
extension_assignment,y,S-1,a@example.com,,,,+34910000001,,5,6
extension_assignment,z,Site 1,c@example.com,,,300,+34910000003,,6,7
"""


@pytest.fixture(name="ready")
def a_ready_file(tmp_path: Path) -> Path:
    path = tmp_path / "ready_to_load.csv"
    path.write_text(f"{HEADER}\n{ROWS}")
    return path


def test_extension_and_number_may_stand_in_two_rows(ready) -> None:
    with Joins(ready, 5, has_locations=True) as joins:
        assert joins.line_of("a@example.com") == JoinedLine("s-1", "100", "+34910000001")
        assert joins.line_of("c@example.com") == JoinedLine("Site 1", "300", "+34910000003")
        assert joins.line_of("b@example.com") is None


def test_a_location_learns_the_numbers_of_its_people_by_either_key(ready) -> None:
    site = row(
        1,
        "S-1",
        EntityType.LOCATION,
        location_external_id="S-1",
        location_name="Site 1",
    )
    with Joins(ready, 5, has_locations=True) as joins:
        assert joins.numbers_of(site) == ["+34510000001", "+34910000001", "+34910000003"]


def test_without_location_rows_nobody_needs_the_numbers(ready) -> None:
    site = row(1, "S-1", EntityType.LOCATION, location_external_id="S-1")
    with Joins(ready, 5, has_locations=False) as joins:
        assert joins.numbers_of(site) == []


def test_only_who_wants_calling_needs_a_unit(ready) -> None:
    assert list(calling_users(ready)) == [("a@example.com", "Gold")]
