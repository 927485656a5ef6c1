"""What a handler of the simulated API receives, returns and raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

JsonObject = dict[str, Any]

PageStyle = Literal["none", "link", "start", "scim"]


@dataclass(slots=True)
class Request:
    """One request as a handler sees it.

    Attributes:
        method: Upper-case HTTP method.
        path: Path below the host, decoded, with the `/v1` prefix removed.
        params: Values of the `{name}` segments of the route.
        query: Query parameters; of a repeated name the last value counts.
        body: Decoded JSON body, or None when there was none.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(slots=True)
class Reply:
    """A full answer, for handlers that need more than `200` and a JSON body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """A refusal in the API's own shape: status, message, optional numeric code."""

    def __init__(
        self,
        status: int,
        message: str,
        code: int | str | None = None,
        *,
        errors: Sequence[JsonObject] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.errors = errors
        self.headers = headers or {}


# A handler returns a JSON object (answered 200), a list of items (the server cuts the page and
# wraps it in the route's list key; a LazyList renders only the page and may carry fields that
# stand beside the list), None (answered 204), or a Reply.
Result = Reply | JsonObject | Sequence[JsonObject] | None
Handler = Callable[["World", Request], Result]


@dataclass(slots=True, frozen=True)
class Route:
    """One line of the route table.

    Attributes:
        method: Upper-case HTTP method.
        template: Path with `{name}` segments, without `/v1`.
        handler: The function that answers.
        scopes: Scopes any one of which admits the caller; empty admits every valid token.
        list_key: Key that holds the items; "" means a bare JSON array, None means an object.
        paging: How the list is cut: `link` (Link header, `max` + `start`), `start` (the same, as
            the telephony lists document it), `scim` (1-based `startIndex` + `count`), `none`.
        default_page: Items of a page when the caller names no size.
        max_page: Larger sizes are silently lowered to this.
        body: JSON types of the fields of the body (see `bodies`), checked before the handler.
    """

    method: str
    template: str
    handler: Handler
    scopes: tuple[str, ...] = ()
    list_key: str | None = None
    paging: PageStyle = "none"
    default_page: int = 100
    max_page: int = 1000
    body: Mapping[str, Any] | None = None
