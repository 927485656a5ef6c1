"""Read lists page by page: next links, start/max and SCIM, with loop detection and a bound."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import orjson
from multidict import CIMultiDictProxy

from Space_OdT.webex.answers import Response
from Space_OdT.webex.error_handling import ErrorClass, Failure, WebexError, classify
from Space_OdT.webex.retry import RetryPolicy
from Space_OdT.webex.urls import Addresses, Query

PageStyle = Literal["link", "start", "scim", "none"]
Items = list[dict[str, Any]]

MAX_PAGES = 50_000
_MIN_PAGE_SIZE = 5
_PAGES_TO_TRUST, _DISTRUST = 3, 4
_GATEWAY_TIMEOUT = 504
_TOO_BIG = frozenset({502, 503, _GATEWAY_TIMEOUT})
_LINK = re.compile(r"<([^>]*)>\s*;([^<]*)")
_NEXT = re.compile(r"rel\s*=\s*\"?[^\";,]*\bnext\b", re.IGNORECASE)


class Requester(Protocol):
    """What reading pages needs of the client."""

    addresses: Addresses
    retry: RetryPolicy

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        required: Sequence[str] = (),
        passing: Collection[int] = (),
        retry: RetryPolicy | None = None,
    ) -> Response:
        """Send one call and see it through."""
        ...


@dataclass(slots=True)
class ListPlan:
    """One list to read; see `WebexClient.pages`."""

    path: str
    list_key: str
    query: dict[str, Any]
    style: PageStyle
    page_size: int | None
    max_pages: int = MAX_PAGES
    fields: Sequence[str] = ()

    @property
    def size_name(self) -> str:
        """Name of the parameter that asks for a page size."""
        return "count" if self.style == "scim" else "max"


@dataclass(slots=True)
class _Cursor:
    """Where the reading stands.

    Attributes:
        path: Path or absolute next link of the page to read.
        query: Parameters to add; none once a next link is followed.
        size: Items asked for.
        seen: Items received.
        addresses: Every address read so far.
        marks: What tells the pages read apart.
        pages: Pages read.
        linked: Whether the server has given a next link.
        good_pages: Pages read since the size was changed.
        pages_to_trust: Good pages after which a larger size is tried again.
        has_grown: Whether the last change was to a larger size.
    """

    path: str
    query: dict[str, Any]
    size: int | None
    seen: int = 0
    addresses: set[str] = field(default_factory=set)
    marks: set[Any] = field(default_factory=set)
    pages: int = 0
    linked: bool = False
    good_pages: int = 0
    pages_to_trust: int = _PAGES_TO_TRUST
    has_grown: bool = False


@dataclass(slots=True, frozen=True)
class _End:
    """What of an answer tells where the list goes on: its next link, or the total."""

    link: str | None
    total: int | None

    @classmethod
    def of(cls, response: Response) -> _End:
        body = response.body
        total = body.get("totalResults") if isinstance(body, dict) else None
        return cls(next_link(_links(response.headers)), total if isinstance(total, int) else None)


async def read_pages(client: Requester, plan: ListPlan) -> AsyncIterator[Items]:
    """Read a list to its end.

    Args:
        client: Sends the calls.
        plan: The list.

    Yields:
        The items of each page that has any.

    Raises:
        WebexError: When a call fails, a page lacks the list, the pages repeat or do not end, or
            a next link leads to another host.
    """
    cursor = _Cursor(plan.path, _first_query(plan), plan.page_size)
    more = True
    while more:
        if cursor.pages >= plan.max_pages:
            raise _paging_error(plan, Failure.PAGING, f"more than {plan.max_pages} pages")
        response = await _read_page(client, plan, cursor)
        try:
            items = _items(plan, response)
        except WebexError:
            # one such page must not cost the whole list; a list that is not there stays away
            response = await client.request("GET", cursor.path, query=cursor.query)
            items = _items(plan, response)
        cursor.pages += 1
        cursor.seen += len(items)
        if not items:
            return
        mark = _mark(items)
        if mark in cursor.marks:
            if _ignores_start(plan, cursor):
                return
            raise _paging_error(plan, Failure.PAGING, "a page came twice", response)
        cursor.marks.add(mark)
        received, end = len(items), _End.of(response)
        del response  # the bytes of a page need not outlive its items, nor these the next page
        yield items
        del items
        more = _advance(client, plan, cursor, end, received)
        if more:
            _grow(plan, cursor)


def _first_query(plan: ListPlan) -> dict[str, Any]:
    query = dict(plan.query)
    if plan.page_size is not None and plan.style != "none":
        query[plan.size_name] = plan.page_size
    if plan.style == "scim":
        query.setdefault("startIndex", 1)
    return query


async def _read_page(client: Requester, plan: ListPlan, cursor: _Cursor) -> Response:
    """Read one page; a server that cannot cope with its size is asked for half of it."""
    while True:
        address = str(client.addresses.target(cursor.path, cursor.query))
        if address in cursor.addresses:
            raise _paging_error(plan, Failure.PAGING, "the next link leads back")
        can_shrink = cursor.size is not None and cursor.size // 2 >= _MIN_PAGE_SIZE
        # With a smaller page still to try, the same one is not worth the whole patience.
        policy = replace(
            client.retry,
            max_retries=min(client.retry.max_retries, 1),
            final_statuses=(_GATEWAY_TIMEOUT,),
        )
        try:
            response = await client.request(
                "GET", cursor.path, query=cursor.query, retry=policy if can_shrink else None
            )
        except WebexError as error:
            if not can_shrink or error.error_class is not ErrorClass.RETRYABLE_EXTERNAL:
                raise
            if error.status in _TOO_BIG:
                _shrink(plan, cursor)
                continue
            # the size is not to blame: the same page gets the whole patience after all
            response = await client.request("GET", cursor.path, query=cursor.query)
        cursor.addresses.add(address)
        return response


def _shrink(plan: ListPlan, cursor: _Cursor) -> None:
    if cursor.has_grown and not cursor.good_pages:
        cursor.pages_to_trust *= _DISTRUST  # the first page of this size: it is the size, then
    cursor.good_pages, cursor.has_grown = 0, False
    _resize(plan, cursor, (cursor.size or _MIN_PAGE_SIZE) // 2)


def _grow(plan: ListPlan, cursor: _Cursor) -> None:
    """Ask for more again: the trouble that made a page small may be over, and pages are many."""
    cursor.good_pages += 1
    if cursor.size is None or plan.page_size is None or cursor.size >= plan.page_size:
        return
    if cursor.good_pages >= cursor.pages_to_trust:
        cursor.good_pages, cursor.has_grown = 0, True
        _resize(plan, cursor, min(plan.page_size, 2 * cursor.size))


def _resize(plan: ListPlan, cursor: _Cursor, size: int) -> None:
    cursor.size = size
    if plan.size_name in cursor.query:
        cursor.query[plan.size_name] = cursor.size
    else:
        cursor.path = _with_parameter(cursor.path, plan.size_name, cursor.size)


def _with_parameter(url: str, name: str, value: int) -> str:
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != name]
    return urlunsplit(parts._replace(query=urlencode([*query, (name, str(value))])))


def _items(plan: ListPlan, response: Response) -> Items:
    body = response.body
    found = body if plan.list_key in {"", "$"} else _at(body, plan.list_key)
    if isinstance(found, list):
        for name in plan.fields:
            if not all(name in item for item in found):
                reason = f"an item of the list lacks {name}"
                raise _paging_error(plan, Failure.MISSING_FIELDS, reason, response)
        return found
    nothing = found is None and isinstance(body, dict | None)
    if nothing and (not body or plan.list_key in body or body.get("totalResults") == 0):
        return []
    raise _paging_error(
        plan, Failure.MISSING_FIELDS, f"the answer lacks {plan.list_key or 'a list'}", response
    )


def _mark(items: Items) -> Any:
    """Tell a page by the id of its first item; without ids, by its ends and its length."""
    first = items[0]
    found = first.get("id") if isinstance(first, dict) else None
    if isinstance(found, str | int):
        return found
    return len(items), orjson.dumps(first), orjson.dumps(items[-1])


def _at(body: Any, list_key: str) -> Any:
    for part in list_key.split("."):
        body = body.get(part) if isinstance(body, dict) else None
    return body


def _ignores_start(plan: ListPlan, cursor: _Cursor) -> bool:
    """Tell a server that does not page at all from one that goes in circles."""
    return plan.style == "start" and not cursor.linked and cursor.pages == 2  # noqa: PLR2004


def _advance(client: Requester, plan: ListPlan, cursor: _Cursor, end: _End, received: int) -> bool:
    """Point the cursor at the next page; tell whether there is one."""
    if end.link:
        _follow(client, plan, cursor, end.link)
        return True
    if cursor.linked or plan.style in {"link", "none"}:
        return False
    if plan.style == "scim":
        cursor.query["startIndex"] = int(plan.query.get("startIndex", 1)) + cursor.seen
        return _is_full(cursor, received) if end.total is None else cursor.seen < end.total
    cursor.query["start"] = int(plan.query.get("start", 0)) + cursor.seen
    return _is_full(cursor, received)


def _is_full(cursor: _Cursor, received: int) -> bool:
    return cursor.size is not None and received >= cursor.size


def _follow(client: Requester, plan: ListPlan, cursor: _Cursor, link: str) -> None:
    addresses = client.addresses
    target = link if addresses.is_ours(link) else urljoin(str(addresses.target(cursor.path)), link)
    if not addresses.is_ours(target):
        host = urlsplit(target).netloc.rpartition("@")[2]
        raise _paging_error(plan, Failure.FOREIGN_LINK, f"the next page lies on {host}")
    cursor.path, cursor.query, cursor.linked = target, {}, True


def next_link(header: str | None) -> str | None:
    """Find the next page in a Link header.

    Args:
        header: Header value, several links separated by commas (RFC 8288).

    Returns:
        The target whose relation is `next`, exactly as given; None when there is none.
    """
    if not header:
        return None
    return next((url for url, rest in _LINK.findall(header) if _NEXT.search(rest)), None)


def _links(headers: Mapping[str, str]) -> str | None:
    """Join the Link fields: several of them mean the same as one with commas (RFC 9110, 5.3)."""
    if isinstance(headers, CIMultiDictProxy):
        return ", ".join(headers.getall("Link", ()))
    return headers.get("Link")


def _paging_error(
    plan: ListPlan, failure: Failure, message: str, response: Response | None = None
) -> WebexError:
    return WebexError(
        classify(failure=failure),
        message=message,
        method="GET",
        path=plan.path.partition("?")[0],
        status=response.status if response else None,
        tracking_id=response.tracking_id if response else None,
    )
