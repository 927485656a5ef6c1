"""Compare and index Webex ids by what they encode, not by how they are spelled."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

_SCHEME = "ciscospark://"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


def decode_id(text: str) -> str:
    """Decode an id.

    Args:
        text: Id as the API gave it: base64 of `ciscospark://us/TYPE/uuid`, with or without
            padding, or a bare UUID (SCIM).

    Returns:
        The URI it encodes; the text itself, without blanks and padding, when it encodes none.
    """
    bare = text.strip()
    if bare.startswith(_SCHEME):
        return bare
    if _BASE64.fullmatch(bare):
        stripped = bare.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            decoded = base64.b64decode(stripped + "=" * (-len(stripped) % 4)).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            decoded = ""
        if decoded.startswith(_SCHEME):
            return decoded
    return bare.rstrip("=")


def encode_id(kind: str, uuid: str, cluster: str = "us") -> str:
    """Encode an id the way the API does.

    Args:
        kind: Type in capitals, such as PEOPLE or LOCATION.
        uuid: Bare UUID.
        cluster: Home of the entity, nearly always `us`.

    Returns:
        Base64 without padding.
    """
    return base64.b64encode(f"{_SCHEME}{cluster}/{kind}/{uuid}".encode()).decode().rstrip("=")


@lru_cache(maxsize=8192)  # a run asks for few locations and licences, again and again
def id_key(text: str) -> str:
    """Make an id fit for an index: what remains the same in every spelling.

    Args:
        text: Id in any spelling.

    Returns:
        The last part of the URI: a UUID in lower case, else as it is (some ids derive from names).
    """
    tail = decode_id(text).rpartition("/")[2]
    return tail.lower() if _UUID.fullmatch(tail) else tail


def same_id(one: str | None, other: str | None) -> bool:
    """Tell whether two ids mean the same entity.

    Args:
        one: Id in any spelling, or None.
        other: Id in any spelling, or None.

    Returns:
        True when both encode the same; a bare UUID equals an id of any type with that UUID.
        None and "" equal nothing.
    """
    if not one or not other:
        return False
    if one == other:
        return True
    kinds = {_kind(decode_id(one)), _kind(decode_id(other))} - {""}
    return len(kinds) < 2 and id_key(one) == id_key(other)  # noqa: PLR2004 - one kind or none


def _kind(decoded: str) -> str:
    parts = decoded.removeprefix(_SCHEME).split("/")
    return parts[1] if decoded.startswith(_SCHEME) and len(parts) > 1 else ""
