"""Resources that several owners have in the same form: patterns, criteria, transfer numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from Space_OdT.simulator.generated.declarations import Collection, Document, Resource
from Space_OdT.simulator.generated.makers import by_index, choice, truth
from Space_OdT.simulator.generated.permissions import CALL_ACTIONS
from Space_OdT.simulator.shapes import Shape

GREETING = ("DEFAULT", "CUSTOM")
RINGS = range(2, 21)


def digit_patterns(owner: str, sdk: str, *, own_switch: bool = True) -> tuple[Resource, ...]:
    """Digit patterns of an owner, with the switch between own and inherited ones.

    Args:
        owner: Path of the owner.
        sdk: Name of the SDK's API for them.
        own_switch: Whether the owner can choose; a location cannot.
    """
    path = f"{owner}/outgoingPermission/digitPatterns"
    patterns = Collection(
        name="pattern",
        item_template=f"{path}/{{digitPatternId}}",
        item_shape=f"{sdk}.details",
        id_type="SCHEDULE",
        per_parent=None,
        fixed={"pattern": by_index("1XXXX", "2XXXX", "00XXX")},
        create=path,
        clear=path,
        body={"name!": str, "pattern!": str, "action!": CALL_ACTIONS, "transferEnabled!": bool},
    )
    document = Document(
        path,
        fixed={"useCustomDigitPatterns": truth("own")} if own_switch else {},
        embeds={"digitPatterns": patterns},
        put=204 if own_switch else None,
        body={"useCustomDigitPatterns": bool},
    )
    return document, patterns


def criteria(
    path: str,
    sdk: str,
    *,
    body: Mapping[str, Any],
    read: str = "read",
    read_one: str = "read_criteria",
    fixed: Mapping[str, Any] | None = None,
    item_fixed: Mapping[str, Any] | None = None,
    document_body: Mapping[str, Any] | None = None,
    writable: bool = True,
    created_status: int = 201,
) -> tuple[Resource, ...]:
    """A setting with a list of criteria, each with a path of its own.

    Args:
        path: Path of the setting.
        sdk: Name of the SDK's API for it.
        body: Rules for a new criterion.
        read: Name of the SDK's method that reads the setting.
        read_one: Name of the SDK's method that reads a criterion.
        fixed: Values of fields of the setting.
        item_fixed: Values of fields of a criterion.
        document_body: Rules for the setting.
        writable: Whether there are writes at all.
        created_status: Status of a creation.
    """
    items = Collection(
        name=f"{path.rpartition('/')[2]} criterion",
        item_template=f"{path}/criteria/{{id}}",
        item_shape=f"{sdk}.{read_one}",
        id_type="CRITERIA",
        name_field="",
        per_parent=1,
        fixed={
            "callsFrom": choice("from", "ANY_PHONE_NUMBER", "SELECT_PHONE_NUMBERS"),
            "scheduleLevel": "GROUP",
            "scheduleType": choice("schedule", "businessHours", "holidays"),
            **(item_fixed or {}),
        },
        create=f"{path}/criteria" if writable else "",
        created_status=created_status,
        body=body,
        put=204 if writable else None,
        deletable=writable,
    )
    document = Document(
        path,
        f"{sdk}.{read}",
        fixed=fixed or {},
        embeds={"criteria": items},
        put=204 if writable else None,
        body=document_body,
    )
    return document, items


def flag_document(
    path: str, *, put: bool = True, field: str = "enabled", shape: str | Shape = ""
) -> Document:
    """A setting that is one switch."""
    return Document(
        path,
        shape,
        fixed={field: truth(field)},
        put=204 if put else None,
        body={f"{field}!": bool},
    )
