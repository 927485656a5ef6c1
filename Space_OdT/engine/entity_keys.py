"""The natural key of a row: which columns it is made of, and how."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from Space_OdT.engine.models import EntityType

# Alternatives in order of preference; the last column of one decides whether it applies.
KEY_COLUMNS: Mapping[EntityType, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        EntityType.LOCATION: (("location_external_id",), ("location_name",)),
        EntityType.USER: (("email",),),
        EntityType.EXTENSION_ASSIGNMENT: (
            ("location_key", "extension"),
            ("location_key", "phone_number"),
        ),
    }
)
KEY_SEPARATOR = ":"


def compose_entity_key(entity: EntityType, cells: Mapping[str, str]) -> str:
    """Derive the key of a row that gives none.

    Args:
        entity: Type of row.
        cells: Its cells by column.

    Returns:
        The key; "" when the columns it is made of are blank.
    """
    for columns in KEY_COLUMNS[entity]:
        if cells.get(columns[-1]):
            return KEY_SEPARATOR.join(cells.get(column, "") for column in columns)
    return ""
