"""Rows that give no key get a natural one."""

from __future__ import annotations

import pytest

from Space_OdT.engine.entity_keys import compose_entity_key
from Space_OdT.engine.models import EntityType
from tests.engine.bulk_inputs import ASSIGNMENT, LOCATION, USER


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        (LOCATION, "S-001"),
        (LOCATION | {"location_external_id": ""}, "Site 001"),
        (USER, "ana@example.com"),
        (ASSIGNMENT, "S-001:80000001"),
        (ASSIGNMENT | {"extension": "", "phone_number": "+34910000001"}, "S-001:+34910000001"),
        ({"entity_type": "extension_assignment", "location_key": "S-001"}, ""),
    ],
)
def test_keys_are_derived(cells, key):
    assert compose_entity_key(EntityType(cells["entity_type"]), cells) == key
