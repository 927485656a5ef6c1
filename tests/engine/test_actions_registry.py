from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from Space_OdT.engine import actions_registry as registry
from Space_OdT.engine.action_model import StepSpec
from Space_OdT.engine.models import Phase

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "webex-api" / "contract.json"
ALL = {
    step.name: step for steps in (*registry.STEPS.values(), registry.COMPENSATION) for step in steps
}
FORBIDDEN = {("POST", "/people"), ("DELETE", "/people/{}")}


def shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_no_two_steps_share_a_name() -> None:
    for steps in registry.STEPS.values():
        names = [step.name for step in steps]
        assert len(names) == len(set(names))


def test_people_are_never_created_or_deleted() -> None:
    assert not {(one.method, shape(one.path)) for one in ALL.values()} & FORBIDDEN


def test_every_phase_has_its_steps() -> None:
    assert set(registry.STEPS) == set(Phase)


@pytest.mark.parametrize("step", ALL.values(), ids=lambda step: step.name)
def test_a_write_has_a_body_and_a_read_has_none(step: StepSpec) -> None:
    if step.is_write and step.method != "DELETE":
        assert step.build is not None
    if step.method in {"GET", "HEAD"}:
        assert step.build is None


@pytest.fixture(scope="module", name="contract")
def the_contract() -> dict[tuple[str, str], dict[str, Any]]:
    if not CONTRACT.exists():
        pytest.skip("the contract of the API is not beside this checkout")
    entries = json.loads(CONTRACT.read_bytes())["endpoints"]
    return {(one["method"], shape(one["path"])): one for one in entries}


@pytest.mark.parametrize("step", ALL.values(), ids=lambda step: step.name)
def test_a_step_is_what_the_contract_says(step: StepSpec, contract) -> None:
    entry = contract[step.method, shape(step.path)]
    accepted = {entry["response"]["status"], *(entry["response"].get("otherStatus") or ())}
    accepted |= set((entry.get("success") or {}).get("status", ()))
    assert accepted & set(step.success), f"{accepted} against {step.success}"
    known = {parameter["name"] for parameter in entry["query"]}
    assert set(step.query) <= known
    assert step.places >= set(re.findall(r"\{(\w+)\}", step.path))
