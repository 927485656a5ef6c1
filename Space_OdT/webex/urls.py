"""Addresses: from a path to the URL on the right host, and from a path to its endpoint family."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, unquote, urlsplit

from yarl import URL

QueryValue = str | int | float | bool | None
Query = Mapping[str, QueryValue]

# SCIM lives on the same host, but outside the versioned base.
_HOST_ROOT_PREFIX = "/identity/scim/"
_PUBLIC_HOST, _PUBLIC_PREFIX = "webexapis.com", "/v1"
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9/_.~:@!$&'()*+,;=%-]*")
_SAFE_IN_PATH = "/:@!$&'()*+,;=~"
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Telephony alone is too wide to share one limit: its third segment tells resources apart. Names
# are taken from the first segments only, where no id stands, so the families stay few.
_DEEP_FAMILIES = {"telephony": 3, "identity": 2, "admin": 2}
_READS = frozenset({"GET", "HEAD"})


class Addresses:
    """Builds URLs below one base URL, and refuses those that leave its host.

    Args:
        base_url: Checked base URL without trailing slash, for example https://webexapis.com/v1.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.base_url = base_url
        self._scheme, self._authority, self._prefix = parts.scheme, parts.netloc, parts.path
        self._origin = origin_of(base_url)
        self._root = f"{parts.scheme}://{parts.netloc}/"
        self._is_public = parts.scheme == "https" and _is_public_host(parts.hostname or "")

    def target(self, path: str, query: Query | None = None) -> URL:
        """Build the address of a call.

        Args:
            path: Path below the base URL, beginning with a slash; `/identity/scim/…` counts from
                the host's root. An absolute URL of the same host is kept exactly as it is.
            query: Parameters; None values are left out, booleans are written true and false.

        Returns:
            The absolute URL, encoded.

        Raises:
            ValueError: When the path climbs upwards, or an absolute URL names another host.
        """
        if not path.startswith("/"):
            return self._absolute(path, query)
        prefix = "" if path.startswith(_HOST_ROOT_PREFIX) else self._prefix
        # Built from its parts: parsing a whole URL again would cost three times as much.
        return URL.build(
            scheme=self._scheme,
            authority=self._authority,
            path=prefix + encoded_path(path),
            query_string=encoded_query(query) if query else "",
            encoded=True,
        )

    def _absolute(self, url: str, query: Query | None) -> URL:
        if not self.is_ours(url):
            raise ValueError(f"not on {self._scheme}://{self._authority}")
        joint = "&" if "?" in url else "?"
        return URL(f"{url}{joint}{encoded_query(query)}" if query else url, encoded=True)

    def at_home(self, url: URL) -> URL:
        """Bring an address of the public API home to the base URL in use.

        Libraries write some addresses of the public API out in full. In a run against another
        host, such as a simulator, these calls belong to that host, not to production.

        Args:
            url: Absolute URL.

        Returns:
            The URL on our host when it names the public API and we are elsewhere; else itself.
        """
        if self._is_public or not _is_public_host(url.host or ""):
            return url
        path = url.raw_path
        below = path.removeprefix(_PUBLIC_PREFIX) if path.startswith(f"{_PUBLIC_PREFIX}/") else None
        home = path if below is None else self._prefix + below
        return URL.build(
            scheme=self._scheme,
            authority=self._authority,
            path=home,
            query_string=url.raw_query_string,
            encoded=True,
        )

    def is_trusted(self, url: str) -> bool:
        """Tell whether the token may be sent to a URL.

        Args:
            url: Absolute URL.

        Returns:
            True for our own host; on the public API also for its other hosts, by TLS.
        """
        parts = urlsplit(url)
        sibling = self._is_public and parts.scheme == "https" and "@" not in parts.netloc
        return self.is_ours(url) or (sibling and _is_public_host(parts.hostname or ""))

    def below_base(self, url: str) -> str:
        """Cut an absolute URL down to the path used in messages and counters.

        Args:
            url: Absolute URL.

        Returns:
            The path below the base URL without query; the whole path on other hosts.
        """
        path = url.partition("?")[0]
        if path.startswith(f"{self.base_url}/"):
            return path.removeprefix(self.base_url)
        return urlsplit(path).path or "/"

    def is_ours(self, url: str) -> bool:
        """Tell whether a URL has our scheme, host and port, so that the token may go there.

        Args:
            url: Absolute URL.

        Returns:
            True when the origin is the base URL's.
        """
        if url.startswith(self._root):  # nearly all; taking it apart costs ten times as much
            return True
        try:
            return origin_of(url) == self._origin
        except ValueError:
            return False


def _is_public_host(host: str) -> bool:
    """Tell the public API, which keeps call history and analytics on hosts of their own."""
    return host == _PUBLIC_HOST or host.endswith(f".{_PUBLIC_HOST}")


def origin_of(url: str) -> tuple[str, str, int]:
    """Take scheme, host and port of a URL, comparable.

    Args:
        url: Absolute URL.

    Returns:
        Scheme, lower-case host, port with the scheme's default filled in.

    Raises:
        ValueError: When it is not an absolute http(s) URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError("not an absolute http(s) URL")
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]


def encoded_path(path: str) -> str:
    """Encode a path that may hold characters a URL cannot.

    Args:
        path: Path beginning with a slash.

    Returns:
        The path itself when it is plain, else percent-encoded; `?` and `#` never end it.

    Raises:
        ValueError: When a segment is `..`, which could reach another resource than meant.
    """
    plain = unquote(path) if "%" in path else path
    if ".." in plain and ".." in plain.split("/"):
        raise ValueError("a path must not climb upwards")
    return path if _PLAIN_PATH.fullmatch(path) else quote(path, safe=_SAFE_IN_PATH)


def encoded_query(query: Query) -> str:
    """Encode query parameters.

    Args:
        query: Parameters; None values are left out, booleans are written true and false.

    Returns:
        The query without a question mark.
    """
    return "&".join(
        f"{quote_plus(name)}={quote_plus(_plain(value))}"
        for name, value in query.items()
        if value is not None
    )


def _plain(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def family_of(method: str, path: str) -> str:
    """Name the endpoint family of a call: calls whose counters belong together.

    Args:
        method: Upper-case HTTP method.
        path: Path below the base URL, or an absolute URL (its host and version are ignored).

    Returns:
        For example `read telephony/config/people`; ids never stand in it.
    """
    if not path.startswith("/"):
        path = urlsplit(path).path.removeprefix(_PUBLIC_PREFIX) or "/"
    segments = path.partition("?")[0].split("/", 4)
    depth = _DEEP_FAMILIES.get(segments[1], 1)
    resource = segments[1] if depth == 1 else "/".join(segments[1 : depth + 1])
    return f"read {resource}" if method in _READS else f"write {resource}"
