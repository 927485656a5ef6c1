"""The calls of the stages, compared with the API's own description where that is at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from Space_OdT.engine.action_model import StepSpec
from Space_OdT.softphones import numbers_stage, queue_stage

CONTRACT = Path(__file__).resolve().parents[2].parent / "shared" / "webex-api" / "contract.json"
STEPS = (
    queue_stage.AGENT_READ,
    queue_stage.AGENT_UPDATE,
    queue_stage.QUEUE_READ,
    queue_stage.QUEUE_UPDATE,
    numbers_stage.NUMBERS_UPDATE,
)


@pytest.fixture(name="endpoints", scope="module")
def the_described_endpoints() -> dict[tuple[str, str], Any]:
    if not CONTRACT.exists():
        pytest.skip("the API's description is not at hand")
    described = json.loads(CONTRACT.read_text(encoding="utf-8"))["endpoints"]
    return {(one["method"], bare(one["path"])): one for one in described}


def bare(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_step_is_a_call_of_the_api(
    step: StepSpec, endpoints: dict[tuple[str, str], Any]
) -> None:
    endpoint = endpoints[step.method, bare(step.path)]
    assert endpoint["response"]["status"] in step.success
    assert set(step.query) <= {one["name"] for one in endpoint["query"]} | {"hasCxEssentials"}


def test_a_new_agent_stands_behind_those_that_were_there() -> None:
    queue = {
        "id": "Q",
        "queueSettings": {"queueSize": 5},
        "agents": [{"id": "A", "joinEnabled": False, "firstName": "x", "weight": None}],
    }
    assert queue_stage.queue_body(queue, "B", joined=None) == {
        "queueSettings": {"queueSize": 5},
        "agents": [{"id": "A", "joinEnabled": False}, {"id": "B"}],
    }
    assert queue_stage.queue_body({}, "B", joined=False) == {
        "agents": [{"id": "B", "joinEnabled": False}]
    }
