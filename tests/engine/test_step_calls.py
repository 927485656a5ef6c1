from __future__ import annotations

import pytest

from Space_OdT.engine.action_model import PendingError, StepSpec
from Space_OdT.engine.invariants import InvariantViolation
from Space_OdT.engine.step_calls import READ_BACK_WAITS, PlannedRequest, StepCaller
from Space_OdT.webex.answers import Response
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from tests.engine.doubles import CHECK, READ, STEPS, WRITE, FakeClient, broken, refusal, row


def caller(client: FakeClient, plan=None, naps: list[float] | None = None) -> StepCaller:
    async def nap(seconds: float) -> None:
        (naps if naps is not None else []).append(seconds)

    return StepCaller(client, row(1), STEPS, plan=plan, sleep=nap)


async def test_a_step_is_sent_as_it_is_declared() -> None:
    client = FakeClient({"id": "7"})
    call = caller(client)
    answer = await call(WRITE, "a")
    assert answer.body == {"id": "7"}
    assert client.asked == [
        {
            "method": "POST",
            "path": "/things",
            "query": None,
            "body": {"name": "a"},
            "expect": (200, 201),
            "required": ("id",),
            "lookup": None,
            "passing": (),
            "idempotent": None,
        }
    ]
    assert call.done == ["write"]
    assert (call.status, call.write_status, call.tracking_id) == (200, 200, "T9")


async def test_path_and_query_are_filled_in() -> None:
    client = FakeClient()
    await caller(client)(READ, thing="x", size="5")
    assert client.asked[0]["path"] == "/things/x"
    assert client.asked[0]["query"] == {"max": "5", "all": "true"}


async def test_a_plan_takes_writes_and_sends_reads() -> None:
    client, planned = FakeClient(), []
    call = caller(client, planned.append)
    await call(READ, thing="x", size="5")
    await call(CHECK)
    answer = await call(WRITE, "a")
    assert [one["method"] for one in client.asked] == ["GET", "POST"]
    assert planned == [
        PlannedRequest(row(1), "write", "POST", "http://127.0.0.1:1/v1/things", {"name": "a"})
    ]
    assert answer.body == {"id": "NEW(a)"}
    assert call.done == ["write"]
    assert call.is_plan


async def test_a_step_that_fails_names_itself_and_is_not_done() -> None:
    call = caller(FakeClient(refusal(400)))
    with pytest.raises(WebexError):
        await call(WRITE, "a")
    assert call.done == []
    assert call.current == "write"


async def test_a_lookup_on_the_way_does_not_change_the_name_of_the_step() -> None:
    client = FakeClient(broken())
    call = caller(client)

    async def lookup() -> None:
        call.prepare(READ)

    with pytest.raises(WebexError):
        await call(WRITE, "a", lookup=lookup)
    await client.asked[0]["lookup"]()
    assert call.current == "read"
    client.answers.append(broken())
    with pytest.raises(WebexError):
        await call(WRITE, "a")
    assert call.current == "write"


async def test_a_step_nobody_declared_is_a_defect() -> None:
    with pytest.raises(InvariantViolation, match="only steps it declares"):
        await caller(FakeClient())(StepSpec("other", "GET", "/other"))


async def test_a_change_that_shows_late_is_waited_for() -> None:
    naps: list[float] = []
    client = FakeClient({"on": False}, refusal(404), {"on": True})
    await caller(client, naps=naps).read_back(
        READ, lambda body: body["on"], "the switch", thing="x", size="1"
    )
    assert naps == list(READ_BACK_WAITS[:2])


async def test_a_change_that_never_shows_is_half_applied() -> None:
    client = FakeClient(*({"on": False} for _ in range(9)))
    with pytest.raises(PendingError, match="the switch does not show") as failure:
        await caller(client).read_back(
            READ, lambda body: body["on"], "the switch", thing="x", size="1"
        )
    assert failure.value.reason_code is ReasonCode.HALF_APPLIED
    assert len(client.asked) == len(READ_BACK_WAITS) + 1


async def test_a_plan_reads_nothing_back() -> None:
    client = FakeClient()
    await caller(client, lambda _: None).read_back(READ, lambda _: False, "it", thing="x", size="1")
    assert client.asked == []


async def test_an_answer_keeps_its_status() -> None:
    call = caller(FakeClient(Response(206, {}, {"id": "1"}, b"")))
    await call(WRITE, "a")
    assert call.write_status == 206
    assert call.tracking_id == ""
