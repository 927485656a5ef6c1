"""The HTTP Archive format 1.2 as a JSON schema, written from its specification."""

from __future__ import annotations

from typing import Any

DATE = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$"
TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": -1}
TIME = {"type": "number", "minimum": -1}


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def thing(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """An object with fields that must be there, fields that may be, and `_` ones of anybody."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional, "comment": TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


PAIR = thing({"name": TEXT, "value": TEXT})
COOKIE = thing(
    {"name": TEXT, "value": TEXT},
    path=TEXT,
    domain=TEXT,
    expires=TEXT,
    httpOnly={"type": "boolean"},
    secure={"type": "boolean"},
)
PARAM = thing({"name": TEXT}, value=TEXT, fileName=TEXT, contentType=TEXT)
POST_DATA = {
    **thing({"mimeType": TEXT}, params=listed(PARAM), text=TEXT),
    "anyOf": [{"required": ["text"]}, {"required": ["params"]}],
}
URI = {"type": "string", "pattern": r"^https?://[^\s]+$"}
REQUEST = thing(
    {
        "method": TEXT,
        "url": URI,
        "httpVersion": TEXT,
        "cookies": listed(COOKIE),
        "headers": listed(PAIR),
        "queryString": listed(PAIR),
        "headersSize": COUNT,
        "bodySize": COUNT,
    },
    postData=POST_DATA,
)
CONTENT = thing({"size": COUNT, "mimeType": TEXT}, compression=COUNT, text=TEXT, encoding=TEXT)
RESPONSE = thing(
    {
        "status": {"type": "integer"},
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": listed(COOKIE),
        "headers": listed(PAIR),
        "content": CONTENT,
        "redirectURL": TEXT,
        "headersSize": COUNT,
        "bodySize": COUNT,
    }
)
CACHED = {
    "anyOf": [
        {"type": "null"},
        thing({"lastAccess": TEXT, "eTag": TEXT, "hitCount": COUNT}, expires=TEXT),
    ]
}
CACHE = thing({}, beforeRequest=CACHED, afterRequest=CACHED)
TIMINGS = thing(
    {"send": TIME, "wait": TIME, "receive": TIME}, blocked=TIME, dns=TIME, connect=TIME, ssl=TIME
)
DATED = {"type": "string", "pattern": DATE}
ENTRY = thing(
    {
        "startedDateTime": DATED,
        "time": {"type": "number", "minimum": 0},
        "request": REQUEST,
        "response": RESPONSE,
        "cache": CACHE,
        "timings": TIMINGS,
    },
    pageref=TEXT,
    serverIPAddress=TEXT,
    connection=TEXT,
)
MAKER = thing({"name": TEXT, "version": TEXT})
PAGE = thing(
    {
        "startedDateTime": DATED,
        "id": TEXT,
        "title": TEXT,
        "pageTimings": thing({}, onContentLoad=TIME, onLoad=TIME),
    }
)
HAR_1_2: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **thing(
        {
            "log": thing(
                {"version": {"const": "1.2"}, "creator": MAKER, "entries": listed(ENTRY)},
                browser=MAKER,
                pages=listed(PAGE),
            )
        }
    ),
}
