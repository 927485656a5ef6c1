"""What the steps of a location share: what the row asks for, and the work in progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from Space_OdT.engine.action_helpers import LocationFacts
from Space_OdT.engine.action_model import Call
from Space_OdT.engine.models import Row
from Space_OdT.webex.directory import Directory

LOCAL_GATEWAY, CARRIER = "LOCAL_GATEWAY", "NON_INTEGRATED_CCP"
KEEPS_NUMBERS = frozenset({LOCAL_GATEWAY, CARRIER})
BAD_REQUEST, MISSING, CONFLICT = 400, 404, 409


@dataclass(frozen=True, slots=True)
class LocationParams:
    """What a location row asks for.

    Attributes:
        key: Key of the row: external id or name.
        external_id: The operator's own id, "" for none.
        facts: Name, languages, time zone and address.
        has_calling: Whether to enable Webex Calling.
        pstn_type: Type of the connection, "" leaves it as it is.
        route_type: Kind of the premises route, "" for none.
        route_name: Name of the premises route, "" for none.
        main_number: Main number in E.164, "" leaves it as it is.
        numbers: Further numbers that people of this location are to get.
    """

    key: str
    external_id: str
    facts: LocationFacts
    has_calling: bool = True
    pstn_type: str = ""
    route_type: str = ""
    route_name: str = ""
    main_number: str = ""
    numbers: tuple[str, ...] = ()


def location_params(row: Row, numbers: Sequence[str] = ()) -> LocationParams:
    """Read a location row.

    Args:
        row: A normalised row.
        numbers: Numbers that assignment rows of this location name.

    Returns:
        What it asks for.
    """
    return LocationParams(
        key=row.entity_key,
        external_id=row.get("location_external_id"),
        facts=LocationFacts.of(row.cells),
        has_calling=row.get("calling_enabled") != "false",
        pstn_type=row.get("pstn_connection_type"),
        route_type=row.get("premise_route_type"),
        route_name=row.get("premise_route_name"),
        main_number=row.get("main_number"),
        numbers=tuple(numbers),
    )


@dataclass(slots=True)
class LocationWork:
    """The work on one location.

    Attributes:
        params: What the row asks for.
        call: Sends the steps.
        directory: The organisation.
        has_fresh_calling: Whether this row has just enabled calling: there is nothing to read yet.
        notes: Remarks for the operator.
    """

    params: LocationParams
    call: Call
    directory: Directory
    has_fresh_calling: bool = False
    notes: list[str] = field(default_factory=list)
