"""Rows that give no key get a natural one."""

from __future__ import annotations

import pytest

from Space_OdT.engine.input_header import Header
from Space_OdT.engine.models import EntityType
from Space_OdT.engine.row_keys import EntityKeys
from tests.engine.bulk_inputs import ASSIGNMENT, LOCATION, USER


def keys_of(cells):
    header = Header(names=tuple(cells), kinds=(), carried=())
    entity = EntityType(cells["entity_type"])
    return EntityKeys(entity, header, lambda *_: None, None, lambda *_: None)


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        (LOCATION, "S-001"),
        (LOCATION | {"location_external_id": ""}, "Site 001"),
        (USER, "ana@example.com"),
        (ASSIGNMENT, "S-001:80000001"),
        (ASSIGNMENT | {"extension": "", "phone_number": "+34910000001"}, "S-001:+34910000001"),
        ({"entity_type": "extension_assignment", "location_key": "S-001"}, ""),
        (USER | {"entity_key": "mine"}, "mine"),
    ],
)
def test_keys_are_derived_unless_they_are_given(cells, key):
    assert keys_of(cells).entity_key([*cells.values(), ""]) == key
