"""What several reads tell of one person, room or line is the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.walking import L, P, T, V, W, Walker

F = "/people/{personId}/features"
WF = "/workspaces/{workspaceId}/features"
OWNERS = (
    ("personId", f"{F}/callerId", f"{P}/emergencyCallbackNumber"),
    ("workspaceId", f"{WF}/callerId", f"{W}/emergencyCallbackNumber"),
    ("virtualLineId", f"{V}/callerId", f"{V}/emergencyCallbackNumber"),
)
# Reads that show people, rooms and lines of a location with their numbers.
WITH_MEMBERS = (
    f"{F}/monitoring",
    f"{F}/privacy",
    f"{F}/pushToTalk",
    f"{F}/reception",
    f"{P}/executive/assistant",
    f"{P}/executive/assignedAssistants",
    f"{P}/applications/members",
    f"{P}/monitoring/availableMembers",
    f"{WF}/monitoring",
    f"{L}/callParks",
    f"{L}/callPickups",
    f"{L}/callPickups/availableUsers",
    f"{T}/paging",
    f"{L}/paging/{{pagingId}}",
)
NUMBER_FIELDS = ("phoneNumber", "directNumber", "external", "number")


@pytest.fixture(scope="module")
def walker() -> Walker:
    return Walker()


def organisation(walker: Walker) -> Any:
    return walker.service.world.organisation


def owners(walker: Walker, param: str) -> list[str]:
    known = organisation(walker)
    if param == "personId":
        return known.calling_person_ids()[:12]
    if param == "virtualLineId":
        return list(known.virtual_lines)
    rooms = list(known.workspaces)
    return [item for item in rooms if known.calling_workspace_kind(item) == "professional"]


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from objects(inner)


@pytest.mark.parametrize(("param", "caller_id", "_callback"), OWNERS)
def test_a_caller_id_shows_the_line_of_its_owner(walker, param, caller_id, _callback):
    plan = organisation(walker).plan
    for owner in owners(walker, param):
        shown = walker.read(caller_id.format_map({param: owner}))
        line = plan.primary(owner)
        location = organisation(walker).locations[line.location_id]
        assert shown.get("directNumber") == line.phone_number
        assert shown.get("extensionNumber") == line.extension
        assert shown.get("locationNumber") == location.main_number
        assert shown["selected"] in shown["types"]
        assert ("DIRECT_LINE" in shown["types"]) == bool(line.phone_number)


@pytest.mark.parametrize(("param", "_caller_id", "callback"), OWNERS)
def test_an_emergency_call_shows_numbers_that_are_there(walker, param, _caller_id, callback):
    plan = organisation(walker).plan
    for owner in owners(walker, param):
        shown = walker.read(callback.format_map({param: owner}))
        line = plan.primary(owner)
        assert shown["directLineInfo"].get("phoneNumber") == line.phone_number
        assert shown["locationECBNInfo"]["phoneNumber"] in plan.numbers
        assert shown["defaultInfo"]["effectiveValue"] in plan.numbers


def test_names_of_a_caller_id_are_those_of_the_person(walker):
    person = organisation(walker).people[walker.base["personId"]]
    shown = walker.read(f"{F}/callerId".format_map(walker.base))
    assert (shown["firstName"], shown["lastName"]) == (person.first_name, person.last_name)


def test_a_member_chosen_for_emergency_calls_is_read_back():
    walker = Walker()
    plan = organisation(walker).plan
    where = f"{P}/emergencyCallbackNumber".format_map(walker.base)
    body = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": walker.base["workspaceId"]}
    assert walker.send("PUT", where, body).status == 204
    member = walker.read(where)["locationMemberInfo"]
    assert member["memberId"] == walker.base["workspaceId"]
    assert member["phoneNumber"] == plan.primary(walker.base["workspaceId"]).phone_number
    silent = next(p for p in organisation(walker).people if not plan.of_owner(p))
    assert walker.send("PUT", where, {**body, "locationMemberId": silent}).status == 400


@pytest.mark.parametrize("template", WITH_MEMBERS)
def test_numbers_of_members_are_those_they_have(walker, template):
    plan = organisation(walker).plan
    found = walker.read(walker.resolve(template))
    for node in objects(found):
        for field in NUMBER_FIELDS:
            number = node.get(field)
            assert number is None or number in plan.numbers, (node, field)
        owner = node.get("id") or node.get("memberId") or node.get("personId")
        if owner in plan.lines and "extension" in node:
            assert node["extension"] == plan.primary(owner).extension


@pytest.mark.parametrize("kind", ["paging", "voicemailGroups", "callParkExtensions"])
def test_groups_of_a_location_are_dialled_by_extensions_of_their_own(walker, kind):
    known = walker.read(f"{T}/{kind}")
    items = next(value for value in known.values() if isinstance(value, list))
    taken = {line.extension for own in organisation(walker).plan.lines.values() for line in own}
    extensions = [item["extension"] for item in items]
    assert extensions
    assert taken.isdisjoint(extensions)
    assert all("phoneNumber" not in item for item in items)
