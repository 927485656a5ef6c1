"""Reading locations, whether enabled for Webex Calling or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import location_at
from Space_OdT.simulator.organisation.entities import Location
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PAGE = 500


def render_location(organisation: Organisation, location: Location) -> JsonObject:
    """Write a location as the Locations API does."""
    address = {
        "address1": location.address1,
        "address2": location.address2,
        "city": location.city,
        "state": location.state,
        "postalCode": location.postal_code,
        "country": location.country,
    }
    item: JsonObject = {
        "id": location.id,
        "name": location.name,
        "orgId": organisation.id,
        "address": {name: value for name, value in address.items() if value is not None},
        "timeZone": location.time_zone,
        "preferredLanguage": location.preferred_language,
        "announcementLanguage": location.announcement_language,
        "latitude": float(location.latitude) if location.latitude else None,
        "longitude": float(location.longitude) if location.longitude else None,
        "notes": location.notes,
    }
    return {name: value for name, value in item.items() if value is not None}


def list_locations(world: World, request: Request) -> LazyList[Location]:
    """Answer `GET /locations`; the name filter finds parts of names in any case."""
    organisation = world.organisation
    items = list(organisation.locations.values())
    if "id" in request.query:
        wanted = {canonical(item) for item in request.query["id"].split(",")}
        items = [item for item in items if item.id in wanted]
    if "name" in request.query:
        part = request.query["name"].casefold()
        items = [item for item in items if part in item.name.casefold()]
    return LazyList(items, lambda item: render_location(organisation, item))


def read_location(world: World, request: Request) -> JsonObject:
    """Answer `GET /locations/{locationId}`."""
    return render_location(world.organisation, location_at(world, request))


ROUTES = (
    Route(
        "GET",
        "/locations",
        list_locations,
        scopes.LOCATIONS_READ,
        "items",
        "link",
        default_page=PAGE,
        max_page=PAGE,
    ),
    Route("GET", "/locations/{locationId}", read_location, scopes.LOCATIONS_READ),
)
