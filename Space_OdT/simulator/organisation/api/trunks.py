"""Trunks to the gateways of the sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location,
    one_of,
    required,
)
from Space_OdT.simulator.organisation.api.tables import (
    named,
    named_list,
    owner_of_all,
    place,
    refuse_in_use,
    refuse_taken,
)
from Space_OdT.simulator.organisation.entities import Trunk
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.routes import (
    connected_locations,
    route_in_use,
)
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

DEVICE_TYPE = "Cisco Unified Border Element"
TRUNK_TYPES = ("REGISTERING", "CERTIFICATE_BASED")
CHARGE_POLICIES = ("DISABLED", "ASSERTED_IDENTITY", "CONFIGURABLE_CHARGE_NUMBER")


def _trunk_item(organisation: Organisation, trunk: Trunk) -> JsonObject:
    return {
        "id": trunk.id,
        "name": trunk.name,
        "location": place(organisation.locations[trunk.location_id]),
        "inUse": route_in_use(organisation, trunk.id),
        "trunkType": trunk.trunk_type,
        "isRestrictedToDedicatedInstance": False,
    }


def list_trunks(world: World, request: Request) -> LazyList[Trunk]:
    """Answer `GET .../trunks`."""
    organisation = world.organisation
    items = named_list(organisation.trunks, request, "name")
    kind = request.query.get("trunkType")
    place = request.query.get("locationName", "").casefold()
    items = [
        item
        for item in items
        if kind in {None, item.trunk_type}
        and place in organisation.locations[item.location_id].name.casefold()
    ]
    return LazyList(items, lambda item: _trunk_item(organisation, item))


def read_trunk(world: World, request: Request) -> JsonObject:
    """Answer `GET .../trunks/{trunkId}`."""
    organisation = world.organisation
    trunk = named(organisation.trunks, request, "trunkId", "trunk")
    owner = owner_of_all(organisation)
    users = connected_locations(organisation, trunk.id)
    return {
        "id": trunk.id,
        "name": trunk.name,
        "customer": owner,
        "organization": owner,
        "location": place(organisation.locations[trunk.location_id]),
        "otgDtgId": f"{trunk.id[-8:].lower()}_lgu",
        "linePort": f"{trunk.id[-8:].lower()}@trunks.example.com",
        "locationsUsingTrunk": [place(item) for item in users],
        "pilotUserId": f"{trunk.id[-8:].lower()}_pilot",
        "outboundProxy": {
            "sipAccessServiceType": "LGW",
            "dnsType": "SRV",
            "outboundProxy": "proxy.example.com",
            "srvPrefix": "_sips._tcp.",
            "cnameRecords": [],
            "attachmentUpdated": False,
        },
        "sipAuthenticationUserName": f"{trunk.id[-8:].lower()}_lgu",
        "status": "ONLINE",
        "errorCodes": [],
        "responseStatus": [],
        "dualIdentitySupportEnabled": False,
        "trunkType": trunk.trunk_type,
        "deviceType": DEVICE_TYPE,
        "port": 5061,
        "maxConcurrentCalls": 250,
        "isRestrictedToDedicatedInstance": False,
        "pChargeInfoSupportPolicy": "DISABLED",
        **trunk.settings,
    }


def _trunk_settings(body: JsonObject) -> JsonObject:
    one_of(body, "pChargeInfoSupportPolicy", CHARGE_POLICIES)
    kept = ("dualIdentitySupportEnabled", "maxConcurrentCalls", "pChargeInfoSupportPolicy")
    also = ("deviceType", "address", "domain", "port")
    return {name: body[name] for name in (*kept, *also) if body.get(name) is not None}


def create_trunk(world: World, request: Request) -> Reply:
    """Answer `POST .../trunks`."""
    organisation = world.organisation
    body = body_of(request)
    required(body, ("name", "locationId", "password", "trunkType"))
    kind = one_of(body, "trunkType", TRUNK_TYPES)
    location = calling_location(world, body["locationId"])
    refuse_taken(organisation.trunks.values(), body["name"])
    trunk = Trunk(
        world.next_id("TRUNK"), body["name"], location.id, kind, settings=_trunk_settings(body)
    )
    organisation.trunks[trunk.id] = trunk
    return Reply(201, {"id": trunk.id})


def update_trunk(world: World, request: Request) -> None:
    """Answer `PUT .../trunks/{trunkId}`."""
    organisation = world.organisation
    trunk = named(organisation.trunks, request, "trunkId", "trunk")
    body = body_of(request)
    required(body, ("name", "password"))
    refuse_taken(organisation.trunks.values(), body["name"], trunk)
    trunk.settings |= _trunk_settings(body)
    trunk.name = body["name"]


def delete_trunk(world: World, request: Request) -> None:
    """Answer `DELETE .../trunks/{trunkId}`."""
    organisation = world.organisation
    trunk = named(organisation.trunks, request, "trunkId", "trunk")
    refuse_in_use(organisation, trunk.id, trunk.name)
    del organisation.trunks[trunk.id]


def list_trunk_types(world: World, request: Request) -> list[JsonObject]:
    """Answer `GET .../trunks/trunkTypes`."""
    del world, request
    device = {"deviceType": DEVICE_TYPE, "minConcurrentCalls": 250, "maxConcurrentCalls": 1000}
    return [{"trunkType": kind, "deviceTypes": [device]} for kind in TRUNK_TYPES]


def validate_fqdn(world: World, request: Request) -> None:
    """Answer `POST .../trunks/actions/fqdnValidation/invoke`."""
    del world
    required(body_of(request), ("domain",))


_TRUNKS = "/telephony/config/premisePstn/trunks"
_TRUNK = f"{_TRUNKS}/{{trunkId}}"
_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE

ROUTES = (
    Route("GET", _TRUNKS, list_trunks, _READ, "trunks", "start"),
    Route("POST", _TRUNKS, create_trunk, _WRITE),
    Route("GET", f"{_TRUNKS}/trunkTypes", list_trunk_types, _READ, "trunkTypes"),
    Route("POST", f"{_TRUNKS}/actions/fqdnValidation/invoke", validate_fqdn, _WRITE),
    Route("GET", _TRUNK, read_trunk, _READ),
    Route("PUT", _TRUNK, update_trunk, _WRITE),
    Route("DELETE", _TRUNK, delete_trunk, _WRITE),
)
