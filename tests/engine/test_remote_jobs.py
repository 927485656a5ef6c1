from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.engine import actions_registry as steps
from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.remote_jobs import JobSteps, JobWatch, growing_waits
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import encode_id, id_key
from tests.engine.doubles import FakeClient, broken, refusal

STEPS = JobSteps(steps.MOVE_LIST, steps.MOVE_STATUS, steps.MOVE_ERRORS)
UUID = "00000000-0000-0000-0000-000000000001"


def job(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "J1", "latestExecutionStatus": status, **more}


def watch(client: FakeClient, naps: list[float] | None = None, **options: Any) -> JobWatch:
    async def nap(seconds: float) -> None:
        (naps if naps is not None else []).append(seconds)

    return JobWatch(client, STEPS, sleep=nap, **options)


async def test_the_job_that_has_not_ended_is_the_one_that_runs() -> None:
    jobs = [job("COMPLETED"), {**job("STARTED"), "id": "J2"}, job("FAILED")]
    assert await watch(FakeClient({"items": jobs})).running() == "J2"
    assert await watch(FakeClient({"items": jobs[:1]})).running() == ""


async def test_a_job_is_looked_at_with_growing_waits_until_it_ends() -> None:
    naps: list[float] = []
    end = job("COMPLETED", latestExecutionExitCode="COMPLETED_WITH_ERRORS", counts={"failed": 1})
    client = FakeClient(job("STARTING"), job("STARTED"), job("UNKNOWN"), end)
    found = await watch(client, naps).ended("J1")
    assert naps == [0.5, 1.0, 2.0]
    assert (found.is_complete, found.is_clean, found.counts) == (True, False, {"failed": 1})
    assert str(found) == "COMPLETED_WITH_ERRORS"


async def test_a_job_that_was_abandoned_is_neither_complete_nor_clean() -> None:
    found = await watch(FakeClient(job("ABANDONED", counts=None))).ended("J1")
    assert (found.is_complete, found.is_clean, str(found)) == (False, False, "ABANDONED")


async def test_looks_may_fail_in_passing() -> None:
    client = FakeClient(broken(), broken(), job("COMPLETED", latestExecutionExitCode="COMPLETED"))
    assert (await watch(client).ended("J1")).is_clean


@pytest.mark.parametrize("failures", [[broken()] * 4, [refusal(403)]])
async def test_looks_that_keep_failing_or_are_refused_are_given_up(failures) -> None:
    client = FakeClient(*failures, job("COMPLETED"))
    with pytest.raises(WebexError):
        await watch(client).ended("J1")
    assert len(client.asked) == len(failures)


async def test_patience_ends() -> None:
    naps: list[float] = []
    client = FakeClient(*[job("STARTED")] * 50)
    with pytest.raises(PendingError, match="has not ended in 2 minutes") as caught:
        await watch(client, naps, patience_seconds=120.0).ended("J1")
    assert caught.value.reason_code is ReasonCode.RETRY_EXHAUSTED
    assert 120 <= sum(naps) < 140


async def test_errors_are_sorted_by_the_item_they_are_about() -> None:
    items = [
        {"item": UUID, "error": {"message": [{"description": "taken"}, {"code": "4202"}]}},
        {"item": encode_id("PEOPLE", UUID), "error": {"message": [{"description": "late"}]}},
        {"error": {"key": "500"}},
    ]
    found = await watch(FakeClient({"items": items})).errors("J1")
    assert found == {id_key(UUID): "taken; 4202; late", "": "no cause given"}


def test_waits_are_bounded_together() -> None:
    assert list(growing_waits(4.0)) == [0.5, 1.0, 2.0, 3.0]
    assert list(growing_waits(0.0)) == []
