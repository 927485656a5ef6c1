"""The simulated API without its network: one request in, one answer out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from Space_OdT.simulator import errors
from Space_OdT.simulator.auth import Grant, grant_of
from Space_OdT.simulator.bodies import check_body
from Space_OdT.simulator.faults import AFTER_HANDLER, FaultInjector, FaultKind, FaultRule
from Space_OdT.simulator.limiters import Limiter
from Space_OdT.simulator.organisation.keys import canonical, uuid_of
from Space_OdT.simulator.paging import page_reply
from Space_OdT.simulator.protocol import ApiError, Reply, Request
from Space_OdT.simulator.recorder import Recorder
from Space_OdT.simulator.router import API_PREFIX, Router, below_api
from Space_OdT.simulator.world import World

log = logging.getLogger(__name__)

JSON_TYPE = "application/json;charset=UTF-8"
HTML_PAGE = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"

_PLAIN_DELAYS = {FaultKind.SLOW, FaultKind.HANG}


@dataclass(slots=True)
class Incoming:
    """A request as it came over the wire.

    Attributes:
        method: Upper-case HTTP method.
        target: Path and query string as sent.
        headers: Header values; looked up in any case.
        body: Raw body.
        host: What the caller named as host and port.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    host: str = "localhost"


@dataclass(slots=True)
class Outgoing:
    """What is to happen to the connection.

    Attributes:
        status: HTTP status; 0 when the connection is cut.
        body: Raw body.
        headers: Header values.
        delay_seconds: Wait before it is sent.
        cut: Cut the connection instead of answering.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    cut: bool = False


@lru_cache(maxsize=4096)
def _parsed_target(target: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    path, _, query = target.partition("?")
    return unquote(path), query, tuple(parse_qsl(query, keep_blank_values=True))


class Service:
    """Answers requests from a world, through limiter, token check and faults.

    Args:
        world: The organisation.
        router: Its routes.
        limiter: Rate limit over all calls; None for none.
        faults: Fault injector.
        latency_seconds: Delay of every answer.
        clock: Monotonic seconds, for the limiter.
    """

    def __init__(
        self,
        world: World,
        router: Router,
        *,
        limiter: Limiter | None = None,
        faults: FaultInjector | None = None,
        latency_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = world
        self.router = router
        self.limiter = limiter
        self.faults = faults or FaultInjector(world.seed)
        self.latency_seconds = latency_seconds
        self.recorder = Recorder()
        self._clock = clock

    def answer(self, incoming: Incoming) -> Outgoing:
        """Answer one request and record it."""
        path, query_text, pairs = _parsed_target(incoming.target)
        below = below_api(path)
        tracking_id = f"SIM_{self.recorder.total + 1:08d}"
        call = _Call(self, incoming, below or path, query_text, dict(pairs), tracking_id)
        try:
            if below is None:
                raise errors.no_such_path(path)
            outgoing = call.run()
        except ApiError as refusal:
            outgoing = _serialised(errors.error_reply(refusal, tracking_id), tracking_id)
        outgoing.delay_seconds += self.latency_seconds
        self.recorder.record(
            incoming.method,
            call.path,
            query_text,
            incoming.body,
            0 if outgoing.cut else outgoing.status,
            committed=call.committed,
            fault=call.fault.label if call.fault else None,
        )
        return outgoing

    def check_rate(self) -> None:
        """Refuse the call when the limiter says so.

        Raises:
            ApiError: 429 with Retry-After.
        """
        wait = self.limiter.admit(self._clock()) if self.limiter else None
        if wait is not None:
            raise ApiError(
                429,
                "The server is currently unavailable due to overloading.",
                headers={"Retry-After": f"{wait:g}"},
            )


@dataclass(slots=True)
class _Call:
    """One request on its way through the service."""

    service: Service
    incoming: Incoming
    path: str
    query_text: str
    query: Mapping[str, str]
    tracking_id: str
    fault: FaultRule | None = None
    committed: bool = False

    def run(self) -> Outgoing:
        self.service.check_rate()
        grant = grant_of(self.incoming.headers)
        self.fault = self.service.faults.strike(
            self.incoming.method, self.path, self.query_text, grant.token
        )
        if self.fault and self.fault.kind not in AFTER_HANDLER | _PLAIN_DELAYS:
            return _instead(self.fault, self.tracking_id)
        if self.fault and self.fault.kind is FaultKind.HANG:
            return Outgoing(0, delay_seconds=self.fault.seconds, cut=True)
        reply = self._handled(grant)
        return self._spoiled(reply) if self.fault else _serialised(reply, self.tracking_id)

    def _handled(self, grant: Grant) -> Reply:
        match = self.service.router.find(self.incoming.method, self.path)
        if not grant.admits(match.route):
            raise errors.forbidden()
        request = Request(
            self.incoming.method, self.path, match.params, self.query, self._decoded_body()
        )
        if match.route.body is not None and isinstance(request.body, dict):
            check_body(request.body, match.route.body)
        self._check_organisation(request.body)
        # Handlers check before they change anything, so a refusal leaves nothing committed.
        try:
            result = match.route.handler(self.service.world, request)
        except ApiError:
            raise
        except Exception:
            # The one boundary: a defect of a handler becomes a 500 and a log line, not the end
            # of the server.
            log.exception("handler of %s %s failed", match.route.method, match.route.template)
            raise ApiError(500, "Internal Server Error") from None
        self.committed = True
        if isinstance(result, Reply):
            return result
        if result is None:
            return Reply(204)
        if isinstance(result, Sequence):
            return page_reply(match.route, request, result, self._base_url())
        return Reply(200, result)

    def _base_url(self) -> str:
        prefix = "" if self.incoming.target.startswith("/identity/") else API_PREFIX
        return f"http://{self.incoming.host}{prefix}"

    def _check_organisation(self, body: Any) -> None:
        """Refuse a caller who names an organisation that the token has nothing to do with."""
        named = self.query.get("orgId") or (body.get("orgId") if isinstance(body, dict) else None)
        own = self.service.world.organisation.id
        if named and canonical(named) not in {own, uuid_of(own)}:
            raise errors.forbidden()

    def _decoded_body(self) -> Any:
        body = self.incoming.body
        content_type = self.incoming.headers.get("Content-Type", JSON_TYPE).lower()
        # Uploads come in parts; what is in them is not looked at.
        if not body or content_type.startswith("multipart/"):
            return None
        if "json" not in content_type:
            raise errors.unsupported_media(content_type)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            raise errors.malformed_body() from None

    def _spoiled(self, reply: Reply) -> Outgoing:
        """Apply a fault that lets the handler run first."""
        fault = self.fault
        if fault is None or fault.kind is FaultKind.RESET_AFTER:
            return Outgoing(0, cut=True)
        if fault.kind is FaultKind.STATUS_AFTER:
            return _instead(fault, self.tracking_id)
        if fault.kind is FaultKind.MISSING_FIELD:
            reply = replace(reply, body=_without(reply.body, fault.field))
        outgoing = _serialised(reply, self.tracking_id)
        if fault.kind is FaultKind.MALFORMED_JSON:
            outgoing.body = outgoing.body[: max(1, len(outgoing.body) // 2)] or b"{"
        if fault.kind is FaultKind.SLOW:
            outgoing.delay_seconds = fault.seconds
        return outgoing


def _instead(fault: FaultRule, tracking_id: str) -> Outgoing:
    """Apply a fault that answers in place of the handler."""
    if fault.kind is FaultKind.RESET_BEFORE:
        return Outgoing(0, cut=True)
    if fault.kind is FaultKind.HTML:
        status = fault.status
        return Outgoing(status, HTML_PAGE, {"Content-Type": "text/html;charset=utf-8"})
    if fault.kind is FaultKind.EXPIRE_TOKEN:
        raise errors.unauthorized()
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    refusal = ApiError(fault.status, fault.message, fault.code, headers=headers)
    return _serialised(errors.error_reply(refusal, tracking_id), tracking_id)


def _without(body: Any, name: str) -> Any:
    """Leave a field out, in the object or in the items of its lists."""
    if isinstance(body, Mapping):
        return {key: _without(value, name) for key, value in body.items() if key != name}
    if isinstance(body, list):
        return [_without(item, name) for item in body]
    return body


def _serialised(reply: Reply, tracking_id: str) -> Outgoing:
    headers = {"trackingId": tracking_id, **reply.headers}
    if reply.body is None:
        return Outgoing(reply.status, b"", headers)
    headers.setdefault("Content-Type", JSON_TYPE)
    return Outgoing(reply.status, orjson.dumps(reply.body), headers)
