"""Lots of workspaces: one JSON list in a cell, taken apart into the cells of single workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from Space_OdT.v21.transformacion.parameters import Parameter, fold_header
from Space_OdT.v21.transformacion.parts.shared_parameters import LOCATION_NEED

LOT = "workspaces_lote_json"
# Told of an item that is no object, and of one without a name.
NO_OBJECT = "item_no_es_objeto"
NO_NAME = "display_name_requerido"

# What only one workspace can have: of the row it would be given to every item.
_OF_ONE = frozenset({LOT, "display_name", "extension", "phone_number"})

Cells = Mapping[str, str]


def cells_of_items(cells: Cells, parameters: Iterable[Parameter]) -> list[dict[str, str] | None]:
    """Take a lot apart.

    Args:
        cells: Normalised cells of the row that holds it; what an item leaves open comes from it,
            but for the line: an extension or number belongs to one.
        parameters: Parameters of the action; keys of items are their names or headers.

    Returns:
        For each item its cells, not yet normalised; None for an item that is no object.
    """
    known = list(parameters)
    shared = {name: value for name, value in cells.items() if name not in _OF_ONE}
    return [
        _laid_over(shared, _cells_of(item, known)) if isinstance(item, dict) else None
        for item in orjson.loads(cells[LOT])
    ]


def _laid_over(shared: Cells, own: Cells) -> dict[str, str]:
    """Let an item override the row; a location of its own leaves nothing of the row's."""
    if any(own.get(name) for name in LOCATION_NEED):
        shared = {name: value for name, value in shared.items() if name not in LOCATION_NEED}
    return {**shared, **own}


def _cells_of(item: Mapping[str, Any], parameters: Iterable[Parameter]) -> dict[str, str]:
    given = {fold_header(str(key)): value for key, value in item.items()}
    found: dict[str, str] = {}
    for parameter in parameters:
        own = fold_header(parameter.name)
        headers = (own, *sorted(parameter.headers - {own}))
        values = (_text(given[one]) for one in headers if one in given)
        if text := next(filter(None, values), ""):
            found[parameter.name] = text
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
