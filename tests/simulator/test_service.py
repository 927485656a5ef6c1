"""One request in, one answer out: refusals, limits, faults and records."""

from __future__ import annotations

import orjson
import pytest

from Space_OdT.simulator.faults import FaultInjector, FaultRule
from Space_OdT.simulator.limiters import make_limiter
from Space_OdT.simulator.organisation.keys import uuid_of
from Space_OdT.simulator.protocol import ApiError, Route
from Space_OdT.simulator.router import Router
from Space_OdT.simulator.service import Incoming, Service
from Space_OdT.simulator.world import World

ADMIN = {"Authorization": "Bearer sim-admin-token"}
WORLD = World.generate(20, 3)


def broken(_world, _request):
    raise RuntimeError("defect")


def refusing(_world, _request):
    raise ApiError(409, "Taken", 8363, errors=[{"description": "d", "errorCode": 8363}])


class Things:
    """A list that can be added to."""

    def __init__(self):
        self.items = [{"id": "a", "inner": {"id": "b"}}]

    def add(self, _world, request):
        self.items.append(request.body)
        return {"id": "new"}


@pytest.fixture
def things():
    return Things()


@pytest.fixture
def service(things):
    read, write = ("thing:read",), ("thing:write",)
    return Service(
        WORLD,
        Router(
            [
                Route(
                    "GET", "/things", lambda *_: things.items, read, list_key="items", paging="link"
                ),
                Route("POST", "/things", things.add, write),
                Route("DELETE", "/things", lambda *_: None, write),
                Route("GET", "/broken", broken),
                Route("GET", "/refusing", refusing),
                Route("GET", "/identity/scim/x", lambda *_: {"at": "root"}),
            ]
        ),
    )


def send(service, method, target, body=b"", headers=ADMIN):
    return service.answer(Incoming(method, target, headers, body, "sim:1"))


def body_of(answer):
    return orjson.loads(answer.body)


def test_a_list_is_wrapped_and_an_object_is_not(service):
    assert body_of(send(service, "GET", "/v1/things"))["items"][0]["id"] == "a"
    assert body_of(send(service, "POST", "/v1/things", b"{}")) == {"id": "new"}


def test_nothing_is_204_without_a_body(service):
    answer = send(service, "DELETE", "/v1/things")
    assert (answer.status, answer.body) == (204, b"")


def test_every_answer_has_a_tracking_id_of_its_own(service):
    first, second = send(service, "GET", "/v1/things"), send(service, "GET", "/v1/nothing")
    assert first.headers["trackingId"] != second.headers["trackingId"]
    assert body_of(second)["trackingId"] == second.headers["trackingId"]


WRITER = {"Authorization": "Bearer sim-scopes:thing:write"}
READER = {"Authorization": "Bearer sim-readonly-token"}


@pytest.mark.parametrize(
    ("request_line", "headers", "body", "status"),
    [
        ("GET /v1/nothing", ADMIN, b"", 404),
        ("GET /things", ADMIN, b"", 404),
        ("PUT /v1/things", ADMIN, b"{}", 405),
        ("GET /v1/things", {}, b"", 401),
        ("GET /v1/things", WRITER, b"", 403),
        ("POST /v1/things", READER, b"{}", 403),
        ("POST /v1/things", ADMIN, b"{broken", 400),
        ("POST /v1/things", {**ADMIN, "Content-Type": "text/plain"}, b"{}", 415),
        ("GET /v1/things?orgId=somebody", ADMIN, b"", 403),
        ("POST /v1/things", ADMIN, b'{"orgId": "somebody"}', 403),
        ("GET /v1/refusing", ADMIN, b"", 409),
    ],
)
def test_refusals_have_the_body_of_the_api(service, request_line, headers, body, status):
    answer = send(service, *request_line.split(), body, headers)
    told = body_of(answer)
    assert answer.status == status
    assert told["message"]
    assert told["errors"][0]["description"]
    assert told["trackingId"].startswith("SIM_")


@pytest.mark.parametrize("form", ["{}", "{}==", "uuid"])
def test_the_own_organisation_may_be_named(service, form):
    own = WORLD.organisation.id
    named = uuid_of(own) if form == "uuid" else form.format(own)
    assert send(service, "GET", f"/v1/things?orgId={named}").status == 200


def test_parts_of_an_upload_are_not_read(service, things):
    headers = {**ADMIN, "Content-Type": "multipart/form-data; boundary=x"}
    assert send(service, "POST", "/v1/things", b"--x", headers).status == 200
    assert things.items[-1] is None


def test_codes_of_a_refusal_stand_in_body_and_header(service):
    answer = send(service, "GET", "/v1/refusing")
    assert body_of(answer)["errorCode"] == 8363
    assert body_of(answer)["errors"] == [{"description": "d", "errorCode": 8363}]
    assert answer.headers["cisco-spark-error-codes"] == "8363"


def test_a_defect_of_a_handler_is_a_500_and_not_the_end(service, caplog):
    answer = send(service, "GET", "/v1/broken")
    assert answer.status == 500
    assert b"defect" not in answer.body
    assert "GET /broken" in caplog.text


def test_scim_stands_at_the_root_of_the_host(service):
    assert body_of(send(service, "GET", "/identity/scim/x")) == {"at": "root"}
    assert send(service, "GET", "/v1/identity/scim/x").status == 404


def test_next_links_lead_back_to_the_caller_s_host(service, things):
    things.items *= 3
    link = send(service, "GET", "/v1/things?max=1").headers["Link"]
    assert link.startswith("<http://sim:1/v1/things?max=1&start=1>")


def test_a_limit_answers_429_with_whole_seconds(service):
    now = [0.0]
    service.limiter = make_limiter("bucket", rate=1, burst=1)
    service._clock = lambda: now[0]
    assert send(service, "GET", "/v1/things").status == 200
    refused = send(service, "GET", "/v1/things")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    now[0] = 1.0
    assert send(service, "GET", "/v1/things").status == 200


def test_latency_delays_every_answer(service):
    service.latency_seconds = 0.05
    assert send(service, "GET", "/v1/things").delay_seconds == 0.05
    assert send(service, "GET", "/v1/nothing").delay_seconds == 0.05


def with_fault(service, **rule):
    service.faults = FaultInjector(1, [FaultRule.from_json(rule)])
    return service


def test_a_status_fault_answers_in_place_of_the_handler(service, things):
    with_fault(service, kind="status", status=423, retry_after="soon", code=77)
    answer = send(service, "POST", "/v1/things", b"{}")
    assert (answer.status, answer.headers["Retry-After"]) == (423, "soon")
    assert body_of(answer)["errorCode"] == 77
    assert len(things.items) == 1


def test_a_status_after_leaves_the_write(service, things):
    with_fault(service, kind="status_after", status=400, message="half done")
    answer = send(service, "POST", "/v1/things", b"{}")
    assert (answer.status, body_of(answer)["message"]) == (400, "half done")
    assert len(things.items) == 2
    assert next(service.recorder.calls("POST")).committed


def test_a_reset_before_leaves_nothing_and_a_reset_after_leaves_the_write(service, things):
    with_fault(service, kind="reset_before")
    assert send(service, "POST", "/v1/things", b"{}").cut
    assert len(things.items) == 1
    with_fault(service, kind="reset_after")
    assert send(service, "POST", "/v1/things", b"{}").cut
    assert len(things.items) == 2
    before, after = service.recorder.calls("POST")
    assert (before.status, before.committed, before.fault) == (0, False, "reset_before")
    assert (after.status, after.committed, after.fault) == (0, True, "reset_after")


def test_malformed_json_comes_after_the_write(service, things):
    with_fault(service, kind="malformed_json")
    answer = send(service, "POST", "/v1/things", b"{}")
    assert answer.status == 200
    with pytest.raises(orjson.JSONDecodeError):
        body_of(answer)
    assert len(things.items) == 2


def test_a_missing_field_is_missing_everywhere(service):
    with_fault(service, kind="missing_field", field="id")
    assert body_of(send(service, "GET", "/v1/things")) == {"items": [{"inner": {}}]}


def test_html_and_an_expired_token(service):
    with_fault(service, kind="html", status=502)
    answer = send(service, "GET", "/v1/things")
    assert (answer.status, answer.headers["Content-Type"][:9]) == (502, "text/html")
    with_fault(service, kind="expire_token", after=1)
    assert [send(service, "GET", "/v1/things").status for _ in range(3)] == [200, 401, 401]


def test_slow_answers_are_whole_and_hanging_ones_are_none(service, things):
    with_fault(service, kind="slow", seconds=2)
    slow = send(service, "POST", "/v1/things", b"{}")
    assert (slow.status, slow.delay_seconds, len(things.items)) == (200, 2, 2)
    with_fault(service, kind="hang", seconds=9)
    hanging = send(service, "POST", "/v1/things", b"{}")
    assert (hanging.cut, hanging.delay_seconds, len(things.items)) == (True, 9, 2)


def test_calls_are_recorded_with_body_and_status(service):
    send(service, "POST", "/v1/things?a=1", b'{"x": 1}')
    call = next(service.recorder.calls("POST"))
    assert (call.path, call.query, call.body, call.status, call.committed) == (
        "/things", "a=1", b'{"x": 1}', 200, True,
    )  # fmt: skip
