"""Calls that change nothing a read shows are checked and answered as declared."""

from __future__ import annotations

import orjson
import pytest

from tests.simulator.walking import Walker

P = "/telephony/config/people/{personId}"
L = "/telephony/config/locations/{locationId}"


@pytest.fixture(scope="module")
def walker():
    return Walker()


def send(walker, method, template, body=None):
    answer = walker.send(method, template.format_map(walker.base), body)
    return answer.status, orjson.loads(answer.body) if answer.body else None


@pytest.mark.parametrize(
    ("method", "template", "body", "status"),
    [
        ("POST", "/people/{personId}/features/voicemail/actions/resetPin/invoke", None, 204),
        ("PUT", f"{P}/voicemail/passcode", {"passcode": "1357"}, 204),
        ("PUT", f"{P}/voicemail/passcode", {}, 400),
        ("PUT", f"{P}/voicemail/passcode", {"passcode": 1357}, 400),
        ("PUT", f"{P}/devices/settings/hoteling", {"hoteling": {"enabled": True}}, 204),
        ("PUT", f"{P}/devices/settings/hoteling", {"hoteling": True}, 400),
        (
            "POST",
            f"{L}/actions/modifyAnnouncementLanguage/invoke",
            {"announcementLanguageCode": "ca_es"},
            204,
        ),
        ("POST", f"{L}/actions/modifyAnnouncementLanguage/invoke", {}, 400),
    ],
)
def test_bodies_are_checked(walker, method, template, body, status):
    assert send(walker, method, template, body)[0] == status


def test_an_answer_has_the_declared_fields(walker):
    status, told = send(walker, "POST", f"{L}/actions/generatePassword/invoke", {})
    assert status == 200
    assert told["exampleSipPassword"]
    status, told = send(
        walker, "POST", "/identity/organizations/{orgId}/jobs/sendActivationEmails", {}
    )
    assert (status, told["latestExecutionStatus"]) == (202, "COMPLETED")


def test_owners_of_actions_must_exist(walker):
    assert walker.send("PUT", f"{P.format(personId='nobody')}/voicemail/passcode").status == 404


def test_a_caller_id_of_an_agent_is_chosen_by_its_queue(walker):
    queue = walker.read("/telephony/config/queues")["queues"][0]
    path = f"{P}/agent/callerId"
    assert send(walker, "PUT", path, {"selectedCallerId": queue["id"]})[0] == 204
    shown = walker.read(path.format_map(walker.base))["selectedCallerId"]
    assert (shown["id"], shown["type"], shown["name"]) == (queue["id"], "CALL_QUEUE", queue["name"])
    assert send(walker, "PUT", path, {"selectedCallerId": "nothing"})[0] == 400


def test_privacy_takes_ids_and_shows_agents(walker):
    path = "/people/{personId}/features/privacy"
    agent = walker.service.world.organisation.calling_person_ids()[2]
    assert send(walker, "PUT", path, {"monitoringAgents": [agent]})[0] == 200
    assert walker.read(path.format_map(walker.base))["monitoringAgents"][0]["id"] == agent
    assert send(walker, "PUT", path, {"aaExtensionDialingEnabled": True})[0] == 200
    assert send(walker, "PUT", path, {"monitoringAgents": ["nobody"]})[0] == 400


def test_locations_of_a_playlist_are_written_by_id(walker):
    first = walker.read("/telephony/config/announcements/playlists")["playlists"][0]
    path = f"/telephony/config/announcements/playlists/{first['id']}/locations"
    location = walker.service.world.organisation.calling_location_ids()[1]
    assert send(walker, "PUT", path, {"locationIds": [location]})[0] == 204
    assert [item["id"] for item in walker.read(path)["locations"]] == [location]


def test_roles_that_do_not_exist_are_not_found(walker):
    assert walker.send("GET", "/roles/nothing").status == 404
