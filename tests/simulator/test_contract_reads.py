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
CONTRADICTIONS = frozenset(
    {
        # Declared as always there, although not everybody has a number.
        "telephony.locations.receptionist_contact_directory_details .phoneNumber",
        # Declared in lower case, shown in upper case by the example and by the library.
        "person_settings.devices .devices[].activationState",
        # Declared as an object, shown as a list by the example of the same document.
        "reports.list_templates .validations",
        "telephony.access_codes.read .accessCodes",
        "telephony.auto_attendant.details .afterHoursMenu.keyConfigurations",
        "telephony.auto_attendant.details .businessHoursMenu.keyConfigurations",
        "telephony.call_recording.get_org_vendors .vendors",
        "telephony.cx_essentials.available_agents .phoneNumbers",
        "telephony.prem_pstn.trunk.details .responseStatus",
        "workspace_settings.monitoring.read .monitoredElements",
        # Declared as one word, shown as a list by the library and the example.
        "scim.users.details .urn:scim:schemas:extension:cisco:webexidentity:2.0:User.accountStatus",
        "scim.users.search .urn:scim:schemas:extension:cisco:webexidentity:2.0:User.accountStatus",
        # Declared as words, shown as objects with limits by the example.
        "telephony.prem_pstn.trunk.trunk_types .deviceTypes[]",
        # Declared as text, although a list of texts is what the library reads.
        "telephony.ai_receptionists.session_transcripts .objects[].message",
        # Declared as text here and as a truth by every neighbour.
        "openapi.person_shared_line_members .members[].primaryOwner",
        "person_settings.app_shared_line.get_members .members[].primaryOwner",
        "telephony.pickup.available_agents .numbers[].primary",
        # Declared as a number, shown as text by the example: extensions have leading zeros.
        "telephony.voicemail_groups.details .extension",
        "telephony.voicemail_groups.details .faxMessage.extension",
        # A text here, a number in the list of the same things.
        "telephony.playlist.details .fileCount",
        # Only one of the two levels that the neighbouring reads know.
        "telephony.announcements_repo.list .level",
        "telephony.playlist.details .announcements[].level",
    }
)


def endpoints() -> list[dict[str, Any]]:
    if not CONTRACT.exists():
        return []
    known = orjson.loads(CONTRACT.read_bytes())["endpoints"]
    return [entry for entry in known if entry["method"] == "GET"]


READS = endpoints()


@pytest.fixture(scope="module")
def walker() -> Walker:
    walker = Walker()
    walker.start_jobs()
    return walker


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
            if f"{entry['id']} {complaint.partition(': ')[0]}" not in CONTRADICTIONS
        ]
        assert not complaints, f"{template}: {complaints[:8]}"


def compared(declared: dict[str, Any], body: Any) -> Iterator[str]:
    key = declared.get("listKey")
    if key is None:
        yield from compared_object(declared, body, "")
        return
    items = (
        body if key == "$" and isinstance(body, list) else body.get("items" if key == "$" else key)
    )
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
