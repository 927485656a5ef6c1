"""Make one clean access token out of what people paste, without ever echoing it."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"bearer(\s+|$)", re.IGNORECASE)
_ALLOWED = re.compile(r"[\x21-\x7e]+")
_MAX_LENGTH = 8192
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"


class TokenFormatError(ValueError):
    """The text cannot be an access token; the message never contains it."""


def clean_token(text: str) -> str:
    """Strip what copy and paste adds around a token: blanks, quotes, a `Bearer ` prefix.

    Args:
        text: The token as given.

    Returns:
        The bare token, fit for an Authorization header; "" when nothing is left.

    Raises:
        TokenFormatError: When the rest holds blanks, control or non-ASCII characters (a header
            could be split or refused), or is longer than any token Webex issues.
    """
    token = text.strip().strip(_QUOTES).strip()
    token = _SCHEME.sub("", token, count=1) if _SCHEME.match(token) else token
    token = token.strip().strip(_QUOTES).strip()
    if not token:
        return ""
    if len(token) > _MAX_LENGTH:
        raise TokenFormatError(f"is longer than {_MAX_LENGTH} characters")
    if not _ALLOWED.fullmatch(token):
        raise TokenFormatError("contains blanks, control or non-ASCII characters")
    return token
