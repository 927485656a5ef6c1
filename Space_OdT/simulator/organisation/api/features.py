"""Auto attendants, hunt groups and call queues: reading, creating, changing, deleting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import (
    body_of,
    calling_location_at,
    flag,
    required,
    text_of,
)
from Space_OdT.simulator.organisation.api.feature_views import (
    line_fields,
    render_details,
    render_item,
)
from Space_OdT.simulator.organisation.documents import forget_documents_of
from Space_OdT.simulator.organisation.entities import Feature, Line, Location, OwnerKind
from Space_OdT.simulator.organisation.feature_kinds import KINDS, POLICIES, FeatureKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.members import checked_agents
from Space_OdT.simulator.organisation.merging import laid_over
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.organisation.rules import (
    CallingRequest,
    alternates,
    check_calling,
    check_number,
    normalised_number,
)
from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

PAGE = 2000
NAME_LENGTH = 30
RING_PATTERN = "NORMAL"


def feature_at(world: World, request: Request, kind: FeatureKind) -> Feature:
    """Find the feature of the path; it must belong to the location of the path.

    Raises:
        ApiError: 404 for anything else, also for a Customer Assist queue without
            `hasCxEssentials=true` where the call has that parameter.
    """
    location = calling_location_at(world, request)
    feature = world.organisation.features.get(canonical(request.params[kind.param]))
    if feature is None or feature.kind is not kind.owner or feature.location_id != location.id:
        raise errors.not_found("The feature with the specified ID")
    return feature


def _details_at(world: World, request: Request, kind: FeatureKind) -> Feature:
    feature = feature_at(world, request, kind)
    if feature.customer_assist and not flag(request.query, "hasCxEssentials"):
        raise errors.not_found("The call queue with the specified ID")
    return feature


def _list_handler(kind: FeatureKind) -> Callable[[World, Request], LazyList[Feature]]:
    def answer(world: World, request: Request) -> LazyList[Feature]:
        organisation = world.organisation
        items = organisation.features_of(kind.owner)
        assist = flag(request.query, "hasCxEssentials")
        items = [item for item in items if item.customer_assist == assist]
        if "locationId" in request.query:
            wanted = canonical(request.query["locationId"])
            items = [item for item in items if item.location_id == wanted]
        part = request.query.get("name", "").casefold()
        items = [item for item in items if part in item.name.casefold()]
        number = request.query.get("phoneNumber", "").strip().lstrip("+")
        if number:
            items = [
                item
                for item in items
                if number in line_fields(organisation, item).get("phoneNumber", "")
            ]
        return LazyList(items, lambda item: render_item(organisation, kind, item))

    return answer


def _read_handler(kind: FeatureKind) -> Callable[[World, Request], JsonObject]:
    def answer(world: World, request: Request) -> JsonObject:
        return render_details(world.organisation, kind, _details_at(world, request, kind))

    return answer


def _checked_name(
    organisation: Organisation, kind: FeatureKind, location: Location, name: Any, own: str = ""
) -> str:
    if not isinstance(name, str) or not 1 <= len(name) <= NAME_LENGTH:
        raise errors.field_invalid("name", f"1 to {NAME_LENGTH} characters")
    for other in organisation.features_of(kind.owner):
        same = other.name.casefold() == name.casefold() and other.location_id == location.id
        if same and other.id != own:
            raise errors.name_taken(name)
    return name


def _check_policy(body: JsonObject) -> None:
    policies = body.get("callPolicies")
    if policies is not None and policies.get("policy", POLICIES[0]) not in POLICIES:
        raise errors.field_invalid("callPolicies.policy", f"one of {', '.join(POLICIES)} expected")


def _checked_line(
    organisation: Organisation, location: Location, body: JsonObject, own: Feature | None = None
) -> CallingRequest:
    """Give the number and extension after a change; "" takes one away, absence keeps it."""
    line = organisation.plan.primary(own.id) if own else None
    number, extension = line.phone_number if line else None, line.extension if line else None
    if body.get("phoneNumber") is not None:
        number = normalised_number(text_of(body, "phoneNumber"))
    if body.get("extension") is not None:
        extension = text_of(body, "extension")
    if not number and not extension:
        raise errors.field_missing("phoneNumber or extension")
    wanted = CallingRequest(location, extension or None, number or None)
    check_calling(organisation, wanted, own.id if own else None)
    return wanted


def _checked_alternates(
    organisation: Organisation, location: Location, body: JsonObject, own_id: str
) -> list[tuple[str, str]] | None:
    settings = body.get("alternateNumberSettings") or body
    entries = settings.get("alternateNumbers")
    if entries is None:
        return None
    numbers = []
    for entry in entries:
        required(entry, ("phoneNumber",))
        number = normalised_number(entry["phoneNumber"]) or ""
        check_number(organisation, location.id, number, own_id)
        numbers.append((number, entry.get("ringPattern") or RING_PATTERN))
    return numbers


def _store_settings(kind: FeatureKind, feature: Feature, body: JsonObject) -> None:
    written = {name: body[name] for name in kind.settable if body.get(name) is not None}
    ring = (body.get("alternateNumberSettings") or {}).get("distinctiveRingEnabled")
    if ring is not None:
        written["distinctiveRingEnabled"] = ring
    feature.settings = laid_over(feature.settings, written)


def _store_lines(
    organisation: Organisation,
    feature: Feature,
    line: CallingRequest,
    spare: list[tuple[str, str]] | None,
) -> None:
    plan = organisation.plan
    if spare is not None:
        for old in alternates(organisation, feature.id):
            plan.detach(old)
    number, extension = line.phone_number, line.extension
    plan.replace_primary(feature.id, feature.kind, feature.location_id, number, extension)
    for phone_number, ring_pattern in spare or ():
        plan.attach(
            Line(
                feature.id,
                feature.kind,
                feature.location_id,
                phone_number,
                role="ALTERNATE",
                ring_pattern=ring_pattern,
            )
        )


def _create_handler(kind: FeatureKind) -> Callable[[World, Request], Reply]:
    def answer(world: World, request: Request) -> Reply:
        organisation = world.organisation
        location = calling_location_at(world, request)
        body = body_of(request)
        required(body, [name for name in kind.required if name not in {"agents", "enabled"}])
        _check_policy(body)
        name = _checked_name(organisation, kind, location, body["name"])
        line = _checked_line(organisation, location, body)
        spare = _checked_alternates(organisation, location, body, "")
        assist = kind.owner is OwnerKind.CALL_QUEUE and flag(request.query, "hasCxEssentials")
        agents: list[dict[str, Any]] = []
        if kind.has_agents:
            entries = body.get("agents") or []
            agents = checked_agents(organisation, entries, customer_assist=assist)
        feature = Feature(world.next_id(kind.id_type), kind.owner, name, location.id)
        feature.enabled = body.get("enabled") is not False
        feature.customer_assist = assist
        feature.agents = agents
        organisation.add_feature(feature)
        _store_settings(kind, feature, body)
        _store_lines(organisation, feature, line, spare)
        return Reply(kind.created, {"id": feature.id})

    return answer


def _update_handler(kind: FeatureKind) -> Callable[[World, Request], None]:
    def answer(world: World, request: Request) -> None:
        organisation = world.organisation
        feature = feature_at(world, request, kind)
        location = organisation.locations[feature.location_id]
        body = body_of(request)
        _check_policy(body)
        name = feature.name
        if body.get("name") is not None:
            name = _checked_name(organisation, kind, location, body["name"], feature.id)
        line = _checked_line(organisation, location, body, feature)
        spare = _checked_alternates(organisation, location, body, feature.id)
        assist = feature.customer_assist
        if kind.has_agents and body.get("agents") is not None:
            agents = checked_agents(organisation, body["agents"], customer_assist=assist)
            organisation.set_agents(feature, agents)
        feature.name = name
        feature.enabled = body.get("enabled", feature.enabled) is not False
        _store_settings(kind, feature, body)
        _store_lines(organisation, feature, line, spare)

    return answer


def _delete_handler(kind: FeatureKind) -> Callable[[World, Request], Reply]:
    def answer(world: World, request: Request) -> Reply:
        feature = feature_at(world, request, kind)
        world.organisation.remove_feature(feature)
        forget_documents_of(world, feature.id)
        return Reply(204)

    return answer


def _routes(kind: FeatureKind) -> tuple[Route, ...]:
    one = f"/telephony/config/locations/{{locationId}}/{kind.segment}"
    item = f"{one}/{{{kind.param}}}"
    read, write = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE
    return (
        Route(
            "GET",
            f"/telephony/config/{kind.segment}",
            _list_handler(kind),
            read,
            kind.segment,
            "start",
            default_page=PAGE,
            max_page=PAGE,
        ),
        Route("POST", one, _create_handler(kind), write),
        Route("GET", item, _read_handler(kind), read),
        Route("PUT", item, _update_handler(kind), write),
        Route("DELETE", item, _delete_handler(kind), write),
    )


ROUTES = tuple(route for kind in KINDS for route in _routes(kind))
