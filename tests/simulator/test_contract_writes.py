"""Every settings document of the contract is read back as it was written.

The contract stands outside the project; without it these tests are skipped, visibly.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.simulator.test_contract_reads import CONTRACT
from tests.simulator.walking import Walker

pytestmark = pytest.mark.skipif(not CONTRACT.exists(), reason="the API contract is not here")


def switches(entry: dict[str, Any]) -> list[str]:
    """The fields of a body that are true or false."""
    properties = (entry["body"] or {}).get("properties", {})
    return [name for name, schema in properties.items() if schema.get("type") == "boolean"]


def documents() -> list[dict[str, Any]]:
    if not CONTRACT.exists():
        return []
    known = orjson.loads(CONTRACT.read_bytes())["endpoints"]
    read = {entry["path"] for entry in known if entry["method"] == "GET"}
    return [
        entry
        for entry in known
        if entry["method"] == "PUT" and entry["path"] in read and switches(entry)
    ]


DOCUMENTS = documents()
# Writes whose rules the tests of the organisation prove.
ELSEWHERE = frozenset({"scim.users.update"})


@pytest.fixture(scope="module")
def walker() -> Walker:
    return Walker()


def sample(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        wanted = schema.get("required", ())
        return {name: sample(schema["properties"][name]) for name in wanted}
    plain = {"boolean": True, "integer": 3, "number": 3, "array": [], "object": {}}
    return plain.get(schema.get("type", ""), "text")


@pytest.mark.parametrize("entry", DOCUMENTS, ids=[entry["id"] for entry in DOCUMENTS])
def test_a_switch_is_read_back_as_it_was_written(entry: dict[str, Any], walker: Walker) -> None:
    path = walker.resolve(entry["path"])
    before = walker.read(path)
    fields = [name for name in switches(entry) if isinstance(before.get(name), bool)]
    if entry["id"] in ELSEWHERE or not fields:
        return
    schema = entry["body"]
    required = [name for name in schema.get("required", ()) if name in schema["properties"]]
    body = {
        name: before[name]
        if name in before and not isinstance(before[name], list)
        else sample(schema["properties"][name])
        for name in required
    }
    body[fields[0]] = not before[fields[0]]
    answer = walker.send("PUT", path, body)
    accepted = (entry["response"]["status"], *(entry["response"].get("otherStatus") or ()))
    assert answer.status in accepted, answer.body
    assert walker.read(path)[fields[0]] is body[fields[0]]
