"""Call forwarding of attendants, hunt groups and queues, with its selective rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import body_of, required
from Space_OdT.simulator.organisation.api.features import feature_at
from Space_OdT.simulator.organisation.entities import Feature
from Space_OdT.simulator.organisation.feature_kinds import KINDS, FeatureKind
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.merging import laid_over
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

_OFF = {"enabled": False, "ringReminderEnabled": False, "destinationVoicemailEnabled": False}
ORIGINAL: Mapping[str, Any] = {
    "always": _OFF,
    "selective": _OFF,
    "operatingModes": {"enabled": False, "modes": []},
}


def render_forwarding(feature: Feature) -> JsonObject:
    """Write the forwarding settings of a feature; rules are listed in short."""
    forwarding = laid_over(ORIGINAL, feature.forwarding)
    forwarding["rules"] = [_short_rule(rule) for rule in feature.rules.values()]
    return {"callForwarding": forwarding}


def _short_rule(rule: JsonObject) -> JsonObject:
    callers = rule["callsFrom"]
    numbers = (callers.get("customNumbers") or {}).get("numbers") or []
    callees = (rule.get("callsTo") or {}).get("numbers") or []
    target = rule.get("forwardTo") or {}
    called = [str(item.get("phoneNumber") or item.get("type")) for item in callees]
    return {
        "id": rule["id"],
        "name": rule["name"],
        "callsFrom": ", ".join(numbers) if numbers else "Any number",
        "callFrom": ", ".join(numbers) if numbers else "Any number",
        "callsTo": ", ".join(called) or "Primary",
        "forwardTo": target.get("phoneNumber") or target.get("selection", "DO_NOT_FORWARD"),
        "enabled": rule.get("enabled", True),
    }


def _read_handler(kind: FeatureKind) -> Callable[[World, Request], JsonObject]:
    def answer(world: World, request: Request) -> JsonObject:
        return render_forwarding(feature_at(world, request, kind))

    return answer


def _write_handler(kind: FeatureKind) -> Callable[[World, Request], None]:
    def answer(world: World, request: Request) -> None:
        feature = feature_at(world, request, kind)
        body = body_of(request)
        required(body, ("callForwarding",))
        forwarding = dict(body["callForwarding"])
        rules = forwarding.pop("rules", None) or []
        for rule in rules:
            if canonical(rule.get("id")) not in feature.rules:
                raise errors.field_invalid("rules", "no rule with this ID")
        _check_destinations(forwarding)
        feature.forwarding = laid_over(feature.forwarding, forwarding)
        for rule in rules:
            feature.rules[canonical(rule["id"])]["enabled"] = bool(rule.get("enabled", True))

    return answer


def _check_destinations(forwarding: Mapping[str, Any]) -> None:
    for name in ("always", "selective"):
        part = forwarding.get(name) or {}
        if part.get("enabled") and not part.get("destination"):
            raise errors.field_missing(f"callForwarding.{name}.destination")


def _rule_at(feature: Feature, request: Request) -> JsonObject:
    rule = feature.rules.get(canonical(request.params["ruleId"]))
    if rule is None:
        raise errors.not_found("The call forwarding rule with the specified ID")
    return rule


def _create_rule_handler(kind: FeatureKind) -> Callable[[World, Request], Reply]:
    def answer(world: World, request: Request) -> Reply:
        feature = feature_at(world, request, kind)
        body = body_of(request)
        required(body, ("name", "callsFrom", "callsTo"))
        _refuse_taken(feature, body["name"])
        identifier = world.next_id("CALL_FORWARDING_SELECTIVE_RULE")
        feature.rules[identifier] = {"enabled": True, **body, "id": identifier}
        return Reply(201, {"id": identifier})

    return answer


def _refuse_taken(feature: Feature, name: str, own: str = "") -> None:
    if any(rule["name"] == name and key != own for key, rule in feature.rules.items()):
        raise errors.name_taken(name)


def _read_rule_handler(kind: FeatureKind) -> Callable[[World, Request], JsonObject]:
    def answer(world: World, request: Request) -> JsonObject:
        return dict(_rule_at(feature_at(world, request, kind), request))

    return answer


def _update_rule_handler(kind: FeatureKind) -> Callable[[World, Request], Reply]:
    def answer(world: World, request: Request) -> Reply:
        feature = feature_at(world, request, kind)
        rule = _rule_at(feature, request)
        body = body_of(request)
        _refuse_taken(feature, str(body.get("name") or rule["name"]), rule["id"])
        feature.rules[rule["id"]] = {**laid_over(rule, body), "id": rule["id"]}
        return Reply(201, {"id": rule["id"]})

    return answer


def _delete_rule_handler(kind: FeatureKind) -> Callable[[World, Request], Reply]:
    def answer(world: World, request: Request) -> Reply:
        feature = feature_at(world, request, kind)
        del feature.rules[_rule_at(feature, request)["id"]]
        return Reply(204)

    return answer


def _switch_mode_handler(kind: FeatureKind) -> Callable[[World, Request], Reply]:
    def answer(world: World, request: Request) -> Reply:
        feature = feature_at(world, request, kind)
        required(body_of(request), ("operatingModeId",))
        modes = laid_over(ORIGINAL, feature.forwarding)["operatingModes"]
        if not modes["enabled"]:
            raise ApiError(400, "Operating modes are not enabled for this feature")
        current = {"currentOperatingModeId": body_of(request)["operatingModeId"]}
        feature.forwarding = laid_over(feature.forwarding, {"operatingModes": current})
        return Reply(204)

    return answer


def _routes(kind: FeatureKind) -> tuple[Route, ...]:
    path = f"/telephony/config/locations/{{locationId}}/{kind.segment}/{{{kind.param}}}"
    forwarding = f"{path}/callForwarding"
    rules = f"{forwarding}/selectiveRules"
    read, write = scopes.TELEPHONY_READ, scopes.TELEPHONY_WRITE
    return (
        Route("GET", forwarding, _read_handler(kind), read),
        Route("PUT", forwarding, _write_handler(kind), write),
        Route("POST", f"{forwarding}/actions/switchMode/invoke", _switch_mode_handler(kind), write),
        Route("POST", rules, _create_rule_handler(kind), write),
        Route("GET", f"{rules}/{{ruleId}}", _read_rule_handler(kind), read),
        Route("PUT", f"{rules}/{{ruleId}}", _update_rule_handler(kind), write),
        Route("DELETE", f"{rules}/{{ruleId}}", _delete_rule_handler(kind), write),
    )


ROUTES = tuple(route for kind in KINDS for route in _routes(kind))
