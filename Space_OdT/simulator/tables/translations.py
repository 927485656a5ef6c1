"""Writes that take ids where the read shows what stands behind them, or names that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.own_line import member_with_number
from Space_OdT.simulator.generated.writes import member_fields
from Space_OdT.simulator.organisation.entities import Feature, OwnerKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.protocol import JsonObject, Request

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

_MEMBER_SHOWN = ("id", "firstName", "lastName", "displayName", "type", "email")


def _member(world: World, request: Request, identifier: str) -> JsonObject:
    """The person, workspace or virtual line behind an id, as monitoring shows it."""
    fields = member_fields(world, request, identifier)
    if fields is None:
        raise errors.field_invalid("id", f"nobody has the id {identifier}")
    return {name: fields[name] for name in _MEMBER_SHOWN if name in fields}


_FORWARDINGS = ("always", "busy", "noAnswer")


def forwarding_with_destinations(_world: World, _request: Request, body: JsonObject) -> JsonObject:
    """Refuse a forwarding that is switched on and goes nowhere.

    Raises:
        ApiError: 400 naming the destination that is missing.
    """
    forwarding = body.get("callForwarding") or {}
    places = {f"callForwarding.{name}": forwarding.get(name) for name in _FORWARDINGS}
    places["businessContinuity"] = body.get("businessContinuity")
    for place, given in places.items():
        if given and given.get("enabled") and not (given.get("destination") or "").strip():
            raise errors.field_missing(f"{place}.destination")
    return body


def caller_id_with_number(_world: World, _request: Request, body: JsonObject) -> JsonObject:
    """Refuse a custom caller id without a number.

    Raises:
        ApiError: 400 naming the number.
    """
    if body["selected"] == "CUSTOM" and not body.get("customNumber"):
        raise errors.field_missing("customNumber")
    return body


def callback_with_member(world: World, request: Request, body: JsonObject) -> JsonObject:
    """Show the member whose number an emergency call is to show.

    Raises:
        ApiError: 400 for a member who is not there or has no number.
    """
    rest = {name: value for name, value in body.items() if name != "locationMemberId"}
    if body.get("selected") != "LOCATION_MEMBER_NUMBER":
        return rest
    if not body.get("locationMemberId"):
        raise errors.field_missing("locationMemberId")
    member = _member(world, request, body["locationMemberId"])
    line = world.organisation.plan.primary(member["id"])
    if line is None or not line.phone_number:
        raise errors.field_invalid("locationMemberId", "has no number in the location")
    return {**rest, "locationMemberInfo": member_with_number(world.organisation, line)}


def monitored_by_id(world: World, request: Request, body: JsonObject) -> JsonObject:
    """Show the members behind the ids that a write of monitoring names."""
    shown: JsonObject = {}
    if "enableCallParkNotification" in body:
        shown["callParkNotificationEnabled"] = body["enableCallParkNotification"]
    if body.get("monitoredElements") is not None:
        shown["monitoredElements"] = [
            {"member": _member(world, request, identifier)}
            for identifier in body["monitoredElements"]
        ]
    return shown


def one_kind_each(_subject: Subject, document: JsonObject) -> JsonObject:
    """Show monitored elements as members: the library's model has room for three kinds at once."""
    elements = [{"member": element["member"]} for element in document["monitoredElements"]]
    return {**document, "monitoredElements": elements}


def agents_by_id(world: World, request: Request, body: JsonObject) -> JsonObject:
    """Show the members behind the ids of `monitoringAgents`."""
    if body.get("monitoringAgents") is None:
        return body
    agents = [_member(world, request, identifier) for identifier in body["monitoringAgents"]]
    return {**body, "monitoringAgents": agents}


_CALLER_ID_TYPES = {
    OwnerKind.CALL_QUEUE: "CALL_QUEUE",
    OwnerKind.HUNT_GROUP: "HUNT_GROUP",
}


def _caller_id(subject: Subject, feature: Feature) -> JsonObject:
    line = subject.organisation.plan.primary(feature.id)
    found = {"id": feature.id, "type": _CALLER_ID_TYPES[feature.kind], "name": feature.name}
    numbers = {"phoneNumber": line.phone_number, "extension": line.extension} if line else {}
    return {**found, **{name: value for name, value in numbers.items() if value}}


def own_caller_id(subject: Subject) -> JsonObject | None:
    """The queue or hunt group as which an agent calls; of those served, else any."""
    owner = subject.params.get("personId") or subject.params.get("virtualLineId") or ""
    organisation = subject.organisation
    served = organisation.memberships(canonical(owner))
    known = served or organisation.features_of(OwnerKind.CALL_QUEUE)
    usable = [feature for feature in known if feature.kind in _CALLER_ID_TYPES]
    return _caller_id(subject, usable[0]) if usable else None


def caller_id_by_id(world: World, request: Request, body: JsonObject) -> JsonObject:
    """Show the queue or hunt group behind the id that a write names."""
    feature = world.organisation.features.get(canonical(body["selectedCallerId"]))
    if feature is None or feature.kind not in _CALLER_ID_TYPES:
        raise errors.field_invalid("selectedCallerId", "no such queue or hunt group")
    subject = Subject(world, request.path, request.params)
    return {"selectedCallerId": _caller_id(subject, feature)}
