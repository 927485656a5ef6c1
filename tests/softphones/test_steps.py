"""The calls of the stages, compared with the API's own description where that is at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from Space_OdT.engine.action_model import StepSpec
from Space_OdT.softphones import numbers_stage, queue_settings, queue_stage

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


def test_a_queue_is_sent_back_without_what_only_an_answer_has() -> None:
    file = {"id": "F", "name": "x.wav", "mediaFileType": "WAV", "level": "LOCATION"}
    shown = {
        "queueSize": 5,
        "overflow": {
            "action": "PERFORM_BUSY_TREATMENT",
            "greeting": "CUSTOM",
            "isTransferNumberSet": False,
            "transferNumber": None,
            "audioAnnouncementFiles": [{**file, "fileName": "x.wav"}],
        },
    }
    assert queue_stage.queue_body({"queueSettings": shown}, "B", joined=None)["queueSettings"] == {
        "queueSize": 5,
        "overflow": {
            "action": "PERFORM_BUSY_TREATMENT",
            "greeting": "CUSTOM",
            "audioAnnouncementFiles": [file],
        },
    }


def test_the_table_of_queue_settings_is_the_one_of_the_api(
    endpoints: dict[tuple[str, str], Any],
) -> None:
    endpoint = endpoints["PUT", "/telephony/config/locations/{}/queues/{}"]
    described = endpoint["body"]["properties"]["queueSettings"]
    assert fields(described) == fields_of(queue_settings.WRITABLE)


def fields(schema: dict[str, Any], path: str = "") -> set[str]:
    """Every field of a schema, as a dotted path."""
    inner = schema.get("items", schema).get("properties", {})
    return {path} | {one for name, part in inner.items() for one in fields(part, f"{path}.{name}")}


def fields_of(shape: Any, path: str = "") -> set[str]:
    """Every field of a table, as a dotted path."""
    return {path} | {
        one for name, part in shape.items() for one in fields_of(part, f"{path}.{name}")
    }
