from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.webex.connection_client import Timeouts, WebexClient
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.retry import RetryPolicy
from Space_OdT.webex.sources import Kind

pytestmark = pytest.mark.xdist_group("webex-simulator")

PEOPLE = 240
ADMIN = "sim-admin-token"
PATIENT = RetryPolicy(max_retries=8, base_seconds=0.001, cap_seconds=0.01)
SITE = {
    "name": "Ávila Centro",
    "timeZone": "Europe/Madrid",
    "preferredLanguage": "es_es",
    "announcementLanguage": "es_es",
    "address": {
        "address1": "Calle de Ejemplo 1",
        "city": "Ávila",
        "state": "Ávila",
        "postalCode": "05001",
        "country": "ES",
    },
}


class Simulator:
    """A running simulator and its control path."""

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, method: str, name: str, body: Any = None) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        text = None if body is None else json.dumps(body)
        connection.request(method, f"/_sim/{name}", text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, found
        return found

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("POST", "faults", list(rules))

    def writes(self) -> list[dict[str, Any]]:
        return [one for one in self.control("GET", "calls")["calls"] if one["method"] != "GET"]


@pytest.fixture(scope="module", name="running")
def a_running_simulator() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE) as url:
        yield Simulator(url)


@pytest.fixture(name="simulator")
def a_fresh_simulator(running: Simulator) -> Simulator:
    running.control("POST", "reset", {})
    return running


def client_of(simulator: Simulator, token: str = ADMIN) -> WebexClient:
    return WebexClient(
        base_url=simulator.url, token=token, retry=PATIENT, timeouts=Timeouts(5, 2), concurrency=8
    )


async def test_the_directory_knows_what_the_organisation_holds(simulator) -> None:
    state = simulator.control("GET", "summary")["entities"]
    async with client_of(simulator) as client:
        directory = Directory(client)
        for kind in Kind:
            await directory.load(kind)
        assert len(list(directory.people.records())) == state["people"] == PEOPLE
        assert len(list(directory.locations.records())) == state["locations"]
        assert len(list(directory.workspaces.records())) == state["workspaces"]
        assert len(list(directory.licences.records())) == state["licences"]
        single = Directory(client)
        for person in list(directory.people.records())[:5]:
            assert await single.person(person.emails[0]) == person
        for number in list(directory.numbers.records())[:5]:
            if number.phone_number:
                assert await single.number(number.phone_number) == number
            if number.extension and number.location_id:
                assert await single.extension(number.location_id, number.extension) == number
        room = next(directory.workspaces.records())
        assert await single.workspace(room.name) == room
    assert simulator.writes() == []


async def test_reads_through_all_kinds_of_passing_trouble_are_the_same_reads(simulator) -> None:
    async def everyone() -> list[Any]:
        async with client_of(simulator) as client:
            pages = client.pages("/people", list_key="items", page_size=20)
            found = [item async for page in pages for item in page]
            numbers = client.pages(
                "/telephony/config/numbers", list_key="phoneNumbers", style="start", page_size=50
            )
            return [*found, *[item async for page in numbers for item in page]]

    calm = await everyone()
    simulator.faults(
        {"kind": "status", "status": 503, "probability": 0.1},
        {"kind": "status", "status": 502, "probability": 0.05},
        {"kind": "status", "status": 429, "retry_after": "0.01", "probability": 0.1},
        {"kind": "status", "status": 423, "retry_after": "0", "probability": 0.05},
        {"kind": "reset_before", "probability": 0.1},
        {"kind": "reset_after", "probability": 0.05},
        {"kind": "malformed_json", "probability": 0.05},
    )
    assert await everyone() == calm


async def test_a_create_whose_answer_is_lost_happens_once(simulator) -> None:
    simulator.faults({"kind": "reset_after", "method": "POST", "path": "/locations", "times": 1})
    async with client_of(simulator) as client:

        async def lookup() -> Any:
            listed = await client.request("GET", "/locations", query={"name": SITE["name"]})
            return next((one for one in listed.body["items"] if one["name"] == SITE["name"]), None)

        made = await client.request(
            "POST", "/locations", body=SITE, expect=(200, 201), required=("id",), lookup=lookup
        )
        assert made.body["name"] == SITE["name"]
    assert [call["path"] for call in simulator.writes()] == ["/locations"]


async def test_a_create_that_never_arrived_is_sent_again_after_a_lookup(simulator) -> None:
    simulator.faults({"kind": "reset_before", "method": "POST", "path": "/locations", "times": 1})
    asked = []

    async def lookup() -> Any:
        asked.append(True)

    async with client_of(simulator) as client:
        made = await client.request(
            "POST", "/locations", body=SITE, expect=(200, 201), required=("id",), lookup=lookup
        )
    assert made.body["id"]
    assert asked == [True]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "missing_field", "field": "id"}, ReasonCode.INVALID_RESPONSE_SCHEMA),
        ({"kind": "html"}, ReasonCode.RETRY_EXHAUSTED),
        ({"kind": "malformed_json"}, ReasonCode.INVALID_RESPONSE_SCHEMA),
        ({"kind": "status", "status": 500}, ReasonCode.RETRY_EXHAUSTED),
        ({"kind": "reset_before"}, ReasonCode.RETRY_EXHAUSTED),
        ({"kind": "status", "status": 502, "code": 4251}, ReasonCode.PRECONDITION_MISSING),
        ({"kind": "expire_token"}, ReasonCode.AUTH_INVALID),
    ],
)
async def test_lasting_trouble_ends_with_its_reason(simulator, fault, reason) -> None:
    simulator.faults(fault)
    async with client_of(simulator) as client:
        with pytest.raises(WebexError) as caught:
            await client.request("GET", "/people/me", required=("id",))
    assert caught.value.reason_code is reason


async def test_a_token_without_the_scope_is_told_apart_from_a_wrong_one(simulator) -> None:
    reasons = []
    for token in ("sim-scopes:spark-admin:people_read", "no-such-token"):
        async with client_of(simulator, token) as client:
            with pytest.raises(WebexError) as caught:
                await client.request("GET", "/telephony/config/numbers")
        reasons.append(caught.value.reason_code)
    assert reasons == [ReasonCode.PERMISSION_DENIED, ReasonCode.AUTH_INVALID]
