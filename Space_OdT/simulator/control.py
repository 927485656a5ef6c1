"""The control path `/_sim/`: reset, faults, state, recorded calls, summary, limiter, stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from Space_OdT.simulator.auth import ADMIN_TOKEN, READONLY_TOKEN, SCOPES_PREFIX
from Space_OdT.simulator.bodies import BodyRule, check_body
from Space_OdT.simulator.faults import FaultInjector, FaultRule, read_rules
from Space_OdT.simulator.limiters import LimiterKind, make_limiter
from Space_OdT.simulator.organisation.saved_form import TABLES
from Space_OdT.simulator.protocol import ApiError, JsonObject
from Space_OdT.simulator.service import Incoming, Outgoing, Service
from Space_OdT.simulator.world import World

CONTROL_PREFIX = "/_sim/"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
CALLS_SHOWN = 1000

_RESET_BODY: BodyRule = {"size": int, "seed": int}
_LIMITER_BODY: BodyRule = {"kind!": tuple(LimiterKind), "rate!": float, "burst": float}

Action = Callable[["Control", Mapping[str, str], Any], JsonObject]


def is_local(host: str) -> bool:
    """Tell whether a Host header names this machine, with or without a port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower() in LOCAL_HOSTS


class Control:
    """What a person or a test may do to a running simulator.

    Args:
        service: The service under control.
        stop: Called when the simulator is asked to end.
    """

    def __init__(self, service: Service, stop: Callable[[], None]) -> None:
        self.service = service
        self.stop = stop
        self._initial_faults = [FaultRule.from_json(_bare(r)) for r in service.faults.to_json()]

    def answer(self, incoming: Incoming, *, from_loopback: bool) -> Outgoing:
        """Do what a request to the control path asks for.

        Args:
            incoming: The request.
            from_loopback: Whether the caller sits on this machine.

        Returns:
            JSON; 403 for a caller from elsewhere or a page of another site, 404 and 400 as usual.
        """
        origin = incoming.headers.get("Origin")
        foreign = origin is not None and origin != f"http://{incoming.host}"
        if not from_loopback or not is_local(incoming.host) or foreign:
            return _json(403, {"message": "The control path answers this machine only."})
        path, _, query = incoming.target.partition("?")
        action = ACTIONS.get((incoming.method, path.removeprefix(CONTROL_PREFIX).strip("/")))
        if action is None:
            return _json(404, {"message": f"No control {incoming.method} {path}", "has": _help()})
        try:
            body = orjson.loads(incoming.body) if incoming.body else None
            return _json(200, action(self, dict(parse_qsl(query)), body))
        except (ValueError, ApiError) as error:
            return _json(400, {"message": str(error)})

    def reset(self, _query: Mapping[str, str], body: Any) -> JsonObject:
        """Start again: a fresh organisation, the first faults, no recorded calls.

        The body may choose another `size` and `seed`; the rate limit stays as it is.
        """
        wanted = _object(body)
        check_body(wanted, _RESET_BODY)
        world = self.service.world
        size, seed = wanted.get("size", world.size), wanted.get("seed", world.seed)
        self.service.world = World.generate(size, seed, clock=world.clock)
        self.service.faults = FaultInjector(seed, self._initial_faults)
        self.service.recorder.clear()
        return self.summary({}, None)

    def summary(self, _query: Mapping[str, str], _body: Any) -> JsonObject:
        """Counts of entities and calls."""
        world = self.service.world
        organisation = world.organisation
        return {
            "seed": world.seed,
            "size": world.size,
            "entities": {name: len(getattr(organisation, name)) for name in TABLES},
            "documents_written": len(world.documents),
            "calls": self.service.recorder.counts(),
            "faults": self.service.faults.to_json(),
            "limiter": type(self.service.limiter).__name__ if self.service.limiter else None,
            "routes": len(self.service.router.routes),
            "tokens": [ADMIN_TOKEN, READONLY_TOKEN, f"{SCOPES_PREFIX}<scope,scope>"],
        }

    def state(self, _query: Mapping[str, str], _body: Any) -> JsonObject:
        """The whole world as JSON."""
        return self.service.world.to_state()

    def load_state(self, _query: Mapping[str, str], body: Any) -> JsonObject:
        """Replace the world by one that was saved."""
        self.service.world = World.from_state(body, clock=self.service.world.clock)
        return self.summary({}, None)

    def faults(self, _query: Mapping[str, str], _body: Any) -> JsonObject:
        """Rules and how often they struck."""
        return {"faults": self.service.faults.to_json()}

    def add_faults(self, query: Mapping[str, str], body: Any) -> JsonObject:
        """Add one rule, a list of rules, or an object with the list `faults`."""
        self.service.faults.add(read_rules(body))
        return self.faults(query, None)

    def clear_faults(self, query: Mapping[str, str], _body: Any) -> JsonObject:
        """Remove all rules."""
        self.service.faults.clear()
        return self.faults(query, None)

    def calls(self, query: Mapping[str, str], _body: Any) -> JsonObject:
        """Recorded calls, the latest `limit` of those that `method` and `path` let through."""
        limit = int(query.get("limit", CALLS_SHOWN))
        found = list(self.service.recorder.calls(query.get("method"), query.get("path")))
        shown = [call.to_json() for call in found[max(0, len(found) - limit) :]]
        return {**self.service.recorder.counts(), "matching": len(found), "calls": shown}

    def clear_calls(self, _query: Mapping[str, str], _body: Any) -> JsonObject:
        """Forget the recorded calls."""
        self.service.recorder.clear()
        return self.service.recorder.counts()

    def limiter(self, _query: Mapping[str, str], body: Any) -> JsonObject:
        """Put a fresh limiter in place; an empty body removes it."""
        wanted = _object(body)
        if wanted:
            check_body(wanted, _LIMITER_BODY)
        unknown = sorted(set(wanted) - {"kind", "rate", "burst", "retry_after"})
        if unknown:
            raise ValueError(f"a limiter has no {', '.join(unknown)}")
        self.service.limiter = make_limiter(**wanted) if wanted else None
        return {"limiter": wanted or None}

    def end(self, _query: Mapping[str, str], _body: Any) -> JsonObject:
        """End the simulator after this answer."""
        self.stop()
        return {"stopping": True}


ACTIONS: dict[tuple[str, str], Action] = {
    ("POST", "reset"): Control.reset,
    ("GET", "summary"): Control.summary,
    ("GET", "state"): Control.state,
    ("POST", "state"): Control.load_state,
    ("GET", "faults"): Control.faults,
    ("POST", "faults"): Control.add_faults,
    ("DELETE", "faults"): Control.clear_faults,
    ("GET", "calls"): Control.calls,
    ("DELETE", "calls"): Control.clear_calls,
    ("POST", "limiter"): Control.limiter,
    ("POST", "stop"): Control.end,
}


def _object(body: Any) -> JsonObject:
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise ValueError("a JSON object expected")  # noqa: TRY004 - answered like a wrong value
    return {name: value for name, value in body.items() if value is not None}


def _bare(rule: JsonObject) -> JsonObject:
    return {name: value for name, value in rule.items() if name not in ("seen", "struck")}


def _help() -> list[str]:
    return [f"{method} {CONTROL_PREFIX}{name}" for method, name in ACTIONS]


def _json(status: int, body: JsonObject) -> Outgoing:
    return Outgoing(status, orjson.dumps(body), {"Content-Type": "application/json"})
