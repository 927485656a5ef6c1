"""The saved form of an organisation: one table of rows per kind of entity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from Space_OdT.simulator.organisation.entities import (
    Device,
    DialPlan,
    Feature,
    Group,
    Job,
    Licence,
    LicenceKind,
    Line,
    Location,
    Number,
    OwnerKind,
    Person,
    PstnKind,
    RouteGroup,
    RouteList,
    Trunk,
    VirtualExtension,
    VirtualExtensionRange,
    VirtualLine,
    Workspace,
)
from Space_OdT.simulator.protocol import JsonObject

if TYPE_CHECKING:
    from Space_OdT.simulator.organisation.organisation import Organisation

E = TypeVar("E")

# Name of a table in the saved state -> class of its rows.
TABLES: dict[str, type[Any]] = {
    "licences": Licence,
    "locations": Location,
    "people": Person,
    "workspaces": Workspace,
    "groups": Group,
    "trunks": Trunk,
    "route_groups": RouteGroup,
    "route_lists": RouteList,
    "dial_plans": DialPlan,
    "features": Feature,
    "virtual_lines": VirtualLine,
    "virtual_extensions": VirtualExtension,
    "virtual_extension_ranges": VirtualExtensionRange,
    "devices": Device,
    "jobs": Job,
}

_ENUM_FIELDS: dict[str, type[Any]] = {
    "LicenceKind": LicenceKind,
    "OwnerKind": OwnerKind,
    "PstnKind": PstnKind,
}


# Values that are kept as they are, beside the tables.
_VALUES = ("me_id", "supervisors")


def _pack(row: Any) -> list[Any]:
    return [getattr(row, item.name) for item in fields(row)]


def _unpack(cls: type[E], values: list[Any]) -> E:
    kinds = (_ENUM_FIELDS.get(str(item.type)) for item in fields(cls))  # type: ignore[arg-type]
    return cls(*(kind(v) if kind else v for kind, v in zip(kinds, values, strict=True)))


def pack_organisation(organisation: Organisation) -> JsonObject:
    """Write an organisation as plain JSON values.

    Args:
        organisation: The organisation.

    Returns:
        Its values and its tables; a row is the list of an entity's fields.
    """
    plan = organisation.plan
    state: JsonObject = {"id": organisation.id, "name": organisation.name}
    state |= {name: getattr(organisation, name) for name in _VALUES}
    state["numbers"] = [_pack(number) for number in plan.numbers.values()]
    state["lines"] = [_pack(line) for own in plan.lines.values() for line in own]
    for table in TABLES:
        state[table] = [_pack(row) for row in getattr(organisation, table).values()]
    return state


def unpack_organisation(organisation: Organisation, state: JsonObject) -> None:
    """Fill an empty organisation from its saved form.

    Args:
        organisation: The empty organisation.
        state: What `pack_organisation` returned.

    Raises:
        KeyError: A table is missing.
    """
    for name in _VALUES:
        setattr(organisation, name, state[name])
    adders: dict[str, Callable[[Any], None]] = {
        "locations": organisation.add_location,
        "people": organisation.add_person,
        "workspaces": organisation.add_workspace,
        "features": organisation.add_feature,
        "devices": organisation.add_device,
    }
    for table, row_class in TABLES.items():
        target = getattr(organisation, table)
        for values in state[table]:
            row = _unpack(row_class, values)
            if table in adders:
                adders[table](row)
            else:
                target[row.id] = row
    for values in state["numbers"]:
        organisation.plan.add(_unpack(Number, values))
    for values in state["lines"]:
        organisation.plan.attach(_unpack(Line, values))
