"""Reading the licence catalogue and who holds what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.entities import Licence, Person
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Request, Result, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

HOLDERS_PAGE = 300


def render_licence(organisation: Organisation, licence: Licence) -> JsonObject:
    """Write a licence with the units in use."""
    people, workspaces = organisation.consumed_units(licence.id)
    item: JsonObject = {
        "id": licence.id,
        "name": licence.name,
        "totalUnits": licence.total_units,
        "consumedUnits": people + workspaces,
        "consumedByUsers": people,
        "consumedByWorkspaces": workspaces,
        "subscriptionId": licence.subscription_id,
    }
    if licence.site_url:
        item |= {"siteUrl": licence.site_url, "siteType": "Control Hub managed site"}
    return item


def list_licences(world: World, request: Request) -> LazyList[Licence]:  # noqa: ARG001 - handlers share one signature
    """Answer `GET /licenses`."""
    organisation = world.organisation
    items = list(organisation.licences.values())
    return LazyList(items, lambda item: render_licence(organisation, item))


def read_licence(world: World, request: Request) -> Result:
    """Answer `GET /licenses/{licenseId}`, with the holders when asked for."""
    organisation = world.organisation
    licence = organisation.licence(request.params["licenseId"])
    if licence is None:
        raise errors.not_found("The license with the specified ID")
    item = render_licence(organisation, licence)
    if request.query.get("includeAssignedTo") != "user":
        return item
    return LazyList(organisation.holders(licence.id), _holder, item)


def _holder(person: Person) -> JsonObject:
    return {
        "id": person.id,
        "type": "INTERNAL",
        "displayName": person.display_name,
        "email": person.email,
    }


ROUTES = (
    Route("GET", "/licenses", list_licences, scopes.LICENSES_READ, "items"),
    Route(
        "GET",
        "/licenses/{licenseId}",
        read_licence,
        scopes.LICENSES_READ,
        "users",
        "link",
        default_page=HOLDERS_PAGE,
        max_page=HOLDERS_PAGE,
    ),
)
