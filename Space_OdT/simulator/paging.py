"""Cuts lists into pages the four ways the API does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from Space_OdT.simulator.organisation.views import LazyList
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

LONGEST_NUMBER = 400
SCIM_LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def _number(query: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    # int() would also read signs, underscores and the digits of other scripts.
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    value = int(text) if plain else -1
    if value < least:
        raise ApiError(400, f"Invalid value for query parameter {name}: {text}", 25008)
    return value


def page_reply(route: Route, request: Request, items: Sequence[JsonObject], base_url: str) -> Reply:
    """Answer with the page that the query asks for.

    Args:
        route: Tells the list key, the style and the sizes.
        request: Its query has `max`/`start` or `count`/`startIndex`.
        items: All items; a LazyList renders only those of the page.
        base_url: Scheme, host and prefix that the next link starts with.

    Returns:
        The page; with a `Link` header when there is a next one.

    Raises:
        ApiError: 400 for a size or start that is no natural number.
    """
    beside = items.extra if isinstance(items, LazyList) else {}
    if route.paging == "none":
        return Reply(body=_wrapped(route.list_key, items[:], beside))
    if route.paging == "scim":
        return _scim_page(route, request, items, beside)
    # The holders of a license call the size of a page `limit`; all other lists call it `max`.
    name = "limit" if "limit" in request.query else "max"
    largest = (items.max_page if isinstance(items, LazyList) else None) or route.max_page
    size = min(_number(request.query, name, route.default_page, 1), largest)
    start = _number(request.query, "start", 0, 0)
    body = _wrapped(route.list_key, items[start : start + size], beside)
    if start + size >= len(items):
        return Reply(body=body)
    following = urlencode({**request.query, "start": start + size, name: size})
    link = f'<{base_url}{request.path}?{following}>; rel="next"'
    return Reply(body=body, headers={"Link": link})


def _wrapped(
    list_key: str | None, items: Sequence[JsonObject], beside: Mapping[str, object]
) -> JsonObject | Sequence[JsonObject]:
    return {**beside, list_key: items} if list_key else items


def _scim_page(
    route: Route, request: Request, items: Sequence[JsonObject], beside: Mapping[str, object]
) -> Reply:
    size = min(_number(request.query, "count", route.default_page, 0), route.max_page)
    first = max(1, _number(request.query, "startIndex", 1, 0))
    page = items[first - 1 : first - 1 + size]
    counts = {
        "schemas": [SCIM_LIST_SCHEMA],
        "totalResults": len(items),
        "itemsPerPage": len(page),
        "startIndex": first,
    }
    return Reply(body=_wrapped(route.list_key, page, {**counts, **beside}))
