"""An undisturbed run: every artifact equals what the organisation answers; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from Space_OdT.inventory.columns import TAIL, columns_of
from Space_OdT.inventory.derived import DERIVED_COLUMNS, is_pstn_licence
from Space_OdT.inventory.manifest import BY_NAME, MANIFEST, Artifact
from Space_OdT.inventory.publish import TABLES
from tests.inventory.conftest import Command, Finished, Simulator, bytes_of, raw, read_csv

pytestmark = pytest.mark.xdist_group("inventory-run")

Exported = tuple[Command, Finished]
PER_ENTITY = [entry for entry in MANIFEST if entry.feed and not entry.no_api]
LISTS = [entry for entry in MANIFEST if not entry.feed and entry.list_key]


def test_the_run_ends_well_and_says_where_everything_is(exported: Exported) -> None:
    command, finished = exported
    assert finished.code == 0, finished.err
    exports = str(command.exports.relative_to(command.folder))
    for word in ("artifacts", "rows", "calls", "seconds", exports, "index.html"):
        assert word in finished.out
    assert "Traceback" not in finished.err


def test_every_table_is_there_as_csv_and_json_with_its_columns(exported: Exported) -> None:
    command, _ = exported
    for name in TABLES:
        columns = columns_of(BY_NAME[name]) if name in BY_NAME else DERIVED_COLUMNS[name]
        header = (command.exports / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header == ",".join(columns), name
        rows = json.loads((command.exports / f"{name}.json").read_bytes())
        assert len(rows) == len(command.rows(name))
        for row in rows:
            assert tuple(row) == columns


def test_csv_and_json_say_the_same(exported: Exported) -> None:
    command, _ = exported
    for name in TABLES:
        rows = json.loads((command.exports / f"{name}.json").read_bytes())
        as_text = [{key: text_of(value) for key, value in row.items()} for row in rows]
        assert as_text == command.rows(name), name


def text_of(value: Any) -> str:
    return "" if value is None else str(value)


def test_every_read_ended_well_and_what_no_api_offers_is_said(exported: Exported) -> None:
    command, _ = exported
    results = {row["module"]: row["result"] for row in command.rows("status")}
    assert results.keys() == BY_NAME.keys()
    for name, result in results.items():
        assert result == ("no_api" if BY_NAME[name].no_api else "ok"), name


def test_nothing_is_written(simulator: Simulator, command: Command) -> None:
    assert command.run().code == 0
    calls = simulator.control("GET", "calls?limit=100000")["calls"]
    assert {call["method"] for call in calls} == {"GET"}


@pytest.mark.parametrize("entry", LISTS, ids=lambda entry: entry.artifact)
def test_a_list_holds_what_the_organisation_lists(
    entry: Artifact, exported: Exported, running_simulator: Simulator
) -> None:
    command, _ = exported
    found: dict[str, Any] = {}
    for reading in entry.readings:
        for item in listed(running_simulator, entry, dict(reading.query)):
            found.setdefault(json.dumps(item.get("id") or item, sort_keys=True), item)
    assert raw(command.rows(entry.artifact)) == list(found.values())


@pytest.mark.parametrize("entry", PER_ENTITY, ids=lambda entry: entry.artifact)
def test_a_read_per_entity_holds_what_each_entity_answers(
    entry: Artifact, exported: Exported, running_simulator: Simulator
) -> None:
    command, _ = exported
    asked: dict[str, tuple[Mapping[str, Any], list[Any]]] = {}
    for row in command.rows(entry.artifact):
        ids = {**row, "feature_id": row.get("feature_id") or row.get("id")}
        ids["has_cx_essentials"] = row.get("has_cx_essentials") == "True"  # type: ignore[assignment]
        path, query = entry.render(ids)
        asked.setdefault(path + json.dumps(query), (ids, []))[1].append(json.loads(row["raw_json"]))
    assert asked
    for ids, rows in list(asked.values())[:12]:
        path, query = entry.render(ids)
        if entry.list_key:
            assert rows == listed(running_simulator, entry, query, path)
        else:
            answer = running_simulator.get(path + encoded(query))
            extra = {"devices", "capabilities"} if entry.artifact == "workspace_details" else set()
            expected = {key: value for key, value in rows[0].items() if key not in extra}
            assert {key: answer.get(key) for key in expected} == expected
            assert answer.keys() <= rows[0].keys()


def listed(
    simulator: Simulator, entry: Artifact, query: Mapping[str, str], path: str = ""
) -> list[Any]:
    """Read a list with pages of another size than ours."""
    items: list[Any] = []
    base = path or entry.render({})[0]
    fixed = {**(dict(entry.query) if not path else {}), **query}
    while True:
        size = {"count": 7, "startIndex": len(items) + 1} if entry.paging == "scim" else {}
        if entry.paging in {"start", "link"} and not entry.page_parameter:
            size = {"max": 1000}
        page = simulator.get(base + encoded({**fixed, **size}))[entry.list_key or ""]
        items += page
        if entry.paging != "scim" or len(page) < 7:
            return items


def encoded(query: Mapping[str, Any]) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""


def test_every_calling_person_was_asked_once_for_every_setting(exported: Exported) -> None:
    command, _ = exported
    people = command.rows("people")
    calling = [row["person_id"] for row in people if row["webex_calling_enabled"] == "True"]
    assert 0 < len(calling) < len(people)
    for name, entry in BY_NAME.items():
        if name.startswith("person_") and "available" not in name:
            assert [row["person_id"] for row in command.rows(name)] == calling, name
            assert entry.feed is not None


def test_calling_flags_and_locations_of_people_are_right(
    exported: Exported, running_simulator: Simulator
) -> None:
    command, _ = exported
    names = {row["license_id"]: row["sku_or_name"] for row in command.rows("licenses")}
    for row, person in zip(command.rows("people"), raw(command.rows("people")), strict=True):
        held = [names[licence] for licence in person["licenses"]]
        calling = any(name.startswith("Webex Calling") for name in held)
        assert row["webex_calling_enabled"] == str(calling)
        assert row["location_id"] == person.get("locationId", "")


def test_calling_flags_of_workspaces_and_locations_are_right(exported: Exported) -> None:
    command, _ = exported
    for row, item in zip(command.rows("workspaces"), raw(command.rows("workspaces")), strict=True):
        calling = item.get("calling", {}).get("type") == "webexCalling"
        assert row["webex_calling_enabled"] == str(calling)
    calling_locations = {row["location_id"] for row in command.rows("calling_locations")}
    flags = {
        row["location_id"]: row["webex_calling_enabled"] for row in command.rows("location_details")
    }
    assert flags == {key: str(key in calling_locations) for key in flags}
    assert set(flags.values()) == {"True", "False"}


def test_ids_of_location_and_feature_stay_paired(exported: Exported) -> None:
    command, _ = exported
    for source, others in {
        "auto_attendants": ("auto_attendant_announcement_files", "auto_attendant_forwarding"),
        "hunt_groups": ("hunt_group_forwarding",),
        "call_queues": ("call_queue_agents", "call_queue_forwarding"),
    }.items():
        pairs = {(row["location_id"], row["id"]) for row in command.rows(source)}
        assert len({location for location, _ in pairs}) > 1, "one location proves nothing"
        for other in others:
            assert {(row["location_id"], row["feature_id"]) for row in command.rows(other)} <= pairs


def test_customer_assist_queues_are_included_and_marked(exported: Exported) -> None:
    command, _ = exported
    flags = {row["id"]: row["has_cx_essentials"] for row in command.rows("call_queues")}
    assert set(flags.values()) == {"True", "False"}
    assert len(flags) == len(command.rows("call_queues"))
    details = {row["id"]: row["has_cx_essentials"] for row in command.rows("call_queue_details")}
    assert details == flags


def test_no_path_is_fetched_twice_with_the_same_query(
    simulator: Simulator, command: Command
) -> None:
    assert command.run("--no-report").code == 0
    urls = [(call["path"], json.dumps(call["query"], sort_keys=True)) for call in simulator.calls()]
    twice = {url for url in urls if urls.count(url) > 1} - {("/people/me", "{}")}
    assert not twice


def test_virtual_extensions_of_the_organisation_are_read_without_a_location(
    exported: Exported,
) -> None:
    command, _ = exported
    for source, details in (
        ("virtual_extensions", "virtual_extension_details"),
        ("virtual_extension_ranges", "virtual_extension_range_details"),
    ):
        assert [row["id"] for row in command.rows(details)] == [
            row["id"] for row in command.rows(source)
        ]
    assert any(not row["location_id"] for row in command.rows("virtual_extensions"))


def test_workspaces_without_the_licence_are_counted_and_cost_no_rows(exported: Exported) -> None:
    command, _ = exported
    status = command.status("workspace_devices")
    calling = [r for r in command.rows("workspaces") if r["webex_calling_enabled"] == "True"]
    read = {row["workspace_id"] for row in command.rows("workspace_devices")}
    assert status["result"] == "ok"
    assert len(read) + int(status["not_entitled"]) <= len(calling)


def test_two_runs_over_an_unchanged_organisation_give_the_same_bytes(
    exported: Exported, command: Command
) -> None:
    first, _ = exported
    assert command.run().code == 0
    assert bytes_of(command.exports) == bytes_of(first.exports)


def test_the_cache_holds_all_rows(exported: Exported) -> None:
    command, _ = exported
    cache = json.loads((command.exports.parent / "cache.json").read_bytes())
    assert cache["meta"]["schema_version"] == "v1"
    assert cache["meta"]["generated_at_utc"]
    assert tuple(cache["entities"]) == TABLES
    for name, rows in cache["entities"].items():
        assert len(rows) == len(command.rows(name))


def test_members_of_groups_are_all_there_and_can_be_skipped(
    exported: Exported, simulator: Simulator, command: Command
) -> None:
    full, _ = exported
    assert full.rows("group_members")
    finished = command.run("--skip-group-members", "--no-report", "--no-cache")
    assert finished.code == 0
    assert command.rows("group_members") == []
    assert command.status("group_members")["result"] == "skipped"
    assert not any("/members" in call["path"].lower() for call in simulator.calls())
    assert not (command.exports.parent / "cache.json").exists()
    assert not (command.exports.parent / "report").exists()


def test_one_artifact_is_read_with_what_it_needs_and_leaves_the_others_alone(
    exported: Exported, simulator: Simulator, command: Command
) -> None:
    full, _ = exported
    assert command.run("--no-report").code == 0
    (command.exports / "my_notes.csv").write_text("mine\n", encoding="utf-8")
    simulator.calm()
    finished = command.run("--only", "location_pstn_connection", "--only", "licenses")
    assert finished.code == 0, finished.err
    assert {call["path"] for call in simulator.calls()} <= {
        "/people/me",
        "/licenses",
        "/telephony/config/locations",
        *(
            f"/telephony/pstn/locations/{row['location_id']}/connection"
            for row in command.rows("calling_locations")
        ),
        *(call["path"] for call in simulator.calls() if call["path"].startswith("/organizations/")),
    }
    assert (command.exports / "my_notes.csv").read_text(encoding="utf-8") == "mine\n"
    (command.exports / "my_notes.csv").unlink()
    assert bytes_of(command.exports) == bytes_of(full.exports)
    assert {row["module"] for row in command.rows("status")} == BY_NAME.keys()


def test_requirements_are_judged(exported: Exported) -> None:
    command, _ = exported
    rows = {row["requirement_id"]: row for row in command.rows("v1_requirements_status")}
    assert len(rows) == 20
    missing = {name for name, row in rows.items() if row["status"] == "missing"}
    assert missing <= {"control_hub_validation", "route_group_id"}
    assert rows["control_hub_validation"]["artifact"] == "manual"


def test_holders_of_licences_without_pstn_are_listed(exported: Exported) -> None:
    command, _ = exported
    rows = command.rows("licenses_no_pstn")
    assert rows
    assert {row["is_pstn"] for row in rows} == {"False"}
    assert not any(is_pstn_licence(row["license_name"]) for row in rows)


def test_the_tail_keeps_the_complete_object(exported: Exported) -> None:
    command, _ = exported
    for row in read_csv(command.exports / "person_numbers.csv"):
        item = json.loads(row["raw_json"])
        assert row["raw_keys"] == ",".join(sorted(item))
        assert list(item) == sorted(item)
        assert row[TAIL[0]] == "person_settings.numbers.read"
