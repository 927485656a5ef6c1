"""The one way to Webex: timeouts, bounded retries, pacing and checks on every call."""

from __future__ import annotations

import asyncio
import random
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import orjson
from multidict import istr
from yarl import URL

from Space_OdT import __version__
from Space_OdT.settings.config import Settings
from Space_OdT.webex import paging
from Space_OdT.webex.answers import Response, missing_fields
from Space_OdT.webex.calls import (
    AttemptFailedError,
    Call,
    Lookup,
    given_up,
    lacking,
    may_repeat,
    refused,
)
from Space_OdT.webex.deadlines import Deadlines
from Space_OdT.webex.delivery import Delivery, looked_up
from Space_OdT.webex.error_handling import ReasonCode, WebexError, classify
from Space_OdT.webex.pacing import Pacer
from Space_OdT.webex.redaction import Secret
from Space_OdT.webex.retry import Random, RetryPolicy, Sleep
from Space_OdT.webex.stats import ClientStats
from Space_OdT.webex.transport_errors import meaning_of_exception, words_of
from Space_OdT.webex.urls import Addresses, Query, family_of

if TYPE_CHECKING:
    from Space_OdT.webex.evidence import Evidence

# Repeating these leaves the same state behind; POST and PATCH need the caller's word or a lookup.
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_JSON = "application/json"
_UNAUTHORIZED = 401
_OURS = frozenset({"authorization", "trackingid", "user-agent"})
_AUTHORIZATION, _TRACKING_ID = istr("Authorization"), istr("TrackingID")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Bounds in seconds: `connect` for opening a connection, `total` for one whole attempt."""

    total: float = 20.0
    connect: float = 5.0


class WebexClient:
    """Async context manager; one per run.

    Args:
        base_url: Checked base URL without trailing slash.
        token: Access token; goes into the Authorization header and nowhere else.
        pacer: Decides when a call may be sent; made for `concurrency` when None.
        evidence: Log and HAR of the run; None records nothing.
        concurrency: Requests in flight at most. Waiting for the pacer or a backoff takes no slot.
        timeouts: Bounds of one attempt.
        retry: Bounds of one call's repeats.
        proxy: URL of an http(s) proxy, None for a direct connection.
        run_id: Part of every TrackingID; random when None.
        clock: Monotonic seconds.
        sleep: Awaitable sleep.
        uniform: Uniform numbers in [0, 1).
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str,
        pacer: Pacer | None = None,
        evidence: Evidence | None = None,
        concurrency: int = 10,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        proxy: str | None = None,
        run_id: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        uniform: Random = random.random,
    ) -> None:
        self.addresses = Addresses(base_url)
        self.pacer = pacer = pacer or Pacer(concurrency=concurrency)
        self.evidence = evidence
        self.concurrency = concurrency
        self.timeouts = timeouts or Timeouts()
        self.retry = retry or RetryPolicy()
        self.stats = ClientStats(rate_now=lambda: pacer.rate)
        self._token = Secret(token)
        self._authorization = Secret(f"Bearer {token}")
        self._proxy = proxy
        self._tracking = f"SpaceOdT_{run_id or secrets.token_hex(4)}_"
        self._sent = 0
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._record = evidence.exchange if evidence and evidence.records_exchanges else None
        self._deadlines = Deadlines(self.timeouts.total)
        self._delivery = Delivery(
            exchange=self._exchange,
            pacer=pacer,
            sleep=sleep,
            uniform=uniform,
            note=self._note,
            clock=clock,
        )

    @property
    def access_token(self) -> str:
        """The token, for libraries that insist on knowing it; never to be written anywhere."""
        return self._token

    @classmethod
    def from_settings(cls, settings: Settings, *, evidence: Evidence | None = None) -> Self:
        """Build a client as the settings say.

        Args:
            settings: The settings of this run.
            evidence: Log and HAR of the run.

        Returns:
            A client, not connected yet.

        Raises:
            MissingTokenError: When there is no token.
        """
        return cls(
            base_url=settings.webex_base_url,
            token=settings.access_token(),
            pacer=Pacer(
                concurrency=settings.concurrent_requests,
                max_rate_per_minute=settings.max_rate_per_minute,
                on_event=evidence.pacing_event if evidence else None,
            ),
            evidence=evidence,
            concurrency=settings.concurrent_requests,
            timeouts=Timeouts(settings.request_timeout_seconds, settings.connect_timeout_seconds),
            retry=RetryPolicy(
                max_retries=settings.max_retries,
                throttle_budget_seconds=settings.throttle_budget_seconds,
            ),
            proxy=settings.proxy,
        )

    async def __aenter__(self) -> Self:
        return self.open()

    def open(self) -> Self:
        """Make ready to send; `async with` does it. Needs a running event loop.

        Returns:
            The client itself.
        """
        if self._session is not None:
            return self
        self._deadlines.open()  # guards the total time of an attempt
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self.concurrency, ttl_dns_cache=300, ssl=self._trusted_certificates()
            ),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.timeouts.connect),
            headers={"User-Agent": f"Space_OdT/{__version__}", "Accept": _JSON},
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self._proxy,
        )
        # The library would send some calls again by itself: unpaced and unseen. Repeats are ours.
        self._session._retry_connection = False  # noqa: SLF001 - it has no public switch
        return self

    def _trusted_certificates(self) -> ssl.SSLContext | bool:
        """Load the certificates now: the library does it on import, before `.env` was read."""
        is_tls = self.addresses.base_url.startswith("https:")
        return ssl.create_default_context() if is_tls else True

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; calling it again does nothing."""
        self._deadlines.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        expect: Collection[int] = (200,),
        required: Sequence[str] = (),
        family: str | None = None,
        idempotent: bool | None = None,
        lookup: Lookup | None = None,
        passing: Collection[int] = (),
        retry: RetryPolicy | None = None,
    ) -> Response:
        """Send one call and see it through.

        A call that may change something twice (POST, PATCH) is repeated after a refusal for rate,
        for then it was not carried out; after any failure that leaves its outcome open it is
        repeated only when the caller says it is harmless, or a lookup shows it did not land.

        Args:
            method: Upper-case HTTP method.
            path: Path below the base URL; an absolute URL of the same host is taken as it is.
            query: Query parameters.
            body: JSON body; None sends none.
            expect: Statuses that mean success.
            required: Fields a success must carry; dots lead into objects.
            family: Endpoint family for pacing and counters; derived from the path when None.
            idempotent: Whether a repeat is harmless; None decides by the method.
            lookup: Awaited before a repeat whose predecessor may have landed: returns what then
                exists, which becomes the body of the response, or None when nothing does.
            passing: Further statuses to repeat on, such as 404 just after a create.
            retry: Bounds for this call alone.

        Returns:
            The checked answer.

        Raises:
            WebexError: For every failure; `unknown_outcome` when it may have been carried out.
        """
        family = family or family_of(method, path)
        call = Call(
            method=method,
            path=path,
            url=self.addresses.target(path, query),
            headers={_AUTHORIZATION: self._authorization},
            data=None,
            family=family,
            stats=self.stats.of(family),
            policy=retry or self.retry,
            repeatable=method in _REPEATABLE if idempotent is None else idempotent,
            lookup=lookup,
            passing=passing,
        )
        if body is not None:
            call.data = orjson.dumps(body)
            call.headers["Content-Type"] = _JSON
        response = await self._answer(call, expect)
        missing = missing_fields(response.body, required) if required else []
        if missing and call.is_read:  # one such answer must not cost a row; a second one may
            response = await self._answer(call, expect)
            missing = missing_fields(response.body, required)
        if missing:
            error = lacking(call, response, missing, self._token)
            found = None if call.is_read else await looked_up(call, error)
            if found is None:
                raise self._reported(error)
            return found
        return response

    async def _answer(self, call: Call, expect: Collection[int]) -> Response:
        """See a call through to an answer of a status it expects."""
        try:
            response = await self._delivery.attempt(call)
        except AttemptFailedError as failure:
            response = await self._recovered(call, failure)
        if response.status not in expect:
            raise self._reported(refused(call, response, self._token))
        return response

    async def _recovered(self, call: Call, first: AttemptFailedError) -> Response:
        try:
            return await self._delivery.repeat(call, first)
        except AttemptFailedError as last:
            raise self._reported(given_up(call, last, self._token)) from last.__cause__

    def pages(
        self,
        path: str,
        *,
        list_key: str,
        query: Query | None = None,
        style: paging.PageStyle = "link",
        page_size: int | None = None,
        max_pages: int = paging.MAX_PAGES,
        fields: Sequence[str] = (),
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Read a list page by page.

        Args:
            path: Path below the base URL.
            list_key: Key of the items; "$" or "" when the answer is a bare array.
            query: Query parameters of the first page.
            style: How the list is cut: `link`, `start`, `scim` or `none`. A Link header always
                counts first.
            page_size: Items a page to ask for; halved when the server cannot cope (504).
            max_pages: Bound; more pages are an error.
            fields: Fields every item must have; a page that cannot be used is asked for twice.

        Returns:
            An iterator over the items of each page; empty pages are not handed out.
        """
        plan = paging.ListPlan(
            path, list_key, dict(query or {}), style, page_size, max_pages, fields
        )
        return paging.read_pages(self, plan)

    async def relay(
        self, method: str, url: str, *, headers: Mapping[str, str], data: bytes | None
    ) -> Any:
        """Send a call of another library's session: paced, timed and repeated like our own.

        Args:
            method: Upper-case HTTP method.
            url: Absolute, encoded URL. Only trusted hosts get the token.
            headers: Request headers; credentials and identity among them are replaced by ours.
            data: Encoded body.

        Returns:
            The HTTP library's own answer, read completely, whatever its status.

        Raises:
            Exception: The HTTP library's own exception, when the last attempt got no answer.
        """
        sent = {name: value for name, value in headers.items() if name.lower() not in _OURS}
        if self.addresses.is_trusted(url):
            sent[_AUTHORIZATION] = self._authorization
        family = family_of(method, url)
        call = Call(
            method=method,
            path=self.addresses.below_base(url),
            url=URL(url, encoded=True),
            headers=sent,
            data=data,
            family=family,
            stats=self.stats.of(family),
            policy=self.retry,
            repeatable=method in _REPEATABLE,
            decoded=False,
        )
        try:
            try:
                response = await self._delivery.attempt(call)
            except AttemptFailedError as first:
                response = await self._delivery.repeat(call, first)
        except AttemptFailedError as last:
            self._reported(given_up(call, last, self._token))
            if last.response is None:
                raise (last.__cause__ or last) from None
        else:
            if response.status == _UNAUTHORIZED:
                self._reported(refused(call, response, self._token))
        return call.origin

    async def _exchange(self, call: Call) -> Response:
        """Send one request and read the whole answer."""
        session = self._session
        if session is None:
            raise RuntimeError("the client is not open: use `async with`")
        stats, clock = call.stats, self._clock
        started, deadline = clock(), self._deadlines.begin()
        self._sent += 1
        call.headers[_TRACKING_ID] = f"{self._tracking}{self._sent}"
        call.attempts += 1
        stats.calls += 1
        self.stats.in_flight += 1
        try:
            origin = await session.request(
                call.method,
                call.url,
                data=call.data,
                headers=call.headers,
                allow_redirects=False,  # the token never follows a redirect
            )
            content = origin.content
            if call.decoded and content.is_eof() and content.exception() is None:
                raw = content.read_nowait()  # nearly always: the connection is free again then
            else:
                async with origin:
                    raw = await origin.read()
        except asyncio.CancelledError:
            if not self._deadlines.end(deadline):
                raise
            late = TimeoutError(f"no complete answer in {self.timeouts.total:g} seconds")
            raise self._broken(call, late, clock() - started) from late
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            raise self._broken(call, error, clock() - started) from error
        finally:
            self._deadlines.end(deadline)
            self.stats.in_flight -= 1
            stats.seconds += clock() - started
        stats.bytes += len(raw)
        headers = origin.headers
        call.origin = origin
        response = Response(origin.status, headers, None, raw, headers.get(_TRACKING_ID))
        if self._record is not None:
            self._record(call, response, clock() - started)
        return response

    def _broken(self, call: Call, error: BaseException, seconds: float) -> AttemptFailedError:
        failure, sent = meaning_of_exception(error)
        call.stats.failures += 1
        call.may_have_landed = call.may_have_landed or sent
        call.lost_seconds += seconds
        rule = classify(failure=failure)
        reason = f"{failure.value} ({words_of(error)})"
        if self._record is not None:
            self._record(call, None, seconds, reason)
        return AttemptFailedError(rule, reason, may_repeat=may_repeat(call, rule))

    def _reported(self, error: WebexError) -> WebexError:
        """Log what ends a call for good; plain refusals are the caller's to judge and report."""
        if self.evidence is not None:
            if error.reason_code is ReasonCode.AUTH_INVALID:
                self.evidence.event("token_rejected", level="error", **_facts(error))
            elif error.reason_code is ReasonCode.RETRY_EXHAUSTED:
                self.evidence.event("retry_exhausted", level="warning", **_facts(error))
        return error

    def _note(self, name: str, call: Call, /, **facts: Any) -> None:
        if self.evidence is not None:
            self.evidence.event(
                name,
                level="warning",
                method=call.method,
                path=call.path,
                attempt=call.attempts,
                tracking_id=call.headers[_TRACKING_ID],
                **facts,
            )


def _facts(error: WebexError) -> dict[str, Any]:
    return {
        "method": error.method,
        "path": error.path,
        "status": error.status,
        "codes": list(error.codes),
        "attempts": error.attempts,
        "reason": error.message,
        "unknown_outcome": error.unknown_outcome,
        "server_tracking_id": error.tracking_id,
    }
