"""The control path does what a test or a person needs, and only for this machine."""

from __future__ import annotations

import orjson
import pytest

from Space_OdT.simulator.assembly import build_service
from Space_OdT.simulator.control import Control, is_local
from Space_OdT.simulator.faults import FaultKind, FaultRule
from Space_OdT.simulator.service import Incoming
from Space_OdT.simulator.world import World

EXPIRY = {"messageExpiryEnabled": True, "numberOfDaysForMessageExpiry": 77}
ADMIN = {"Authorization": "Bearer sim-admin-token"}


@pytest.fixture
def service():
    return build_service(World.generate(12, 1), faults=[FaultRule(FaultKind.SLOW, path="/never")])


@pytest.fixture
def stopped():
    return []


@pytest.fixture
def control(service, stopped):
    return Control(service, lambda: stopped.append(True))


def call(control, method, name, body=None, *, host="127.0.0.1:8790", headers=None, near=True):
    raw = b"" if body is None else orjson.dumps(body)
    incoming = Incoming(method, f"/_sim/{name}", headers or {}, raw, host)
    answer = control.answer(incoming, from_loopback=near)
    return answer.status, orjson.loads(answer.body)


def read(service, path):
    return service.answer(Incoming("GET", f"/v1{path}", ADMIN))


def write(service, path, body):
    return service.answer(Incoming("PUT", f"/v1{path}", ADMIN, orjson.dumps(body)))


def test_summary_counts_entities_calls_and_routes(control, service):
    read(service, "/people")
    _, told = call(control, "GET", "summary")
    assert told["entities"]["people"] == 12
    assert told["calls"] == {"total": 1, "by_method": {"GET": 1}, "by_status": {"200": 1}}
    assert told["routes"] > 500
    assert "sim-admin-token" in told["tokens"]


def test_calls_are_listed_filtered_and_cleared(control, service):
    read(service, "/people")
    read(service, "/locations")
    write(service, "/people/x", {"a": 1})
    _, told = call(control, "GET", "calls?method=PUT")
    assert [(item["path"], item["body"]) for item in told["calls"]] == [("/people/x", {"a": 1})]
    assert call(control, "GET", "calls?path=/loc")[1]["matching"] == 1
    assert len(call(control, "GET", "calls?limit=1")[1]["calls"]) == 1
    assert call(control, "DELETE", "calls")[1]["total"] == 0


def test_faults_are_added_told_and_removed(control, service):
    status, told = call(
        control, "POST", "faults", {"kind": "status", "status": 503, "path": "/people"}
    )
    assert (status, len(told["faults"])) == (200, 2)
    assert read(service, "/people").status == 503
    assert call(control, "GET", "faults")[1]["faults"][1]["struck"] == 1
    assert call(control, "DELETE", "faults")[1] == {"faults": []}
    assert read(service, "/people").status == 200


def test_a_limiter_is_put_in_place_and_taken_away(control, service):
    call(control, "POST", "limiter", {"kind": "lockout", "rate": 1, "burst": 1, "retry_after": 9})
    assert [read(service, "/people").status for _ in range(2)] == [200, 429]
    call(control, "POST", "limiter", {})
    assert read(service, "/people").status == 200


def test_reset_brings_the_first_organisation_back(control, service):
    world = service.world
    path = "/telephony/config/voicemail/settings"
    before = orjson.loads(read(service, path).body)
    write(service, path, EXPIRY)
    call(control, "POST", "faults", {"kind": "html"})
    _, told = call(control, "POST", "reset")
    assert (told["calls"]["total"], len(told["faults"])) == (0, 1)
    assert service.world is not world
    assert orjson.loads(read(service, path).body) == before


def test_reset_may_choose_another_size_and_seed(control, service):
    _, told = call(control, "POST", "reset", {"size": 5, "seed": 9})
    assert (told["seed"], told["entities"]["people"]) == (9, 5)


def test_faults_after_a_reset_follow_the_new_seed(control, service):
    call(control, "POST", "faults", {"kind": "html", "path": "/x*", "probability": 0.5})
    paths = [f"/x{number}" for number in range(64)]

    def struck():
        return [service.faults.strike("GET", path, "", "t") is not None for path in paths]

    before = struck()
    call(control, "POST", "reset", {"size": 5, "seed": 9})
    call(control, "POST", "faults", {"kind": "html", "path": "/x*", "probability": 0.5})
    assert struck() != before


def test_a_saved_state_brings_every_write_back(control, service):
    path = "/telephony/config/voicemail/settings"
    write(service, path, EXPIRY)
    _, saved = call(control, "GET", "state")
    call(control, "POST", "reset")
    assert call(control, "POST", "state", saved)[0] == 200
    assert orjson.loads(read(service, path).body)["numberOfDaysForMessageExpiry"] == 77
    assert call(control, "GET", "state")[1] == saved


def test_stop_is_passed_on(control, stopped):
    assert call(control, "POST", "stop") == (200, {"stopping": True})
    assert stopped == [True]


@pytest.mark.parametrize(
    ("method", "name", "body"),
    [
        ("POST", "faults", {"kind": "flood"}),
        ("POST", "faults", "text"),
        ("POST", "limiter", {"kind": "bucket", "rate": -1}),
        ("POST", "limiter", {"speed": 3}),
        ("POST", "state", {"version": 99}),
        ("POST", "state", [1]),
        ("GET", "calls?limit=x", None),
        ("POST", "reset", {"size": "many"}),
        ("POST", "reset", {"size": -1}),
        ("POST", "reset", {"size": 0}),
        ("POST", "reset", [1]),
        ("POST", "limiter", [1]),
        ("POST", "limiter", {"kind": "bucket", "rate": "fast"}),
        ("POST", "limiter", {"kind": "bucket", "rate": 5, "colour": "red"}),
        ("POST", "faults", {"kind": "html", "path": 3}),
    ],
)
def test_nonsense_is_a_400_that_says_why(control, method, name, body):
    before = call(control, "GET", "summary")
    status, told = call(control, method, name, body)
    assert status == 400
    assert told["message"]
    assert "Error" not in told["message"]
    assert call(control, "GET", "summary") == before


def test_an_unknown_control_names_those_there_are(control):
    status, told = call(control, "GET", "nothing")
    assert status == 404
    assert "POST /_sim/reset" in told["has"]


@pytest.mark.parametrize(
    "way",
    [
        {"near": False},
        {"host": "evil.example.com"},
        {"host": "127.0.0.1.evil.example.com:80"},
        {"headers": {"Origin": "http://evil.example.com"}},
    ],
)
def test_callers_from_elsewhere_and_foreign_pages_are_refused(control, way):
    assert call(control, "GET", "summary", **way)[0] == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8790", "[::1]"])
def test_this_machine_has_several_names(host):
    assert is_local(host)
