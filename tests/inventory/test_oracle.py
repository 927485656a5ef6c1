"""The field's SDK as oracle: we send what it sends, and its models read what we get."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any

import pytest
from pydantic import BaseModel
from wxc_sdk import WebexSimpleApi
from wxc_sdk.base import ApiModel
from wxc_sdk.rest import RestSession

from Space_OdT.inventory.manifest import BY_NAME, MANIFEST, Artifact, Paging
from Space_OdT.inventory.resolver import required_ids
from tests.inventory.conftest import ADMIN, Command, Finished, Simulator, raw

pytestmark = pytest.mark.xdist_group("inventory-run")

# How the SDK calls the ids that our templates name differently.
FEATURE_NAMES = {
    "telephony.auto_attendant.details": "auto_attendant_id",
    "telephony.auto_attendant.list_announcement_files": "auto_attendant_id",
    "telephony.huntgroup.details": "huntgroup_id",
    "telephony.callqueue.details": "queue_id",
    "telephony.callqueue.agents.list": "queue_id",
    "telephony.virtual_extensions.details_extension": "extension_id",
    "telephony.virtual_extensions.details_range": "extension_range_id",
}
ENTITY_METHODS = (
    "forwarding.read",
    "permissions_in.read",
    "permissions_out.read",
    "access_codes.read",
    "get_digit_patterns",
    "transfer_numbers.read",
    "available_numbers.secondary",
    "available_numbers.call_forward",
    "available_numbers.call_intercept",
    "available_numbers.ecbn",
    "available_numbers.fax_message",
)
# Differences that are meant: page sizes, and flags that save a call per workspace.
OURS_ALONE = {"max", "count", "startIndex", "limit", "includeDevices", "includeCapabilities"}
READ = [entry for entry in MANIFEST if not entry.no_api]


class Stopped(Exception):  # noqa: N818
    """The SDK has said what it wants to send."""


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    sent: list[tuple[str, str, dict[str, str]]] = []

    def record(_session: RestSession, method: str, url: str, **given: Any) -> None:
        sent.append((method, url.removeprefix(RestSession.BASE), dict(given["params"] or {})))
        raise Stopped

    monkeypatch.setattr(
        RestSession,
        "_request_w_response",
        lambda self, method, url, params=None, **_: record(self, method, url, params=params),
    )
    return sent  # type: ignore[return-value]


def ids_of(entry: Artifact, **flags: bool) -> dict[str, Any]:
    return {name: name.upper().replace("_", "-") for name in required_ids(entry)} | flags


def arguments(entry: Artifact, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Say to the SDK what our request ids say."""
    named = dict(ids)
    if "feature_id" in named:
        named[FEATURE_NAMES.get(entry.method, "feature_id")] = named.pop("feature_id")
    owner = next((name for name in ("person_id", "workspace_id") if name in named), None)
    if owner and entry.method.endswith(ENTITY_METHODS):
        named["entity_id"] = named.pop(owner)
    if entry.method in {"people.list", "people.details"}:
        named["calling_data"] = True
    return named


def ask(entry: Artifact, ids: Mapping[str, Any], api: WebexSimpleApi) -> Any:
    answer = attrgetter(entry.method)(api)(**arguments(entry, ids))
    is_model = isinstance(answer, BaseModel) or not hasattr(answer, "__next__")
    return answer if is_model else list(answer)


def ours(entry: Artifact, ids: Mapping[str, Any]) -> tuple[str, str, dict[str, str]]:
    path, query = entry.render(ids)
    return "GET", path, {name: value for name, value in query.items() if name not in OURS_ALONE}


@pytest.mark.parametrize("entry", READ, ids=lambda entry: entry.artifact)
def test_we_send_what_the_sdk_sends(
    entry: Artifact, sdk: list[tuple[str, str, dict[str, str]]]
) -> None:
    with pytest.raises(Stopped):
        ask(entry, ids_of(entry), WebexSimpleApi(tokens="token"))
    method, path, query = sdk[0]
    assert (method, path.rstrip("/"), query) == ours(entry, ids_of(entry))


@pytest.mark.parametrize(
    "entry",
    [entry for entry in READ if entry.flag_query],
    ids=lambda entry: entry.artifact,
)
def test_customer_assist_queues_are_read_as_the_sdk_reads_them(
    entry: Artifact, sdk: list[tuple[str, str, dict[str, str]]]
) -> None:
    ids = ids_of(entry, has_cx_essentials=True)
    with pytest.raises(Stopped):
        ask(entry, ids, WebexSimpleApi(tokens="token"))
    assert sdk[0] == ours(entry, ids)
    assert sdk[0][2]["hasCxEssentials"] == "true"


def test_customer_assist_queues_are_listed_as_the_sdk_lists_them(
    sdk: list[tuple[str, str, dict[str, str]]],
) -> None:
    api = WebexSimpleApi(tokens="token")
    readings = BY_NAME["call_queues"].readings
    for flag, reading in zip((True, None), readings, strict=True):
        with pytest.raises(Stopped):
            list(api.telephony.callqueue.list(has_cx_essentials=flag))
        assert sdk[-1] == ("GET", BY_NAME["call_queues"].path, dict(reading.query))


@pytest.mark.parametrize(
    "entry", [entry for entry in MANIFEST if entry.no_api], ids=lambda entry: entry.artifact
)
def test_what_we_say_has_no_api_the_sdk_refuses_too(entry: Artifact) -> None:
    method = attrgetter(entry.method)(WebexSimpleApi(tokens="token"))
    kind = {"entity_id": "V"} if entry.artifact.endswith("secondary") else {"location_id": "L"}
    with pytest.raises(ValueError, match="does not exist"):
        list(method(**kind))


@pytest.mark.parametrize("entry", READ, ids=lambda entry: entry.artifact)
def test_the_sdk_parses_what_the_simulator_answers_and_finds_as_much(
    entry: Artifact,
    exported: tuple[Command, Finished],
    running_simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command, _ = exported
    rows = command.rows(entry.artifact)
    assert rows, f"the simulated organisation has nothing to read for {entry.artifact}"
    monkeypatch.setattr(RestSession, "BASE", running_simulator.url)
    api = WebexSimpleApi(tokens=ADMIN)
    try:
        if entry.feed is None and entry.list_key:
            found = [one for flag in cx_flags(entry) for one in ask(entry, flag, api)]
            assert len(found) == len(rows)
            return
        ids = ids_from(entry, rows[0])
        found = ask(entry, ids, api)
        if entry.list_key:
            mine = [row for row in rows if same_entity(row, ids)]
            assert len(getattr(found, "users", found)) == len(mine)
        else:
            expected = raw(rows[:1])[0]
            assert isinstance(found, ApiModel | dict | list), type(found)
            assert_same_facts(found, expected)
    finally:
        api.close()


def cx_flags(entry: Artifact) -> list[dict[str, Any]]:
    return [{"has_cx_essentials": True}, {}] if len(entry.readings) > 1 else [{}]


def ids_from(entry: Artifact, row: Mapping[str, str]) -> dict[str, Any]:
    """Take the request ids of a row, as anybody reading the export would."""
    ids: dict[str, Any] = {}
    for name in required_ids(entry):
        ids[name] = row.get(name) or row["id"]
    if row.get("has_cx_essentials") == "True" and entry.flag_query:
        ids["has_cx_essentials"] = True
    return ids


def same_entity(row: Mapping[str, str], ids: Mapping[str, Any]) -> bool:
    return all(
        row[name] == value for name, value in ids.items() if name in row and value is not True
    )


def assert_same_facts(model: Any, expected: Mapping[str, Any]) -> None:
    """The SDK's model carries the id or, for settings, at least one field of the raw answer."""
    if isinstance(model, dict | list):
        assert model
        return
    # one model of the SDK overrides the method and refuses its arguments
    dumped = json.loads(BaseModel.model_dump_json(model, by_alias=True, exclude_unset=True))
    assert dumped
    if "id" in expected and "id" in dumped:
        assert dumped["id"] == expected["id"]


def test_every_paged_list_names_its_page_size() -> None:
    for entry in READ:
        assert (entry.paging is not Paging.NONE) == (entry.page_size is not None), entry.artifact
