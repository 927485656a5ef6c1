"""Auto attendants, hunt groups and call queues as lists and details show them."""

from __future__ import annotations

from typing import Any

from Space_OdT.simulator.organisation.entities import Feature, OwnerKind
from Space_OdT.simulator.organisation.feature_kinds import FeatureKind
from Space_OdT.simulator.organisation.members import member_item
from Space_OdT.simulator.organisation.merging import laid_over
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import (
    alternates,
)
from Space_OdT.simulator.protocol import JsonObject


def line_fields(organisation: Organisation, feature: Feature) -> JsonObject:
    """Write the main number and extension of a feature; what it lacks is left out."""
    line = organisation.plan.primary(feature.id)
    if line is None:
        return {}
    prefix = organisation.locations[feature.location_id].routing_prefix
    item = {
        "phoneNumber": line.phone_number,
        "extension": line.extension,
        "routingPrefix": prefix if line.extension else None,
        "esn": (prefix or "") + line.extension if line.extension else None,
    }
    return {name: value for name, value in item.items() if value is not None}


def _toll_free(organisation: Organisation, feature: Feature) -> bool:
    line = organisation.plan.primary(feature.id)
    number = organisation.plan.numbers.get(line.phone_number or "") if line else None
    return number is not None and number.number_type == "TOLLFREE"


def render_item(organisation: Organisation, kind: FeatureKind, feature: Feature) -> JsonObject:
    """Write a feature as its list does."""
    item: JsonObject = {
        "id": feature.id,
        "name": feature.name,
        "locationName": organisation.locations[feature.location_id].name,
        "locationId": feature.location_id,
        **line_fields(organisation, feature),
    }
    if kind.lists_enabled:
        item["enabled"] = feature.enabled
    if kind.owner is OwnerKind.AUTO_ATTENDANT:
        item["tollFreeNumber"] = _toll_free(organisation, feature)
    if kind.owner is OwnerKind.CALL_QUEUE:
        item["hasCxEssentials"] = feature.customer_assist
    return item


def render_details(organisation: Organisation, kind: FeatureKind, feature: Feature) -> JsonObject:
    """Write a feature as its details do."""
    location = organisation.locations[feature.location_id]
    item: JsonObject = {
        "id": feature.id,
        "name": feature.name,
        "enabled": feature.enabled,
        "language": "Spanish",
        "languageCode": location.announcement_language,
        "firstName": ".",
        "lastName": feature.name,
        "timeZone": location.time_zone,
        "directLineCallerIdName": {"selection": "DISPLAY_NAME"},
        "dialByName": feature.name,
        **line_fields(organisation, feature),
        "tollFreeNumber": _toll_free(organisation, feature),
        **laid_over(kind.original, feature.settings),
    }
    spare = [
        {"phoneNumber": line.phone_number, "ringPattern": line.ring_pattern}
        for line in alternates(organisation, feature.id)
    ]
    if kind.owner is OwnerKind.CALL_QUEUE:
        ring = feature.settings.get("distinctiveRingEnabled", True)
        numbers = {"distinctiveRingEnabled": ring, "alternateNumbers": spare}
        item["alternateNumberSettings"] = numbers
        item["hasCxEssentials"] = feature.customer_assist
        item.pop("tollFreeNumber")
    else:
        item["alternateNumbers"] = spare
    if kind.has_agents:
        item["agents"] = [_agent(organisation, kind, entry) for entry in feature.agents]
    return item


def _agent(organisation: Organisation, kind: FeatureKind, entry: dict[str, Any]) -> JsonObject:
    item = member_item(organisation, entry["id"])
    if entry["weight"] is not None:
        item["weight"] = str(entry["weight"])
    if kind.owner is OwnerKind.CALL_QUEUE:
        item["joinEnabled"] = entry["joined"]
    return item
