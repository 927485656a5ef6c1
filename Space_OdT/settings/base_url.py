"""Check the base URL, and say which addresses are this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def clean_base_url(value: str) -> str:
    """Check and normalise a base URL.

    Args:
        value: URL as given; blanks around it and trailing slashes are dropped.

    Returns:
        The URL without a trailing slash, scheme and host in lower case.

    Raises:
        ValueError: When it is not http(s), has no host, or carries user, password, query or
            fragment. The message never repeats the value.
    """
    text = value.strip().rstrip("/")
    if any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError("contains blanks or control characters")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:  # its own words do not fit into ours
        raise ValueError("has an address or port that cannot be") from None
    if "@" in parts.netloc:
        raise ValueError("carries a user or password")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an http(s) URL with a host")
    if "?" in text or "#" in text:
        raise ValueError("carries a query or fragment")
    return parts._replace(netloc=parts.netloc.lower()).geturl()  # the scheme is lower case now, too


def base_url_warnings(url: str) -> tuple[str, ...]:
    """Say what is unsafe about a usable base URL.

    Args:
        url: A checked base URL.

    Returns:
        Sentences for the operator; none for https or for this machine.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or is_this_machine(parts.hostname or ""):
        return ()
    return ("WEBEX_BASE_URL is plain http to another machine: the token travels unencrypted",)


def is_this_machine(host: str) -> bool:
    """Tell whether a host is the loopback of this machine.

    Args:
        host: Host name or address without port or brackets.

    Returns:
        True for loopback addresses and the reserved name `localhost`.
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
