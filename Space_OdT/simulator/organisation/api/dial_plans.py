"""Dial plans and their patterns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    one_of,
    required,
)
from Space_OdT.simulator.organisation.api.tables import (
    named,
    named_list,
    owner_of_all,
    refuse_taken,
)
from Space_OdT.simulator.organisation.entities import DialPlan
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.routes import (
    DIAL_PATTERN,
)
from Space_OdT.simulator.organisation.rules import route_name
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

ROUTE_TYPES = ("ROUTE_GROUP", "TRUNK")


def _plan_item(organisation: Organisation, plan: DialPlan) -> JsonObject:
    return {
        "id": plan.id,
        "name": plan.name,
        "routeId": plan.route_id,
        "routeName": route_name(organisation, plan.route_type, plan.route_id),
        "routeType": plan.route_type,
    }


def list_dial_plans(world: World, request: Request) -> LazyList[DialPlan]:
    """Answer `GET .../dialPlans`."""
    organisation = world.organisation
    items = named_list(organisation.dial_plans, request, "dialPlanName")
    for parameter, kind in (("routeGroupName", "ROUTE_GROUP"), ("trunkName", "TRUNK")):
        part = request.query.get(parameter)
        if part is not None:
            items = [
                item
                for item in items
                if item.route_type == kind
                and part.casefold() in _plan_item(organisation, item)["routeName"].casefold()
            ]
    return LazyList(items, lambda item: _plan_item(organisation, item))


def read_dial_plan(world: World, request: Request) -> JsonObject:
    """Answer `GET .../dialPlans/{dialPlanId}`."""
    organisation = world.organisation
    plan = named(organisation.dial_plans, request, "dialPlanId", "dial plan")
    owner = owner_of_all(organisation)
    return {**_plan_item(organisation, plan), "customer": owner}


def _checked_route(organisation: Organisation, body: JsonObject) -> tuple[str, str]:
    required(body, ("name", "routeId", "routeType"))
    kind = one_of(body, "routeType", ROUTE_TYPES)
    route_id = canonical(body["routeId"])
    if route_name(organisation, kind, route_id) is None:
        raise errors.field_invalid("routeId", f"no {kind} with this ID")
    return kind, route_id


def pattern_problem(organisation: Organisation, pattern: str) -> str | None:
    """Tell why a pattern cannot be added: INVALID, DUPLICATE or None."""
    if not DIAL_PATTERN.fullmatch(pattern):
        return "INVALID"
    plans = organisation.dial_plans.values()
    return "DUPLICATE" if any(pattern in plan.patterns for plan in plans) else None


def _check_patterns(organisation: Organisation, patterns: Sequence[Any]) -> list[str]:
    texts = [str(pattern) for pattern in patterns]
    for text in texts:
        problem = pattern_problem(organisation, text)
        if problem is not None or texts.count(text) > 1:
            raise errors.field_invalid("dialPatterns", f"{text} is {problem or 'repeated'}")
    return texts


def create_dial_plan(world: World, request: Request) -> Reply:
    """Answer `POST .../dialPlans`."""
    organisation = world.organisation
    body = body_of(request)
    kind, route_id = _checked_route(organisation, body)
    patterns = _check_patterns(organisation, body.get("dialPatterns") or [])
    refuse_taken(organisation.dial_plans.values(), body["name"])
    plan = DialPlan(world.next_id("DIAL_PLAN"), body["name"], route_id, kind, patterns)
    organisation.dial_plans[plan.id] = plan
    return Reply(201, {"id": plan.id})


def update_dial_plan(world: World, request: Request) -> None:
    """Answer `PUT .../dialPlans/{dialPlanId}`."""
    organisation = world.organisation
    plan = named(organisation.dial_plans, request, "dialPlanId", "dial plan")
    body = body_of(request)
    kind, route_id = _checked_route(organisation, body)
    refuse_taken(organisation.dial_plans.values(), body["name"], plan)
    plan.name, plan.route_type, plan.route_id = body["name"], kind, route_id


def delete_dial_plan(world: World, request: Request) -> None:
    """Answer `DELETE .../dialPlans/{dialPlanId}`."""
    organisation = world.organisation
    plan = named(organisation.dial_plans, request, "dialPlanId", "dial plan")
    del organisation.dial_plans[plan.id]


def list_patterns(world: World, request: Request) -> list[Any]:
    """Answer `GET .../dialPlans/{dialPlanId}/dialPatterns`."""
    plan = named(world.organisation.dial_plans, request, "dialPlanId", "dial plan")
    part = request.query.get("dialPattern", "")
    return [pattern for pattern in plan.patterns if part in pattern]


def change_patterns(world: World, request: Request) -> None:
    """Answer `PUT .../dialPlans/{dialPlanId}/dialPatterns`."""
    organisation = world.organisation
    plan = named(organisation.dial_plans, request, "dialPlanId", "dial plan")
    body = body_of(request)
    entries = body.get("dialPatterns") or []
    for entry in entries:
        required(entry, ("dialPattern",))
        one_of(entry, "action", ("ADD", "DELETE"))
    added = [entry["dialPattern"] for entry in entries if entry.get("action", "ADD") == "ADD"]
    gone = {entry["dialPattern"] for entry in entries if entry.get("action") == "DELETE"}
    kept = [] if body.get("deleteAllDialPatterns") else plan.patterns
    new = [pattern for pattern in added if pattern not in kept]
    _check_patterns(organisation, [item for item in new if item not in plan.patterns])
    plan.patterns = [pattern for pattern in kept if pattern not in gone] + new


def validate_patterns(world: World, request: Request) -> JsonObject:
    """Answer `POST .../validateDialPatterns/invoke`."""
    body = body_of(request)
    required(body, ("dialPatterns",))
    seen: set[str] = set()
    problems = []
    for pattern in map(str, body["dialPatterns"]):
        status = pattern_problem(world.organisation, pattern)
        if status is None and pattern in seen:
            status = "DUPLICATE_IN_LIST"
        seen.add(pattern)
        if status is not None:
            message = f"{status}: {pattern}"
            item = {"dialPattern": pattern, "patternStatus": status, "message": message}
            problems.append(item)
    return {"status": "ERRORS" if problems else "OK", "dialPatternStatus": problems}


_BASE = "/telephony/config/premisePstn"
_PLANS = f"{_BASE}/dialPlans"
_PLAN = f"{_PLANS}/{{dialPlanId}}"
_READ, _WRITE = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE

ROUTES = (
    Route("GET", _PLANS, list_dial_plans, _READ, "dialPlans", "start"),
    Route("POST", _PLANS, create_dial_plan, _WRITE),
    Route("GET", _PLAN, read_dial_plan, _READ),
    Route("PUT", _PLAN, update_dial_plan, _WRITE),
    Route("DELETE", _PLAN, delete_dial_plan, _WRITE),
    Route("GET", f"{_PLAN}/dialPatterns", list_patterns, _READ, "dialPatterns", "start"),
    Route("PUT", f"{_PLAN}/dialPatterns", change_patterns, _WRITE),
    Route("POST", f"{_BASE}/actions/validateDialPatterns/invoke", validate_patterns, _WRITE),
)
