"""Assigning and removing licences of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import body_of, now
from Space_OdT.simulator.organisation.entities import Person
from Space_OdT.simulator.organisation.licensing import carry_out, read_plan, set_site_urls
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PARTIAL = 206


def _person(world: World, body: JsonObject) -> Person:
    if body.get("personId"):
        person = world.organisation.person(body["personId"])
    elif body.get("email"):
        person = world.organisation.person_by_email(body["email"])
    else:
        raise errors.field_missing("personId or email")
    if person is None:
        raise ApiError(404, "The person could not be found")
    return person


def assign(world: World, request: Request) -> Reply:
    """Answer `PATCH /licenses/users`: 200, or 206 when some licences could not be given."""
    body = body_of(request)
    person = _person(world, body)
    operations = body.get("licenses") or []
    sites = body.get("siteUrls") or []
    if not operations and not sites:
        raise errors.field_missing("licenses")
    plan = read_plan(world, person, operations)
    outcome = carry_out(world, person, plan)
    set_site_urls(person, sites)
    person.modified = now(world)
    answer: JsonObject = {
        "orgId": world.organisation.id,
        "personId": person.id,
        "email": person.email,
        "licenses": list(person.licences),
    }
    if sites:
        # The specification writes account types in lower case, which wxc_sdk cannot read: they are
        # shown to callers who speak of sites.
        accounts = [account.partition("#") for account in person.site_urls]
        answer["siteUrls"] = [{"siteUrl": url, "accountType": kind} for url, _, kind in accounts]
    return Reply(PARTIAL if outcome.missing else 200, answer)


ROUTES = (Route("PATCH", "/licenses/users", assign, scopes.PEOPLE_WRITE),)
