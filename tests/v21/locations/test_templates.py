from __future__ import annotations

import json
from pathlib import Path

import pytest

from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.v21.locations.layout import LocationsLayout
from Space_OdT.v21.locations.templates import (
    MANUAL_TASKS,
    Policy,
    missing_templates,
    out_of_scope,
    read_policy,
)


def test_templates_are_made_once_and_never_written_over(tmp_path: Path) -> None:
    layout = LocationsLayout.at(tmp_path)
    assert len(missing_templates(layout)) == 5
    layout.locations_csv.write_text("mine")
    layout.users_csv.unlink()
    assert missing_templates(layout) == [layout.users_csv]
    assert layout.locations_csv.read_text() == "mine"
    assert missing_templates(layout) == []


def test_the_policy_of_the_template_is_the_default(tmp_path: Path) -> None:
    layout = LocationsLayout.at(tmp_path)
    missing_templates(layout)
    assert read_policy(layout.policy_json) == Policy()


def test_a_key_that_is_left_out_has_its_default(tmp_path: Path) -> None:
    path = tmp_path / "static_policy.json"
    path.write_text(json.dumps({"legacy_forward_prefix": "54"}))
    assert read_policy(path) == Policy(legacy_forward_prefix="54")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "it cannot be read"),
        ("[1]", "it is no JSON object"),
        ('{"prefix": "53"}', "the key prefix is unknown"),
        ('{"legacy_forward_prefix": 53}', "legacy_forward_prefix is 53"),
        ('{"manual_tasks_enabled": "no"}', "write true or false"),
    ],
)
def test_a_policy_that_cannot_be_used_is_said(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "static_policy.json"
    path.write_text(content)
    with pytest.raises(InputFileError) as caught:
        read_policy(path)
    assert words in str(caught.value)


def test_every_task_of_control_hub_says_what_is_done_instead() -> None:
    page = out_of_scope().decode()
    assert len(MANUAL_TASKS) == 19
    for task, instead in MANUAL_TASKS:
        assert f"| {task} | {instead} |" in page
