"""Every read of the API's contract is answered as the contract declares it.

The contract stands outside the project; without it these tests are skipped, visibly.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.simulator.walking import Walker

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "webex-api" / "contract.json"

pytestmark = pytest.mark.skipif(not CONTRACT.exists(), reason="the API contract is not here")

# Query parameters that a read cannot do without.
QUERIES = {
    "/deviceConfigurations": "deviceId=example",
    "/adminAudit/events": "from=2026-01-01T00:00:00.000Z&to=2026-02-01T00:00:00.000Z",
    "/cdr_feed": "startTime=2026-01-01T00:00:00.000Z&endTime=2026-01-01T12:00:00.000Z",
}
PLAIN = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "object": dict,
    "any": object,
}

# Places where the declared schema contradicts the declared example and every known client.
CONTRADICTIONS: frozenset[str] = frozenset()


def endpoints() -> list[dict[str, Any]]:
    if not CONTRACT.exists():
        return []
    known = orjson.loads(CONTRACT.read_bytes())["endpoints"]
    return [entry for entry in known if entry["method"] == "GET"]


READS = endpoints()


@pytest.fixture(scope="module")
def walker() -> Walker:
    return Walker()


def paths(entry: dict[str, Any]) -> list[str]:
    return [entry["path"], *(entry.get("altPaths") or [])]


@pytest.mark.parametrize("entry", READS, ids=[entry["id"] for entry in READS])
def test_read_is_answered_as_declared(entry: dict[str, Any], walker: Walker) -> None:
    for template in paths(entry):
        path = walker.resolve(template)
        query = QUERIES.get(template)
        body = walker.read(f"{path}?{query}" if query else path)
        complaints = [
            complaint
            for complaint in compared(entry["response"], body)
            if f"{entry['id']} {complaint.partition(':')[0]}" not in CONTRADICTIONS
        ]
        assert not complaints, f"{template}: {complaints[:8]}"


def compared(declared: dict[str, Any], body: Any) -> Iterator[str]:
    key = declared.get("listKey")
    if key is None:
        yield from compared_object(declared, body, "")
        return
    items = body if key == "$" and isinstance(body, list) else body.get("items" if key == "$" else key)
    if not isinstance(items, list):
        yield f"{key}: no list"
        return
    for item in items:
        yield from compared_object(declared.get("item") or {}, item, "")


def compared_object(declared: dict[str, Any], value: Any, place: str) -> Iterator[str]:
    properties = declared.get("properties")
    if isinstance(properties, str):
        yield from compared_value(properties, value, place)
        return
    for name in declared.get("required", ()):
        if not isinstance(value, dict) or name not in value:
            yield f"{place}.{name}: missing"
    if isinstance(properties, dict):
        yield from compared_value(properties, value, place)


def compared_value(declared: Any, value: Any, place: str) -> Iterator[str]:
    if isinstance(declared, dict):
        if not isinstance(value, dict):
            yield f"{place}: object expected, got {value!r:.40}"
            return
        for name, inner in declared.items():
            if value.get(name) is not None:
                yield from compared_value(inner, value[name], f"{place}.{name}")
    elif isinstance(declared, list):
        yield from compared_list(declared[0] if declared else "any", value, place)
    elif declared.startswith("["):
        yield from compared_list(declared[1:-1] or "any", value, place)
    else:
        yield from compared_plain(declared, value, place)


def compared_list(inner: Any, value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place}: list expected, got {value!r:.40}"
        return
    for item in value:
        yield from compared_value(inner, item, f"{place}[]")


def compared_plain(declared: str, value: Any, place: str) -> Iterator[str]:
    if declared.startswith("enum("):
        if str(value) not in declared[5:-1].split("|"):
            yield f"{place}: {value!r} is not of {declared}"
        return
    wanted = PLAIN[declared.partition("(")[0]]
    wrong_truth = isinstance(value, bool) and declared in ("number", "integer", "string")
    if wrong_truth or not isinstance(value, wanted):
        yield f"{place}: {declared} expected, got {value!r:.40}"


@pytest.mark.parametrize("entry", READS, ids=[entry["id"] for entry in READS])
def test_lists_are_cut_as_declared(entry: dict[str, Any], walker: Walker) -> None:
    key = entry["response"].get("listKey")
    if entry["pagination"] == "none" or not key:
        return
    path = walker.resolve(entry["path"])
    query = QUERIES.get(entry["path"], "a=b")
    sizes = "count=1&startIndex=1" if entry["pagination"] == "scim" else "max=1&limit=1"
    first = walker.send("GET", f"{path}?{query}&{sizes}")
    assert first.status == 200
    items = orjson.loads(first.body)[key]
    assert len(items) <= 1
    if entry["pagination"] == "scim":
        return
    whole = len(walker.read(f"{path}?{query}")[key])
    assert ("Link" in first.headers) == (whole > 1)
