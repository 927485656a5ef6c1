"""Keep secrets and personal data out of everything that is written: the only place that masks."""

from __future__ import annotations

import hashlib
import json
import re
import secrets as random_source
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

MASK = "***"

# A pseudonym tells that two entries concern the same person, within one process, and nothing else.
_SALT = random_source.token_bytes(16)

_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}
)
_SECRET_KEY = re.compile(
    r"token|secret|password|passcode|passwd|authorization|credential|api_?key|activation_?code"
    r"|^pin$|pin_?code",
    re.IGNORECASE,
)
_PERSONAL_KEY = re.compile(
    r"names?$|e_?mails?|phone|numbers?$|address\d?$|addresses$|avatar|jid$|manager|sip_?ur[il]"
    r"|^label$|caller_?id$|destination$|mobile|^filter$",
    re.IGNORECASE,
)
# Ends in "name" or "number", but is about things.
_IMPERSONAL_KEYS = frozenset(
    {"filename", "hostname", "schemaname", "pagenumber", "totalnumber", "countryname", "scopename"}
)

_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+")
# Bounded repeats: an unbounded local part would make a long text without @ quadratic.
_EMAIL = re.compile(r"[^\s\"'<>(),;:@/\\?&=]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.UNICODE)
_PHONE = re.compile(r"\+\d[\d .()/-]{4,20}\d|(?<![\w.-])\d{9,15}(?![\w.-])")
_MIN_SECRET_LENGTH = 6
_MAX_DEPTH = 40
_LEAST_PHONE_NUMBER = 1_000_000
_SAYS_NOTHING = frozenset({"", "true", "false"})  # switches may be called as what they are about


class Secret(str):
    """A text that is sent as it is, but hides in every representation.

    Libraries keep headers in their requests and exceptions, whose representation shows them all.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)


def pseudonym(kind: str, value: str) -> str:
    """Replace a personal value by a short name that is stable within this process.

    Args:
        kind: What it was, for the reader.
        value: The value.

    Returns:
        For example `<email:3f9c2a>`; the salt is random, so values cannot be tried out later.
    """
    digest = hashlib.blake2s(value.strip().lower().encode(), key=_SALT, digest_size=3).hexdigest()
    return f"<{kind}:{digest}>"


def secret_spellings(secrets: Iterable[str]) -> tuple[str, ...]:
    """List the ways a secret may be written in URLs and JSON.

    Args:
        secrets: Secret values; very short ones are left out: they are no secrets, and would mask
            half of every text.

    Returns:
        Every spelling, longest first, so that none is masked in part.
    """
    spellings = {
        spelling
        for secret in secrets
        if len(secret) >= _MIN_SECRET_LENGTH
        for spelling in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])
    }
    return tuple(sorted(spellings, key=len, reverse=True))


def mask_spellings(text: str, spellings: Iterable[str]) -> str:
    """Mask what `secret_spellings` lists.

    Args:
        text: Text to clean.
        spellings: Spellings of secrets.

    Returns:
        The text without them.
    """
    for spelling in spellings:
        text = text.replace(spelling, MASK)
    return text


def redact_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Clean free text: given secrets, authorization values, e-mail addresses, phone numbers.

    Args:
        text: Any text.
        secrets: Secret values to mask wherever they stand.

    Returns:
        The text with masks and pseudonyms in their place.
    """
    text = mask_spellings(text, secret_spellings(secrets))
    text = _BEARER.sub(rf"\1 {MASK}", text)
    if "@" in text:
        text = _EMAIL.sub(lambda found: pseudonym("email", found[0]), text)
    return _PHONE.sub(lambda found: pseudonym("phone", found[0]), text)


def redact_headers(headers: Mapping[str, str], secrets: Iterable[str] = ()) -> dict[str, str]:
    """Clean header fields.

    Args:
        headers: Header fields.
        secrets: Secret values to mask wherever they stand.

    Returns:
        A copy: credentials and cookies masked, everything else cleaned as text.
    """
    kept = tuple(secrets)
    return {
        name: MASK if name.lower() in _SECRET_HEADERS else redact_text(value, kept)
        for name, value in headers.items()
    }


def redact_url(url: str, secrets: Iterable[str] = ()) -> str:
    """Clean a URL: values of personal and secret parameters, and e-mail addresses in the path.

    Args:
        url: Absolute URL or path with query.
        secrets: Secret values to mask wherever they stand.

    Returns:
        The URL, still parseable.
    """
    kept = tuple(secrets)
    parts = urlsplit(url)
    query = [
        (name, str(redact_body(value, kept, key=name)))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    path = redact_text(parts.path, kept)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, path, urlencode(query, safe="<>:*"), ""))


def redact_body(value: Any, secrets: Iterable[str] = (), *, key: str = "", depth: int = 0) -> Any:
    """Clean a decoded JSON value.

    Args:
        value: Object, list, text, number, boolean or None.
        secrets: Secret values to mask wherever they stand.
        key: Name the value stands under, which tells secrets and personal data.
        depth: How deep the value lies; what lies deeper than any document of ours is masked whole.

    Returns:
        A cleaned copy: secrets masked, personal values as pseudonyms, ids and settings kept.
    """
    kept = tuple(secrets)
    if depth > _MAX_DEPTH:
        return MASK
    if isinstance(value, dict):
        return {
            redact_text(str(name), kept): redact_body(inner, kept, key=str(name), depth=depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact_body(inner, kept, key=key, depth=depth + 1) for inner in value]
    return value if isinstance(value, bool) or value is None else _redact_leaf(value, kept, key)


def _redact_leaf(value: Any, secrets: tuple[str, ...], key: str) -> Any:
    if _SECRET_KEY.search(key):
        return MASK
    is_telling = str(value).strip().casefold() not in _SAYS_NOTHING
    if _is_personal(key) and not _is_count(value) and is_telling:
        return pseudonym(_kind(key), str(value))
    return redact_text(value, secrets) if isinstance(value, str) else value


def _is_personal(key: str) -> bool:
    return key.lower() not in _IMPERSONAL_KEYS and _PERSONAL_KEY.search(key) is not None


def _is_count(value: Any) -> bool:
    """Tell a number of things from a phone number that is written as a number."""
    return isinstance(value, int | float) and abs(value) < _LEAST_PHONE_NUMBER


def _kind(key: str) -> str:
    lowered = key.lower()
    if "mail" in lowered:
        return "email"
    return "phone" if "phone" in lowered or "number" in lowered else "name"
