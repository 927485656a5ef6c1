"""Read answers: decode bodies, find error codes and texts, check minimum fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

CODES_HEADER = "cisco-spark-error-codes"

_CODE = re.compile(r"\d{3,9}")
_CODE_KEYS = ("errorCode", "code", "error_code")
_LIST_KEYS = ("errors", "error", "message", "details")
_MAX_MESSAGE = 500
_MAX_DEPTH = 8
_MAX_PAGE_BYTES = 8192
_TAG = re.compile(r"<[^<>]{0,500}>")
_TITLE = re.compile(r"<title[^>]*>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Response:
    """One answer.

    Attributes:
        status: HTTP status.
        headers: Header fields; names compare without case.
        body: Decoded JSON; text when the answer is of another type; None when empty.
        raw: Body bytes as received, after decompression.
        tracking_id: The server's tracking id, to quote to support.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    raw: bytes
    tracking_id: str | None = None


class MalformedBodyError(ValueError):
    """The body claims to be JSON, but is not."""


class WebPageError(ValueError):
    """The body is a web page where data was expected."""


def decode(raw: bytes, content_type: str) -> Any:
    """Decode the body of a successful answer.

    Args:
        raw: Body bytes.
        content_type: Content-Type header, "" when absent.

    Returns:
        The JSON value; text when the type is something else; None for an empty body.

    Raises:
        MalformedBodyError: When it should be JSON and is not.
        WebPageError: When it is HTML.
    """
    if not raw:
        return None
    if "json" in content_type or raw[:1] in b"{[":
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise MalformedBodyError(f"{error} in {len(raw)} bytes") from None
    if is_web_page(raw, content_type):
        raise WebPageError(page_title(raw))
    return raw.decode("utf-8", "replace")


def decode_leniently(raw: bytes, content_type: str) -> Any:
    """Decode the body of a refusal, which may be anything.

    Args:
        raw: Body bytes.
        content_type: Content-Type header, "" when absent.

    Returns:
        The JSON value, else the text, else None.
    """
    try:
        return decode(raw, content_type)
    except MalformedBodyError:
        return raw.decode("utf-8", "replace")
    except WebPageError as error:
        return f"web page “{error}”"


def is_web_page(raw: bytes, content_type: str) -> bool:
    """Tell whether a body is HTML.

    Args:
        raw: Body bytes.
        content_type: Content-Type header, "" when absent.

    Returns:
        True when the type or the first bytes say HTML.
    """
    return "html" in content_type or raw[:64].lstrip()[:9].lower() in {b"<!doctype", b"<html"}


def page_title(raw: bytes) -> str:
    """Take what a web page says first, for a message that lets the operator recognise it.

    Args:
        raw: Body bytes.

    Returns:
        The title, else the beginning of the text, on one line, cut; `untitled` for neither.
    """
    page = raw[:_MAX_PAGE_BYTES].decode("utf-8", "replace")
    found = _TITLE.search(page)
    text = found.group(1) if found else _TAG.sub(" ", page)
    return " ".join(text.split())[:100] or "untitled"


def error_codes(body: Any, headers: Mapping[str, str]) -> tuple[str, ...]:
    """Collect the API's own error codes, wherever this API family puts them.

    Args:
        body: Decoded error body.
        headers: Headers of the answer; some codes come in `cisco-spark-error-codes` only.

    Returns:
        Codes as digits, each once, in the order found.
    """
    codes = [*_CODE.findall(headers.get(CODES_HEADER, "")), *_codes_in(body, _MAX_DEPTH)]
    return tuple(dict.fromkeys(codes))


def _codes_in(value: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(value, dict):
        for key in _CODE_KEYS:
            code = value.get(key)
            if isinstance(code, int | str) and _CODE.fullmatch(str(code)):
                yield str(code)
        for key in _LIST_KEYS:
            yield from _codes_in(value.get(key), depth - 1)
    elif isinstance(value, list):
        for item in value:
            yield from _codes_in(item, depth - 1)


def error_message(status: int, body: Any) -> str:
    """Put what the server says about a refusal into one line.

    Args:
        status: HTTP status.
        body: Decoded error body.

    Returns:
        Message and descriptions, cut to a readable length; the status phrase when it says nothing.
    """
    texts = dict.fromkeys(" ".join(text.split()) for text in _texts_in(body, _MAX_DEPTH))
    kept = [text for text in texts if text]
    return "; ".join(kept)[:_MAX_MESSAGE] or _phrase(status)


def _texts_in(value: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key in ("message", "description", "detail", "errors", "error"):
            yield from _texts_in(value.get(key), depth - 1)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item, depth - 1)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no message"


def missing_fields(body: Any, required: Sequence[str]) -> list[str]:
    """Find required fields an answer lacks.

    Args:
        body: Decoded body.
        required: Field names; dots lead into objects, as in `callingLineId.phoneNumber`.

    Returns:
        Names that are absent, null or an empty text.
    """
    return [name for name in required if _field(body, name) in (None, "")]


def _field(body: Any, name: str) -> Any:
    value = body
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
